"""Two steps in a real browser: a passkey from a made-up device, and the pages that set up a second step."""

import pytest
from allauth.mfa.models import Authenticator
from django.contrib.sessions.models import Session

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


def test_a_note_typed_for_too_long_is_still_there_after_signing_in_again(page, live_server, world, visit):
    Program.objects.filter(pk=world.program.pk).update(idle_minutes=15)
    notes = f"/projects/{world.project.slug}/sites/{world.elm.slug}/notes/new/"
    visit(world.bo, notes)
    box = page.locator("textarea[data-keep]")
    box.fill("The nurse manager wants to see the data first.")
    session = Session.objects.get()
    store = session.get_session_store_class()(session.session_key)
    store[SEEN] = 1  # long ago
    store.save()
    page.get_by_role("button", name="Save the note").click()
    page.get_by_text("You were signed out because nothing happened for 15 minutes.").wait_for()
    page.get_by_label("E-mail address").fill(world.bo.email)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in", exact=True).click()
    page.wait_for_url(f"**{notes}")
    assert box.input_value() == "The nurse manager wants to see the data first."
    assert not world.plan.notes.exists()


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
    page.wait_for_url(f"**{notes}")
    assert box.input_value() == ""
    assert "nurse manager" not in page.evaluate("JSON.stringify(sessionStorage)")
