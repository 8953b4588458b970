"""The database's own refusal to change a published version, on SQLite and PostgreSQL.

Plans point at the rows of a published version for years, so no code, shell or SQL client may alter them. A version's
row may only go from published to retired; the rows below it may neither come, go nor change. A draft is free.

Triggers are put back after every `migrate`, because SQLite loses them where a migration rebuilds a table. They are
taken off before it there, because a rebuild cannot rename a table that triggers of other tables mention.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.db import connections
from django.db.backends.base.base import BaseDatabaseWrapper

from .models import Item, RoadmapVersion, Step, StepBarrier, StepCitation, StepStrategy

MESSAGE = "This Roadmap version is published, so it never changes. Make a new version instead."
VERSION_TABLE = RoadmapVersion._meta.db_table
STEP_TABLE = Step._meta.db_table
# How a row of each table finds the status of its version; {row} is NEW or OLD.
BY_VERSION = f"(SELECT status FROM {VERSION_TABLE} WHERE id = {{row}}.version_id)"  # noqa: S608 - our own table names
BY_STEP = (
    f"(SELECT v.status FROM {VERSION_TABLE} v JOIN {STEP_TABLE} s ON s.version_id = v.id "  # noqa: S608 - as above
    "WHERE s.id = {row}.step_id)"
)
STATUS = {
    Step._meta.db_table: BY_VERSION,
    Item._meta.db_table: BY_VERSION,
    StepCitation._meta.db_table: BY_STEP,
    StepBarrier._meta.db_table: BY_STEP,
    StepStrategy._meta.db_table: BY_STEP,
}
TABLES = [VERSION_TABLE, *STATUS]
OPERATIONS = ("insert", "update", "delete")


def refusals(table: str, *, differs: str) -> dict[str, str]:
    """Return for each operation on a table the condition under which it is refused; `differs` compares null-safely."""
    if table != VERSION_TABLE:
        old, new = (f"{STATUS[table].format(row=row)} <> 'draft'" for row in ("OLD", "NEW"))
        return {"insert": new, "update": f"{old} OR {new}", "delete": old}
    kept = [field.column for field in RoadmapVersion._meta.concrete_fields if field.column != "status"]
    changed = " OR ".join(f"NEW.{column} {differs} OLD.{column}" for column in kept)
    return {
        "update": f"(OLD.status = 'published' AND (NEW.status NOT IN ('published', 'retired') OR {changed}))"
        f" OR (OLD.status = 'retired' AND (NEW.status <> 'retired' OR {changed}))",
        "delete": "OLD.status <> 'draft'",
    }


def trigger_name(table: str, operation: str) -> str:
    return f"{table}_guard_{operation}"


def sqlite_install() -> Iterator[str]:
    for table in TABLES:
        for operation, condition in refusals(table, differs="IS NOT").items():
            yield (
                f"CREATE TRIGGER IF NOT EXISTS {trigger_name(table, operation)} BEFORE {operation.upper()} ON {table} "
                f"WHEN {condition} BEGIN SELECT RAISE(ABORT, '{MESSAGE}'); END"
            )


def postgresql_install() -> Iterator[str]:
    any_published = f"EXISTS (SELECT 1 FROM {VERSION_TABLE} WHERE status <> 'draft')"  # noqa: S608 - as above
    refuse = f"RAISE EXCEPTION USING MESSAGE = '{MESSAGE}', ERRCODE = 'integrity_constraint_violation';"
    yield (
        "CREATE OR REPLACE FUNCTION roadmap_guard_truncate() RETURNS trigger LANGUAGE plpgsql AS $guard$ BEGIN "
        f"IF {any_published} THEN {refuse} END IF; RETURN NULL; END $guard$"
    )
    for table in TABLES:
        checks = "".join(
            f"IF TG_OP = '{operation.upper()}' THEN IF {condition} THEN {refuse} END IF; END IF; "
            for operation, condition in refusals(table, differs="IS DISTINCT FROM").items()
        )
        yield (
            f"CREATE OR REPLACE FUNCTION {table}_guard() RETURNS trigger LANGUAGE plpgsql AS $guard$ BEGIN {checks}"
            "IF TG_OP = 'DELETE' THEN RETURN OLD; END IF; RETURN NEW; END $guard$"
        )
        for operation in refusals(table, differs=""):
            name = trigger_name(table, operation)
            yield f"DROP TRIGGER IF EXISTS {name} ON {table}"
            yield (
                f"CREATE TRIGGER {name} BEFORE {operation.upper()} ON {table} "
                f"FOR EACH ROW EXECUTE FUNCTION {table}_guard()"
            )
        name = trigger_name(table, "truncate")
        yield f"DROP TRIGGER IF EXISTS {name} ON {table}"
        yield (
            f"CREATE TRIGGER {name} BEFORE TRUNCATE ON {table} FOR EACH STATEMENT "
            "EXECUTE FUNCTION roadmap_guard_truncate()"
        )


def removals(connection: BaseDatabaseWrapper) -> Iterator[str]:
    where = "" if connection.vendor == "sqlite" else " ON {table}"
    for table in TABLES:
        for operation in (*OPERATIONS, "truncate"):
            yield f"DROP TRIGGER IF EXISTS {trigger_name(table, operation)}{where.format(table=table)}"


def run(connection: BaseDatabaseWrapper, statements: Iterator[str]) -> None:
    """Run statements if the guarded tables are there at all (not while Milepost's tables are being unmade)."""
    with connection.cursor() as cursor:
        if set(TABLES) <= set(connection.introspection.table_names(cursor)):
            for statement in statements:
                cursor.execute(statement)


def install(connection: BaseDatabaseWrapper) -> None:
    """Put every guard in place; safe to repeat."""
    run(connection, sqlite_install() if connection.vendor == "sqlite" else postgresql_install())


def remove(connection: BaseDatabaseWrapper) -> None:
    """Take every guard off. Use `lifted`, which puts them back."""
    run(connection, removals(connection))


@contextmanager
def lifted(connection: BaseDatabaseWrapper) -> Iterator[None]:
    """Take the guards off for a block. For emptying a whole database (`manage.py flush`) and nothing else."""
    remove(connection)
    try:
        yield
    finally:
        install(connection)


def install_after_migrate(*, using: str, **kwargs: Any) -> None:
    install(connections[using])


def remove_before_migrate(*, using: str, **kwargs: Any) -> None:
    if connections[using].vendor == "sqlite":
        remove(connections[using])
