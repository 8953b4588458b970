import datetime as dt
import uuid

import pytest
from django.db import transaction
from django.db.models import ProtectedError
from django.db.models.deletion import Collector

from accounts.models import Activity
from accounts.models.people import NeverDeleted
from tests.cast import person

NIGHT = dt.datetime(2026, 1, 6, 3, 0, tzinfo=dt.UTC)  # Monday evening, 5 January, in Detroit


@pytest.fixture
def bo(db):
    return person("Bo Lindqvist")


def test_an_entry_says_who_did_what_when_for_whom_and_to_what(bo):
    batch = uuid.uuid4()
    entry = Activity.record(
        verb="ticked",
        actor=bo,
        at=NIGHT,
        target=bo,
        program_id=1,
        project_id=2,
        site_id=3,
        plan_id=4,
        key="agreement-signed",
        label="Agreement signed",
        changes={"done_on": [None, dt.date(2026, 1, 4)]},
        batch=batch,
        for_label="Elm Clinic",
    )
    entry = Activity.objects.get(pk=entry.pk)
    assert (entry.actor, entry.at, entry.plan_id, entry.batch) == (bo, NIGHT, 4, batch)
    assert (entry.target_type, entry.target_id, entry.for_label) == ("accounts.user", bo.pk, "Elm Clinic")
    assert entry.changes == {"done_on": [None, "2026-01-04"]}


def test_the_day_is_the_local_day_unless_said_otherwise(bo):
    assert Activity.record(verb="ticked", actor=bo, at=NIGHT).on == dt.date(2026, 1, 5)
    assert Activity.record(verb="ticked", actor=bo, at=NIGHT, on=dt.date(2025, 12, 1)).on == dt.date(2025, 12, 1)


def test_many_entries_take_one_statement(bo, django_assert_num_queries):
    entries = [Activity.of(verb="ticked", actor=bo, plan_id=number) for number in range(50)]
    with django_assert_num_queries(1):
        Activity.record_many(entries)
    assert Activity.objects.of_plan(7).count() == 1


@pytest.mark.parametrize(
    "rewrite",
    [
        lambda entry: entry.save(),
        lambda entry: entry.delete(),
        lambda entry: Activity.objects.filter(pk=entry.pk).update(label="Never happened"),
        lambda entry: Activity.objects.filter(pk=entry.pk).delete(),
        lambda entry: Activity.objects.bulk_update([entry], ["label"]),
        lambda entry: Activity.objects.update_or_create(pk=entry.pk, defaults={"label": "Never happened"}),
        lambda entry: entry.actor.activities.all().delete(),
    ],
)
def test_what_happened_is_neither_rewritten_nor_deleted(bo, rewrite):
    entry = Activity.record(verb="ticked", actor=bo, label="Agreement signed")
    entry.label = "Never happened"
    with pytest.raises(NeverDeleted), transaction.atomic():
        rewrite(entry)
    assert Activity.objects.get().label == "Agreement signed"


def test_who_did_something_is_protected_by_it(bo):
    Activity.record(verb="ticked", actor=bo)
    with pytest.raises(ProtectedError):
        Collector(using="default").collect([bo])
