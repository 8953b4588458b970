import datetime as dt
import time

import celery
import pytest
from django.core import mail
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from outbox import kinds, queueing, tasks
from outbox.models import Delivery, Heartbeat
from outbox.queueing import queue
from tests.cast import person

TODAY = dt.date(2026, 1, 5)


@pytest.fixture
def bo(db):
    return person("Bo Lindqvist")


def test_a_message_is_one_row_until_it_is_delivered(bo, news, now):
    queue(kind="news", to=bo, data={"say": "Hello."}, now=now)
    [row] = Delivery.objects.all()
    assert (row.state, row.address, row.person, row.due_at) == ("pending", "bo@example.org", bo, now)
    assert mail.outbox == []


def test_the_same_key_is_queued_once_and_breaks_nothing(bo, news, now):
    with transaction.atomic():
        assert queue(kind="news", to=bo, dedupe_key="welcome:1", now=now)
        assert queue(kind="news", to=bo, dedupe_key="welcome:1", now=now) is None
        assert queue(kind="news", to=bo, dedupe_key="welcome:2", now=now)
    assert Delivery.objects.count() == 2


def test_one_kind_goes_to_one_person_once_a_day(bo, news, now):
    for day in (TODAY, TODAY, TODAY + dt.timedelta(days=1)):
        queue(kind="news", to=bo, local_day=day, zone="America/Detroit", now=now)
    assert Delivery.objects.count() == 2


def test_the_database_itself_refuses_a_second_digest_of_the_day(bo, news, now):
    queue(kind="news", to=bo, local_day=TODAY, now=now)
    with pytest.raises(IntegrityError), transaction.atomic():
        Delivery.objects.create(person=bo, address=bo.email, kind="news", local_day=TODAY)


def test_messages_without_key_or_day_are_all_queued(bo, news, now):
    for _number in range(3):
        queue(kind="news", to=bo, now=now)
    assert Delivery.objects.count() == 3


def test_nothing_leaves_when_the_callers_transaction_fails(bo, news, now):
    @transaction.atomic
    def verb():
        queue(kind="news", to=bo, now=now)
        raise ValidationError("Row 14 is wrong.")

    with pytest.raises(ValidationError):
        verb()
    assert not Delivery.objects.exists()


@pytest.mark.parametrize("address", ["", "bo", "bo@example.org\nBcc: all@example.org"])
def test_an_address_that_is_none_is_refused(db, news, address):
    with pytest.raises(ValidationError):
        queue(kind="news", to=address)
    assert not Delivery.objects.exists()


def test_a_kind_nobody_registered_is_refused(bo):
    with pytest.raises(kinds.Unknown):
        queue(kind="no-such-kind", to=bo)


def test_after_commit_a_worker_is_nudged(bo, news, now, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True) as callbacks:
        queue(kind="news", to=bo, data={"say": "Hello."}, now=now)
    assert len(callbacks) == 1
    assert [sent.body for sent in mail.outbox] == ["Hello.\n"]


def test_what_is_due_later_nudges_nobody(bo, news, now, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks() as callbacks:
        queue(kind="news", to=bo, due_at=now + dt.timedelta(hours=1), now=now)
    assert callbacks == []


@pytest.fixture
def broker_down(monkeypatch, settings):
    """Celery as it is when its Redis is down: a port where nobody listens."""
    monkeypatch.delenv("CELERY_BROKER_URL")  # Celery itself reads it, before what it is told
    ours = celery.current_app._get_current_object()
    nowhere = celery.Celery("nowhere", broker="redis://127.0.0.1:1/0", set_as_current=False)
    nowhere.conf.broker_transport_options = settings.CELERY_BROKER_TRANSPORT_OPTIONS
    nowhere.set_current()
    yield
    ours.set_current()
    nowhere.close()


def test_a_broker_that_does_not_answer_loses_nothing(bo, news, now, broker_down, caplog):
    delivery = queue(kind="news", to=bo, data={"say": "Hello."}, now=now)
    before = time.monotonic()
    queueing.nudge(delivery.pk)
    assert time.monotonic() - before < 3
    assert "no worker could be nudged" in caplog.text
    delivery.refresh_from_db()
    assert delivery.state == "pending"


def test_the_look_sends_what_nobody_was_nudged_for(bo, news):
    for number in range(3):
        queue(kind="news", to=bo, data={"say": str(number)})
    tasks.send_due()
    assert sorted(sent.body.strip() for sent in mail.outbox) == ["0", "1", "2"]
    tasks.send_due()
    assert len(mail.outbox) == 3


def test_the_pulse_leaves_the_workers_sign_of_life(db):
    tasks.pulse()
    tasks.pulse()
    [beat] = Heartbeat.objects.all()
    assert beat.name == "worker"
