"""Cutting a transcript into units, so that coders are compared on the same pieces of it. Pure.

One rule for all units: what the interviewer says does not count, nor do speakers' names. Where nobody goes by a name
of those who ask, all of the text counts.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Collection, Iterable, Iterator, Sequence
from itertools import islice, takewhile
from typing import Any

from interviews.models import AgreementRound
from interviews.reading.turns import asks

Span = tuple[int, int]
Unit = list[Span]  # its pieces in order: an answer has one for each turn
Kind = AgreementRound.Unit
STOP = re.compile(r"[.!?…]+[\"'”’)\]]*(?=\s)|\n+")
SHORT = re.compile(r"(?:^|[\s(\[])(?:dr|mr|mrs|ms|prof|st|jr|sr|vs|approx|dept|e\.g|i\.e|[A-HJ-Z])\.$", re.I)


def units_of(unit: str, text: str, turns: Sequence[Sequence[Any]], asked: Collection[int] = ()) -> list[Unit]:
    """Return the units of a transcript, in order and without overlaps; none where it cannot be cut so.

    `asked` are the numbers of the turns in which a question of the guide is asked; answers go from one to the next. Of
    characters there is one "unit", whose pieces hold them all.
    """
    counted = counted_turns(turns)
    if unit == Kind.CHARACTER:
        pieces = [span for number in counted if (span := said_in(text, turns[number]))]
        return [pieces] if pieces else []
    if unit == Kind.ANSWER:
        return answers(text, turns, counted, asked)
    spans = (said_in(text, turns[number]) for number in counted)
    if unit == Kind.SENTENCE:
        return [[one] for span in spans if span for one in sentences(text, *span)]
    return [[span] for span in spans if span]


def counted_turns(turns: Sequence[Sequence[Any]]) -> list[int]:
    """Return the numbers of the turns that count: those of the people who answer."""
    answering = [number for number, turn in enumerate(turns) if not asks(turn[3])]
    return answering or list(range(len(turns)))


def said_in(text: str, turn: Sequence[Any]) -> Span | None:
    return trimmed(text, turn[1], turn[2])


def trimmed(text: str, start: int, end: int) -> Span | None:
    """Return a span without the spaces at its ends, None for nothing but spaces."""
    words = text[start:end]
    start, end = start + len(words) - len(words.lstrip()), end - len(words) + len(words.rstrip())
    return (start, end) if start < end else None


def sentences(text: str, start: int, end: int) -> Iterator[Span]:
    """Yield the sentences of a span: to a full stop, question or exclamation mark, or the end of a line.

    No sentence ends behind an initial or an abbreviation, nor before a small letter.
    """
    begun = start
    for match in STOP.finditer(text, start, end):
        if match[0].isspace() or ends_sentence(text, begun, match.end(), end):
            if span := trimmed(text, begun, match.end()):
                yield span
            begun = match.end()
    if span := trimmed(text, begun, end):
        yield span


def ends_sentence(text: str, start: int, stop: int, end: int) -> bool:
    rest = text[stop:end].lstrip()
    return not (rest[:1].islower() or SHORT.search(text[max(start, stop - 12) : stop]))


def answers(text: str, turns: Sequence[Sequence[Any]], counted: Sequence[int], asked: Collection[int]) -> list[Unit]:
    """Gather what is said from one question to the next; what is said before the first is no answer."""
    said = set(counted)
    found: list[Unit] = []
    for number, turn in enumerate(turns):
        if number in asked:
            found.append([])
        elif found and number in said and (span := said_in(text, turn)):
            found[-1].append(span)
    return [unit for unit in found if unit]


class Places:
    """The units of one text, to ask which of them a coding touches."""

    def __init__(self, units: Iterable[Unit]):
        pieces = [(start, end, number) for number, unit in enumerate(units) for start, end in unit]
        self.pieces = sorted(pieces)
        self.ends = [end for _start, end, _number in self.pieces]

    def touched(self, start: int, end: int) -> list[tuple[int, int, int]]:
        """Return the pieces that [start, end) overlaps: from where to where, and of which unit (its number)."""
        return list(takewhile(lambda piece: piece[0] < end, islice(self.pieces, bisect_right(self.ends, start), None)))


def whole(unit: Sequence[Sequence[int]]) -> Span:
    """Return a unit from its first to its last character."""
    return unit[0][0], unit[-1][1]


def joined(spans: Iterable[Sequence[int]]) -> list[Span]:
    """Return spans in order, those that overlap or touch made one."""
    found: list[Span] = []
    for start, end in sorted((start, end) for start, end in spans):
        if found and start <= found[-1][1]:
            found[-1] = (found[-1][0], max(end, found[-1][1]))
        else:
            found.append((start, end))
    return found
