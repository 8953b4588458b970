"""What the rows of a table of codings mean: which columns there are, and everything that is wrong with their values.

Read are Taguette's tables of highlights, our own of codings (coding_table.py), and what people make of either in a
spreadsheet. Where a row's words stand in a text is found in placing_rows.py.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, field
from difflib import get_close_matches
from uuid import UUID

from django.utils.dateparse import parse_date, parse_datetime
from django.utils.translation import gettext as _

from interviews.exchange.tables import Table
from projects.table_files import Fault

NAMES = {  # a column of ours, and what a header may call it, folded
    "document": ("document", "participant", "interview", "source", "file"),
    "code": ("code path", "tag", "code", "tags", "codes"),
    "words": ("words", "content", "quote", "passage", "text", "snippet"),
    "start": ("start",),
    "end": ("end",),
    "coder": ("coder", "author"),
    "memo": ("memo", "comment", "note"),
    "created": ("created (utc)", "created"),
    "date": ("interview date",),
    "transcript": ("transcript id",),
    "coding": ("coding id",),
    "highlight": ("id",),
}
NEEDED = ("document", "code")
CODEBOOK = ("description", "definition", "parent", "number of highlights", "number of documents")
MOST = {"document": 200, "code": 1200, "coder": 120, "memo": 10_000, "words": 1_500_000}
FURTHEST = 10_000_000  # a position behind any text


@dataclass
class CodedRow:
    """A row: a code at some words of a document, and what more is said of it."""

    number: int
    document: str
    code: str
    words: str = ""
    start: int | None = None
    end: int | None = None
    coder: str = ""
    memo: str = ""
    created: dt.datetime | None = None
    date: dt.date | None = None
    transcript: UUID | None = None
    coding: UUID | None = None
    highlight: str = ""


@dataclass
class CodedTable:
    """A table with the rows that can be read and everything that is wrong with the others."""

    table: Table
    columns: dict[str, int]
    rows: list[CodedRow] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)


def is_codings(header: Sequence[str]) -> bool:
    """Tell whether a table with such a header is one of codings, and not a codebook."""
    found = columns_of(header)
    return "document" in found and "code" in found


def is_codes(header: Sequence[str]) -> bool:
    """Tell whether a table with such a header is a codebook."""
    folded = [fold(one) for one in header]
    named = any(one in ("tag", "name", "code", "path", "title") for one in folded)
    return named and not is_codings(header) and (len(folded) == 1 or any(one in CODEBOOK for one in folded))


def columns_of(header: Sequence[str]) -> dict[str, int]:
    """Return where each column stands. Of two that mean the same the one whose name comes first in NAMES is taken."""
    folded = [fold(one) for one in header]
    found = {
        column: next((folded.index(name) for name in names if name in folded), None) for column, names in NAMES.items()
    }
    return {column: place for column, place in found.items() if place is not None}


def fold(words: str) -> str:
    """Return words as headers and names are compared: without case, with single spaces."""
    return " ".join(words.casefold().split())


def read_rows(table: Table) -> CodedTable:
    """Read a table of codings; nothing of it is lost: what cannot be read is among its faults."""
    read = CodedTable(table, columns_of(table.header))
    check_header(read)
    if read.faults:
        return read
    for number, cells in table.rows:
        said = {column: cells[place] for column, place in read.columns.items()}
        row = Cells(number, said)
        found = row.read()
        read.faults += row.faults
        if not row.faults:
            read.rows.append(found)
    if not table.rows:
        read.faults.append(Fault(2, "", "", _("There are no rows below the header.")))
    return read


def check_header(read: CodedTable) -> None:
    """Say which needed column is missing, and which may be it."""
    known = [name for names in NAMES.values() for name in names]
    for column in NEEDED:
        if column not in read.columns:
            said = _("This column is missing. It may also be called %(names)s.") % {"names": ", ".join(NAMES[column])}
            hint = next((one for one in read.table.header if get_close_matches(fold(one), NAMES[column], 1, 0.7)), "")
            read.faults.append(Fault(1, column, hint, said))
    if "words" not in read.columns and not {"start", "end"} <= set(read.columns):
        said = _("A row needs the words that are coded, or where they begin and end (words, or start and end).")
        read.faults.append(Fault(1, "words", "", said))
    folded = [fold(one) for one in read.table.header]
    read.faults += [Fault(1, name, name, _("This column is there twice.")) for name in known if folded.count(name) > 1]


class Cells:
    """The cells of one row by column, and what is wrong with them."""

    def __init__(self, number: int, said: dict[str, str]):
        self.number, self.said = number, said
        self.faults: list[Fault] = []

    def read(self) -> CodedRow:
        row = CodedRow(self.number, self.text("document"), self.text("code"), words=self.said.get("words", ""))
        row.start, row.end = self.whole("start"), self.whole("end")
        row.coder, row.memo = self.text("coder"), self.text("memo")
        row.created, row.date = self.moment("created"), self.day("date")
        row.transcript, row.coding = self.guid("transcript"), self.guid("coding")
        row.highlight = self.said.get("highlight", "").strip()
        for column in NEEDED:
            if not getattr(row, column):
                self.fault(column, _("This cell must not be empty."))
        for column, most in MOST.items():
            if len(self.said.get(column, "")) > most:
                self.fault(column, _("At most %(most)s characters.") % {"most": f"{most:,}"})
        if (row.start is None) != (row.end is None):
            self.fault("end" if row.end is None else "start", _("Start and end go together: give both or neither."))
        if row.start is not None and row.end is not None and row.start >= row.end:
            self.fault("end", _("The end must be behind the start."))
        if row.start is None and row.end is None and not row.words.strip():
            self.fault("words", _("Without words, or start and end, nobody can tell what is coded."))
        return row

    def fault(self, column: str, words: str) -> None:
        self.faults.append(Fault(self.number, column, self.said.get(column, "")[:200], words))

    def text(self, column: str) -> str:
        return self.said.get(column, "").strip()

    def whole(self, column: str) -> int | None:
        words = self.text(column)
        if not words:
            return None
        if words.isascii() and words.isdigit() and len(words) < 10 and int(words) < FURTHEST:
            return int(words)
        self.fault(column, _("This should be a whole number, counted in characters from 0."))
        return None

    def guid(self, column: str) -> UUID | None:
        words = self.text(column)
        try:
            return UUID(words) if words else None
        except ValueError:
            self.fault(column, _("This is no identifier. Leave the cell as Milepost wrote it, or empty."))
            return None

    def day(self, column: str) -> dt.date | None:
        words = self.text(column)[:10]
        try:
            found = parse_date(words) if words else None
        except ValueError:
            found = None
        if words and found is None:
            self.fault(column, _("Write the day as 2026-12-04."))
        return found

    def moment(self, column: str) -> dt.datetime | None:
        words = self.text(column)
        try:
            found = parse_datetime(words) if words else None
        except ValueError:
            found = None
        if words and found is None:
            self.fault(column, _("Write the moment as 2026-12-04T15:30."))
        if found and found.tzinfo is None:
            found = found.replace(tzinfo=dt.UTC)
        return found
