"""What an installation must bring, said in words before anything fails."""

import sqlite3
from typing import Any

from django.core.checks import CheckMessage, Error
from django.db import connection

OLDEST_SQLITE = (3, 33, 0)  # of 2020: the first with UPDATE … FROM (projects/bulk.py)


def check_sqlite(**_kwargs: Any) -> list[CheckMessage]:
    """Refuse a SQLite that cannot change plans."""
    if connection.vendor != "sqlite" or sqlite3.sqlite_version_info >= OLDEST_SQLITE:
        return []
    return [
        Error(
            f"Milepost needs SQLite 3.33 or newer; this Python brings {sqlite3.sqlite_version}.",
            hint="Use a Python of 2020 or later, or set DATABASE_URL to a PostgreSQL database.",
            id="config.E001",
        )
    ]
