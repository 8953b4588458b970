"""The grid of sites and milestones on which a lead says what has happened already. Reads only, flat: four statements.

A page of it can hold thousands of cells, so nothing is made for each of them but its text. A milestone of the sites'
own is a column where sites share it; what one site has alone stands in one last column: a site adds none.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from django.db.models import Case, CharField, Q, QuerySet, Value, When
from django.db.models.functions import Cast, Substr
from django.utils.translation import gettext as _

from projects import analytics
from projects.matrix import stretches_of
from projects.models import Plan, PlanItem, Project, Site
from projects.own_rows import OwnRow
from roadmap.models import Item, Phase, Step, WorkedBy
from roadmap.published import content_of

MOST_CELLS = 6_000  # on one page
MOST_SITES = 500
HEADLINES, EVERYTHING, OWN, STEP = "headlines", "all", "own", "step-"


class Column(NamedTuple):
    """A milestone as a column; `starts` where it is the first one of its phase, `own` where the Roadmap lacks it."""

    key: str
    text: str
    phase: str
    starts: bool
    own: bool = False


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
    apply at its site. `alone` holds by the plan's id what stands there besides the columns: what one site has alone.
    """

    columns: list[Column]
    stretches: list[tuple[str, str, int]]  # phase, its plain name, how many columns
    places: list[Place]
    known: Mapping[int, Mapping[str, str]]
    alone: Mapping[int, Sequence[OwnRow]] = field(default_factory=dict)

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


def choices_of(project: Project, own: Sequence[OwnRow]) -> list[tuple[str, str]]:
    """Return which milestones can be asked for, some of which are the sites' own: (key, words)."""
    steps = in_order([*(item.step for item in items_of(project)), *(row.step for row in own)])
    phases = [phase for phase in Phase if any(step.phase == phase for step in steps)]
    return [
        (HEADLINES, _("Headline milestones")),
        *[(phase.value, _("%(phase)s: all milestones") % {"phase": phase.plain_name}) for phase in phases],
        (EVERYTHING, _("All milestones")),
        *([(OWN, _("Our own milestones"))] if own else []),
        *[(f"{STEP}{step.key}", _("Step: %(name)s") % {"name": step.name}) for step in steps],
    ]


def in_order(steps: Iterable[Step]) -> list[Step]:
    """Return steps in the Roadmap's order, each once."""
    phases = Phase.values
    return sorted(
        {step.pk: step for step in steps}.values(), key=lambda step: (phases.index(step.phase), step.position)
    )


def columns_of(project: Project, own: Sequence[OwnRow], chosen: str, also: Collection[str] = ()) -> list[Column]:
    """Return the milestones that one of `choices_of` stands for, and those of some keys; no statement.

    Those of the sites' own come after the Roadmap's of their phase, without what one site has alone.
    """
    items = [item for item in items_of(project) if takes(chosen, item.step, item.headline) or item.key in also]
    shared = [row for row in chosen_of(own, chosen, also) if not row.alone]
    every: list[Item | OwnRow] = [*items, *shared]
    found = sorted(every, key=lambda one: Phase.values.index(one.step.phase))
    before = ["", *(one.step.phase for one in found)]
    return [
        Column(one.key, one.text, one.step.phase, one.step.phase != last, isinstance(one, OwnRow))
        for one, last in zip(found, before, strict=False)
    ]


def chosen_of(own: Sequence[OwnRow], chosen: str, also: Collection[str] = ()) -> list[OwnRow]:
    """Return the milestones of the sites' own that one of `choices_of` stands for, and those of some keys."""
    return [row for row in own if chosen == OWN or takes(chosen, row.step) or row.key in also]


def takes(chosen: str, step: Step, headline: bool = False) -> bool:
    if chosen == HEADLINES:
        return headline
    return chosen in (EVERYTHING, step.phase, f"{STEP}{step.key}")


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


def grid_of(
    columns: Sequence[Column],
    places: Sequence[Place],
    alone: Sequence[OwnRow] = (),
    also: Collection[tuple[int, str]] = (),
) -> Grid:
    """Read what the plans say in each of the columns, and of what is `alone`; one statement however many cells.

    What one site has alone is shown at this site, and wherever somebody typed into it: `also`, (plan's id, key).
    """
    shown = {place.plan_id for place in places}
    rows = {row.key: row for row in alone}
    at = dict.fromkeys([*((row.alone, row.key) for row in alone), *(one for one in also if one[1] in rows)])
    beside: dict[int, list[OwnRow]] = {}
    for plan_id, key in at:
        if plan_id in shown:
            beside.setdefault(plan_id, []).append(rows[key])
    keys = {row.key for here in beside.values() for row in here}
    known = known_of(shown, [*(column.key for column in columns), *keys])
    return Grid(list(columns), stretches_of(columns), list(places), known, beside)


def known_of(plan_ids: Collection[int], keys: Collection[str]) -> dict[int, dict[str, str]]:
    """Return what plans say, as codes of day_cells.Said by the plan's id and the item's key; one statement.

    What does not apply in a plan is not there.
    """
    rows = PlanItem.objects.counted().filter(plan__in=list(plan_ids), key__in=list(keys))
    known: dict[int, dict[str, str]] = {plan_id: {} for plan_id in plan_ids}
    for plan_id, key, code in rows.order_by().values_list("plan_id", "key", CODE):
        known[plan_id][key] = code
    return known
