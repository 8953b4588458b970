import datetime as dt
import re

import pytest
from django.core import mail
from django.test import Client

from accounts.models import Activity, User
from outbox import delivering, links, preferences
from outbox.models import ACCOUNT, Delivery, ReminderPreference
from outbox.queueing import queue
from tests.cast import person


@pytest.fixture
def bo(db):
    return person("Bo Lindqvist")


@pytest.fixture
def link(bo, news):
    """The path of the link that turns news off for Bo."""
    return links.unsubscribe(bo, "news").removeprefix("http://127.0.0.1:8000")


@pytest.fixture
def strict():
    """A mail program or a browser without any cookie, to a server that checks CSRF."""
    return Client(enforce_csrf_checks=True)


def test_looking_at_the_link_changes_nothing(strict, link, bo):
    for method in (strict.get, strict.head):
        assert method(link).status_code == 200
    assert not preferences.is_off(bo, "news")
    assert "Nothing has changed yet." in strict.get(link).content.decode()


def test_a_mail_program_turns_a_kind_off_by_one_click(strict, link, bo):
    answer = strict.post(link, {"List-Unsubscribe": "One-Click"})
    assert answer.status_code == 200
    assert preferences.is_off(bo, "news")


def test_the_link_in_a_sent_mail_works(strict, bo, news, now):
    delivery = queue(kind="news", to=bo, data={"say": "Hello."}, now=now)
    delivering.deliver(delivery.pk, now=now)
    url = re.fullmatch(r"<(http://127\.0\.0\.1:8000)(.+)>", mail.outbox[0].message()["List-Unsubscribe"])[2]
    assert strict.post(url, {"List-Unsubscribe": "One-Click"}).status_code == 200
    assert preferences.is_off(bo, "news")


def test_turning_off_twice_is_the_same_as_once(strict, link, bo):
    strict.post(link)
    page = strict.post(link).content.decode()
    assert "“News of your sites” no longer goes to bo@example.org." in page
    assert ReminderPreference.objects.get(user=bo).kinds_off == ["news"]
    assert Activity.objects.filter(verb="mail_turned_off").count() == 1


def test_the_page_turns_it_on_again(strict, link, bo):
    strict.post(link)
    page = strict.post(link, {"again": "1"}).content.decode()
    assert "goes to bo@example.org again." in page
    assert not preferences.is_off(bo, "news")


def test_only_that_kind_of_that_person_is_turned_off(strict, link, bo):
    ana = person("Ana Brandt")
    strict.post(link)
    assert not preferences.is_off(ana, "news")
    assert not preferences.is_off(bo, "security")


@pytest.mark.parametrize("broken", ["nonsense", "WzEsIm5ld3MiXQ:1abc:forged"])
def test_a_broken_link_says_so_and_changes_nothing(client, db, broken):
    for answer in (client.get(f"/unsubscribe/{broken}/"), client.post(f"/unsubscribe/{broken}/")):
        assert answer.status_code == 404
        assert "This link is not complete" in answer.content.decode()
    assert not ReminderPreference.objects.exists()


def test_people_choose_their_days_hour_and_kinds(sign_in, bo, news):
    client = sign_in(bo)
    form = {"when": "chosen", "days": ["4", "0"], "hour": "16", "lead_days": "3", "kinds_on": []}
    assert client.post("/profile/reminders/", form).status_code == 302
    chosen = ReminderPreference.objects.get(user=bo)
    assert (chosen.days, chosen.hour, chosen.lead_days, chosen.kinds_off) == ([0, 4], 16, 3, ["news"])
    page = client.get("/profile/reminders/").content.decode()
    assert "News of your sites" in page
    assert "America/Detroit" in page


def test_the_usual_days_are_kept_open_for_the_role_to_decide(sign_in, bo, news):
    ReminderPreference.objects.create(user=bo, days=[2], next_look_at=dt.datetime(2026, 1, 5, tzinfo=dt.UTC))
    form = {"when": "usual", "days": ["2"], "hour": "7", "lead_days": "7", "kinds_on": ["news"]}
    sign_in(bo).post("/profile/reminders/", form)
    chosen = ReminderPreference.objects.get(user=bo)
    assert (chosen.days, chosen.kinds_off, chosen.next_look_at) == (None, [], None)


@pytest.mark.parametrize(
    ("field", "value", "said"),
    [
        ("days", [], "Choose at least one day"),
        ("days", ["7"], "7 is not one of the available choices"),
        ("hour", "24", "24 is not one of the available choices"),
        ("lead_days", "61", "less than or equal to 60"),
        ("kinds_on", ["security"], "security is not one of the available choices"),
    ],
)
def test_a_wrong_wish_is_answered_in_words_and_not_saved(sign_in, bo, news, field, value, said):
    form = {"when": "chosen", "days": ["0"], "hour": "7", "lead_days": "7", "kinds_on": [], field: value}
    answer = sign_in(bo).post("/profile/reminders/", form)
    assert answer.status_code == 422
    assert said in answer.content.decode()
    assert not ReminderPreference.objects.exists()


@pytest.fixture
def demo(settings):
    settings.DEMO = True


def send(to, words, now):
    delivery = queue(kind="news", to=to, data={"say": words}, now=now)
    delivering.deliver(delivery.pk, now=now)
    delivery.refresh_from_db()
    return delivery


def test_outside_a_demo_the_outbox_has_no_pages(sign_in, bo, news, now):
    delivery = send(bo, "Hello.", now)
    client = sign_in(bo)
    assert client.get("/outbox/").status_code == 404
    assert client.get(f"/outbox/{delivery.uuid}/").status_code == 404


def password_mail(address, now):
    """What is left of a mail for a new password once it was sent."""
    to = User.objects.get(email=address)
    return Delivery.objects.create(kind=ACCOUNT, person=to, address=address, state="sent", due_at=now, sent_at=now)


def test_in_a_demo_everybody_reads_what_was_sent_but_what_opens_anothers_account(sign_in, bo, news, now, demo):
    others = send(person("Ana Brandt"), "For Ana.", now)
    reset = password_mail("ana@example.org", now)
    client = sign_in(bo)
    page = client.get("/outbox/").content.decode()
    assert f"/outbox/{others.uuid}/" in page
    assert "For Ana." in client.get(f"/outbox/{others.uuid}/").content.decode()
    assert f"/outbox/{reset.uuid}/" not in page
    assert client.get(f"/outbox/{reset.uuid}/").status_code == 404
    mine = password_mail(bo.email, now)
    assert client.get(f"/outbox/{mine.uuid}/").status_code == 200


def test_in_a_demo_staff_read_all_messages(sign_in, bo, news, now, demo):
    delivery = send(bo, "For Bo.", now)
    client = sign_in(person("Sam Staff", is_staff=True))
    assert str(delivery.uuid) in client.get("/outbox/").content.decode()
    assert client.get(f"/outbox/{delivery.uuid}/").status_code == 200


def test_markup_in_a_message_does_no_harm(sign_in, bo, news, now, demo):
    delivery = send(bo, "<script>alert(1)</script><b onclick='x()'>Bold</b>", now)
    page = sign_in(bo).get(f"/outbox/{delivery.uuid}/").content.decode()
    assert "<script>alert" not in page
    assert "onclick='" not in page
    assert 'onclick="' not in page
    assert "<b>Bold</b>" in page


def test_an_empty_outbox_says_what_will_be_here(sign_in, bo, demo):
    assert "No messages yet" in sign_in(bo).get("/outbox/").content.decode()


def test_many_messages_come_in_pages(sign_in, bo, news, now, demo):
    for number in range(60):
        Delivery.objects.create(person=bo, address=bo.email, kind="news", subject=f"Number {number}.")
    client = sign_in(bo)
    first = client.get("/outbox/").content.decode()
    older = re.search(r'rel="next" href="(\?before=\d+)"', first)[1]
    second = client.get(f"/outbox/{older}").content.decode()
    assert ("Number 59." in first, "Number 10." in first, "Number 9." in first) == (True, True, False)
    assert ("Number 9." in second, "Number 0." in second, "Number 10." in second) == (True, True, False)


@pytest.mark.parametrize("messages", [1, 30])
def test_the_list_needs_the_same_statements_however_long(
    sign_in, bo, news, now, demo, messages, django_assert_max_num_queries
):
    for _number in range(messages):
        Delivery.objects.create(person=bo, address=bo.email, kind="news")
    client = sign_in(bo)
    with django_assert_max_num_queries(5):
        client.get("/outbox/")


def test_who_runs_the_installation_sees_what_became_of_a_message_but_not_its_words(sign_in, bo, news, now):
    secret = queue(kind="security", to=bo, data={"say": "https://example.org/reset/abc"}, now=now)
    client = sign_in(person("Root", is_staff=True, is_superuser=True))
    pages = [client.get("/admin/outbox/delivery/"), client.get(f"/admin/outbox/delivery/{secret.pk}/change/")]
    for page in pages:
        assert page.status_code == 200
        assert "bo@example.org" in page.content.decode()
        assert "reset/abc" not in page.content.decode()
    assert client.post(f"/admin/outbox/delivery/{secret.pk}/change/", {"state": "sent"}).status_code == 403
