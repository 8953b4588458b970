"""What leaves the house, what keeps time, and when people want to hear from us."""

import uuid
from datetime import datetime

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import User

ACCOUNT = "account"  # the kind of mail that opens an account: links for a new password and the like


class DeliveryQuerySet(models.QuerySet["Delivery"]):
    def claimable(self, now: datetime) -> "DeliveryQuerySet":
        """Return what a worker may take: waiting or with an expired lease, its window still open."""
        waiting = Q(state=Delivery.State.PENDING)
        abandoned = Q(state=Delivery.State.SENDING, lease_until__lte=now)
        return self.filter(waiting | abandoned).in_window(now)

    def due(self, now: datetime) -> "DeliveryQuerySet":
        return self.claimable(now).filter(due_at__lte=now)

    def in_window(self, now: datetime) -> "DeliveryQuerySet":
        return self.filter(Q(window_end__isnull=True) | Q(window_end__gt=now))

    def visible_to(self, person: User) -> "DeliveryQuerySet":
        """Return the messages of a demo that a person may read: all, but of those that open an account only the own.

        In a demo no mail leaves the house, so an invitation is read here by whoever sent it. Staff see everything.
        """
        if person.is_staff or person.is_superuser:
            return self
        return self.exclude(~Q(person=person) & Q(kind=ACCOUNT))

    def newest_first(self) -> "DeliveryQuerySet":
        return self.order_by("-pk")


class Delivery(models.Model):
    """One message to one address, from the moment it is decided until it is sent or given up."""

    class State(models.TextChoices):
        PENDING = "pending", _("Waiting")
        SENDING = "sending", _("Being sent")
        SENT = "sent", _("Sent")
        EMPTY = "empty", _("Nothing to say")
        FAILED = "failed", _("Could not be sent")
        CANCELLED = "cancelled", _("Not sent")

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="deliveries"
    )
    address = models.EmailField(max_length=254)
    kind = models.SlugField(max_length=40, db_index=False)
    local_day = models.DateField(null=True, blank=True)
    zone = models.CharField(max_length=64, blank=True)
    state = models.CharField(max_length=10, choices=State, default=State.PENDING)
    due_at = models.DateTimeField(default=timezone.now)
    lease_until = models.DateTimeField(null=True, blank=True)
    claim = models.UUIDField(null=True, blank=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    window_end = models.DateTimeField(null=True, blank=True)
    outcome = models.TextField(blank=True)
    dedupe_key = models.CharField(max_length=200, null=True, blank=True)  # noqa: DJ001  # null = not deduplicated
    data = models.JSONField(default=dict, blank=True)
    # What was sent, kept in demo mode only, for /outbox/.
    subject = models.TextField(blank=True)
    text = models.TextField(blank=True)
    html = models.TextField(blank=True)
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    sent_at = models.DateTimeField(null=True, blank=True)

    objects = DeliveryQuerySet.as_manager()

    class Meta:
        verbose_name = _("message")
        verbose_name_plural = _("messages")
        constraints = [
            models.UniqueConstraint(
                fields=["person", "kind", "local_day"],
                name="outbox_delivery_once_a_day",
                condition=Q(local_day__isnull=False),
            ),
            models.UniqueConstraint(
                fields=["dedupe_key"], name="outbox_delivery_once", condition=Q(dedupe_key__isnull=False)
            ),
            models.CheckConstraint(
                name="outbox_delivery_sending_is_leased",
                condition=~Q(state="sending") | Q(lease_until__isnull=False, claim__isnull=False),
            ),
        ]
        indexes = [
            models.Index(
                fields=["due_at"],
                name="outbox_delivery_open",
                condition=Q(state__in=["pending", "sending"]),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} to {self.address} ({self.state})"


class Heartbeat(models.Model):
    """The last sign of life of a part of the installation, by name; /readyz reads it."""

    name = models.SlugField(max_length=40, unique=True)
    at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.name} {self.at:%H:%M:%S}"


WORKING_DAYS = [0, 1, 2, 3, 4]


def validate_days(value: object) -> None:
    days = value if isinstance(value, list) else [None]
    if any(type(day) is not int or not 0 <= day <= 6 for day in days) or len(set(days)) != len(days):
        raise ValidationError(_("Choose days of the week."), code="days")


def validate_kinds(value: object) -> None:
    if not isinstance(value, list) or any(not isinstance(kind, str) for kind in value):
        raise ValidationError(_("Choose kinds of mail."), code="kinds")


class ReminderPreference(models.Model):
    """When a person wants to hear from Milepost; without a row the person's role decides."""

    user = models.OneToOneField(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="reminder_preference")
    # 0 is Monday, as in Python; null = not chosen, so the role decides; [] = on no day.
    days = models.JSONField(_("Days"), null=True, blank=True, validators=[validate_days])
    hour = models.PositiveSmallIntegerField(_("Not before"), default=7, validators=[MaxValueValidator(23)])
    lead_days = models.PositiveSmallIntegerField(
        _("How many days ahead"), default=7, validators=[MaxValueValidator(60)]
    )
    kinds_off = models.JSONField(_("Mail you turned off"), default=list, blank=True, validators=[validate_kinds])
    next_look_at = models.DateTimeField(null=True, blank=True, db_index=True, editable=False)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="outbox_reminderpreference_hour",
                condition=Q(hour__lte=23),
                violation_error_message=_("Choose an hour."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user_id}: {self.days} at {self.hour}"
