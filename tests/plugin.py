"""What every test may ask for: Chromium and axe, a mail server that collects, Redis, a whole running Milepost.

It also closes each run with one line of counts for its database and, with CI=true, takes a skip for a failure.
"""

import gc
import os
import shutil
import threading
import time

import pytest
from django.conf import settings

from config.celery import app
from tests import servers
from tests.running import MailSink, starting

BACKENDS = {"sqlite": "SQLite", "postgres": "PostgreSQL"}
IN_CI = os.environ.get("CI", "") not in ("", "0", "false")
CHROMIUM = os.environ.get("CHROMIUM") or next(
    filter(None, map(shutil.which, ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome"))), None
)


# With the defaults a fifth of the run went into looking for garbage among modules and tests, which all stay.
gc.set_threshold(50_000, 20, 10)


def pytest_configure(config):
    config.addinivalue_line("markers", "browser: drives a real Chromium")
    config.addinivalue_line("markers", "services: starts servers and processes for real")


def pytest_collection_modifyitems(config, items):
    """Leave out the browser tests where there is no Chromium; the summary says so in one line."""
    for item in items:
        if {"page", "context", "browser"} & set(getattr(item, "fixturenames", ())):
            item.add_marker(pytest.mark.browser)
        if "milepost_up" in getattr(item, "fixturenames", ()):
            item.add_marker(pytest.mark.services)
    if CHROMIUM is None:
        left_out = [item for item in items if item.get_closest_marker("browser")]
        if left_out:
            items[:] = [item for item in items if not item.get_closest_marker("browser")]
            config.hook.pytest_deselected(items=left_out)


def pytest_collection_finish(session):
    """Look for garbage no more among what was there when the first test began."""
    gc.collect()
    gc.freeze()


def outcome_counts(reporter):
    return {
        name: len(reporter.stats.get(name, ()))
        for name in ("passed", "failed", "error", "skipped", "xfailed")
        if name in ("passed", "skipped") or reporter.stats.get(name)
    }


@pytest.hookimpl(trylast=True)
def pytest_sessionfinish(session, exitstatus):
    """With CI=true a test that did not run is a failure: there the suite must prove everything."""
    reporter = session.config.pluginmanager.get_plugin("terminalreporter")
    if IN_CI and reporter and exitstatus == 0 and (reporter.stats.get("skipped") or CHROMIUM is None):
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


def pytest_terminal_summary(terminalreporter, exitstatus, config):
    if hasattr(config, "workerinput"):
        return  # xdist's workers report to the process that started them, which sums up
    if CHROMIUM is None:
        terminalreporter.write_line("No Chromium found (set CHROMIUM to its path): the browser tests were left out.")
    if IN_CI and (terminalreporter.stats.get("skipped") or CHROMIUM is None):
        terminalreporter.write_line("CI is set, so what was skipped or left out counts as a failure.")
    counts = ", ".join(f"{number} {name}" for name, number in outcome_counts(terminalreporter).items())
    line = f"{BACKENDS[settings.TEST_DB]}: {counts}"
    terminalreporter.write_line(line)
    if path := os.environ.get("MILEPOST_TEST_COUNTS"):
        with open(path, "a", encoding="utf-8") as file:
            file.write(line + "\n")


@pytest.fixture(scope="session", autouse=True)
def tasks_are_known():
    """Let Celery know all tasks, as a worker does: what it does not know it cannot run at once, and warns."""
    app.loader.import_default_modules()


@pytest.fixture(autouse=True)
def the_server_has_answered(request, _django_db_helper):
    """Empty the database only once the test server has answered: a page looks for news until its very end.

    PostgreSQL otherwise finds a deadlock between the emptying and what is still read. This rests on the fixture that
    empties and comes before the browser's, so its end lies between theirs.
    """
    yield
    if "live_server" not in request.fixturenames:
        return
    end = time.monotonic() + 10
    while answering := [one.name for one in threading.enumerate() if "process_request_thread" in one.name]:
        assert time.monotonic() < end, f"the test server still answers: {answering}"
        time.sleep(0.01)


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args):
    # Debian turns on rasterization for a GPU, which without one takes twice as long as none.
    quiet = ["--disable-gpu", "--disable-gpu-rasterization", "--disable-gpu-compositing", "--disable-dev-shm-usage"]
    quiet += ["--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update"]
    quiet += ["--disable-sync"]
    sandbox = ["--no-sandbox"] if os.geteuid() == 0 else []
    return {**browser_type_launch_args, "executable_path": CHROMIUM, "args": quiet + sandbox}


@pytest.fixture
def axe():
    """Give a function that finds WCAG 2.2 AA violations on a page and fails with each of them in words."""
    script = pytest.importorskip("axe_playwright_python.sync_playwright").Axe().axe_script
    tags = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]

    def check(page, *, disable=()):
        options = {
            "runOnly": {"type": "tag", "values": tags},
            "resultTypes": ["violations"],
            "rules": {rule: {"enabled": False} for rule in disable},
        }
        if not page.evaluate("'axe' in window"):
            page.evaluate(script)
        violations = page.evaluate("options => axe.run(options)", options)["violations"]
        said = [
            f"{rule['id']}: {rule['help']}\n    " + "\n    ".join(node["html"] for node in rule["nodes"][:5])
            for rule in violations
        ]
        assert not said, f"{page.url} has {len(said)} accessibility violations:\n" + "\n".join(said)

    return check


@pytest.fixture(scope="session")
def redis_url():
    """The URL of a real Redis; the test may flush it."""
    return servers.redis_url()


@pytest.fixture
def smtp_sink():
    """A real mail server on a free port; `messages` holds what arrived, `url` goes into EMAIL_URL."""
    with MailSink() as sink:
        yield sink


@pytest.fixture
def milepost_up(tmp_path):
    """Give a function that starts `manage.py up` for real, on the database of this run.

    SQLite runs are embedded; PostgreSQL runs have their own database, Redis as the broker. What the function starts is
    stopped after the test. Its arguments are environment variables: `milepost_up(EMAIL_URL=smtp_sink.url)`.
    """
    with starting(tmp_path, postgres=settings.TEST_DB == "postgres") as start:
        yield start
