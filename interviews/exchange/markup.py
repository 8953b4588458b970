"""Reading the XML of REFI-QDA without trust in it, and forgivingly: what departs from the standard is said.

No entity is resolved, nothing is fetched, and how deep and how many elements may be is limited.
"""

from __future__ import annotations

import datetime as dt
import re
import uuid
from collections.abc import Iterator
from typing import IO, Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from lxml import etree

from interviews.exchange.remarks import Report

MOST_ELEMENTS = 1_000_000
DEEPEST = 100
# What identifiers are made from where a file has no valid one: the same file gives the same ones again.
DERIVED = uuid.UUID("3f0a6f0e-6c9b-5d0b-9a53-6d1c3f6f2a11")
GUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}", re.IGNORECASE)
UNDASHED = re.compile(r"[0-9a-f]{32}", re.IGNORECASE)
COLOUR = re.compile(r"#(?:[0-9a-f]{6}|[0-9a-f]{3})", re.IGNORECASE)  # libxml2 lets #AABBCCDD pass, we do not
NAMESPACE = re.compile(r"urn:QDA-XML:(?:project|codebook):")
PLAUSIBLE = (1900, 2200)  # years

DATES = frozenset({"creatingUser", "creationDateTime", "modifyingUser", "modifiedDateTime"})
TEXT = (
    ("Description", "PlainTextContent", "PlainTextSelection", "Coding", "NoteRef", "VariableValue"),
    {"guid", "name", "richTextPath", "plainTextPath", *DATES},
)
MEDIA = {"guid", "name", "path", "currentPath", *DATES}
SELECTION = ("Description", "Coding", "NoteRef")
PAGES = {"guid", "name", "firstX", "firstY", "secondX", "secondY", *DATES}
TIMES = {"guid", "name", "begin", "end", *DATES}
# Which elements stand in which, in their order, and which attributes an element has.
GRAMMAR: dict[str, tuple[tuple[str, ...], set[str] | frozenset[str]]] = {
    "Project": (
        ("Users", "CodeBook", "Variables", "Cases", "Sources", "Notes", "Links", "Sets", "Graphs", "Description")
        + ("NoteRef",),
        {"name", "origin", "creatingUserGUID", "creationDateTime", "modifyingUserGUID", "modifiedDateTime", "basePath"},
    ),
    "User": ((), {"guid", "name", "id"}),
    "Code": (("Description", "NoteRef", "Code"), {"guid", "name", "isCodable", "color"}),
    "Variable": (("Description",), {"guid", "name", "typeOfVariable"}),
    "Case": (("Description", "CodeRef", "VariableValue", "SourceRef", "SelectionRef"), {"guid", "name"}),
    "VariableValue": (
        ("VariableRef", "TextValue", "BooleanValue", "IntegerValue", "FloatValue", "DateValue", "DateTimeValue"),
        set(),
    ),
    "TextSource": TEXT,
    "Note": TEXT,
    "Representation": TEXT,
    "PlainTextSelection": (SELECTION, {"guid", "name", "startPosition", "endPosition", *DATES}),
    "Coding": (("CodeRef", "NoteRef"), {"guid", "creatingUser", "creationDateTime"}),
    "PDFSource": (("Description", "PDFSelection", "Representation", "Coding", "NoteRef", "VariableValue"), MEDIA),
    "PDFSelection": (("Description", "Representation", "Coding", "NoteRef"), {*PAGES, "page"}),
    "AudioSource": (("Description", "Transcript", "AudioSelection", "Coding", "NoteRef", "VariableValue"), MEDIA),
    "VideoSource": (("Description", "Transcript", "VideoSelection", "Coding", "NoteRef", "VariableValue"), MEDIA),
    "AudioSelection": (SELECTION, TIMES),
    "VideoSelection": (SELECTION, TIMES),
    "Transcript": (
        ("Description", "PlainTextContent", "SyncPoint", "TranscriptSelection", "NoteRef"),
        {"guid", "name", "richTextPath", "plainTextPath", *DATES},
    ),
    "SyncPoint": ((), {"guid", "timeStamp", "position"}),
    "TranscriptSelection": (SELECTION, {"guid", "name", "fromSyncPoint", "toSyncPoint", *DATES}),
    "Set": (("Description", "MemberCode", "MemberSource", "MemberNote"), {"guid", "name"}),
    "CodeBook": (("Codes", "Sets"), {"origin"}),
}


def elements(file: IO[bytes], roots: tuple[str, ...]) -> Iterator[tuple[list[str], Any]]:
    """Yield (names from the root down to it, element) as each element ends; whoever is done with one clears it.

    Raises ValidationError for what is no XML, has a document type, another root, or too many elements or levels.
    """
    way: list[str] = []
    count = 0
    try:
        parser = etree.iterparse(
            file,
            events=("start", "end"),
            resolve_entities=False,
            no_network=True,
            load_dtd=False,
            huge_tree=False,
            remove_comments=True,
            remove_pis=True,
        )
        for event, element in parser:
            if event == "end":
                yield way, element
                way.pop()
                continue
            if not way:
                check_root(element, roots)
            way.append(local(element))
            count += 1
            if count > MOST_ELEMENTS or len(way) > DEEPEST:
                raise ValidationError(
                    _("There is more in this project than Milepost can take (line %(line)s).")
                    % {"line": element.sourceline}
                )
    except etree.XMLSyntaxError as error:
        raise ValidationError(
            _("The project's XML is broken in line %(line)s: %(why)s") % {"line": error.lineno, "why": error.msg}
        ) from error


def check_root(element: Any, roots: tuple[str, ...]) -> None:
    """Raise ValidationError for a document type, which could hold entities, and for a root that is none of `roots`."""
    about = element.getroottree().docinfo
    if about.doctype or about.internalDTD is not None:
        raise ValidationError(_("This file has a document type with entities (DOCTYPE), so it was not read."))
    if local(element) not in roots:
        raise ValidationError(
            _("This is no REFI-QDA file: it begins with <%(name)s> and not with <%(root)s>.")
            % {"name": local(element)[:40], "root": roots[0]}
        )


def local(element: Any) -> str:
    return str(etree.QName(element).localname)


def children(element: Any, report: Report) -> Iterator[tuple[str, Any]]:
    """Yield the elements within one by name; unknown ones, unknown attributes and another order are said."""
    name = local(element)
    order, attributes = GRAMMAR.get(name, ((), set()))
    for attribute in element.attrib:
        if attribute not in attributes and not attribute.startswith("{"):
            report.deviation(_("<%(name)s> has an attribute that is not in the standard.") % {"name": name}, attribute)
    at = 0
    for one in element:
        if not isinstance(one.tag, str):  # an entity that was not resolved
            continue
        inner = local(one)
        if inner not in order:
            said = _("<%(name)s> has something in it that is not in the standard.") % {"name": name}
            report.deviation(said, f"<{inner}>")
            continue
        place = order.index(inner)
        if place < at:
            report.deviation(_("What is in <%(name)s> stands in another order.") % {"name": name}, f"<{inner}>")
        at = max(at, place)
        yield inner, one


def check_namespace(element: Any, wanted: str, report: Report) -> None:
    """Say where a root's namespace is another than that of the standard."""
    found = str(etree.QName(element).namespace or "")
    if found == wanted:
        return
    if NAMESPACE.match(found):
        report.deviation(_("The namespace is another than %(wanted)s.") % {"wanted": wanted}, found)
    else:
        report.deviation(_("There is no namespace of REFI-QDA."), found or "–")


class Reader:
    """What attributes mean, with what was made of those that mean nothing. Knows which identifiers were given."""

    def __init__(self, report: Report):
        self.report = report
        self.given: dict[str, dict[uuid.UUID, int]] = {}

    def guid(self, element: Any, kind: str = "") -> uuid.UUID:
        """Return an element's own identifier, unique among its kind: a second one is numbered anew."""
        kind = kind or local(element)
        given = self.given.setdefault(kind, {})
        raw = element.get("guid")
        if raw is None or not raw.strip():
            self.report.deviation(_("<%(name)s> has no identifier (guid).") % {"name": kind}, place_of(element))
            raw = f"{kind} {len(given)} {element.get('name', '')}"
            found = uuid.uuid5(DERIVED, raw)
        else:
            found = self.identifier(raw, kind)
        times = given[found] = given.get(found, 0) + 1
        if times > 1:
            self.report.deviation(
                _("Two <%(name)s> have the same identifier; the second was given another.") % {"name": kind}, raw
            )
            found = uuid.uuid5(found, str(times))
            given[found] = 1
        return found

    def identifier(self, raw: str, kind: str) -> uuid.UUID:
        """Return what an identifier means: one within other characters is found, anything else becomes one."""
        plain = raw.strip()
        if plain[:1] == "{" and plain[-1:] == "}":
            plain = plain[1:-1]
        if GUID.fullmatch(plain):
            return uuid.UUID(plain)
        said = _("An identifier of <%(name)s> is not in the standard's form.") % {"name": kind}
        self.report.deviation(said, raw[:60])
        inside = GUID.findall(plain)
        if len(inside) == 1:
            return uuid.UUID(inside[0])
        if UNDASHED.fullmatch(plain):
            return uuid.UUID(plain)
        return uuid.uuid5(DERIVED, plain)

    def target(self, element: Any, attribute: str = "targetGUID") -> uuid.UUID | None:
        """Return whom a reference points at; None where it points nowhere."""
        raw = element.get(attribute) or (element.get("guid") if attribute == "targetGUID" else None)
        if not raw or not raw.strip():
            return None
        return self.identifier(raw, local(element))

    def number(self, element: Any, attribute: str) -> int | None:
        raw = (element.get(attribute) or "").strip()
        if re.fullmatch(r"[+-]?\d{1,12}", raw):
            return int(raw)
        if raw:
            self.report.deviation(_("%(name)s is no whole number.") % {"name": attribute}, raw[:40])
        return None

    def boolean(self, element: Any, attribute: str, usual: bool) -> bool:
        raw = element.get(attribute)
        if raw is None:
            said = _("<%(name)s> does not say %(attribute)s.") % {"name": local(element), "attribute": attribute}
            self.report.deviation(said, place_of(element))
            return usual
        word = raw.strip()
        if word not in ("true", "false", "1", "0"):
            self.report.deviation(_("%(name)s should be true or false.") % {"name": attribute}, raw[:40])
        return word.lower() in ("true", "1", "yes")

    def colour(self, element: Any) -> str:
        raw = (element.get("color") or "").strip()
        if not raw:
            return ""
        if not COLOUR.fullmatch(raw):
            self.report.deviation(_("A color should be #RRGGBB."), raw[:40])
            return ""
        return raw.lower() if len(raw) == 7 else "#" + "".join(2 * letter for letter in raw[1:].lower())

    def moment(self, element: Any, attribute: str) -> dt.datetime | None:
        """Return a date and time in UTC; one without a zone is taken for UTC, what is none is left out."""
        raw = (element.get(attribute) or "").strip()
        if not raw:
            return None
        try:
            found = dt.datetime.fromisoformat(raw)
            if "T" not in raw:
                self.report.deviation(_("A moment should have a T between day and time."), raw[:40])
            if found.tzinfo is None:
                self.report.deviation(_("A moment has no time zone; it was read as UTC."), raw[:40])
                found = found.replace(tzinfo=dt.UTC)
            found = found.astimezone(dt.UTC)
        except (ValueError, OverflowError):
            found = None
        if found is None or not PLAUSIBLE[0] <= found.year <= PLAUSIBLE[1]:
            self.report.deviation(_("A moment could not be read and was left out."), raw[:40])
            return None
        return found


def place_of(element: Any) -> str:
    """Return where an element stands, for a person who looks into the file."""
    name, line = element.get("name") or local(element), element.sourceline
    return _("%(name)s, line %(line)s") % {"name": name[:80], "line": line}
