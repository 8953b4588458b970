"""The outbox's guarantee, proven on a whole running Milepost with a real mail server (docs/reminders.md)."""

import asyncio
import json
import os
import signal
import time

import pytest

from tests.running import MailSink, wait_for

pytestmark = pytest.mark.services
LEASE_SECONDS = 5
# Everybody in the demo wants mail every day at every hour, and lives where it is about noon: no day ends in the test.
DIGEST_RUN = """
import datetime
from celery import current_app
from accounts.models import User
from outbox.models import Delivery, ReminderPreference
Delivery.objects.all().delete()
east = 12 - datetime.datetime.now(datetime.UTC).hour
User.objects.update(time_zone=f"Etc/GMT{-east:+d}")
for user in User.objects.all():
    wishes = {"days": [0, 1, 2, 3, 4, 5, 6], "hour": 0, "lead_days": 60, "next_look_at": None}
    ReminderPreference.objects.update_or_create(user=user, defaults=wishes)
current_app.send_task("projects.tasks.write_digests")
"""
# What is due; the demo also holds a reminder of an interview that is due on another day.
STATES = """
import json
from django.utils import timezone
from outbox.models import Delivery
due = Delivery.objects.filter(due_at__lte=timezone.now())
print(json.dumps([[str(uuid), state] for uuid, state in due.values_list("uuid", "state")]))
"""


class SlowMailSink(MailSink):
    """A mail server that takes its time, so that a worker can be killed while it waits for the answer."""

    async def handle_DATA(self, server, session, envelope):  # noqa: N802 - the name aiosmtpd calls
        answer = await super().handle_DATA(server, session, envelope)
        await asyncio.sleep(0.3)
        return answer


@pytest.fixture
def slow_sink():
    with SlowMailSink() as sink:
        yield sink


def ids_that_arrived(sink):
    return [message["Message-ID"].strip("<>").split("@")[0] for message in list(sink.messages)]


def rows_of(milepost):
    """Return {uuid: state} of every delivery that is due."""
    return dict(json.loads(milepost.manage("shell", "-v0", "-c", STATES).splitlines()[-1]))


def is_done_with(rows):
    return bool(rows) and not {"pending", "sending"} & set(rows.values())


def test_a_worker_killed_in_the_middle_of_a_digest_run_loses_no_mail_and_repeats_none_under_another_id(
    milepost_up, slow_sink
):
    milepost = milepost_up(EMAIL_URL=slow_sink.url, OUTBOX_LEASE_SECONDS=str(LEASE_SECONDS), DEMO="on")
    milepost.wait_until_ready(seconds=180)
    # The demo's own people hear at once; that mail is done with before the run that is interrupted.
    wait_for(lambda: is_done_with(rows_of(milepost)), seconds=120, every=2, told=lambda: milepost.said)
    slow_sink.messages.clear()
    milepost.manage("shell", "-v0", "-c", DIGEST_RUN)
    wait_for(lambda: len(slow_sink.messages) >= 4, told=lambda: milepost.said)

    killed = milepost.pid_of("worker")
    os.kill(killed, signal.SIGKILL)
    at_the_kill = rows_of(milepost)
    assert {"sent", "pending"} <= set(at_the_kill.values()), "the run was not in its middle"
    wait_for(lambda: milepost.pid_of("worker") not in (None, killed), told=lambda: milepost.said)

    # Beat looks once a minute, and at once when it starts: killing it too spares the test that minute.
    time.sleep(LEASE_SECONDS + 1)
    os.kill(milepost.pid_of("beat"), signal.SIGKILL)
    wait_for(
        lambda: is_done_with(rows_of(milepost)),
        seconds=150,
        every=2,
        told=lambda: f"{rows_of(milepost)}\n{milepost.said}",
    )

    rows = rows_of(milepost)
    assert set(rows) == set(at_the_kill), "the restart wrote no digest anew"
    assert set(rows.values()) <= {"sent", "empty"}
    sent, arrived = {uuid for uuid, state in rows.items() if state == "sent"}, ids_that_arrived(slow_sink)
    assert set(arrived) == sent
    assert len(sent) >= 20
    in_flight = 2  # the worker's threads: what each was sending when it was killed may arrive twice
    assert len(arrived) - len(sent) <= in_flight
