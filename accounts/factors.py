"""What a person signs in with besides the password. Recovery codes alone are no second step: they are for its loss."""

from allauth.mfa.models import Authenticator
from django.db.models import QuerySet

from accounts.models import User

SECOND_STEPS = (Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN)


def second_steps_of(person: User) -> "QuerySet[Authenticator]":
    """Return the apps and passkeys by which a person proves at sign-in who they are."""
    return Authenticator.objects.filter(user=person.pk, type__in=SECOND_STEPS)


def with_second_step() -> "QuerySet[Authenticator]":
    """Return the ids of everybody who has a second step, for a subquery."""
    return Authenticator.objects.filter(type__in=SECOND_STEPS).values("user")


def is_last(authenticator: Authenticator) -> bool:
    """Return whether its owner would have no second step left without it."""
    if authenticator.type not in SECOND_STEPS:
        return False
    return not second_steps_of(authenticator.user).exclude(pk=authenticator.pk).exists()
