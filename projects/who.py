"""Who does what: the jobs of one site, those that have nobody over all sites, and how much each person has. Reads."""

from __future__ import annotations

import datetime as dt
from collections import Counter, defaultdict
from dataclasses import dataclass, field

from django.db.models import Count, Q

from accounts.models import User
from projects.models import Duty, Plan, PlanItem, Project, Site
from projects.people import Job, jobs_at
from roadmap.models import WorkedBy
from roadmap.published import content_of


def needed_at(plan: Plan) -> list[str]:
    """Return the keys of the jobs that the Roadmap's rows for a site name, in the order of its list of jobs."""
    content = content_of(plan.version_id)
    named = {item.duty for item in content.items.values() if item.worked_by == WorkedBy.SITE and not item.on_exit}
    return [key for key in content.version.roles if key in named]


@dataclass(frozen=True)
class SiteJob:
    """A job at a site: who holds it there, else in the project, and how many open items usually fall to it."""

    job: Job
    items: int


def site_jobs(site: Site) -> list[SiteJob]:
    """Return the jobs that the Roadmap's rows for a site name, in three statements."""
    needed = set(needed_at(site.plan))
    rows = PlanItem.objects.open().filter(plan=site.plan, item__duty__in=needed)
    counts = dict(rows.order_by().values_list("item__duty").annotate(n=Count("pk")))
    return [SiteJob(job, counts.get(job.key, 0)) for job in jobs_at(site) if job.key in needed]


@dataclass
class Gap:
    """A site and its jobs that have nobody: said so since a day, or not said yet."""

    site: Site
    said: list[tuple[str, dt.date]] = field(default_factory=list)
    unsaid: list[str] = field(default_factory=list)


def gaps_in(project: Project) -> list[Gap]:
    """Return the sites of a project, not those that are over, with jobs that nobody has. Three statements."""
    sites = Site.objects.filter(project=project).exclude(status__in=Site.OVER).select_related("plan").order_by("name")
    duties = list(Duty.objects.filter(Q(project=project) | Q(site__project=project)).select_related("user"))
    in_project = {duty.key for duty in duties if duty.project_id}
    at_sites: dict[int, dict[str, Duty]] = defaultdict(dict)
    for duty in duties:
        if duty.site_id:
            at_sites[duty.site_id][duty.key] = duty
    gaps = []
    for site in sites:
        gap, own = Gap(site), at_sites[site.pk]
        for key in needed_at(site.plan):
            name = content_of(site.plan.version_id).version.roles[key]["name"]
            if key in in_project or (key in own and own[key].holder):
                continue
            if key in own:
                gap.said.append((name, own[key].since_on))
            else:
                gap.unsaid.append(name)
        if gap.said or gap.unsaid:
            gaps.append(gap)
    return gaps


@dataclass(frozen=True)
class Load:
    """How much a person has to do in a project: open items, those that are late or due soon, and in how many plans."""

    person: User
    open: int
    late: int
    soon: int
    sites: int


def loads_in(project: Project, today: dt.date) -> list[Load]:
    """Return what each person has open in a project's active plans, the fullest first. Two statements."""
    soon = today + dt.timedelta(days=30)
    running = Q(plan__site=None) | Q(plan__site__status=Site.Status.ACTIVE)
    items = PlanItem.objects.open().filter(running, plan__project=project, assignee__isnull=False, plan__active=True)
    found: dict[int, Counter[str]] = defaultdict(Counter)
    places: dict[int, set[int]] = defaultdict(set)
    for person, plan, due_on, waiting in items.values_list("assignee", "plan", "due_on", "waiting_for"):
        found[person]["open"] += 1
        places[person].add(plan)
        if due_on and not waiting:
            found[person]["late"] += due_on < today
            found[person]["soon"] += today <= due_on <= soon
    people = User.objects.in_bulk(found)
    loads = [
        Load(people[pk], counts["open"], counts["late"], counts["soon"], len(places[pk]))
        for pk, counts in found.items()
    ]
    return sorted(loads, key=lambda load: (-load.late, -load.open, str(load.person)))
