"""Writing many rows inside the database, in statements that grow by the batch: copies of plans, and rows that differ.

Both do what a loop over model instances would, without building an instance for each row.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any

from django.db import connection, models

from projects.models import Plan, PlanItem, PlanStep

STEP_OWN = {"plan_id", "due_on"}  # what a copied step does not take over; all else of plans just made is the same
ITEM_OWN = {"plan_id", "plan_step_id", "due_on", "waiting_for"}
VALUES_AT_ONCE = 8_000  # SQLite takes 32,766 in a statement


@dataclass(frozen=True)
class Dates:
    """What of a new plan's rows depends on the day it starts: when its items and steps are due, by key."""

    items: list[tuple[str, dt.date | None, str]]  # and what the item waits for
    steps: list[tuple[str, dt.date | None]]


def copy_rows(like: Plan, plans: Iterable[Plan], dates_of: Mapping[dt.date, Dates]) -> None:
    """Give saved, empty plans the steps and items of a saved, full one, with the dates that belong to their start."""
    # SQLite joins in the order of CROSS JOIN; left to itself it reads `dated`, which has no index, once for each row.
    step, item = columns_of(PlanStep, but=STEP_OWN), columns_of(PlanItem, but=ITEM_OWN)
    due = "dated.due_on" if connection.vendor != "postgresql" else "CAST(dated.due_on AS date)"
    steps = (
        f"INSERT INTO projects_planstep (plan_id, due_on, {named(step)}) SELECT own.id, {due}, {named(step, 'shown')} "  # noqa: S608 - names of our own columns
        "FROM dated CROSS JOIN projects_planstep shown CROSS JOIN projects_plan own "
        "WHERE shown.plan_id = %s AND shown.key = dated.key "
        "AND own.id IN ({ids}) AND own.starts_on = dated.starts_on ORDER BY own.id, shown.id"
    )
    items = (
        f"INSERT INTO projects_planitem (plan_id, plan_step_id, due_on, waiting_for, {named(item)}) "  # noqa: S608 - as above
        f"SELECT own.id, step.id, {due}, dated.waiting_for, {named(item, 'shown')} "
        "FROM dated CROSS JOIN projects_planitem shown CROSS JOIN projects_planstep its "
        "CROSS JOIN projects_plan own CROSS JOIN projects_planstep step "
        "WHERE shown.plan_id = %s AND shown.key = dated.key AND its.id = shown.plan_step_id "
        "AND own.id IN ({ids}) AND own.starts_on = dated.starts_on "
        "AND step.plan_id = own.id AND step.key = its.key ORDER BY own.id, shown.id"
    )
    starting: dict[dt.date, list[int]] = defaultdict(list)
    for plan in plans:
        starting[plan.starts_on].append(plan.pk)
    widest = max((len(dates.items) for dates in dates_of.values()), default=1)
    for days in batches(starting, max(1, VALUES_AT_ONCE // (4 * widest))):
        of_steps = [(day, key, due_on) for day in days for key, due_on in dates_of[day].steps]
        of_items = [(day, key, *rest) for day in days for key, *rest in dates_of[day].items]
        for ids in batches((pk for day in days for pk in starting[day]), VALUES_AT_ONCE):
            insert_dated("starts_on, key, due_on", of_steps, steps, like.pk, ids)
            insert_dated("starts_on, key, due_on, waiting_for", of_items, items, like.pk, ids)


def insert_dated(names: str, rows: list[tuple], insert: str, like: int, ids: list[int]) -> None:
    """Run an insert that reads `dated`, a table of those rows, for the plans of those ids."""
    marks = ", ".join([f"({', '.join(['%s'] * len(rows[0]))})"] * len(rows))
    insert = insert.format(ids=", ".join(["%s"] * len(ids)))
    values = [
        connection.ops.adapt_datefield_value(one) if isinstance(one, dt.date) else one for row in rows for one in row
    ]
    with connection.cursor() as cursor:
        cursor.execute(f"WITH dated({names}) AS (VALUES {marks}) {insert}", [*values, like, *ids])


def update_rows(model: type[models.Model], rows: Iterable[Any], names: Sequence[str]) -> None:
    """Write some fields, by name or attribute, of many saved rows: `bulk_update`, in a fraction of its time."""
    fields: list[Any] = [model._meta.get_field(name) for name in names]
    table = f'"{model._meta.db_table}"'
    columns = [f'"{field.column}"' for field in fields]
    assigned = ", ".join(f"{column} = {value_of(field)}" for column, field in zip(columns, fields, strict=True))
    marks = f"({', '.join(['%s'] * (1 + len(fields)))})"
    with connection.cursor() as cursor:
        for batch in batches(rows, VALUES_AT_ONCE // (1 + len(fields))):
            values: list[Any] = []
            for row in batch:
                values.append(row.pk)
                values += [field.get_db_prep_save(getattr(row, field.attname), connection) for field in fields]
            cursor.execute(
                f"WITH fresh(id, {', '.join(columns)}) AS (VALUES {', '.join([marks] * len(batch))}) "  # noqa: S608 - as above
                f"UPDATE {table} SET {assigned} FROM fresh WHERE {table}.id = fresh.id",
                values,
            )


def value_of(field: models.Field) -> str:
    """Return the SQL of a new value. PostgreSQL must be told its type, which a column of nulls does not tell."""
    column = f'fresh."{field.column}"'
    if connection.vendor != "postgresql":
        return column
    # Without its length, by which a cast would cut a text that an assignment refuses.
    return f"CAST({column} AS {str(field.db_type(connection)).partition('(')[0]})"


def columns_of(model: type[models.Model], *, but: set[str]) -> list[str]:
    """Return the columns of a table that a copy takes over as they are."""
    return [field.column for field in model._meta.concrete_fields if not field.primary_key and field.column not in but]


def named(columns: Iterable[str], table: str = "") -> str:
    return ", ".join(f'{table}."{column}"' if table else f'"{column}"' for column in columns)


def batches(rows: Iterable[Any], size: int) -> Iterable[list[Any]]:
    """Cut rows into lists of at most that many."""
    left = iter(rows)
    while batch := list(islice(left, size)):
        yield batch
