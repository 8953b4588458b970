import datetime as dt

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone

from accounts.models import Activity
from projects import barriers
from projects.models import Barrier, PlanStep

pytestmark = pytest.mark.django_db
JAN_5 = dt.date(2026, 1, 5)


def report(world, step="leaders", *, text="IT moved the build.", now=None, **more):
    return barriers.report_barrier(world.plan, step, text=text, by=world.bo, now=now or world.now, **more)


def blocked(world, step="leaders"):
    world.plan.refresh_from_db()
    return world.plan.blocked_since, world.plan.steps.get(key=step).blocked_since


def test_a_stuck_step_blocks_step_and_plan_since_that_day(world):
    report(world, since=dt.date(2026, 1, 2))
    assert blocked(world) == (dt.date(2026, 1, 2), dt.date(2026, 1, 2))


def test_something_in_the_way_that_does_not_stop_us_blocks_nothing(world):
    report(world, stuck=False)
    assert blocked(world) == (None, None)


def test_the_plan_is_blocked_since_the_oldest_open_barrier(world):
    old = report(world, since=dt.date(2026, 1, 2))
    report(world, "plan", text="No room.")
    barriers.resolve_barrier(world.plan, old.pk, by=world.bo, now=world.now, resolution="A new date.")
    assert blocked(world) == (JAN_5, None)
    barriers.reopen_barrier(world.plan, old.pk, by=world.bo, now=world.now)
    assert blocked(world) == (dt.date(2026, 1, 2), dt.date(2026, 1, 2))


def test_help_is_needed_a_week_after_a_site_got_stuck(world):
    report(world, since=dt.date(2025, 12, 20))
    world.plan.refresh_from_db()
    assert world.plan.needs_help_from == dt.date(2025, 12, 27)


def test_the_same_words_sent_twice_are_kept_once(world):
    assert report(world) == report(world)
    assert Barrier.objects.count() == 1
    assert Activity.objects.filter(verb="stuck").count() == 1


def test_a_barrier_cannot_begin_in_the_future(world):
    with pytest.raises(ValidationError, match="in the future"):
        report(world, since=dt.date(2026, 1, 6))
    assert not Barrier.objects.exists()


def test_a_barrier_cannot_be_solved_before_it_began(world):
    barrier = report(world)
    with pytest.raises(ValidationError, match="before it began"):
        barriers.resolve_barrier(world.plan, barrier.pk, by=world.bo, now=world.now, on=dt.date(2026, 1, 4))
    barrier.refresh_from_db()
    assert barrier.resolved_on is None


def test_a_step_or_barrier_of_another_plan_is_not_found(world):
    with pytest.raises(PlanStep.DoesNotExist):
        report(world, world.oak.plan.steps.first().pk)
    barrier = report(world)
    with pytest.raises(Barrier.DoesNotExist):
        barriers.resolve_barrier(world.oak.plan, barrier.pk, by=world.bo, now=world.now)


def test_history_names_the_step_and_not_the_words(world):
    report(world, text="The finance lead says no.")
    row = Activity.objects.get(verb="stuck")
    assert (row.label, row.actor) == ("Win leader support", world.bo)
    assert "finance" not in str(row.changes)


def test_news_of_a_barrier_does_not_count_as_progress(world):
    report(world)
    world.plan.refresh_from_db()
    assert world.plan.last_progress_at is None


def test_a_barrier_of_a_day_that_has_not_come_in_the_programs_new_zone_is_not_solved_yet_and_the_page_says_so(
    world, sign_in
):
    barrier = report(world)
    Barrier.objects.filter(pk=barrier.pk).update(since=timezone.now().date() + dt.timedelta(days=2))
    page = sign_in(world.bo).post(f"{world.plan.get_absolute_url()}barriers/{barrier.pk}/solved/", {"resolution": ""})
    assert (page.status_code, "before it began" in page.text) == (422, True)
