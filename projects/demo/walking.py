"""Turning a story into done items: when a site of that pace would have reached what, up to today."""

from __future__ import annotations

import datetime as dt
from random import Random

from projects import dates
from projects.demo.stories import Story
from projects.models import Plan, PlanItem

DAY = dt.timedelta(days=1)


def walk(plan: Plan, items: list[PlanItem], story: Story, *, today: dt.date, now: dt.datetime, by: int, rng: Random):
    """Mark what a story's site has done, in memory, as recorded by the person with id `by` a day or two later."""
    by_key = {item.key: item for item in items}
    end = today - story.silent * DAY
    held = {*story.holds, *([story.late[0]] if story.late else [])}
    starts = dates.starts_of(plan)
    waiting = [item for item in items if item.is_milestone and item.is_counted]
    moved = True
    while moved:
        moved = False
        for milestone in list(waiting):
            day = reached_on(milestone, by_key, starts, held, story.pace)
            if day is not None and day <= end:
                finish(milestone, day, now=now, today=today, by=by, rng=rng)
                waiting.remove(milestone)
                moved = True
    for action in items:
        milestone = by_key.get(action.leads_to)
        if milestone is None or not action.is_counted:
            continue
        if milestone.is_done and rng.random() < 0.9:
            finish(
                action, milestone.done_on - rng.randint(0, 20) * DAY, now=now, today=today, by=by, rng=rng, plan=plan
            )
        elif not milestone.is_done and is_next(milestone, by_key) and rng.random() < 0.4:
            finish(action, end - rng.randint(0, 10) * DAY, now=now, today=today, by=by, rng=rng, plan=plan)
    if story.late:
        late = by_key[story.late[0]]
        late.due_on, late.by_hand = today - story.late[1] * DAY, True


def is_next(milestone: PlanItem, by_key: dict[str, PlanItem]) -> bool:
    return all(by_key[key].is_done for key in milestone.anchor_keys if key in by_key)


def reached_on(milestone, by_key, starts, held, pace) -> dt.date | None:
    """Return the day a milestone is reached at that pace, or None while it is held or its anchors are not reached."""
    if milestone.key in held or not milestone.anchor_keys:
        return None
    bases = []
    for key in milestone.anchor_keys:
        anchor = by_key.get(key)
        if key in starts:
            bases.append(starts[key])
        elif anchor is not None and anchor.is_done:
            bases.append(anchor.done_on)
        elif anchor is not None and anchor.is_counted:
            return None
    bases = [base for base in bases if base]
    if not bases:
        return None
    offset = milestone.offset_days or 0
    # What counts back from the grant's end is done a little before its day; the rest takes its share of the time.
    return max(bases) + dt.timedelta(days=offset - 10 if offset < 0 else round(offset * pace))


def finish(item, day, *, now, today, by, rng, plan: Plan | None = None) -> None:
    if plan is not None:
        day = max(day, plan.starts_on)
    day = min(day, today)
    recorded = min(today, day + rng.randint(0, 2) * DAY)
    item.done_on, item.recorded_on, item.done_by_id = day, recorded, by
    item.done_at = now - (today - recorded) - dt.timedelta(minutes=rng.randint(5, 300))
