"""The world that most tests begin with is written once and kept: each of them is rolled back to it, not to nothing.

It stays in a transaction that is open under the tests that ask for `world` and never commits. A test that does not ask
for it, or that commits for itself, ends that transaction first and finds the database as empty as ever; so tests with
the world run together, one after the other.
"""

import copy

import pytest
from django.db import connection, transaction
from pytest_django.plugin import blocking_manager_key

from roadmap.published import content_of
from tests.cast import MONDAY, make_world
from tests.small_roadmap import make_small_roadmap


class Kept:
    """The world that was made once, and the transaction it lives in; `made` is None while there is none."""

    made = None
    _transaction = None

    def begin(self):
        if self.made is None:
            self._transaction = transaction.atomic()
            self._transaction.__enter__()
            self.made = make_world(make_small_roadmap(), MONDAY)
            connection.check_constraints()

    def end(self):
        if self._transaction:
            transaction.set_rollback(True)
            self._transaction.__exit__(None, None, None)
            self.made = self._transaction = None


KEPT = Kept()


@pytest.fixture(scope="session")
def kept_rows():
    return KEPT


@pytest.fixture
def kept_world(db):
    """This test's own copy of the kept world's people and rows; None where the test has to make its own.

    The Roadmap it stands on is in memory, as in a process that showed a page before.
    """
    if KEPT.made:
        content_of(KEPT.made.version.pk)
    return copy.deepcopy(KEPT.made)


def commits(item):
    """Return whether a test writes for real, and has the tables emptied after it."""
    marker = item.get_closest_marker("django_db")
    asked = {"transactional_db", "live_server"} & set(getattr(item, "fixturenames", ()))
    return bool(asked or (marker and (marker.kwargs.get("transaction") or marker.kwargs.get("reset_sequences"))))


def shares(item):
    """Return whether a test begins with the kept world: not where it has a Roadmap of its own under its world.

    One with a browser has another connection to the database.
    """
    asked = set(getattr(item, "fixturenames", ()))
    if "world" not in asked or {"browser", "context", "page"} & asked or commits(item):
        return False
    made_by = [item._fixtureinfo.name2fixturedefs[name][-1].func.__module__ for name in ("world", "roadmap", "now")]
    return set(made_by) == {make_world.__module__}


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items):
    """Let tests with the world follow each other at the beginning, and those that commit come at the end.

    Among these the ones that start servers come first: they are long, and one of them alone at the end would leave the
    other processes with nothing to do.
    """
    items.sort(key=lambda item: (commits(item), not shares(item), not item.get_closest_marker("services")))


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item):
    """Take the world away before a test that does without it, and before anything is made for that test."""
    if not shares(item):
        with item.config.stash[blocking_manager_key].unblock():
            KEPT.end()


@pytest.hookimpl(tryfirst=True)
def pytest_fixture_setup(fixturedef, request):
    """Have the world there just before pytest-django begins the own transaction of a test that shares it."""
    if fixturedef.argname == "_django_db_helper" and shares(request.node):
        with request.config.stash[blocking_manager_key].unblock():
            KEPT.begin()
