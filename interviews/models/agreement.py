"""Coding the same interviews twice, blind, to see how far coders agree."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from interviews.models.coders import Coder
from interviews.models.codes import Code, Coding
from interviews.models.studies import Study
from interviews.models.transcripts import Transcript


class AgreementRound(models.Model):
    """Some transcripts that two or more people code without seeing each other's codings, until it is closed.

    `result` is what was coded at the closing, so that figures stay as they were when codings are settled later. Where
    the interviews were chosen at random, it says which `share` (percent) of how many (`pool`), and with which `seed`.
    """

    class Unit(models.TextChoices):
        SENTENCE = "sentence", _("Sentence")
        PARAGRAPH = "paragraph", _("Paragraph (what one person says at a time)")
        ANSWER = "answer", _("Answer (all that is said to one question)")
        CHARACTER = "character", _("Character")

    study = models.ForeignKey(Study, models.CASCADE, related_name="agreement_rounds")
    name = models.CharField(_("name"), max_length=120)
    unit = models.CharField(_("what is compared"), max_length=10, choices=Unit, default=Unit.PARAGRAPH)
    coders = models.ManyToManyField(Coder, verbose_name=_("coders"), related_name="agreement_rounds")
    transcripts = models.ManyToManyField(Transcript, verbose_name=_("interviews"), related_name="agreement_rounds")
    share = models.PositiveSmallIntegerField(_("share, in percent"), null=True, blank=True)
    pool = models.PositiveIntegerField(null=True, blank=True)
    seed = models.PositiveIntegerField(null=True, blank=True)
    opened_at = models.DateTimeField(default=timezone.now)
    opened_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    closed_at = models.DateTimeField(null=True, blank=True)
    closed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    result = models.JSONField(null=True, blank=True)

    class Meta:
        ordering = ["-opened_at", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(closed_at__isnull=True, result__isnull=True)
                | Q(closed_at__isnull=False, result__isnull=False),
                name="interviews_agreementround_closed_has_result",
            )
        ]

    def __str__(self):
        return self.name


class Completion(models.Model):
    """A coder is through with an interview of a round. What they did not code until then, they chose not to code."""

    round = models.ForeignKey(AgreementRound, models.CASCADE, related_name="completions")
    transcript = models.ForeignKey(Transcript, models.CASCADE, related_name="+")
    coder = models.ForeignKey(Coder, models.CASCADE, related_name="+")
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["round", "transcript", "coder"], name="interviews_completion_once")
        ]

    def __str__(self):
        return f"{self.coder}: {self.transcript_id}"


class Settlement(models.Model):
    """What was decided about a passage that coders saw differently: whether a code belongs there."""

    round = models.ForeignKey(AgreementRound, models.CASCADE, related_name="settlements")
    transcript = models.ForeignKey(Transcript, models.CASCADE, related_name="+")
    code = models.ForeignKey(Code, models.PROTECT, related_name="+")
    start = models.PositiveIntegerField()
    end = models.PositiveIntegerField()
    applies = models.BooleanField(_("the code belongs there"))
    why = models.CharField(_("why"), max_length=1000, blank=True)
    at = models.DateTimeField(default=timezone.now)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")

    class Meta:
        ordering = ["transcript", "start", "pk"]
        constraints = [
            models.CheckConstraint(condition=Q(start__lt=F("end")), name="interviews_settlement_not_empty"),
            models.UniqueConstraint(
                fields=["round", "transcript", "code", "start", "end"], name="interviews_settlement_once"
            ),
        ]

    def __str__(self):
        return f"{self.code}: {self.start}–{self.end}"


class SettledCoding(models.Model):
    """What a settlement did to a coding, so that it can be undone: where it stood before, nowhere if it is new."""

    settlement = models.ForeignKey(Settlement, models.CASCADE, related_name="codings")
    coding = models.ForeignKey(Coding, models.CASCADE, related_name="+")
    start = models.PositiveIntegerField(null=True, blank=True)
    end = models.PositiveIntegerField(null=True, blank=True)

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["settlement", "coding"], name="interviews_settledcoding_once"),
            models.CheckConstraint(
                condition=Q(start__isnull=True, end__isnull=True) | Q(start__lt=F("end")),
                name="interviews_settledcoding_was_somewhere_or_is_new",
            ),
        ]

    def __str__(self):
        return f"{self.settlement_id}: {self.coding_id}"
