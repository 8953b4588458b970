"""Tokens that let a form be carried out once, however often it is sent."""

import secrets
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import TypeVar

from django.core import signing
from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from accounts.models import UsedToken, User
from accounts.requests import SignedInRequest

MAX_AGE = timedelta(hours=12)
TOO_OLD = _("This page had been open for too long. Please look once more before you go on.")

Done = TypeVar("Done")


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


def carry_out(request: SignedInRequest, purpose: str, act: Callable[[], Done]) -> Done:
    """Do what a posted form asks for and use up its token, both or neither; return what came of it.

    Nothing is kept of an act that says of itself that it was refused: None, or with `refused`. Raises as `spend` does.
    """
    with transaction.atomic():
        spend(request.POST.get("token", ""), purpose=purpose, by=request.user)
        done = act()
        if done is None or getattr(done, "refused", False):
            transaction.set_rollback(True)
    return done


def sweep(*, now: datetime) -> int:
    """Forget the spent tokens that are too old to be valid anyway; return how many."""
    return UsedToken.objects.filter(used_at__lt=now - 2 * MAX_AGE).delete()[0]
