"""Pages by key of a list in a fixed order: they begin after a row, so that none is skipped or shown twice. Reads."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Q, QuerySet


@dataclass(frozen=True)
class Page:
    """Some rows of a list. The next page begins after the row `after`, the previous one ends before the row `before`.

    Both are ids, None where there is no such page.
    """

    rows: list[Any]
    before: int | None
    after: int | None


def page_of(
    found: QuerySet, order: Sequence[str], *, after: int | None = None, before: int | None = None, size: int
) -> Page:
    """Return the rows that follow one (by id), or that stand before one, in ascending order of fields, the id last.

    One statement, and one more to find where that row stands. An id that is not in the list begins at the top.
    """
    fields = (*order, "pk")
    back = before is not None and after is None
    place = found.filter(pk=before if back else after).values_list(*fields).first() if before or after else None
    back = back and place is not None
    rows = found.filter(beyond(fields, place, "lt" if back else "gt")) if place else found
    taken = list(rows.order_by(*(f"-{name}" if back else name for name in fields))[: size + 1])
    more, taken = len(taken) > size, taken[:size]
    if back:
        return Page(taken[::-1], taken[-1].pk if more else None, taken[0].pk if taken else None)
    return Page(taken, taken[0].pk if place and taken else None, taken[-1].pk if more else None)


def beyond(fields: Sequence[str], place: Sequence[Any], than: str) -> Q:
    """Return the condition that a row stands beyond a place in the order of some fields; `than` is "gt" or "lt"."""
    found = Q()
    for number, name in enumerate(fields):
        same = dict(zip(fields[:number], place[:number], strict=True))
        found |= Q(**same, **{f"{name}__{than}": place[number]})
    return found
