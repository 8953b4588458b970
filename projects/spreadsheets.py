"""Writing tables for spreadsheets: CSV and XLSX that open unharmed, and whose cells are never run as formulas."""

from __future__ import annotations

import csv
import datetime as dt
import io
from collections.abc import Iterable, Iterator
from typing import Any

from django.http import HttpResponse, StreamingHttpResponse
from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Alignment, Font
from openpyxl.utils import get_column_letter

from roadmap.xml_text import legal

BYTE_ORDER_MARK = "\ufeff"
# What a spreadsheet takes for the beginning of a formula, and the controls that hide one.
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


class Echo:
    """A file that hands back each line instead of keeping it."""

    def write(self, value: str) -> str:
        return value


def cell(value: Any) -> str:
    """Return a value as a cell's text: days in ISO form, nothing as an empty cell, an apostrophe before formulas."""
    if value is None:
        return ""
    if isinstance(value, dt.datetime):
        return value.isoformat(timespec="minutes")
    if isinstance(value, dt.date):
        return value.isoformat()
    if isinstance(value, bool | int | float):
        return str(value)
    return guarded(str(value))


def guarded(text: str) -> str:
    """Return a text with an apostrophe before what a spreadsheet would run; one that was there stays there."""
    return f"'{text}" if text.lstrip(" '").startswith(FORMULA_STARTS) else text


def unguarded(cell: str) -> str:
    """Return a text without the apostrophe that `guarded` put before it, when a file comes back."""
    return cell[1:] if seems_guarded(cell) else cell


def seems_guarded(text: str) -> bool:
    """Tell whether a text begins as `guarded` makes one begin."""
    return text.startswith("'") and text.lstrip(" '").startswith(FORMULA_STARTS)


def lines(header: Iterable[Any], rows: Iterable[Iterable[Any]]) -> Iterator[str]:
    """Yield a CSV line by line, as it comes from the database."""
    writer = csv.writer(Echo())
    yield BYTE_ORDER_MARK + writer.writerow([cell(name) for name in header])
    for row in rows:
        yield writer.writerow([cell(value) for value in row])


def csv_response(filename: str, header: Iterable[Any], rows: Iterable[Iterable[Any]]) -> StreamingHttpResponse:
    """Return a download that is written while it is read."""
    response = StreamingHttpResponse(lines(header, rows), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{filename}"'
    return response


Table = tuple[str, Iterable[Any], Iterable[Iterable[Any]]]
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
MOST_IN_A_CELL = 32_767  # characters, a limit of the format
WIDTH = 28  # of a column, in characters


def workbook(tables: Iterable[Table]) -> bytes:
    """Return an XLSX of tables (name, header, rows), each on a sheet with a frozen, bold header.

    Days are real dates, numbers numbers; all else is text, which a spreadsheet does not take for a formula: it needs no
    apostrophe, and what begins as if it had one gets one more, as a CSV saved as a workbook comes back without. A
    moment is written in its own zone, which the format cannot hold.
    """
    book = Workbook(write_only=True)
    for name, header, rows in tables:
        names = list(header)
        sheet = book.create_sheet(_sheet_name(name))
        sheet.freeze_panes = "A2"
        for number in range(1, len(names) + 1):
            sheet.column_dimensions[get_column_letter(number)].width = WIDTH
        sheet.append([_cell(sheet, one, bold=True) for one in names])
        for row in rows:
            sheet.append([_cell(sheet, one) for one in row])
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def xlsx_response(filename: str, tables: Iterable[Table]) -> HttpResponse:
    """Return a download of `workbook(tables)`."""
    headers = {"Content-Disposition": f'attachment; filename="{filename}"'}
    return HttpResponse(workbook(tables), content_type=XLSX, headers=headers)


def _cell(sheet: Any, value: Any, *, bold: bool = False) -> WriteOnlyCell:
    if isinstance(value, dt.datetime):
        value = value.replace(tzinfo=None)
    elif value is not None and not isinstance(value, dt.date | bool | int | float):
        value = legal(str(value))
        value = (f"'{value}" if seems_guarded(value) else value)[:MOST_IN_A_CELL]
    made = WriteOnlyCell(sheet, value=value)
    if isinstance(value, str):
        made.data_type = "s"  # openpyxl takes "=…" for a formula unless told otherwise
        made.alignment = Alignment(wrap_text=True, vertical="top")
    if bold:
        made.font = Font(bold=True)
    return made


def _sheet_name(name: str) -> str:
    """Return a name without what Excel refuses in one, and no longer than it takes."""
    return "".join(char for char in name if char not in "[]:*?/\\").strip("'")[:31] or "1"
