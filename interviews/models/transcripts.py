"""What was said, word for word: the text that is worked with, and apart from it the file it came from."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from interviews.models.interviews import Interview


class Original(models.Model):
    """The file of a transcript as it was chosen, kept apart. Without a transcript it waits to be looked at and saved.

    Its content can be destroyed; the row stays and says when and by whom.
    """

    interview = models.OneToOneField(Interview, models.CASCADE, related_name="original")
    name = models.CharField(_("name of the file"), max_length=200)
    content = models.BinaryField(null=True)
    size = models.PositiveIntegerField(_("bytes"))
    sha256 = models.CharField(max_length=64)
    chosen_at = models.DateTimeField(default=timezone.now)
    chosen_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    destroy_on = models.DateField(_("destroy on"), null=True, blank=True)
    destroyed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(content__isnull=False, destroyed_at__isnull=True)
                | Q(content__isnull=True, destroyed_at__isnull=False),
                name="interviews_original_there_or_destroyed",
            )
        ]

    def __str__(self):
        return self.name


class Transcript(models.Model):
    """The text of an interview. Positions in it count Unicode code points, from 0; `end` is behind the last.

    `turns` are [start, words, end, speaker, seconds]: where a turn begins with its label, where its words begin, where
    it ends, who speaks ("" where that is not known), and when, in seconds from the beginning or null.
    """

    interview = models.OneToOneField(Interview, models.CASCADE, related_name="transcript")
    text = models.TextField()
    turns = models.JSONField(default=list)
    revision = models.PositiveIntegerField(default=1)
    saved_at = models.DateTimeField(default=timezone.now)
    saved_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")

    def __str__(self):
        return f"{self.interview}"
