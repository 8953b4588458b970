import datetime as dt

import pytest
from django.core.exceptions import ValidationError

from accounts.models import Activity
from projects import pausing, planning, progress
from projects.help_rules import reasons_of
from projects.models import Plan, Site, SiteStatus
from projects.recount import PLAN_COUNTERS, quiet_from

pytestmark = pytest.mark.django_db
DAY = dt.timedelta(days=1)


@pytest.fixture
def today(world):
    return world.program.today(world.now)


@pytest.fixture
def elm(world):
    planning.start_site(world.elm, by=world.ana, now=world.now)
    return Site.objects.select_related("plan").get(pk=world.elm.pk)


@pytest.fixture
def act(world, elm):
    """Give what Ana does to the site, later by some days."""

    def do(verb, *, later=0, **fields):
        now = world.now + later * DAY
        fields.setdefault("on", world.program.today(now))
        done = verb(elm, by=world.ana, now=now, **fields)
        elm.refresh_from_db()
        return done

    return do


def dates(site):
    return dict(site.plan.items.counted().filter(done_at=None).exclude(due_on=None).values_list("key", "due_on"))


def test_a_paused_site_is_not_late_and_needs_no_help(elm, act):
    act(pausing.pause_site, reason="The nurse is on leave.", later=90)
    plan = Plan.objects.get(site=elm)
    assert elm.status == "paused"
    assert plan.needs_help_from is None
    assert str(Activity.objects.get(verb="site_paused")) == "site_paused Elm Clinic"
    assert list(elm.statuses.values_list("status", "reason"))[0] == ("paused", "The nurse is on leave.")


@pytest.mark.parametrize(
    ("verb", "more"), [(pausing.pause_site, {}), (pausing.stop_site, {"lessons": "Ask early.", "done": []})]
)
def test_the_page_of_a_site_that_rests_or_stopped_calls_nothing_late(
    world, elm, act, sign_in, time_machine, verb, more
):
    time_machine.move_to(world.now + 90 * DAY, tick=False)
    bo, address = sign_in(world.bo), elm.plan.get_absolute_url()
    assert "days late" in bo.get(address).content.decode()
    act(verb, reason="The nurse is on leave.", later=90, **more)
    page = bo.get(address).content.decode()
    assert "days late" not in page
    assert "Was due" not in page
    assert "Planned for" in page


def test_going_on_moves_the_open_dates_by_the_days_it_rested_if_asked(elm, act):
    before = dates(elm)
    act(pausing.pause_site, reason="Leave.")
    look = act(pausing.resume_site, move_dates=True, dry_run=True, later=40)
    assert (elm.status, dates(elm)) == ("paused", before)
    done = act(pausing.resume_site, move_dates=True, later=40)
    assert done.days == look.days == 40
    assert dates(elm) == {key: day + 40 * DAY for key, day in before.items()}
    assert [line.item.key for line in done.moves] == [line.item.key for line in look.moves]
    assert {line.item.key for line in done.moves} == set(before)
    assert elm.status == "active"


def test_going_on_without_moving_leaves_the_dates(elm, act):
    before = dates(elm)
    act(pausing.pause_site, reason="Leave.")
    act(pausing.resume_site, move_dates=False, later=40)
    assert dates(elm) == before


def test_counters_after_any_status_are_what_a_recount_gives(elm, act):
    act(pausing.pause_site, reason="Leave.")
    act(pausing.resume_site, move_dates=True, later=40)
    act(pausing.stop_site, reason="No money.", lessons="", done=[], later=41)
    stored = {name: getattr(Plan.objects.get(site=elm), name) for name in PLAN_COUNTERS}
    with pausing.Ledger.open([elm.plan.pk], by=None, now=dt.datetime.now(dt.UTC), dry_run=True) as ledger:
        ledger.derive()
        assert {name: getattr(ledger.plans[elm.plan.pk], name) for name in PLAN_COUNTERS} == stored


def exits(site):
    return list(site.plan.items.filter(item__on_exit=True).order_by("position"))


def test_stopping_brings_in_the_exit_items_and_records_those_that_are_done(elm, act, today):
    items = exits(elm)
    assert items, "the Roadmap of the tests has items for a site that stops"
    assert not any(item.applicable for item in items)
    act(pausing.stop_site, reason="No money.", lessons="Begin with the director.", done=[items[0].pk])
    first, *others = exits(elm)
    assert (elm.status, first.done_on) == ("stopped", today)
    assert all(item.applicable for item in [first, *others])
    assert elm.statuses.first().lessons == "Begin with the director."


def test_a_stopped_site_that_goes_on_lays_the_open_exit_items_aside_again(elm, act):
    act(pausing.stop_site, reason="No money.", lessons="", done=[])
    act(pausing.resume_site, move_dates=False)
    assert not any(item.applicable for item in exits(elm))


def test_a_site_that_never_began_is_setting_up_again_when_it_goes_on(world):
    by = {"on": world.program.today(world.now), "by": world.ana, "now": world.now}
    pausing.stop_site(world.oak, reason="Changed their mind.", lessons="", done=[], **by)
    world.oak.refresh_from_db()
    pausing.resume_site(world.oak, move_dates=True, **by)
    world.oak.refresh_from_db()
    assert world.oak.status == "setting_up"


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"reason": ""}, "Say in a few words why"),
        ({"reason": "x", "on": dt.date(2099, 1, 1)}, "in the future"),
        ({"reason": "x", "on": dt.date(2020, 1, 1)}, "Choose that day or a later one"),
    ],
)
def test_a_pause_needs_a_reason_and_a_day_that_can_be(elm, act, fields, words):
    with pytest.raises(ValidationError, match=words):
        act(pausing.pause_site, **fields)
    assert not SiteStatus.objects.filter(status="paused").exists()
    assert elm.status == "active"


def test_a_status_that_cannot_follow_is_refused(elm, act):
    act(pausing.finish_site, reason="")
    with pytest.raises(ValidationError, match="is finished now"):
        act(pausing.pause_site, reason="x")
    act(pausing.resume_site, move_dates=False)
    with pytest.raises(ValidationError, match="is active now"):
        act(pausing.resume_site, move_dates=False)


def test_what_happens_while_paused_can_be_recorded(world, elm, act):
    act(pausing.pause_site, reason="Leave.")
    item = elm.plan.items.counted().first()
    assert progress.set_done(elm.plan, item.pk, by=world.bo, now=world.now).item.is_done


@pytest.mark.parametrize("rest", [pausing.pause_site, pausing.finish_site])
def test_a_site_that_goes_on_is_not_quiet_for_the_time_it_rested(world, elm, act, rest):
    act(rest, reason="The nurse is on leave.")
    act(pausing.resume_site, later=90, on=world.program.today(world.now + 88 * DAY), move_dates=True)
    plan = Plan.objects.select_related("site", "program").get(site=elm)
    on = world.program.today(world.now + 90 * DAY)
    assert not [reason for reason in reasons_of(plan, on) if reason.kind == "quiet"]
    assert quiet_from(plan) == world.program.today(world.now + 118 * DAY)
