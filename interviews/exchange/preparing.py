"""Texts of another program made ready to be kept: as we write them, with turns, and with passages where they are here.

One text at a time: what is ready goes to a file on disk (`Spool`), so that a project's size does not count in memory.
"""

from __future__ import annotations

import datetime as dt
import json
import tempfile
from collections.abc import Callable, Iterator, Sequence, Sized
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import IO, Any
from uuid import UUID, uuid5

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from interviews.exchange.parts import Coding, MissingText, Note, Opened, Selection, Source, Value
from interviews.exchange.placing import USUAL, Counted, counted, kept_text
from interviews.exchange.remarks import Report
from interviews.reading.files import MOST_CHARACTERS
from interviews.reading.turns import turns_in

Progress = Callable[[int, int, str], None]
MOST_SOURCES = 2000


@dataclass
class Passage:
    """Words at [start, end) of a text as it is kept, with what is coded and noted there."""

    guid: UUID
    start: int
    end: int
    coder: UUID | None
    description: str
    codings: list[Coding]
    notes: list[UUID]


@dataclass
class Ready:
    """A text that can be kept, with its turns as Transcript has them."""

    guid: UUID
    of: UUID | None
    name: str
    text: str
    turns: list[list[Any]]
    description: str
    coder: UUID | None
    passages: list[Passage] = field(default_factory=list)
    notes: list[UUID] = field(default_factory=list)
    values: list[Value] = field(default_factory=list)


class Spool:
    """Ready texts on disk, in order, to be read as often as one likes."""

    def __init__(self, file: IO[str]):
        self.file = file
        self.count = 0
        self.codes: set[UUID] = set()  # that passages have
        self.names: list[str] = []  # of all texts, also of those that are not ready

    def write(self, ready: Ready) -> None:
        self.file.write(json.dumps(row_of(ready), default=str) + "\n")
        self.count += 1
        self.codes |= {one.code for passage in ready.passages for one in passage.codings}

    def __iter__(self) -> Iterator[Ready]:
        self.file.seek(0)
        for line in self.file:
            yield read_back(json.loads(line))


def row_of(ready: Ready) -> dict[str, Any]:
    """Return a text as JSON can hold it; by hand, as `asdict` would copy every identifier in depth."""
    passages = [{**vars(one), "codings": [coding_row(each) for each in one.codings]} for one in ready.passages]
    values = [{"variable": one.variable, "words": one.words} for one in ready.values]
    return {**vars(ready), "passages": passages, "values": values}


def coding_row(one: Coding) -> dict[str, Any]:
    return {name: getattr(one, name) for name in Coding.__slots__}


def read_back(row: dict[str, Any]) -> Ready:
    """Return a text as it was before it became JSON."""
    row["passages"] = [
        Passage(
            **one
            | {"guid": UUID(one["guid"]), "coder": uid(one["coder"]), "notes": uids(one["notes"])}
            | {"codings": [coding_of(each) for each in one["codings"]]}
        )
        for one in row["passages"]
    ]
    row["values"] = [Value(UUID(one["variable"]), one["words"]) for one in row["values"]]
    known = {"guid": UUID(row["guid"]), "of": uid(row["of"]), "coder": uid(row["coder"]), "notes": uids(row["notes"])}
    return Ready(**row | known)


def coding_of(row: dict[str, Any]) -> Coding:
    known = {"guid": UUID(row["guid"]), "code": UUID(row["code"]), "coder": uid(row["coder"])}
    return Coding(**row | known | {"created": at(row["created"]), "notes": uids(row["notes"])})


def uid(text: str | None) -> UUID | None:
    return UUID(text) if text else None


def uids(texts: Sequence[str]) -> list[UUID]:
    return [UUID(text) for text in texts]


def at(text: str | None) -> dt.datetime | None:
    return dt.datetime.fromisoformat(text) if text else None


@contextmanager
def prepared(opened: Opened, report: Report, progress: Progress) -> Iterator[Spool]:
    """Give the texts of a file, each read, counted and placed, and put the words of its notes into the notes.

    Raises ValidationError for more texts than a study can take, and for one that is longer than any interview.
    """
    with tempfile.TemporaryFile("w+", encoding="ascii") as file:
        spool = Spool(file)
        sources = opened.project.sources
        total = len(sources) if isinstance(sources, Sized) else 0
        for number, source in enumerate(sources, start=1):
            if number > MOST_SOURCES:
                said = _("There are more than %(n)s texts in this project. Split it.")
                raise ValidationError(said % {"n": MOST_SOURCES})
            known = _("Text %(n)s of %(all)s") if total else _("Text %(n)s")
            progress(number - 1, max(total, number), known % {"n": number, "all": total})
            spool.names.append(source.name)
            ready = ready_of(source, opened, report)
            source.selections, source.codings, source.content = [], [], None
            if ready:
                spool.write(ready)
        for note in opened.project.notes:
            note.content = words_of_note(note, opened, report)
        yield spool


def ready_of(source: Source, opened: Opened, report: Report) -> Ready | None:
    """Return a text ready to be kept; None, with a loss, for one that is missing or empty."""
    try:
        raw = opened.raw(source)
    except MissingText as error:
        report.loss(_("A text is missing."), f"{source.name}: {error}")
        return None
    text, replaced = kept_text(raw)
    if not text.strip():
        report.loss(_("A text is empty."), source.name)
        return None
    if len(text) > MOST_CHARACTERS:
        long = _("“%(name)s” has %(n)s characters: more than any interview. Split it.")
        raise ValidationError(long % {"name": source.name or source.guid, "n": f"{len(text):,}"})
    report.deviation(_("Characters that cannot be kept were replaced, one for one."), source.name, replaced)
    way = Counted(text, USUAL, [], "") if source.exact else counted(raw, source.selections)
    if source.selections and not source.exact:
        said = _("Positions were counted so: %(way)s. Decided %(why)s.") % {"way": way.way.in_words, "why": way.why}
        report.note(said, source.name)
    ready = Ready(source.guid, source.of, source.name, text, [], source.description, source.coder)
    ready.turns = [[one.start, one.words, one.end, one.speaker, one.seconds] for one in turns_in(text)]
    add_times(ready, source, way)
    ready.notes, ready.values = source.notes, source.values
    ready.passages = [*whole(source, text, report), *placed(source, way, report)]
    return ready


def add_times(ready: Ready, source: Source, way: Counted) -> None:
    """Put the times of a recording's points at the turns in which they lie, where the text itself says none."""
    points = sorted((way.span(Selection(source.guid, position, position))[0], at) for position, at in source.points)
    for turn in ready.turns:
        inside = [at for position, at in points if turn[0] <= position < turn[2]]
        if turn[4] is None and inside and inside[0] >= 0:
            turn[4] = inside[0] // 1000


def whole(source: Source, text: str, report: Report) -> Iterator[Passage]:
    """Yield the passage that a text coded as a whole becomes."""
    if source.codings:
        report.deviation(_("A text is coded as a whole; the code stands at all of its words."), source.name)
        guid = uuid5(source.guid, "whole")
        yield Passage(guid, 0, len(text), source.coder, "", source.codings, [])


def placed(source: Source, way: Counted, report: Report) -> Iterator[Passage]:
    """Yield the passages of a text; what lies outside it, or is nothing, is lost and said."""
    length = len(way.text)
    for one in source.selections:
        if not (one.codings or one.notes or one.description):
            report.loss(_("Passages that are neither coded nor noted are not kept."), source.name)
            continue
        place = f"{source.name}: {one.start}–{one.end}"
        start, end = way.span(one)
        if one.start > one.end:
            report.deviation(_("A passage ends before it begins; it was turned round."), place)
        if one.start == one.end:
            report.loss(_("A passage has no length."), place)
        elif one.start == -1 == one.end or end <= 0 or start >= length:
            report.loss(_("A passage lies outside its text."), place)
        else:
            if start < 0 or end > length:
                report.deviation(_("A passage goes beyond its text; it was cut there."), place)
            start, end = max(0, start), min(end, length)
            description = "" if same_words(one.description, way.text[start:end]) else one.description
            yield Passage(one.guid, start, end, one.coder, description, one.codings, one.notes)


def same_words(description: str, words: str) -> bool:
    """Tell whether a description only repeats the words of its passage."""
    said = " ".join(description.removesuffix("…").removesuffix("...").split())
    return " ".join(words.split()).startswith(said)


def words_of_note(note: Note, opened: Opened, report: Report) -> str:
    """Return the words of a note as we keep them, its title above them unless they begin with it."""
    try:
        words = kept_text(opened.raw(note))[0]
    except MissingText as error:
        report.loss(_("A note's text is missing."), f"{note.name}: {error}")
        words = ""
    plain, title = " ".join(words.split()), " ".join(note.name.removesuffix("…").removesuffix("...").split())
    if not title or plain.startswith(title):
        return words
    return f"{note.name}\n\n{words}" if words.strip() else note.name
