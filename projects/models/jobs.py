"""Long pieces of work that a worker does, with how far it has come; the file it works on comes in pieces."""

from __future__ import annotations

from datetime import datetime

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from projects.models.programs import Program


class JobQuerySet(models.QuerySet["Job"]):
    def claimable(self, now: datetime) -> JobQuerySet:
        """Return what a worker may take: waiting, or left behind by a worker that died."""
        return self.filter(Q(state=Job.State.WAITING) | Q(state=Job.State.RUNNING, lease_until__lte=now))


class Job(models.Model):
    """One long piece of work, from the moment somebody asked for it until it is done or cannot be done.

    `kind` says which function does it, `key` what it is about in the program (a study's address). `done` of `total` and
    `words` are what a page shows meanwhile. `result` stays and is what a page shows afterwards; `reason` says in words
    why it failed.
    """

    class State(models.TextChoices):
        WAITING = "waiting", _("Waiting")
        RUNNING = "running", _("Running")
        DONE = "done", _("Done")
        FAILED = "failed", _("Could not be done")

    kind = models.SlugField(max_length=40, db_index=False)
    program = models.ForeignKey(Program, models.CASCADE, related_name="jobs")
    key = models.SlugField(max_length=80, blank=True, db_index=False)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    follows = models.OneToOneField("self", models.CASCADE, null=True, blank=True, related_name="followed_by")
    data = models.JSONField(default=dict, blank=True)
    file_name = models.CharField(_("name of the file"), max_length=200, blank=True)
    file_size = models.PositiveBigIntegerField(_("bytes"), default=0)
    state = models.CharField(max_length=10, choices=State, default=State.WAITING)
    done = models.PositiveIntegerField(default=0)
    total = models.PositiveIntegerField(default=0)
    words = models.CharField(max_length=200, blank=True)
    result = models.JSONField(null=True, blank=True)
    reason = models.TextField(blank=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    claim = models.UUIDField(null=True, blank=True)
    lease_until = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(default=timezone.now)
    ended_at = models.DateTimeField(null=True, blank=True)

    objects = JobQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at", "-pk"]
        constraints = [
            models.CheckConstraint(
                name="projects_job_running_is_leased",
                condition=~Q(state="running") | Q(lease_until__isnull=False, claim__isnull=False),
            ),
            models.CheckConstraint(
                name="projects_job_ended",
                condition=Q(state__in=["done", "failed"], ended_at__isnull=False)
                | Q(state__in=["waiting", "running"], ended_at=None),
            ),
        ]
        indexes = [
            models.Index(
                fields=["created_at"], name="projects_job_open", condition=Q(state__in=["waiting", "running"])
            ),
            models.Index(fields=["program", "key", "-created_at"], name="projects_job_about"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.key} ({self.state})"

    @property
    def has_ended(self) -> bool:
        return self.state in (self.State.DONE, self.State.FAILED)


class JobPart(models.Model):
    """A piece of the file that a job works on, kept until the job has ended and nobody needs the file any more."""

    job = models.ForeignKey(Job, models.CASCADE, related_name="parts")
    number = models.PositiveIntegerField()
    content = models.BinaryField()

    class Meta:
        ordering = ["number"]
        constraints = [models.UniqueConstraint(fields=["job", "number"], name="projects_jobpart_number")]

    def __str__(self) -> str:
        return f"{self.job_id}: {self.number}"
