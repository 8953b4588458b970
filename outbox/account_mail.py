"""Mail about accounts (reset, changed address, second factor): written by allauth's flows, sent as deliveries.

Its links are secrets, so the row forgets the words as soon as it is closed.
"""

from datetime import datetime, timedelta
from typing import Any

from django.template.loader import render_to_string
from django.utils import timezone

from accounts.models import User
from outbox.kinds import Message
from outbox.models import ACCOUNT, Delivery
from outbox.queueing import queue

GOOD_FOR = timedelta(days=1)
TO_STRANGERS = "account/email/unknown_account"


def queue_account_mail(prefix: str, address: str, context: dict[str, Any], *, now: datetime) -> Delivery | None:
    """Render allauth's templates of this prefix and queue them; a stranger's address gets at most one a day."""
    context = {**context, "email": address}
    subject = " ".join(render_to_string(f"{prefix}_subject.txt", context).split())
    text = render_to_string(f"{prefix}_message.txt", {**context, "subject": subject}).strip() + "\n"
    html = render_to_string("email/plain.html", {"subject": subject, "text": text})
    person = User.objects.filter(email=address).first() or address
    return queue(
        kind=ACCOUNT,
        to=person,
        data={"subject": subject, "text": text, "html": html},
        dedupe_key=f"stranger:{address.lower()}:{timezone.localdate(now)}" if prefix == TO_STRANGERS else None,
        window_end=now + GOOD_FOR,
        now=now,
    )


def compose(delivery: Delivery, now: datetime) -> Message:
    return Message(delivery.data["subject"], delivery.data["text"], delivery.data["html"])
