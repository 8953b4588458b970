"""Addresses that go into mail: whole, and signed where they act without signing in."""

from django.conf import settings
from django.core import signing
from django.urls import reverse

from accounts.models import User

SALT = "outbox.unsubscribe"


class Broken(Exception):
    """The link is not one of ours, or it was cut off on its way."""


def absolute(path: str) -> str:
    """Return the whole address of a path of this installation."""
    return f"{settings.BASE_URL}{path}"


def unsubscribe(person: User, kind: str) -> str:
    """Return the address that turns one kind of mail off for one person. It stays good as long as the secret does."""
    signed = signing.dumps([person.pk, kind], salt=SALT)
    return absolute(reverse("outbox:unsubscribe", args=[signed]))


def read_unsubscribe(signed: str) -> tuple[int, str]:
    """Return (person's id, kind) of such an address; raises Broken."""
    try:
        person_id, kind = signing.loads(signed, salt=SALT)
    except signing.BadSignature as error:
        raise Broken from error
    return person_id, kind
