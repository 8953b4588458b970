import datetime as dt
import smtplib

import pytest
from django.core import mail
from django.core.mail.backends.locmem import EmailBackend
from django.db import transaction

from outbox import delivering, preferences
from outbox.models import Delivery
from outbox.queueing import queue
from tests.cast import person
from tests.together import at_once

MINUTE = dt.timedelta(minutes=1)


class ServerDown(EmailBackend):
    def send_messages(self, messages):
        raise ConnectionRefusedError("connection refused")


class AddressUnknown(EmailBackend):
    def send_messages(self, messages):
        raise smtplib.SMTPRecipientsRefused({"bo@example.org": (550, b"no such user")})


class AddressBusy(EmailBackend):
    def send_messages(self, messages):
        raise smtplib.SMTPRecipientsRefused({"bo@example.org": (450, b"mailbox busy")})


class Dies(BaseException):
    """What a worker meets that is killed: nothing after it runs."""


class DiesAfterSending(EmailBackend):
    def send_messages(self, messages):
        super().send_messages(messages)
        raise Dies


@pytest.fixture
def bo(db):
    return person("Bo Lindqvist")


@pytest.fixture
def delivery(bo, news, now):
    return queue(kind="news", to=bo, data={"say": "Elm has reached a milestone."}, now=now)


def use(settings, backend):
    settings.EMAIL_BACKEND = f"{__name__}.{backend.__name__}"


def test_a_due_message_is_sent_and_closed(delivery, now):
    assert delivering.deliver(delivery.pk, now=now) == "sent"
    delivery.refresh_from_db()
    assert (delivery.state, delivery.attempts, delivery.lease_until) == ("sent", 1, None)
    assert delivery.sent_at is not None
    [sent] = mail.outbox
    assert sent.to == ["bo@example.org"]
    assert sent.message()["Message-ID"] == f"<{delivery.uuid}@127.0.0.1>"
    assert "Elm has reached a milestone." in sent.body


def test_a_sent_message_is_never_sent_again(delivery, now):
    delivering.deliver(delivery.pk, now=now)
    assert delivering.deliver(delivery.pk, now=now + dt.timedelta(days=1)) is None
    assert len(mail.outbox) == 1


def test_a_message_waits_until_it_is_due(bo, news, now):
    later = queue(kind="news", to=bo, data={"say": "Later."}, due_at=now + MINUTE, now=now)
    assert delivering.deliver(later.pk, now=now) is None
    assert delivering.deliver(later.pk, now=now + MINUTE) == "sent"


def test_while_one_worker_holds_the_lease_no_other_sends(delivery, settings, now):
    held = delivering.claim(delivery.pk, now=now)
    assert held.attempts == 1
    assert delivering.deliver(delivery.pk, now=now + settings.OUTBOX_LEASE - MINUTE) is None
    assert mail.outbox == []


def test_after_a_worker_died_before_sending_another_sends_when_the_lease_is_over(delivery, settings, now):
    delivering.claim(delivery.pk, now=now)
    assert delivering.deliver(delivery.pk, now=now + settings.OUTBOX_LEASE) == "sent"
    assert len(mail.outbox) == 1


def test_after_a_worker_died_between_the_servers_yes_and_the_closing_the_second_mail_has_the_same_id(
    delivery, settings, now
):
    use(settings, DiesAfterSending)
    with pytest.raises(Dies):
        delivering.deliver(delivery.pk, now=now)
    delivery.refresh_from_db()
    assert delivery.state == "sending"
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    assert delivering.deliver(delivery.pk, now=now + settings.OUTBOX_LEASE) == "sent"
    first, second = mail.outbox
    assert first.message()["Message-ID"] == second.message()["Message-ID"]


def test_a_worker_whose_lease_ran_out_does_not_write_over_the_next_ones_result(delivery, settings, now):
    slow = delivering.claim(delivery.pk, now=now)
    assert delivering.deliver(delivery.pk, now=now + settings.OUTBOX_LEASE) == "sent"
    assert delivering.close(slow, "failed", outcome="too late") is None
    delivery.refresh_from_db()
    assert delivery.state == "sent"


def test_a_silent_mail_server_is_tried_again_later_and_longer(delivery, settings, now):
    use(settings, ServerDown)
    moment, waits = now, []
    while delivering.deliver(delivery.pk, now=moment) == "pending":
        delivery.refresh_from_db()
        assert "connection refused" in delivery.outcome
        waits.append(delivery.due_at - moment)
        moment = delivery.due_at
    assert waits == delivering.BACK_OFF
    delivery.refresh_from_db()
    assert (delivery.state, delivery.attempts) == ("failed", delivering.MAX_ATTEMPTS)
    assert delivery.outcome == "Given up after 9 attempts. The last answer was: connection refused"


def test_a_nudge_does_not_shorten_the_wait_after_a_failure(delivery, settings, now):
    use(settings, ServerDown)
    delivering.deliver(delivery.pk, now=now)
    assert delivering.deliver(delivery.pk, now=now) is None
    delivery.refresh_from_db()
    assert delivery.attempts == 1


def test_an_address_the_server_does_not_know_fails_at_once_in_its_words(delivery, settings, now):
    use(settings, AddressUnknown)
    assert delivering.deliver(delivery.pk, now=now) == "failed"
    delivery.refresh_from_db()
    assert delivery.outcome == "The mail server refused the address: 550 no such user"


def test_an_address_that_is_busy_is_tried_again(delivery, settings, now):
    use(settings, AddressBusy)
    assert delivering.deliver(delivery.pk, now=now) == "pending"


def test_nothing_to_say_closes_the_row_as_empty(bo, news, now):
    silent = queue(kind="news", to=bo, now=now)
    assert delivering.deliver(silent.pk, now=now) == "empty"
    assert mail.outbox == []


def test_who_no_longer_signs_in_gets_no_mail(delivery, bo, now):
    bo.is_active = False
    bo.save()
    assert delivering.deliver(delivery.pk, now=now) == "cancelled"
    assert mail.outbox == []


def test_who_turned_a_kind_off_after_it_was_queued_gets_no_mail(delivery, bo, now):
    preferences.turn(bo, "news", on=False, by=bo)
    assert delivering.deliver(delivery.pk, now=now) == "cancelled"
    assert mail.outbox == []


def test_after_its_window_a_message_is_not_sent_but_closed(bo, news, now):
    old = queue(kind="news", to=bo, data={"say": "Today."}, window_end=now + MINUTE, now=now)
    assert delivering.deliver(old.pk, now=now + MINUTE) is None
    assert delivering.close_hopeless(now=now + MINUTE) == 1
    old.refresh_from_db()
    assert (old.state, old.outcome) == ("cancelled", "The time it was meant for was over.")


def test_what_kills_every_worker_is_given_up(delivery, settings, now):
    moment = now
    for _attempt in range(delivering.MAX_ATTEMPTS):
        assert delivering.close_hopeless(now=moment) == 0
        assert delivering.claim(delivery.pk, now=moment)
        moment += settings.OUTBOX_LEASE
    assert delivering.claim(delivery.pk, now=moment) is None
    assert delivering.close_hopeless(now=moment) == 1
    delivery.refresh_from_db()
    assert (delivery.state, delivery.outcome) == ("failed", "Given up after 9 attempts.")


def test_what_a_worker_still_holds_is_not_given_up(bo, news, settings, now):
    held = queue(kind="news", to=bo, data={"say": "Today."}, window_end=now + MINUTE, now=now)
    delivering.claim(held.pk, now=now)
    assert delivering.close_hopeless(now=now + MINUTE) == 0


@pytest.mark.parametrize("backend", [EmailBackend, AddressUnknown])
def test_secrets_are_wiped_from_the_row_when_it_is_closed(bo, news, settings, now, backend):
    settings.EMAIL_BACKEND = f"{backend.__module__}.{backend.__name__}"
    secret = queue(kind="security", to=bo, data={"say": "https://example.org/reset/abc"}, now=now)
    assert delivering.deliver(secret.pk, now=now) in {"sent", "failed"}
    secret.refresh_from_db()
    assert (secret.data, secret.text, secret.html) == ({}, "", "")


def test_words_are_kept_in_a_demo_only(delivery, settings, now):
    settings.DEMO = True
    delivering.deliver(delivery.pk, now=now)
    delivery.refresh_from_db()
    assert (delivery.subject, delivery.text) == ("News", "Elm has reached a milestone.\n")


def test_mail_that_may_be_turned_off_says_how_to_mail_programs(delivery, now):
    delivering.deliver(delivery.pk, now=now)
    headers = mail.outbox[0].message()
    assert headers["List-Unsubscribe"].startswith("<http://127.0.0.1:8000/unsubscribe/")
    assert headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert headers["Auto-Submitted"] == "auto-generated"


def test_security_mail_has_no_way_to_be_turned_off(bo, news, now):
    secret = queue(kind="security", to=bo, data={"say": "A link."}, now=now)
    delivering.deliver(secret.pk, now=now)
    assert "List-Unsubscribe" not in mail.outbox[0].message()


def test_a_line_break_in_a_subject_cannot_add_a_header(delivery, now):
    message = delivering.Message("News\r\nBcc: everybody@example.org", "Text")
    assert delivering.mail_of(delivery, message).message()["Bcc"] is None


def waiting(person, words, now):
    """A row as `queue` writes it, without the nudge that would have it sent at once in a test that commits."""
    return Delivery.objects.create(person=person, address=person.email, kind="news", data={"say": words}, due_at=now)


@pytest.mark.django_db(transaction=True)
def test_eight_threads_send_twenty_messages_once_each(news, now):
    bo = person("Bo Lindqvist")
    rows = [waiting(bo, str(number), now).pk for number in range(20)]

    def work():
        return [delivering.deliver(pk, now=now) for pk in rows]

    states = [state for worker in at_once(*[work] * 8) for state in worker]
    assert states.count("sent") == 20
    assert sorted(int(sent.body) for sent in mail.outbox) == list(range(20))
    assert set(Delivery.objects.values_list("state", "attempts")) == {("sent", 1)}


@pytest.mark.django_db(transaction=True)
def test_nothing_is_sent_from_within_a_transaction(news, now):
    bo = person("Bo Lindqvist")
    delivery = waiting(bo, "Wait.", now)
    with pytest.raises(RuntimeError), transaction.atomic():
        delivering.deliver(delivery.pk, now=now)
    assert mail.outbox == []
