"""The codebook as an outline: which code stands below which, and how deep. Pure, no database."""

from __future__ import annotations

from collections.abc import Iterable

from interviews.models import Code

Outline = list[tuple[Code, int]]
INDENT = "\u2003"


def outline(codes: Iterable[Code]) -> Outline:
    """Return codes from top to bottom, each below its parent, with how deep it stands.

    One whose parent is not among them stands on top.
    """
    found = list(codes)
    known = {code.pk for code in found}
    below: dict[int | None, list[Code]] = {}
    for code in found:
        below.setdefault(code.parent_id if code.parent_id in known else None, []).append(code)
    rows: Outline = []
    waiting = [(code, 0) for code in reversed(below.get(None, []))]
    while waiting:
        code, depth = waiting.pop()
        rows.append((code, depth))
        waiting += [(child, depth + 1) for child in reversed(below.get(code.pk, []))]
    return rows


def code_choices(rows: Outline) -> list[tuple[int, str]]:
    """Return codes as the choices of a form, those below others set in."""
    return [(code.pk, f"{INDENT * depth}{code}") for code, depth in rows]


def families(rows: Outline) -> dict[int, frozenset[int]]:
    """Return for each code of an outline (by id) the ids of itself and of all codes below it."""
    found: dict[int, set[int]] = {code.pk: set() for code, _depth in rows}
    line: list[int] = []
    for code, depth in rows:
        line[depth:] = [code.pk]
        for above in line:
            found[above].add(code.pk)
    return {pk: frozenset(family) for pk, family in found.items()}
