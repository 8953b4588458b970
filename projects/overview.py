"""What the pages of projects say: how many sites stand where, which are late or stuck, what comes next. Reads only."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Count, Min, Q, QuerySet

from projects import analytics
from projects.help_rules import Standing, standing_of
from projects.models import Membership, Plan, PlanItem, Program, Project, Role, Scopes, Site
from roadmap.models import Item, Phase
from roadmap.published import content_of

SITES_A_PAGE = 100
A_MONTH = dt.timedelta(days=30)


@dataclass
class Counts:
    """How many of a project's sites stand where, and how many are late, stuck or quiet."""

    sites: int = 0
    setting_up: int = 0
    resting: int = 0  # paused or stopped
    finished: int = 0
    late: int = 0
    stuck: int = 0
    quiet: int = 0
    help: int = 0
    by_phase: dict[str, int] = field(default_factory=dict)

    @property
    def phases(self) -> list[tuple[str, Any, int]]:
        """(key, plain name, sites) of the three phases; only sites at work are counted."""
        return [(phase.value, phase.plain_name, self.by_phase.get(phase.value, 0)) for phase in Phase]


def visible_plans(scopes: Scopes, plans: QuerySet[Plan]) -> QuerySet[Plan]:
    """Return the plans of those sites that the person may see."""
    return plans.filter(site__in=Site.objects.visible_to(scopes))


def counts_of(plans: QuerySet[Plan], program: Program, on: dt.date) -> dict[int, Counts]:
    """Return the counts of each project (by id) that has one of these plans; one statement."""
    running, status = analytics.running(), Site.Status
    kinds = {
        "setting_up": Q(site__status=status.SETTING_UP),
        "resting": Q(site__status__in=[status.PAUSED, status.STOPPED]),
        "finished": analytics.is_finished(program, on),
        "late": analytics.is_late(program, on),
        "stuck": analytics.is_stuck(program, on),
        "quiet": analytics.is_quiet(program, on),
        "help": analytics.needs_help(program, on),
        **{phase.value: running & Q(current_phase=phase.value) for phase in Phase},
    }
    numbers = {f"n_{name}": Count("pk", filter=kind) for name, kind in kinds.items()}
    rows: Any = plans.order_by().values("project").annotate(n_sites=Count("pk"), **numbers)
    counts = {}
    for row in rows:
        phases = {phase.value: row[f"n_{phase.value}"] for phase in Phase}
        rest = {name: row[f"n_{name}"] for name in kinds if name not in phases}
        counts[row["project"]] = Counts(sites=row["n_sites"], by_phase=phases, **rest)
    return counts


def projects_with_counts(scopes: Scopes, now: dt.datetime) -> list[tuple[Program, list[tuple[Project, Counts]]]]:
    """Return what a person sees of projects, by program. Statements grow with the programs, not with their projects."""
    by_program: dict[Program, list[Project]] = defaultdict(list)
    for project in Project.objects.visible_to(scopes).select_related("program").order_by("program__name", "name"):
        by_program[project.program].append(project)
    found = []
    for program, projects in by_program.items():
        plans = visible_plans(scopes, analytics.site_plans(program=program))
        counts = counts_of(plans, program, program.today(now))
        found.append((program, [(project, counts.get(project.pk, Counts())) for project in projects]))
    return found


def counts_of_project(project: Project, scopes: Scopes, on: dt.date) -> Counts:
    """Return the counts of one project's sites that the person may see; one statement."""
    plans = visible_plans(scopes, analytics.site_plans(project=project))
    return counts_of(plans, project.program, on).get(project.pk, Counts())


def projects_of(program: Program, scopes: Scopes, on: dt.date) -> list[tuple[Project, Counts]]:
    """Return a program's projects with their counts; two statements."""
    counts = counts_of(visible_plans(scopes, analytics.site_plans(program=program)), program, on)
    return [(project, counts.get(project.pk, Counts())) for project in program.projects.order_by("name")]


def programs() -> list[tuple[Program, list[str]]]:
    """Return all programs, each with the names of those who administer it; two statements."""
    names: dict[int, list[str]] = defaultdict(list)
    held = Membership.objects.current().filter(role=Role.ADMINISTRATOR).select_related("user")
    for membership in held.order_by("user__name"):
        names[membership.program_id].append(str(membership.user))
    return [(program, names[program.pk]) for program in Program.objects.order_by("name")]


def administrators_of(program: Program) -> list[Membership]:
    held = program.memberships.current().filter(role=Role.ADMINISTRATOR)
    return list(held.select_related("user").order_by("user__name"))


@dataclass(frozen=True)
class SitePage:
    """One page of a project's sites by name, with how each stands; where the next page begins, or nothing."""

    rows: list[tuple[Plan, Standing]]
    next_after: str = ""


def sites_of(project: Project, scopes: Scopes, on: dt.date, *, after: str = "") -> SitePage:
    """Return a page of the project's sites that the person may see, in one statement."""
    plans = analytics.with_words(visible_plans(scopes, analytics.site_plans(project=project)))
    name, _sep, pk = after.rpartition("~")
    if pk.isdecimal() and "\x00" not in name:
        plans = plans.filter(Q(site__name__gt=name) | Q(site__name=name, pk__gt=int(pk)))
    page = list(plans.order_by("site__name", "pk")[: SITES_A_PAGE + 1])
    more, page = len(page) > SITES_A_PAGE, page[:SITES_A_PAGE]
    last = page[-1] if more else None
    return SitePage([(plan, standing_of(plan, on)) for plan in page], f"{last.site.name}~{last.pk}" if last else "")


def team_of(project: Project) -> tuple[Plan | None, list[Membership]]:
    """Return the team's plan with its next milestone, and who leads the project; two statements."""
    plan = project.plans.filter(site=None).select_related("next_milestone__item", "next_milestone__assignee").first()
    leads = Membership.objects.current().filter(project=project, role=Role.LEAD, user__is_active=True)
    return plan, list(leads.select_related("user").order_by("user__name"))


@dataclass(frozen=True)
class Ahead:
    """What pressing Start at a site brings: what is due within a month, and what lies in the past by then."""

    soon: list[PlanItem]
    past: list[PlanItem]


def ahead_of(plan: Plan, on: dt.date) -> Ahead:
    """Return what a site's plan holds until a month from that day; milestones only among what is past."""
    items = list(plan.items.due_by(on + A_MONTH).with_text().order_by("due_on", "position"))
    return Ahead(
        [item for item in items if item.due_on >= on],
        [item for item in items if item.due_on < on and item.is_milestone],
    )


@dataclass(frozen=True)
class AheadOfMany:
    """What pressing Start at many sites brings.

    `rows` says of each plan how many milestones would be late at once and how many items are due within a month;
    `milestones` which are due within a month, at how many sites and when first.
    """

    rows: list[tuple[Plan, int, int]]
    milestones: list[tuple[str, int, dt.date]]

    @property
    def with_late(self) -> int:
        """At how many of the sites something would be late at once."""
        return sum(late > 0 for _plan, late, _soon in self.rows)


def ahead_of_many(project: Project, plans: Sequence[Plan], on: dt.date) -> AheadOfMany:
    """Return what starting sites of a project brings; two statements however many they are."""
    items = PlanItem.objects.filter(plan__in=[plan.pk for plan in plans]).due_by(on + A_MONTH).order_by()
    past = Q(due_on__lt=on, kind=Item.Kind.MILESTONE)
    counts = items.values("plan").annotate(late=Count("pk", filter=past), soon=Count("pk", filter=Q(due_on__gte=on)))
    of_plan = {row["plan"]: (row["late"], row["soon"]) for row in counts}
    due = items.filter(due_on__gte=on, kind=Item.Kind.MILESTONE, item__isnull=False)
    rows = due.values("item").annotate(sites=Count("plan"), first=Min("due_on")).order_by("first", "item__position")
    texts = content_of(project.version_id).items
    return AheadOfMany(
        [(plan, *of_plan.get(plan.pk, (0, 0))) for plan in plans],
        [(texts[row["item"]].text, row["sites"], row["first"]) for row in rows if row["item"] in texts],
    )


def setting_up(project: Project) -> list[Plan]:
    """Return the plans of the sites that have not been started, by name."""
    plans = analytics.site_plans(project=project).filter(site__status=Site.Status.SETTING_UP)
    return list(plans.select_related("site__place__county", "project").order_by("site__name"))
