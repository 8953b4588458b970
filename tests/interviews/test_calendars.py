"""When an interview is: reminded of the day before, in the calendar of who holds it, and changed."""

import datetime as dt

import icalendar
import pytest
from django.core.exceptions import ValidationError

from interviews import approving, calendars, interviewing, recruiting, studying
from interviews.models import Interview
from outbox import kinds
from outbox.models import Delivery
from projects.models import Membership
from tests.interviews.conftest import agreed
from tests.interviews.test_views import BASE, page

pytestmark = pytest.mark.django_db
DAY = dt.timedelta(days=1)


@pytest.fixture
def plan(world, study, guide, by):
    """Return a function that plans an interview of Bo's for some days from now."""

    def planned(days=3, interviewer=None, pseudonym="P05"):
        return interviewing.plan_interview(
            study,
            agreed(study, pseudonym, by=by),
            guide,
            interviewer=interviewer or world.bo,
            mode="video",
            planned_for=days and world.now + days * DAY,
            **by,
        )

    return planned


def composed(delivery, now):
    return kinds.get("interview").compose(delivery, now)


def test_the_interviewer_is_reminded_the_day_before(world, plan):
    interview = plan()
    delivery = Delivery.objects.get(kind="interview")
    assert (delivery.person, delivery.due_at) == (world.bo, interview.planned_for - DAY)
    assert delivery.window_end == interview.planned_for
    message = composed(delivery, world.now)
    assert message.subject == "Interview with P05: Thursday, 8 January, 9:00 a.m."  # Bo's time, not the server's
    assert f"/studies/what-helps-sites/interviews/{interview.pk}/" in message.text
    assert "By video" in message.html


def test_no_mail_where_no_time_is_set_or_one_plans_for_oneself_at_short_notice(world, plan):
    plan(days=None)
    plan(days=0.5, interviewer=world.ria, pseudonym="P06")
    plan(days=-2, pseudonym="P07")
    assert not Delivery.objects.exists()


def test_somebody_else_is_told_at_once_where_it_is_within_a_day(world, plan):
    plan(days=0.5)
    assert Delivery.objects.get().due_at == world.now


def anew(interview, by, **changes):
    fields = {"interviewer": interview.interviewer, "mode": "phone", "planned_for": interview.planned_for, **changes}
    interviewing.plan_anew(interview, **fields, **by)


@pytest.mark.parametrize("what", ["moved", "handed", "cancelled", "held", "withdrawn", "left", "no_role", "off"])
def test_a_reminder_of_what_holds_no_longer_is_not_sent(world, study, plan, by, what):
    interview = plan()
    delivery = Delivery.objects.get()
    if what == "moved":
        anew(interview, by, planned_for=interview.planned_for + DAY)
    elif what == "handed":
        anew(interview, by, interviewer=world.ria)
    elif what == "cancelled":
        interviewing.cancel(interview, **by)
    elif what == "held":
        interviewing.hold(interview, held_on=world.now.date(), minutes=1, notes="", **by)
    elif what == "withdrawn":
        recruiting.withdraw(interview.participant, **by)
    elif what == "no_role":
        Membership.objects.filter(user=world.bo).update(ended_at=world.now)
    elif what == "left":
        studying.let_go(study, study.members.get(user=world.bo).pk, **by)
    else:
        approving.switch_off(world.program, by=world.dee, now=world.now)
    assert composed(delivery, world.now) is None


def test_a_new_time_is_reminded_of_once(world, plan, by):
    interview = plan()
    for _ in range(2):
        anew(interview, by, planned_for=interview.planned_for + DAY)
    assert Delivery.objects.count() == 2
    assert composed(Delivery.objects.latest("pk"), world.now).subject.endswith("Friday, 9 January, 9:00 a.m.")


def test_a_plan_changes_only_while_it_is_one(world, plan, by):
    interview = plan()
    with pytest.raises(ValidationError, match="not in this study"):
        anew(interview, by, interviewer=world.kim)
    interviewing.cancel(interview, **by)
    with pytest.raises(ValidationError, match="not planned any more"):
        anew(interview, by)


def test_the_calendar_has_what_a_person_holds_and_names_nobody(world, study, plan, by, client):
    plan(pseudonym="P05")
    plan(interviewer=world.ria, pseudonym="P06")
    cancelled = plan(pseudonym="P07")
    interviewing.cancel(cancelled, **by)
    plan(days=-90, pseudonym="P08")
    feed = calendars.new_address(world.bo, now=world.now)
    found = icalendar.Calendar.from_ical(calendars.calendar_of(feed.token, now=world.now))
    [event] = found.walk("VEVENT")
    assert event["summary"] == "Interview with P05"
    assert event.decoded("dtstart") == world.now + 3 * DAY
    assert event["uid"].startswith("interview-")


def test_an_address_ends_with_a_new_one_with_leaving_and_with_the_account(world, study, plan, client):
    plan()

    def status(token):
        return client.get(f"/calendar/{token}/interviews.ics").status_code

    old = calendars.new_address(world.bo, now=world.now).token
    assert status(old) == 200
    new = calendars.new_address(world.bo, now=world.now).token
    assert (status(old), status(new)) == (404, 200)
    world.bo.is_active = False
    world.bo.save(update_fields=["is_active"])
    assert status(new) == 404


def test_a_calendar_is_empty_once_its_person_has_no_role_in_the_program(world, study, plan):
    plan()
    token = calendars.new_address(world.bo, now=world.now).token
    Membership.objects.filter(user=world.bo).update(ended_at=world.now)
    assert b"P05" not in calendars.calendar_of(token, now=world.now)


def test_a_calendar_is_asked_for_on_the_page_of_studies(world, study, plan, sign_in, client):
    plan()
    bo = sign_in(world.bo)
    assert "Make an address for it" in page(bo.get("/studies/"))
    shown = page(bo.post("/studies/calendar/", follow=True))
    address = shown.split("/calendar/")[1].split("/interviews.ics")[0]
    client.logout()
    answer = client.get(f"/calendar/{address}/interviews.ics")
    assert answer["Content-Type"].startswith("text/calendar")


def test_a_plan_is_changed_on_its_page(world, study, plan, sign_in):
    interview = plan()
    url = f"{BASE}interviews/{interview.pk}/plan/"
    ria = sign_in(world.ria)
    assert "Plan the interview with P05 anew" in page(ria.get(url))
    said = {"interviewer": world.ria.pk, "mode": "phone", "planned_for": "2026-02-02T09:30"}
    assert "Mon 2 Feb 2026, 9:30 a.m." in page(ria.post(url, said, follow=True))
    assert Interview.objects.get().interviewer == world.ria
    assert "Select a valid choice" in page(ria.post(url, {**said, "interviewer": world.kim.pk}), 422)
