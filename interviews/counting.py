"""How often each code was used, and in how many interviews: by role group, by project, beside other codes. Reads."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any, NamedTuple

from django.db.models import Count
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from interviews.models import Code, RoleGroup
from interviews.outline import Outline, families, outline
from interviews.overlapping import touched
from interviews.retrieving import NOBODYS, Material, spans_of

BY = {"role": gettext_lazy("By role group"), "project": gettext_lazy("By project")}
ORDERS = {
    "": gettext_lazy("As in the codebook"),
    "codings": gettext_lazy("Most passages first"),
    "interviews": gettext_lazy("Most interviews first"),
}
ALL = pgettext_lazy("everybody counted together", "All")
MOST_TOGETHER = 40  # codes that stand in one matrix


@dataclass(frozen=True)
class Column:
    """A group of interviews. `key` is how filters call it: a role group, a project's id, NOBODYS; "" is all of them."""

    key: str
    name: str
    interviews: int


@dataclass(frozen=True)
class Cell:
    """Passages of a code in a group, and in how many of the group's interviews they stand."""

    column: Column
    codings: int
    interviews: int


@dataclass(frozen=True)
class Line:
    """A code with its number in each column, the last of them over all. What is below the code counts with it."""

    code: Code
    depth: int
    under: str
    whole: bool  # codes below are counted in
    cells: list[Cell]

    @property
    def total(self) -> Cell:
        return self.cells[-1]


@dataclass(frozen=True)
class Counted:
    """Codes against groups. `empty` is how many codes in use have no passage and are left out."""

    by: str
    columns: list[Column]
    lines: list[Line]
    empty: int

    @property
    def interviews(self) -> int:
        return self.columns[-1].interviews


def codes_of(material: Material) -> Outline:
    """Return all codes of the study as an outline, retired ones too: what is coded with them stays; one statement."""
    return outline(material.study.codes.filter(merged_into=None).select_related("parent"))


def counted(
    material: Material, rows: Outline, *, by: str, coder: int | None = None, order: str = "", empty: bool = False
) -> Counted:
    """Count passages and interviews of each code of `rows` by role group or project; two statements.

    The database counts code by code and interview by interview; here only sets of interviews are put together, so that
    one in which a code and another below it stand counts once for the upper one. `coder` counts one person's codings.
    """
    groups = groups_of(material, by)
    codings = material.codings.filter(coder=coder) if coder else material.codings
    times: dict[int, dict[int, int]] = defaultdict(dict)
    for code, transcript, number in codings.values_list("code", "transcript").annotate(times=Count("pk")):
        times[code][transcript] = number
    columns = columns_of(groups)
    lines = []
    for (code, depth), family in zip(rows, families(rows).values(), strict=True):
        here: Counter[int] = Counter()
        for one in family:
            here.update(times.get(one, {}))
        cells = [cell_of(here, groups, column) for column in columns]
        lines.append(Line(code, depth, str(code.parent or "") if depth else "", len(family) > 1, cells))
    shown = [line for line in lines if line.total.codings or (empty and not line.code.retired_at)]
    left = sum(1 for line in lines if not line.code.retired_at) - sum(1 for line in shown if not line.code.retired_at)
    return Counted(by, columns, in_order(shown, order), left)


def groups_of(material: Material, by: str) -> dict[int, tuple[str, str]]:
    """Return for each transcript the key and the name of its group."""
    if by == "project":
        rows = material.transcripts.values_list(
            "pk", *(f"interview__participant__project{end}" for end in ("", "__name"))
        )
        return {pk: (str(project or NOBODYS), name or _("No project")) for pk, project, name in rows}
    rows = material.transcripts.values_list("pk", "interview__participant__role_group")
    return {pk: (group, str(RoleGroup(group).label)) for pk, group in rows}


def columns_of(groups: Mapping[int, tuple[str, str]]) -> list[Column]:
    """Return the groups in order, role groups as the paper has them and projects by name, and all of them last."""
    sizes = Counter(groups.values())
    places = {key: number for number, key in enumerate(RoleGroup.values)}
    ordered = sorted(sizes, key=lambda one: (one[0] == NOBODYS, places.get(one[0], 0), one[1].casefold()))
    return [*(Column(key, name, sizes[key, name]) for key, name in ordered), Column("", str(ALL), len(groups))]


def cell_of(here: Mapping[int, int], groups: Mapping[int, tuple[str, str]], column: Column) -> Cell:
    """Return the cell of a column: `here` says how many passages stand in which transcript."""
    numbers = [number for pk, number in here.items() if not column.key or groups[pk][0] == column.key]
    return Cell(column, sum(numbers), len(numbers))


def in_order(lines: list[Line], order: str) -> list[Line]:
    """Return lines in one of ORDERS; by number they stand flat, the codebook's order within the same number."""
    if not order:
        return lines
    return sorted((replace(line, depth=0) for line in lines), key=lambda line: -getattr(line.total, order))


def file_header(found: Counted) -> list[Any]:
    """Return the header of the counts as a table."""
    numbers = [
        words % {"group": column.name}
        for column in found.columns
        for words in (_("%(group)s: passages"), _("%(group)s: interviews"))
    ]
    return [_("Code"), _("Under"), *numbers]


def file_rows(found: Counted) -> Iterator[list[Any]]:
    """Yield how many interviews there are, then a row for each code."""
    yield [_("Interviews with a transcript"), "", *(one for column in found.columns for one in ("", column.interviews))]
    for line in found.lines:
        numbers = (one for cell in line.cells for one in (cell.codings, cell.interviews))
        yield [line.code.name, str(line.code.parent or ""), *numbers]


# ---- codes beside each other


class Shared(NamedTuple):
    """How many passages of a row's code also have another one (by id), and which quarter of them that is, 1 to 4."""

    code: int
    number: int | None  # None: the code itself
    quarter: int


@dataclass(frozen=True)
class Beside:
    """A code, how many passages it has, and how many of them also have each of the other codes."""

    code: Code
    codings: int
    cells: list[Shared]


@dataclass(frozen=True)
class Together:
    """Codes in the order of the codebook against each other. `left_out` is how many more codes are in use."""

    near: str
    rows: list[Beside]
    left_out: int

    @property
    def codes(self) -> list[Code]:
        return [row.code for row in self.rows]


def together(material: Material, rows: Outline, *, near: str) -> Together:
    """Say of the passages of each code how many stand near one of each other code; one statement, near "turn" two.

    A row and its column say two things: of 9 passages "Time" 3 also have "Space", of 4 passages "Space" 2 have "Time".
    Codes stand alone here, without those below them. At most MOST_TOGETHER codes are shown, those with most passages.
    """
    times: Counter[int] = Counter()
    shared: Counter[tuple[int, int]] = Counter()
    for spans in spans_of(material, material.codings, near=near).values():
        for span, codes in touched(spans):
            times[span.code] += 1
            shared.update((span.code, other) for other in codes)
    most = {pk for pk, _number in times.most_common(MOST_TOGETHER)}
    codes_shown = [code for code, _depth in rows if code.pk in most]

    def cell(code: Code, other: Code) -> Shared:
        number = shared[code.pk, other.pk]
        return Shared(other.pk, None if other == code else number, max(1, -(-4 * number // times[code.pk])))

    lines = [Beside(code, times[code.pk], [cell(code, other) for other in codes_shown]) for code in codes_shown]
    return Together(near, lines, len(times) - len(lines))


def together_header(found: Together) -> list[Any]:
    return [_("Of the passages with"), _("Passages"), *(code.name for code in found.codes)]


def together_rows(found: Together) -> Iterator[list[Any]]:
    for row in found.rows:
        yield [row.code.name, row.codings, *("" if cell.number is None else cell.number for cell in row.cells)]
