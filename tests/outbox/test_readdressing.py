import datetime as dt
import re

import pytest
import time_machine
from allauth.account.models import EmailAddress
from django.core import mail

from accounts import leaving
from outbox import delivering, readdressing
from outbox.forgetting import forget_mail
from outbox.models import Delivery
from tests.cast import PASSWORD, person

NEW = "bo@new.example.org"


@pytest.fixture
def bo(db):
    return person("Bo Lindqvist")


def ask(client, address=NEW, password=PASSWORD):
    return client.post("/profile/address/", {"email": address, "password": password})


def sent_now():
    for pk in Delivery.objects.filter(state="pending").values_list("pk", flat=True):
        delivering.deliver(pk)
    return mail.outbox


def link_in(sent):
    return re.search(r"http://127\.0\.0\.1:8000(/profile/address/\S+)", sent.body)[1]


def address_of(someone):
    someone.refresh_from_db()
    return someone.email


def test_a_new_address_counts_only_after_its_reader_said_yes(sign_in, client, bo):
    EmailAddress.objects.create(user=bo, email=bo.email, primary=True)
    assert ask(sign_in(bo)).status_code == 302
    [asked] = sent_now()
    assert asked.to == [NEW]
    client.logout()
    link = link_in(asked)
    page = client.get(link).content.decode()
    assert "Nothing has changed yet." in page
    assert address_of(bo) == "bo@example.org"
    assert NEW in client.post(link).content.decode()
    assert address_of(bo) == NEW
    assert sent_now()[1].to == ["bo@example.org"]
    assert "from bo@example.org to bo@new.example.org" in " ".join(mail.outbox[1].body.split())
    client.post("/accounts/login/", {"login": "bo@example.org", "password": PASSWORD})
    assert "_auth_user_id" not in client.session
    client.post("/accounts/login/", {"login": NEW, "password": PASSWORD})
    assert "_auth_user_id" in client.session


def test_confirming_twice_is_the_same_as_once(sign_in, client, bo):
    ask(sign_in(bo))
    link = link_in(sent_now()[0])
    client.post(link)
    assert client.post(link).status_code == 200
    assert "Your new address counts" in client.get(link).content.decode()
    assert Delivery.objects.count() == 2


def test_an_address_that_is_taken_gets_a_word_and_no_link(sign_in, bo):
    ana = person("Ana Brandt")
    free, taken = ask(sign_in(bo)), ask(sign_in(bo), "Ana@example.org")
    assert (free.status_code, free["Location"]) == (taken.status_code, taken["Location"])
    [said] = [sent for sent in sent_now() if sent.to == [ana.email]]
    assert said.subject == "You already have a Milepost account"
    assert "/profile/address/" not in said.body


def test_an_address_taken_in_the_meantime_stays_with_who_took_it(sign_in, client, bo):
    ask(sign_in(bo))
    link = link_in(sent_now()[0])
    person("Ana Brandt", email=NEW)
    assert client.post(link).status_code == 404
    assert address_of(bo) == "bo@example.org"


@pytest.mark.parametrize(
    ("address", "password", "said"),
    [
        (NEW, "wrong", "This is not your password."),
        ("bo@example.org", PASSWORD, "You sign in with this address already."),
        ("nonsense", PASSWORD, "Enter a valid email address."),
    ],
)
def test_a_wrong_entry_is_answered_in_words_and_writes_to_nobody(sign_in, bo, address, password, said):
    answer = ask(sign_in(bo), address, password)
    assert answer.status_code == 422
    assert said in answer.content.decode()
    assert not Delivery.objects.exists()


def test_the_form_cannot_be_used_to_guess_a_password(sign_in, bo, settings):
    del settings.ACCOUNT_RATE_LIMITS
    answers = [ask(sign_in(bo), password="wrong").status_code for _try in range(11)]
    assert answers == [422] * 10 + [429]


def test_an_older_link_no_longer_works_after_another_was_used(sign_in, client, bo):
    ask(sign_in(bo), "first@example.org")
    ask(sign_in(bo), "second@example.org")
    first, second = (link_in(sent) for sent in sent_now())
    client.post(second)
    assert client.get(first).status_code == client.post(first).status_code == 404
    assert address_of(bo) == "second@example.org"


def test_a_link_works_for_three_days(sign_in, client, bo):
    ask(sign_in(bo))
    link = link_in(sent_now()[0])
    with time_machine.travel(dt.datetime.now(dt.UTC) + dt.timedelta(days=3, minutes=1)):
        assert client.post(link).status_code == 404
    assert address_of(bo) == "bo@example.org"


def test_a_broken_link_says_what_to_do(client, db):
    answer = client.get("/profile/address/nonsense/")
    assert answer.status_code == 404
    assert "This link no longer works" in answer.content.decode()


def test_who_left_in_the_meantime_gets_no_new_address(sign_in, client, bo):
    ask(sign_in(bo))
    link = link_in(sent_now()[0])
    leaving.deactivate(bo, by=None, now=dt.datetime(2026, 1, 5, tzinfo=dt.UTC))
    with pytest.raises(readdressing.Stale):
        readdressing.confirm(link.split("/")[-2], now=dt.datetime(2026, 1, 5, tzinfo=dt.UTC))
    assert address_of(bo) == "bo@example.org"


def test_the_page_of_allauth_leads_to_ours(sign_in, bo):
    assert sign_in(bo).get("/accounts/email/")["Location"] == "/profile/address/"


def test_word_to_the_old_address_is_forgotten_with_the_person(sign_in, client, bo):
    ask(sign_in(bo))
    client.post(link_in(sent_now()[0]))
    bo.refresh_from_db()
    assert Delivery.objects.filter(address="bo@example.org").exists()
    forget_mail(bo, bo.email)
    assert set(Delivery.objects.values_list("address", flat=True)) == {""}
