"""What a person signs in with besides the password. Recovery codes alone are no second step: they are for its loss."""

from allauth.mfa.models import Authenticator
from django.db.models import Exists, OuterRef, QuerySet

from accounts import sessions
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


def has_second_step(person: str) -> Exists:
    """Return the condition that whoever the named field points at has a second step."""
    return Exists(Authenticator.objects.filter(user=OuterRef(person), type__in=SECOND_STEPS))


def forget(person: User) -> bool:
    """Take away second steps and recovery codes and sign the person out everywhere; return whether there were any."""
    removed, _by_model = Authenticator.objects.filter(user=person).delete()
    if removed:
        sessions.end(person)
    return bool(removed)
