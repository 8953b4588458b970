"""Signing people out who gave no sign of life."""

import datetime as dt
import re
from pathlib import Path

import pytest
import time_machine
from allauth.usersessions.models import UserSession
from django.conf import settings

from projects import inviting
from projects.models import Program, Role, Scopes
from tests.cast import PASSWORD, join

pytestmark = pytest.mark.django_db
START = dt.datetime(2026, 1, 5, 14, 0, tzinfo=dt.UTC)


@pytest.fixture
def clock():
    with time_machine.travel(START, tick=False) as clock:
        yield clock


@pytest.fixture
def bo(world, client, clock):
    """Bo, just signed in, in a program that signs people out after 30 minutes."""
    limit(world.program, 30)
    client.post("/accounts/login/", {"login": world.bo.email, "password": PASSWORD})
    return client


def limit(program, minutes):
    Program.objects.filter(pk=program.pk).update(idle_minutes=minutes)


def minutes(clock, n):
    clock.shift(dt.timedelta(minutes=n))


def test_who_goes_on_stays_signed_in(bo, clock):
    for _look in range(4):
        minutes(clock, 29)
        assert bo.get("/todo/").status_code == 200


def test_after_the_time_one_is_out_and_comes_back_to_where_one_was(bo, clock, world):
    minutes(clock, 31)
    page = f"/projects/{world.project.slug}/sites/{world.elm.slug}/"
    away = bo.get(page)
    assert away["Location"] == f"/accounts/login/?next={page}"
    shown = bo.get(away["Location"]).content.decode()
    assert "You were signed out because nothing happened for 30 minutes." in shown
    back = bo.post(away["Location"], {"login": world.bo.email, "password": PASSWORD, "next": page})
    assert back["Location"] == page
    assert bo.get(page).status_code == 200


def test_a_form_sent_too_late_changes_nothing_and_leads_back_to_its_page(bo, clock, world):
    page = f"/projects/{world.project.slug}/sites/{world.elm.slug}/"
    item = world.plan.items.get(key="interest")
    minutes(clock, 31)
    done = f"{page}items/{item.pk}/done/"
    away = bo.post(done, headers={"Referer": f"http://testserver{page}?all=1"})
    assert away["Location"] == f"/accounts/login/?next={page}%3Fall%3D1"
    item.refresh_from_db()
    assert item.done_at is None


def test_nobody_is_led_to_another_site(bo, clock):
    minutes(clock, 31)
    away = bo.post("/two-steps/", headers={"Referer": "https://evil.example/todo/"})
    assert away["Location"] == "/accounts/login/?next=/"


def test_what_a_page_asks_by_itself_keeps_nobody_signed_in(bo, clock):
    for _poll in range(5):
        minutes(clock, 5)
        assert bo.get("/todo/", headers={"X-Background": "yes"}).status_code == 200
    minutes(clock, 6)
    answer = bo.get("/todo/", headers={"X-Background": "yes", "HX-Request": "true", "HX-Current-URL": "/profile/"})
    assert answer.status_code == 204
    assert answer["HX-Redirect"].startswith("/accounts/login/?next=")


def test_every_part_of_a_page_that_asks_again_and_again_says_that_it_is_not_the_person():
    asking = [
        (path.name, tag)
        for path in (Path(settings.BASE_DIR) / "templates").rglob("*.html")
        for tag in re.findall(r"<[a-z]+ [^\n]*every \d+m?s[^\n]*", path.read_text(encoding="utf-8"))
    ]
    assert asking
    assert [name for name, tag in asking if "X-Background" not in tag] == []


def test_a_public_page_opens_as_for_anybody_else(bo, clock):
    minutes(clock, 31)
    shown = bo.get("/accessibility/")
    assert shown.status_code == 200
    assert "_auth_user_id" not in bo.session
    assert 'data-signed-in=""' in shown.content.decode()


def test_the_strictest_program_counts(world):
    assert Scopes.read(world.bo).idle_minutes is None
    limit(world.program, 60)
    limit(world.other_program, 15)
    assert Scopes.read(world.bo).idle_minutes == 60
    join(world.bo, Role.OBSERVER, world.other_program)
    assert Scopes.read(world.bo).idle_minutes == 15


def test_without_a_limit_nobody_is_signed_out(bo, clock, world):
    limit(world.program, None)
    minutes(clock, 600)
    assert bo.get("/todo/").status_code == 200


def test_a_sign_of_life_is_written_once_a_minute_at_most(bo, clock):
    minutes(clock, 2)
    bo.get("/todo/")
    with_writing = UserSession.objects.get().last_seen_at
    clock.shift(dt.timedelta(seconds=30))
    bo.get("/todo/")
    assert UserSession.objects.get().last_seen_at == with_writing == START + dt.timedelta(minutes=2)


def test_a_newcomer_is_held_to_it_from_the_first_minute(world, client, clock):
    limit(world.program, 15)
    asked = inviting.invite(world.elm, email="new@example.org", role=Role.PRACTITIONER, by=world.ana, now=START)
    client.post(inviting.link_of(asked), {"name": "New", "password": "over-the-hills-and-far"})
    assert UserSession.objects.get().user.email == "new@example.org"
    minutes(clock, 16)
    assert client.get("/todo/").status_code == 302


@pytest.mark.parametrize(("said", "kept"), [("30", 30), ("", None)])
def test_an_administrator_says_how_long(world, sign_in, said, kept):
    form = {"name": "M", "time_zone": "America/Detroit", "fiscal_year_starts": 10, "late_days": 7, "stuck_days": 7}
    form |= {"quiet_days": 30, "duty_days": 14, "idle_minutes": said}
    assert sign_in(world.dee).post("/programs/michigan/settings/", form).status_code == 302
    assert Program.objects.get(pk=world.program.pk).idle_minutes == kept
    form["idle_minutes"] = "1"
    assert sign_in(world.dee).post("/programs/michigan/settings/", form).status_code == 422
