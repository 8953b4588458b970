"""What every table of a project can do: say its columns, hand out its rows, look at rows that come back, write them."""

from __future__ import annotations

import datetime as dt
import hashlib
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, ClassVar

from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import User
from projects.access import Right
from projects.ledger import lock_plans
from projects.models import Plan, Project
from projects.table_files import Fault
from projects.tables.heads import Column, Heads

if TYPE_CHECKING:
    from django_stubs_ext import StrPromise

CHANGED = gettext_lazy(
    "Something has changed since you looked at the table. Choose it again and see what it would bring."
)
Tell = Callable[[int, int, str], None]  # how far the writing is: done, of how many, in words


@dataclass(frozen=True)
class New:
    """Something that a row adds: its row in the file, what it is called, and the rest in words."""

    row: int
    name: str
    words: str


@dataclass(frozen=True)
class Change:
    """A field that a row changes: its row in the file, of what, which field, and its value before and after."""

    row: int
    name: str
    field: str
    before: str
    after: str


@dataclass
class Looked:
    """A file that was looked at: its rows as they stand in it, what is wrong with them, and what they would bring."""

    header: list[str] = field(default_factory=list)
    rows: list[tuple[int, list[str]]] = field(default_factory=list)
    heads: Heads = field(default_factory=Heads)
    faults: list[Fault] = field(default_factory=list)
    new: list[New] = field(default_factory=list)
    changes: list[Change] = field(default_factory=list)
    invited: int = 0  # how many mails ask somebody in

    def fault(self, row: int, column: str, value: str, message: str) -> None:
        self.faults.append(Fault(row, column, value, message))

    @property
    def bad_rows(self) -> int:
        return len({fault.row for fault in self.faults} & {number for number, _cells in self.rows})

    @property
    def changed_rows(self) -> int:
        return len({change.row for change in self.changes})

    @property
    def brings(self) -> int:
        """How many things would be different: what is new, and fields that change."""
        return len(self.new) + len(self.changes)

    @property
    def digest(self) -> str:
        """A short text that differs where what would come of the file differs: what was looked at is what is done."""
        return hashlib.sha256(repr((self.new, self.changes)).encode()).hexdigest()


class Table(ABC):
    """One of a project's tables, for one person. Made anew for each look: it reads the project once."""

    key: ClassVar[str]
    title: ClassVar[StrPromise]
    about: ClassVar[StrPromise]
    right: ClassVar[Right]
    most_rows: ClassVar[int] = 2000
    do_not_call_in_templates = True

    def __init__(self, project: Project, *, by: User, now: dt.datetime):
        self.project = project
        self.by, self.now = by, now
        self.today = project.program.today(now)

    @property
    @abstractmethod
    def columns(self) -> list[Column]:
        """The columns in the order in which they are handed out."""

    @abstractmethod
    def content(self) -> Iterator[list[Any]]:
        """Yield the rows to hand out, as values: days are days."""

    @abstractmethod
    def read(self, looked: Looked) -> None:
        """Add to a look what its rows would bring and what is wrong with them. Reads, with a few statements."""

    def plans(self) -> QuerySet[Plan]:
        """Return the plans that writing what was read will change."""
        return Plan.objects.none()

    def lock(self) -> None:
        """Lock what writing will change, before anything is written, in the order in which everybody does."""
        lock_plans(self.plans())

    @abstractmethod
    def write(self, looked: Looked, *, tell: Tell) -> dict[str, Any]:
        """Write what a look without faults says, in the caller's transaction; return what a page says of it."""

    @classmethod
    @abstractmethod
    def count_of_new(cls, count: int) -> str:
        """Return that many new things in words, as "25 sites"."""

    def missing(self, looked: Looked) -> list[Column]:
        """Return the columns that the file lacks and cannot do without."""
        return [column for column in self.columns if column.required and column.name not in looked.heads.at]

    def examples(self) -> list[list[str]]:
        """Return rows to write over, for somebody who begins; none where the table's own rows are the beginning."""
        return []

    @property
    def names(self) -> list[str]:
        return [column.name for column in self.columns]


def check_rows(table: Table, looked: Looked) -> None:
    """Add to a look what is wrong with its header and the shape of its rows."""
    for position in looked.heads.twice:
        looked.fault(1, looked.header[position], looked.header[position], _("This column is there twice."))
    for column in table.missing(looked):
        looked.fault(1, column.name, "", _("This column is missing."))
    if not looked.rows and not looked.faults:
        looked.fault(2, "", "", _("There are no rows below the header."))
    if len(looked.rows) > table.most_rows:
        said = _("At most %(most)s rows at once. Split the file.") % {"most": f"{table.most_rows:,}"}
        looked.fault(looked.rows[table.most_rows][0], "", "", said)
    width = len(looked.header)
    for number, cells in looked.rows:
        if any(cells[width:]):
            words = _("This row has more cells than the header. Put text that holds a comma between quotes.")
            looked.fault(number, "", cells[width], words)


def in_words(values: Sequence[Any]) -> str:
    """Return values one after another, without those that are empty."""
    return ", ".join(str(value) for value in values if value)
