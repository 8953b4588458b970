"""Tokens that let a form be carried out once, however often it is sent."""

import secrets
from datetime import datetime, timedelta

from django.core import signing
from django.db import IntegrityError, transaction

from accounts.models import UsedToken, User

MAX_AGE = timedelta(hours=12)


class Spent(Exception):
    """The token was used before: what the form asks for has been done."""


class Invalid(Exception):
    """The token is not ours, was made for another purpose or is older than 12 hours."""


def token(purpose: str) -> str:
    """Return a new token for a hidden field of one form, good for 12 hours and for this purpose only."""
    return signing.dumps(secrets.token_urlsafe(18), salt=f"once:{purpose}")


def spend(token: str, *, purpose: str, by: User | None) -> None:
    """Use up a token inside the caller's transaction: rolled back together, the token may be tried again.

    Raises Invalid or Spent; neither breaks the caller's transaction.
    """
    try:
        nonce = signing.loads(token, salt=f"once:{purpose}", max_age=MAX_AGE)
    except signing.BadSignature as error:
        raise Invalid from error
    try:
        with transaction.atomic():
            UsedToken.objects.create(nonce=nonce, purpose=purpose, by=by)
    except IntegrityError as error:
        raise Spent from error


def sweep(*, now: datetime) -> int:
    """Forget the spent tokens that are too old to be valid anyway; return how many."""
    return UsedToken.objects.filter(used_at__lt=now - 2 * MAX_AGE).delete()[0]
