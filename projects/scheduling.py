"""Changing when items are due, at one plan or at many: a date by hand, a shift by days, and back to the Roadmap's rule.

A date set by hand never moves by itself. A shift still follows what the date is counted from (design, Dates).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.formats import date_format
from django.utils.translation import ngettext

from accounts.models import User
from projects.assigning import nothing_changes
from projects.choosing import Choice, Line, Outcome, Part, chosen, open_ones
from projects.ledger import Ledger
from projects.models import Plan, PlanItem

Move = Callable[[Ledger, Plan, list[PlanItem]], None]


def set_date(
    plan_ids: Iterable[int], choice: Choice, *, on: dt.date, by: User, now: dt.datetime, dry_run: bool = False
) -> Outcome:
    """Set the day on which the chosen open items are due; it never moves by itself.

    An action that is due with a chosen milestone goes on following it. Raises ValidationError for a day before a
    plan's start; then nothing changes anywhere.
    """

    def move(ledger: Ledger, plan: Plan, items: list[PlanItem]) -> None:
        keys = {item.key for item in items}
        for item in items:
            if item.by_hand or item.shift_days or item.leads_to not in keys:
                item.by_hand, item.shift_days, item.due_on = True, 0, on

    return reschedule("date_set", move, plan_ids, choice, by=by, now=now, dry_run=dry_run, not_before_start=True)


def shift_dates(
    plan_ids: Iterable[int], choice: Choice, *, days: int, by: User, now: dt.datetime, dry_run: bool = False
) -> Outcome:
    """Move the due dates of the chosen open items by so many days, earlier where negative.

    Each moves by exactly so many days, also where one follows another of them; what follows them and was not chosen
    moves along. An item without a date yet will get one that much later. Raises ValidationError where a date would
    come before its plan's start.
    """

    def move(ledger: Ledger, plan: Plan, items: list[PlanItem]) -> None:
        shift_in(ledger, plan, items, days)

    return reschedule(
        "date_shifted", move, plan_ids, choice, by=by, now=now, dry_run=dry_run, not_before_start=days < 0
    )


def clear_dates(
    plan_ids: Iterable[int], choice: Choice, *, by: User, now: dt.datetime, dry_run: bool = False
) -> Outcome:
    """Give the chosen open items the dates of the Roadmap's rule again, without shift."""

    def move(ledger: Ledger, plan: Plan, items: list[PlanItem]) -> None:
        for item in items:
            item.by_hand, item.shift_days = False, 0

    return reschedule("date_cleared", move, plan_ids, choice, by=by, now=now, dry_run=dry_run)


def reschedule(
    verb: str,
    move: Move,
    plan_ids: Iterable[int],
    choice: Choice,
    *,
    by: User,
    now: dt.datetime,
    dry_run: bool,
    not_before_start: bool = False,
) -> Outcome:
    """Move dates in every plan by one rule, check them, and keep history of what was set or shifted."""
    with Ledger.open(plan_ids, by=by, now=now, dry_run=dry_run) as ledger:
        parts = [reschedule_in(ledger, plan, verb, move, choice) for plan in ledger.plans.values()]
        if not_before_start:
            refuse_before_start(parts)
    return Outcome(parts, str(ledger.batch))


def reschedule_in(ledger: Ledger, plan: Plan, verb: str, move: Move, choice: Choice) -> Part:
    part = Part(plan)
    own = ledger.items_of[plan.pk].values()
    ledger.redate(plan)
    items = list(open_ones(part, chosen(ledger, plan, choice)))
    was = {item.pk: (item.due_on, item.by_hand, item.shift_days) for item in own}
    move(ledger, plan, items)
    ledger.redate(plan)
    picked = {item.pk for item in items}
    for item in own:
        changed = was[item.pk] != (item.due_on, item.by_hand, item.shift_days)
        if item.pk not in picked:
            part.following += changed and item.is_open
        elif changed:
            part.lines.append(Line(item, was[item.pk][0], item.due_on))
            ledger.note(verb, item)  # also where it only follows another that was chosen: people counted on it
        else:
            part.same += 1
    if not part.lines:
        part.reason = nothing_changes(part)
    return part


def shift_in(ledger: Ledger, plan: Plan, items: list[PlanItem], days: int) -> None:
    """Shift items of one plan, those they are counted from first, so that none moves twice."""
    keys = {item.key for item in items}
    wanted: dict[int, Any] = {item.pk: item.due_on + dt.timedelta(days=days) if item.due_on else None for item in items}
    for item in in_order_of_counting(ledger.items_of[plan.pk], items):
        if item.by_hand:
            item.due_on = wanted[item.pk]
        elif item.due_on is None:
            item.shift_days += 0 if keys.intersection(counted_from(item)) else days
        else:
            ledger.redate(plan)
            item.shift_days += (wanted[item.pk] - item.due_on).days


def counted_from(item: PlanItem) -> list[str]:
    """Return the keys of the milestones (or fixed days) from which an item's date is counted."""
    return [item.leads_to] if item.leads_to else item.anchor_keys


def in_order_of_counting(by_key: dict[str, PlanItem], items: list[PlanItem]) -> list[PlanItem]:
    """Return the items so that each comes after whatever its date is counted from."""
    depths: dict[str, int] = {}

    def depth(item: PlanItem) -> int:
        if item.key not in depths:
            below = [depth(by_key[key]) for key in counted_from(item) if key in by_key]
            depths[item.key] = 1 + max(below, default=0)
        return depths[item.key]

    return sorted(items, key=lambda item: (depth(item), item.position))


def refuse_before_start(parts: list[Part]) -> None:
    """Raise ValidationError naming the plans in which a date would come before the start."""
    early = [part.plan for part in parts if any(line.after and line.after < part.plan.starts_on for line in part.lines)]
    if not early:
        return
    names = ", ".join(str(plan) for plan in early[:5])
    day = date_format(max(plan.starts_on for plan in early), "D j M Y")
    raise ValidationError(
        ngettext(
            "%(names)s starts on %(day)s. Choose dates from that day on.",
            "%(number)d sites start later than that (%(names)s). Choose dates from %(day)s on.",
            len(early),
        )
        % {"names": names, "day": day, "number": len(early)},
        code="before_start",
    )
