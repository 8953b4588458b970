import datetime as dt
from dataclasses import replace

import pytest
from django.core.exceptions import ValidationError

from accounts.models import Activity
from projects import amending, checking, planning, progress, undoing
from projects.models import Organization, Place, Plan, PlanItem, PlanStep, Site
from projects.recount import PLAN_COUNTERS, STEP_COUNTERS
from tests.cast import new_site
from tests.small_roadmap import make_small_roadmap
from tests.statements import counted

pytestmark = pytest.mark.django_db

# By hand: Elm says on Mon 5 Jan 2026 that it wants to explore; the grant ends on 30 Sep 2028.
EXPECTED = {
    "interest": (dt.date(2026, 1, 5), ""),
    "briefing": (dt.date(2026, 3, 2), ""),
    "signed": (dt.date(2026, 8, 31), "briefing"),
    "billing": (dt.date(2026, 10, 26), "signed"),
    "approved": (dt.date(2026, 10, 12), "signed"),
    "trained": (dt.date(2026, 11, 9), "approved"),
    "served": (dt.date(2026, 11, 23), "trained"),
    "quality": (dt.date(2027, 8, 23), "served"),
    "funded": (dt.date(2028, 7, 1), ""),
    "kept": (dt.date(2028, 3, 20), "quality"),
    "meet": (dt.date(2026, 3, 2), ""),
    "write": (dt.date(2026, 10, 12), "signed"),
    "exited": (None, ""),
}


def due_dates(plan):
    return {item.key: (item.due_on, item.waiting_for) for item in plan.items.all()}


def test_a_new_plan_is_dated_by_the_roadmaps_rules(world):
    found = due_dates(world.plan)
    assert {key: found[key] for key in EXPECTED} == EXPECTED


def test_the_baseline_is_written_when_a_site_starts_and_not_before(world):
    assert world.plan.items.get(key="briefing").baseline_due_on == dt.date(2026, 3, 2)
    assert world.oak.plan.items.get(key="briefing").baseline_due_on is None


def test_moving_the_start_moves_what_counts_from_it_and_not_the_baseline(world):
    amending.change_site(world.plan.site, starts_on=dt.date(2026, 2, 2), by=world.ana, now=world.now)
    briefing = world.plan.items.get(key="briefing")
    assert (briefing.due_on, briefing.baseline_due_on) == (dt.date(2026, 3, 30), dt.date(2026, 3, 2))
    assert world.plan.items.get(key="funded").due_on == EXPECTED["funded"][0]


MOVED = {  # the same after the start moved to 2 Feb 2026
    **EXPECTED,
    "interest": (dt.date(2026, 2, 2), ""),
    "briefing": (dt.date(2026, 3, 30), ""),
    "signed": (dt.date(2026, 9, 28), "briefing"),
    "billing": (dt.date(2026, 11, 23), "signed"),
    "approved": (dt.date(2026, 11, 9), "signed"),
    "trained": (dt.date(2026, 12, 7), "approved"),
    "served": (dt.date(2026, 12, 21), "trained"),
    "quality": (dt.date(2027, 9, 20), "served"),
    "kept": (dt.date(2028, 4, 17), "quality"),
    "meet": (dt.date(2026, 3, 30), ""),
    "write": (dt.date(2026, 11, 9), "signed"),
}
ANCHORED = {  # and after the briefing was held on 10 Feb 2026
    **MOVED,
    "signed": (dt.date(2026, 8, 11), ""),
    "billing": (dt.date(2026, 10, 6), "signed"),
    "approved": (dt.date(2026, 9, 22), "signed"),
    "trained": (dt.date(2026, 10, 20), "approved"),
    "served": (dt.date(2026, 11, 3), "trained"),
    "quality": (dt.date(2027, 8, 3), "served"),
    "kept": (dt.date(2028, 2, 29), "quality"),
    "meet": (None, ""),
    "write": (dt.date(2026, 9, 22), "signed"),
}


def test_dates_follow_the_start_and_the_anchor_and_come_back_when_both_are_undone(world):
    def told(expected):
        found = due_dates(world.plan)
        assert {key: found[key] for key in expected} == expected

    later = world.now + dt.timedelta(days=60)
    by = {"by": world.ana, "now": later}
    briefing = world.plan.items.get(key="briefing").pk
    amending.change_site(world.plan.site, starts_on=dt.date(2026, 2, 2), **by)
    told(MOVED)
    moved = Activity.objects.get(verb="start_moved").batch
    reached = progress.set_done(world.plan, briefing, on=dt.date(2026, 2, 10), **by).batch
    told(ANCHORED)
    undoing.undo(reached, Plan.objects.all(), **by)
    told(MOVED)
    undoing.undo(moved, Plan.objects.all(), **by)
    told(EXPECTED)


def test_a_school_does_not_get_the_rows_for_clinics(world):
    assert not world.other_site.plan.items.filter(key="billing").exists()
    assert world.elm.plan.items.filter(key="billing").exists()


def test_site_and_team_each_get_the_rows_they_work(world):
    assert set(world.team_plan.items.values_list("key", flat=True)) == {"measures", "pick"}
    assert not world.plan.items.filter(key="measures").exists()
    assert world.team_plan.active
    assert world.team_plan.current_phase == ""


def test_rows_for_when_a_site_stops_do_not_count_before_it_does(world):
    assert not world.plan.items.get(key="exited").applicable
    assert world.plan.milestones == 10


def test_a_new_site_is_setting_up_and_is_never_late(world):
    plan = world.oak.plan
    plan.refresh_from_db()
    assert world.oak.status == Site.Status.SETTING_UP
    assert not plan.active
    assert plan.needs_help_from is None


def test_start_is_done_once_however_often_it_is_pressed(world):
    planning.start_site(world.oak, by=world.ana, now=world.now)
    planning.start_site(world.oak, by=world.ana, now=world.now + dt.timedelta(days=3))
    plan = Plan.objects.get(site=world.oak)
    assert plan.activated_on == dt.date(2026, 1, 5)
    assert list(world.oak.statuses.values_list("status", flat=True)) == ["active", "setting_up"]


def test_a_place_is_counted_once_whatever_the_case_of_its_name(world):
    planning.add_sites(
        world.other_project, [new_site("ELM clinic", organization="lakeshore health")], by=world.cy, now=world.now
    )
    assert Place.objects.filter(name__iexact="elm clinic").count() == 1
    assert Organization.objects.filter(program=world.program).count() == 1


def test_a_place_twice_in_one_project_is_refused_and_nothing_is_made(world):
    with pytest.raises(ValidationError, match="already a site"):
        planning.add_sites(world.project, [new_site("New Clinic"), new_site("Elm Clinic")], by=world.ana, now=world.now)
    assert not Place.objects.filter(name="New Clinic").exists()


def test_sites_are_added_by_the_batch_and_not_one_by_one(world):
    def statements(prefix, number):
        rows = [new_site(f"{prefix} {count}") for count in range(number)]
        with counted() as found:
            planning.add_sites(world.project, rows, by=world.ana, now=world.now)
        return len(found)

    few, many = statements("First", 2), statements("Then", 60)
    assert many - few <= 2, (few, many)  # history goes by the batch; alike plans are copied in one statement a table
    assert Site.objects.filter(project=world.project).count() == 64


def test_a_draft_is_no_roadmap_to_start_from(world):
    draft = make_small_roadmap(2, status="draft")
    with pytest.raises(ValidationError, match="published"):
        planning.create_project(
            program=world.program,
            name="Early",
            ebi_name="x",
            version=draft,
            starts_on=dt.date(2026, 1, 1),
            by=world.dee,
            now=world.now,
        )


def rows_of_plan(plan):
    """Return everything stored of a plan, without ids and without which plan it is."""
    plan = Plan.objects.select_related("next_milestone").get(pk=plan.pk)
    steps = plan.steps.order_by("pk").values_list("key", *rows_but(PlanStep, "plan"))
    items = plan.items.order_by("pk").values_list("plan_step__key", *rows_but(PlanItem, "plan", "plan_step"))
    next_key = plan.next_milestone.key if plan.next_milestone_id else ""
    return list(steps), list(items), counters_of(plan) | {"next_milestone_id": next_key}


def counters_of(plan):
    """Return all counters of a plan and its steps, by name."""
    found = {name: getattr(plan, name) for name in PLAN_COUNTERS}
    for step in plan.steps.all():
        found |= {f"{step.key}.{name}": getattr(step, name) for name in STEP_COUNTERS}
    return found


def rows_but(model, *names):
    return [field.name for field in model._meta.concrete_fields if field.name not in {"id", *names}]


def test_plans_that_are_copied_equal_those_that_are_made_alone(world):
    rows = [new_site(name) for name in ("Copied 1", "Copied 2", "Copied 3")]
    rows.append(replace(rows[0], place="Copied late", starts_on=dt.date(2026, 3, 2)))
    rows.append(replace(rows[0], place="Copied school", setting="school"))
    together = planning.add_sites(world.project, rows, by=world.ana, now=world.now)
    for row, site in zip(rows, together, strict=True):
        alone = [replace(row, place=f"{row.place} alone")]
        [other] = planning.add_sites(world.project, alone, by=world.ana, now=world.now)
        assert rows_of_plan(site.plan) == rows_of_plan(other.plan)
        assert site.plan.next_milestone.plan_id == site.plan.pk
    assert list(checking.differences()) == []
