"""What was said, word for word: the text that is worked with, and apart from it the file it came from."""

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from interviews.models.interviews import Interview
from interviews.models.studies import Study


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


class TranscriptQuerySet(models.QuerySet):
    def coded_blind_by(self, person):
        """Return those that a person codes in an open round, without seeing what others code there."""
        return self.filter(agreement_rounds__closed_at=None, agreement_rounds__coders__user=person)


class Transcript(models.Model):
    """The text of an interview. Positions in it count Unicode code points, from 0; `end` is behind the last.

    `turns` are [start, words, end, speaker, seconds]: where a turn begins with its label, where its words begin, where
    it ends, who speaks ("" where that is not known), and when, in seconds from the beginning or null. `masks` are
    [start, end, alias]: where a placeholder stands and which row of the key it comes from. `revision` rises with each
    change of the text. Once somebody has said that it names nobody, `cleared_at` is set.
    """

    interview = models.OneToOneField(Interview, models.CASCADE, related_name="transcript")
    guid = models.UUIDField(default=uuid.uuid4, editable=False)
    text = models.TextField()
    turns = models.JSONField(default=list)
    masks = models.JSONField(default=list)
    revision = models.PositiveIntegerField(default=1)
    saved_at = models.DateTimeField(default=timezone.now)
    saved_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    cleared_at = models.DateTimeField(null=True, blank=True)
    cleared_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")

    objects = TranscriptQuerySet.as_manager()

    def __str__(self):
        return f"{self.interview}"


class SearchedTurn(models.Model):
    """The words of one turn of a transcript, as they are searched: written anew whenever the text changes.

    `words` are those of `text` without case and accents, with a space between each two. The database keeps an index of
    them (migrations 0002 and 0006), which Django knows nothing of. `study` is that of the interview, so that the turns
    of a study stand in their order in an index.
    """

    study = models.ForeignKey(Study, models.CASCADE, related_name="searched_turns", db_index=False)
    transcript = models.ForeignKey(Transcript, models.CASCADE, related_name="searched_turns")
    number = models.PositiveIntegerField()
    start = models.PositiveIntegerField()  # of its words in the transcript's text
    speaker = models.CharField(max_length=120, blank=True)
    text = models.TextField()
    words = models.TextField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["transcript", "number"], name="interviews_searchedturn_once"),
        ]
        indexes = [models.Index(fields=["study", "transcript", "number"], name="interviews_turns_in_order")]

    def __str__(self):
        return f"{self.speaker}: {self.text[:80]}"


class Alias(models.Model):
    """A row of a study's key: which placeholder stands for which words.

    Several words may share a placeholder ("Ann Lee", "Ann"), and two people a word ("Maria").

    The words are emptied when the key is destroyed; the placeholder stays, so that it is not given to somebody else.
    """

    class Kind(models.TextChoices):
        PARTICIPANT = "participant", _("participant")
        PERSON = "person", _("person")
        SITE = "site", _("site")
        PROJECT = "project", _("project")
        ORGANIZATION = "organization", _("organization")
        EMAIL = "email", _("e-mail address")
        PHONE = "phone", _("phone number")
        DATE = "date", _("date")
        NUMBER = "number", _("number")
        OTHER = "other", _("other words")

    study = models.ForeignKey(Study, models.CASCADE, related_name="aliases")
    kind = models.CharField(_("kind"), max_length=12, choices=Kind)
    placeholder = models.CharField(_("placeholder"), max_length=40)
    words = models.CharField(_("words"), max_length=300, blank=True)
    folded = models.CharField(max_length=300, blank=True)  # the words as they are compared

    class Meta:
        ordering = ["kind", "pk"]
        verbose_name_plural = _("aliases")
        constraints = [
            models.UniqueConstraint(
                fields=["study", "folded", "placeholder"],
                condition=~Q(folded=""),
                name="interviews_alias_words_once",
            )
        ]

    def __str__(self):
        return self.placeholder
