"""Which codes share words, found by sweeping over sorted passages of one text. Pure, no database."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple


class Span(NamedTuple):
    """A coding at [start, end) of one text, with the ids of its code and of itself."""

    start: int
    end: int
    code: int
    pk: int


def touched(spans: Iterable[Span]) -> Iterator[tuple[Span, set[int]]]:
    """Yield each span of one text, sorted, with the codes it shares a position with; its own is always among them.

    One sweep from the left finds the codes that reach into a span, one from the right those that begin in it. Beside
    the sorting each costs what it finds, however many passages lie on top of each other.
    """
    ordered = sorted(spans)
    beginning = reversed(list(from_the_right(ordered)))
    for span, reached, begun in zip(ordered, from_the_left(ordered), beginning, strict=True):
        yield span, reached | begun


def from_the_left(ordered: Sequence[Span]) -> Iterator[set[int]]:
    """Yield for each span the codes of those before it in order that end behind its start."""
    ends: dict[int, int] = {}  # of each code that is still open, how far it reaches
    for span in ordered:
        for code in [code for code, end in ends.items() if end <= span.start]:
            del ends[code]
        yield set(ends)
        ends[span.code] = max(span.end, ends.get(span.code, 0))


def from_the_right(ordered: Sequence[Span]) -> Iterator[set[int]]:
    """Yield for each span, the last first, its own code and those of the spans behind it that start before it ends."""
    starts: dict[int, int] = {}  # of each code seen so far its nearest start, the nearest last
    for span in reversed(ordered):
        starts.pop(span.code, None)
        starts[span.code] = span.start
        begun = set()
        for code in reversed(starts):
            if starts[code] >= span.end:
                break
            begun.add(code)
        yield begun


def in_turns(spans: Iterable[Span], starts: Sequence[int]) -> list[Span]:
    """Return spans with the numbers of turns in the place of characters; `starts` are where the turns begin."""

    def turn(position: int) -> int:
        return max(0, bisect_right(starts, position) - 1)

    return [span._replace(start=turn(span.start), end=turn(span.end - 1) + 1) for span in spans]
