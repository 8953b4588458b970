"""The outbox's guarantee, proven on a whole running Milepost with a real mail server (docs/reminders.md)."""

import asyncio
import os
import signal
import time
from collections import defaultdict

import pytest

from tests.running import MailSink, wait_for

pytestmark = pytest.mark.services
MESSAGES = 40
LEASE_SECONDS = 5
QUEUE = f"""
from django.db import transaction
from outbox.queueing import queue
with transaction.atomic():
    for number in range({MESSAGES}):
        words = {{"subject": "News", "text": f"Message {{number}}.", "html": ""}}
        queue(kind="account", to=f"person-{{number}}@example.org", data=words)
"""
STATES = """
from collections import Counter
from outbox.models import Delivery
print(sorted(Counter(Delivery.objects.values_list("state", flat=True)).items()))
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


def ids_by_recipient(sink):
    """Return {address: [Message-ID of each mail that arrived there]}."""
    arrived = defaultdict(list)
    for message in list(sink.messages):
        arrived[message.recipients[0]].append(message["Message-ID"])
    return arrived


def test_a_worker_killed_in_the_middle_of_a_batch_loses_no_mail_and_repeats_none_under_another_id(
    milepost_up, slow_sink
):
    milepost = milepost_up(EMAIL_URL=slow_sink.url, OUTBOX_LEASE_SECONDS=str(LEASE_SECONDS))
    milepost.wait_until_ready()
    milepost.manage("shell", "-v0", "-c", QUEUE)
    wait_for(lambda: len(slow_sink.messages) >= 6, told=lambda: milepost.said)

    killed = milepost.pid_of("worker")
    os.kill(killed, signal.SIGKILL)
    arrived_before = len(slow_sink.messages)
    assert arrived_before < MESSAGES
    wait_for(lambda: milepost.pid_of("worker") not in (None, killed), told=lambda: milepost.said)

    # Beat looks once a minute, and at once when it starts: killing it too spares the test that minute.
    time.sleep(LEASE_SECONDS + 1)
    os.kill(milepost.pid_of("beat"), signal.SIGKILL)
    everybody = {f"person-{number}@example.org" for number in range(MESSAGES)}
    wait_for(
        lambda: (
            set(ids_by_recipient(slow_sink)) == everybody
            and "'sending'" not in milepost.manage("shell", "-v0", "-c", STATES)
        ),
        seconds=120,
        every=1,
        told=lambda: f"{milepost.manage('shell', '-v0', '-c', STATES)}\n{milepost.said}",
    )

    assert milepost.manage("shell", "-v0", "-c", STATES).strip() == f"[('sent', {MESSAGES})]"
    arrived = ids_by_recipient(slow_sink)
    assert {address: len(set(ids)) for address, ids in arrived.items()} == dict.fromkeys(everybody, 1)
    in_flight = 2  # the worker's threads: what each was sending when it was killed may arrive twice
    assert MESSAGES <= len(slow_sink.messages) <= MESSAGES + in_flight
