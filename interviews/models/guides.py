"""Interview guides: numbered versions with sections, questions and probes, tied to the Roadmap and to CFIR."""

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from interviews.models.studies import Study
from roadmap.models import Construct


class Guide(models.Model):
    """One version of a study's guide. Once an interview has used it, changes make the next version."""

    study = models.ForeignKey(Study, models.CASCADE, related_name="guides")
    number = models.PositiveIntegerField(_("version"))
    title = models.CharField(_("title"), max_length=160)
    created_at = models.DateTimeField(default=timezone.now)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")

    class Meta:
        ordering = ["-number"]
        constraints = [models.UniqueConstraint(fields=["study", "number"], name="interviews_guide_number")]

    def __str__(self):
        return f"{self.title}, version {self.number}"


class Question(models.Model):
    """A question of a guide with its probes. `key` is the same in every version that has the question's words."""

    guide = models.ForeignKey(Guide, models.CASCADE, related_name="questions")
    key = models.SlugField(_("key"), max_length=60)
    section = models.CharField(_("section"), max_length=120, blank=True)
    position = models.PositiveIntegerField(_("position"))
    text = models.CharField(_("question"), max_length=500)
    short = models.CharField(_("short name, for the head of a column"), max_length=60)
    probes = models.JSONField(_("probes"), default=list)  # sentences
    step_keys = models.JSONField(_("steps of the Roadmap"), default=list, blank=True)  # keys, stable across versions
    constructs = models.ManyToManyField(
        Construct, verbose_name=_("CFIR constructs"), blank=True, related_name="questions"
    )

    class Meta:
        ordering = ["position"]
        constraints = [models.UniqueConstraint(fields=["guide", "key"], name="interviews_question_key")]

    def __str__(self):
        return self.short


class PartTie(models.Model):
    """What a section or a probe of a guide is about, by its words; a question says so itself."""

    class Kind(models.TextChoices):
        SECTION = "section", _("section")
        PROBE = "probe", _("probe")

    guide = models.ForeignKey(Guide, models.CASCADE, related_name="part_ties")
    kind = models.CharField(_("kind"), max_length=10, choices=Kind)
    words = models.CharField(_("words"), max_length=500)
    step_keys = models.JSONField(_("steps of the Roadmap"), default=list, blank=True)
    constructs = models.ManyToManyField(
        Construct, verbose_name=_("CFIR constructs"), blank=True, related_name="part_ties"
    )

    class Meta:
        constraints = [models.UniqueConstraint(fields=["guide", "kind", "words"], name="interviews_parttie_once")]

    def __str__(self):
        return self.words[:80]
