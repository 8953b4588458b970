"""Signing in and all that belongs to it, through the pages people use."""

import datetime as dt
import re

import pytest
import time_machine
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value, yield_hotp_counters_from_time
from django.core import mail
from django.core.cache import cache
from django.core.management import call_command
from django.urls import get_resolver, reverse

from accounts import leaving
from outbox import delivering
from outbox.models import Delivery
from tests.cast import PASSWORD, person

LOGIN = "/accounts/login/"
NEW_PASSWORD = "over-the-hills-and-far"
OPEN = {
    "account_login",
    "account_logout",
    "account_inactive",
    "account_signup",
    "account_email_verification_sent",
    "account_confirm_email",
    "account_confirm_login_code",
    "account_reset_password",
    "account_reset_password_done",
    "account_reset_password_from_key",
    "account_reset_password_from_key_done",
    "mfa_authenticate",
    "mfa_login_webauthn",
}


@pytest.fixture
def bo(db):
    return person("Bo Lindqvist")


def enter(client, login="bo@example.org", password=PASSWORD, **headers):
    return client.post(LOGIN, {"login": login, "password": password}, **headers)


def is_signed_in(client):
    return "_auth_user_id" in client.session


@pytest.mark.parametrize("typed", ["bo@example.org", "Bo@Example.ORG", " bo@example.org "])
def test_people_sign_in_with_address_and_password(client, bo, typed):
    assert enter(client, typed).status_code == 302
    assert is_signed_in(client)


def test_after_signing_in_people_are_where_they_wanted_to_be(client, bo):
    away = client.get("/profile/")
    assert away["Location"] == f"{LOGIN}?next=/profile/"
    there = client.post(away["Location"], {"login": bo.email, "password": PASSWORD, "next": "/profile/"})
    assert there["Location"] == "/profile/"


def test_the_first_page_after_signing_in_is_the_work_without_a_greeting(client, bo):
    page = client.post(LOGIN, {"login": bo.email, "password": PASSWORD}, follow=True).content.decode()
    assert "<h1>To do</h1>" in page
    assert "signed in as" not in page


def test_nobody_is_sent_to_another_site_after_signing_in(client, bo):
    there = client.post(LOGIN, {"login": bo.email, "password": PASSWORD, "next": "https://evil.example/"})
    assert there["Location"] == "/"


@pytest.mark.parametrize(("login", "password"), [("bo@example.org", "wrong"), ("nobody@example.org", PASSWORD)])
def test_a_wrong_password_and_an_unknown_address_are_answered_alike(client, bo, login, password):
    answer = enter(client, login, password)
    assert "The email address and/or password you specified are not correct." in answer.content.decode()
    assert not is_signed_in(client)


def test_who_is_deactivated_cannot_sign_in(client, bo):
    leaving.deactivate(bo, by=None, now=dt.datetime(2026, 1, 5, tzinfo=dt.UTC))
    enter(client)
    assert not is_signed_in(client)


def test_who_is_deactivated_while_signed_in_is_out_at_once(client, bo):
    enter(client)
    assert client.get("/profile/").status_code == 200
    leaving.deactivate(bo, by=None, now=dt.datetime(2026, 1, 5, tzinfo=dt.UTC))
    assert client.get("/profile/")["Location"] == f"{LOGIN}?next=/profile/"


def test_signing_out_is_a_post(client, bo):
    enter(client)
    client.get("/accounts/logout/")
    assert is_signed_in(client)
    client.post("/accounts/logout/")
    assert not is_signed_in(client)


def test_nobody_makes_an_account_uninvited(client, db):
    for answer in (
        client.get("/accounts/signup/"),
        client.post("/accounts/signup/", {"email": "new@example.org", "password1": NEW_PASSWORD}),
    ):
        assert answer.status_code == 200
        assert answer.templates[0].name == "account/signup_closed.html"


def account_urls():
    """Give (name, path) of every page of allauth."""
    arguments = {
        "account_confirm_email": ["key"],
        "account_reset_password_from_key": ["1", "key-key"],
        "mfa_edit_webauthn": [1],
        "mfa_remove_webauthn": [1],
    }
    names = sorted(name for name in get_resolver().reverse_dict if isinstance(name, str))
    return [
        (name, reverse(name, args=arguments.get(name, [])))
        for name in names
        if name.startswith(("account_", "mfa_")) and not name.startswith("accounts")
    ]


@pytest.mark.parametrize(("name", "path"), account_urls())
def test_a_stranger_reaches_only_the_pages_that_are_for_strangers(client, db, name, path):
    answer = client.get(path)
    is_closed = answer.status_code == 302 and answer["Location"] == f"{LOGIN}?next={path}"
    assert is_closed == (name not in OPEN)


def ask_for_reset(client, address):
    return client.post("/accounts/password/reset/", {"email": address})


def sent_now():
    """Deliver what waits, as the worker does, and return the mails."""
    for pk in Delivery.objects.filter(state="pending").values_list("pk", flat=True):
        delivering.deliver(pk)
    return mail.outbox


def test_a_forgotten_password_is_set_anew_by_a_mail_that_goes_through_the_outbox(client, bo, settings):
    ask_for_reset(client, "Bo@example.org")
    assert mail.outbox == []
    [delivery] = Delivery.objects.all()
    assert (delivery.kind, delivery.person, delivery.state) == ("account", bo, "pending")
    [reset] = sent_now()
    assert reset.subject == "Set a new password for Milepost"
    link = re.search(r"http://127\.0\.0\.1:8000(/accounts/password/reset/key/\S+)", reset.body)[1]
    assert reset.alternatives[0].content.count(link) == 2
    delivery.refresh_from_db()
    assert link not in str(delivery.__dict__)
    form = client.get(link, follow=True)
    client.post(form.request["PATH_INFO"], {"password1": NEW_PASSWORD, "password2": NEW_PASSWORD})
    assert enter(client, password=NEW_PASSWORD).status_code == 302
    assert sent_now()[1].subject == "Your Milepost password was set anew"


def test_a_reset_link_works_once(client, bo):
    ask_for_reset(client, bo.email)
    link = re.search(r"http://127\.0\.0\.1:8000(\S+)", sent_now()[0].body)[1]
    form = client.get(link, follow=True)
    client.post(form.request["PATH_INFO"], {"password1": NEW_PASSWORD, "password2": NEW_PASSWORD})
    assert client.get(link, follow=True).context["token_fail"] is True


def test_looking_at_a_reset_link_does_not_use_it_up(client, bo):
    ask_for_reset(client, bo.email)
    link = re.search(r"http://127\.0\.0\.1:8000(\S+)", sent_now()[0].body)[1]
    for _look in range(3):
        assert not client.get(link, follow=True).context.get("token_fail")


def test_an_unknown_address_gets_the_same_page_and_at_most_one_mail_a_day(client, bo):
    known, unknown = ask_for_reset(client, bo.email), ask_for_reset(client, "stranger@example.org")
    assert (known.status_code, known["Location"]) == (unknown.status_code, unknown["Location"])
    ask_for_reset(client, "stranger@example.org")
    [to_stranger] = Delivery.objects.filter(address="stranger@example.org")
    assert to_stranger.person is None
    assert "There is no account with this address" in to_stranger.data["text"]


def test_who_is_deactivated_gets_no_reset_link(client, bo):
    leaving.deactivate(bo, by=None, now=dt.datetime(2026, 1, 5, tzinfo=dt.UTC))
    ask_for_reset(client, bo.email)
    assert not any("reset/key" in sent.body for sent in sent_now())


def test_an_invitation_to_an_account_made_by_the_admin_sets_its_first_password(client, db):
    person_without = person("Nia Farouk")
    person_without.set_unusable_password()
    person_without.save()
    ask_for_reset(client, person_without.email)
    assert "reset/key" in sent_now()[0].body


def test_a_password_is_changed_and_said_so_by_mail(client, bo):
    enter(client)
    form = {"oldpassword": PASSWORD, "password1": NEW_PASSWORD, "password2": NEW_PASSWORD}
    assert client.post("/accounts/password/change/", form).status_code == 302
    assert is_signed_in(client)
    [said] = sent_now()
    assert said.subject == "Your Milepost password was changed"
    assert said.to == [bo.email]


@pytest.mark.parametrize("weak", ["short-one", "password1234", "bo@example.org"])
def test_a_weak_password_is_refused(client, bo, weak):
    enter(client)
    form = {"oldpassword": PASSWORD, "password1": weak, "password2": weak}
    assert client.post("/accounts/password/change/", form).context["form"].errors
    bo.refresh_from_db()
    assert bo.check_password(PASSWORD)


@pytest.fixture(params=["locmem.LocMemCache", "filebased.FileBasedCache", "db.DatabaseCache"])
def limits(request, settings, tmp_path, db):
    """The limits as they are in an installation, on each of the caches it may have."""
    location = {"locmem": "limits", "filebased": str(tmp_path), "db": "cache"}[request.param.split(".")[0]]
    settings.CACHES = {"default": {"BACKEND": f"django.core.cache.backends.{request.param}", "LOCATION": location}}
    if request.param.startswith("db."):
        call_command("createcachetable", verbosity=0)
    del settings.ACCOUNT_RATE_LIMITS
    cache.clear()
    yield
    cache.clear()


def test_guessing_one_persons_password_is_stopped_after_five_tries(client, bo, limits):
    for _try in range(5):
        enter(client, password="wrong")
    answer = enter(client)
    assert "Too many failed login attempts" in answer.content.decode()
    assert not is_signed_in(client)


def test_asking_for_resets_without_end_is_stopped(client, bo, limits):
    answers = [ask_for_reset(client, f"person-{number}@example.org").status_code for number in range(21)]
    assert answers == [302] * 20 + [429]
    assert Delivery.objects.count() == 20


def code_for(secret):
    return format_hotp_value(hotp_value(secret, next(iter(yield_hotp_counters_from_time()))))


def test_whoever_wants_signs_in_in_two_steps(client, bo):
    enter(client)
    once_more = client.get("/accounts/2fa/totp/activate/")["Location"]
    assert once_more.startswith("/accounts/reauthenticate/")
    page = client.post(once_more, {"password": PASSWORD}, follow=True)
    secret = page.context["form"].secret
    client.post("/accounts/2fa/totp/activate/", {"code": code_for(secret)})
    assert set(Authenticator.objects.values_list("type", flat=True)) == {"totp", "recovery_codes"}
    codes = Authenticator.objects.get(type="recovery_codes").wrap().get_unused_codes()
    client.post("/accounts/logout/")

    assert enter(client)["Location"] == "/accounts/2fa/authenticate/"
    assert not is_signed_in(client)
    client.post("/accounts/2fa/authenticate/", {"code": "000000"})
    assert not is_signed_in(client)
    client.post("/accounts/2fa/authenticate/", {"code": codes[0]})
    assert is_signed_in(client)
    client.post("/accounts/logout/")

    enter(client)
    client.post("/accounts/2fa/authenticate/", {"code": codes[0]})
    assert not is_signed_in(client)
    with time_machine.travel(dt.datetime.now(dt.UTC) + dt.timedelta(minutes=2), tick=False):
        client.post("/accounts/2fa/authenticate/", {"code": code_for(secret)})
    assert is_signed_in(client)


def test_the_admin_signs_people_in_by_the_same_page(client, bo):
    assert client.get("/admin/login/?next=/admin/")["Location"] == f"{LOGIN}?next=%2Fadmin%2F"
    client.force_login(bo)
    assert client.get("/admin/").status_code == 302
    assert client.get("/admin/login/?next=/admin/").status_code == 403


def test_the_admin_adds_a_person_who_sets_the_own_password(client, db):
    client.force_login(person("Root", is_staff=True, is_superuser=True))
    client.post("/admin/accounts/user/add/", {"email": "New@Example.org", "name": "New", "is_active": "on"})
    [new] = [user for user in type(person("Other")).objects.all() if user.email == "new@example.org"]
    assert not new.has_usable_password()
    assert client.get(f"/admin/accounts/user/{new.pk}/delete/").status_code == 403


def test_in_a_demo_its_people_are_offered(client, db, settings):
    person("Lee Lead", email="lead@demo.example")
    settings.DEMO = True
    page = client.get(LOGIN).content.decode()
    assert "Lee Lead" in page
    assert "walk-the-road" in page


def test_outside_a_demo_nobody_is_offered(client, db):
    person("Lee Lead", email="lead@demo.example")
    page = client.get(LOGIN).content.decode()
    assert "Lee Lead" not in page
    assert "walk-the-road" not in page


@pytest.mark.parametrize(
    ("address", "labels"),
    [
        ("/accounts/password/change/", ["The password you have now", "New password", "The new password again"]),
        ("/accounts/reauthenticate/", ["Password"]),
        ("/accounts/password/reset/", ["E-mail address"]),
    ],
)
def test_forms_for_signing_in_speak_our_words_and_keep_them_above_the_box(client, bo, address, labels):
    if "reset" not in address:
        client.post("/accounts/login/", {"login": bo.email, "password": PASSWORD})
    answer = client.get(address)
    assert [str(field.label) for field in answer.context["form"].visible_fields()] == labels
    assert "placeholder" not in answer.content.decode()
