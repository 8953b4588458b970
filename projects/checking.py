"""Comparing stored counters with a recount, plan by plan, and mending what differs."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterator
from typing import Any, NamedTuple

from projects import dates
from projects.ledger import Ledger
from projects.models import Barrier, Plan, PlanItem, PlanStep
from projects.reading import read_items
from projects.recount import PLAN_COUNTERS, STEP_COUNTERS, recount

PLANS_AT_ONCE = 200


class Difference(NamedTuple):
    """A stored value that is not what a recount gives."""

    plan: Plan
    where: str  # "plan", a step's key or an item's key
    name: str
    stored: object
    counted: object

    def __str__(self) -> str:
        return (
            f"{self.plan} (plan {self.plan.pk}), {self.where}: {self.name} is {self.stored}, should be {self.counted}"
        )


def differences() -> Iterator[Difference]:
    """Yield every counter, due date and blocked day in the database that is not what its rows say."""
    ids = list(Plan.objects.order_by("pk").values_list("pk", flat=True))
    for start in range(0, len(ids), PLANS_AT_ONCE):
        yield from differences_of(ids[start : start + PLANS_AT_ONCE])


def differences_of(plan_ids: list[int]) -> Iterator[Difference]:
    """Yield the differences of some plans, reading them in a fixed number of statements."""
    plans = Plan.objects.select_related("site", "project", "program").in_bulk(plan_ids)
    items: dict[int, list[PlanItem]] = defaultdict(list)
    for item in read_items(PlanItem.objects.filter(plan__in=plan_ids), plans):
        items[item.plan_id].append(item)
    stuck: dict[int, list[dt.date]] = defaultdict(list)
    for step_id, since in (
        Barrier.objects.open().filter(plan__in=plan_ids, stuck=True).values_list("plan_step_id", "since")
    ):
        stuck[step_id].append(since)
    for plan in plans.values():
        own = items[plan.pk]
        steps: dict[int, PlanStep] = {item.plan_step_id: item.plan_step for item in own}
        watched: list[tuple[str, Any, list[str]]] = [("plan", plan, PLAN_COUNTERS)]
        watched += [(step.key, step, [*STEP_COUNTERS, "blocked_since"]) for step in steps.values()]
        watched += [(item.key, item, ["due_on", "waiting_for"]) for item in own]
        stored = [{name: getattr(row, name) for name in names} for _where, row, names in watched]
        for step in steps.values():
            step.blocked_since = min(stuck[step.pk], default=None)
        dates.redate(own, dates.starts_of(plan))
        recount(plan, own)
        for (where, row, names), was in zip(watched, stored, strict=True):
            for name in names:
                if was[name] != getattr(row, name):
                    yield Difference(plan, where, name, was[name], getattr(row, name))


def fix(plan_ids: set[int], *, now: dt.datetime) -> None:
    """Recount plans and store what differs, as a change by nobody that leaves no history."""
    with Ledger.open(plan_ids, by=None, now=now) as ledger:
        ledger.read_barriers()
