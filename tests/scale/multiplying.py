"""Making a small demo large inside the database: every site with all that belongs to it, copied many times over.

One INSERT … SELECT a table, on SQLite and PostgreSQL alike, so that 10,000 sites take seconds and not an hour.
"""

from __future__ import annotations

import time
from dataclasses import dataclass

from django.db import connection, models, transaction
from django.db.backends.utils import CursorWrapper

from accounts.models import Activity, User
from projects.models import Barrier, Contact, Duty, Membership, Note, Place, Plan, PlanItem, PlanStep, Site, SiteStatus

OF_SITES = [Site, Plan, PlanStep, PlanItem, Membership, Duty, SiteStatus, Barrier, Note, Contact]
# Which rows of a table belong to a site, where not all do.
ONLY = {
    Plan: "t.site_id IS NOT NULL",
    PlanStep: "t.plan_id IN (SELECT id FROM projects_plan WHERE site_id IS NOT NULL)",
    PlanItem: "t.plan_id IN (SELECT id FROM projects_plan WHERE site_id IS NOT NULL)",
    Membership: "t.site_id IS NOT NULL",
    Duty: "t.site_id IS NOT NULL",
    Activity: "t.site_id IS NOT NULL",
    User: "t.id IN (SELECT user_id FROM projects_membership WHERE site_id IS NOT NULL)",
}
NUMBERED = {(Place, "name"), (Site, "name"), (Site, "slug"), (User, "email")}  # what must differ in every copy
PLAIN_IDS = {"site_id": Site, "plan_id": Plan, "target_id": PlanItem}  # Activity's ids, which are no foreign keys


@dataclass
class Made:
    """How many sites and plan items were made, and in how many seconds."""

    sites: int
    items: int
    seconds: float


def multiply(copies: int) -> Made:
    """Copy every site so many times; the seconds last until all of it is checked and committed."""
    began = time.perf_counter()
    with transaction.atomic():
        sites, items = copy_all(copies)
    return Made(sites, items, time.perf_counter() - began)


def copy_all(copies: int) -> tuple[int, int]:
    """Copy each site with its place, people, plan, history and what is written at it; return how many were made."""
    before = Site.objects.count(), PlanItem.objects.count()
    copied = [User, Place, *OF_SITES]
    offsets = {model: model._default_manager.aggregate(top=models.Max("pk"))["top"] or 0 for model in copied}
    offsets[Activity] = Activity.objects.aggregate(top=models.Max("pk"))["top"] or 0
    with connection.cursor() as cursor:
        put_back = put_aside(cursor, [model._meta.db_table for model in offsets])
        # Memberships and duties decide which people belong to sites, so people are copied before them.
        for model in [*copied, Activity]:
            cursor.execute(*insert(model, offsets, copies))
        for statement in put_back:
            cursor.execute(statement)
        if connection.vendor == "postgresql":
            for model in offsets:
                table = model._meta.db_table
                cursor.execute(f"SELECT setval(pg_get_serial_sequence('{table}', 'id'), max(id)) FROM {table}")  # noqa: S608 - names of our own tables
    return Site.objects.count() - before[0], PlanItem.objects.count() - before[1]


def put_aside(cursor: CursorWrapper, tables: list[str]) -> list[str]:
    """Drop the foreign keys and plain indexes of tables on PostgreSQL; return the statements that make them again.

    A million rows are checked and indexed many times faster together than one by one. SQLite keeps what it has.
    """
    if connection.vendor != "postgresql":
        return []
    cursor.execute(
        "SELECT conrelid::regclass::text, quote_ident(conname), pg_get_constraintdef(oid) FROM pg_constraint "
        "WHERE contype = 'f' AND conrelid::regclass::text = ANY(%s)",
        [tables],
    )
    foreign_keys = cursor.fetchall()
    cursor.execute(
        "SELECT quote_ident(indexname), indexdef FROM pg_indexes WHERE schemaname = current_schema() "
        "AND tablename = ANY(%s) AND indexdef NOT LIKE 'CREATE UNIQUE%%'",
        [tables],
    )
    indexes = cursor.fetchall()
    for table, name, _definition in foreign_keys:
        cursor.execute(f"ALTER TABLE {table} DROP CONSTRAINT {name}")
    for name, _definition in indexes:
        cursor.execute(f"DROP INDEX {name}")
    return [
        *[definition for _name, definition in indexes],
        *[f"ALTER TABLE {table} ADD CONSTRAINT {name} {definition}" for table, name, definition in foreign_keys],
    ]


def insert(model: type[models.Model], offsets: dict, copies: int) -> tuple[str, list[int]]:
    """Return the statement that copies one table's rows, and its parameters."""
    columns, values = [], []
    for field in model._meta.concrete_fields:
        columns.append(f'"{field.column}"')
        values.append(value_of(model, field, offsets))
    table, which = model._meta.db_table, ONLY.get(model, "1 = 1")
    return (
        f"WITH RECURSIVE g(k) AS (SELECT 1 UNION ALL SELECT k + 1 FROM g WHERE k < %s) "  # noqa: S608 - as above
        f"INSERT INTO {table} ({', '.join(columns)}) SELECT {', '.join(values)} FROM {table} t, g WHERE {which}",
        [copies],
    )


def value_of(model: type[models.Model], field: models.Field, offsets: dict) -> str:
    """Return the SQL of one column of a copy: ids moved by their table's offset, unique names numbered."""
    column = f't."{field.column}"'
    target = field.related_model if isinstance(field, models.ForeignKey) else None
    if field.primary_key:
        return f"{column} + g.k * {offsets[model]}"
    if model is Activity and field.column in PLAIN_IDS:
        return f"{column} + g.k * {offsets[PLAIN_IDS[field.column]]}"
    if target is User:
        belongs = "(SELECT user_id FROM projects_membership WHERE site_id IS NOT NULL)"
        return f"CASE WHEN {column} IN {belongs} THEN {column} + g.k * {offsets[User]} ELSE {column} END"
    if target in offsets and target is not None:
        return f"{column} + g.k * {offsets[target]}"
    if (model, field.name) in NUMBERED:
        return f"CAST(g.k AS varchar(8)) || {column}" if field.name == "email" else f"{column} || '-' || g.k"
    return column
