"""A whole Milepost run as its operators run it, and the mail server it talks to."""

import contextlib
import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
import uuid
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from pathlib import Path

import redis
from aiosmtpd.controller import Controller

from tests import servers

ROOT = Path(__file__).resolve().parent.parent
OURS = ("ALLOWED_HOSTS", "BASE_URL", "CACHE_URL", "CELERY_BROKER_URL", "DATABASE_URL", "DEBUG", "DEMO", "EMAIL_URL")
OURS += ("DJANGO_SETTINGS_MODULE", "DJANGO_ALLOW_ASYNC_UNSAFE", "PORT", "SECRET_KEY", "STATIC_ROOT", "VAR_DIR")


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def wait_for(what, *, seconds=60, every=0.1, told=lambda: ""):
    """Return the first true answer of `what`; fail with what `told` says when none comes in time."""
    end = time.monotonic() + seconds
    while not (answer := what()):
        assert time.monotonic() < end, f"waited {seconds} s in vain\n{told()}"
        time.sleep(every)
    return answer


class MailSink(Controller):
    """An SMTP server on a free port that keeps every message it took, with the envelope's recipients."""

    def __init__(self):
        self.messages = []
        super().__init__(self, hostname="127.0.0.1", port=free_port())

    @property
    def url(self):
        return f"smtp://127.0.0.1:{self.port}"

    async def handle_DATA(self, server, session, envelope):  # noqa: N802 - the name aiosmtpd calls
        message = message_from_bytes(envelope.content, policy=policy.default)
        message.recipients = list(envelope.rcpt_tos)
        self.messages.append(message)
        return "250 OK"

    def __enter__(self):
        self.start()
        return self

    def __exit__(self, *raised):
        self.stop()


def process_table():
    """Return {pid: (parent's pid, command line)} of every living process; zombies are dead."""
    table = {}
    for folder in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            state, parent = (folder / "stat").read_text().rpartition(")")[2].split()[:2]
            if state != "Z":
                command = (folder / "cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
                table[int(folder.name)] = (int(parent), command)
    return table


@dataclass
class Running:
    """One `manage.py up` and what it started."""

    environment: dict
    port: int
    log: Path
    arguments: list = field(default_factory=list)

    def __post_init__(self):
        with self.log.open("ab") as output:
            self.process = subprocess.Popen(
                [sys.executable, "manage.py", "up", "--bind", f"127.0.0.1:{self.port}", *self.arguments],
                cwd=ROOT,
                env=self.environment,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )

    @property
    def url(self):
        return f"http://127.0.0.1:{self.port}"

    @property
    def said(self):
        return self.log.read_text(errors="replace")

    def get(self, path):
        """Return (status, body), or (0, why) when nobody answers."""
        try:
            with urllib.request.urlopen(self.url + path, timeout=10) as answer:
                return answer.status, answer.read().decode()
        except urllib.error.HTTPError as error:
            return error.code, error.read().decode()
        except OSError as error:
            return 0, str(error)

    def ready(self):
        status, body = self.get("/readyz")
        return status == 200 and json.loads(body)

    def wait_until_ready(self, seconds=180):
        def answered():
            assert self.process.poll() is None, f"manage.py up ended with {self.process.returncode}\n{self.said}"
            return self.ready()

        return wait_for(answered, seconds=seconds, every=0.3, told=lambda: f"{self.get('/readyz')}\n{self.said}")

    def descendants(self):
        """Return {pid: command line} of every process this one started, directly or not."""
        table, found, parents = process_table(), {}, {self.process.pid}
        while parents:
            children = {pid for pid, (parent, _) in table.items() if parent in parents and pid not in found}
            found |= {pid: table[pid][1] for pid in children}
            parents = children
        return found

    def pid_of(self, part):
        """Return the process id of "web", "worker" or "beat"."""
        marks = {"web": " gunicorn ", "worker": " worker ", "beat": " beat "}
        table = process_table()
        pids = [
            pid for pid, (parent, command) in table.items() if parent == self.process.pid and marks[part] in command
        ]
        return pids[0] if pids else None

    def manage(self, *arguments):
        """Run another command in the same installation and return what it printed."""
        return subprocess.run(
            [sys.executable, "manage.py", *arguments],
            cwd=ROOT,
            env=self.environment,
            capture_output=True,
            text=True,
            check=True,
            timeout=300,
        ).stdout

    def stop(self, how=signal.SIGTERM, seconds=30):
        """Ask it to stop and return its exit code."""
        if self.process.poll() is None:
            self.process.send_signal(how)
        return self.process.wait(timeout=seconds)

    def end(self):
        started = self.descendants()
        try:
            self.stop()
        except subprocess.TimeoutExpired:
            for pid in (self.process.pid, *started):
                with contextlib.suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGKILL)
            self.process.wait()


def fresh_redis():
    """Return the URL of an empty Redis database; every xdist worker has its own."""
    number = int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw")) + 1
    url = servers.redis_url()
    path = url.removeprefix("redis+socket://")
    client = redis.Redis(unix_socket_path=path, db=number) if path != url else redis.from_url(url, db=number)
    with contextlib.closing(client):
        client.flushdb()
    return f"{url}?virtual_host={number}" if path != url else f"{url.rstrip('/')}/{number}"


@contextlib.contextmanager
def starting(folder, *, postgres):
    """Give a function that starts Milepost with an environment of its own and stops all it started at the end."""
    environment = {name: value for name, value in os.environ.items() if name not in OURS}
    environment |= {"VAR_DIR": str(folder / "var"), "DEMO": "off", "PYTHONUNBUFFERED": "1"}
    # Collecting them takes seconds, so the tests of one process do it once.
    environment |= {"STATIC_ROOT": f"{os.environ['VAR_DIR']}/staticfiles"}
    started = []

    def start(*arguments, port=None, **variables):
        log = folder / f"up-{len(started)}.log"
        running = Running(environment | variables, port or free_port(), log, list(arguments))
        started.append(running)
        return running

    with contextlib.ExitStack() as stack:
        if postgres:
            environment |= {
                "DATABASE_URL": stack.enter_context(servers.postgres_database(f"up_{uuid.uuid4().hex}")),
                "CELERY_BROKER_URL": fresh_redis(),
                "SECRET_KEY": uuid.uuid4().hex * 2,
                "ALLOWED_HOSTS": "127.0.0.1",
            }
        stack.callback(lambda: [running.end() for running in started])
        yield start
