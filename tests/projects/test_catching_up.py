"""Recording for many sites at once: checked whole, written once, on behalf of each site, undone as one."""

import datetime as dt

import pytest

from accounts.models import Activity
from outbox.models import Delivery
from projects import amending, checking, history, planning, progress, tailoring, undoing
from projects.catching_up import CELL_BY_CELL, Cell, Manner, record_many
from projects.day_cells import DAY_UNKNOWN, NOT_DONE, in_month, on_day
from projects.models import Plan, PlanItem, Site
from tests.cast import new_site
from tests.projects.many import add_active_sites
from tests.statements import counted
from tests.together import at_once

pytestmark = pytest.mark.django_db
MAY_20 = dt.datetime(2026, 5, 20, 15, tzinfo=dt.UTC)
FEB_3, MARCH = on_day(dt.date(2026, 2, 3)), in_month(dt.date(2026, 3, 1))
FOR_MANY = Manner(keeps_done=True, skips_others=True)


@pytest.fixture
def later(world, time_machine):
    time_machine.move_to(MAY_20, tick=False)
    world.now = MAY_20
    return MAY_20


def cell(site, key, said, *, seen=NOT_DONE, value=""):
    return Cell(site.plan.pk, key, said, seen, value or said.words)


def record(world, *cells, manner=CELL_BY_CELL, **more):
    return record_many(world.project, cells, by=world.ana, now=MAY_20, manner=manner, **more)


def said_in(site, *keys):
    rows = PlanItem.objects.filter(plan__site=site)
    found = dict((key, rest) for key, *rest in rows.values_list("key", "done_on", "done_precision"))
    return [found[key] for key in keys]


def state():
    fields = ["done_on", "done_precision", "done_at", "done_by", "on_behalf_of", "recorded_on", "due_on", "waiting_for"]
    return (
        list(PlanItem.objects.order_by("pk").values_list("pk", *fields)),
        list(Plan.objects.order_by("pk").values()),
        Activity.objects.count(),
    )


def test_days_months_and_unknown_days_are_recorded_for_the_site_by_the_lead(world, later):
    told = record(
        world,
        cell(world.oak, "interest", FEB_3),
        cell(world.oak, "briefing", MARCH),
        cell(world.elm, "interest", DAY_UNKNOWN),
    )
    assert (told.changes, told.recorded, told.refused) == (3, 3, False)
    assert said_in(world.oak, "interest", "briefing") == [[dt.date(2026, 2, 3), "day"], [dt.date(2026, 3, 1), "month"]]
    item = PlanItem.objects.get(plan=world.plan, key="interest")
    assert (item.done_on, item.done_precision, item.done_by, item.on_behalf_of) == (
        None,
        "unknown",
        world.ana,
        world.elm,
    )
    assert item.recorded_on == dt.date(2026, 5, 20)
    assert list(checking.differences()) == []


def test_the_history_of_each_site_says_who_recorded_it_for_whom(world, later):
    record(
        world,
        cell(world.oak, "interest", FEB_3),
        cell(world.oak, "briefing", DAY_UNKNOWN),
        cell(world.oak, "write", FEB_3),
    )
    rows = Activity.objects.filter(plan_id=world.oak.plan.pk, actor=world.ana).exclude(batch=None).order_by("pk")
    lines = [history.line_of(row, today=MAY_20.date()).sentence for row in rows]
    assert lines == [
        "Ana Brandt recorded <strong>Interest on record</strong> for Tue 3 Feb, for Oak Clinic",
        "Ana Brandt recorded <strong>Leader briefing held</strong>, day not known, for Oak Clinic",
        "Ana Brandt recorded <strong>Write the plan down</strong> as done, for Oak Clinic",
    ]


def test_a_dry_run_tells_what_would_come_of_it_and_writes_nothing(world, later):
    before = state()
    cells = [cell(world.oak, "interest", FEB_3), cell(world.elm, "interest", MARCH)]
    dry = record(world, *cells, dry_run=True)
    assert state() == before
    wet = record(world, *cells)
    assert [(line.item.pk, line.before, line.after) for line in dry.lines] == [
        (line.item.pk, line.before, line.after) for line in wet.lines
    ]


def test_all_of_it_is_one_act_that_undo_takes_back(world, later):
    progress.set_done(world.plan, item_at(world.elm, "interest").pk, by=world.bo, now=world.now)
    before = state()
    told = record(
        world,
        cell(world.oak, "interest", FEB_3),
        cell(world.oak, "signed", MARCH),
        cell(world.elm, "interest", FEB_3, seen=on_day(MAY_20.date())),
    )
    assert set(Activity.objects.filter(batch=told.batch).values_list("plan_id", flat=True)) == {
        world.plan.pk,
        world.oak.plan.pk,
    }
    undoing.undo(told.batch, Plan.objects.all(), by=world.ana, now=world.now)
    after = state()
    assert after[:2] == before[:2]
    assert list(checking.differences()) == []


def item_at(site, key):
    return PlanItem.objects.get(plan__site=site, key=key)


def test_a_dash_takes_back_and_on_what_is_open_changes_nothing(world, later):
    progress.set_done(world.plan, item_at(world.elm, "interest").pk, by=world.bo, now=world.now)
    seen = on_day(MAY_20.date())
    told = record(world, cell(world.elm, "interest", NOT_DONE, seen=seen), cell(world.elm, "signed", NOT_DONE))
    assert (told.taken_back, told.same) == (1, 1)
    assert not item_at(world.elm, "interest").is_done


def test_another_date_replaces_the_one_that_was_seen(world, later):
    record(world, cell(world.oak, "interest", FEB_3))
    told = record(world, cell(world.oak, "interest", MARCH, seen=FEB_3))
    assert (told.redated, told.recorded) == (1, 0)
    assert said_in(world.oak, "interest") == [[dt.date(2026, 3, 1), "month"]]


# What is wrong stops all of it


@pytest.mark.parametrize(
    ("said", "words"),
    [
        (on_day(dt.date(2026, 5, 21)), "21 May 2026 is in the future. Choose today or an earlier day."),
        (in_month(dt.date(2026, 6, 1)), "1 Jun 2026 is in the future. Choose today or an earlier day."),
        (on_day(dt.date(2026, 1, 4)), "This is before the site’s start, Mon 5 Jan 2026."),
        (in_month(dt.date(2025, 12, 1)), "This is before the site’s start, Mon 5 Jan 2026."),
    ],
)
@pytest.mark.parametrize("dry_run", [True, False])
def test_a_date_that_cannot_be_is_refused_by_site_milestone_and_value_and_nothing_is_written(
    world, later, said, words, dry_run
):
    before = state()
    told = record(world, cell(world.elm, "interest", FEB_3), cell(world.oak, "signed", said), dry_run=dry_run)
    [fault] = told.faults
    assert (fault.site, fault.what, fault.value) == ("Oak Clinic", "Written agreement signed", said.words)
    assert words in fault.message
    assert state() == before


def test_the_month_of_the_start_is_not_before_it_and_this_month_is_not_in_the_future(world, later):
    told = record(
        world,
        cell(world.oak, "interest", in_month(dt.date(2026, 1, 1))),
        cell(world.oak, "briefing", in_month(dt.date(2026, 5, 1))),
    )
    assert told.changes == 2


def test_a_start_that_is_still_ahead_says_to_change_the_start_first(world, later):
    amending.change_site(world.oak.plan.site, starts_on=dt.date(2026, 6, 1), by=world.ana, now=world.now)
    told = record(world, cell(world.oak, "interest", FEB_3))
    [fault] = told.faults
    assert "before the site’s start, Mon 1 Jun 2026. Check the date." in fault.message


@pytest.mark.parametrize("key", ["billing", "exited", "measures", "nonsense"])
def test_what_does_not_apply_at_a_site_is_refused_in_a_grid_and_left_out_of_an_event(world, later, key):
    item = PlanItem.objects.filter(plan=world.oak.plan, key="billing").get()
    tailoring.set_applicable(world.oak.plan, item.pk, False, reason="Grants pay.", by=world.ana, now=world.now)
    before = state()
    told = record(world, cell(world.oak, key, FEB_3), cell(world.elm, "interest", FEB_3))
    assert "does not apply here" in told.faults[0].message
    assert state() == before
    told = record(world, cell(world.oak, key, FEB_3), cell(world.elm, "interest", FEB_3), manner=FOR_MANY)
    assert (told.changes, told.refused, len(told.settled[0].left_out)) == (1, False, 1)


def test_a_plan_of_another_project_or_of_the_team_is_like_one_that_is_not_there(world, later):
    before = state()
    for plan in (world.other_site.plan, world.team_plan):
        told = record(world, Cell(plan.pk, "interest", FEB_3, NOT_DONE), cell(world.elm, "interest", FEB_3))
        assert "not in the project any more" in told.faults[0].message
    assert record(world, Cell(10**9, "interest", FEB_3, NOT_DONE)).refused
    assert state() == before


# Two people at once


def test_what_somebody_changed_since_it_was_seen_stops_all_and_tells_both_values_and_who(world, later):
    progress.set_done(world.plan, item_at(world.elm, "interest").pk, by=world.bo, now=world.now, on=dt.date(2026, 2, 9))
    before = state()
    told = record(world, cell(world.elm, "interest", FEB_3), cell(world.oak, "interest", FEB_3))
    [clash] = told.clashes
    assert (clash.now, clash.said) == (on_day(dt.date(2026, 2, 9)), FEB_3)
    assert (clash.change.actor, clash.change.verb) == (world.bo, "reached")
    assert told.only_clashes
    assert state() == before


def test_two_who_say_the_same_do_not_clash(world, later):
    record(world, cell(world.oak, "interest", FEB_3))
    told = record(world, cell(world.oak, "interest", FEB_3))
    assert (told.refused, told.same, told.changes, told.batch) == (False, 1, 0, "")


def test_what_was_taken_back_meanwhile_is_a_clash_too(world, later):
    told = record(world, cell(world.oak, "interest", MARCH, seen=FEB_3))
    assert told.clashes[0].now == NOT_DONE


def test_who_saw_what_stands_there_now_may_write_over_it(world, later):
    record(world, cell(world.oak, "interest", FEB_3))
    assert record(world, cell(world.oak, "interest", MARCH, seen=FEB_3)).changes == 1
    assert record(world, cell(world.oak, "interest", FEB_3, seen=None)).changes == 1


@pytest.mark.django_db(transaction=True)
def test_of_two_who_record_at_the_same_moment_one_is_told_of_the_other(world, later):
    cells = [[cell(site, "interest", said) for site in (world.oak, world.elm)] for said in (FEB_3, MARCH)]
    first, second = at_once(*(lambda own=own: record(world, *own) for own in cells))
    written, stopped = (first, second) if first.changes else (second, first)
    assert (written.changes, stopped.changes, len(stopped.clashes)) == (2, 0, 2)
    assert len({tuple(said_in(site, "interest")[0]) for site in (world.oak, world.elm)}) == 1
    assert list(checking.differences()) == []


# One event at many sites


def test_what_is_recorded_already_keeps_its_date_and_is_told(world, later):
    record(world, cell(world.oak, "trained", FEB_3))
    told = record(
        world,
        cell(world.oak, "trained", MARCH, seen=None),
        cell(world.elm, "trained", MARCH, seen=None),
        manner=FOR_MANY,
    )
    assert (told.changes, told.done) == (1, 1)
    assert [(line.item.key, line.before) for line in told.settled[0].stays] == [("trained", FEB_3)]
    assert said_in(world.oak, "trained") == [[dt.date(2026, 2, 3), "day"]]


def test_the_open_actions_on_the_way_are_done_too_on_the_same_day(world, later):
    manner = Manner(keeps_done=True, skips_others=True, actions_too=True)
    told = record(world, cell(world.oak, "briefing", FEB_3), manner=manner)
    assert {line.item.key for line in told.lines} == {"briefing", "meet", "tell"}
    assert said_in(world.oak, "meet", "tell") == [[dt.date(2026, 2, 3), "day"]] * 2
    assert set(Activity.objects.filter(batch=told.batch).values_list("verb", flat=True)) == {"reached", "done"}
    assert list(checking.differences()) == []


def test_actions_are_recorded_likewise(world, later):
    told = record(world, cell(world.oak, "meet", FEB_3), cell(world.elm, "meet", MARCH), manner=FOR_MANY)
    assert [line.item.kind for line in told.lines] == ["action", "action"]
    assert PlanItem.objects.filter(key="meet", done_at__isnull=False).count() == 2


# What it is not


def test_it_is_no_news_from_the_sites(world, later):
    record(world, cell(world.elm, "interest", FEB_3))
    assert Plan.objects.get(pk=world.plan.pk).last_progress_at is None


def test_a_site_that_is_setting_up_stays_so_and_nothing_leaves_the_house(world, later):
    sent = Delivery.objects.count()
    record(world, cell(world.oak, "interest", FEB_3))
    plan = Plan.objects.get(pk=world.oak.plan.pk)
    assert (plan.active, plan.needs_help_from, plan.milestones_reached) == (False, None, 1)
    assert Site.objects.get(pk=world.oak.pk).status == Site.Status.SETTING_UP
    assert Delivery.objects.count() == sent


def test_dates_that_follow_a_milestone_follow_what_was_recorded(world, later):
    record(world, cell(world.oak, "briefing", FEB_3))
    signed = item_at(world.oak, "signed")
    assert (signed.due_on, signed.waiting_for) == (dt.date(2026, 2, 3) + dt.timedelta(weeks=26), "")


@pytest.mark.parametrize("sites", [2, 8])
def test_statements_depend_neither_on_the_cells_of_a_plan_nor_on_the_plans(world, later, sites):
    made = add_active_sites(world, sites)
    record(world, cell(world.oak, "interest", FEB_3))  # the version is known from here on
    keys = ["interest", "briefing", "signed", "approved", "trained", "served", "quality"]
    with counted() as few:
        record(world, *[cell(site, "interest", FEB_3) for site in made])
    with counted() as many:
        record(world, *[cell(site, key, FEB_3) for site in made for key in keys[1:]])
    assert len(many) == len(few) == 7


def test_a_place_for_another_setting_has_fewer_milestones(world, later):
    row = new_site("Ash School", setting="school")
    [school] = planning.add_sites(world.project, [row], by=world.ana, now=world.now)
    told = record(world, cell(school, "billing", FEB_3), dry_run=True)
    assert told.faults[0].what == "Billing test passed"
