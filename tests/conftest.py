import pytest
from django.db import connection

from roadmap.published import content_of

pytest_plugins = ["tests.plugin", "tests.cast", "tests.kept", "tests.statements"]


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup, django_db_blocker, kept_rows):
    """Make the test database as pytest-django does, and end what is still connected before it is dropped.

    A browser may keep a request's thread waiting, with its database connection, for a moment after the last test.
    """
    yield
    with django_db_blocker.unblock():
        kept_rows.end()
        if connection.vendor == "postgresql":
            with connection.cursor() as cursor:
                cursor.execute(
                    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
                    "WHERE datname = current_database() AND pid <> pg_backend_pid()"
                )


@pytest.fixture(autouse=True)
def nothing_remembered():
    """Forget what the process keeps of published versions: tests roll back, and ids come again with other content."""
    content_of.cache_clear()
