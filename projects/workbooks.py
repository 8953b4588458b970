"""Reading workbooks (XLSX) that nobody vouches for: nothing in them is run, fetched or unpacked without limit."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import IO, Any
from zipfile import ZipFile

import openpyxl
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from lxml import etree
from openpyxl.utils.exceptions import InvalidFileException

from projects import archives

MOST_UNPACKED = 80 * 1024 * 1024
MOST_ENTRIES = 1000
MOST_SHEETS = 20
MOST_NAMED = 5  # cells that a message names
CHUNK = 256 * 1024
DOCTYPES = tuple("<!DOCTYPE".encode(encoding) for encoding in ("utf-8", "utf-16-le", "utf-16-be"))
BROKEN = (*archives.BROKEN, InvalidFileException)
WRONG = (LookupError, ValueError, TypeError, AttributeError, SyntaxError)  # errors of form in XML are SyntaxErrors
SPACE = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"


@contextmanager
def opened(file: IO[bytes]) -> Iterator[list[Any]]:
    """Open a workbook and give its first sheets, to be read row by row; of formulas they have the saved values.

    Raises ValidationError, also while it is read, for macros, entities, what unpacks to too much, and damaged files.
    """
    damaged = ValidationError(_("This workbook is damaged. Open it, save it again as .xlsx and choose it once more."))
    try:
        check_parts(file)
        book = openpyxl.load_workbook(file, read_only=True, data_only=True, keep_links=False)
    except (*BROKEN, *WRONG) as error:
        raise damaged from error
    try:
        sheets = book.worksheets[:MOST_SHEETS]
        for sheet in sheets:
            sheet.reset_dimensions()  # what a sheet says of its own size need not be so
        yield sheets
    except (*BROKEN, *WRONG) as error:
        raise damaged from error
    finally:
        book.close()


def check_parts(file: IO[bytes]) -> None:
    """Raise ValidationError for a workbook that is a bomb, points outside, has macros or parts with entities."""
    with ZipFile(file) as archive:
        entries = archive.infolist()
        for one in entries[:MOST_ENTRIES]:
            archives.check_entry(one, archives.name_of(one))
        if len(entries) > MOST_ENTRIES or sum(one.file_size for one in entries) > MOST_UNPACKED:
            raise ValidationError(_("This workbook unpacks to more than a table can hold, so it was not opened."))
        for one in entries:
            if one.filename.lower().endswith("vbaproject.bin"):
                raise ValidationError(_("There are macros in this workbook. Save it as .xlsx and choose it once more."))
            if one.filename.lower().endswith((".xml", ".rels")) and has_type(archive, one.filename):
                raise ValidationError(
                    _("This workbook has a part with entities (%(name)s).") % {"name": one.filename[:80]}
                )


def has_type(archive: ZipFile, name: str) -> bool:
    """Tell whether a part of a workbook declares a document type, which none needs."""
    before = b""
    with archive.open(name) as part:
        while chunk := part.read(CHUNK):
            if any(mark in before + chunk for mark in DOCTYPES):
                return True
            before = chunk[-32:]
    return False


def check_cells(sheet: Any) -> None:
    """Raise ValidationError naming merged cells, and formulas that were saved without what they come to.

    A row of a table is one thing; a merged cell would leave the rows below it without a value.
    """
    merged, empty = [], []
    with sheet._get_source() as source:  # the sheet's own XML: openpyxl does not tell of these while it streams
        for _event, element in etree.iterparse(
            source, tag=[f"{SPACE}c", f"{SPACE}mergeCell", f"{SPACE}row"], resolve_entities=False, no_network=True
        ):
            if element.tag == f"{SPACE}mergeCell":
                merged.append(element.get("ref", ""))
            elif element.tag == f"{SPACE}c":
                value = element.find(f"{SPACE}v")
                if element.find(f"{SPACE}f") is not None and (value is None or not value.text):
                    empty += [element.get("r", "?")] if element.get("t") != "str" else []
            else:
                element.clear()
                while element.getprevious() is not None:
                    del element.getparent()[0]
    said = []
    if merged:
        said.append(_("There are merged cells: %(cells)s. Unmerge them, so that each row has its own value."))
    if empty:
        said.append(
            _("There are formulas whose values were not saved: %(cells)s. Save the workbook once more in Excel.")
        )
    found = [found for found in (merged, empty) if found]
    if said:
        raise ValidationError([one % {"cells": named(cells)} for one, cells in zip(said, found, strict=True)])


def named(cells: list[str]) -> str:
    """Return the first of some cells in words."""
    more = _(" and %(n)s more") % {"n": len(cells) - MOST_NAMED} if len(cells) > MOST_NAMED else ""
    return ", ".join(cell[:20] for cell in cells[:MOST_NAMED]) + more
