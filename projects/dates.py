"""When the items of a plan are due. Pure: it takes rows and dates and touches neither database nor clock.

The rules (design, Dates): a milestone is due `offset_days` after the latest of its anchors; an action is due with the
milestone it leads to; a date set by hand never moves; a shift still follows its anchor. While an anchor is not reached
the item waits for it and its date is provisional.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from projects.models import Plan, PlanItem

SITE_START, PROJECT_START, GRANT_END = "site_start", "project_start", "grant_end"


@dataclass(frozen=True)
class Due:
    """A due day (None: no date can be told yet) and the key of the milestone waited for ("" when none is)."""

    on: dt.date | None
    waiting_for: str = ""


NO_DATE = Due(None)


def starts_of(plan: Plan) -> dict[str, dt.date | None]:
    """Return the fixed anchors of a plan, by key. Needs plan.project; reads nothing else."""
    return {SITE_START: plan.starts_on, PROJECT_START: plan.project.starts_on, GRANT_END: plan.project.ends_on}


def redate(items: Iterable[PlanItem], starts: Mapping[str, dt.date | None]) -> None:
    """Set due_on and waiting_for of every item that does not have a date by hand, from the others' state.

    The items must be all of one plan. Circles cannot occur: the loader refuses them; an own item's anchors are
    checked when it is made, and a circle met all the same raises RecursionError rather than give a wrong date.
    """
    by_key = {item.key: item for item in items}
    start = starts.get(SITE_START)
    known: dict[str, Due] = {}

    def due(item: PlanItem) -> Due:
        if item.key not in known:
            known[item.key] = compute(item)
        return known[item.key]

    def compute(item: PlanItem) -> Due:
        if item.by_hand:
            return Due(item.due_on)
        if item.leads_to:
            milestone = by_key.get(item.leads_to)
            if milestone is None or not milestone.is_counted or milestone.is_done:
                return NO_DATE
            return moved(due(milestone), item.shift_days)
        ruled = moved(latest(item.anchor_keys), item.offset_days or 0)
        if ruled.on and start and ruled.on < start:
            ruled = Due(start, ruled.waiting_for)
        return moved(ruled, item.shift_days)

    def latest(keys: list[str]) -> Due:
        bases = [base(key) for key in keys]
        dated = [found for found in bases if found.on]
        if not dated or len(dated) < len(bases):
            return Due(None, next((found.waiting_for for found in bases if found.waiting_for), ""))
        last = max(dated, key=lambda found: found.on or dt.date.min)
        if last.waiting_for:
            return last
        return Due(last.on, next((found.waiting_for for found in bases if found.waiting_for), ""))

    def base(key: str) -> Due:
        if key in starts:
            return Due(starts[key])
        anchor = by_key.get(key)
        if anchor is None:
            return NO_DATE
        if anchor.is_done:
            # A date that nobody knows is never filled in; what hangs on it counts from the day it was recorded.
            return Due(anchor.done_on or anchor.recorded_on)
        if not anchor.is_counted:
            # It does not apply here: what hangs on it hangs on its own anchors, as far behind as before.
            return moved(latest(anchor.anchor_keys), anchor.offset_days or 0)
        return Due(due(anchor).on, anchor.key)

    for item in by_key.values():
        found = due(item)
        item.due_on, item.waiting_for = found.on, "" if item.is_done else found.waiting_for


def moved(due: Due, days: int) -> Due:
    """Return the same due day, that many days later; no day stays no day."""
    return Due(due.on + dt.timedelta(days=days) if due.on else None, due.waiting_for)
