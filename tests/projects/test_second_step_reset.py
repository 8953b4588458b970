"""An administrator helps in who lost phone and passkey."""

import pytest
from allauth.mfa.models import Authenticator
from django.core import mail
from django.core.exceptions import ValidationError
from django.test import Client

from accounts.models import Activity
from outbox import delivering
from outbox.models import Delivery
from projects import history, second_step_reset
from projects.models import Membership, Role, Scopes
from tests.cast import PASSWORD, join, person, second_step

pytestmark = pytest.mark.django_db
REASON = "Lost the phone, called me."


@pytest.fixture
def held(world):
    """Bo's role at Elm; Bo has an app and recovery codes."""
    second_step(world.bo)
    Authenticator.objects.create(user=world.bo, type=Authenticator.Type.RECOVERY_CODES, data={})
    return Membership.objects.get(user=world.bo)


def reset(held, by, now):
    second_step_reset.reset_second_step(held, reason=REASON, by=by, now=now)


def at(world, held):
    return f"/projects/{world.project.slug}/sites/{world.elm.slug}/people/{held.pk}/second-step/"


def test_an_administrator_removes_it_and_it_is_recorded_and_told(world, held, sign_in):
    page = sign_in(world.dee).get(f"/projects/{world.project.slug}/sites/{world.elm.slug}/people/").content.decode()
    assert f'href="{at(world, held)}"' in page
    assert "Remove the second step of Bo Lindqvist?" in sign_in(world.dee).get(at(world, held)).content.decode()
    answer = sign_in(world.dee).post(at(world, held), {"reason": REASON}, follow=True)
    assert "Bo Lindqvist can sign in with the password alone now." in answer.content.decode()
    assert not Authenticator.objects.filter(user=world.bo).exists()
    row = Activity.objects.get(verb="second_step_reset")
    assert (row.actor, row.person, row.changes) == (world.dee, world.bo, {"reason": ["", REASON]})
    line = history.line_of(row, today=world.now.date())
    assert "removed the second step by which <strong>Bo Lindqvist, Site team member</strong> signs in" in line.sentence
    assert line.detail == REASON
    delivering.deliver(Delivery.objects.get(kind="second_step_reset").pk)
    assert mail.outbox[0].to == [world.bo.email]
    assert "Dee Halvorsen has removed the second step" in mail.outbox[0].body


def test_it_ends_the_sessions_of_the_person(world, held):
    Authenticator.objects.filter(user=world.bo).delete()
    client = Client()
    client.post("/accounts/login/", {"login": world.bo.email, "password": PASSWORD})
    second_step(world.bo)
    assert client.get("/profile/").status_code == 200
    reset(held, world.dee, world.now)
    assert client.get("/profile/").status_code == 302


def test_a_reason_must_be_given(world, held, sign_in):
    answer = sign_in(world.dee).post(at(world, held), {"reason": " "})
    assert answer.status_code == 422
    assert "Say why, in a few words." in answer.content.decode()
    assert Scopes.read(world.bo).has_second_step


def test_nobody_does_it_for_themselves(world):
    own = Membership.objects.get(user=world.dee)
    with pytest.raises(ValidationError, match="for yourself"):
        reset(own, world.dee, world.now)


def test_who_has_none_cannot_lose_it(world):
    with pytest.raises(ValidationError, match="has no second step"):
        reset(Membership.objects.get(user=world.vi), world.dee, world.now)


def test_staff_and_those_who_run_another_program_are_helped_by_their_own(world):
    staff = join(person("Sam Staff", is_staff=True), Role.OBSERVER, world.program)
    with pytest.raises(ValidationError, match="looks after this installation"):
        reset(staff, world.dee, world.now)
    foreign = join(world.ed, Role.OBSERVER, world.program)
    with pytest.raises(ValidationError, match="also runs another program"):
        reset(foreign, world.dee, world.now)
    assert Scopes.read(world.ed).has_second_step
    assert not Activity.objects.filter(verb="second_step_reset").exists()
    assert not Delivery.objects.exists()
    join(world.dee, Role.ADMINISTRATOR, world.other_program)
    reset(foreign, world.dee, world.now)
    assert not Scopes.read(world.ed).has_second_step


def test_a_lead_is_not_offered_it(world, held, sign_in):
    client = sign_in(world.ana)
    assert "second-step" not in client.get(f"/projects/{world.project.slug}/people/").content.decode()
    assert client.post(at(world, held), {"reason": REASON}).status_code == 403
    assert Scopes.read(world.bo).has_second_step
