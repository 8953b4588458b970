"""Rows that many tests begin with, made once by the verbs and put back as they were for every later test.

Most tests begin with the world of tests/cast.py. Its verbs take a hundred statements and, made anew each time, took a
third of the suite. What they wrote is therefore kept by the process: the rows as the database holds them, and the
objects the fixture gave. A later test finds the same rows under the same ids and objects of its own.
"""

import pickle
from dataclasses import dataclass

import time_machine
from django.db import connection


@dataclass(frozen=True)
class Kept:
    """What a fixture wrote: rows by table, how to write them again, and the pickled objects it gave."""

    rows: dict
    statements: list
    objects: bytes

    def put_back(self):
        with connection.cursor() as cursor:
            for statement, rows in self.statements:
                cursor.executemany(statement, rows) if rows else cursor.execute(statement)
        return pickle.loads(self.objects)  # noqa: S301 - pickled by this process


kept: dict[str, Kept] = {}


def once(name, make):
    """Return what `make` gives; the second time in a process its rows are put back instead of made.

    They are made where they could differ or could not be put back: with a clock set by the test, outside the test's
    transaction (ids are then given back by no rollback, and what follows a commit has to happen), or where one of the
    tables already holds something.
    """
    if time_machine.escape_hatch.is_travelling() or not connection.in_atomic_block:
        return make()
    if name in kept:
        return kept[name].put_back() if are_empty(kept[name].rows) else make()
    before = all_rows()
    made = make()
    after = all_rows()
    written = {table: rows for table, rows in after.items() if rows != before[table]}
    if not any(before[table] for table in written):
        kept[name] = Kept(written, statements_of(written), pickle.dumps(made))
    return made


def all_rows():
    """Return every row of every table, as the database gives it."""
    found = {}
    with connection.cursor() as cursor:
        for table in sorted(connection.introspection.django_table_names(only_existing=True, include_views=False)):
            cursor.execute(f"SELECT * FROM {connection.ops.quote_name(table)}")  # noqa: S608 - a table of ours
            found[table] = cursor.fetchall()
    return found


def are_empty(tables):
    some = " UNION ALL ".join(f"SELECT 1 FROM {connection.ops.quote_name(table)}" for table in tables)  # noqa: S608 - tables of ours
    with connection.cursor() as cursor:
        cursor.execute(f"{some} LIMIT 1")
        return cursor.fetchone() is None


def statements_of(written):
    """Return [(statement, rows)]; for PostgreSQL, which is asked over a wire, one statement that holds the rows."""
    found = []
    with connection.cursor() as cursor:
        # A published version takes no more rows, so it comes after its own; foreign keys are checked at the end.
        for table, rows in sorted(written.items(), key=lambda each: each[0] == "roadmap_roadmapversion"):
            places = ", ".join(["%s"] * len(rows[0]))
            into = f"INSERT INTO {connection.ops.quote_name(table)} VALUES"
            if connection.vendor == "postgresql":
                values = [cursor.mogrify(f"({places})", row).decode() for row in rows]
                found.append(f"{into} {', '.join(values)}")
            else:
                found.append((f"{into} ({places})", rows))
    return [("; ".join(found), None)] if connection.vendor == "postgresql" else found
