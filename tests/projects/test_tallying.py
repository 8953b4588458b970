import datetime as dt
from dataclasses import asdict, replace
from functools import partial

import pytest
import time_machine

from projects import analytics, planning, progress, tallying
from projects.models import Program, Tally
from tests.cast import new_site
from tests.projects.many import add_active_sites

pytestmark = pytest.mark.django_db
FEB_20 = dt.datetime(2026, 2, 20, 15, tzinfo=dt.UTC)


@pytest.fixture
def large(world, monkeypatch):
    """The world with its first program taken for a large one, and counted on 20 February."""
    monkeypatch.setattr(tallying, "LARGE", 3)
    add_active_sites(world, 2, county_id="26121")
    assert tallying.count_stale(now=FEB_20) == 1
    return world


def before(program, now):
    return tallying.counted_before(Program.objects.select_related("tally").get(pk=program.pk), now)


def test_a_small_program_is_counted_when_it_is_looked_at(world):
    assert tallying.count_stale(now=FEB_20) == 0
    assert before(world.program, FEB_20) is None


def test_what_was_counted_beforehand_is_what_would_be_counted_now(large):
    earlier = before(large.program, FEB_20)
    now = tallying.count_now(large.program, FEB_20, analytics.options_of(large.program))
    assert asdict(replace(earlier, at=None)) == asdict(now)
    assert earlier.at == FEB_20


def test_it_is_counted_again_once_something_was_done_and_not_before(large):
    minute = dt.timedelta(minutes=1)
    assert tallying.count_stale(now=FEB_20 + minute) == 0
    progress.set_done(large.plan, large.plan.items.get(key="signed").pk, by=large.bo, now=FEB_20)
    assert tallying.count_stale(now=FEB_20 + minute) == 1
    [signed, *_others] = before(large.program, FEB_20 + minute).headlines
    assert signed.reached == 1


def test_an_act_that_is_committed_after_a_later_one_was_counted_is_counted_a_minute_later(large):
    seconds = dt.timedelta(seconds=1)
    done = partial(progress.set_done, large.plan, by=large.bo)
    done(large.plan.items.get(key="meet").pk, now=FEB_20 + 30 * seconds)
    assert tallying.count_stale(now=FEB_20 + 60 * seconds) == 1
    done(large.plan.items.get(key="signed").pk, now=FEB_20 + 29 * seconds)  # it began before, and ended after
    assert tallying.count_stale(now=FEB_20 + 120 * seconds) == 1
    assert before(large.program, FEB_20 + 120 * seconds).headlines[0].reached == 1
    assert tallying.count_stale(now=FEB_20 + 180 * seconds) == 0


def test_it_is_counted_again_on_a_new_day_and_every_ten_minutes(large):
    assert tallying.count_stale(now=FEB_20 + dt.timedelta(minutes=11)) == 1
    assert tallying.count_stale(now=FEB_20 + dt.timedelta(days=1)) == 1


def test_yesterdays_count_and_one_that_nobody_renewed_are_not_shown(large):
    assert before(large.program, FEB_20 + dt.timedelta(hours=20)) is None
    assert before(large.program, FEB_20 + dt.timedelta(minutes=25)) is None


def test_the_dashboard_shows_it_with_its_age_until_somebody_filters(large, sign_in):
    Tally.objects.update(counts={**Tally.objects.get().counts, "headlines": []})
    with time_machine.travel(FEB_20 + dt.timedelta(minutes=1), tick=False):
        client = sign_in(large.dee)
        whole = client.get("/dashboard/")
        assert "Counted at 10 a.m." in whole.content.decode()
        assert whole.context["headlines"] == []
        filtered = client.get("/dashboard/?project=collaborative-care")
        assert filtered.context["headlines"]
        assert "Counted at" not in filtered.content.decode()


def test_a_large_programs_dashboard_needs_no_counting(large, sign_in, at_most):
    with time_machine.travel(FEB_20, tick=False):
        client = sign_in(large.dee)
        with at_most(9):
            client.get("/dashboard/")


def test_a_lost_tally_is_counted_again(large):
    Tally.objects.all().delete()
    assert tallying.count_stale(now=FEB_20) == 1


def test_programs_do_not_share_a_tally(large):
    planning.add_sites(
        large.foreign_project, [new_site(f"Ohio {number}") for number in range(3)], by=large.ed, now=large.now
    )
    assert tallying.count_stale(now=FEB_20) == 1
    assert before(large.other_program, FEB_20).totals.all.sites == 3
    assert before(large.program, FEB_20).totals.all.sites == 5
