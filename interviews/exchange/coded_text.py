"""A transcript cut where codes begin and end, as documents show it. Reads, and pure cutting.

Nothing of the text is changed or left out but the blank lines between turns.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from accounts.models import User
from interviews.exchange.coding_table import BETWEEN, code_paths, memo_words, memos_of
from interviews.exchange.leaving import Leaving, coder_names
from interviews.models import Code, Coding, Study, Transcript
from interviews.reading.turns import clock

ORDER = ("start", "-end", "code__position", "pk")


@dataclass(frozen=True)
class Mark:
    """A coding as a document shows it: its number in the text, its code with the way to it, by whom, and memos."""

    number: int
    start: int
    end: int
    code: Code
    path: str
    coder: str
    memos: tuple[str, ...] = ()


@dataclass(frozen=True)
class Piece:
    """Words that the same codes cover from end to end; `first` are the codings that begin here.

    A label is the name of who speaks, before the words.
    """

    text: str
    label: bool
    marks: tuple[Mark, ...]
    first: tuple[Mark, ...]


@dataclass
class Block:
    """One person speaking, as pieces, with the codings that begin there."""

    clock: str
    pieces: list[Piece] = field(default_factory=list)
    marks: list[Mark] = field(default_factory=list)

    @property
    def text(self) -> str:
        return "".join(piece.text for piece in self.pieces)

    @property
    def backwards(self) -> bool:
        """Whether the words run from right to left, by their first letter that has a direction."""
        directions = (
            unicodedata.bidirectional(char) for piece in self.pieces if not piece.label for char in piece.text
        )
        return next((one != "L" for one in directions if one in ("L", "R", "AL")), False)


@dataclass(frozen=True)
class Document:
    """A transcript with all that is coded in it; `codes` are those used, in the order of the codebook, with counts."""

    leaving: Leaving
    blocks: list[Block]
    codes: list[tuple[Code, str, int]]


class Documents:
    """The transcripts of a study that may leave it, one document at a time, with what they share read once.

    Codings are those that `reader` may see; coders go by number unless `named`.
    """

    def __init__(self, study: Study, *, reader: User, named: bool = False):
        self.reader = reader
        self.names = coder_names(study, named=named)
        self.codes = {code.pk: code for code in study.codes.all()}
        self.paths = code_paths(self.codes.values())
        self.memos = memos_of(study)

    def of(self, one: Leaving) -> Document | None:
        """Return the document of a transcript, in two statements; None where it has been removed meanwhile."""
        found = Transcript.objects.filter(pk=one.transcript.pk).values_list("text", "turns").first()
        if found is None:
            return None
        rows = Coding.objects.there().visible_to_coder(self.reader).filter(transcript=one.transcript)
        marks = [
            Mark(
                number,
                coding.start,
                coding.end,
                coding.code,
                BETWEEN.join(self.paths[coding.code_id]),
                self.names[coding.coder_id],
                tuple(memo_words(self.memos.get(coding.pk, ()), coding.coder_id, self.names)),
            )
            for number, coding in enumerate(rows.select_related("code").order_by(*ORDER), start=1)
        ]
        return Document(one, list(blocks_of(*found, marks)), self.used(marks))

    def used(self, marks: Sequence[Mark]) -> list[tuple[Code, str, int]]:
        counts: dict[int, int] = {}
        for mark in marks:
            counts[mark.code.pk] = counts.get(mark.code.pk, 0) + 1
        found = [(self.codes[pk], BETWEEN.join(self.paths[pk]), times) for pk, times in counts.items()]
        return sorted(found, key=lambda one: one[1].casefold())


def blocks_of(text: str, turns: Sequence[Sequence], marks: Sequence[Mark]) -> Iterator[Block]:
    """Yield the blocks of a text, `marks` in order of their beginning. Words outside turns are blocks of nobody's."""
    waiting = list(reversed(marks))
    running: list[Mark] = []
    seen: set[int] = set()
    for start, words, end, seconds in spans(text, turns):
        block = Block(clock(seconds))
        inner = {words}
        while waiting and waiting[-1].start < end:
            running.append(waiting.pop())
            block.marks.append(running[-1])
        for mark in running:
            inner |= {mark.start, mark.end}
        cuts = [start, *sorted(place for place in inner if start < place < end), end]
        for first, last in zip(cuts, cuts[1:], strict=False):
            over = tuple(mark for mark in running if mark.start < last and mark.end > first)
            new = tuple(mark for mark in over if mark.number not in seen)
            seen |= {mark.number for mark in new}
            block.pieces.append(Piece(text[first:last], last <= words, over, new))
        running = [mark for mark in running if mark.end > end]
        yield block


def spans(text: str, turns: Sequence[Sequence]) -> Iterator[tuple[int, int, int, int | None]]:
    """Yield start, begin of the words, end and seconds of each turn, and of words that stand between turns."""
    at = 0
    for start, words, end, _speaker, seconds in turns:
        if text[at:start].strip():
            yield at, at, start, None
        if start < end:
            yield start, words, end, seconds
        at = end
    if text[at:].strip():
        yield at, at, len(text), None
