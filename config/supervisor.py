"""Keeps the processes of one installation running: starts them, restarts what dies, ends them all together."""

import contextlib
import ctypes
import os
import signal
import subprocess
import time
from collections.abc import Callable

DEATHS_ALLOWED = 5
WITHIN_SECONDS = 60.0
LOOK_EVERY = 0.2


class GaveUp(Exception):
    """A process died again and again; holds its name."""


def die_with_parent():
    """Run in the child before exec: Linux ends it when the supervisor is gone, even by SIGKILL."""
    getattr(ctypes.CDLL(None), "prctl", lambda *args: 0)(1, signal.SIGTERM)


def end_group(child: subprocess.Popen) -> None:
    """End at once whatever is left of a child and its own children, and collect it."""
    with contextlib.suppress(ProcessLookupError):
        os.killpg(child.pid, signal.SIGKILL)
    child.wait()


class Supervisor:
    """Runs commands by name until SIGINT or SIGTERM. Signal handlers only append, so the loop stays plain."""

    def __init__(self, commands: dict[str, list[str]], *, say: Callable[[str], object], grace: float = 15.0):
        self.commands = commands
        self.say = say
        self.grace = grace
        self.children: dict[str, subprocess.Popen] = {}
        self.asked_to_stop: list[int] = []
        self.deaths: list[float] = []

    def run(self, *, every_look: Callable[[], object] = lambda: None) -> None:
        """Run until asked to stop; call `every_look` at each look. Raises GaveUp with the name of a crash loop."""
        before = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)}
        for number in before:
            signal.signal(number, lambda received, frame: self.asked_to_stop.append(received))
        try:
            for name in self.commands:
                self.start(name)
            while not self.asked_to_stop:
                time.sleep(LOOK_EVERY)
                self.restart_the_dead()
                every_look()
        finally:
            self.stop()
            for number, handler in before.items():
                signal.signal(number, handler)

    def start(self, name: str) -> None:
        # A session of its own: Ctrl-C reaches the supervisor alone, which then ends its children in order.
        self.children[name] = subprocess.Popen(  # noqa: S603 - our own commands
            self.commands[name], stdin=subprocess.DEVNULL, start_new_session=True, preexec_fn=die_with_parent
        )

    def restart_the_dead(self) -> None:
        for name, child in self.children.items():
            if child.poll() is None or self.asked_to_stop:
                continue
            end_group(child)
            now = time.monotonic()
            self.deaths = [*(death for death in self.deaths if death > now - WITHIN_SECONDS), now]
            if len(self.deaths) > DEATHS_ALLOWED:
                self.say(f"{name} ended with code {child.returncode}")
                raise GaveUp(name)
            self.say(f"{name} ended with code {child.returncode}, starting it again")
            self.start(name)

    def stop(self) -> None:
        """Ask all children to end, wait for them as long as `grace` says (a second Ctrl-C does not wait)."""
        for child in self.children.values():
            if child.poll() is None:
                child.terminate()
        end = time.monotonic() + self.grace
        while any(child.poll() is None for child in self.children.values()):
            if time.monotonic() > end or len(self.asked_to_stop) > 1:
                break
            time.sleep(0.05)
        for child in self.children.values():
            end_group(child)
