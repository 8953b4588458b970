import contextlib
import fcntl
import http.client
import ipaddress
import os
import socket
import sys

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.db import OperationalError, connections

from accounts.models import User
from config.preparing import prepare
from config.supervisor import GaveUp, Supervisor
from projects.models import Program

DEMO_ROLES = ["admin", "lead", "practitioner", "researcher", "observer", "newcomer"]


class Command(BaseCommand):
    help = "Runs a whole Milepost: brings the database up to date, then keeps web, worker and beat running."
    requires_system_checks = []

    def add_arguments(self, parser):
        parser.add_argument(
            "--bind",
            default=f"127.0.0.1:{os.environ.get('PORT') or 8000}",
            metavar="HOST:PORT",
            help="where the web server listens (default: %(default)s, from PORT)",
        )

    def handle(self, *args, bind, **options):
        host, port = parse(bind)
        if settings.DEMO and not is_loopback(host):
            raise CommandError(
                f"Demo data comes with passwords everybody knows, so it is only served on 127.0.0.1, not on {host}. "
                "Set DEMO=off to serve your own data on another address."
            )
        with only_one(settings.VAR_DIR / "up.lock"):
            refuse_taken(host, port)
            os.environ.setdefault("BASE_URL", f"http://{bind}")
            self.prepare()
            self.supervise(host, port)

    def prepare(self):
        try:
            prepare(self.say)
            if settings.DEMO and not Program.objects.exists():
                self.say("Making the demo data, once …")
                call_command("demo", verbosity=0)
                call_command("demo_study", verbosity=0)
        except OperationalError as error:
            raise CommandError(f"The database does not answer: {error}") from error
        self.people = demo_people() if settings.DEMO else []
        connections.close_all()

    def supervise(self, host, port):
        greeted = []

        def greet():
            if not greeted and answers(host, port):
                greeted.append(True)
                self.greet(host, port)

        try:
            Supervisor(commands(host, port), say=self.say).run(every_look=greet)
        except GaveUp as gave_up:
            raise CommandError(f"{gave_up} could not be kept running; what it printed above says why") from gave_up
        self.say("Stopped.")

    def greet(self, host, port):
        self.say(f"\nMilepost is at http://{host}:{port}/ (Ctrl-C stops it)")
        if self.people:
            self.say("Everything in it is made up. Sign in with the password walk-the-road as one of:")
            for email, name in self.people:
                self.say(f"  {email:28} {name}")

    def say(self, words):
        self.stdout.write(words)
        self.stdout.flush()


def parse(bind):
    host, colon, port = bind.rpartition(":")
    if not colon or not host or not port.isdecimal() or not 0 < int(port) < 65536:
        raise CommandError(f"--bind {bind}: expected HOST:PORT, for example 127.0.0.1:8000")
    return host.strip("[]"), int(port)


def is_loopback(host):
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


@contextlib.contextmanager
def only_one(path):
    """Hold a lock on a file as long as this process lives; refuse when another process holds it."""
    with path.open("a+", encoding="utf-8") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            file.seek(0)
            raise CommandError(
                f"Milepost already runs on {path.parent} (process {file.read().strip() or 'unknown'}). "
                "Stop that one first, or set VAR_DIR to another folder."
            ) from None
        file.truncate(0)
        file.write(str(os.getpid()))
        file.flush()
        yield


def refuse_taken(host, port):
    """Say at once that a port is taken; the web server alone would try again for seconds."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            raise CommandError(
                f"Cannot listen on {host}:{port}: {error.strerror}. Choose another port: PORT=8001 make run"
            ) from None


def answers(host, port):
    connection = http.client.HTTPConnection(host, port, timeout=1)
    try:
        connection.request("GET", "/healthz")
        connection.getresponse().read()
    except OSError:
        return False
    finally:
        connection.close()
    return True


def demo_people():
    """Return the address and name of the demo people who are there, one for each role."""
    emails = [f"{role}@demo.example" for role in DEMO_ROLES]
    names = dict(User.objects.filter(email__in=emails, is_active=True).values_list("email", "name"))
    return [(email, names[email]) for email in emails if email in names]


def commands(host, port):
    """Return the command line of each process of an installation, by name."""
    bind = f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
    celery = [sys.executable, "-m", "celery", "--quiet", "--app", "config"]
    quiet = ["--without-mingle", "--without-gossip", "--without-heartbeat"]
    web = [sys.executable, "-m", "gunicorn", "config.wsgi", "--bind", bind, "--workers", "2", "--threads", "4"]
    return {
        "web": [*web, "--graceful-timeout", "10", "--log-level", "warning", "--no-control-socket"],
        "worker": [*celery, "worker", "--pool", "threads", "--concurrency", "2", "--loglevel", "WARNING", *quiet],
        "beat": [*celery, "beat", "--scheduler", "config.beat:Scheduler", "--loglevel", "WARNING", "--pidfile="],
    }
