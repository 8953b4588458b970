"""The codebook of a study, and where in its transcripts the codes stand."""

import uuid

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Lower, Substr
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from interviews.models.coders import Coder
from interviews.models.studies import Study
from interviews.models.transcripts import Transcript
from roadmap.models import Construct


class CodeQuerySet(models.QuerySet):
    def in_use(self):
        """Return the codes that can be applied: neither retired nor merged into another."""
        return self.filter(retired_at=None)


class Code(models.Model):
    """A code: a name for something people say, with what it means and when to use it.

    `colour` and `mark` stand beside each other, so that no code is told by its colour alone. A retired code keeps its
    codings; one that was merged names the code that has them now.
    """

    class Mark(models.TextChoices):
        CIRCLE = "circle", "●"
        SQUARE = "square", "■"
        TRIANGLE = "triangle", "▲"
        DIAMOND = "diamond", "◆"
        RING = "ring", "○"
        BOX = "box", "□"
        WEDGE = "wedge", "▼"
        STAR = "star", "★"

    study = models.ForeignKey(Study, models.CASCADE, related_name="codes")
    guid = models.UUIDField(default=uuid.uuid4, editable=False)
    parent = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="children", verbose_name=_("under")
    )
    name = models.CharField(_("name"), max_length=120)
    definition = models.TextField(_("what it means"), max_length=2000, blank=True)
    use_when = models.TextField(_("use it when"), max_length=2000, blank=True)
    not_when = models.TextField(_("do not use it when"), max_length=2000, blank=True)
    examples = models.TextField(_("examples"), max_length=4000, blank=True)
    colour = models.PositiveSmallIntegerField(_("colour"), default=1)
    mark = models.CharField(_("mark"), max_length=10, choices=Mark, default=Mark.CIRCLE)
    folder = models.BooleanField(_("only holds other codes together"), default=False)
    position = models.PositiveIntegerField(default=0)
    construct = models.ForeignKey(Construct, models.PROTECT, null=True, blank=True, related_name="codes")
    step_key = models.SlugField(_("step of the Roadmap"), max_length=80, blank=True)
    revision = models.PositiveIntegerField(default=1)
    retired_at = models.DateTimeField(null=True, blank=True)
    merged_into = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="merged")
    created_at = models.DateTimeField(default=timezone.now)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")

    objects = CodeQuerySet.as_manager()

    class Meta:
        ordering = ["position", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["study", "guid"], name="interviews_code_guid"),
            models.UniqueConstraint(
                "study",
                "parent",
                Lower("name"),
                condition=Q(retired_at=None, parent__isnull=False),
                name="interviews_code_name_below",
            ),
            models.UniqueConstraint(
                "study", Lower("name"), condition=Q(retired_at=None, parent=None), name="interviews_code_name_on_top"
            ),
            models.CheckConstraint(condition=~Q(parent=F("pk")), name="interviews_code_not_its_own_parent"),
            models.CheckConstraint(
                condition=Q(merged_into=None) | Q(retired_at__isnull=False), name="interviews_code_merged_is_retired"
            ),
        ]

    def __str__(self):
        return self.name


class CodingQuerySet(models.QuerySet):
    def there(self):
        """Return the codings that nobody has taken away."""
        return self.filter(removed_at=None)

    def visible_to_coder(self, person):
        """Leave out what others coded in interviews that this person codes blind, in a round that is open."""
        blind = Transcript.objects.coded_blind_by(person)
        return self.filter(models.Q(coder__user=person) | ~models.Q(transcript__in=blind.values("pk")))

    def with_words(self):
        """Say of each coding, as `words`, what stands in its place; the whole text stays in the database."""
        place = (models.F("start") + 1, models.F("end") - models.F("start"))
        return self.annotate(words=Substr("transcript__text", *place))

    def with_memos(self):
        """Say of each coding, as `has_memo`, whether somebody wrote a memo about it."""
        memos = self.model._meta.get_field("memos").related_model.objects.filter(coding=models.OuterRef("pk"))
        return self.annotate(has_memo=models.Exists(memos))


class Coding(models.Model):
    """A code at [start, end) of a transcript, in code points, put there by one person.

    One that was taken away stays for undo and for the record, with `removed_at`.
    """

    transcript = models.ForeignKey(Transcript, models.CASCADE, related_name="codings")
    code = models.ForeignKey(Code, models.PROTECT, related_name="codings")
    guid = models.UUIDField(default=uuid.uuid4, editable=False)
    # Other programs put several codes to one selection; ours has its own, unless it came in so.
    selection_guid = models.UUIDField(default=uuid.uuid4, editable=False)
    start = models.PositiveIntegerField()
    end = models.PositiveIntegerField()
    coder = models.ForeignKey(Coder, models.PROTECT, related_name="codings")
    created_at = models.DateTimeField(default=timezone.now)
    changed_at = models.DateTimeField(default=timezone.now)
    removed_at = models.DateTimeField(null=True, blank=True)

    objects = CodingQuerySet.as_manager()

    class Meta:
        ordering = ["start", "end", "pk"]
        constraints = [
            models.CheckConstraint(condition=Q(start__lt=F("end")), name="interviews_coding_not_empty"),
            models.UniqueConstraint(fields=["transcript", "guid"], name="interviews_coding_guid"),
            models.UniqueConstraint(
                fields=["transcript", "code", "coder", "start", "end"],
                condition=Q(removed_at=None),
                name="interviews_coding_once",
            ),
        ]
        indexes = [
            models.Index(fields=["transcript", "start"], name="interviews_coding_place"),
            models.Index(fields=["transcript", "changed_at"], name="interviews_coding_changed"),
        ]

    def __str__(self):
        return f"{self.code}: {self.start}–{self.end}"
