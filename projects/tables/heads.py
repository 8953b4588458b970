"""Which column of a file is which: as somebody said before in this program, by its own name, or under another name."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from difflib import get_close_matches
from typing import TYPE_CHECKING

from projects.models import ColumnName, Program
from projects.table_files import is_faults

if TYPE_CHECKING:
    from django_stubs_ext import StrPromise

LONGEST = 160  # characters of a heading, as it is remembered
ALIKE = 0.7


@dataclass(frozen=True)
class Column:
    """A column of a table: its header, what it must hold in words, how long it may be, what else it may be called."""

    name: str
    expected: StrPromise | str
    required: bool = False
    longest: int = 160
    other_names: tuple[str, ...] = ()

    @property
    def asks(self) -> tuple[StrPromise | str, bool]:
        """What is said of it to those who fill it in; columns side by side that ask for the same are said as one."""
        return self.expected, self.required


@dataclass
class Heads:
    """The first row of a file, understood: where each column stands, and what is still to be said."""

    at: dict[str, int] = field(default_factory=dict)  # the column's name: its position
    unknown: list[int] = field(default_factory=list)
    twice: list[int] = field(default_factory=list)
    left_out: list[int] = field(default_factory=list)

    def cells_of(self, cells: Sequence[str]) -> dict[str, str]:
        """Return the cells of a row by column; what a short row lacks is empty."""
        return {name: cells[at] if at < len(cells) else "" for name, at in self.at.items()}


def read_heads(header: Sequence[str], columns: Sequence[Column], said: Mapping[str, str]) -> Heads:
    """Find the columns in a header. `said` is what `remembered` returns."""
    own = {plain(column.name): column.name for column in columns}
    other = {plain(name): column.name for column in columns for name in column.other_names}
    names = set(own.values())
    heads = Heads()
    for position, heading in enumerate(header):
        if not heading.strip() or is_faults(heading):
            continue
        known = said.get(heading_key(heading))
        if known is not None and (known in names or not known):
            name: str | None = known
        else:
            name = own.get(plain(heading)) or other.get(plain(heading))
        if name is None:
            heads.unknown.append(position)
        elif not name:
            heads.left_out.append(position)
        elif name in heads.at:
            heads.twice.append(position)
        else:
            heads.at[name] = position
    return heads


def guess(heading: str, columns: Sequence[Column]) -> str:
    """Return the column that a heading resembles, "" where none does."""
    names = {plain(name): column.name for column in columns for name in (column.name, *column.other_names)}
    close = get_close_matches(plain(heading), names, n=1, cutoff=ALIKE)
    return names[close[0]] if close else ""


def remembered(program: Program, table: str) -> dict[str, str]:
    """Return what was said before of headings in a program: the column's name by heading, "" for one to leave out."""
    return dict(ColumnName.objects.filter(program=program, table=table).values_list("heading", "column"))


def remember(program: Program, table: str, said: Mapping[str, str]) -> None:
    """Keep for a program which column a heading (as it stands in a file) stands for, "" for one to leave out."""
    rows = [
        ColumnName(program=program, table=table, heading=heading_key(heading), column=column)
        for heading, column in said.items()
    ]
    ColumnName.objects.bulk_create(
        {row.heading: row for row in rows}.values(),
        update_conflicts=True,
        unique_fields=["program", "table", "heading"],
        update_fields=["column"],
    )


def heading_key(heading: str) -> str:
    """Return a heading as it is remembered: without regard to case and spaces. A long one ends in a mark of its own."""
    key = " ".join(heading.casefold().split())
    return key if len(key) <= LONGEST else key[: LONGEST - 16] + hashlib.sha256(key.encode()).hexdigest()[:16]


def plain(name: str) -> str:
    """Return a name's letters and digits in lower case: headers and settings are written in many ways."""
    return re.sub(r"[\W_]", "", name.casefold())
