import datetime as dt

import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from accounts.models import Activity
from projects import progress, tailoring, undoing
from projects.models import Plan

pytestmark = pytest.mark.django_db


def set_aside(world, key, *, applicable=False, reason="We have no billing here.", **more):
    pk = world.plan.items.get(key=key).pk
    return tailoring.set_applicable(world.plan, pk, applicable, reason=reason, by=world.bo, now=world.now, **more)


def counts(world):
    world.plan.refresh_from_db()
    return world.plan.milestones, world.plan.applicable


def test_an_item_that_does_not_apply_is_not_counted_and_can_come_back(world):
    before = counts(world)
    set_aside(world, "billing")
    found = world.plan.items.get(key="billing")
    assert (found.not_applicable_reason, found.not_applicable_on) == ("We have no billing here.", dt.date(2026, 1, 5))
    assert counts(world) == (before[0] - 1, before[1] - 1)
    set_aside(world, "billing", applicable=True, reason="")
    assert counts(world) == before
    assert world.plan.items.get(key="billing").not_applicable_reason == ""


def test_it_needs_a_reason(world):
    with pytest.raises(ValidationError, match="why it does not apply"):
        set_aside(world, "billing", reason="  ")


def test_a_gate_needs_a_lead(world):
    with pytest.raises(PermissionDenied):
        set_aside(world, "approved")
    set_aside(world, "approved", may_pass_gates=True)
    world.plan.refresh_from_db()
    assert world.plan.current_phase == "implementation"


def test_what_is_done_is_not_set_aside(world):
    progress.set_done(world.plan, world.plan.items.get(key="billing").pk, by=world.bo, now=world.now)
    with pytest.raises(ValidationError, match="Take that back first"):
        set_aside(world, "billing")


def test_said_twice_it_changes_nothing_and_undo_takes_it_back(world):
    done = set_aside(world, "billing")
    assert set_aside(world, "billing").batch == ""
    assert Activity.objects.filter(verb="set_aside").count() == 1
    undoing.undo(done.batch, Plan.objects.all(), by=world.bo, now=world.now)
    assert world.plan.items.get(key="billing").applicable
