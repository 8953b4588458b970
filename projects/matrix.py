"""All sites of a project against the steps of its Roadmap: one cell for each, read flat and worded here."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from django.urls import reverse
from django.utils import formats
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from projects.help_rules import Standing, is_running, late_for, standing_of
from projects.models import Plan, PlanStep, Project
from roadmap.models import Item, Phase, Step, WorkedBy

NEAR_DAYS = 300  # further away than that, a due day is told by its month

DONE, UNDER_WAY, LATE, STUCK = "done", "started", "late", "stuck"
WAITING, AHEAD, LEFT_OUT = "waiting", "open", "na"
LEGEND = [
    (DONE, gettext_lazy("Done")),
    (UNDER_WAY, gettext_lazy("Under way: 2 of 4 done")),
    (LATE, gettext_lazy("Late")),
    (STUCK, gettext_lazy("Stuck")),
    (WAITING, gettext_lazy("Waiting for another milestone")),
    (AHEAD, gettext_lazy("Not started, with its date")),
    (LEFT_OUT, gettext_lazy("Does not apply")),
]

PHASES = list(Phase.values)


class Cell(NamedTuple):
    """A step at a site: where it is read, which shape it has and what it says. No address where it does not apply."""

    url: str
    state: str
    text: str


class Column(NamedTuple):
    """A step of the Roadmap as a column."""

    key: str
    name: str
    phase: str
    starts: bool  # the first one of its phase


@dataclass
class Row:
    """A site with its cells, in the order of the columns."""

    plan: Plan
    standing: Standing
    cells: list[Cell] = field(default_factory=list)


@dataclass
class Matrix:
    """Columns in the Roadmap's order with the stretches they lie in, and a row for each site."""

    columns: list[Column]
    stretches: list[tuple[str, str, int]]  # phase, its plain name, how many columns
    rows: list[Row]


STEP_FIELDS = ("plan_id", "key", "done", "applicable", "is_done", "due_on", "blocked_since")


def matrix_of(project: Project, plans: Iterable[Plan], on: dt.date) -> Matrix:
    """Lay out the steps of some of a project's sites; two statements however many sites there are."""
    columns = columns_of(project)
    rows = {plan.pk: Row(plan, standing_of(plan, on)) for plan in plans}
    sample = reverse("projects:plan_step", kwargs={"project": project.slug, "site": "a-site", "step": "a-step"})
    empty = Cell("", LEFT_OUT, "")
    cells: dict[tuple[int, str], Cell] = {}
    for plan_id, key, done, applicable, is_done, due_on, blocked in PlanStep.objects.filter(
        plan__in=list(rows)
    ).values_list(*STEP_FIELDS):
        if applicable:
            row = rows[plan_id]
            state, text = cell_state(done, applicable, is_done, due_on, blocked, on=on, running=is_running(row.plan))
            url = sample.replace("/a-site/", f"/{row.plan.site.slug}/").replace("/a-step/", f"/{key}/")
            cells[plan_id, key] = Cell(url, state, text)
    for pk, row in rows.items():
        row.cells = [cells.get((pk, column.key), empty) for column in columns]
    return Matrix(columns, stretches_of(columns), list(rows.values()))


def columns_of(project: Project) -> list[Column]:
    """Return the steps in which sites of the project have something to do; one statement."""
    worked = Item.objects.filter(version=project.version_id, worked_by=WorkedBy.SITE).values("step")
    steps = list(Step.objects.filter(pk__in=worked).order_by("position").values_list("key", "short_name", "phase"))
    steps.sort(key=lambda step: PHASES.index(step[2]))
    before = [None, *(phase for _key, _name, phase in steps)]
    return [Column(*step, starts=step[2] != last) for step, last in zip(steps, before, strict=False)]


def stretches_of(columns: Sequence[Any]) -> list[tuple[str, str, int]]:
    """Return (phase, plain name, columns) of the phases that have columns; each column has a `phase`."""
    found = [(phase, sum(column.phase == phase for column in columns)) for phase in Phase]
    return [(phase.value, str(phase.plain_name), number) for phase, number in found if number]


def cell_state(
    done: int,
    applicable: int,
    is_done: bool,
    due_on: dt.date | None,
    blocked_since: dt.date | None,
    *,
    on: dt.date,
    running: bool,
) -> tuple[str, str]:
    """Return the shape and the words of one step at one site. Only at a running site is anything late or stuck."""
    if is_done:
        return DONE, _("Done")
    if running and blocked_since:
        return STUCK, _("Stuck")
    if running and due_on and due_on < on:
        return LATE, late_for((on - due_on).days)
    if done:
        return UNDER_WAY, _("%(done)d of %(all)d") % {"done": done, "all": applicable}
    if due_on is None:
        return WAITING, _("Waiting")
    if not running:
        return AHEAD, _("Not begun")
    near = abs((due_on - on).days) <= NEAR_DAYS
    return AHEAD, _("by %(day)s") % {"day": formats.date_format(due_on, "j M" if near else "M Y")}
