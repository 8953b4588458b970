"""Deciding each day who is due to hear from Milepost: one row a person, kind and local day, written at the look.

What a digest says is computed when it is sent (projects/reminders.py); with nothing to say the row closes as empty.
The whole guarantee stands in docs/reminders.md.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import Any, NamedTuple

from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet

from accounts.models import User
from outbox.models import WORKING_DAYS, Delivery, ReminderPreference
from outbox.queueing import queue
from projects.models import Membership, Role

SITE_DIGEST, LEAD_DIGEST = "digest_site", "digest_lead"
LEADING = (Role.LEAD, Role.ADMINISTRATOR)
USUAL_DAYS = {SITE_DIGEST: [0], LEAD_DIGEST: WORKING_DAYS}  # site team members on Mondays, leads on working days
PEOPLE_AT_ONCE = 200
FAR = dt.timedelta(days=28)  # when to look again at somebody who wants mail on no day


class Look(NamedTuple):
    """What a look at one person finds: whether a digest is due, for which local day, and when to look again."""

    due: bool
    local_day: dt.date
    window_end: dt.datetime
    again_at: dt.datetime


def write_digests(*, now: dt.datetime) -> int:
    """Write a row for every person whose digest is due and note when to look at each again. Returns the rows written.

    Works through at most PEOPLE_AT_ONCE people a transaction, so that nobody waits long for the lock.
    """
    written = 0
    while people := list(people_to_look_at(now)[:PEOPLE_AT_ONCE]):
        written += look_at(people, now=now)
    return written


def people_to_look_at(now: dt.datetime) -> QuerySet[Any]:
    """Return the people who work or lead somewhere and whose next look is due; ordered, so that looks are steady."""
    roles = Membership.objects.current().filter(user=OuterRef("pk"))
    return (
        User.objects.active()
        .annotate(leads=Exists(roles.filter(role__in=LEADING)), works=Exists(roles.filter(role=Role.PRACTITIONER)))
        .filter(Q(leads=True) | Q(works=True))
        .filter(Q(reminder_preference__isnull=True) | due_looks(now))
        .select_related("reminder_preference")
        .order_by("pk")
    )


def due_looks(now: dt.datetime) -> Q:
    return Q(reminder_preference__next_look_at__isnull=True) | Q(reminder_preference__next_look_at__lte=now)


@transaction.atomic
def look_at(people: Iterable[Any], *, now: dt.datetime) -> int:
    """Write the rows that are due for some people and when to look at them again, in one transaction."""
    people = list(people)
    ReminderPreference.objects.bulk_create(
        (ReminderPreference(user=person) for person in people), ignore_conflicts=True
    )
    wishes = {
        wish.user_id: wish
        for wish in ReminderPreference.objects.select_for_update(of=("self",)).filter(user__in=people).order_by("pk")
    }
    newest = newest_days(people)
    written = 0
    for person in people:
        wish, kind = wishes[person.pk], LEAD_DIGEST if person.leads else SITE_DIGEST
        look = look_of(wish, kind, zone=person.zone, now=now)
        wish.next_look_at = look.again_at
        had = newest.get((person.pk, kind))
        if look.due and (had is None or had < look.local_day):
            written += bool(
                queue(
                    kind=kind,
                    to=person,
                    local_day=look.local_day,
                    zone=str(person.zone),
                    window_end=look.window_end,
                    now=now,
                )
            )
    ReminderPreference.objects.bulk_update(wishes.values(), ["next_look_at"], batch_size=PEOPLE_AT_ONCE)
    return written


def newest_days(people: Iterable[User]) -> dict[tuple[int, str], dt.date]:
    """Return the newest local day on which each person has a digest, by person and kind.

    Only a later day is ever opened: moving to another zone or choosing another hour never opens a day twice.
    """
    rows = Delivery.objects.filter(person__in=people, kind__in=USUAL_DAYS, local_day__isnull=False)
    newest: dict[tuple[int, str], Any] = {}
    for person, kind, day in rows.order_by("local_day").values_list("person_id", "kind", "local_day"):
        newest[person, kind] = day
    return newest


def look_of(wish: ReminderPreference, kind: str, *, zone: dt.tzinfo, now: dt.datetime) -> Look:
    """Return what a look at a person finds at a moment, in that person's zone.

    Due when the local day is one of the chosen days and the hour has come; a look that was missed is made good the
    same day. Days are those chosen, else those usual for the kind.
    """
    local = now.astimezone(zone)
    days = USUAL_DAYS[kind] if wish.days is None else wish.days
    today = local.date()
    due = kind not in wish.kinds_off and today.weekday() in days and local.hour >= wish.hour
    midnight = at_hour(today + dt.timedelta(days=1), 0, zone)
    if not days:
        return Look(False, today, midnight, now + FAR)
    ahead = 0 if today.weekday() in days and local.hour < wish.hour else 1
    while (today + dt.timedelta(days=ahead)).weekday() not in days:
        ahead += 1
    return Look(due, today, midnight, at_hour(today + dt.timedelta(days=ahead), wish.hour, zone))


def at_hour(day: dt.date, hour: int, zone: dt.tzinfo) -> dt.datetime:
    """Return the moment a local day reaches an hour; where clocks skip it, the moment just after."""
    return dt.datetime.combine(day, dt.time(hour), tzinfo=zone).astimezone(dt.UTC)
