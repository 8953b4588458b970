"""Files and photos that show what happened at a step or an item of a plan, or that came with a note."""

from django.conf import settings
from django.core.files.storage import storages
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from projects.models.notes import Note
from projects.models.plans import Plan, PlanItem, PlanStep
from projects.models.programs import Program


def evidence_storage():
    """Return where files lie: private, never below an address of its own."""
    return storages["evidence"]


class AttachmentQuerySet(models.QuerySet):
    def kept(self):
        return self.filter(removed_at__isnull=True)


class Attachment(models.Model):
    """One file. A removed one is kept out of sight for a while; then its bytes are destroyed and the row stays.

    What came with a note stands where the note does, and whoever may read the note may open it.
    """

    class Kind(models.TextChoices):
        PHOTO = "photo", _("Photo")
        PDF = "pdf", _("PDF")
        DOCUMENT = "document", _("Document")
        SHEET = "sheet", _("Spreadsheet")
        SLIDES = "slides", _("Slides")
        TEXT = "text", _("Text")

    program = models.ForeignKey(Program, models.CASCADE, related_name="+")
    plan = models.ForeignKey(Plan, models.CASCADE, related_name="attachments")
    plan_step = models.ForeignKey(PlanStep, models.CASCADE, null=True, blank=True, related_name="attachments")
    plan_item = models.ForeignKey(PlanItem, models.CASCADE, null=True, blank=True, related_name="attachments")
    note = models.ForeignKey(Note, models.CASCADE, null=True, blank=True, related_name="attachments")
    name = models.CharField(_("name"), max_length=130)
    kind = models.CharField(_("kind"), max_length=10, choices=Kind)
    content_type = models.CharField(max_length=100)
    size = models.PositiveIntegerField(_("size"))
    width = models.PositiveIntegerField(null=True, blank=True)
    height = models.PositiveIntegerField(null=True, blank=True)
    sha256 = models.CharField(max_length=64)
    file = models.FileField(storage=evidence_storage, max_length=200)
    shared_with_state = models.BooleanField(_("share with the State"), default=False)
    added_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    added_at = models.DateTimeField(default=timezone.now)
    removed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    removed_at = models.DateTimeField(null=True, blank=True)
    destroyed_at = models.DateTimeField(null=True, blank=True)

    objects = AttachmentQuerySet.as_manager()

    class Meta:
        ordering = ["-added_at", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(note__isnull=True) | models.Q(shared_with_state=False),
                name="projects_attachment_shared_by_its_note",
                violation_error_message=_("A file that came with a note is shared as the note is."),
            )
        ]
        indexes = [
            models.Index(fields=["plan", "-added_at"], name="projects_attachment_newest"),
            models.Index(
                fields=["removed_at"],
                condition=models.Q(removed_at__isnull=False, destroyed_at__isnull=True),
                name="projects_attachment_removed",
            ),
        ]

    def __str__(self):
        return self.name
