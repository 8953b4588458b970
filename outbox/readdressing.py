"""Changing the address a person signs in with. It counts only after whoever reads its mail has said yes."""

from datetime import datetime, timedelta

from allauth.account.models import EmailAddress
from django.core import signing
from django.db import IntegrityError, transaction
from django.urls import reverse

from accounts.models import Activity, User
from outbox import links
from outbox.account_mail import queue_account_mail
from outbox.models import Delivery

SALT = "outbox.readdressing"
GOOD_FOR = timedelta(days=3)


class Stale(Exception):
    """The link is not ours, is older than three days, or what it speaks of has changed since."""


def ask(person: User, address: str, *, now: datetime) -> Delivery | None:
    """Write to the new address with a link that confirms it; to one that is taken, that it has an account already.

    Whoever asks sees the same either way, so nobody learns here who else has an account.
    """
    address = address.strip().lower()
    if User.objects.filter(email=address).exists():
        reset = links.absolute(reverse("account_reset_password"))
        return queue_account_mail(
            "account/email/account_already_exists", address, {"password_reset_url": reset}, now=now
        )
    signed = signing.dumps([person.pk, person.email, address], salt=SALT)
    link = links.absolute(reverse("outbox:address_confirm", args=[signed]))
    context = {"user": person, "activate_url": link}
    return queue_account_mail("account/email/email_confirmation", address, context, now=now)


def read(signed: str) -> tuple[User, str]:
    """Return (person, new address) of a link; raises Stale. Reading changes nothing."""
    try:
        person_id, old, new = signing.loads(signed, salt=SALT, max_age=GOOD_FOR)
    except signing.BadSignature as error:
        raise Stale from error
    person = User.objects.active().filter(pk=person_id, email__in=[old, new]).first()
    if person is None:
        raise Stale
    return person, new


def confirm(signed: str, *, now: datetime) -> User:
    """Let the person sign in with the new address from now on and tell the old one; raises Stale. Twice is once."""
    person, new = read(signed)
    old = person.email
    if old == new:
        return person
    try:
        with transaction.atomic():
            # While the old address is still the person's: so the message is known for theirs and forgotten with them.
            context = {"user": person, "from_email": old, "to_email": new, "timestamp": now}
            queue_account_mail("account/email/email_changed", old, context, now=now)
            changed = User.objects.active().filter(pk=person.pk, email=old).update(email=new)
            if not changed:
                raise Stale
            # allauth would go on letting the old address in.
            EmailAddress.objects.filter(user=person).delete()
            Activity.record(verb="address_changed", actor=person, target=person, at=now)
    except IntegrityError as error:
        raise Stale from error
    person.email = new
    return person
