"""Where a person is signed in, and ending it."""

import datetime as dt

import pytest
from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session
from django.test import Client

from accounts import leaving, sessions
from accounts.tasks import sweep
from tests.cast import PASSWORD, person

pytestmark = pytest.mark.django_db
NOW = dt.datetime(2026, 1, 5, tzinfo=dt.UTC)
FIREFOX = "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:146.0) Gecko/20100101 Firefox/146.0"
PHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 19_0 like Mac OS X) AppleWebKit/605.1.15 Version/19.0 Mobile Safari/604.1"
NEW = "over-the-hills-and-far"


def signed_in(user, user_agent=FIREFOX):
    client = Client(headers={"User-Agent": user_agent})
    client.post("/accounts/login/", {"login": user.email, "password": PASSWORD})
    return client


def is_in(client):
    return client.get("/profile/").status_code == 200


@pytest.fixture
def bo():
    return person("Bo Lindqvist")


@pytest.mark.parametrize(
    ("said", "name"),
    [
        (FIREFOX, "Firefox on Windows"),
        (PHONE, "Safari on iOS"),
        ("Mozilla/5.0 (Linux; Android 16) Chrome/143.0 Mobile Safari/537.36", "Chrome on Android"),
        ("Mozilla/5.0 (Macintosh; Intel Mac OS X 15) Chrome/143.0 Safari/537.36 Edg/143.0", "Edge on macOS"),
        ("curl/8", "A browser"),
        ("", "A browser"),
    ],
)
def test_a_browser_is_named_in_words(said, name):
    assert sessions.name_of(said) == name


def test_a_person_sees_where_they_are_signed_in_and_nobody_elses(bo):
    here, _phone, _other = signed_in(bo), signed_in(bo, PHONE), signed_in(person("Ana Brandt"))
    page = here.get("/profile/devices/")
    assert [(one.name, one.is_this) for one in page.context["devices"]] == [
        ("Firefox on Windows", True),
        ("Safari on iOS", False),
    ]


def test_the_profile_leads_there_and_only_other_devices_can_be_signed_out(bo):
    here = signed_in(bo)
    assert 'href="/profile/devices/"' in here.get("/profile/").content.decode()
    assert "Sign out everywhere else" not in here.get("/profile/devices/").content.decode()
    signed_in(bo, PHONE)
    assert "Sign out everywhere else" in here.get("/profile/devices/").content.decode()


def test_signing_out_everywhere_else_leaves_this_browser(bo):
    here, phone, tablet, other = signed_in(bo), signed_in(bo, PHONE), signed_in(bo), signed_in(person("Ana Brandt"))
    said = here.post("/profile/devices/", follow=True)
    assert "You are signed out at 2 devices." in said.content.decode()
    assert [is_in(one) for one in (here, phone, tablet, other)] == [True, False, False, True]


def test_one_device_is_signed_out_and_never_one_of_somebody_else(bo):
    here, phone, tablet, other = signed_in(bo), signed_in(bo, PHONE), signed_in(bo), signed_in(person("Ana Brandt"))
    pk = UserSession.objects.get(user=bo, user_agent=PHONE).pk
    foreign = UserSession.objects.exclude(user=bo).get().pk
    for device in (pk, foreign, "nonsense", "9" * 40):
        here.post("/profile/devices/", {"device": device})
    assert [is_in(one) for one in (here, phone, tablet, other)] == [True, False, True, True]


def test_a_changed_password_ends_the_others_and_the_list_says_so(bo):
    here, phone = signed_in(bo), signed_in(bo, PHONE)
    here.post("/accounts/password/change/", {"oldpassword": PASSWORD, "password1": NEW, "password2": NEW})
    assert [is_in(here), is_in(phone)] == [True, False]
    assert [one.is_this for one in here.get("/profile/devices/").context["devices"]] == [True]


def test_who_is_let_in_again_finds_no_session_open(bo):
    here = signed_in(bo)
    leaving.deactivate(bo, by=None, now=NOW)
    leaving.reactivate(bo, by=None, now=NOW)
    assert not is_in(here)
    assert not UserSession.objects.exists()


def test_what_is_known_of_devices_goes_with_the_person_and_with_the_session(bo):
    signed_in(bo)
    Session.objects.all().delete()
    sweep()
    assert not UserSession.objects.exists()
    signed_in(bo)
    leaving.anonymise(bo, by=None, now=NOW)
    assert not UserSession.objects.exists()


@pytest.mark.parametrize("devices", [1, 5])
def test_the_list_needs_as_many_statements_however_many_devices(bo, at_most, devices):
    here = signed_in(bo)
    for _more in range(devices):
        signed_in(bo)
    with at_most(5):
        here.get("/profile/devices/")
