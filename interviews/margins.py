"""The margin of a transcript: which codes stand beside which turn, and what changed of them since. Reads."""

from __future__ import annotations

import datetime as dt
from bisect import bisect_right
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from accounts.models import User
from interviews.models import Code, Coder, Coding, Question, Transcript
from interviews.models.codes import CodingQuerySet
from interviews.reading.turns import clock


class Chip(NamedTuple):
    """A coding as it stands in a margin. Not the row itself: a long transcript has thousands."""

    pk: int
    start: int
    end: int
    code: Code
    coder: Coder
    has_memo: bool


@dataclass
class Beside:
    """A turn with what stands in its margin: codings that begin in it, and the question of the guide that it asks."""

    number: int
    start: int  # of its words
    end: int
    speaker: str
    clock: str
    text: str
    chips: list[Chip] = field(default_factory=list)
    asks: Question | None = None


def margins_of(transcript: Transcript, *, reader: User, codes: Iterable[Code] = ()) -> list[Beside]:
    """Return all turns of a transcript with the codings that the reader may see, in three statements.

    Two, where the study's codes were read already and are given.
    """
    turns = [
        Beside(number, words, end, speaker, clock(seconds), transcript.text[words:end])
        for number, (_start, words, end, speaker, seconds) in enumerate(transcript.turns)
    ]
    starts = starts_of(transcript)
    for chip in chips_of(there(transcript, reader), {code.pk: code for code in codes}):
        turns[turn_at(starts, chip.start)].chips.append(chip)
    return turns


def there(transcript: Transcript, reader: User) -> CodingQuerySet:
    """Return the codings of a transcript that a person may see, in the order of a margin. Nothing else reads them."""
    rows = transcript.codings.there().visible_to_coder(reader)
    return rows.order_by("start", "-end", "code__position", "pk")


def chips_of(rows: CodingQuerySet, known: Mapping[int, Code] | None = None) -> list[Chip]:
    """Return codings as they stand in a margin, in two or three statements however many."""
    found = list(rows.with_memos().values_list("pk", "start", "end", "code", "coder", "has_memo"))
    codes = known or Code.objects.in_bulk({row[3] for row in found})
    coders = Coder.objects.select_related("user").in_bulk({row[4] for row in found})
    return [Chip(pk, start, end, codes[code], coders[coder], memo) for pk, start, end, code, coder, memo in found]


def starts_of(transcript: Transcript) -> list[int]:
    return [turn[0] for turn in transcript.turns]


def turn_at(starts: list[int], position: int) -> int:
    return max(0, bisect_right(starts, position) - 1)


def turn_of(transcript: Transcript, position: int) -> int:
    """Return the number of the turn in which a position lies."""
    return turn_at(starts_of(transcript), position)


def margin(transcript: Transcript, number: int, *, reader: User) -> list[Chip]:
    """Return the codings that begin in one turn and that the reader may see."""
    first = transcript.turns[number][0]
    last = transcript.turns[number + 1][0] if number + 1 < len(transcript.turns) else len(transcript.text) + 1
    return chips_of(there(transcript, reader).filter(start__gte=first, start__lt=last))


def changed_since(transcript: Transcript, *, since: dt.datetime, reader: User) -> dict[int, list[Chip]]:
    """Return the margins of turns in which codings were put, taken away or remarked on since a moment.

    By anybody: the reader may have a second window.
    """
    touched = transcript.codings.filter(changed_at__gte=since).visible_to_coder(reader)
    starts = starts_of(transcript)
    numbers = {turn_at(starts, start) for start in touched.values_list("start", flat=True)}
    return {number: margin(transcript, number, reader=reader) for number in sorted(numbers)}


@dataclass(frozen=True)
class Passage:
    """A coded passage as it is read away from its text."""

    coding: Coding
    words: str


def passages_of(code: Code, readable: Iterable[Transcript], *, reader: User) -> list[Passage]:
    """Return the passages of a code that the reader may see, in transcripts that they may read."""
    rows = code.codings.there().visible_to_coder(reader).filter(transcript__in=readable).with_words()
    rows = rows.select_related("coder__user", "transcript__interview__participant")
    rows = rows.defer("transcript__text", "transcript__turns", "transcript__masks")
    rows = rows.order_by("transcript__interview__participant__pseudonym", "start")
    return [Passage(coding, coding.words) for coding in rows.prefetch_related("memos__coder__user")]
