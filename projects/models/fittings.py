"""What was changed in plans to fit them to their sites, and is kept for sites that come later."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from projects.models.programs import Project
from roadmap.models import Item, Setting


class FittingQuerySet(models.QuerySet):
    def kept(self):
        """Return those that sites to come still begin with, in the order in which they were made."""
        return self.filter(ended_at__isnull=True).order_by("pk")

    def end(self, *, by, at):
        """Let sites to come begin without these; return how many were kept until now."""
        return self.kept().update(ended_at=at, ended_by=by)

    def take_back(self, batch, *, by, at):
        """End what an act kept, and keep again what it had put in the place of."""
        for one in self.kept().filter(batch=batch):
            self.filter(project=one.project_id, kind=one.kind, key=one.key, ended_at=one.made_at).update(
                ended_at=None, ended_by=None
            )
        self.filter(batch=batch).end(by=by, at=at)


class Fitting(models.Model):
    """One change of a plan that sites added later begin with: all of a project's, or those of one setting.

    `key` is the row's; of a row that is the sites' own, the key it has wherever it was added in the same act.
    """

    class Kind(models.TextChoices):
        ASIDE = "aside", _("Does not apply here")
        WORDS = "words", _("Other words")
        MOVED = "moved", _("Another date")
        OWN = "own", _("Added")
        TAKEN_OUT = "taken_out", _("Taken out")

    project = models.ForeignKey(Project, models.CASCADE, related_name="fittings")
    kind = models.CharField(_("kind"), max_length=10, choices=Kind.choices)
    setting = models.CharField(_("setting"), max_length=40, choices=Setting, blank=True)  # blank: every setting
    step_key = models.SlugField(_("step"))
    key = models.SlugField(_("key"))
    item_kind = models.CharField(max_length=10, choices=Item.Kind.choices, blank=True)
    what = models.CharField(_("what it is about"), max_length=600)  # the row in words, as it was when this was made
    text = models.CharField(_("words"), max_length=300, blank=True)
    reason = models.CharField(_("reason"), max_length=300, blank=True)
    days = models.IntegerField(
        null=True, blank=True
    )  # how much later than the Roadmap's; of an own row, after the start
    batch = models.UUIDField(db_index=True)  # the act in history that made it
    made_at = models.DateTimeField()
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    ended_at = models.DateTimeField(null=True, blank=True)
    ended_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")

    objects = FittingQuerySet.as_manager()

    class Meta:
        ordering = ["pk"]

    def __str__(self):
        return f"{self.get_kind_display()}: {self.what}"
