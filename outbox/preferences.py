"""What a person wants to hear, and changing it."""

from typing import Any

from django.db import transaction

from accounts.models import Activity, User
from outbox.models import ReminderPreference


def of(person: User) -> ReminderPreference:
    """Return the person's wishes, unsaved defaults where none were said."""
    return ReminderPreference.objects.filter(user=person).first() or ReminderPreference(user=person)


def is_off(person: User, kind: str) -> bool:
    return kind in of(person).kinds_off


def locked(person: User) -> ReminderPreference:
    ReminderPreference.objects.get_or_create(user=person)
    return ReminderPreference.objects.select_for_update(no_key=True).get(user=person)


@transaction.atomic
def choose(person: User, **wishes: Any) -> None:
    """Save what a person chose: days (None for the usual ones), hour, lead_days, kinds_off. The next look is anew."""
    preference = locked(person)
    for name, value in wishes.items():
        setattr(preference, name, value)
    preference.next_look_at = None
    preference.save(update_fields=[*wishes, "next_look_at"])


@transaction.atomic
def turn(person: User, kind: str, *, on: bool, by: User | None) -> bool:
    """Turn one kind of mail on or off; return whether that changed anything. `by` is None for a link in a mail."""
    preference = locked(person)
    was_on = kind not in preference.kinds_off
    if was_on == on:
        return False
    preference.kinds_off = sorted({*preference.kinds_off} ^ {kind})
    preference.next_look_at = None
    preference.save(update_fields=["kinds_off", "next_look_at"])
    Activity.record(
        verb="mail_turned_on" if on else "mail_turned_off", actor=by, target=person, key=kind, person=person
    )
    return True
