import datetime as dt

import pytest
from django.db import IntegrityError, transaction

from projects import bulk
from projects.models import Plan, PlanItem
from tests.statements import counted

pytestmark = pytest.mark.django_db


def test_rows_are_updated_with_values_of_every_kind(world):
    item, plan = world.plan.items.get(key="briefing"), world.plan
    item.due_on, item.shift_days, item.by_hand, item.assigned_at = dt.date(2026, 4, 1), -3, True, world.now
    item.own_text, item.assignee = "Ana’s “own” words: 100%", world.bo
    names = ["due_on", "shift_days", "by_hand", "assigned_at", "own_text", "assignee_id"]
    bulk.update_rows(PlanItem, [item], names)
    plan.phase_counts, plan.blocked_since = {"exploration": [1, 2]}, None
    bulk.update_rows(Plan, [plan], ["phase_counts", "blocked_since"])
    stored, again = PlanItem.objects.get(pk=item.pk), Plan.objects.get(pk=plan.pk)
    assert [getattr(stored, name) for name in names] == [getattr(item, name) for name in names]
    assert (again.phase_counts, again.blocked_since) == ({"exploration": [1, 2]}, None)


def test_only_the_rows_that_are_named_are_updated(world):
    items = list(world.plan.items.all())
    items[0].position = 900
    bulk.update_rows(PlanItem, items[:1], ["position"])
    assert list(world.plan.items.filter(position=900).values_list("pk", flat=True)) == [items[0].pk]


def test_a_column_of_nothing_is_written_as_nothing(world):
    items = list(world.plan.items.all())
    for item in items:
        item.due_on, item.assignee, item.done_at = None, None, None
    bulk.update_rows(PlanItem, items, ["due_on", "assignee_id", "done_at"])
    assert not world.plan.items.exclude(due_on=None, assignee=None, done_at=None).exists()


def test_rules_of_the_database_hold_for_rows_updated_together(world):
    item = world.plan.items.get(key="briefing")
    item.done_at = world.now  # done, but recorded on no day
    with pytest.raises(IntegrityError), transaction.atomic():
        bulk.update_rows(PlanItem, [item], ["done_at"])


def test_many_rows_are_updated_in_few_statements(world):
    items = list(world.plan.items.all())
    with counted() as found:
        bulk.update_rows(PlanItem, items * 500, ["position"])
    assert len(found) == -(-len(items) * 500 // (bulk.VALUES_AT_ONCE // 2))
