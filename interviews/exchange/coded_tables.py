"""Opening a table as a project: codings, whose words are then looked for in the study, or a codebook of Taguette's."""

from __future__ import annotations

import csv
import zipfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import IO

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from accounts.models import User
from interviews.exchange import parts
from interviews.exchange.archive import ZIP
from interviews.exchange.coded_rows import CodedTable, columns_of, fold, is_codes, is_codings, read_rows
from interviews.exchange.placing_rows import project_of
from interviews.exchange.remarks import Report
from interviews.exchange.tables import Table, read_csv, read_xlsx
from interviews.exchange.tag_names import tree_of_tags
from interviews.models import Study
from projects.table_files import Fault, delimiter_of, with_faults

NAMED, DESCRIBED = ("tag", "name", "code", "path", "title"), ("description", "definition")
MORE = ("parent", "use when", "do not use when")  # columns of a codebook that the page of the codebook reads


@dataclass
class OpenedTable(parts.Opened):
    """A table that was read. One of codings becomes a project when it is put to the texts of a study."""

    table: Table
    coded: CodedTable | None = None


def opened_table(table: Table, report: Report) -> OpenedTable:
    """Return a table as a project: one of tags as their codebook, any other as codings, with what is wrong with it."""
    if is_codes(table.header):
        project = parts.Project(origin="Taguette", codes=tree_of_tags(tags_of(table, report), report))
        return OpenedTable(project, no_text, table)
    return OpenedTable(parts.Project(), no_text, table, read_rows(table))


def no_text(one: parts.Source | parts.Note) -> str:
    return one.content or ""


def tags_of(table: Table, report: Report) -> Iterator[tuple[str, str]]:
    """Yield the name and description of each tag. Raises ValidationError for a codebook that has more than that."""
    header = [fold(one) for one in table.header]
    if more := [one for one in MORE if one in header]:
        said = _("This codebook has a column “%(name)s”. Take codes from it on the page Codebook.")
        raise ValidationError(said % {"name": more[0]})
    name = next(header.index(one) for one in NAMED if one in header)
    described = next((header.index(one) for one in DESCRIBED if one in header), None)
    for number, cells in table.rows:
        if cells[name].strip():
            yield cells[name].strip(), cells[described].strip() if described is not None else ""
        else:
            report.loss(_("A row of the codebook has no name."), _("row %(row)s") % {"row": number})


@contextmanager
def open_csv(file: IO[bytes], report: Report) -> Iterator[parts.Opened]:
    file.seek(0)
    yield opened_table(read_csv(file.read(), report), report)


@contextmanager
def open_xlsx(file: IO[bytes], report: Report) -> Iterator[parts.Opened]:
    yield opened_table(read_xlsx(file, wanted=known), report)


def known(header: Sequence[str]) -> bool:
    return is_codings(header) or is_codes(header)


def placed(opened: parts.Opened, study: Study, by: User, report: Report) -> parts.Opened:
    """Return a table with its codings put to the texts of a study that a person may read; what is wrong is reported."""
    if not isinstance(opened, OpenedTable) or opened.coded is None:
        return opened
    project, faults = project_of(study, opened.coded, report, by=by)
    report.faults = sorted([*opened.coded.faults, *faults], key=lambda one: one.row)
    report.blocked = bool(opened.coded.faults)
    return OpenedTable(project, no_text, opened.table, opened.coded)


def table_with_faults(opened: OpenedTable, faults: Sequence[Fault]) -> list[list[str]]:
    """Return the rows of a table, its header first, with a column that says what is wrong in each."""
    return with_faults(opened.table.header, opened.table.rows, list(faults))


def is_xlsx(head: bytes, file: IO[bytes]) -> bool:
    """Tell whether a file is a workbook, by the parts in it."""
    if not head.startswith(ZIP):
        return False
    try:
        with zipfile.ZipFile(file) as archive:
            return any(name.lower() == "xl/workbook.xml" for name in archive.namelist()[:10_000])
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError):
        return False


def is_csv(head: bytes, file: IO[bytes]) -> bool:
    """Tell whether a file is text with a header of codings or of a codebook in its first line."""
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        text = head[: len(head) // 2 * 2].decode("utf-16", "replace")
    else:
        text = head.decode("utf-8-sig", "replace")
    text = text.lstrip("\ufeff\r\n ")
    first = csv.reader(text.splitlines()[:1], delimiter=delimiter_of(text))
    header = [one.strip(' "') for one in next(first, [])]
    return known(header) or len(columns_of(header)) > 1
