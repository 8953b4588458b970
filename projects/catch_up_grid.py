"""The grid of sites and milestones on which a lead says what has happened already. Reads only, flat: three statements.

A page of it can hold thousands of cells, so nothing is made for each of them but its text.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from django.db.models import Q
from django.utils.translation import gettext as _

from projects import analytics
from projects.catching_up import Address
from projects.day_cells import NOT_DONE, Said
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


@dataclass(frozen=True)
class Grid:
    """Columns in the Roadmap's order with the stretches they lie in, the sites, and what each plan says by cell.

    A cell that is not in `known` does not apply at its site.
    """

    columns: list[Column]
    stretches: list[tuple[str, str, int]]  # phase, its plain name, how many columns
    plans: list[Plan]
    known: Mapping[Address, Said]

    @property
    def shown(self) -> str:
        """The ids of the plans in their order, as a form carries them."""
        return " ".join(str(plan.pk) for plan in self.plans)

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
    states = (Site.Status.SETTING_UP, Site.Status.ACTIVE)
    conditions = {state.value: Q(site__status=state) for state in states}
    return analytics.counts_of(analytics.site_plans(project=project), **conditions)


def plans_to_show(
    project: Project, *, status: str, words: str, columns: int, also: Collection[int] = ()
) -> tuple[list[Plan], int]:
    """Return the plans of the sites asked for, by name, as many as a page takes, and how many there are in all.

    The plans of the ids in `also` come with them, asked for or not.
    """
    plans = analytics.site_plans(project=project)
    if status:
        plans = plans.filter(site__status=status)
    if words:
        plans = plans.filter(Q(site__name__icontains=words) | Q(site__place__organization__name__icontains=words))
    most = min(MOST_SITES, MOST_CELLS // max(1, columns))
    found = list(plans.select_related("site").order_by("site__name", "pk")[: most + 1])
    total = plans.count() if len(found) > most else len(found)
    found = found[:most]
    ids = {plan.pk for plan in found}
    return (found if ids.issuperset(also) else plans_named(project, ids.union(also))), total


def plans_named(project: Project, ids: Collection[int]) -> list[Plan]:
    """Return the plans of the project's sites among some ids, by name; one statement."""
    plans = analytics.site_plans(project=project).filter(pk__in=ids)
    return list(plans.select_related("site").order_by("site__name", "pk"))


def grid_of(columns: Sequence[Column], plans: Sequence[Plan]) -> Grid:
    """Read what the plans say in each of the columns; one statement however many cells there are."""
    rows = PlanItem.objects.counted().filter(
        plan__in=[plan.pk for plan in plans], key__in=[column.key for column in columns]
    )
    known = {
        (plan_id, key): Said(True, done_on, precision) if recorded_on else NOT_DONE
        for plan_id, key, recorded_on, done_on, precision in rows.order_by().values_list(
            "plan_id", "key", "recorded_on", "done_on", "done_precision"
        )
    }
    return Grid(list(columns), stretches_of(columns), list(plans), known)


def stretches_of(columns: Iterable[Column]) -> list[tuple[str, str, int]]:
    """Return (phase, plain name, columns) of the phases that have columns."""
    found = [(phase, sum(column.phase == phase for column in columns)) for phase in Phase]
    return [(phase.value, str(phase.plain_name), number) for phase, number in found if number]
