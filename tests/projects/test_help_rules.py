import datetime as dt

import pytest

from projects import analytics, barriers, planning, progress
from projects.help_rules import LATE, QUIET, STUCK, reasons_of, rules_in_words, standing_of
from projects.models import Plan, Site

pytestmark = pytest.mark.django_db
JAN_5 = dt.date(2026, 1, 5)


def plan_of(site):
    return Plan.objects.select_related("site", "program").get(site=site)


def told(site, on):
    return [(reason.kind, reason.days, reason.counts) for reason in reasons_of(plan_of(site), on)]


def record(world, key, on):
    item = world.plan.items.get(key=key)
    progress.set_done(world.plan, item.pk, by=world.bo, now=world.now, on=on)


def test_a_site_is_late_the_day_after_and_needs_help_when_a_week_has_gone(world):
    assert told(world.elm, JAN_5) == []
    assert told(world.elm, dt.date(2026, 1, 6)) == [(LATE, 1, False)]
    assert told(world.elm, dt.date(2026, 1, 11)) == [(LATE, 6, False)]
    assert told(world.elm, dt.date(2026, 1, 12)) == [(LATE, 7, True)]


def test_a_site_is_quiet_after_thirty_days_without_news(world):
    record(world, "interest", JAN_5)
    record(world, "briefing", JAN_5)
    assert told(world.elm, dt.date(2026, 2, 3)) == []
    assert told(world.elm, dt.date(2026, 2, 4)) == [(QUIET, 30, True)]


def test_a_site_is_stuck_from_the_day_it_said_so(world):
    record(world, "interest", JAN_5)
    barriers.report_barrier(world.plan, "leaders", text="Nobody signs.", by=world.bo, now=world.now)
    assert told(world.elm, JAN_5) == [(STUCK, 0, False)]
    assert told(world.elm, dt.date(2026, 1, 12)) == [(STUCK, 7, True)]
    assert standing_of(plan_of(world.elm), JAN_5).text == "stuck since today"


def test_reasons_that_count_come_first_and_are_told_together(world):
    barriers.report_barrier(world.plan, "leaders", text="Nobody signs.", by=world.bo, now=world.now)
    standing = standing_of(plan_of(world.elm), dt.date(2026, 2, 20))
    assert [reason.sentence for reason in standing.reasons] == [
        "46 days late",
        "Stuck for 46 days",
        "Quiet for 46 days",
    ]
    assert standing.text == "46 days late, stuck 46 days, quiet 46 days"


@pytest.mark.parametrize("status", ["setting_up", "paused", "stopped", "finished"])
def test_only_active_sites_are_late_stuck_or_quiet(world, status):
    Site.objects.filter(pk=world.elm.pk).update(status=status)
    assert told(world.elm, dt.date(2027, 1, 1)) == []
    assert standing_of(plan_of(world.elm), dt.date(2027, 1, 1)).key == status


def test_a_site_past_its_last_gate_is_finished(world):
    Plan.objects.filter(pk=world.plan.pk).update(current_phase="finished")
    assert standing_of(plan_of(world.elm), dt.date(2027, 1, 1)).key == "finished"


def test_what_is_due_within_two_weeks_is_said(world):
    record(world, "interest", JAN_5)
    assert standing_of(plan_of(world.elm), dt.date(2026, 2, 1)).text == "on time"
    assert standing_of(plan_of(world.elm), dt.date(2026, 3, 1)).key == "quiet"
    Plan.objects.filter(pk=world.plan.pk).update(last_progress_at=dt.datetime(2026, 2, 28, 12, tzinfo=dt.UTC))
    assert standing_of(plan_of(world.elm), dt.date(2026, 3, 1)).text == "due in 1 day"
    assert standing_of(plan_of(world.elm), dt.date(2026, 3, 2)).text == "due today"


def test_the_rules_are_told_with_the_programs_own_thresholds(world):
    world.program.late_days, world.program.stuck_days, world.program.quiet_days = 1, 14, 45
    late, stuck, quiet, *_rest = rules_in_words(world.program)
    assert "once it is 1 day late" in late
    assert "stuck for 14 days" in stuck
    assert "for 45 days" in quiet


def some_worlds(world):
    """Put the four sites of the program into different states, and yield days around every threshold."""
    planning.start_site(world.oak, by=world.ana, now=world.now)
    planning.start_site(world.other_site, by=world.cy, now=world.now)
    record(world, "interest", JAN_5)
    barriers.report_barrier(world.oak.plan, "leaders", text="Stuck.", by=world.ana, now=world.now)
    Plan.objects.filter(site=world.other_site).update(last_progress_at=dt.datetime(2026, 1, 20, 3, tzinfo=dt.UTC))
    return [JAN_5 + dt.timedelta(days=days) for days in (*range(0, 16), *range(28, 62))]


def test_what_sql_counts_is_what_the_words_say(world):
    for on in some_worlds(world):
        plans = analytics.site_plans(world.program).select_related("site", "program")
        said = {plan.pk: {reason.kind for reason in reasons_of(plan, on)} for plan in plans}
        for state in (LATE, STUCK, QUIET):
            found = set(plans.filter(analytics.STATES[state][1](world.program, on)).values_list("pk", flat=True))
            assert found == {pk for pk, kinds in said.items() if state in kinds}, (state, on)
        helped = set(plans.filter(analytics.needs_help(world.program, on)).values_list("site", flat=True))
        assert helped == set(
            Site.objects.filter(project__program=world.program).needs_help(on).values_list("pk", flat=True)
        )
        calm = set(plans.filter(analytics.on_time(world.program, on)).values_list("pk", flat=True))
        assert calm == {pk for pk, kinds in said.items() if not kinds}


def test_a_site_is_on_the_list_exactly_when_a_reason_counts(world):
    for on in some_worlds(world):
        Plan.objects.filter(site=world.other_site).update(last_progress_at=None)
        for plan in analytics.site_plans(world.program).select_related("site", "program"):
            counts = any(reason.counts for reason in reasons_of(plan, on))
            assert counts == bool(plan.needs_help_from and plan.needs_help_from <= on), (plan, on)
