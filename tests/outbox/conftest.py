import datetime as dt

import pytest

from outbox import kinds
from outbox.kinds import Message

NOW = dt.datetime(2026, 1, 5, 14, 0, tzinfo=dt.UTC)  # a Monday, 9 in the morning in Detroit


@pytest.fixture
def now():
    return NOW


@pytest.fixture
def news(monkeypatch):
    """A kind people may turn off; it says what its data says, and nothing when that is nothing."""

    def compose(delivery, now):
        if "say" not in delivery.data:
            return None
        return Message("News", f"{delivery.data['say']}\n", f"<p>{delivery.data['say']}</p>")

    monkeypatch.setattr(kinds, "_registry", {})
    kinds.register("news", compose, title="News of your sites", unsubscribable=True)
    kinds.register("security", compose, title="Security", unsubscribable=False, secret=True)
    return "news"
