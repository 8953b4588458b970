"""The margin of a transcript: which codes stand beside which turn, and who changed any of them since. Reads."""

from __future__ import annotations

import datetime as dt
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field

from accounts.models import User
from interviews.models import Code, Coding, Transcript
from interviews.reading.turns import clock


@dataclass
class Beside:
    """A turn with what stands in its margin: codings that begin in it."""

    number: int
    start: int  # of its words
    end: int
    speaker: str
    clock: str
    text: str
    codings: list[Coding] = field(default_factory=list)


def margins_of(transcript: Transcript, *, reader: User) -> list[Beside]:
    """Return all turns of a transcript with the codings that the reader may see, in one statement."""
    turns = [
        Beside(number, words, end, speaker, clock(seconds), transcript.text[words:end])
        for number, (_start, words, end, speaker, seconds) in enumerate(transcript.turns)
    ]
    for number, codings in by_turn(transcript, there(transcript, reader)).items():
        turns[number].codings = codings
    return turns


def there(transcript: Transcript, reader: User) -> Iterable[Coding]:
    rows = transcript.codings.there().visible_to_coder(reader).select_related("code", "coder__user").with_memos()
    return rows.order_by("start", "-end", "code__position", "pk")


def by_turn(transcript: Transcript, codings: Iterable[Coding]) -> dict[int, list[Coding]]:
    """Return codings by the number of the turn in which they begin."""
    starts = [turn[0] for turn in transcript.turns]
    found: dict[int, list[Coding]] = defaultdict(list)
    for coding in codings:
        found[max(0, bisect_right(starts, coding.start) - 1)].append(coding)
    return found


def turn_of(transcript: Transcript, position: int) -> int:
    """Return the number of the turn in which a position lies."""
    return max(0, bisect_right([turn[0] for turn in transcript.turns], position) - 1)


def margin(transcript: Transcript, number: int, *, reader: User) -> list[Coding]:
    """Return the codings that begin in one turn and that the reader may see."""
    first = transcript.turns[number][0]
    last = transcript.turns[number + 1][0] if number + 1 < len(transcript.turns) else len(transcript.text) + 1
    return list(there(transcript, reader).filter(start__gte=first, start__lt=last))  # type: ignore[attr-defined]


def changed_by_others(transcript: Transcript, *, since: dt.datetime, person: User) -> dict[int, list[Coding]]:
    """Return the margins of the turns in which others put, changed or took away codings since a moment."""
    touched = transcript.codings.filter(changed_at__gte=since).exclude(coder__user=person).visible_to_coder(person)
    numbers = {turn_of(transcript, start) for start in touched.values_list("start", flat=True)}
    return {number: margin(transcript, number, reader=person) for number in sorted(numbers)}


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
