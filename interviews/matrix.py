"""Rapid analysis: the questions of a guide as columns, a row an interview, cells in the interviewers' words. Reads."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from django.db.models import BooleanField, ExpressionWrapper, OuterRef, Q, QuerySet, Subquery
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from interviews.models import Consent, Guide, Interview, Participant, Question, RoleGroup, Study, Summary

GROUPS = {
    "site": gettext_lazy("By site"),
    "role": gettext_lazy("By role group"),
    "project": gettext_lazy("By project"),
}
LABEL, GUIDE_LABEL = gettext_lazy("Rows"), gettext_lazy("Guide")


@dataclass(frozen=True)
class Row:
    """One interview with a cell for each column: its summary, or nothing yet."""

    interview: Interview
    cells: list[Summary | None]
    questions: list[Question]

    @property
    def asked(self) -> list[tuple[Question, Summary | None]]:
        """Each question with its cell."""
        return list(zip(self.questions, self.cells, strict=True))

    @property
    def filled(self) -> int:
        return sum(1 for cell in self.cells if cell and cell.text)


@dataclass
class Group:
    """Rows under one heading."""

    name: str
    rows: list[Row] = field(default_factory=list)


@dataclass(frozen=True)
class Matrix:
    """Columns and groups of rows of one guide."""

    guide: Guide
    questions: list[Question]
    groups: list[Group]

    @property
    def rows(self) -> list[Row]:
        return [row for group in self.groups for row in group.rows]

    @property
    def filled(self) -> int:
        return sum(row.filled for row in self.rows)

    @property
    def size(self) -> int:
        return len(self.rows) * len(self.questions)


def matrix_of(guide: Guide, *, by: str = "site") -> Matrix:
    """Read the matrix of a guide in five statements, however many interviews there are. Withdrawn people are left out.

    An interview stands here as soon as it is planned, so that its row waits when the conversation ends.
    """
    questions = list(guide.questions.all())
    interviews = guide.interviews.filter(cancelled_at=None).exclude(participant__state=Participant.State.WITHDRAWN)
    interviews = interviews.select_related("participant__site", "participant__project", "interviewer")
    cells: dict[tuple[int, int], Summary] = {}
    for summary in with_consent(Summary.objects.filter(interview__in=interviews)).prefetch_related("constructs"):
        cells[summary.interview_id, summary.question_id] = summary
    groups: dict[tuple[str, int], Group] = {}
    for interview in interviews.order_by("participant__pseudonym", "pk"):
        place = group_of(interview.participant, by)
        group = groups.setdefault(place, Group(place[0]))
        row = [cells.get((interview.pk, question.pk)) for question in questions]
        group.rows.append(Row(interview, row, questions))
    return Matrix(guide, questions, [groups[place] for place in sorted(groups, key=in_order)])


def with_consent(summaries: QuerySet[Summary]) -> QuerySet[Summary]:
    """Say of each summary, as `may_quote`, whether the newest consent of who said it covers its quote."""
    newest = Consent.objects.filter(participant=OuterRef("interview__participant"))
    found = summaries.annotate(scope=Subquery(newest.values("scope")[:1]))
    covers = Q(scope__in=[Consent.Scope.QUOTE, Consent.Scope.ROLE_ONLY])
    return found.annotate(may_quote=ExpressionWrapper(covers, output_field=BooleanField()))


def group_of(participant: Participant, by: str) -> tuple[str, int]:
    """Return the heading under which a participant's interviews stand, and an id; 0 for those who are nowhere."""
    if by == "role":
        return str(RoleGroup(participant.role_group).label), 1
    if by == "project":
        return str(participant.project) if participant.project_id else _("No project"), participant.project_id or 0
    return str(participant.site) if participant.site_id else _("No site"), participant.site_id or 0


def in_order(place: tuple[str, int]) -> tuple[bool, str, int]:
    """Return by what headings are sorted: by name, whoever is nowhere last."""
    name, pk = place
    return not pk, name.casefold(), pk


def file_header(matrix: Matrix) -> list[Any]:
    """Return the header of the matrix as a table: who, without names, and each question."""
    return [_("Participant"), _("Role group"), _("Project"), _("Site"), _("Held on"), *map(str, matrix.questions)]


def file_rows(matrix: Matrix) -> Iterator[list[Any]]:
    """Yield a row for each interview, with summaries only: quotes leave the study with findings, by consent."""
    for row in matrix.rows:
        one = row.interview.participant
        cells = [cell.text if cell else "" for cell in row.cells]
        yield [one.pseudonym, one.get_role_group_display(), one.project, one.site, row.interview.held_on, *cells]


@dataclass(frozen=True)
class Recruited:
    """How many people of a role group are wanted, listed, agreed and interviewed in a project."""

    group: str
    wanted: int
    listed: int
    agreed: int
    heard: int

    @property
    def group_name(self) -> str:
        return str(RoleGroup(self.group).label)


def counts_of(one: Recruited) -> tuple[int, int, int, int]:
    return one.wanted, one.listed, one.agreed, one.heard


@dataclass
class Recruitment:
    """Recruitment of a study, project by project."""

    places: list[tuple[str, list[Recruited]]]

    @property
    def everybody(self) -> list[Recruited]:
        """Each role group over all projects: what those outside the study see, so that nobody is told from a number."""
        columns = zip(*(cells for _name, cells in self.places), strict=True)
        return [Recruited(column[0].group, *map(sum, zip(*map(counts_of, column), strict=True))) for column in columns]


def recruitment_of(study: Study) -> Recruitment:
    """Count participants by project and role group beside what is wanted; three statements."""
    people = list(study.participants.select_related("project").exclude(state=Participant.State.WITHDRAWN))
    heard = set(Interview.objects.held().filter(study=study).values_list("participant", flat=True))
    wanted: dict[tuple[int, str], int] = {}
    found: set[tuple[str, int]] = {group_of(one, "project") for one in people}
    for target in study.targets.select_related("project"):
        wanted[target.project_id or 0, target.role_group] = target.number
        found.add((str(target.project or _("No project")), target.project_id or 0))
    places = []
    for name, project in sorted(found, key=in_order):
        cells = []
        for group in RoleGroup.values:
            here = [one for one in people if (one.project_id or 0) == project and one.role_group == group]
            agreed = sum(one.state == Participant.State.AGREED for one in here)
            known = sum(one.pk in heard for one in here)
            cells.append(Recruited(group, wanted.get((project, group), 0), len(here), agreed, known))
        places.append((name, cells))
    return Recruitment(places)
