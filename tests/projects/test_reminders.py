"""What a digest says, when it is worth sending, and that it really goes out."""

import datetime as dt

import pytest
from django.core import mail

from outbox import preferences
from outbox.delivering import deliver
from outbox.models import Delivery
from projects import digests, planning, progress
from projects.digests import LEAD_DIGEST, SITE_DIGEST
from projects.models import Membership, PlanItem, Role
from tests.cast import join

pytestmark = pytest.mark.django_db(transaction=True)
WEEK = dt.timedelta(days=7)


def monday(week):
    """Return 9:00 in Detroit on a Monday, so many weeks after 12 January 2026."""
    return dt.datetime(2026, 1, 12, 14, 0, tzinfo=dt.UTC) + week * WEEK


def send(person, now, kind=SITE_DIGEST):
    """Let beat look and a worker send; return the state of the person's row of that day, and the mail."""
    digests.write_digests(now=now)
    row = Delivery.objects.filter(person=person, kind=kind).latest("pk")
    mail.outbox.clear()
    state = deliver(row.pk, now=now)
    Delivery.objects.filter(pk=row.pk, sent_at__isnull=False).update(sent_at=now)  # the mail server's clock is real
    return state, mail.outbox[0] if mail.outbox else None


@pytest.fixture(autouse=True)
def nothing_sends_by_itself(monkeypatch):
    """The nudge after commit would send with the real clock; these tests send at a moment of their choosing."""
    monkeypatch.setattr("outbox.queueing.nudge", lambda pk: None)


def test_a_digest_names_what_is_late_and_what_is_due_with_a_link_to_each(world):
    state, message = send(world.bo, monday(6))  # 23 Feb: the briefing is due on 2 March, interest was due on 5 Jan
    assert state == "sent"
    assert message.to == ["bo@example.org"]
    assert message.subject == "Your Roadmap: 1 late, 3 due soon"
    assert "Interest on record (Elm Clinic), 49 days late" in message.body
    briefing = PlanItem.objects.get(plan=world.plan, key="briefing")
    address = f"/projects/collaborative-care/sites/elm-clinic/steps/leaders/#item-{briefing.pk}"
    html, kind = message.alternatives[0]
    assert address in message.body
    assert address in html
    assert kind == "text/html"


def test_mail_can_be_turned_off_with_one_click(world):
    _, message = send(world.bo, monday(6))
    assert message.extra_headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert "/unsubscribe/" in message.extra_headers["List-Unsubscribe"]
    assert "/unsubscribe/" in message.body


def test_what_waits_for_something_else_is_not_mailed(world):
    _, message = send(world.bo, monday(6))
    assert "Written agreement signed" not in message.body


def test_nothing_to_say_closes_the_row_as_empty(world):
    progress.set_done(world.plan, world.plan.items.get(key="interest").pk, by=world.bo, now=world.now)
    state, message = send(world.bo, monday(1))
    assert (state, message) == ("empty", None)


def test_an_unchanged_list_is_not_sent_the_next_day_but_after_a_week(world):
    assert send(world.ana, monday(2), LEAD_DIGEST)[0] == "sent"
    tuesday = monday(2) + dt.timedelta(days=1)
    assert send(world.ana, tuesday, LEAD_DIGEST)[0] == "empty"
    assert send(world.ana, monday(3), LEAD_DIGEST)[0] == "sent"


def test_a_new_line_is_sent_the_next_day(world):
    assert send(world.ana, monday(2), LEAD_DIGEST)[0] == "sent"
    planning.start_site(world.oak, by=world.ana, now=monday(2))
    PlanItem.objects.filter(plan=world.oak.plan, key="interest").update(assignee=world.ana, assigned_at=monday(2))
    assert send(world.ana, monday(2) + dt.timedelta(days=1), LEAD_DIGEST)[0] == "sent"


def test_a_lead_hears_which_sites_need_help_and_why(world):
    _, message = send(world.ana, monday(2), LEAD_DIGEST)
    assert "Elm Clinic" in message.body
    assert "21 days late" in message.body
    assert "Oak Clinic" not in message.body  # setting up


def test_a_site_that_is_setting_up_is_never_reminded(world):
    PlanItem.objects.filter(plan=world.plan).update(assignee=None)
    PlanItem.objects.filter(plan=world.oak.plan).update(assignee=world.bo, assigned_at=world.now)
    _, message = send(world.bo, monday(6))
    assert "Oak Clinic" not in message.body


def test_turning_the_kind_off_after_the_look_stops_it_still(world):
    now = monday(6)
    digests.write_digests(now=now)
    preferences.turn(world.bo, SITE_DIGEST, on=False, by=world.bo)
    row = Delivery.objects.get(person=world.bo)
    assert deliver(row.pk, now=now) == "cancelled"
    assert not [message for message in mail.outbox if message.to == ["bo@example.org"]]


def test_work_at_a_place_one_has_left_is_not_mailed(world):
    PlanItem.objects.filter(plan=world.plan).update(assignee=world.bo)
    join(world.bo, Role.PRACTITIONER, world.other_site)
    Membership.objects.filter(user=world.bo, site=world.elm).update(ended_at=world.now)
    assert send(world.bo, monday(6)) == ("empty", None)


def test_markup_in_a_sites_name_stays_text_in_the_mail(world):
    world.elm.name = "<b>Elm</b> & Sons"
    world.elm.save(update_fields=["name"])
    _, message = send(world.bo, monday(6))
    html, _ = message.alternatives[0]
    assert "<b>Elm</b>" not in html
    assert "<b>Elm</b> & Sons" in message.body
