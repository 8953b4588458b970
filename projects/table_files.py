"""Tables that somebody sends, CSV or XLSX, as the one text that everything after reads; and the way back to them.

A workbook becomes CSV as soon as it comes in. Rows keep the numbers that the spreadsheet shows.
"""

from __future__ import annotations

import csv
import datetime as dt
import io
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import IO, Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from projects import workbooks
from projects.spreadsheets import unguarded
from roadmap.xml_text import legal

MOST_BYTES = 1024 * 1024  # of text
MOST_WORKBOOK = 5 * 1024 * 1024
MOST_COLUMNS = 250
MOST_EMPTY = 1000  # rows without anything between two rows of a table
CSV, XLSX = "csv", "xlsx"
ZIP, OLD_EXCEL = b"PK\x03\x04", b"\xd0\xcf\x11\xe0"
QUOTED = re.compile('"[^"]*"')
ASIDE = re.compile(r"""\[[^]]*\]|"[^"]*"|\\.|_.|\*.""")  # what a format says beside the parts of a day
OPEN_DOCUMENT = b"mimetypeapplication/vnd.oasis.opendocument"
FAULTS = "errors"  # the column in which a file that comes back says what is wrong; ignored when it is sent again


@dataclass(frozen=True)
class Fault:
    """One thing that is wrong: row as a spreadsheet counts it (the header is 1), column, value, and what to do."""

    row: int
    column: str
    value: str
    message: str


def text_in(file: IO[bytes], *, wanted: Callable[[Sequence[str]], bool]) -> tuple[str, str]:
    """Return a table as CSV text, and the kind of file it was.

    Of a workbook the first sheet is taken whose header is `wanted`, else the first with anything in it. Raises
    ValidationError in words for what is no table, too large, or cannot be read row by row.
    """
    data = file.read(MOST_WORKBOOK + 1)
    if data.startswith(OLD_EXCEL):
        raise ValidationError(
            _("This is an old Excel file (.xls), or one with a password. Save it as .xlsx without a password.")
        )
    if OPEN_DOCUMENT in data[:200]:
        raise ValidationError(_("This is an OpenDocument file (.ods). Save it as .xlsx or CSV and choose that file."))
    if not data.startswith(ZIP):
        return text_of(data), CSV
    if len(data) > MOST_WORKBOOK:
        raise ValidationError(_("The workbook is larger than 5 MB. Keep only the table in it, or split it."))
    text = text_of_workbook(io.BytesIO(data), wanted=wanted)
    if len(text.encode()) > MOST_BYTES:
        raise ValidationError(_("The table is larger than 1 MB. Split it into several files."))
    return text, XLSX


def text_of(data: bytes) -> str:
    """Return the text of an uploaded file: UTF-8 with or without its mark, UTF-16 with one, else Windows-1252.

    Raises ValidationError for what is no text or too long.
    """
    if len(data) > MOST_BYTES:
        raise ValidationError(_("The file is larger than 1 MB. Split it into several files."))
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return data.decode("utf-16", errors="replace")
    if b"\x00" in data:
        raise ValidationError(
            _("This is neither a text file nor an Excel workbook. Save your table as .xlsx or “CSV UTF-8”.")
        )
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return data.decode("cp1252", errors="replace")


def text_of_workbook(file: IO[bytes], *, wanted: Callable[[Sequence[str]], bool]) -> str:
    """Return one sheet of a workbook as CSV, row for row. Raises ValidationError in words."""
    with workbooks.opened(file) as sheets:
        found = None
        for sheet in sheets:
            header = next((cells for _number, cells in rows_on(sheet)), None)
            if header and wanted(header):
                found = sheet
                break
            found = found or (sheet if header else None)
        if found is None:
            raise ValidationError(_("There is nothing in this workbook."))
        workbooks.check_cells(found)
        out, last = io.StringIO(), 0
        writer = csv.writer(out)
        for number, cells in rows_on(found):
            if len(cells) > MOST_COLUMNS:
                said = _("There are more than %(most)s columns in this table. Delete those you do not need.")
                raise ValidationError(said % {"most": MOST_COLUMNS})
            if number - last > MOST_EMPTY:
                said = _("Row %(row)s stands below more than %(most)s empty rows. Delete the empty rows.")
                raise ValidationError(said % {"row": f"{number:,}", "most": f"{MOST_EMPTY:,}"})
            out.write("\r\n" * (number - last - 1))
            writer.writerow(cells)
            last = number
            if out.tell() > MOST_BYTES:
                break
    return out.getvalue()


def rows_on(sheet: Any) -> Iterator[tuple[int, list[str]]]:
    """Yield the rows of a sheet that hold anything, with their numbers, every cell as text.

    Of what stands beyond the columns that are read the first cell comes with them.
    """
    for number, row in enumerate(sheet.iter_rows(), start=1):
        beyond = [cell for cell in row[MOST_COLUMNS:] if cell.value is not None]
        cells = [text_in_cell(cell) for cell in [*row[:MOST_COLUMNS], *beyond[:1]]]
        while cells and not cells[-1]:
            cells.pop()
        if cells:
            yield number, cells


def text_in_cell(cell: Any) -> str:
    return legal(words_of(cell.value, cell.number_format)).strip() if cell.value is not None else ""


def words_of(value: Any, number_format: str = "") -> str:
    """Return the value of a workbook's cell as text: whole numbers without a point, moments and days in ISO form.

    Who writes "Nov 2026" finds the first day of that month kept, and only the month shown: that is what was said.
    """
    if value is None:
        return ""
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    if isinstance(value, dt.datetime) and value.time() == dt.time():
        value = value.date()
        if value.day == 1 and shows_month(number_format):
            return f"{value:%Y-%m}"
    if isinstance(value, dt.datetime | dt.date):
        return value.isoformat()
    return str(value)


def shows_month(number_format: str) -> bool:
    """Tell whether a spreadsheet shows of a day, by the format of its cell, only the month and the year."""
    shown = set(ASIDE.sub("", number_format).lower())
    return {"m", "y"} <= shown and not shown & {"d", "h", "s"}


def read_rows(text: str) -> tuple[list[str], list[tuple[int, list[str]]]]:
    """Return the header and the rows with their numbers; empty rows are left out but counted. Raises csv.Error."""
    text = text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")
    lines = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter_of(text))
    numbered = [(number, [unguarded(cell.strip()) for cell in cells]) for number, cells in enumerate(lines, start=1)]
    full = [(number, cells) for number, cells in numbered if any(cells)]
    return (full[0][1], full[1:]) if full else ([], [])


def delimiter_of(text: str) -> str:
    """Return what sets the cells of a table apart, by its header: a comma, a semicolon or a tab; none within quotes."""
    header = QUOTED.sub("", text).lstrip(" \r\n").replace("\r", "\n").partition("\n")[0]
    return max(",;\t", key=header.count)


def is_faults(header: str) -> bool:
    """Tell whether a column is that of a file that came back before; its name may say what is wrong with the header."""
    return header.strip().casefold().partition(":")[0] == FAULTS


def with_faults(header: Sequence[str], rows: Sequence[tuple[int, list[str]]], faults: list[Fault]) -> list[list[str]]:
    """Return a table as it came, header first, with a column of what is wrong in each row."""
    said: dict[int, list[str]] = {}
    for fault in faults:
        said.setdefault(fault.row, []).append(f"{fault.column}: {fault.message}" if fault.column else fault.message)
    kept = [at for at, name in enumerate(header) if not is_faults(name)]
    said[1] = [": ".join([FAULTS, *filter(None, [" ".join(said.get(1, []))])])]
    return [
        [cells[at] if at < len(cells) else "" for at in kept] + [" ".join(said.get(number, []))]
        for number, cells in [(1, list(header)), *rows]
    ]
