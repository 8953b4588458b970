"""Memos: what somebody thinks about a passage, a code, an interview, a theme or the study."""

import uuid

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from interviews.models.coders import Coder
from interviews.models.codes import Code, Coding
from interviews.models.interviews import Interview
from interviews.models.studies import Study
from interviews.models.themes import Theme
from interviews.models.transcripts import Transcript


class MemoQuerySet(models.QuerySet):
    def visible_to_coder(self, person):
        """Leave out what others think of interviews that this person codes blind, and of codings they do not see."""
        blind = Transcript.objects.coded_blind_by(person).values("pk")
        codings = Coding.objects.visible_to_coder(person).values("pk")
        rows = self.filter(Q(coder__user=person) | ~Q(interview__transcript__in=blind))
        return rows.filter(Q(coding=None) | Q(coding__in=codings))


class Memo(models.Model):
    """A thought in one person's words, about one thing, or about the study where it names none."""

    study = models.ForeignKey(Study, models.CASCADE, related_name="memos")
    guid = models.UUIDField(default=uuid.uuid4, editable=False)
    coder = models.ForeignKey(Coder, models.PROTECT, related_name="memos")
    text = models.TextField(_("memo"), max_length=10_000)
    created_at = models.DateTimeField(default=timezone.now)
    changed_at = models.DateTimeField(default=timezone.now)
    interview = models.ForeignKey(Interview, models.CASCADE, null=True, blank=True, related_name="memos")
    code = models.ForeignKey(Code, models.CASCADE, null=True, blank=True, related_name="memos")
    coding = models.ForeignKey(Coding, models.CASCADE, null=True, blank=True, related_name="memos")
    theme = models.ForeignKey(Theme, models.CASCADE, null=True, blank=True, related_name="memos")

    objects = MemoQuerySet.as_manager()

    class Meta:
        ordering = ["created_at", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["study", "guid"], name="interviews_memo_guid"),
            models.CheckConstraint(
                condition=Q(interview=None, code=None, coding=None)
                | Q(interview=None, code=None, theme=None)
                | Q(interview=None, coding=None, theme=None)
                | Q(code=None, coding=None, theme=None),
                name="interviews_memo_about_one_thing",
            ),
        ]

    def __str__(self):
        return self.text[:80]
