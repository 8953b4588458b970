"""Deciding that a message leaves the house: a row in the caller's transaction, and a nudge after it."""

import functools
import logging
from datetime import date, datetime
from typing import Any

from celery import current_app
from django.core.validators import validate_email
from django.db import transaction
from django.utils import timezone
from kombu.exceptions import OperationalError

from accounts.models import User
from outbox import kinds
from outbox.models import Delivery

logger = logging.getLogger(__name__)

NUDGE_EXPIRES_SECONDS = 55


def queue(
    *,
    kind: str,
    to: User | str,
    data: dict[str, Any] | None = None,
    dedupe_key: str | None = None,
    local_day: date | None = None,
    zone: str = "",
    due_at: datetime | None = None,
    window_end: datetime | None = None,
    now: datetime | None = None,
) -> Delivery | None:
    """Write the row of one message inside the caller's transaction; return None when it was written before.

    Once for ever per `dedupe_key`, once per person, kind and `local_day` (for which `to` must be a person). `data` says
    what the message is about, by ids. It is not sent before `due_at` nor after `window_end`. Raises kinds.Unknown, and
    ValidationError for an address that is none.
    """
    kinds.get(kind)
    now = now or timezone.now()
    person = to if isinstance(to, User) else None
    address = person.email if person else str(to).strip()
    validate_email(address)
    if local_day and not person:
        raise ValueError("A message of a day is addressed to a person.")
    fields = {
        "kind": kind,
        "person": person,
        "address": address,
        "local_day": local_day,
        "zone": zone,
        "data": data or {},
        "dedupe_key": dedupe_key,
        "due_at": due_at or now,
        "window_end": window_end,
        "created_at": now,
    }
    if local_day:
        unique = {name: fields.pop(name) for name in ("person", "kind", "local_day")}
    elif dedupe_key:
        unique = {"dedupe_key": fields.pop("dedupe_key")}
    else:
        unique = {}
    if unique:
        delivery, is_new = Delivery.objects.get_or_create(**unique, defaults=fields)
    else:
        delivery, is_new = Delivery.objects.create(**fields), True
    if not is_new:
        return None
    if delivery.due_at <= now:
        transaction.on_commit(functools.partial(nudge, delivery.pk))
    return delivery


def nudge(pk: int) -> None:
    """Tell a worker that a row waits. A nudge may be lost: `send_due` looks every minute anyway."""
    tell_worker("outbox.tasks.deliver", pk)


def tell_worker(task: str, pk: int) -> None:
    """Ask a worker, by the name of a task, to look at one row at once. It never raises: a later look finds the row."""
    try:
        current_app.signature(task, args=[pk]).apply_async(
            retry=False, ignore_result=True, expires=NUDGE_EXPIRES_SECONDS
        )
    except (OperationalError, OSError) as error:
        logger.warning("no worker could be nudged for %s of %s, it waits for the next look: %s", task, pk, error)
