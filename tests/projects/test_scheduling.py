import datetime as dt

import pytest
from django.core.exceptions import ValidationError

from accounts.models import Activity
from projects import amending, planning, progress, scheduling, undoing
from projects.choosing import Choice
from projects.models import Plan, PlanItem
from tests.cast import new_site
from tests.statements import counted

pytestmark = pytest.mark.django_db
DAY = dt.date(2026, 3, 20)


def pick(plan, *keys):
    return Choice(items=frozenset(plan.items.filter(key__in=keys).values_list("pk", flat=True)))


def step(*keys):
    return Choice(steps=frozenset(keys))


def due(plan):
    return dict(plan.items.values_list("key", "due_on"))


def moved(world, before):
    return {key: (day - before[key]).days for key, day in due(world.plan).items() if day != before[key]}


def act(world, verb, choice, *, plans=None, **more):
    return getattr(scheduling, verb)(
        [plan.pk for plan in plans or [world.plan]], choice, by=world.ana, now=world.now, **more
    )


def rows():
    return [
        list(PlanItem.objects.order_by("pk").values("key", "due_on", "by_hand", "shift_days", "waiting_for")),
        Activity.objects.count(),
    ]


def test_a_date_set_by_hand_never_moves_by_itself(world):
    act(world, "set_date", pick(world.plan, "signed"), on=DAY)
    briefing = world.plan.items.get(key="briefing")
    progress.set_done(world.plan, briefing.pk, by=world.bo, now=world.now + dt.timedelta(days=100))
    signed = world.plan.items.get(key="signed")
    assert (signed.due_on, signed.by_hand, signed.waiting_for) == (DAY, True, "")


def test_what_hangs_on_a_date_set_by_hand_moves_along(world):
    outcome = act(world, "set_date", pick(world.plan, "briefing"), on=DAY)
    plan = due(world.plan)
    assert plan["meet"] == plan["tell"] == DAY
    assert plan["signed"] == DAY + dt.timedelta(weeks=26)
    assert outcome.changes == 1
    assert outcome.following > 2


def test_a_shift_still_follows_its_anchor(world):
    act(world, "shift_dates", pick(world.plan, "signed"), days=10)
    later = world.now + dt.timedelta(days=60)
    done_on = dt.date(2026, 2, 10)
    progress.set_done(world.plan, world.plan.items.get(key="briefing").pk, by=world.bo, now=later, on=done_on)
    assert due(world.plan)["signed"] == done_on + dt.timedelta(weeks=26, days=10)


def test_items_shifted_together_each_move_by_the_same_days_though_one_follows_the_other(world):
    before = due(world.plan)
    act(world, "shift_dates", step("leaders"), days=14)
    by = moved(world, before)
    assert {key: by[key] for key in ("interest", "briefing", "signed", "meet", "tell")} == dict.fromkeys(
        ("interest", "briefing", "signed", "meet", "tell"), 14
    )
    assert by["approved"] == by["kept"] == 14
    assert "funded" not in by


def test_an_item_counted_from_the_latest_of_two_moves_by_exactly_the_days_asked_for(world):
    before = due(world.plan)
    act(world, "shift_dates", pick(world.plan, "interest", "approved"), days=21)
    assert moved(world, before)["approved"] == 21


def test_a_date_set_by_hand_is_shifted_and_stays_by_hand(world):
    act(world, "set_date", pick(world.plan, "signed"), on=DAY)
    act(world, "shift_dates", pick(world.plan, "signed"), days=-5)
    signed = world.plan.items.get(key="signed")
    assert (signed.due_on, signed.by_hand) == (DAY - dt.timedelta(days=5), True)


def test_an_item_without_a_date_yet_gets_one_that_much_later(world):
    world.project.ends_on = None
    world.project.save()
    act(world, "shift_dates", pick(world.plan, "funded"), days=7)
    assert due(world.plan)["funded"] is None
    world.project.ends_on = dt.date(2028, 9, 30)
    world.project.save()
    amending.change_site(world.plan.site, starts_on=world.plan.starts_on, by=world.ana, now=world.now)
    assert due(world.plan)["funded"] == dt.date(2028, 9, 30) - dt.timedelta(weeks=13) + dt.timedelta(days=7)


def test_clearing_brings_the_roadmaps_dates_back(world):
    before = rows()[0]
    act(world, "set_date", pick(world.plan, "briefing"), on=DAY)
    act(world, "shift_dates", pick(world.plan, "signed", "meet"), days=9)
    act(world, "clear_dates", step("leaders"))
    assert rows()[0] == before


def test_a_date_before_the_start_is_refused_in_words_and_changes_nothing(world):
    before = rows()
    with pytest.raises(ValidationError, match="Elm Clinic starts on Mon 5 Jan 2026"):
        act(world, "set_date", pick(world.plan, "briefing"), on=dt.date(2026, 1, 4))
    with pytest.raises(ValidationError, match="Choose dates from that day on"):
        act(world, "shift_dates", pick(world.plan, "briefing"), days=-57)
    assert rows() == before


def test_one_site_that_starts_later_refuses_the_date_for_all(world):
    amending.change_site(world.oak.plan.site, starts_on=dt.date(2026, 6, 1), by=world.ana, now=world.now)
    before = rows()
    with pytest.raises(ValidationError, match="Oak Clinic"):
        act(world, "set_date", step("leaders"), on=DAY, plans=[world.plan, world.oak.plan])
    assert rows() == before


def test_the_last_day_that_a_shift_may_reach_is_the_start_itself(world):
    act(world, "shift_dates", pick(world.plan, "briefing"), days=-56)
    assert due(world.plan)["briefing"] == dt.date(2026, 1, 5)


def test_done_items_keep_their_dates(world):
    progress.set_done(world.plan, world.plan.items.get(key="interest").pk, by=world.bo, now=world.now)
    before = due(world.plan)["interest"]
    outcome = act(world, "set_date", step("leaders"), on=DAY)
    assert due(world.plan)["interest"] == before
    assert outcome.done == 1


@pytest.mark.parametrize(
    ("verb", "more"), [("set_date", {"on": DAY}), ("shift_dates", {"days": 30}), ("clear_dates", {})]
)
def test_a_dry_run_tells_the_same_and_writes_nothing(world, verb, more):
    act(world, "set_date", pick(world.plan, "briefing"), on=dt.date(2026, 2, 2))
    before = rows()
    dry = act(world, verb, step("leaders"), dry_run=True, **more)
    assert rows() == before
    wet = act(world, verb, step("leaders"), **more)
    assert [(line.item.pk, line.before, line.after) for line in dry.parts[0].lines] == [
        (line.item.pk, line.before, line.after) for line in wet.parts[0].lines
    ]
    assert {line.item.key: line.after for line in wet.parts[0].lines}.items() <= due(world.plan).items()


@pytest.mark.parametrize(
    ("verb", "more"), [("set_date", {"on": DAY}), ("shift_dates", {"days": 30}), ("clear_dates", {})]
)
def test_one_undo_restores_every_date_at_every_site(world, verb, more):
    plans = [world.plan, world.oak.plan]
    act(world, "set_date", step("plan"), on=dt.date(2026, 12, 1), plans=plans)
    act(world, "shift_dates", step("leaders"), days=3, plans=plans)
    before = rows()[0]
    outcome = act(world, verb, step("leaders", "plan"), plans=plans, **more)
    assert rows()[0] != before
    undoing.undo(outcome.batch, Plan.objects.all(), by=world.ana, now=world.now)
    assert rows()[0] == before


def test_the_first_planned_day_is_kept_whatever_moves(world):
    first = list(world.plan.items.order_by("pk").values_list("baseline_due_on", flat=True))
    act(world, "shift_dates", step("leaders"), days=30)
    assert list(world.plan.items.order_by("pk").values_list("baseline_due_on", flat=True)) == first


def test_a_site_is_not_late_any_more_once_its_date_is_later(world):
    world.plan.refresh_from_db()
    assert world.plan.next_milestone_due_on == dt.date(2026, 1, 5)
    act(world, "shift_dates", pick(world.plan, "interest"), days=21)
    world.plan.refresh_from_db()
    assert world.plan.next_milestone_due_on == dt.date(2026, 1, 26)
    assert world.plan.last_progress_at is None


def test_ids_of_another_plan_choose_nothing(world):
    before = rows()
    act(world, "set_date", pick(world.other_site.plan, "briefing"), on=DAY)
    assert rows() == before


def test_history_tells_from_when_to_when(world):
    act(world, "set_date", pick(world.plan, "briefing"), on=DAY)
    row = Activity.objects.get(verb="date_set")
    assert (row.label, row.changes["due_on"]) == ("Leader briefing held", ["2026-03-02", "2026-03-20"])


def test_many_sites_cost_no_more_statements_than_few(world):
    names = [f"Clinic {number}" for number in range(50)]
    sites = planning.add_sites(world.project, [new_site(name) for name in names], by=world.ana, now=world.now)

    def cost(some):
        with counted() as found:
            act(world, "shift_dates", step("leaders"), days=7, plans=[site.plan for site in some], dry_run=True)
        return len(found)

    assert cost(sites[:3]) == cost(sites) <= 3


def test_what_is_counted_back_from_the_end_is_not_due_before_the_start(world):
    start = world.plan.starts_on
    amending.change_project(world.project, ends_on=start + dt.timedelta(weeks=5), by=world.ana, now=world.now)
    assert due(world.plan)["funded"] == start
    assert not [day for day in due(world.plan).values() if day and day < start]
    act(world, "shift_dates", pick(world.plan, "funded"), days=10)
    assert due(world.plan)["funded"] == start + dt.timedelta(days=10)


def test_a_new_site_of_a_project_that_ends_soon_is_not_late_on_its_first_day(world):
    amending.change_project(world.project, ends_on=dt.date(2026, 6, 1), by=world.ana, now=world.now)
    starts_on = dt.date(2026, 4, 6)
    [site] = planning.add_sites(
        world.project, [new_site("Ash Clinic", starts_on=starts_on)], by=world.ana, now=world.now
    )
    assert site.plan.items.get(key="funded").due_on == starts_on
    later = world.now + dt.timedelta(weeks=13)
    planning.start_site(site, by=world.ana, now=later)
    assert world.program.today(later) == starts_on
    assert Plan.objects.get(site=site).next_milestone_due_on == starts_on
