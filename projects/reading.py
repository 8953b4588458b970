"""Items of plans with all that shows them, in one statement: without an object for every row that was joined.

A plan has about a hundred items and twenty steps. What the Roadmap says of them is in memory (roadmap/published.py);
a step comes once for each of its items, people once for each thing they have, but only one object is made of each.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from accounts.models import User
from projects.models import Plan, PlanItem, PlanStep
from projects.models.plans import PlanItemQuerySet
from roadmap.published import content_of

ITEM = [field.attname for field in PlanItem._meta.concrete_fields]
STEP = [field.attname for field in PlanStep._meta.concrete_fields]
PEOPLE = ("assignee", "done_by", "plan_step__assignee")
# Enough to name somebody and to tell whether the account is open, in the order in which from_db takes it.
SHOWN = {"id", "name", "email", "is_active", "anonymised_at"}
PERSON = [field.attname for field in User._meta.concrete_fields if field.attname in SHOWN]


def read_items(
    items: PlanItemQuerySet, plans: Mapping[int, Plan], *, people: Sequence[str] = PEOPLE, more: Sequence[str] = ()
) -> list[PlanItem]:
    """Read items of some plans, in the Roadmap's order, each with its plan, step and Roadmap row.

    `plans` holds the plan of every item by id. Of the people (paths from the item) those who are asked for are read as
    well. The paths in `more` are read with each item and set on it under their own names. One statement, and three
    more for each version that this process has not seen before.
    """
    named = [f"{path}__{name}" for path in people for name in PERSON]
    rows = items.order_by("position", "pk").values_list(*ITEM, *(f"plan_step__{name}" for name in STEP), *named, *more)
    after_item, after_step = len(ITEM), len(ITEM) + len(STEP)
    after_people = after_step + len(named)
    steps: dict[int, PlanStep] = {}
    known: dict[int, User] = {}
    found = []
    for row in rows:
        item = PlanItem.from_db(items.db, ITEM, row[:after_item])
        plan = item.plan = plans[item.plan_id]
        if item.plan_step_id not in steps:
            steps[item.plan_step_id] = step_of(row[after_item:after_step], plan, items.db)
        item.plan_step = steps[item.plan_step_id]
        if item.item_id:
            item.item = content_of(plan.version_id).items[item.item_id]
        for path, at in zip(people, range(after_step, after_people, len(PERSON)), strict=True):
            if row[at] is not None:
                of, name = (item.plan_step, "assignee") if path == "plan_step__assignee" else (item, path)
                setattr(of, name, person_of(row[at : at + len(PERSON)], known, items.db))
        if item.on_behalf_of_id and item.on_behalf_of_id == plan.site_id:
            item.on_behalf_of = plan.site
        for name, value in zip(more, row[after_people:], strict=True):
            setattr(item, name, value)
        found.append(item)
    return found


def step_of(row: tuple[Any, ...], plan: Plan, db: str) -> PlanStep:
    """Return a plan's step from its values, with its plan and the Roadmap's row."""
    step = PlanStep.from_db(db, STEP, row)
    step.plan = plan
    if step.step_id:
        step.step = content_of(plan.version_id).steps[step.step_id]
    return step


def person_of(row: tuple[Any, ...], known: dict[int, User], db: str) -> User:
    """Return the one object of a person, with name and whether the account is open."""
    if row[0] not in known:
        known[row[0]] = User.from_db(db, PERSON, row)
    return known[row[0]]
