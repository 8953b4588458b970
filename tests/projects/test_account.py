"""Closing the account of somebody who has left, opening it again, forgetting who it was."""

import pytest
from django.core.exceptions import ValidationError

from accounts.models import Activity, User
from outbox.models import Delivery
from projects import closing, inviting
from projects.models import Invitation, Membership, Role
from tests.cast import join, person

pytestmark = pytest.mark.django_db


def page_of(member, program="michigan"):
    return f"/programs/{program}/people/{Membership.objects.filter(user=member).first().pk}/account/"


def test_an_administrator_closes_an_account_and_opens_it_again(world, sign_in, client):
    world.plan.items.filter(key="meet").update(assignee=world.bo)
    address, dee = page_of(world.bo), sign_in(world.dee)
    shown = dee.get(address).content.decode()
    assert "Account of Bo Lindqvist" in shown
    assert "1 open item is theirs." in shown
    assert address in dee.get(f"{world.plan.get_absolute_url()}people/").content.decode()
    assert "The account is closed." in dee.post(address, {"act": "close"}, follow=True).content.decode()
    assert sign_in(world.bo).get("/todo/").status_code == 302
    dee = sign_in(world.dee)
    assert "Forget who this was" in dee.get(address).content.decode()
    dee.post(address, {"act": "open"})
    world.bo.refresh_from_db()
    assert world.bo.is_active
    assert Membership.objects.current().filter(user=world.bo).exists()


def test_saying_it_twice_changes_nothing_more(world, sign_in):
    address, dee = page_of(world.bo), sign_in(world.dee)
    dee.post(address, {"act": "close"})
    assert "Nothing changed" in dee.post(address, {"act": "close"}, follow=True).content.decode()
    assert Activity.objects.filter(verb="deactivated").count() == 1


def test_forgetting_needs_a_closed_account_and_a_tick(world, sign_in):
    address, dee = page_of(world.bo), sign_in(world.dee)
    early = dee.post(address, {"act": "forget", "sure": "on"})
    assert (early.status_code, "Close the account first" in early.content.decode()) == (422, True)
    dee.post(address, {"act": "close"})
    hasty = dee.post(address, {"act": "forget"})
    assert (hasty.status_code, "cannot be undone" in hasty.content.decode()) == (422, True)
    world.bo.refresh_from_db()
    assert world.bo.name == "Bo Lindqvist"


def test_who_is_forgotten_leaves_no_name_and_no_address(world, sign_in):
    inviting.invite(world.oak, email="bo@example.org", role=Role.PRACTITIONER, by=world.ana, now=world.now)
    address, dee = page_of(world.bo), sign_in(world.dee)
    dee.post(address, {"act": "close"})
    shown = dee.post(address, {"act": "forget", "sure": "on"}, follow=True).content.decode()
    assert "Bo Lindqvist" not in shown
    assert "is forgotten" in shown
    assert not User.objects.filter(email="bo@example.org").exists()
    assert not Invitation.objects.filter(email="bo@example.org").exists()
    assert not Invitation.objects.open().exists()
    assert "Nothing changed" in dee.post(address, {"act": "open"}, follow=True).content.decode()


@pytest.mark.parametrize("kind", ["self", "staff", "elsewhere"])
def test_some_accounts_are_not_an_administrators_to_close(world, sign_in, kind):
    who = {"self": world.dee, "staff": world.bo, "elsewhere": world.bo}[kind]
    if kind == "staff":
        User.objects.filter(pk=who.pk).update(is_staff=True)
    if kind == "elsewhere":
        join(who, Role.OBSERVER, world.other_program)
    address, dee = page_of(who), sign_in(world.dee)
    assert "Close the account" not in dee.get(address).content.decode()
    assert dee.post(address, {"act": "close"}).status_code == 403
    who.refresh_from_db()
    assert who.is_active


def test_people_of_another_program_do_not_exist_here(world, sign_in):
    address = page_of(world.ed)
    assert sign_in(world.dee).post(address, {"act": "close"}).status_code == 404
    assert "account/" not in sign_in(world.ana).get(f"{world.plan.get_absolute_url()}people/").content.decode()


def test_of_two_who_close_each_others_account_one_is_told(world):
    eve = person("Eve Sato")
    join(eve, Role.ADMINISTRATOR, world.program)
    closing.close_account(eve, by=world.dee, now=world.now)
    with pytest.raises(ValidationError, match="the only State administrator"):
        closing.close_account(world.dee, by=eve, now=world.now)
    world.dee.refresh_from_db()
    assert world.dee.is_active


def test_mail_that_went_to_the_bare_address_forgets_it_too(world):
    inviting.invite(world.oak, email="una@example.org", role=Role.PRACTITIONER, by=world.ana, now=world.now)
    una = person("Una Reyes", email="una@example.org")
    closing.close_account(una, by=world.dee, now=world.now)
    closing.forget(una, by=world.dee, now=world.now)
    assert not Delivery.objects.filter(address="una@example.org").exists()
    assert not Delivery.objects.claimable(world.now).exists()
