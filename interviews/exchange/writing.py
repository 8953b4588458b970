"""Writing REFI-QDA, strictly: elements and attributes in the standard's order, nothing empty that must not be.

Texts are written with plain line feeds and no mark, as files of their own; what XML cannot hold is replaced one for one
before anything is counted.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Iterable, Iterator
from typing import IO, Any
from uuid import UUID
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from lxml import etree

from interviews.exchange import qdc, qde
from interviews.exchange.parts import (
    ORIGIN,
    Case,
    Code,
    Coding,
    Note,
    Project,
    Selection,
    Set,
    Source,
    Value,
    Variable,
)
from interviews.exchange.placing import BREAKS
from roadmap import xml_text

LONGEST_NAME = 60  # characters of a passage that stand as its name
ELEMENT_OF = {  # how a value of a kind must look, and the element it stands in
    "Boolean": (re.compile(r"true|false|0|1"), "BooleanValue"),
    "Integer": (re.compile(r"[+-]?\d+"), "IntegerValue"),
    "Float": (re.compile(r"[+-]?(?:\d+(?:\.\d*)?|\.\d+)"), "FloatValue"),
    "Date": (re.compile(r"\d{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01])"), "DateValue"),
    "DateTime": (
        re.compile(r"\d{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01])T(?:[01]\d|2[0-3]):[0-5]\d:[0-5]\d(?:\.\d+)?Z?"),
        "DateTimeValue",
    ),
}


def legal(text: str) -> str:
    """Return a text that XML can hold, with plain line feeds, each character in its place."""
    return plain(text.replace("\r\n", " \n"))


def plain(words: str) -> str:
    """Return words that have no positions, such as a name or a description, as XML can hold them."""
    return xml_text.legal(words.replace("\r\n", "\n").replace("\r", "\n").translate(BREAKS))


def named(words: str) -> str:
    """Return what a passage or a note is called: how its words begin."""
    return " ".join(plain(words).split())[:LONGEST_NAME].strip()


def moment(at: dt.datetime) -> str:
    return at.astimezone(dt.UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


# ---- the archive


def write_archive(project: Project, text_of: Callable[[Source], str], out: IO[bytes], *, now: dt.datetime) -> None:
    """Write a project with its texts. Sources may be made while they are written; `text_of` is asked for each later."""
    texts: list[Source] = []
    with ZipFile(out, "w", ZIP_DEFLATED) as archive:
        with archive.open(entry("project.qde", now), "w") as file:
            write_project(project, file, now=now, texts=texts)
        for source in texts:
            with archive.open(entry(f"sources/{source.guid}.txt", now), "w") as file:
                file.write(legal(text_of(source)).encode())


def entry(name: str, now: dt.datetime) -> ZipInfo:
    made = ZipInfo(name, now.astimezone(dt.UTC).timetuple()[:6])
    made.compress_type, made.external_attr = ZIP_DEFLATED, 0o644 << 16
    return made


def write_project(project: Project, out: IO[bytes], *, now: dt.datetime, texts: list[Source] | None = None) -> None:
    """Write `project.qde`; the sources whose texts are to follow are put into `texts`."""
    kinds = {one.guid: one.kind for one in project.variables}
    with etree.xmlfile(out, encoding="utf-8") as file:
        file.write_declaration()
        about = {"name": plain(project.name), "origin": ORIGIN, "creationDateTime": moment(now)}
        with file.element("Project", {"xmlns": qde.NAMESPACE, **about}):
            put(file, "Users", (user_element(one) for one in project.users))
            if project.codes:
                with file.element("CodeBook"):
                    put(file, "Codes", (code_element(one) for one in project.codes))
            put(file, "Variables", (variable_element(one) for one in project.variables))
            put(file, "Cases", (case_element(one, kinds) for one in project.cases))
            put(file, "Sources", (source_element(one, kinds, texts) for one in project.sources))
            put(file, "Notes", (note_element(one) for one in project.notes))
            put(file, "Sets", (set_element(one) for one in project.sets))
            if project.description:
                file.write(words_element("Description", plain(project.description).strip()))
            for guid in project.note_refs:
                file.write(reference("NoteRef", guid), pretty_print=True)


def put(file: Any, name: str, elements: Iterable[Any]) -> None:
    """Write elements one by one within another, which is left out where there is none of them."""
    waiting: Iterator[Any] = iter(elements)
    first = next(waiting, None)
    if first is None:
        return
    with file.element(name):
        file.write(first, pretty_print=True)
        for one in waiting:
            file.write(one, pretty_print=True)


def element(tag: str, /, **attributes: str | None) -> Any:
    """Return an element with the attributes that say something, in their order.

    Elements have no namespace of their own here: what they are written into begins with one, which holds for them too.
    """
    made = etree.Element(tag)
    for key, value in attributes.items():
        if value is not None:
            made.set(key, plain(value).strip())
    return made


def words_element(name: str, words: str) -> Any:
    made = element(name)
    made.text = plain(words)
    return made


def reference(name: str, guid: UUID) -> Any:
    return element(name, targetGUID=str(guid))


# ---- its parts


def user_element(one: Any) -> Any:
    return element("User", guid=str(one.guid), name=one.name or None, id=one.initials or None)


def code_element(one: Code, *, notes: bool = True) -> Any:
    """Return a code with all below it. In a codebook, codes have no notes."""
    codable = "true" if one.codable else "false"
    made = element("Code", guid=str(one.guid), name=one.name, isCodable=codable, color=one.colour or None)
    if one.description:
        made.append(words_element("Description", plain(one.description).strip()))
    if notes:
        made.extend([reference("NoteRef", guid) for guid in one.notes])
    made.extend([code_element(below, notes=notes) for below in one.below])
    return made


def variable_element(one: Variable) -> Any:
    made = element("Variable", guid=str(one.guid), name=one.name, typeOfVariable=one.kind)
    if one.description:
        made.append(words_element("Description", plain(one.description).strip()))
    return made


def value_element(one: Value, kinds: dict[UUID, str]) -> Any:
    """Return a value in the element of its variable's kind; words that are no such value are written as text."""
    made = element("VariableValue")
    made.append(reference("VariableRef", one.variable))
    form, name = ELEMENT_OF.get(kinds.get(one.variable, "Text"), (None, "TextValue"))
    if form and not form.fullmatch(one.words.strip()):
        name = "TextValue"
    made.append(words_element(name, plain(one.words).strip()))
    return made


def case_element(one: Case, kinds: dict[UUID, str]) -> Any:
    made = element("Case", guid=str(one.guid), name=one.name or None)
    if one.description:
        made.append(words_element("Description", plain(one.description).strip()))
    made.extend([value_element(value, kinds) for value in one.values])
    made.extend([reference("SourceRef", guid) for guid in one.sources])
    return made


def source_element(one: Source, kinds: dict[UUID, str], texts: list[Source] | None) -> Any:
    path = f"internal://{one.guid}.txt"
    made = element("TextSource", guid=str(one.guid), name=one.name or None, plainTextPath=path)
    if one.description:
        made.append(words_element("Description", plain(one.description).strip()))
    made.extend([selection_element(selection) for selection in one.selections])
    made.extend([coding_element(coding) for coding in one.codings])
    made.extend([reference("NoteRef", guid) for guid in one.notes])
    made.extend([value_element(value, kinds) for value in one.values])
    if texts is not None:
        texts.append(Source(one.guid))
    return made


def selection_element(one: Selection) -> Any:
    made = element(
        "PlainTextSelection",
        guid=str(one.guid),
        name=one.name or None,
        startPosition=str(one.start),
        endPosition=str(one.end),
        creatingUser=str(one.coder) if one.coder else None,
        creationDateTime=moment(one.created) if one.created else None,
    )
    made.extend([coding_element(coding) for coding in one.codings])
    made.extend([reference("NoteRef", guid) for guid in one.notes])
    return made


def coding_element(one: Coding) -> Any:
    made = element(
        "Coding",
        guid=str(one.guid),
        creatingUser=str(one.coder) if one.coder else None,
        creationDateTime=moment(one.created) if one.created else None,
    )
    made.append(reference("CodeRef", one.code))
    made.extend([reference("NoteRef", guid) for guid in one.notes])
    return made


def note_element(one: Note) -> Any:
    made = element(
        "Note",
        guid=str(one.guid),
        name=one.name or None,
        creatingUser=str(one.coder) if one.coder else None,
        creationDateTime=moment(one.created) if one.created else None,
        modifiedDateTime=moment(one.changed) if one.changed else None,
    )
    made.append(words_element("PlainTextContent", one.content or ""))
    return made


def set_element(one: Set) -> Any:
    made = begin_set(one)
    made.extend([reference("MemberCode", guid) for guid in one.codes])
    made.extend([reference("MemberNote", guid) for guid in one.notes])
    return made


def begin_set(one: Set) -> Any:
    made = element("Set", guid=str(one.guid), name=one.name)
    if one.description:
        made.append(words_element("Description", plain(one.description).strip()))
    return made


# ---- the codebook


def write_codebook(project: Project, out: IO[bytes]) -> None:
    """Write a codebook (.qdc). A codebook has a code at least: ask before."""
    with etree.xmlfile(out, encoding="utf-8") as file:
        file.write_declaration()
        with file.element("CodeBook", {"xmlns": qdc.NAMESPACE, "origin": ORIGIN}):
            put(file, "Codes", (code_element(one, notes=False) for one in project.codes))
            put(file, "Sets", (codebook_set_element(one) for one in project.sets))


def codebook_set_element(one: Set) -> Any:
    """Return a set as a codebook has it, where members are named by another attribute."""
    made = begin_set(one)
    made.extend([element("MemberCode", guid=str(guid)) for guid in one.codes])
    return made
