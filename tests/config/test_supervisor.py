import os
import signal
import sys
import threading
import time

import pytest

from config.supervisor import GaveUp, Supervisor

SLEEPER = [sys.executable, "-c", "import time; time.sleep(60)"]
STUBBORN = [sys.executable, "-c", "import signal, time; signal.signal(15, signal.SIG_IGN); time.sleep(60)"]
BROKEN = [sys.executable, "-c", "raise SystemExit(3)"]


def stop_this_process_after(seconds, *, how=signal.SIGTERM):
    threading.Timer(seconds, os.kill, (os.getpid(), how)).start()


def test_it_gives_up_on_what_dies_six_times_and_ends_the_rest():
    said = []
    supervisor = Supervisor({"rest": SLEEPER, "broken": BROKEN}, say=said.append)
    with pytest.raises(GaveUp, match="broken"):
        supervisor.run()
    assert said == ["broken ended with code 3, starting it again"] * 5 + ["broken ended with code 3"]
    assert supervisor.children["rest"].poll() is not None


def test_asked_to_stop_it_ends_its_children_and_hands_the_signals_back():
    before = signal.getsignal(signal.SIGTERM)
    supervisor = Supervisor({"one": SLEEPER, "two": SLEEPER}, say=pytest.fail)
    stop_this_process_after(0.5)
    supervisor.run()
    assert [child.returncode for child in supervisor.children.values()] == [-signal.SIGTERM] * 2
    assert signal.getsignal(signal.SIGTERM) == before


def test_a_child_that_does_not_listen_is_killed_after_the_grace():
    supervisor = Supervisor({"stubborn": STUBBORN}, say=pytest.fail, grace=0.5)
    stop_this_process_after(1.5)
    supervisor.run()
    assert supervisor.children["stubborn"].returncode == -signal.SIGKILL


def test_a_second_signal_does_not_wait():
    supervisor = Supervisor({"stubborn": STUBBORN}, say=pytest.fail, grace=60)
    started = time.monotonic()
    stop_this_process_after(1.5)
    stop_this_process_after(2.5, how=signal.SIGINT)
    supervisor.run()
    assert time.monotonic() - started < 30
