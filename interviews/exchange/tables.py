"""Tables from files that nobody vouches for: CSV in the encodings spreadsheets write, and XLSX without its formulas.

Every cell is text. Rows keep the numbers that a spreadsheet shows; empty ones are left out.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import IO, Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from interviews.exchange.remarks import Report
from interviews.reading.files import UNWANTED, decoded
from projects import workbooks
from projects.spreadsheets import unguarded
from projects.table_files import delimiter_of, words_of

MOST_BYTES = 20 * 1024 * 1024
MOST_ROWS = 50_000
MOST_COLUMNS = 100


@dataclass(frozen=True)
class Table:
    """The header of a table, and its rows with their numbers, as long as the header or longer."""

    header: list[str]
    rows: list[tuple[int, list[str]]]


def table_of(numbered: Iterable[tuple[int, list[str]]]) -> Table:
    """Return a table whose first row with anything in it is the header. Raises ValidationError for too many rows."""
    header: list[str] = []
    rows: list[tuple[int, list[str]]] = []
    for number, cells in numbered:
        if not any(cells):
            continue
        if not header:
            header = [cell.strip() for cell in cells[:MOST_COLUMNS]]
            continue
        if len(rows) == MOST_ROWS:
            raise ValidationError(
                _("At most %(most)s rows at once. Split the file at row %(row)s.")
                % {"most": f"{MOST_ROWS:,}", "row": number}
            )
        rows.append((number, [*cells, *[""] * (len(header) - len(cells))]))
    if not header:
        raise ValidationError(_("There is nothing in this table."))
    return Table(header, rows)


def text_in(value: str) -> str:
    """Return the text of a cell with plain line feeds, without control characters and a formula's apostrophe."""
    return unguarded(UNWANTED.sub("", value.replace("\r\n", "\n").replace("\r", "\n")))


# ---- CSV


def read_csv(data: bytes, report: Report) -> Table:
    """Read a CSV file, its cells set apart by commas, semicolons or tabs.

    Raises ValidationError for what is no text, and naming the row for one that cannot be read.
    """
    text, notes = decoded(data)
    for words in notes:
        report.note(words)
    return table_of(rows_of_csv(text.removeprefix("\ufeff")))


def rows_of_csv(text: str) -> Iterator[tuple[int, list[str]]]:
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter_of(text))
    number = 0
    try:
        for number, cells in enumerate(reader, start=1):
            if any("\x00" in cell for cell in cells):
                raise ValidationError(_("Row %(row)s holds a character that is no text (NUL).") % {"row": number})
            yield number, [text_in(cell) for cell in cells]
    except csv.Error as error:
        said = _("Row %(row)s cannot be read. Look whether a quotation mark is missing there.")
        raise ValidationError(said % {"row": number + 1}) from error


# ---- XLSX


def read_xlsx(file: IO[bytes], *, wanted: Callable[[list[str]], bool]) -> Table:
    """Read a workbook: the first sheet whose header is `wanted`, else the first with anything in it.

    Of formulas the values that were saved with them are taken; of merged cells the first has the value. Raises
    ValidationError for macros, entities, what unpacks to too much, and damaged files.
    """
    found: Table | None = None
    with workbooks.opened(file) as sheets:
        for sheet in sheets:
            table = sheet_of(sheet)
            if table and wanted(table.header):
                return table
            found = found or table
    if found is None:
        raise ValidationError(_("There is nothing in this table."))
    return found


def sheet_of(sheet: Any) -> Table | None:
    """Return the table on a sheet; None for an empty one."""
    rows = (
        (number, [text_in(words_of(value)) for value in cells[:MOST_COLUMNS]])
        for number, cells in enumerate(sheet.iter_rows(values_only=True), start=1)
        if any(value is not None for value in cells)
    )
    first = next(rows, None)
    if first is None:
        return None
    return table_of([first, *rows])
