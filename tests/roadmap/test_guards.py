"""Raw SQL against a published version: the database itself refuses, on SQLite and on PostgreSQL."""

import pytest
from django.core.management import call_command
from django.db import IntegrityError, connection, transaction

from roadmap import guards
from roadmap.models import Item, RoadmapVersion, Step
from tests.small_roadmap import make_small_roadmap

Status = RoadmapVersion.Status
TABLES = ["step", "item", "stepcitation", "stepbarrier", "stepstrategy"]


def run(sql, params=()):
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql, params)
        return cursor.rowcount


def refused(sql, params=()):
    with pytest.raises(IntegrityError, match="This Roadmap version is published, so it never changes"):
        run(sql, params)


def one_row(table, version):
    """Return the pk of some row of a version in a table."""
    through = (
        "version_id = %s"
        if table in ("step", "item")
        else "step_id IN (SELECT id FROM roadmap_step WHERE version_id = %s)"
    )
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT id FROM roadmap_{table} WHERE {through}", [version.pk])  # noqa: S608 - our own names
        return cursor.fetchone()[0]


def a_column(table):
    return {"step": "why", "item": "text", "stepcitation": "says", "stepbarrier": "text", "stepstrategy": "position"}[
        table
    ]


def a_copy(table, columns, pk):
    """Return an INSERT of a copy of a row under another key, so that only the guard can refuse it."""
    values = ", ".join(
        "'another'" if column == "key" else "900" if column == "position" else f'"{column}"' for column in columns
    )
    named = ", ".join(f'"{column}"' for column in columns)
    return f"INSERT INTO roadmap_{table} ({named}) SELECT {values} FROM roadmap_{table} WHERE id = {pk}"  # noqa: S608 - as above


def columns_of(table):
    with connection.cursor() as cursor:
        return [
            c.name for c in connection.introspection.get_table_description(cursor, f"roadmap_{table}") if c.name != "id"
        ]


@pytest.mark.parametrize("table", TABLES)
def test_rows_of_a_published_version_cannot_come_go_or_change(loaded, table):
    pk, column = one_row(table, loaded), a_column(table)
    refused(f"UPDATE roadmap_{table} SET {column} = {column} WHERE id = %s", [pk])  # noqa: S608 - our own names
    refused(f"DELETE FROM roadmap_{table} WHERE id = %s", [pk])  # noqa: S608 - our own names
    if table != "stepstrategy":
        refused(a_copy(table, columns_of(table), pk))


def test_a_strategy_cannot_be_added_to_a_published_step(loaded):
    unused = "SELECT id FROM roadmap_strategy WHERE name = 'Use mass media'"
    step = one_row("step", loaded)
    refused(f"INSERT INTO roadmap_stepstrategy (step_id, strategy_id, position) SELECT {step}, ({unused}), 9")  # noqa: S608 - our own names


def test_a_row_cannot_be_moved_into_a_published_version(loaded):
    draft = make_small_roadmap(key="free", status=Status.DRAFT)
    item = draft.items.filter(kind="action").first()
    refused("UPDATE roadmap_item SET version_id = %s, key = 'smuggled' WHERE id = %s", [loaded.pk, item.pk])


def test_the_orm_is_refused_as_well(roadmap):
    with pytest.raises(IntegrityError), transaction.atomic():
        Item.objects.filter(version=roadmap).update(text="Changed")
    with pytest.raises(IntegrityError), transaction.atomic():
        Step.objects.bulk_create(
            [Step(version=roadmap, key="new", phase="implementation", position=99, worked_by="site")]
        )
    with pytest.raises(IntegrityError), transaction.atomic():
        roadmap.delete()


@pytest.mark.parametrize(
    "change",
    [
        "title = 'Other'",
        "number = 9",
        "content_hash = 'x'",
        "phases = '{\"a\": 1}'",
        "meta = '{}'",
        "published_at = NULL",
    ],
)
def test_nothing_of_a_published_version_itself_changes(roadmap, change):
    refused(f"UPDATE roadmap_roadmapversion SET {change} WHERE id = %s", [roadmap.pk])  # noqa: S608 - our own words


def test_a_published_version_may_retire_and_then_nothing_more(roadmap):
    assert run("UPDATE roadmap_roadmapversion SET status = 'retired' WHERE id = %s", [roadmap.pk]) == 1
    refused("UPDATE roadmap_roadmapversion SET status = 'published' WHERE id = %s", [roadmap.pk])
    refused("UPDATE roadmap_item SET text = 'x' WHERE version_id = %s", [roadmap.pk])
    refused("DELETE FROM roadmap_roadmapversion WHERE id = %s", [roadmap.pk])


def test_a_published_version_cannot_become_a_draft_again_or_retire_with_another_title(roadmap):
    refused("UPDATE roadmap_roadmapversion SET status = 'draft' WHERE id = %s", [roadmap.pk])
    refused("UPDATE roadmap_roadmapversion SET status = 'retired', title = 'Other' WHERE id = %s", [roadmap.pk])


def test_a_draft_is_free(db):
    draft = make_small_roadmap(status=Status.DRAFT)
    assert run("UPDATE roadmap_item SET text = 'Changed' WHERE version_id = %s", [draft.pk]) > 0
    draft.steps.filter(key="team").delete()
    draft.delete()
    assert not Step.objects.exists()


def test_a_table_of_published_rows_cannot_be_emptied_at_once(loaded):
    if connection.vendor == "postgresql":
        run("SET CONSTRAINTS ALL IMMEDIATE")  # or the rows just loaded would be what stops TRUNCATE
        refused("TRUNCATE roadmap_stepbarrier")
    refused("DELETE FROM roadmap_stepbarrier")


def installed():
    catalog = (
        "SELECT name FROM sqlite_master WHERE type = 'trigger'"
        if connection.vendor == "sqlite"
        else "SELECT tgname FROM pg_trigger"
    )
    with connection.cursor() as cursor:
        cursor.execute(catalog)
        return {name for (name,) in cursor.fetchall() if "_guard_" in name}


@pytest.mark.django_db(transaction=True)
def test_guards_are_lifted_for_a_flush_only_and_come_back():
    make_small_roadmap()
    before = installed()
    assert before
    call_command("flush", interactive=False, verbosity=0)
    assert not Step.objects.exists()
    assert installed() == before
    version = make_small_roadmap()
    refused("DELETE FROM roadmap_item WHERE version_id = %s", [version.pk])


@pytest.mark.django_db(transaction=True)
def test_guards_survive_a_migration_that_rebuilds_their_tables():
    version = make_small_roadmap()
    before = installed()
    guards.remove_before_migrate(using="default")
    field = RoadmapVersion._meta.get_field("title")
    wider = field.clone()
    wider.max_length = 250
    wider.set_attributes_from_name("title")
    wider.model = RoadmapVersion
    for old, new in ((field, wider), (wider, field)):
        with connection.schema_editor() as editor:
            editor.alter_field(RoadmapVersion, old, new)
    call_command("migrate", verbosity=0)
    assert installed() == before
    refused("UPDATE roadmap_roadmapversion SET title = 'x' WHERE id = %s", [version.pk])
