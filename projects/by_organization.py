"""The sites of a project by organization: which reached a milestone, such as one agreement for all. Reads."""

from __future__ import annotations

from dataclasses import dataclass, field

from projects import catch_up_grid, own_rows
from projects.models import PlanItem, Project, Site
from projects.own_rows import OwnRow
from roadmap.models import Item


@dataclass
class Group:
    """An organization with its sites in a project; `open` are the plans (ids) where the milestone is still to come."""

    name: str
    pk: int
    sites: list[str] = field(default_factory=list)
    open: list[int] = field(default_factory=list)
    missing: list[str] = field(default_factory=list)  # their names
    reached: int = 0

    @property
    def of(self) -> int:
        """At how many sites the milestone applies."""
        return self.reached + len(self.open)


def milestones_of(project: Project) -> list[Item | OwnRow]:
    """Return the milestones that can be asked for: those of headlines first, the agreement before all, ours last."""
    items = sorted(catch_up_grid.items_of(project), key=lambda item: not item.headline)
    return [*items, *(row for row in own_rows.milestones_of(project) if not row.alone)]


def groups_of(project: Project, milestone: str) -> list[Group]:
    """Return a project's organizations by name with how far a milestone (by key) is. One statement."""
    rows = PlanItem.objects.filter(plan__project=project, key=milestone, removed=False, plan__site__isnull=False)
    rows = rows.exclude(plan__site__status__in=Site.OVER).order_by(
        "plan__site__place__organization__name", "plan__site__name"
    )
    found: dict[int, Group] = {}
    for pk, name, site, plan, applicable, done_at in rows.values_list(
        "plan__site__place__organization",
        "plan__site__place__organization__name",
        "plan__site__name",
        "plan",
        "applicable",
        "done_at",
    ):
        group = found.setdefault(pk, Group(name, pk))
        group.sites.append(site)
        if done_at:
            group.reached += 1
        elif applicable:
            group.open.append(plan)
            group.missing.append(site)
    return list(found.values())
