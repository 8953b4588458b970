"""Interviews: planned, held, and summed up question by question while they are fresh."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from interviews.models.guides import Guide, Question
from interviews.models.participants import Participant
from interviews.models.studies import Study
from roadmap.models import Construct


class InterviewQuerySet(models.QuerySet):
    def held(self):
        """Return the interviews that took place: on a day that is known, or brought in from elsewhere."""
        return self.filter(Q(held_on__isnull=False) | Q(guide=None, cancelled_at=None))

    def planned(self):
        return self.filter(held_on=None, cancelled_at=None, guide__isnull=False)


class Interview(models.Model):
    """One conversation with one participant, along one version of the guide.

    One that was brought in from another program has no guide, and often no day on which it was held; `interviewer` is
    then who brought it in.
    """

    class Mode(models.TextChoices):
        IN_PERSON = "in_person", _("In person")
        VIDEO = "video", _("By video")
        PHONE = "phone", _("By telephone")

    study = models.ForeignKey(Study, models.CASCADE, related_name="interviews")
    participant = models.ForeignKey(Participant, models.PROTECT, related_name="interviews")
    guide = models.ForeignKey(Guide, models.PROTECT, null=True, blank=True, related_name="interviews")
    interviewer = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    mode = models.CharField(_("how"), max_length=10, choices=Mode, default=Mode.VIDEO)
    planned_for = models.DateTimeField(_("planned for"), null=True, blank=True)
    held_on = models.DateField(_("held on"), null=True, blank=True)
    minutes = models.PositiveSmallIntegerField(_("minutes"), null=True, blank=True)
    notes = models.TextField(_("notes"), max_length=10_000, blank=True)
    cancelled_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(default=timezone.now)

    objects = InterviewQuerySet.as_manager()

    class Meta:
        ordering = ["planned_for", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(held_on__isnull=True) | Q(cancelled_at__isnull=True),
                name="interviews_interview_held_or_cancelled",
            )
        ]

    def __str__(self):
        return f"{self.participant}"

    @property
    def brought_in(self):
        return self.guide_id is None


class CalendarFeed(models.Model):
    """The secret address under which a person's calendar program reads the interviews they are to hold."""

    user = models.OneToOneField(settings.AUTH_USER_MODEL, models.CASCADE, related_name="interview_feed")
    token = models.CharField(max_length=60, unique=True)
    made_at = models.DateTimeField(default=timezone.now)

    def __str__(self):
        return f"{self.user}"


class Summary(models.Model):
    """What one interview said to one question, in the interviewer's words. `revision` rises with each change."""

    interview = models.ForeignKey(Interview, models.CASCADE, related_name="summaries")
    question = models.ForeignKey(Question, models.PROTECT, related_name="summaries")
    text = models.TextField(_("summary"), max_length=5000, blank=True)
    quote = models.TextField(_("a quote, word for word"), max_length=2000, blank=True)
    constructs = models.ManyToManyField(Construct, verbose_name=_("barriers"), blank=True, related_name="summaries")
    revision = models.PositiveIntegerField(default=1)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name_plural = _("summaries")
        constraints = [models.UniqueConstraint(fields=["interview", "question"], name="interviews_summary_once")]

    def __str__(self):
        return self.text[:80]
