"""When somebody leaves. People are never deleted: what they did stays, who they were goes."""

from datetime import datetime

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from django.db import transaction

from accounts import sessions
from accounts.models import Activity, User


def locked(person: User) -> User:
    return User.objects.select_for_update(no_key=True).get(pk=person.pk)


@transaction.atomic
def deactivate(person: User, *, by: User | None, now: datetime) -> bool:
    """Keep a person from signing in, at once also where signed in; return whether that changed anything."""
    current = locked(person)
    person.is_active = False
    if not current.is_active:
        return False
    current.is_active = False
    current.save(update_fields=["is_active"])
    sessions.end(current)  # or who comes back would find the old ones open
    Activity.record(verb="deactivated", actor=by, target=current, person=current, at=now)
    return True


@transaction.atomic
def reactivate(person: User, *, by: User | None, now: datetime) -> bool:
    """Let a person sign in again; return whether that changed anything. Who was anonymised stays gone."""
    current = locked(person)
    if current.is_active or current.anonymised_at:
        return False
    current.is_active = person.is_active = True
    current.save(update_fields=["is_active"])
    Activity.record(verb="reactivated", actor=by, target=current, person=current, at=now)
    return True


@transaction.atomic
def anonymise(person: User, *, by: User | None, now: datetime) -> bool:
    """Forget a person's name, address, phone and ways to sign in for good; return whether that changed anything.

    `outbox.forgetting.forget_mail` forgets the mail; call both.
    """
    current = locked(person)
    if current.anonymised_at:
        return False
    fields = {
        "email": f"left-{current.pk}@anonymised.invalid",
        "name": "",
        "phone": "",
        "is_active": False,
        "is_staff": False,
        "is_superuser": False,
        "anonymised_at": now,
    }
    for row in (current, person):
        for name, value in fields.items():
            setattr(row, name, value)
        row.set_unusable_password()
    current.save(update_fields=[*fields, "password"])
    sessions.end(current)
    EmailAddress.objects.filter(user=current).delete()
    Authenticator.objects.filter(user=current).delete()
    Activity.record(verb="anonymised", actor=by, target=current, person=current, at=now)
    return True
