"""What people write at a plan: barriers, notes and contacts. Each says who can read it."""

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from projects.models.plans import Plan, PlanItem, PlanStep
from projects.models.programs import Site


class BarrierQuerySet(models.QuerySet):
    def open(self):
        return self.filter(resolved_on__isnull=True)


class Barrier(models.Model):
    """Something in the way at a step. While an open one says `stuck`, step and plan are blocked since that day."""

    plan_step = models.ForeignKey(PlanStep, models.CASCADE, related_name="barriers")
    plan = models.ForeignKey(Plan, models.CASCADE, related_name="barriers")
    text = models.TextField(_("what is in the way"), max_length=2000)
    stuck = models.BooleanField(_("we cannot go on until this is solved"), default=True)
    shared_with_state = models.BooleanField(_("share with the State"), default=False)
    since = models.DateField(_("since"))
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    created_at = models.DateTimeField(default=timezone.now)
    resolved_on = models.DateField(_("solved on"), null=True, blank=True)
    resolved_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    resolution = models.TextField(_("what helped"), max_length=2000, blank=True)

    objects = BarrierQuerySet.as_manager()

    class Meta:
        ordering = ["since", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(resolved_on__isnull=True) | models.Q(resolved_on__gte=models.F("since")),
                name="projects_barrier_solved_after_since",
                violation_error_message=_("It cannot be solved before it began."),
            )
        ]
        indexes = [
            models.Index(
                fields=["plan", "since"], condition=models.Q(resolved_on__isnull=True), name="projects_barrier_open"
            )
        ]

    def __str__(self):
        return self.text[:80]


class Note(models.Model):
    """A Markdown note at a plan, a step or an item. `revision` rises with each edit; a stale edit is refused."""

    plan = models.ForeignKey(Plan, models.CASCADE, related_name="notes")
    plan_step = models.ForeignKey(PlanStep, models.CASCADE, null=True, blank=True, related_name="notes")
    plan_item = models.ForeignKey(PlanItem, models.CASCADE, null=True, blank=True, related_name="notes")
    text = models.TextField(_("note"), max_length=10_000)
    revision = models.PositiveIntegerField(default=1)
    shared_with_state = models.BooleanField(_("share with the State"), default=False)
    author = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    created_at = models.DateTimeField(default=timezone.now)
    edited_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    edited_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-created_at", "-pk"]
        indexes = [models.Index(fields=["plan", "-created_at"], name="projects_note_newest")]

    def __str__(self):
        return self.text[:80]


class Contact(models.Model):
    """A call, visit or message with a site. The newest day is cached on Site.last_contact_on."""

    site = models.ForeignKey(Site, models.CASCADE, related_name="contacts")
    on = models.DateField(_("on"))
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    note = models.TextField(_("what was said"), max_length=2000, blank=True)
    next_on = models.DateField(_("look again on"), null=True, blank=True)
    # Who looks again, where it is not who made this contact: they handed it over.
    next_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["-on", "-pk"]
        indexes = [models.Index(fields=["site", "-on"], name="projects_contact_newest")]

    def __str__(self):
        return f"{self.site}, {self.on}"
