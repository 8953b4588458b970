"""Two steps in a real browser, the pages that set up a second step, and an account that is closed for good."""

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value, yield_hotp_counters_from_time
from django.conf import settings
from django.contrib.sessions.models import Session
from django.test import Client
from playwright.sync_api import expect

from accounts.sessions import SEEN
from projects.models import Program, Role
from tests.browser.looks import LOOKS, fits, in_look
from tests.cast import PASSWORD

DEVICE = {
    "protocol": "ctap2",
    "transport": "internal",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserVerified": True,
    "automaticPresenceSimulation": True,
}


@pytest.fixture
def key_ring(page):
    """Give the browser a device that makes passkeys and always says yes."""
    session = page.context.new_cdp_session(page)
    session.send("WebAuthn.enable")
    return session.send("WebAuthn.addVirtualAuthenticator", {"options": DEVICE})["authenticatorId"]


def code_for(key):
    """Return what an authenticator app shows now for a key."""
    return format_hotp_value(hotp_value(key, next(iter(yield_hotp_counters_from_time()))))


def enter(page, address, who):
    page.goto(address)
    page.get_by_label("E-mail address").fill(who.email)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in", exact=True).click()


def test_whoever_must_adds_a_passkey_and_signs_in_with_it(page, live_server, world, key_ring, axe):
    Program.objects.filter(pk=world.program.pk).update(two_step_roles=[Role.PRACTITIONER])
    page.emulate_media(reduced_motion="reduce")  # so that axe sees no color on its way to another
    errors = []
    page.on("console", lambda said: errors.append(said.text) if said.type == "error" else None)
    enter(page, live_server.url + "/todo/", world.bo)
    page.wait_for_url("**/two-steps/")
    for width, scheme in LOOKS:
        in_look(page, width, scheme)
        assert fits(page)
        axe(page)
    page.get_by_role("link", name="Add a passkey").click()
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Go on").click()
    page.wait_for_url("**/webauthn/add/")
    axe(page)
    assert page.get_by_text("The passkey was not used.").is_hidden()
    page.get_by_label("What you call it").fill("Clinic laptop")
    page.get_by_role("button", name="Add the passkey").click()
    page.get_by_role("heading", name="Recovery codes", level=1).wait_for()
    page.get_by_role("link", name="I keep them safe").click()
    page.get_by_role("heading", name="To do", level=1).wait_for()
    assert Authenticator.objects.get(user=world.bo, type="webauthn").wrap().name == "Clinic laptop"

    page.locator("details.account summary").click()
    page.get_by_role("button", name="Sign out").click()
    page.goto(live_server.url + "/profile/")
    for _width, scheme in LOOKS[:2]:
        in_look(page, 360, scheme)
        axe(page)
    page.get_by_role("button", name="Sign in with a passkey").click()
    page.get_by_role("heading", name="Profile", level=1).wait_for()
    assert errors == []


@pytest.mark.parametrize("missing", ["", "**/keep-typed*.js"], ids=["all_scripts", "script_of_the_sign_in_page_late"])
def test_a_note_typed_for_too_long_is_still_there_after_signing_in_again(page, live_server, world, visit, missing):
    Program.objects.filter(pk=world.program.pk).update(idle_minutes=15)
    notes = f"/projects/{world.project.slug}/sites/{world.elm.slug}/notes/new/"
    visit(world.bo, notes)
    box = page.locator("textarea[data-keep]")
    box.fill("The nurse manager wants to see the data first.")
    session = Session.objects.get()
    store = session.get_session_store_class()(session.session_key)
    store[SEEN] = 1  # long ago
    store.save()
    if missing:
        page.route(missing, lambda route: route.abort())
    page.get_by_role("button", name="Save the note").click()
    page.get_by_text("You were signed out because nothing happened for 15 minutes.").wait_for()
    page.unroute_all()
    page.get_by_label("E-mail address").fill(world.bo.email)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in", exact=True).click()
    page.wait_for_url(live_server.url + notes)  # the sign-in page has it in its address
    assert box.input_value() == "The nurse manager wants to see the data first."
    assert not world.plan.notes.exists()


def test_a_note_that_was_refused_is_kept_and_one_that_was_saved_never_comes_back(page, live_server, world, visit):
    notes = f"/projects/{world.project.slug}/sites/{world.elm.slug}/notes/new/"
    visit(world.bo, notes)
    box = page.locator("textarea[data-keep]")
    box.fill("The nurse manager wants to see the data first.")
    page.context.clear_cookies(name=settings.CSRF_COOKIE_NAME)
    page.get_by_role("button", name="Save the note").click()
    page.get_by_role("heading", name="Your page was open for too long").wait_for()
    page.goto(live_server.url + notes)
    expect(box).to_have_value("The nurse manager wants to see the data first.")
    page.get_by_role("button", name="Save the note").click()
    page.get_by_text("The nurse manager wants").wait_for()
    assert world.plan.notes.count() == 1
    visit(world.bo, notes)  # signed in anew
    expect(box).to_have_value("")


def test_a_note_that_was_saved_never_comes_back_where_one_signs_in_elsewhere_meanwhile(page, live_server, world, visit):
    notes = f"/projects/{world.project.slug}/sites/{world.elm.slug}/notes/new/"
    visit(world.bo, notes)
    box = page.locator("textarea[data-keep]")
    box.fill("The nurse manager wants to see the data first.")
    Client().force_login(world.bo)  # on the phone
    page.get_by_role("button", name="Save the note").click()
    page.get_by_text("Your note is saved.").wait_for()
    page.goto(live_server.url + notes)
    expect(box).to_have_value("")


def test_a_note_is_kept_when_something_goes_wrong_on_our_side(page, live_server, world, visit, monkeypatch):
    notes = f"/projects/{world.project.slug}/sites/{world.elm.slug}/notes/new/"
    visit(world.bo, notes)
    box = page.locator("textarea[data-keep]")
    box.fill("The nurse manager wants to see the data first.")
    with monkeypatch.context() as broken:
        broken.setattr("projects.notes.write_note", lambda *_args, **_said: 1 / 0)
        page.get_by_role("button", name="Save the note").click()
        page.get_by_role("heading", name="Something went wrong on our side").wait_for()
    page.get_by_role("link", name="go to the start").click()
    page.get_by_role("heading", name="To do", level=1).wait_for()
    page.goto(live_server.url + notes)
    expect(box).to_have_value("The nurse manager wants to see the data first.")


def test_what_somebody_typed_is_not_shown_to_who_signs_in_after_them(page, live_server, world, visit):
    Program.objects.filter(pk=world.program.pk).update(idle_minutes=15)
    notes = f"/projects/{world.project.slug}/sites/{world.elm.slug}/notes/new/"
    visit(world.bo, notes)
    box = page.locator("textarea[data-keep]")
    box.fill("The nurse manager wants to see the data first.")
    Session.objects.all().delete()
    page.reload()
    page.get_by_label("E-mail address").fill(world.ana.email)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in", exact=True).click()
    page.wait_for_url(live_server.url + notes)  # the sign-in page has it in its address
    assert box.input_value() == ""
    assert "nurse manager" not in page.evaluate("JSON.stringify(sessionStorage)")


def test_codes_from_an_app_are_set_up_and_lead_on_to_the_page_asked_for(page, live_server, world, axe):
    Program.objects.filter(pk=world.program.pk).update(two_step_roles=[Role.PRACTITIONER])
    page.emulate_media(reduced_motion="reduce")
    asked = world.plan.get_absolute_url()
    enter(page, live_server.url + asked, world.bo)
    page.get_by_role("link", name="Set up an app").click()
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Go on").click()
    key = page.locator("#secret").inner_text()
    page.get_by_label("Six digits that the app shows").fill("000")
    page.get_by_role("button", name="Switch it on").click()
    expect(page.get_by_role("alert")).to_contain_text("This is not the right code.")
    for width, scheme in LOOKS:
        in_look(page, width, scheme)
        assert fits(page)
        axe(page)
    page.get_by_label("Six digits that the app shows").fill(code_for(key))
    page.get_by_role("button", name="Switch it on").click()
    page.get_by_role("heading", name="Recovery codes", level=1).wait_for()
    codes = page.locator(".codes code").all_inner_texts()
    assert len(codes) == 10
    for width, scheme in LOOKS:
        in_look(page, width, scheme)
        assert fits(page)
        axe(page)
    page.get_by_role("link", name="I keep them safe").click()
    page.wait_for_url(live_server.url + asked)

    page.context.clear_cookies()
    enter(page, live_server.url + asked, world.bo)
    page.get_by_label("Code").fill(codes[0])
    page.get_by_role("button", name="Sign in", exact=True).click()
    page.wait_for_url(live_server.url + asked)
    left = Authenticator.objects.get(user=world.bo, type=Authenticator.Type.RECOVERY_CODES).wrap()
    assert codes[0] not in left.get_unused_codes()


def test_an_administrator_closes_an_account_and_forgets_who_it_was(page, world, visit, axe):
    held = world.bo.memberships.get()
    visit(world.dee, f"/programs/{world.program.slug}/people/{held.pk}/account/")
    page.emulate_media(reduced_motion="reduce")
    page.get_by_role("button", name="Close the account").click()
    expect(page.locator(".messages")).to_contain_text("Nobody can sign in with it.")
    page.get_by_role("button", name="Forget this person").click()
    box = page.get_by_label("I know that this cannot be undone.")
    expect(box).to_have_accessible_description("Tick the box to say that you know this cannot be undone.")
    for width, scheme in LOOKS:
        in_look(page, width, scheme)
        assert fits(page)
        axe(page)
    box.check()
    page.get_by_role("button", name="Forget this person").click()
    expect(page.locator(".messages")).to_contain_text("are forgotten. What was done stays.")
    axe(page)
    world.bo.refresh_from_db()
    assert (world.bo.is_active, "Bo" in world.bo.name, world.bo.email.startswith("bo@")) == (False, False, False)
