"""What the worker does for the outbox: say that it lives, send one message, look for what is due."""

from celery import shared_task
from django.utils import timezone

from outbox import delivering, queueing
from outbox.models import Delivery, Heartbeat

LOOK_AT_MOST = 1000


@shared_task
def pulse() -> None:
    """Leave the worker's sign of life for /readyz."""
    Heartbeat.objects.update_or_create(name="worker", defaults={"at": timezone.now()})


@shared_task
def deliver(pk: int) -> None:
    delivering.deliver(pk)


@shared_task
def send_due() -> None:
    """Hand out what is due, or was left behind by a worker that died, one task each: a bad one stops no other."""
    now = timezone.now()
    delivering.close_hopeless(now=now)
    for pk in Delivery.objects.due(now).order_by("due_at").values_list("pk", flat=True)[:LOOK_AT_MOST]:
        queueing.nudge(pk)
