"""Reading the project of a REFI-QDA archive: `project.qde` into plain parts.

Each user, code, case, source and note is taken as soon as it has been read and its XML is dropped, so that a large
project does not stand in memory twice.
"""

from __future__ import annotations

from typing import IO, Any
from uuid import UUID

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from interviews.exchange.markup import Reader, check_namespace, children, elements, place_of
from interviews.exchange.media import read_pdf, read_picture, read_recording
from interviews.exchange.parts import ORIGIN, Case, Code, Project, Set, Source, User, Variable, all_codes
from interviews.exchange.remarks import Report
from interviews.exchange.sources import add, read_note, read_text, read_value, words_in

NAMESPACE = "urn:QDA-XML:project:1.0"
KINDS = ("Text", "Boolean", "Integer", "Float", "Date", "DateTime")
SOURCES = {
    "TextSource": lambda element, reader: iter([read_text(element, reader)]),
    "PDFSource": read_pdf,
    "AudioSource": read_recording,
    "VideoSource": read_recording,
    "PictureSource": read_picture,
}
LOST = {"Link": gettext_lazy("Links between things are not kept."), "Graph": gettext_lazy("Graphs are not kept.")}


def read_project(file: IO[bytes], report: Report) -> Project:
    """Return what a project's XML says. Raises ValidationError for what is no project, or not safe to read."""
    project, reader, sources = Project(), Reader(report), list[Source]()
    for way, element in elements(file, ("Project",)):
        if len(way) == 1:
            end_project(element, project, reader)
        elif taken(way, element, project, sources, reader):
            element.clear()
            while element.getprevious() is not None:  # those before it; the parser still needs the element itself
                del element.getparent()[0]
    for source in sources:  # we know how our own files count
        source.exact = project.origin.startswith(ORIGIN)
    project.sources = sources
    settle(project, sources, report)
    return project


def taken(way: list[str], element: Any, project: Project, sources: list[Source], reader: Reader) -> bool:
    """Take an element where it is one that stands by itself; return whether it was."""
    name, above, level = way[-1], way[-2], len(way)
    if level == 3 and above == "Users":
        project.users.append(read_user(element, reader))
    elif level == 4 and above == "Codes" and way[1] == "CodeBook":
        project.codes.append(read_code(element, reader))
    elif level == 3 and above == "Variables":
        project.variables.append(read_variable(element, reader))
    elif level == 3 and above == "Cases":
        project.cases.append(read_case(element, reader))
    elif level == 3 and above == "Sources" and name in SOURCES:
        sources += SOURCES[name](element, reader)
    elif level == 3 and above == "Notes":
        project.notes.append(read_note(element, reader))
    elif level == 3 and above == "Sets":
        project.sets.append(read_set(element, reader))
    elif level == 3 and name in LOST:
        reader.report.loss(str(LOST[name]), element.get("name") or "")
    elif level == 3 and above != "CodeBook":
        said = _("<%(name)s> has something in it that is not in the standard.") % {"name": above}
        reader.report.deviation(said, f"<{name}>")
    else:
        return False
    return True


def end_project(element: Any, project: Project, reader: Reader) -> None:
    """Take what stands on the project itself, once all that is in it was read."""
    check_namespace(element, NAMESPACE, reader.report)
    project.name, project.origin = element.get("name") or "", element.get("origin") or ""
    for kind, one in children(element, reader.report):
        if kind == "Description":
            project.description = words_in(one).strip()
        elif kind == "NoteRef":
            add(project.note_refs, reader.target(one))


def read_user(element: Any, reader: Reader) -> User:
    for _kind, _one in children(element, reader.report):
        pass
    return User(reader.guid(element), (element.get("name") or "").strip(), (element.get("id") or "").strip())


def read_code(element: Any, reader: Reader) -> Code:
    """Return a code with all below it."""
    code = Code(
        reader.guid(element),
        (element.get("name") or "").strip(),
        codable=reader.boolean(element, "isCodable", True),
        colour=reader.colour(element),
    )
    if not code.name:
        reader.report.deviation(_("A code has no name."), place_of(element))
    for kind, one in children(element, reader.report):
        if kind == "Description":
            code.description = words_in(one).strip()
        elif kind == "NoteRef":
            add(code.notes, reader.target(one))
        elif kind == "Code":
            code.below.append(read_code(one, reader))
    return code


def read_variable(element: Any, reader: Reader) -> Variable:
    kind = (element.get("typeOfVariable") or "").strip()
    found = Variable(reader.guid(element), (element.get("name") or "").strip(), kind)
    if kind not in KINDS:
        reader.report.deviation(_("A variable's type is none of the standard's; it was read as text."), kind or "–")
        found.kind = "Text"
    for inner, one in children(element, reader.report):
        if inner == "Description":
            found.description = words_in(one).strip()
    return found


def read_case(element: Any, reader: Reader) -> Case:
    """Return a case. That it points at codes or at single selections is lost, and said."""
    case = Case(reader.guid(element), (element.get("name") or "").strip())
    for kind, one in children(element, reader.report):
        if kind == "Description":
            case.description = words_in(one).strip()
        elif kind == "VariableValue":
            add(case.values, read_value(one, reader))
        elif kind == "SourceRef":
            add(case.sources, reader.target(one))
        else:
            said = _("That a case holds codes or single passages is not kept, only that it holds whole texts.")
            reader.report.loss(said, case.name or place_of(element))
    return case


def read_set(element: Any, reader: Reader) -> Set:
    found = Set(reader.guid(element), (element.get("name") or "").strip())
    lists = {"MemberCode": found.codes, "MemberSource": found.sources, "MemberNote": found.notes}
    for kind, one in children(element, reader.report):
        if kind == "Description":
            found.description = words_in(one).strip()
        else:
            add(lists[kind], reader.target(one))
    return found


# ---- once all of it was read


def settle(project: Project, sources: list[Source], report: Report) -> None:
    """Take away what points nowhere, and codes that are only another program's second listing of a case."""
    drop_twins(project, sources, report)
    codes = {code.guid for code, _above in all_codes(project.codes)}
    variables = {variable.guid for variable in project.variables}
    for source in sources:
        lists = [source.codings, *(selection.codings for selection in source.selections)]
        for codings in lists:
            unknown = [one for one in codings if one.code not in codes]
            report.loss(_("A coding names a code that is not in the codebook."), source.name, len(unknown))
            codings[:] = [one for one in codings if one.code in codes]
    held: list[Case | Source] = [*project.cases, *sources]
    for holder in held:
        lost = [value for value in holder.values if value.variable not in variables]
        report.loss(_("A value belongs to a variable that is not in the project."), holder.name, len(lost))
        holder.values = [value for value in holder.values if value.variable in variables]
    for group in project.sets:
        absent = [code for code in group.codes if code not in codes]
        report.deviation(_("A set holds a code that is not in the codebook."), group.name, len(absent))
        group.codes = [code for code in group.codes if code in codes]


def drop_twins(project: Project, sources: list[Source], report: Report) -> None:
    """Drop codes that are cases by identifier and name; what is coded with one belongs to the case.

    A text of no other case that is coded so is the case's.
    """
    cases = {case.guid: case for case in project.cases}
    twins = {
        code.guid
        for code, _above in all_codes(project.codes)
        if code.guid in cases and not code.below and code.name == (cases[code.guid].name or code.name)
    }
    for code, above in list(all_codes(project.codes)):
        if code.guid in twins:
            (above.below if above else project.codes).remove(code)
            cases[code.guid].name = cases[code.guid].name or code.name
            report.deviation(_("A case is listed as a code as well; it was read as a case."), code.name)
    known = {code.guid for code, _above in all_codes(project.codes)}
    held = {guid for case in project.cases for guid in case.sources}
    for source in sources:
        told: set[UUID] = set()
        for codings in [source.codings, *(selection.codings for selection in source.selections)]:
            of_cases = [one for one in codings if one.code in cases and one.code not in known]
            told |= {one.code for one in of_cases}
            codings[:] = [one for one in codings if one not in of_cases]
        if len(told) == 1 and source.guid not in held and source.of not in held:
            cases[told.pop()].sources.append(source.guid)
        elif told:
            report.loss(_("That passages belong to a case is not kept, only that whole texts do."), source.name)
