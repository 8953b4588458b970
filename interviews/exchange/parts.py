"""What a project of another program consists of, whichever file it came in: plain values, no database.

The names are those of REFI-QDA. Positions count Unicode code points, from 0; an end is behind the last.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from uuid import UUID

ORIGIN = "Milepost"  # what our own files say that they come from


@dataclass(slots=True)
class User:
    guid: UUID
    name: str = ""
    initials: str = ""


@dataclass(slots=True)
class Code:
    """A code with those below it; one that is not `codable` only holds others together."""

    guid: UUID
    name: str
    codable: bool = True
    colour: str = ""  # #rrggbb
    description: str = ""
    notes: list[UUID] = field(default_factory=list)
    below: list[Code] = field(default_factory=list)


@dataclass(slots=True)
class Variable:
    guid: UUID
    name: str
    kind: str = "Text"
    description: str = ""


@dataclass(slots=True)
class Value:
    variable: UUID
    words: str


@dataclass(slots=True)
class Case:
    """Somebody or something that sources are about."""

    guid: UUID
    name: str = ""
    description: str = ""
    values: list[Value] = field(default_factory=list)
    sources: list[UUID] = field(default_factory=list)


@dataclass(slots=True)
class Coding:
    guid: UUID
    code: UUID
    coder: UUID | None = None
    created: dt.datetime | None = None
    notes: list[UUID] = field(default_factory=list)


@dataclass(slots=True)
class Selection:
    """Some words of a source. Its positions are those of the file until the source has been placed."""

    guid: UUID
    start: int
    end: int
    name: str = ""
    description: str = ""
    coder: UUID | None = None
    created: dt.datetime | None = None
    codings: list[Coding] = field(default_factory=list)
    notes: list[UUID] = field(default_factory=list)


@dataclass(slots=True)
class Source:
    """A text: in `content`, or in the file that `path` names. `codings` are of the whole of it.

    `of` is the recording it is a transcript of; `points` say where in the text which second of the recording is.
    `exact` means that positions are known to count as ours do.
    """

    guid: UUID
    name: str = ""
    path: str = ""
    content: str | None = None
    description: str = ""
    coder: UUID | None = None
    selections: list[Selection] = field(default_factory=list)
    codings: list[Coding] = field(default_factory=list)
    notes: list[UUID] = field(default_factory=list)
    values: list[Value] = field(default_factory=list)
    of: UUID | None = None
    points: list[tuple[int, int]] = field(default_factory=list)
    exact: bool = False


@dataclass(slots=True)
class Note:
    guid: UUID
    name: str = ""
    path: str = ""
    content: str | None = None
    coder: UUID | None = None
    created: dt.datetime | None = None
    changed: dt.datetime | None = None


@dataclass(slots=True)
class Set:
    guid: UUID
    name: str
    description: str = ""
    codes: list[UUID] = field(default_factory=list)
    sources: list[UUID] = field(default_factory=list)
    notes: list[UUID] = field(default_factory=list)


@dataclass(slots=True)
class Project:
    """All of it. `notes` are the project's own. Sources may come one by one, so that not all are in memory at once."""

    name: str = ""
    origin: str = ""
    description: str = ""
    users: list[User] = field(default_factory=list)
    codes: list[Code] = field(default_factory=list)
    variables: list[Variable] = field(default_factory=list)
    cases: list[Case] = field(default_factory=list)
    sources: Iterable[Source] = field(default_factory=list)
    notes: list[Note] = field(default_factory=list)
    sets: list[Set] = field(default_factory=list)
    note_refs: list[UUID] = field(default_factory=list)


class MissingText(LookupError):
    """The file of a source or a note is not there, or cannot be read. The words say why."""


@dataclass
class Opened:
    """A file that was read: the project in it, and how to get at its texts, one at a time.

    `raw` returns the text of a source or note as it stands in the file, with its own line ends. Raises MissingText.
    """

    project: Project
    raw: Callable[[Source | Note], str]


def all_codes(codes: Iterable[Code]) -> Iterable[tuple[Code, Code | None]]:
    """Yield every code with the one above it, from top to bottom."""
    waiting: list[tuple[Code, Code | None]] = [(code, None) for code in reversed(list(codes))]
    while waiting:
        code, above = waiting.pop()
        yield code, above
        waiting += [(one, code) for one in reversed(code.below)]
