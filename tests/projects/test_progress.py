import datetime as dt

import pytest
from django.core.exceptions import ValidationError

from accounts.models import Activity
from projects import progress, undoing
from projects.models import FINISHED, Plan, PlanItem, Site
from tests.cast import begun

pytestmark = pytest.mark.django_db
Precision = PlanItem.Precision


def item(plan, key):
    return plan.items.get(key=key)


def record(world, key, on=None, by=None, now=None, **more):
    return progress.set_done(
        world.plan, item(world.plan, key).pk, by=by or world.bo, now=now or world.now, on=on, **more
    )


def test_reaching_an_anchor_dates_what_waited_for_it(world):
    later = world.now + dt.timedelta(days=60)
    record(world, "briefing", on=dt.date(2026, 2, 10), now=later)
    signed, approved = item(world.plan, "signed"), item(world.plan, "approved")
    assert (signed.due_on, signed.waiting_for) == (dt.date(2026, 8, 11), "")
    assert (approved.due_on, approved.waiting_for) == (dt.date(2026, 9, 22), "signed")


def test_taking_it_back_restores_the_dates(world):
    before = list(world.plan.items.order_by("pk").values("key", "due_on", "waiting_for", "done_on"))
    done = record(world, "briefing")
    undoing.undo(done.batch, Plan.objects.all(), by=world.bo, now=world.now)
    assert list(world.plan.items.order_by("pk").values("key", "due_on", "waiting_for", "done_on")) == before


def test_undo_twice_is_refused_in_words(world):
    done = record(world, "briefing")
    undoing.undo(done.batch, Plan.objects.all(), by=world.bo, now=world.now)
    with pytest.raises(ValidationError, match="changed since"):
        undoing.undo(done.batch, Plan.objects.all(), by=world.bo, now=world.now)


def test_somebody_elses_act_cannot_be_undone(world):
    done = record(world, "briefing")
    with pytest.raises(ValidationError, match="nothing to undo"):
        undoing.undo(done.batch, Plan.objects.all(), by=world.ana, now=world.now)
    assert item(world.plan, "briefing").is_done


def test_an_item_done_again_since_is_not_undone(world):
    done = record(world, "briefing")
    progress.set_open(world.plan, done.item.pk, by=world.bo, now=world.now)
    record(world, "briefing", on=dt.date(2026, 1, 6), now=world.now + dt.timedelta(days=1))
    with pytest.raises(ValidationError, match="changed since"):
        undoing.undo(done.batch, Plan.objects.all(), by=world.bo, now=world.now)


def test_a_day_in_the_future_is_refused(world):
    with pytest.raises(ValidationError, match="in the future"):
        record(world, "briefing", on=dt.date(2026, 1, 6))
    assert not item(world.plan, "briefing").is_done


@pytest.mark.parametrize(
    ("on", "precision"), [(dt.date(2026, 1, 4), Precision.DAY), (dt.date(2025, 12, 31), Precision.MONTH)]
)
def test_a_day_before_the_sites_start_is_refused(world, on, precision):
    with pytest.raises(ValidationError, match="before the site’s start, Mon 5 Jan 2026"):
        record(world, "briefing", on=on, precision=precision)
    assert not item(world.plan, "briefing").is_done
    record(world, "briefing", on=dt.date(2026, 1, 1), precision=Precision.MONTH)  # the start lies in this month
    assert item(world.plan, "briefing").is_done


def test_a_team_works_before_its_project_begins(world):
    one = world.team_plan.items.filter(kind="milestone").first()
    early = world.team_plan.starts_on - dt.timedelta(days=30)
    assert progress.set_done(world.team_plan, one.pk, by=world.ana, now=world.now, on=early).item.done_on == early


def test_today_is_the_programs_day_not_the_servers(world):
    late_evening_in_detroit = dt.datetime(2026, 1, 7, 3, 30, tzinfo=dt.UTC)
    record(world, "briefing", now=late_evening_in_detroit)
    assert item(world.plan, "briefing").done_on == dt.date(2026, 1, 6)


def test_setting_done_again_changes_nothing(world):
    record(world, "meet")
    first = Activity.objects.count()
    assert record(world, "meet").batch == ""
    assert Activity.objects.count() == first


@pytest.mark.parametrize(("precision", "kept"), [(Precision.MONTH, dt.date(2025, 12, 1)), (Precision.UNKNOWN, None)])
def test_a_date_that_is_not_known_is_flagged_and_never_filled_in(world, precision, kept):
    begun(world.elm, dt.date(2025, 12, 17))
    record(world, "briefing", on=dt.date(2025, 12, 17), precision=precision)
    found = item(world.plan, "briefing")
    assert (found.done_on, found.done_precision, found.is_done) == (kept, precision, True)


def test_a_milestone_takes_its_open_actions_along_when_asked(world):
    record(world, "briefing", actions_too=True)
    assert item(world.plan, "meet").is_done
    assert item(world.plan, "tell").is_done
    assert not item(world.plan, "write").is_done


def test_a_milestones_actions_are_not_due_once_it_is_reached(world):
    record(world, "briefing")
    assert item(world.plan, "meet").due_on is None


def test_a_step_is_done_when_its_milestones_are_reached(world):
    for key in ("interest", "briefing", "signed"):
        record(world, key)
    step = world.plan.steps.get(key="leaders")
    assert (step.is_done, step.done_on, step.milestones_reached, step.done, step.applicable) == (
        True,
        dt.date(2026, 1, 5),
        3,
        3,
        5,
    )


def test_the_phase_is_the_first_whose_gate_is_not_reached(world):
    world.plan.refresh_from_db()
    assert world.plan.current_phase == "pre_implementation"
    record(world, "approved")
    world.plan.refresh_from_db()
    assert world.plan.current_phase == "implementation"
    record(world, "quality")
    record(world, "kept")
    world.plan.refresh_from_db()
    assert world.plan.current_phase == FINISHED
    assert world.plan.needs_help_from is None


def test_help_is_needed_from_the_day_the_first_rule_holds(world):
    world.plan.refresh_from_db()
    # interest was due on 5 Jan; seven days late are allowed, thirty days of quiet would be later
    assert world.plan.needs_help_from == dt.date(2026, 1, 12)
    record(world, "interest")
    world.plan.refresh_from_db()
    assert world.plan.needs_help_from == dt.date(2026, 2, 4)
    assert set(Site.objects.needs_help(dt.date(2026, 2, 4))) == {world.elm}
    assert not Site.objects.needs_help(dt.date(2026, 2, 3))


def test_history_says_who_what_when_and_for_whom(world):
    begun(world.elm, dt.date(2026, 1, 2))
    record(world, "briefing", by=world.ana, on=dt.date(2026, 1, 2), on_behalf_of=world.elm)
    row = Activity.objects.get(verb="reached")
    assert (row.actor, row.label, row.for_label) == (world.ana, "Leader briefing held", "Elm Clinic")
    assert row.changes["done_on"] == [None, "2026-01-02"]


def test_an_item_of_another_plan_is_not_found(world):
    with pytest.raises(PlanItem.DoesNotExist):
        progress.set_done(world.plan, item(world.oak.plan, "briefing").pk, by=world.bo, now=world.now)


def test_a_milestone_costs_few_statements(world, at_most):
    pk = item(world.plan, "briefing").pk
    with at_most(6):
        progress.set_done(world.plan, pk, by=world.bo, now=world.now)


def test_the_actions_of_a_milestone_that_is_reached_already_can_be_marked_done_later(world):
    briefing, day = world.plan.items.get(key="briefing"), world.now.date()
    progress.set_done(world.plan, briefing.pk, by=world.bo, now=world.now, on=day)
    again = progress.set_done(world.plan, briefing.pk, by=world.ana, now=world.now, on=day, actions_too=True)
    assert again.batch
    briefing.refresh_from_db()
    assert briefing.done_by == world.bo
    assert not world.plan.items.open().filter(leads_to="briefing").exists()
