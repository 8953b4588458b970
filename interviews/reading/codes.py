"""A codebook's file into rows, or a refusal that names each row that is wrong."""

from __future__ import annotations

import csv
import io

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from interviews.reading.files import cleaned, decoded
from projects.table_files import delimiter_of

WORDS = ("definition", "use_when", "not_when", "examples")
COLUMNS = {  # a file's columns: what a header may be called, folded
    "name": ("name", "code", "tag", "title"),
    "parent": ("parent", "under", "parent code"),
    "definition": ("definition", "description", "what it means"),
    "use_when": ("use when", "inclusion", "when to use", "use it when"),
    "not_when": ("do not use when", "exclusion", "when not to use", "do not use it when"),
    "examples": ("examples", "example"),
}
MOST = {"name": 120, "parent": 120, "examples": 4000}  # characters; of all other columns as many as MOST_WORDS says
MOST_WORDS = 2000


def read_codes(data: bytes, *, most: int) -> list[tuple[int, dict[str, str]]]:
    """Return the rows of a codebook's file with their numbers, parents before children.

    Columns are set apart by commas, semicolons or tabs, as spreadsheets do. Raises ValidationError with every fault,
    and for more than `most` rows.
    """
    table = table_of(cleaned(decoded(data)[0]))
    header = [cell.strip().casefold() for cell in table[0]] if table else []
    places = {
        name: next((header.index(one) for one in names if one in header), None) for name, names in COLUMNS.items()
    }
    if places["name"] is None:
        raise ValidationError(_("The first row names the columns. One of them must be “name”."))
    rows, faults = [], []
    for number, cells in enumerate(table[1:], start=2):
        row = {
            name: cells[place].strip() if place is not None and place < len(cells) else ""
            for name, place in places.items()
        }
        if not any(row.values()):
            continue
        faults += faults_of(number, row)
        rows.append((number, row))
    if len(rows) > most:
        faults.append(_("A codebook has at most %(most)s codes.") % {"most": most})
    if faults:
        raise ValidationError(faults)
    return in_order(rows)


def table_of(text: str) -> list[list[str]]:
    """Return the cells of a table. Raises ValidationError for one of which a cell is longer than any code's words."""
    table: list[list[str]] = []
    try:
        table.extend(csv.reader(io.StringIO(text), delimiter=delimiter_of(text)))
    except csv.Error as error:
        said = _("Row %(row)s cannot be read. Look whether a quotation mark is missing there.")
        raise ValidationError(said % {"row": len(table) + 1}) from error
    return table


def faults_of(number: int, row: dict[str, str]) -> list[str]:
    """Return what is wrong with a row, in words with its number."""
    faults = []
    if not row["name"]:
        faults.append(_("Row %(row)s: a code needs a name.") % {"row": number})
    for name, value in row.items():
        limit = MOST.get(name, MOST_WORDS)
        if len(value) > limit:
            said = {"row": number, "column": name, "limit": limit}
            faults.append(_("Row %(row)s, %(column)s: at most %(limit)s characters.") % said)
    return faults


def in_order(rows: list[tuple[int, dict[str, str]]]) -> list[tuple[int, dict[str, str]]]:
    """Return rows with parents before children. Raises ValidationError for a circle and a parent that is nowhere."""
    names = {row["name"].casefold() for _number, row in rows}
    done: set[str] = set()
    waiting, ordered = rows, []
    while waiting:
        ready = [one for one in waiting if not one[1]["parent"] or one[1]["parent"].casefold() in done]
        if not ready:
            raise ValidationError(
                [
                    _("Row %(row)s: “%(parent)s” is above it and below it.") % {"row": number, "parent": row["parent"]}
                    if row["parent"].casefold() in names
                    else _("Row %(row)s: there is no code “%(parent)s”.") % {"row": number, "parent": row["parent"]}
                    for number, row in waiting
                ]
            )
        ordered += ready
        done |= {row["name"].casefold() for _number, row in ready}
        waiting = [one for one in waiting if one not in ready]
    return ordered
