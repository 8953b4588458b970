"""Reading a Taguette project (.sqlite3) without trust in the file.

Only what Taguette writes is opened: tables of its own with the columns it gives them, no views, triggers or virtual
tables. The database is read through a connection that allows reading these columns and nothing else, on a copy that
nobody writes to, with a limit of time for each statement. People's passwords and addresses are never read.

Written after what Taguette 1.5 does; its highlights begin and end at UTF-8 bytes of the text between the tags of a
document, as a browser sees it (see html_text.py).
"""

from __future__ import annotations

import datetime as dt
import json
import shutil
import sqlite3
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import IO, Any
from uuid import UUID, uuid5

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from interviews.exchange import parts
from interviews.exchange.html_text import HtmlText, text_of_html
from interviews.exchange.remarks import Report
from interviews.exchange.tag_names import NAMESPACE, tag_guid, tree_of_tags

MAGIC = b"SQLite format 3\x00"
MOST_BYTES = 100 * 1024 * 1024
MOST_ROWS = 200_000  # of one table
MOST_HTML = 12 * 1024 * 1024  # bytes of one document
SECONDS = 30.0  # for one statement
STEPS = 20_000  # of SQLite's machine between two looks at the clock
TEXT, NUMBER, NUMBER_OR_NONE = "text", "a whole number", "a whole number or nothing"
KINDS: dict[str, Any] = {TEXT: str, NUMBER: int, NUMBER_OR_NONE: int | None}
COLUMNS = {
    "projects": {"id": NUMBER, "name": TEXT, "description": TEXT, "created": TEXT},
    "documents": {"id": NUMBER, "name": TEXT, "description": TEXT, "created": TEXT, "project_id": NUMBER},
    "tags": {"id": NUMBER, "path": TEXT, "description": TEXT, "project_id": NUMBER},
    "highlights": {"id": NUMBER, "document_id": NUMBER, "start_offset": NUMBER, "end_offset": NUMBER, "snippet": TEXT},
    "highlight_tags": {"highlight_id": NUMBER, "tag_id": NUMBER},
    "commands": {
        "id": NUMBER,
        "user_login": TEXT,
        "date": TEXT,
        "document_id": NUMBER_OR_NONE,
        "payload": TEXT,
        "project_id": NUMBER,
    },
    "contents": {"id": NUMBER, "contents": TEXT},
}
READ = {
    "projects": "SELECT id, name, description, created FROM projects ORDER BY id",
    "documents": "SELECT id, name, description, created, project_id FROM documents ORDER BY id",
    "tags": "SELECT id, path, description, project_id FROM tags ORDER BY id",
    "highlights": "SELECT id, document_id, start_offset, end_offset, snippet FROM highlights ORDER BY id",
    "highlight_tags": "SELECT highlight_id, tag_id FROM highlight_tags",
    "commands": "SELECT id, user_login, date, document_id, payload, project_id FROM commands ORDER BY id",
    "contents": "SELECT id, contents FROM documents WHERE id = ?",
}
TABLES = {**COLUMNS, "documents": COLUMNS["documents"] | COLUMNS["contents"]}
del TABLES["contents"]
READABLE = {(table, column) for table, columns in TABLES.items() for column in columns}
BEGINNINGS = {"table": ("CREATE TABLE ",), "index": ("CREATE INDEX ", "CREATE UNIQUE INDEX ")}
Row = dict[str, Any]


@contextmanager
def open_taguette(file: IO[bytes], report: Report) -> Iterator[parts.Opened]:
    """Give the project of a Taguette file; its documents are read one at a time.

    Raises ValidationError in words for what is no such file, is damaged, holds several projects, or what Taguette never
    writes; then also while documents are read.
    """
    check_head(file, report)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "copy.sqlite3")
        with path.open("wb") as copy:
            shutil.copyfileobj(file, copy)
        address = f"{path.as_uri()}?mode=ro&immutable=1"
        with closing(sqlite3.connect(address, uri=True, isolation_level=None)) as database:
            yield Taguette(Reader(database), report).opened


def is_taguette(head: bytes, file: IO[bytes]) -> bool:
    """Tell whether a file is a SQLite database, which Taguette's projects are."""
    return head.startswith(MAGIC)


def check_head(file: IO[bytes], report: Report) -> None:
    """Raise ValidationError for a file that is too large or no SQLite database, by its first bytes."""
    size = file.seek(0, 2)
    file.seek(0)
    head = file.read(100)
    file.seek(0)
    if size > MOST_BYTES:
        raise ValidationError(_("This file is larger than %(most)s MB.") % {"most": MOST_BYTES // 1024 // 1024})
    if len(head) < 100 or not head.startswith(MAGIC):
        raise ValidationError(_("This is not a Taguette project, whatever its name says. Export it from Taguette."))
    if 2 in head[18:20]:
        report.deviation(_("Taguette was writing this file; what it wrote last may be missing. Export the project."))


class Reader:
    """A database that may only be read where we expect something, statement by statement."""

    def __init__(self, database: sqlite3.Connection):
        self.database = database
        self.until = 0.0
        database.text_factory = lambda data: data.decode("utf-8", "replace")
        for limit, most in (
            (sqlite3.SQLITE_LIMIT_LENGTH, MOST_HTML),
            (sqlite3.SQLITE_LIMIT_SQL_LENGTH, 100_000),
            (sqlite3.SQLITE_LIMIT_COLUMN, 100),
            (sqlite3.SQLITE_LIMIT_EXPR_DEPTH, 10),
            (sqlite3.SQLITE_LIMIT_COMPOUND_SELECT, 3),
            (sqlite3.SQLITE_LIMIT_VDBE_OP, 25_000),
            (sqlite3.SQLITE_LIMIT_FUNCTION_ARG, 8),
            (sqlite3.SQLITE_LIMIT_ATTACHED, 0),
            (sqlite3.SQLITE_LIMIT_TRIGGER_DEPTH, 1),
        ):
            database.setlimit(limit, most)
        database.set_progress_handler(lambda: time.monotonic() > self.until, STEPS)
        for pragma in ("trusted_schema=OFF", "cell_size_check=ON", "query_only=ON", "mmap_size=0", "temp_store=MEMORY"):
            self.rows(f"PRAGMA {pragma}")
        self.check()
        database.set_authorizer(allowed)

    def rows(self, statement: str, values: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
        """Return at most MOST_ROWS rows. Raises ValidationError for more, and for what SQLite cannot or may not do."""
        self.until = time.monotonic() + SECONDS
        try:
            found = self.database.execute(statement, values).fetchmany(MOST_ROWS + 1)
        except (sqlite3.Error, UnicodeError, OverflowError, MemoryError) as error:
            raise ValidationError(
                _("This Taguette project is damaged, or takes too long to read. Export it from Taguette again.")
            ) from error
        if len(found) > MOST_ROWS:
            raise ValidationError(_("There are more than %(most)s rows in this project.") % {"most": f"{MOST_ROWS:,}"})
        return found

    def check(self) -> None:
        """Raise ValidationError for a database that is damaged or not Taguette's, or has what Taguette never writes."""
        for kind, name, root, sql in self.rows("SELECT type, name, rootpage, sql FROM sqlite_master"):
            ours = root and (sql is None or str(sql).upper().startswith(BEGINNINGS.get(kind, ())))
            if not ours or (sql is None and kind != "index"):
                said = {"kind": str(kind)[:20], "name": str(name)[:80]}
                raise ValidationError(_("This file has a %(kind)s that Taguette never writes (%(name)s).") % said)
        for table, columns in TABLES.items():
            hidden = {row[1]: row[6] for row in self.rows(f"PRAGMA table_xinfo({table})")}
            if missing := sorted(set(columns) - set(hidden)):
                said = {"table": table, "column": missing[0]}
                raise ValidationError(
                    _("This SQLite file is no Taguette project: there is no %(table)s.%(column)s.") % said
                )
            if any(hidden.values()):
                raise ValidationError(_("The table %(name)s of this file computes its columns.") % {"name": table})
        if self.rows("PRAGMA quick_check(1)") != [("ok",)]:
            raise ValidationError(_("This Taguette project is damaged. Export it from Taguette again."))

    def table(self, table: str, *values: Any) -> list[Row]:
        """Return the rows of a table, each value of its kind. Raises ValidationError naming row and column if not."""
        columns = COLUMNS[table]
        found = [dict(zip(columns, row, strict=True)) for row in self.rows(READ[table], values)]
        for row in found:
            for name, value in row.items():
                if not isinstance(value, KINDS[columns[name]]):
                    said = {"table": table, "row": row.get("id", "?"), "column": name, "value": str(value)[:40]}
                    raise ValidationError(
                        _("%(table)s %(row)s, %(column)s: “%(value)s” should be %(wanted)s.")
                        % {**said, "wanted": columns[name]}
                    )
        return found


def allowed(action: int, one: str | None, two: str | None, database: str | None, within: str | None) -> int:
    """Say of each thing that a statement would do whether it may: reading columns we know, of tables, and no more."""
    if within is None and action == sqlite3.SQLITE_SELECT:
        return sqlite3.SQLITE_OK
    if within is None and action == sqlite3.SQLITE_READ and database == "main" and (one, two) in READABLE:
        return sqlite3.SQLITE_OK
    return sqlite3.SQLITE_DENY


class Taguette:
    """The project in a Taguette file. Its documents are read as they are asked for."""

    def __init__(self, reader: Reader, report: Report):
        self.reader, self.report = reader, report
        self.project = self.only_project()
        self.key = f"{self.project['name']}|{self.project['created']}"
        self.documents = self.own("documents")
        self.tags = {row["id"]: row for row in self.own("tags")}
        self.highlights = self.by_document()
        self.tagged = self.tags_of_highlights()
        self.made: dict[tuple[int, int], tuple[str, dt.datetime | None]] = {}
        self.added: dict[int | None, str] = {}
        self.read_commands()
        self.opened = parts.Opened(self.as_project(), self.raw)

    def only_project(self) -> Row:
        found = self.reader.table("projects")
        if not found:
            raise ValidationError(_("There is no project in this file."))
        if len(found) > 1:
            names = ", ".join(f"“{row['name'][:60]}”" for row in found[:5])
            raise ValidationError(
                _("This file holds %(n)s projects (%(names)s). Open one in Taguette and export it by itself.")
                % {"n": len(found), "names": names}
            )
        return found[0]

    def own(self, table: str) -> list[Row]:
        return [row for row in self.reader.table(table) if row["project_id"] == self.project["id"]]

    def by_document(self) -> dict[int, list[Row]]:
        found: dict[int, list[Row]] = {row["id"]: [] for row in self.documents}
        for row in self.reader.table("highlights"):
            if row["document_id"] in found:
                found[row["document_id"]].append(row)
            else:
                self.report.deviation(_("A highlight of a document that is not there was left out."), str(row["id"]))
        for rows in found.values():
            rows.sort(key=lambda row: (row["start_offset"], row["id"]))
        return found

    def tags_of_highlights(self) -> dict[int, list[int]]:
        found: dict[int, list[int]] = {}
        for row in self.reader.table("highlight_tags"):
            if row["tag_id"] in self.tags:
                found.setdefault(row["highlight_id"], []).append(row["tag_id"])
            else:
                self.report.deviation(
                    _("A tag that is not there was left out of a highlight."), str(row["highlight_id"])
                )
        return found

    def read_commands(self) -> None:
        """Find out who first put each tag to each highlight, and when, and who added each document.

        Taguette keeps a record of what was done; most of it is of other kinds.
        """
        for row in self.own("commands"):
            try:
                said = json.loads(row["payload"])
                if said["type"] == "document_add":
                    self.added.setdefault(row["document_id"], row["user_login"])
                    continue
                keys = [(int(said["highlight_id"]), int(tag)) for tag in said["tags"]]
            except (ValueError, KeyError, TypeError, OverflowError, RecursionError):
                continue
            for key in keys:
                self.made.setdefault(key, (row["user_login"], moment(row["date"])))

    def user(self, login: str) -> UUID | None:
        """Return the identifier of somebody by their login; None where nobody knows who it was."""
        return self.guid("user", login) if login else None

    def guid(self, *words: object) -> UUID:
        return uuid5(NAMESPACE, "|".join([self.key, *map(str, words)]))

    def as_project(self) -> parts.Project:
        logins = sorted({login for login, _when in self.made.values()} | set(self.added.values()))
        about = parts.Note(self.guid("description"), content=self.project["description"])
        about.created = moment(self.project["created"])
        about.coder = self.user(next(iter(self.added.values()), ""))
        return parts.Project(
            name=self.project["name"],
            origin="Taguette",
            notes=[about],
            users=[parts.User(self.guid("user", login), login, login[:3]) for login in logins],
            codes=tree_of_tags(((row["path"], row["description"]) for row in self.tags.values()), self.report),
            sources=self.sources(),
        )

    def sources(self) -> Iterator[parts.Source]:
        """Yield each document with its highlights; one that was added twice at the same moment has another guid."""
        moments: Counter[str] = Counter()
        for row in self.documents:
            moments[row["created"]] += 1
            guid = self.guid("document", row["created"], moments[row["created"]])
            [found] = self.reader.table("contents", row["id"])
            html = HtmlText(found["contents"])
            yield parts.Source(
                guid,
                name=row["name"],
                content=html.text,
                description=row["description"],
                coder=self.user(self.added.get(row["id"], "")),
                selections=list(self.selections(row, html, guid)),
                exact=True,
            )

    def selections(self, document: Row, html: HtmlText, guid: UUID) -> Iterator[parts.Selection]:
        """Yield the highlights of a document. What lies outside it, or on nothing that is shown, is reported."""
        seen: Counter[tuple[int, int]] = Counter()
        for row in self.highlights[document["id"]]:
            place = (row["start_offset"], row["end_offset"])
            where = f"{document['name']}, {place[0]}–{place[1]}"
            start, end = html.span(*place)
            if not 0 <= place[0] < place[1] <= html.length or start >= end:
                self.report.loss(_("Highlights that lie outside their document or on no words were left out."), where)
                continue
            words = html.text[start:end]
            if squeezed(text_of_html(row["snippet"])) != squeezed(words):
                self.report.deviation(_("The words that Taguette keeps of a highlight differ from those there."), where)
            seen[place] += 1
            own = uuid5(guid, f"{place[0]}|{place[1]}|{seen[place]}")
            yield parts.Selection(own, start, end, name=words, codings=self.codings(row, own))

    def codings(self, highlight: Row, guid: UUID) -> list[parts.Coding]:
        found = []
        for tag in sorted(self.tagged.get(highlight["id"], ())):
            login, when = self.made.get((highlight["id"], tag), ("", None))
            path = self.tags[tag]["path"]
            found.append(parts.Coding(uuid5(guid, path), tag_guid(path), self.user(login), when))
        return found

    def raw(self, one: parts.Source | parts.Note) -> str:
        return one.content or ""


def squeezed(words: str) -> str:
    """Return words without any spaces between them, as they are compared."""
    return "".join(words.split())


def moment(words: str) -> dt.datetime | None:
    """Return a moment as Taguette writes it, in UTC; None for what is none."""
    try:
        return dt.datetime.fromisoformat(words).replace(tzinfo=dt.UTC)
    except ValueError:
        return None
