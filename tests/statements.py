"""Counting SQL statements as the design's bounds do: without BEGIN, COMMIT and SAVEPOINT."""

from contextlib import contextmanager

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

NOT_COUNTED = ("BEGIN", "COMMIT", "SAVEPOINT", "RELEASE", "ROLLBACK")


@contextmanager
def counted():
    """Yield a list that holds the statements once the block is left."""
    found = []
    with CaptureQueriesContext(connection) as captured:
        yield found
    found += [query["sql"] for query in captured if not query["sql"].startswith(NOT_COUNTED)]


@pytest.fixture
def at_most():
    """Return a context manager that fails, showing the statements, when more than so many were run."""

    @contextmanager
    def bound(number):
        with counted() as found:
            yield found
        if len(found) > number:
            shown = "\n".join(f"{n:3} {sql[:220]}" for n, sql in enumerate(found, start=1))
            pytest.fail(f"{len(found)} statements were run, at most {number} are allowed:\n{shown}")

    return bound
