import datetime as dt

import pytest
import time_machine
from django.db import connection
from django.utils import timezone

from outbox.models import Heartbeat

NOON = dt.datetime(2026, 3, 2, 12, tzinfo=dt.UTC)


def heard(name, *, seconds_ago):
    Heartbeat.objects.create(name=name, at=timezone.now() - dt.timedelta(seconds=seconds_ago))


@pytest.mark.django_db
@pytest.mark.parametrize("path", ["/healthz", "/readyz"])
def test_machines_ask_without_signing_in_and_nothing_is_kept(client, path):
    response = client.get(path)
    assert "Location" not in response
    assert "no-store" in response["Cache-Control"]
    assert not response.cookies


def test_healthz_says_only_that_this_process_answers(client):
    response = client.get("/healthz")
    assert (response.status_code, response.content) == (200, b"ok\n")


@pytest.mark.django_db
def test_readyz_is_200_as_long_as_all_parts_were_heard_of_within_a_minute(client):
    with time_machine.travel(NOON, tick=False):
        heard("worker", seconds_ago=14)
        heard("beat", seconds_ago=60)
        response = client.get("/readyz")
    assert response.status_code == 200
    assert response.json()["worker"] == {"ok": True, "said": "last heard of 14 seconds ago"}


@pytest.mark.django_db
@pytest.mark.parametrize(("silent", "other"), [("worker", "beat"), ("beat", "worker")])
def test_readyz_names_the_part_that_fell_silent(client, silent, other):
    with time_machine.travel(NOON, tick=False):
        heard(silent, seconds_ago=61)
        heard(other, seconds_ago=60)
        response = client.get("/readyz")
    assert response.status_code == 503
    assert response.json()["failing"] == [silent]


@pytest.mark.django_db
def test_readyz_names_the_parts_that_never_were_heard_of(client):
    assert client.get("/readyz").json()["failing"] == ["worker", "beat"]


@pytest.mark.django_db(transaction=True)
def test_readyz_names_the_database_when_it_does_not_answer(client):
    heartbeats = Heartbeat._meta.db_table
    with connection.schema_editor() as editor:
        editor.alter_db_table(Heartbeat, heartbeats, "elsewhere")
    try:
        response = client.get("/readyz")
    finally:
        with connection.schema_editor() as editor:
            editor.alter_db_table(Heartbeat, "elsewhere", heartbeats)
    assert response.status_code == 503
    assert response.json()["database"] == {"ok": False, "said": "does not answer"}
    assert response.json()["failing"] == ["database", "worker", "beat"]


@pytest.mark.django_db
def test_readyz_names_the_broker_when_it_does_not_answer(client, settings, tmp_path):
    settings.QUEUE_DIR = tmp_path / "gone"
    response = client.get("/readyz")
    assert response.json()["broker"] == {"ok": False, "said": "its folder cannot be written"}
