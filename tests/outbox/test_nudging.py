"""In tests that commit, a nudge runs its task at once, whichever modules the test itself imports."""

import pytest
from django.core import mail

from outbox.queueing import queue
from tests.cast import person


@pytest.mark.django_db(transaction=True)
def test_a_commit_sends_at_once_where_there_is_no_worker(news, now):
    queue(kind="news", to=person("Bo Lindqvist"), data={"say": "Hello."}, now=now)
    assert [sent.body for sent in mail.outbox] == ["Hello.\n"]
