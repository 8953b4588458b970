"""Writing many rows inside the database, in statements that grow by the batch: copies of plans, and rows that differ.

Both do what a loop over model instances would, without building an instance for each row.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import islice
from typing import Any

from django.db import connection, models

from projects.models import Plan, PlanItem, PlanStep

PLANS_AT_ONCE = 400
VALUES_AT_ONCE = 8_000  # SQLite takes 32,766 in a statement


def copy_rows(alike: Sequence[tuple[Plan, Plan]]) -> None:
    """Give each first plan of the pairs, saved and still empty, the steps and items of the second, saved and full."""
    step, item = columns_of(PlanStep, but={"plan_id"}), columns_of(PlanItem, but={"plan_id", "plan_step_id"})
    steps = (
        f"INSERT INTO projects_planstep (plan_id, {named(step)}) SELECT alike.plan_id, {named(step, 'shown')} "  # noqa: S608 - names of our own columns
        "FROM alike JOIN projects_planstep shown ON shown.plan_id = alike.like_id ORDER BY alike.plan_id, shown.id"
    )
    items = (
        f"INSERT INTO projects_planitem (plan_id, plan_step_id, {named(item)}) "  # noqa: S608 - as above
        f"SELECT alike.plan_id, own.id, {named(item, 'shown')} "
        "FROM alike JOIN projects_planitem shown ON shown.plan_id = alike.like_id "
        "JOIN projects_planstep its ON its.id = shown.plan_step_id "
        "JOIN projects_planstep own ON own.plan_id = alike.plan_id AND own.key = its.key "
        "ORDER BY alike.plan_id, shown.id"
    )
    with connection.cursor() as cursor:
        for batch in batches(alike, PLANS_AT_ONCE):
            pairs = ", ".join(["(%s, %s)"] * len(batch))
            ids = [plan.pk for pair in batch for plan in pair]
            for insert in (steps, items):
                cursor.execute(f"WITH alike(plan_id, like_id) AS (VALUES {pairs}) {insert}", ids)


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
