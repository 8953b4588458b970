"""The grid of sites and milestones on which a lead says what has happened already. Reads only, flat: three statements.

A page of it can hold thousands of cells, so nothing is made for each of them but its text.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from django.db.models import Case, CharField, Q, QuerySet, Value, When
from django.db.models.functions import Cast, Substr
from django.utils.translation import gettext as _

from projects import analytics
from projects.matrix import stretches_of
from projects.models import Plan, PlanItem, Project, Site
from roadmap.models import Item, Phase, WorkedBy
from roadmap.published import content_of

MOST_CELLS = 6_000  # on one page
MOST_SITES = 500
HEADLINES, EVERYTHING, STEP = "headlines", "all", "step-"


class Column(NamedTuple):
    """A milestone of the Roadmap as a column; `starts` where it is the first one of its phase."""

    key: str
    text: str
    phase: str
    starts: bool


class Place(NamedTuple):
    """A site as a row, by the id of its plan."""

    plan_id: int
    name: str
    status: str
    starts_on: dt.date


@dataclass(frozen=True)
class Grid:
    """Columns in the Roadmap's order with the stretches they lie in, the sites, and what each plan says by cell.

    `known` holds the code (day_cells.Said) by the plan's id and the milestone's key; a cell that is not there does not
    apply at its site.
    """

    columns: list[Column]
    stretches: list[tuple[str, str, int]]  # phase, its plain name, how many columns
    places: list[Place]
    known: Mapping[int, Mapping[str, str]]

    @property
    def shown(self) -> str:
        """The ids of the plans in their order, as a form carries them."""
        return " ".join(str(place.plan_id) for place in self.places)

    @property
    def heads(self) -> str:
        """The keys of the columns in their order, as a form carries them."""
        return " ".join(column.key for column in self.columns)


def items_of(project: Project, kind: str = Item.Kind.MILESTONE) -> list[Item]:
    """Return what sites of the project work on, in the Roadmap's order, without what only a site that stops does."""
    phases = Phase.values
    items = [
        item
        for item in content_of(project.version_id).items.values()
        if item.worked_by == WorkedBy.SITE
        and item.kind == kind
        and not item.on_exit
        and item.is_for(setting="", ebi=project.ebi)
    ]
    return sorted(items, key=lambda item: (phases.index(item.step.phase), item.step.position, item.position))


def choices_of(project: Project) -> list[tuple[str, str]]:
    """Return which milestones can be asked for: (key, words)."""
    items = items_of(project)
    phases = [phase for phase in Phase if any(item.step.phase == phase for item in items)]
    steps = {item.step.key: item.step.name for item in items}
    return [
        (HEADLINES, _("Headline milestones")),
        *[(phase.value, _("%(phase)s: all milestones") % {"phase": phase.plain_name}) for phase in phases],
        (EVERYTHING, _("All milestones")),
        *[(f"{STEP}{key}", _("Step: %(name)s") % {"name": name}) for key, name in steps.items()],
    ]


def columns_of(project: Project, chosen: str, also: Collection[str] = ()) -> list[Column]:
    """Return the milestones that one of `choices_of` stands for, and those of some keys; no statement."""
    items = [item for item in items_of(project) if takes(chosen, item) or item.key in also]
    before = ["", *(item.step.phase for item in items)]
    return [
        Column(item.key, item.text, item.step.phase, item.step.phase != last)
        for item, last in zip(items, before, strict=False)
    ]


def takes(chosen: str, item: Item) -> bool:
    if chosen == HEADLINES:
        return item.headline
    return chosen in (EVERYTHING, item.step.phase, f"{STEP}{item.step.key}")


def counts_of(project: Project) -> dict[str, int]:
    """Return how many sites the project has, and how many of them are setting up or active; one statement."""
    conditions = {str(status): Q(site__status=status) for status in Site.AT_WORK}
    return analytics.counts_of(analytics.site_plans(project=project), **conditions)


def places_to_show(
    project: Project, *, status: str, words: str, columns: int, also: Collection[int] = ()
) -> tuple[list[Place], int]:
    """Return the sites asked for, by name, as many as a page takes, and how many there are in all.

    Those whose plans' ids are in `also` come with them, asked for or not.
    """
    plans = analytics.site_plans(project=project)
    if status:
        plans = plans.filter(site__status=status)
    if words:
        plans = plans.filter(Q(site__name__icontains=words) | Q(site__place__organization__name__icontains=words))
    most = min(MOST_SITES, MOST_CELLS // max(1, columns))
    found = in_rows(plans, most + 1)
    total = plans.count() if len(found) > most else len(found)
    found = found[:most]
    ids = {place.plan_id for place in found}
    return (found if ids.issuperset(also) else places_named(project, ids.union(also))), total


def places_named(project: Project, ids: Collection[int]) -> list[Place]:
    """Return the project's sites whose plans are among some ids, by name; one statement."""
    return in_rows(analytics.site_plans(project=project).filter(pk__in=ids))


def in_rows(plans: QuerySet[Plan], most: int | None = None) -> list[Place]:
    rows = plans.order_by("site__name", "pk").values_list("pk", "site__name", "site__status", "starts_on")
    return [Place(*row) for row in rows[:most]]


# What a plan says of an item, as the code of day_cells.Said. A grid has thousands: nothing is made of them but text.
CODE = Case(
    When(recorded_on__isnull=True, then=Value("")),
    When(done_on__isnull=True, then=Value("x")),
    When(done_precision=PlanItem.Precision.MONTH, then=Substr(Cast("done_on", CharField()), 1, 7)),
    default=Cast("done_on", CharField()),
)


def grid_of(columns: Sequence[Column], places: Sequence[Place]) -> Grid:
    """Read what the plans say in each of the columns; one statement however many cells there are."""
    known = known_of([place.plan_id for place in places], [column.key for column in columns])
    return Grid(list(columns), stretches_of(columns), list(places), known)


def known_of(plan_ids: Collection[int], keys: Collection[str]) -> dict[int, dict[str, str]]:
    """Return what plans say, as codes of day_cells.Said by the plan's id and the item's key; one statement.

    What does not apply in a plan is not there.
    """
    rows = PlanItem.objects.counted().filter(plan__in=list(plan_ids), key__in=list(keys))
    known: dict[int, dict[str, str]] = {plan_id: {} for plan_id in plan_ids}
    for plan_id, key, code in rows.order_by().values_list("plan_id", "key", CODE):
        known[plan_id][key] = code
    return known
