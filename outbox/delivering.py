"""Sending. `deliver` is the only place in Milepost from which mail leaves (docs/reminders.md)."""

import logging
import smtplib
import uuid
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.db import transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext as _

from outbox import kinds, links, preferences
from outbox.kinds import Message
from outbox.models import Delivery

logger = logging.getLogger(__name__)

State = Delivery.State
# How long to wait after each failed attempt: about nine hours in all.
BACK_OFF = [timedelta(minutes=minutes) for minutes in (1, 2, 5, 15, 30, 60, 120, 300)]
MAX_ATTEMPTS = len(BACK_OFF) + 1


def deliver(pk: int, *, now: datetime | None = None) -> str | None:
    """Send one message if it is due and nobody else holds it; return the state it is left in, or None if not ours.

    Must not be called inside a transaction: it talks to the mail server.
    """
    now = now or timezone.now()
    delivery = claim(pk, now=now)
    if delivery is None:
        return None
    if reason := reason_not_to_send(delivery):
        return close(delivery, State.CANCELLED, outcome=reason)
    person = delivery.person
    with timezone.override(person.zone if person else settings.TIME_ZONE):
        message = kinds.get(delivery.kind).compose(delivery, now)
        if message is None:
            return close(delivery, State.EMPTY, outcome=_("There was nothing to say."))
    try:
        mail_of(delivery, message).send()
    except smtplib.SMTPRecipientsRefused as error:
        if all(code >= 500 for code, _said in error.recipients.values()):
            return close(delivery, State.FAILED, outcome=_("The mail server refused the address: %s") % words_of(error))
        return put_back(delivery, error, now=now)
    except (smtplib.SMTPException, OSError) as error:
        return put_back(delivery, error, now=now)
    return close(delivery, State.SENT, outcome=_("The mail server took it."), message=message)


def claim(pk: int, *, now: datetime) -> Delivery | None:
    """Take a due row for ourselves by one conditional UPDATE; return it, or None when it is not to be had."""
    token = uuid.uuid4()
    with transaction.atomic(durable=True):
        claimed = (
            Delivery.objects.due(now)
            .filter(pk=pk, attempts__lt=MAX_ATTEMPTS)
            .update(
                state=State.SENDING, lease_until=now + settings.OUTBOX_LEASE, claim=token, attempts=F("attempts") + 1
            )
        )
    if not claimed:
        return None
    return Delivery.objects.select_related("person").get(pk=pk, claim=token)


def reason_not_to_send(delivery: Delivery) -> str:
    """Return in words why this message is no longer wanted, or nothing."""
    if delivery.person and not delivery.person.is_active:
        return _("This person no longer signs in.")
    if delivery.person and preferences.is_off(delivery.person, delivery.kind):
        return _("This person turned this mail off.")
    return ""


def mail_of(delivery: Delivery, message: Message) -> EmailMultiAlternatives:
    """Return the mail as it goes out. Its Message-ID is the delivery's: a second sending is known for one."""
    headers = {
        "Message-ID": message_id(delivery),
        "Auto-Submitted": "auto-generated",
        "X-Auto-Response-Suppress": "All",
    }
    if delivery.person and kinds.get(delivery.kind).unsubscribable:
        headers["List-Unsubscribe"] = f"<{links.unsubscribe(delivery.person, delivery.kind)}>"
        headers["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    subject = " ".join(message.subject.split())
    mail = EmailMultiAlternatives(subject, message.text, to=[delivery.address], headers=headers)
    if message.html:
        mail.attach_alternative(message.html, "text/html")
    return mail


def message_id(delivery: Delivery) -> str:
    return f"<{delivery.uuid}@{urlsplit(settings.BASE_URL).hostname}>"


def close(delivery: Delivery, state: str, *, outcome: str, message: Message | None = None) -> str | None:
    """End a delivery where it is still ours; return the state, or None when the lease had gone to another worker."""
    fields: dict[str, Any] = {"state": state, "outcome": outcome, "lease_until": None}
    if state == State.SENT:
        fields["sent_at"] = timezone.now()
    if message and settings.DEMO:
        fields |= {"subject": message.subject, "text": message.text, "html": message.html}
    if kinds.get(delivery.kind).secret:
        fields["data"] = {}
    return write_back(delivery, fields)


def put_back(delivery: Delivery, error: Exception, *, now: datetime) -> str | None:
    """Let a delivery wait for its next attempt, longer each time; give up after the last."""
    if delivery.attempts >= MAX_ATTEMPTS:
        return close(
            delivery,
            State.FAILED,
            outcome=_("Given up after %(attempts)d attempts. The last answer was: %(answer)s")
            % {"attempts": delivery.attempts, "answer": words_of(error)},
        )
    fields = {
        "state": State.PENDING,
        "lease_until": None,
        "due_at": now + BACK_OFF[delivery.attempts - 1],
        "outcome": _("The mail server did not take it: %s") % words_of(error),
    }
    return write_back(delivery, fields)


def write_back(delivery: Delivery, fields: dict[str, Any]) -> str | None:
    """Write what became of a delivery, only where our claim still stands."""
    ours = Delivery.objects.filter(pk=delivery.pk, claim=delivery.claim, state=State.SENDING)
    if not ours.update(**fields):
        logger.warning("delivery %s: the lease ran out before %s could be written", delivery.pk, fields["state"])
        return None
    logger.info("delivery %s of kind %s: %s", delivery.pk, delivery.kind, fields["state"])
    state: str = fields["state"]
    return state


def words_of(error: Exception) -> str:
    """Return what the mail server or the network said, short enough for a list."""
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        code, said = next(iter(error.recipients.values()))
        return f"{code} {said.decode(errors='replace') if isinstance(said, bytes) else said}"[:300]
    return (str(error) or type(error).__name__)[:300]


def close_hopeless(*, now: datetime) -> int:
    """End what can no longer be sent: its day is over, or every worker that tried it died. Return how many."""
    open_rows = Delivery.objects.filter(state__in=[State.PENDING, State.SENDING]).exclude(
        state=State.SENDING, lease_until__gt=now
    )
    late = open_rows.filter(window_end__lte=now)
    doomed = open_rows.filter(attempts__gte=MAX_ATTEMPTS)
    ended = {"lease_until": None}
    closed = 0
    for rows, state, outcome in (
        (late, State.CANCELLED, _("The time it was meant for was over.")),
        (doomed, State.FAILED, _("Given up after %d attempts.") % MAX_ATTEMPTS),
    ):
        rows.filter(kind__in=kinds.secret_names()).update(data={})
        closed += rows.update(state=state, outcome=outcome, **ended)
    return closed
