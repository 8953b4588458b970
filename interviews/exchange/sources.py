"""Reading texts from a project's XML: sources, what is selected and coded in them, values of variables, notes."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from interviews.exchange.markup import Reader, children, place_of
from interviews.exchange.parts import Coding, Note, Selection, Source, Value

VALUES = ("TextValue", "BooleanValue", "IntegerValue", "FloatValue", "DateValue", "DateTimeValue")


def words_in(element: Any) -> str:
    return "".join(element.itertext())


def read_text(element: Any, reader: Reader, *, guid: UUID | None = None, name: str = "") -> Source:
    """Return a text source, or the representation of a PDF, for which `guid` and `name` are those of the PDF."""
    source = begin_source(element, guid or reader.guid(element, "TextSource"), name, reader)
    for kind, one in children(element, reader.report):
        if kind == "PlainTextSelection":
            source.selections.append(read_selection(one, reader))
        else:
            take(kind, one, source, reader)
    check_text(source, element, reader)
    return source


def begin_source(element: Any, guid: UUID, name: str, reader: Reader) -> Source:
    """Return a source with what its attributes say."""
    return Source(
        guid,
        name=(name or element.get("name") or "").strip(),
        path=(element.get("plainTextPath") or "").strip(),
        coder=reader.target(element, "creatingUser"),
    )


def take(kind: str, one: Any, source: Source, reader: Reader) -> None:
    """Put what every kind of source has in it where it belongs."""
    if kind == "Description":
        source.description = words_in(one).strip()
    elif kind == "PlainTextContent":
        source.content = words_in(one)
    elif kind == "Coding":
        add(source.codings, read_coding(one, reader))
    elif kind == "NoteRef":
        add(source.notes, reader.target(one))
    elif kind == "VariableValue":
        add(source.values, read_value(one, reader))


def check_text(source: Source, element: Any, reader: Reader) -> None:
    """Say where a source has its text twice, or no plain text at all."""
    if source.path and source.content is not None:
        said = _("A source has its text both in the project and in a file; the file was read.")
        reader.report.deviation(said, source.name or place_of(element))
        source.content = None
    elif element.get("plainTextPath") is not None and not source.path and source.content is None:
        source.content = ""


def read_selection(element: Any, reader: Reader, *, start: int | None = None, end: int | None = None) -> Selection:
    """Return words that were selected; where positions are missing they are -1 and nothing will be found there."""
    first = reader.number(element, "startPosition") if start is None else start
    last = reader.number(element, "endPosition") if end is None else end
    found = Selection(
        reader.guid(element),
        -1 if first is None or last is None else first,
        -1 if first is None or last is None else last,
        name=(element.get("name") or "").strip(),
        coder=reader.target(element, "creatingUser"),
        created=reader.moment(element, "creationDateTime"),
    )
    for kind, one in children(element, reader.report):
        if kind == "Description":
            found.description = words_in(one).strip()
        elif kind == "Coding":
            add(found.codings, read_coding(one, reader))
        elif kind == "NoteRef":
            add(found.notes, reader.target(one))
    return found


def read_coding(element: Any, reader: Reader) -> Coding | None:
    """Return a coding; None for one that names no code."""
    guid, code = reader.guid(element), None
    notes: list[UUID] = []
    for kind, one in children(element, reader.report):
        if kind == "CodeRef":
            code = reader.target(one)
        elif kind == "NoteRef":
            add(notes, reader.target(one))
    if code is None:
        reader.report.loss(_("A coding names no code."), place_of(element))
        return None
    coder, created = reader.target(element, "creatingUser"), reader.moment(element, "creationDateTime")
    return Coding(guid, code, coder, created, notes)


def read_value(element: Any, reader: Reader) -> Value | None:
    """Return the value of a variable; None where there is none."""
    variable, words = None, ""
    for kind, one in children(element, reader.report):
        if kind == "VariableRef":
            variable = reader.target(one)
        elif kind in VALUES:
            words = words_in(one).strip()
    return Value(variable, words) if variable and words else None


def read_note(element: Any, reader: Reader) -> Note:
    """Return a note. What is selected or coded in notes is lost, and said."""
    note = Note(
        reader.guid(element),
        name=(element.get("name") or "").strip(),
        path=(element.get("plainTextPath") or "").strip(),
        coder=reader.target(element, "creatingUser"),
        created=reader.moment(element, "creationDateTime"),
        changed=reader.moment(element, "modifiedDateTime"),
    )
    for kind, one in children(element, reader.report):
        if kind == "PlainTextContent":
            note.content = words_in(one)
        elif kind == "Description" and words_in(one).strip():
            note.content = note.content or words_in(one)
        else:
            reader.report.loss(_("Selections, codings, values and notes of notes are not kept."), place_of(element))
    if note.path:
        note.content = None
    return note


def add(list_: list[Any], one: Any) -> None:
    if one is not None:
        list_.append(one)
