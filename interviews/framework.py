"""The framework matrix: participants or sites against codes, each cell summed up by a person. Reads."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Q, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from interviews.exchange.leaving import leaving
from interviews.models import Code, Coding, FrameworkCell, Interview, Participant, Study
from interviews.outline import Outline
from interviews.paging import Page, page_of
from interviews.retrieving import ORDER, PARTICIPANT, Families, Material
from projects.models import Site

KINDS = {"participants": gettext_lazy("Participants"), "sites": gettext_lazy("Sites")}
MOST_COLUMNS = 12
PAGE = 50  # rows
OF = {"participants": "participant", "sites": "site"}  # a cell's field
SAID_BY = {"participants": PARTICIPANT, "sites": f"{PARTICIPANT}__site"}  # a coding's


@dataclass(frozen=True)
class Cell:
    """A cell as it is read: its summary, None while nobody wrote one, and how many passages stand behind it."""

    code: Code
    cell: FrameworkCell | None
    codings: int


@dataclass(frozen=True)
class Row:
    """A participant or a site with a cell for each chosen code."""

    of: Participant | Site
    cells: list[Cell]


@dataclass(frozen=True)
class Framework:
    """Rows of a kind in KINDS against chosen codes, a page of them."""

    kind: str
    codes: list[Code]
    rows: list[Row]
    page: Page
    filled: int  # cells of all rows
    size: int


def rows_of(study: Study, kind: str) -> QuerySet:
    """Return whom a row stands for: those who were interviewed and have not withdrawn, or the sites they work at."""
    heard = Interview.objects.filter(study=study).filter(Q(held_on__isnull=False) | Q(transcript__isnull=False))
    people = study.participants.exclude(state=Participant.State.WITHDRAWN).filter(pk__in=heard.values("participant"))
    if kind == "sites":
        return Site.objects.filter(pk__in=people.values("site")).select_related("project")
    return people.select_related("site", "project")


def codes_with_cells(study: Study, rows: Outline) -> list[Code]:
    """Return the codes to begin with, where none are asked for: those somebody has summed up already."""
    summed = set(study.framework_cells.exclude(text="").values_list("code", flat=True))
    return [code for code, _depth in rows if code.pk in summed and not code.retired_at][:MOST_COLUMNS]


def framework_of(
    material: Material, kind: str, codes: Sequence[Code], families: Families, **place: int | None
) -> Framework:
    """Read a page of the matrix in five statements; `place` says after or before which row, as `page_of` takes it.

    What is coded with a code below a column's counts in its cells.
    """
    found = rows_of(material.study, kind)
    page = page_of(found, ["name" if kind == "sites" else "pseudonym"], size=PAGE, **place)
    field = OF[kind]
    cells = FrameworkCell.objects.filter(study=material.study, code__in=codes, **{f"{field}__in": found.values("pk")})
    here = {row.pk for row in page.rows}
    written = {
        (getattr(cell, f"{field}_id"), cell.code_id): cell
        for cell in cells.filter(**{f"{field}__in": here}).select_related("by")
    }
    numbers = numbers_of(material, kind, here, codes, families)
    rows = [
        Row(one, [Cell(code, written.get((one.pk, code.pk)), numbers.get((one.pk, code.pk), 0)) for code in codes])
        for one in page.rows
    ]
    filled = cells.exclude(text="").count()
    return Framework(kind, list(codes), rows, page, filled, found.count() * len(codes))


def numbers_of(
    material: Material, kind: str, rows: Iterable[int], codes: Iterable[Code], families: Families
) -> dict[tuple[int, int], int]:
    """Return how many passages stand behind each cell, by row and code; one statement."""
    said_by = SAID_BY[kind]
    counted = material.codings.filter(**{f"{said_by}__in": rows}).values_list(said_by, "code").annotate(Count("pk"))
    found: dict[tuple[int, int], int] = {}
    for row, code, number in counted:
        for column in codes:
            if code in families[column.pk]:
                found[row, column.pk] = found.get((row, column.pk), 0) + number
    return found


def behind(material: Material, kind: str, row: int, code: int, families: Families) -> QuerySet[Coding]:
    """Return the codings behind one cell, in the order in which they were said."""
    found = material.codings.filter(code__in=families[code], **{SAID_BY[kind]: row})
    return found.order_by(*ORDER, "pk")


# ---- as a workbook


def file_header(kind: str, codes: Iterable[Code]) -> list[Any]:
    who = [_("Participant"), _("Role group")] if kind == "participants" else []
    return [*who, _("Project"), _("Site"), *(code.name for code in codes)]


def file_rows(study: Study, kind: str, codes: Sequence[Code]) -> Iterator[list[Any]]:
    """Yield all rows of the matrix with their summaries; two statements."""
    field = f"{OF[kind]}_id"
    cells = study.framework_cells.filter(code__in=codes, **{f"{OF[kind]}__isnull": False})
    words = {(getattr(cell, field), cell.code_id): cell.text for cell in cells}
    for one in rows_of(study, kind).order_by("name" if kind == "sites" else "pseudonym", "pk"):
        if kind == "sites":
            who = [one.project.name, one.name]
        else:
            who = [one.pseudonym, one.get_role_group_display(), one.project, one.site]
        yield [*who, *(words.get((one.pk, code.pk), "") for code in codes)]


def passage_header() -> list[Any]:
    return [_("Column"), _("Participant"), _("Role group"), _("Project"), _("Site"), _("Code"), _("Words")]


def passage_rows(material: Material, kind: str, codes: Iterable[Code], families: Families) -> Iterator[list[Any]]:
    """Yield the passages behind each cell whose words may leave the study; four statements and one for each column."""
    texts = {one.transcript.pk: one for one in leaving(material.study) if not one.kept}
    rows = rows_of(material.study, kind).values("pk")
    for code in codes:
        found = material.codings.filter(code__in=families[code.pk], transcript__in=texts)
        found = found.filter(**{f"{SAID_BY[kind]}__in": rows}).select_related("code")
        found = found.with_words()  # type: ignore[attr-defined]  # Coding's own queryset
        for one in found.order_by(*ORDER, "pk").iterator():
            text = texts[one.transcript_id]
            who = [text.participant.pseudonym, text.participant.get_role_group_display(), text.project, text.site]
            yield [code.name, *who, one.code.name, one.words]


def about(study: Study, left_out: Iterable[str]) -> tuple[list[str], list[list[str]]]:
    """Return header and rows of the sheet that says what the workbook holds and whose words stayed."""
    told = [
        _("Summaries are in the words of the people who wrote them."),
        _("Passages are those behind the cells."),
        _("Of people who are quoted by role group only, project and site are left out beside their words."),
        *(_("Words left out of %(which)s.") % {"which": line} for line in left_out),
    ]
    return [_("Framework matrix of “%(study)s”") % {"study": study}], [[line] for line in told]
