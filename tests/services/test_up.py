"""`manage.py up` as operators meet it: embedded in the SQLite run, on PostgreSQL and Redis in the other."""

import os
import signal

import pytest

from tests.running import process_table, wait_for

pytestmark = pytest.mark.services
KEEP = "from accounts.models import User; User.objects.create_user('kept@example.org', 'x')"
FIND = "from accounts.models import User; print(User.objects.get(email='kept@example.org').email)"


def all_gone(pids):
    return lambda: not set(pids) & set(process_table())


def test_every_part_is_ready_and_another_start_is_refused_in_words(milepost_up, tmp_path):
    milepost = milepost_up()
    ready = milepost.wait_until_ready()
    assert ready["failing"] == []
    assert all(ready[part]["ok"] for part in ("database", "broker", "worker", "beat"))
    assert milepost.get("/healthz") == (200, "ok\n")
    assert milepost.get("/")[0] == 200

    in_the_same_place = milepost_up()
    on_the_same_port = milepost_up(port=milepost.port, VAR_DIR=str(tmp_path / "elsewhere"))
    assert in_the_same_place.process.wait(timeout=60) == 1
    assert on_the_same_port.process.wait(timeout=60) == 1
    assert f"already runs on {tmp_path / 'var'} (process {milepost.process.pid})" in in_the_same_place.said
    assert f"Cannot listen on 127.0.0.1:{milepost.port}" in on_the_same_port.said
    assert "Traceback" not in in_the_same_place.said + on_the_same_port.said
    assert milepost.get("/healthz")[0] == 200


def test_killed_parts_are_started_again_and_sigterm_leaves_no_process(milepost_up):
    milepost = milepost_up()
    milepost.wait_until_ready()
    for part in ("web", "worker", "beat"):
        killed = milepost.pid_of(part)
        os.kill(killed, signal.SIGKILL)
        wait_for(lambda part=part, killed=killed: milepost.pid_of(part) not in (None, killed))
        assert f"{part} ended with code -9, starting it again" in milepost.said
    wait_for(lambda: milepost.get("/healthz")[0] == 200)

    started = milepost.descendants()
    assert len(started) >= 5  # web and its two workers, worker, beat
    assert milepost.stop(signal.SIGTERM) == 0
    assert all_gone(started)()
    assert milepost.said.rstrip().endswith("Stopped.")


def test_after_a_crash_no_process_is_left_and_the_next_start_keeps_the_data(milepost_up):
    first = milepost_up()
    first.wait_until_ready()
    first.manage("shell", "-v0", "-c", KEEP)
    started = first.descendants()
    first.stop(signal.SIGKILL)
    wait_for(all_gone(started), seconds=30)

    second = milepost_up()
    second.wait_until_ready()
    assert second.manage("shell", "-v0", "-c", FIND).strip() == "kept@example.org"
    started = second.descendants()
    assert second.stop(signal.SIGINT) == 0
    assert all_gone(started)()
