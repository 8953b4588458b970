"""Counters equal a recount: after random verbs, after eight threads on one plan, and check_counters says so."""

import datetime as dt
import threading
from contextlib import suppress

import pytest
from django.core.exceptions import ValidationError
from django.core.management import CommandError, call_command
from django.db import connection, connections, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from projects import amending, barriers, checking, progress, tailoring, undoing
from projects.models import Fitting, Plan, PlanItem

Kind = Fitting.Kind
KEYS = "interest briefing signed billing approved trained served quality funded kept meet tell write train".split()
key = st.sampled_from(KEYS)
days = st.integers(min_value=-400, max_value=3)
acts = st.lists(
    st.one_of(
        st.tuples(st.just("done"), key, days),
        st.tuples(st.just("month"), key, days),
        st.tuples(st.just("unknown"), key, days),
        st.tuples(st.just("open"), key, days),
        st.tuples(st.just("undo"), key, days),
        st.tuples(st.just("start"), key, days),
        st.tuples(st.just("not_applicable"), key, days),
        st.tuples(st.just("applicable"), key, days),
        st.tuples(st.sampled_from(["own", "own_milestone", "taken_out", "moved", "words"]), key, days),
        st.tuples(st.just("barrier"), st.sampled_from(["leaders", "plan", "launch"]), days),
        st.tuples(st.just("solved"), key, days),
    ),
    min_size=1,
    max_size=12,
)


def perform(world, act, name, shift, batches):
    """Do one random thing as a person would; what the rules refuse is refused with a ValidationError."""
    by = {"by": world.ana, "now": world.now + dt.timedelta(days=30)}
    day = by["now"].date() + dt.timedelta(days=shift)
    plan = world.plan
    pk = plan.items.values_list("pk", flat=True).get(key=name) if name in KEYS else None
    if act in ("done", "month", "unknown"):
        precision = {"done": "day"}.get(act, act)
        batches.append(progress.set_done(plan, pk, on=day, precision=precision, **by).batch)
    elif act == "open":
        batches.append(progress.set_open(plan, pk, **by).batch)
    elif act == "undo" and batches and batches[-1]:
        undoing.undo(batches.pop(), Plan.objects.all(), **by)
    elif act == "start":
        amending.change_site(plan.site, starts_on=day, **by)
    elif act in ("applicable", "not_applicable"):
        tailoring.set_applicable(
            plan, pk, applicable=act == "applicable", reason="Not here.", may_pass_gates=True, **by
        )
    elif act in ("own", "own_milestone"):
        kind = "milestone" if act == "own_milestone" else "action"
        change = tailoring.Change(Kind.OWN, step="leaders", item_kind=kind, text="Ask the board.", days=abs(shift))
        batches.append(tailoring.fit([plan.pk], change, **by).batch)
    elif act == "taken_out" and (own := plan.items.filter(item=None).first()):
        batches.append(tailoring.fit([plan.pk], tailoring.Change(Kind.TAKEN_OUT, own.key), **by).batch)
    elif act == "moved":
        batches.append(tailoring.fit([plan.pk], tailoring.Change(Kind.MOVED, name, days=shift), **by).batch)
    elif act == "words":
        batches.append(tailoring.fit([plan.pk], tailoring.Change(Kind.WORDS, name, text="Our words."), **by).batch)
    elif act == "barrier":
        step = plan.steps.get(key=name)
        barriers.report_barrier(plan, step.pk, text="In the way.", stuck=shift % 2 == 0, shared=False, **by)
    elif act == "solved" and (barrier := plan.barriers.filter(resolved_on=None).first()):
        barriers.resolve_barrier(plan, barrier.pk, resolution="", **by)


@pytest.mark.django_db
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(acts=acts)
def test_whatever_people_do_the_counters_equal_a_recount(world, acts):
    batches = []
    with transaction.atomic():
        for act, name, shift in acts:
            with suppress(ValidationError):  # what the rules refuse must leave everything as it was
                perform(world, act, name, shift, batches)
            assert [str(found) for found in checking.differences_of([world.plan.pk])] == []
        transaction.set_rollback(True)  # each example begins with the same plan


@pytest.mark.django_db
def test_check_counters_names_what_is_wrong_and_mends_it(world, capsys):
    Plan.objects.filter(pk=world.plan.pk).update(done=7)
    PlanItem.objects.filter(plan=world.plan, key="briefing").update(due_on=dt.date(2020, 1, 1))
    with pytest.raises(CommandError, match="1 plans differ"):
        call_command("check_counters")
    assert "done is 7, should be 0" in capsys.readouterr().out
    call_command("check_counters", "--fix")
    call_command("check_counters")
    assert "All counters agree" in capsys.readouterr().out


@pytest.mark.django_db(transaction=True)
def test_eight_threads_ticking_one_plan_leave_the_counters_right(world):
    pks = list(world.plan.items.filter(key__in=KEYS).order_by("?").values_list("pk", flat=True))
    failures = []

    def tick(start):
        try:
            for turn in range(len(pks)):
                pk = pks[(start + turn) % len(pks)]
                progress.set_done(world.plan, pk, by=world.bo, now=world.now)
                if turn % 3 == 0:
                    progress.set_open(world.plan, pk, by=world.bo, now=world.now)
        except Exception as error:  # noqa: BLE001 - a thread's error must reach the test
            failures.append(error)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=tick, args=(start,)) for start in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    assert list(checking.differences()) == []
    plan = Plan.objects.get(pk=world.plan.pk)
    assert plan.done == world.plan.items.filter(done_at__isnull=False, applicable=True).count()


def test_the_threads_share_a_real_database(db):
    """In-memory SQLite shares one connection, which would prove nothing about locks."""
    assert "mode=memory" not in str(connection.settings_dict["NAME"])
