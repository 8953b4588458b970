import datetime as dt
import re

import pytest
from django.core.exceptions import ValidationError
from django.core.signing import Signer
from django.utils import timezone

from accounts.models import Activity, User
from outbox import kinds
from outbox.models import Delivery
from projects import duties, inviting
from projects.inviting import State
from projects.models import Duty, Invitation, Membership, Role, Scopes
from tests.cast import join, person

pytestmark = pytest.mark.django_db
EMAIL = "maria@clinic.example"
OTHERS, OURS = Signer(salt="another"), Signer(salt=inviting.SALT)


@pytest.fixture
def asked(world):
    """Ana has asked Maria, who has no account, to be Elm's champion."""
    return inviting.invite(
        world.elm, email=EMAIL, role=Role.PRACTITIONER, duty="site_champion", by=world.ana, now=world.now
    )


def mail_of(delivery, now):
    return kinds.get("invitation").compose(delivery, now)


def test_an_invitation_is_a_message_in_the_outbox_and_no_membership(world, asked):
    delivery = Delivery.objects.get()
    assert (delivery.kind, delivery.address, delivery.data) == ("invitation", EMAIL, {"invitation": asked.pk})
    assert Membership.objects.filter(site=world.elm).count() == 1  # Bo's
    assert Activity.objects.filter(verb="invited", site_id=world.elm.pk).exists()


def test_the_mail_says_who_invites_to_what_and_carries_the_link(world, asked):
    message = mail_of(Delivery.objects.get(), world.now)
    assert message.subject == "Ana Brandt invites you to Elm Clinic"
    for text in (message.text, message.html):
        assert inviting.link_of(asked) in text
        assert "Site team member" in text
        assert "Mon 19 Jan 2026" in text


def test_nothing_is_sent_for_an_invitation_that_was_taken_back_meanwhile(world, asked):
    inviting.revoke(asked, by=world.ana, now=world.now)
    assert mail_of(Delivery.objects.get(), world.now) is None


def test_somebody_invited_to_three_sites_gets_one_mail_that_names_them_all(world):
    rows = [inviting.Asked(site, EMAIL, Role.PRACTITIONER) for site in (world.elm, world.oak, world.other_site)]
    inviting.invite_many(rows, by=world.ana, now=world.now)
    message = mail_of(Delivery.objects.get(), world.now)
    assert message.subject == "Ana Brandt invites you to Elm Clinic and 2 more"
    assert all(name in message.text for name in ("Elm Clinic", "Oak Clinic", "Pine School"))


def test_who_accepts_gets_the_role_and_the_job(world, asked):
    maria, accepted = inviting.join_as_newcomer(asked, name="Maria Okafor", password="long enough 12", now=world.now)
    assert accepted == [asked]
    assert Scopes.read(maria).sites == {world.elm.pk: frozenset({Role.PRACTITIONER})}
    assert Duty.objects.get(site=world.elm, key="site_champion").user == maria


@pytest.mark.parametrize(("name", "phone"), [("Jo Field", ""), ("maria okafor", "616-555-0100")])
def test_who_accepts_a_job_has_no_phone_of_whoever_held_it_before(world, asked, name, phone):
    duties.set_duty(world.elm, "site_champion", name=name, phone="616-555-0100", by=world.ana, now=world.now)
    maria, _accepted = inviting.join_as_newcomer(asked, name="Maria Okafor", password="long enough 12", now=world.now)
    held = Duty.objects.get(site=world.elm, key="site_champion")
    assert (held.user, held.phone) == (maria, phone)


def test_accepting_takes_every_open_invitation_of_the_address(world, asked):
    inviting.invite(world.oak, email=EMAIL, role=Role.OBSERVER, by=world.ana, now=world.now)
    maria = person("Maria", email=EMAIL)
    inviting.accept(asked, maria, now=world.now)
    assert set(Scopes.read(maria).sites) == {world.elm.pk, world.oak.pk}


def test_a_job_that_somebody_holds_stays_with_them(world, asked):
    Duty.objects.create(site=world.elm, key="site_champion", user=world.bo, since_on=world.now.date())
    inviting.accept(asked, person("Maria", email=EMAIL), now=world.now)
    assert Duty.objects.get(site=world.elm).user == world.bo


def test_a_replayed_accept_changes_nothing(world, asked):
    maria = person("Maria", email=EMAIL)
    inviting.accept(asked, maria, now=world.now)
    assert inviting.accept(asked, maria, now=world.now + dt.timedelta(days=1)) == []
    assert Membership.objects.filter(user=maria).count() == 1


def test_an_expired_invitation_is_refused_in_words(world, asked):
    late = world.now + dt.timedelta(days=14)
    with pytest.raises(ValidationError, match="no longer open"):
        inviting.accept(asked, person("Maria", email=EMAIL), now=late)
    assert not Membership.objects.filter(user__email=EMAIL).exists()


def test_an_invitation_cannot_be_accepted_by_another_address(world, asked):
    with pytest.raises(ValidationError, match=f"for {EMAIL}, and you are signed in as nia@example.org"):
        inviting.accept(asked, world.nia, now=world.now)
    assert not Scopes.read(world.nia).any


def test_the_address_is_the_same_in_capitals(world):
    invitation = inviting.invite(
        world.elm, email=" MARIA@Clinic.Example", role=Role.OBSERVER, by=world.ana, now=world.now
    )
    assert invitation.email == EMAIL


def test_inviting_a_member_again_is_refused_in_words(world):
    with pytest.raises(ValidationError, match="Bo Lindqvist is already here"):
        inviting.invite(world.elm, email=world.bo.email, role=Role.PRACTITIONER, by=world.ana, now=world.now)


def test_inviting_an_address_twice_is_refused_in_words_and_sends_nothing(world, asked):
    with pytest.raises(ValidationError, match="already has an open invitation"):
        inviting.invite(world.elm, email=EMAIL, role=Role.PRACTITIONER, by=world.ana, now=world.now)
    assert Delivery.objects.count() == 1


def test_somebody_who_was_deactivated_is_not_invited(world):
    world.bo.is_active = False
    world.bo.save()
    with pytest.raises(ValidationError, match="closed"):
        inviting.invite(world.oak, email=world.bo.email, role=Role.PRACTITIONER, by=world.ana, now=world.now)


def test_a_new_link_ends_the_older_one(world, asked):
    older = inviting.link_of(asked).split("/")[-2]
    inviting.send_again(asked, by=world.ana, now=world.now)
    with pytest.raises(inviting.Broken):
        inviting.find(older)
    assert inviting.find(inviting.link_of(asked).split("/")[-2]) == asked
    assert Delivery.objects.count() == 2


@pytest.mark.parametrize("signed", ["", "x", "x:y:z", OTHERS.sign_object([1, "x"]), OURS.sign_object("x")])
def test_a_link_that_is_not_ours_is_broken(world, asked, signed):
    with pytest.raises(inviting.Broken):
        inviting.find(signed)


# The page


def test_opening_the_link_changes_nothing(world, fresh, client):
    for _count in range(2):
        assert client.get(inviting.link_of(fresh)).status_code == 200
    fresh.refresh_from_db()
    assert fresh.accepted_at is None
    assert not User.objects.filter(email=EMAIL).exists()


@pytest.fixture
def fresh(world):
    """An invitation of today, by the real clock, as the pages have it."""
    return inviting.invite(
        world.elm,
        email=EMAIL,
        role=Role.PRACTITIONER,
        duty="site_champion",
        by=world.ana,
        now=dt.datetime.now(dt.UTC),
    )


def test_a_newcomer_makes_an_account_on_the_page_and_is_at_the_site(world, fresh, client):
    link = inviting.link_of(fresh)
    assert "Make my account and join" in client.get(link).content.decode()
    answer = client.post(link, {"name": "Maria Okafor", "password": "long enough 12"}, follow=True)
    assert answer.redirect_chain[-1][0] == world.plan.get_absolute_url()
    assert answer.context["user"].email == EMAIL


def test_a_weak_password_is_refused_and_makes_nothing(world, fresh, client):
    answer = client.post(inviting.link_of(fresh), {"name": "Maria", "password": "12345"})
    assert answer.status_code == 422
    assert not User.objects.filter(email=EMAIL).exists()


def test_replaying_the_newcomers_form_makes_no_second_account(world, fresh, client):
    link, said = inviting.link_of(fresh), {"name": "Maria", "password": "long enough 12"}
    client.post(link, said)
    client.logout()
    answer = client.post(link, said)
    assert answer.status_code == 410
    assert User.objects.filter(email=EMAIL).count() == 1


def test_who_has_an_account_signs_in_and_accepts_with_one_button(world, client, sign_in):
    invitation = inviting.invite(
        world.elm, email=world.nia.email, role=Role.PRACTITIONER, by=world.ana, now=dt.datetime.now(dt.UTC)
    )
    link = inviting.link_of(invitation)
    assert f"/accounts/login/?next={link}" in client.get(link).content.decode().replace("%3A", ":")
    assert client.post(link).status_code == 422
    assert "Join Elm Clinic" in sign_in(world.nia).get(link).content.decode()
    assert client.post(link).headers["Location"] == world.plan.get_absolute_url()
    assert client.post(link).headers["Location"] == world.plan.get_absolute_url()
    assert Membership.objects.filter(user=world.nia).count() == 1


def test_somebody_else_who_is_signed_in_is_told_and_cannot_accept(world, fresh, sign_in):
    client = sign_in(world.nia)
    page = client.get(inviting.link_of(fresh)).content.decode()
    assert "you are signed in as nia@example.org" in page
    assert client.post(inviting.link_of(fresh)).status_code == 422
    assert not Scopes.read(world.nia).any


def test_an_expired_link_offers_a_new_one_and_the_new_one_goes_to_the_invited_address(world, asked, client):
    page = client.get(inviting.link_of(asked))  # of January, and today is later
    assert page.status_code == 410
    assert "Send me a new link" in page.content.decode()
    answer = client.post("/invitations/new-link/", {"email": EMAIL.upper()})
    assert "a new link is on its way" in answer.content.decode()
    assert list(Delivery.objects.values_list("address", flat=True)) == [EMAIL, EMAIL]
    asked.refresh_from_db()
    assert client.get(inviting.link_of(asked)).status_code == 200


def test_asking_for_a_link_again_and_again_sends_one(world, asked, client):
    for _count in range(3):
        client.post("/invitations/new-link/", {"email": EMAIL})
    assert Delivery.objects.count() == 2


def test_the_answer_about_an_unknown_address_is_the_same_and_sends_nothing(world, asked, client):
    known = client.post("/invitations/new-link/", {"email": EMAIL})
    unknown = client.post("/invitations/new-link/", {"email": "other@clinic.example"})
    assert known.status_code == unknown.status_code == 200
    said = [
        re.sub(r"[a-z]+@clinic.example|csrf[^>]*|X-CSRFToken[^}]*", "", one.content.decode())
        for one in (known, unknown)
    ]
    assert said[0] == said[1]
    assert not Delivery.objects.filter(address="other@clinic.example").exists()


def test_a_broken_link_offers_a_new_one(world, client):
    page = client.get("/invitations/WzEsIngiXQ:1abc:cut-off/")
    assert page.status_code == 404
    assert "Send me a new link" in page.content.decode()


def test_a_revoked_invitation_says_so(world, fresh, client):
    inviting.revoke(fresh, by=world.ana, now=dt.datetime.now(dt.UTC))
    page = client.get(inviting.link_of(fresh))
    assert page.status_code == 410
    assert "taken back" in page.content.decode()
    assert client.post(inviting.link_of(fresh), {"name": "M", "password": "long enough 12"}).status_code == 410
    assert not User.objects.filter(email=EMAIL).exists()


def test_a_closed_account_cannot_come_back_by_an_invitation(world, fresh, client):
    person("Maria", email=EMAIL, is_active=False)
    assert inviting.state_of(fresh, world.nia, now=world.now) is State.OTHER
    page = client.post(inviting.link_of(fresh), {"name": "Maria", "password": "long enough 12"})
    assert page.status_code == 410
    assert not Membership.objects.filter(user__email=EMAIL).exists()


def test_markup_and_long_words_in_names_are_only_text(world, client):
    world.ana.name = "<script>alert(1)</script>" + "W" * 120
    world.ana.save()
    invitation = inviting.invite(world.elm, email=EMAIL, role=Role.OBSERVER, by=world.ana, now=dt.datetime.now(dt.UTC))
    assert "<script>alert" not in client.get(inviting.link_of(invitation)).content.decode()
    assert "<script>alert" not in mail_of(Delivery.objects.get(), dt.datetime.now(dt.UTC)).html


def test_a_member_of_two_roles_is_invited_to_a_second(world):
    join(world.nia, Role.OBSERVER, world.elm)
    inviting.invite(world.elm, email=world.nia.email, role=Role.PRACTITIONER, by=world.ana, now=world.now)
    assert Invitation.objects.open().count() == 1


def test_a_mail_for_several_invitations_stays_good_when_the_first_is_taken_back(world, client):
    rows = [inviting.Asked(site, EMAIL, Role.PRACTITIONER) for site in (world.elm, world.oak)]
    first, second = inviting.invite_many(rows, by=world.ana, now=timezone.now())
    link = inviting.link_of(first)
    inviting.revoke(first, by=world.ana, now=timezone.now())
    assert inviting.link_of(second) in mail_of(Delivery.objects.get(), timezone.now()).text
    page = client.get(link)
    assert page.status_code == 200
    assert "Oak Clinic" in page.text
    assert "Elm Clinic" not in page.text
    client.post(link, {"name": "Maria Lopez", "password": "a-long-way-to-walk"})
    assert list(Membership.objects.filter(user__email=EMAIL).values_list("site", flat=True)) == [world.oak.pk]


def test_asking_for_new_links_has_a_limit(client, db, settings):
    del settings.ACCOUNT_RATE_LIMITS
    url = "/invitations/new-link/"
    answers = [client.post(url, {"email": f"someone{number}@clinic.example"}).status_code for number in range(25)]
    assert answers == [200] * 20 + [429] * 5


def test_somebody_with_an_account_who_is_appointed_gets_a_mail(world):
    inviting.appoint(world.program, email=world.nia.email, role=Role.ADMINISTRATOR, by=world.dee, now=world.now)
    delivery = Delivery.objects.get()
    message = kinds.get("appointed").compose(delivery, world.now)
    assert (delivery.person, message.subject) == (world.nia, "You are now State administrator of Michigan Program")
    assert "Dee Halvorsen has given you a role" in message.text
    assert "/programs/michigan/" in message.html
    Membership.objects.filter(user=world.nia).update(ended_at=world.now)
    assert kinds.get("appointed").compose(delivery, world.now) is None


def test_nobody_is_invited_to_look_and_to_hold_a_job(world, sign_in):
    said = {"email": EMAIL, "role": Role.OBSERVER, "duty": "coach"}
    answer = sign_in(world.ana).post(f"{world.plan.get_absolute_url()}people/invite/", said)
    assert answer.status_code == 422
    assert "cannot hold a job" in answer.content.decode()
    assert not Invitation.objects.exists()


def test_an_older_invitation_to_look_gives_no_job_any_more(world):
    asked = inviting.Asked(world.elm, EMAIL, Role.OBSERVER, "coach")
    [invitation] = inviting.invite_many([asked], by=world.ana, now=world.now)
    inviting.join_as_newcomer(invitation, name="New Person", password="walk-the-road-9", now=world.now)
    assert not Duty.objects.exists()
