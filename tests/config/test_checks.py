import sqlite3

import pytest
from django.core.management import call_command
from django.core.management.base import SystemCheckError

from config.checks import check_sqlite


def test_a_sqlite_that_is_too_old_is_refused_in_words(monkeypatch):
    monkeypatch.setattr("config.checks.connection.vendor", "sqlite", raising=False)
    assert check_sqlite() == []
    monkeypatch.setattr(sqlite3, "sqlite_version_info", (3, 31, 1))
    monkeypatch.setattr(sqlite3, "sqlite_version", "3.31.1")
    with pytest.raises(SystemCheckError, match="needs SQLite 3.33 or newer; this Python brings 3.31.1"):
        call_command("check")


def test_postgresql_needs_no_sqlite(monkeypatch):
    monkeypatch.setattr("config.checks.connection.vendor", "postgresql", raising=False)
    monkeypatch.setattr(sqlite3, "sqlite_version_info", (3, 31, 1))
    assert check_sqlite() == []
