"""What the State and a project's lead ask of many sites at once. Reads only: they take a day and write nothing.

Everything is read from the sites' rows of Plan (one a site, with counters) and counted in the database, so that the
number of statements does not depend on the number of sites.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import (
    CharField,
    Count,
    Exists,
    Max,
    Min,
    OuterRef,
    Q,
    QuerySet,
    Value,
)
from django.db.models.functions import Cast
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from projects.models import FINISHED, County, Plan, PlanItem, Program, Project, Region, Site
from roadmap.models import Item, Phase, Setting

CHANGE_DAYS = 90
PLACES_OF = ("site__place__county", "site__place__organization")
NEXT = "next_milestone__item"


def site_plans(program: Program | None = None, project: Project | None = None) -> QuerySet[Plan]:
    """Return the plans of all sites of a program or of a project; team plans are left out."""
    owner = {"project": project} if project else {"program": program}
    return Plan.objects.filter(site__isnull=False, **owner)


def with_words(plans: QuerySet[Plan]) -> QuerySet[Plan]:
    """Join what a row of a list says of a site: its place, its project and its next milestone's text."""
    return plans.select_related("program", "project", *PLACES_OF, NEXT)


def with_standing(plans: QuerySet[Plan]) -> QuerySet[Plan]:
    """Join only what tells how a site stands and where its plan is read."""
    return plans.select_related("site", "project", "program")


# How sites stand, as conditions on Plan. They say in SQL what projects/help_rules.py says of one row.


def running() -> Q:
    return Q(site__status=Site.Status.ACTIVE) & ~Q(current_phase=FINISHED)


def is_late(program: Program, on: dt.date) -> Q:
    return running() & Q(next_milestone_due_on__lt=on)


def is_stuck(program: Program, on: dt.date) -> Q:
    return running() & Q(blocked_since__lte=on)


def is_quiet(program: Program, on: dt.date) -> Q:
    """Return the condition that nothing was heard from a site, nor was it started, in the program's quiet days."""
    day = on - dt.timedelta(days=program.quiet_days)
    begun = Q(activated_on__lte=day) | Q(activated_on__isnull=True, starts_on__lte=day)
    after = dt.datetime.combine(day + dt.timedelta(days=1), dt.time.min, tzinfo=ZoneInfo(program.time_zone))
    return running() & begun & (Q(last_progress_at__lt=after) | Q(last_progress_at__isnull=True))


def needs_help(program: Program, on: dt.date) -> Q:
    return running() & Q(needs_help_from__lte=on)


def on_time(program: Program, on: dt.date) -> Q:
    return running() & ~(is_late(program, on) | is_stuck(program, on) | is_quiet(program, on))


def with_status(*statuses: str) -> Callable[[Program, dt.date], Q]:
    return lambda program, on: Q(site__status__in=statuses)


def is_finished(program: Program, on: dt.date) -> Q:
    return Q(site__status=Site.Status.FINISHED) | Q(site__status=Site.Status.ACTIVE, current_phase=FINISHED)


STATES: dict[str, tuple[Any, Callable[[Program, dt.date], Q]]] = {
    "help": (gettext_lazy("Needs help"), needs_help),
    "late": (gettext_lazy("Late"), is_late),
    "stuck": (gettext_lazy("Stuck"), is_stuck),
    "quiet": (gettext_lazy("Quiet"), is_quiet),
    "on_time": (gettext_lazy("On time"), on_time),
    "setting_up": (Site.Status.SETTING_UP.label, with_status(Site.Status.SETTING_UP)),
    "paused": (Site.Status.PAUSED.label, with_status(Site.Status.PAUSED)),
    "stopped": (Site.Status.STOPPED.label, with_status(Site.Status.STOPPED)),
    "finished": (Site.Status.FINISHED.label, is_finished),
}
PHASE_ORDER = [*Phase.values, FINISHED]
TEXT = CharField()


def counts_of(plans: QuerySet[Plan], **conditions: Q) -> dict[str, int]:
    """Return how many plans there are (`all`) and how many meet each of the named conditions; one statement."""
    counted = {name: Count("pk", filter=condition) for name, condition in conditions.items()}
    return plans.order_by().aggregate(all=Count("pk"), **counted)


# What filters may offer.


@dataclass(frozen=True)
class Options:
    """What there is to choose from: (key, name) of projects, counties, regions, settings and headline milestones."""

    projects: list[tuple[str, str]] = field(default_factory=list)
    counties: list[tuple[str, str]] = field(default_factory=list)
    regions: list[tuple[str, str]] = field(default_factory=list)
    settings: list[tuple[str, str]] = field(default_factory=list)
    headlines: list[tuple[str, str]] = field(default_factory=list)


def options_of(program: Program, project: Project | None = None) -> Options:
    """Read in one statement what filters of a program's sites, or of one project's, can offer."""
    sites = Site.objects.filter(project=project) if project else Site.objects.filter(project__program=program)
    projects = Project.objects.filter(program=program)
    versions = [project.version_id] if project else projects.values("version")
    counties = sites.values("place__county")
    parts = [
        named("project", projects, "slug", "name"),
        named("county", County.objects.filter(pk__in=counties), "fips", "name"),
        named("region", Region.objects.filter(program=program, counties__in=counties), "pk", "name"),
        named("setting", sites, "place__setting", "place__setting"),
        named("headline", Item.objects.filter(version__in=versions, headline=True), "key", "text"),
    ]
    found: dict[str, dict[str, str]] = defaultdict(dict)
    for dimension, key, name in parts[0].union(*parts[1:]):
        found[dimension].setdefault(key, name)
    found["setting"] = {key: setting_name(key) for key in found["setting"]}

    def listed(dimension: str) -> list[tuple[str, str]]:
        return sorted(found[dimension].items(), key=lambda pair: pair[1].casefold())

    return Options(*[listed(name) for name in ("project", "county", "region", "setting", "headline")])


def named(dimension: str, rows: QuerySet, key: str, name: str) -> QuerySet:
    """Return (dimension, key, name) of rows, all as text, so that unlike rows can be read together."""
    return rows.order_by().values_list(Value(dimension), Cast(key, TEXT), Cast(name, TEXT))


def setting_name(key: str) -> str:
    return str(dict(Setting.choices).get(key, key))


def phase_name(key: str) -> str:
    """Return a phase's plain name, also of finished sites."""
    return str(Phase(key).plain_name) if key in Phase.values else _("Finished")


# Totals.


@dataclass(frozen=True)
class Total:
    """How many sites a group has and how they stand."""

    key: str
    name: str
    sites: int
    places: int
    organizations: int
    states: dict[str, int]


@dataclass(frozen=True)
class Totals:
    """The totals over some sites: of all together and by phase, project, setting and county."""

    all: Total
    phase: list[Total]
    project: list[Total]
    setting: list[Total]
    county: list[Total]


def totals_of(plans: QuerySet[Plan], program: Program, on: dt.date) -> Totals:
    """Count sites by how they stand, in one statement. A place or organization is counted once in each group."""
    counts = {
        "sites": Count("pk"),
        "places": Count("site__place", distinct=True),
        "organizations": Count("site__place__organization", distinct=True),
        **{state: Count("pk", filter=condition(program, on)) for state, (_label, condition) in STATES.items()},
    }
    groups = [
        ("phase", "current_phase", "current_phase"),
        ("project", "project__slug", "project__name"),
        ("setting", "site__place__setting", "site__place__setting"),
        ("county", "site__place__county_id", "site__place__county__name"),
    ]
    parts = [
        plans.order_by()
        .annotate(group=Cast(key, TEXT), label=Cast(name, TEXT))
        .values("group", "label")
        .annotate(dimension=Value(dimension), **counts)
        .values_list("dimension", "group", "label", *counts)
        for dimension, key, name in groups
    ]
    whole = (
        plans.order_by()
        .annotate(group=Value("", TEXT), label=Value("", TEXT))
        .values("group", "label")
        .annotate(dimension=Value("all"), **counts)
        .values_list("dimension", "group", "label", *counts)
    )
    found: dict[str, list[Total]] = defaultdict(list)
    for dimension, key, name, sites, places, organizations, *states in whole.union(*parts, all=True):
        name = phase_name(key) if dimension == "phase" else setting_name(key) if dimension == "setting" else name
        by_state = dict(zip(STATES, states, strict=True))
        found[dimension].append(Total(key, name, sites, places, organizations, by_state))
    for dimension in ("project", "setting", "county"):
        found[dimension].sort(key=lambda total: total.name.casefold())
    found["phase"].sort(key=lambda total: PHASE_ORDER.index(total.key))
    everything = found["all"] or [Total("", "", 0, 0, 0, dict.fromkeys(STATES, 0))]
    return Totals(everything[0], *[found[dimension] for dimension, _key, _name in groups])


@dataclass(frozen=True)
class Headline:
    """How many sites have reached a headline milestone, of those to which it applies."""

    key: str
    name: str
    phase: str
    of: int
    reached: int
    lately: int
    left_out: int

    @property
    def ahead(self) -> int:
        return self.of - self.reached


def headlines_of(plans: QuerySet[Plan], on: dt.date, *, sites: int) -> list[Headline]:
    """Count the sites that have reached each headline milestone, in the Roadmap's order; one statement.

    The base is the sites to which it applies; `lately` are those of the last 90 days by the day it happened, so that
    the same question about the same day has the same answer next year. A date nobody knows is not lately.
    """
    counted = Q(applicable=True, removed=False)
    rows = (
        PlanItem.objects.filter(plan__in=plans.order_by().values("pk"), item__headline=True)
        .values("key")
        .annotate(
            name=Max("item__text"),
            phase=Max("item__step__phase"),
            place=Min("item__position"),
            of=Count("pk", filter=counted),
            reached=Count("pk", filter=counted & Q(done_at__isnull=False)),
            lately=Count("pk", filter=counted & Q(done_on__gt=since(on), done_on__lte=on)),
        )
        .order_by("place", "key")
    )
    return [
        Headline(row["key"], row["name"], row["phase"], row["of"], row["reached"], row["lately"], sites - row["of"])
        for row in rows
    ]


def since(on: dt.date) -> dt.date:
    """Return the day with which headline counts are compared."""
    return on - dt.timedelta(days=CHANGE_DAYS)


def at_headline(key: str, reached: str, on: dt.date) -> Q:
    """Return the condition on Plan that its milestone of that key is reached, ahead, lately reached or not there."""
    items = PlanItem.objects.counted().filter(plan=OuterRef("pk"), key=key)
    if reached == "no":
        return Q(Exists(items.filter(done_at__isnull=True)))
    if reached == "lately":
        return Q(Exists(items.filter(done_on__gt=since(on), done_on__lte=on)))
    if reached == "left_out":
        return ~Q(Exists(items))
    return Q(Exists(items.filter(done_at__isnull=False)))
