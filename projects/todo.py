"""What is on a person's list: what is theirs, and what nobody has yet at the places where they work.

Reads only; `now` comes in. First a light line of every open item is read and put into order, then only what the page
shows is read in full, so that a list of three hundred costs as many statements as a list of three.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from django.db.models import Count, Q
from django.utils.translation import gettext_lazy as _

from projects import analytics
from projects.access import Right, can, rights_of
from projects.models import Barrier, Plan, PlanItem, Program, Scopes, Site
from projects.models.plans import PlanItemQuerySet
from projects.reading import read_items
from projects.rows import Names, Row, Viewer, row_base, row_of
from roadmap.models import Item
from roadmap.published import content_of

LATE, WEEK, NEXT, LATER, WAITING, LEFT = "late", "week", "next", "later", "waiting", "left"
HEADINGS = {
    LATE: _("Late"),
    WEEK: _("This week"),
    NEXT: _("Next"),
    LATER: _("Later"),
    WAITING: _("Waiting for something else"),
    LEFT: _("Still open, no date"),
}
FOLDED = (LATER, WAITING, LEFT)
WEEK_DAYS, NEXT_DAYS = 7, 30
SHOWN = 20  # of each group, on the page of all groups
PAGE = 100  # of one group, on its own page
FAR = dt.date.max


class Entry(NamedTuple):
    """One open item, light: what is needed to put it into order and to filter."""

    pk: int
    plan_id: int
    key: str
    kind: str
    position: int
    due_on: dt.date | None
    waiting_for: str
    leads_to: str
    assignee_id: int | None
    plan: Plan

    @property
    def place(self) -> str:
        """The site (or the project's team) in the form in which the filter names it."""
        return place_name(self.plan)

    @property
    def order(self) -> tuple:
        """By day; a milestone before the actions on the way to it; then in the Roadmap's order."""
        return (self.due_on or FAR, self.kind != Item.Kind.MILESTONE, self.position, self.pk)

    @property
    def cursor(self) -> str:
        day, action, position, pk = self.order
        return f"{day.isoformat()}.{int(action)}.{position}.{pk}"


FIELDS = (
    "pk",
    "plan_id",
    "key",
    "kind",
    "position",
    "due_on",
    "waiting_for",
    "leads_to",
    "assignee_id",
)


@dataclass(frozen=True)
class Asked:
    """What of the list is asked for: a project, a place (as Entry.place), one group, and where its page begins.

    `inside` asks for a group as it is unfolded within the whole list: without what stands in the box above it.
    """

    project: str = ""
    place: str = ""
    group: str = ""
    after: str = ""
    inside: bool = False

    @property
    def alone(self) -> bool:
        """Whether a group's own page is asked for."""
        return bool(self.group) and not self.inside

    def takes(self, entry: Entry) -> bool:
        return self.project in ("", entry.plan.project.slug) and self.place in ("", entry.place)


@dataclass
class Group:
    """One heading of the list with the rows that are shown under it, of how many."""

    key: str
    total: int
    rows: list[Row]
    until: dt.date | None = None
    following: str = ""  # the cursor of the next page
    url: str = ""  # of this group alone
    following_url: str = ""

    @property
    def heading(self) -> str:
        return str(HEADINGS[self.key])

    @property
    def folded(self) -> bool:
        return self.key in FOLDED

    @property
    def more(self) -> int:
        return self.total - len(self.rows)


@dataclass(frozen=True)
class Stuck:
    """Something in the way at one of the person's own places."""

    text: str
    days: int
    where: str
    url: str


@dataclass(frozen=True)
class Lead:
    """How many sites of a project that the person leads are late, stuck, quiet or in need of help."""

    name: str
    slug: str
    late: int
    stuck: int
    quiet: int
    help: int


@dataclass
class ToDo:
    """The list as the page shows it."""

    next: Row | None = None
    on_the_way: list[Row] = field(default_factory=list)
    groups: list[Group] = field(default_factory=list)
    stuck: list[Stuck] = field(default_factory=list)
    leads: list[Lead] = field(default_factory=list)
    setting_up: list[Plan] = field(default_factory=list)
    projects: list[tuple[str, str]] = field(default_factory=list)
    places: list[tuple[str, str]] = field(default_factory=list)
    total: int = 0
    shown: int = 0
    horizon: dt.date | None = None  # the last day of what counts as next

    @property
    def next_is_far(self) -> bool:
        """Whether the next thing is not due for so long that it only comes up."""
        return bool(self.next and self.horizon and self.next.item.due_on and self.next.item.due_on > self.horizon)

    @property
    def help(self) -> int:
        """How many sites that the person leads need help."""
        return sum(lead.help for lead in self.leads)


def read_todo(scopes: Scopes, *, now: dt.datetime, asked: Asked) -> ToDo:
    """Read a person's list in at most six statements, however long it is."""
    homes = home_plans(scopes)
    entries = read_entries(scopes, homes)
    plans = {entry.plan_id: entry.plan for entry in entries}
    taken = [entry for entry in entries if asked.takes(entry)]
    grouped = in_groups(taken, now)
    todo = ToDo(
        total=len(entries),
        shown=len(taken),
        horizon=taken[0].plan.program.today(now) + dt.timedelta(days=NEXT_DAYS) if taken else None,
        projects=sorted({(plan.project.slug, plan.project.name) for plan in plans.values()}, key=lambda one: one[1]),
        places=sorted({(place_name(plan), str(plan)) for plan in plans.values()}, key=lambda one: one[1]),
    )
    first = first_of(grouped, scopes.user_id)
    way = [entry for entry in taken if first and (entry.plan_id, entry.leads_to) == (first.plan_id, first.key)]
    apart = {entry.pk for entry in [first, *way] if entry} if not asked.alone else set()
    pages = {key: page_of([entry for entry in grouped[key] if entry.pk not in apart], asked, key) for key in grouped}
    wanted = [entry for page, _total, _following in pages.values() for entry in page]
    rows = read_rows([*wanted, *([] if asked.group or not first else [first, *way])], scopes, now)
    if first and not asked.group:
        todo.next, todo.on_the_way = rows[first.pk], [rows[entry.pk] for entry in way]
    for key, (page, total, following) in pages.items():
        if total and asked.group in ("", key):
            todo.groups.append(Group(key, total, [rows[entry.pk] for entry in page], until(key, page, now), following))
    if not asked.group:
        todo.stuck = read_stuck(homes, asked, now)
        todo.leads = read_leads(scopes, homes, now)
        todo.setting_up = [plan for plan in homes.values() if plan.site and plan.site.status == Site.Status.SETTING_UP]
    return todo


def home_plans(scopes: Scopes) -> dict[int, Plan]:
    """Read the plans at which a person works: those of their sites, and the team's where they may record there."""
    sites = [pk for pk, roles in scopes.sites.items() if Right.RECORD in rights_of(roles)]
    teams = [pk for pk, roles in scopes.projects.items() if Right.RECORD in rights_of(roles)]
    if not sites and not teams:
        return {}
    return read_plans(Q(site__in=sites) | Q(site=None, project__in=teams))


def read_plans(condition: Q) -> dict[int, Plan]:
    """Read plans by id, in the order of their sites' names, with site, project and program."""
    plans = Plan.objects.filter(condition).select_related("site", "project", "program").order_by("site__name")
    found = {}
    for plan in plans:
        plan.project.program = plan.program
        if plan.site:
            plan.site.project = plan.project
        found[plan.pk] = plan
    return found


def place_name(plan: Plan) -> str:
    """Return the site (or the project's team) in the form in which the filter names it."""
    return f"{plan.project.slug}/{plan.site.slug if plan.site else ''}"


def visible(scopes: Scopes) -> Q:
    """Return the condition that an item lies in a plan the person may see."""
    return (
        Q(program__in=list(scopes.programs))
        | Q(plan__project__in=list(scopes.projects))
        | Q(plan__site__in=list(scopes.sites))
        | Q(plan__site=None, plan__project__in=list(scopes.site_projects))
    )


def items_on_list(scopes: Scopes, homes: Iterable[int]) -> PlanItemQuerySet:
    """Return the open items of active plans that are the person's or, at their places, nobody's."""
    own = Q(assignee=scopes.user_id) | Q(assignee=None, plan__in=list(homes))
    running = Q(plan__active=True) & (Q(plan__site=None) | Q(plan__site__status=Site.Status.ACTIVE))
    return PlanItem.objects.open().filter(own, running, visible(scopes))


def read_entries(scopes: Scopes, homes: Mapping[int, Plan]) -> list[Entry]:
    """Read a light line of each item on a person's list; where some lie elsewhere, the plans of these as well."""
    rows = list(items_on_list(scopes, homes).order_by().values_list(*FIELDS))
    elsewhere = {row[1] for row in rows} - homes.keys()
    plans = {**homes, **(read_plans(Q(pk__in=elsewhere)) if elsewhere else {})}
    return sorted((Entry(*row, plan=plans[row[1]]) for row in rows), key=lambda entry: entry.order)


def in_groups(entries: Iterable[Entry], now: dt.datetime) -> dict[str, list[Entry]]:
    """Put entries under their headings; each program's own day decides."""
    days: dict[int, dt.date] = {}
    grouped: dict[str, list[Entry]] = {key: [] for key in HEADINGS}
    for entry in entries:
        if entry.plan.program_id not in days:
            days[entry.plan.program_id] = entry.plan.program.today(now)
        grouped[group_of(entry, days[entry.plan.program_id])].append(entry)
    return grouped


def group_of(entry: Entry, today: dt.date) -> str:
    if entry.waiting_for:
        return WAITING
    if entry.due_on is None:
        return LEFT
    left = (entry.due_on - today).days
    if left < 0:
        return LATE
    if left < WEEK_DAYS:
        return WEEK
    return NEXT if left <= NEXT_DAYS else LATER


def first_of(grouped: dict[str, list[Entry]], user_id: int | None) -> Entry | None:
    """Return the one next thing: the earliest that waits for nothing, on the same day the person's own first."""
    able = [entry for key in (LATE, WEEK, NEXT, LATER, LEFT) for entry in grouped[key]]
    return min(able, key=lambda one: (one.order[:2], one.assignee_id != user_id, one.position, one.pk), default=None)


def page_of(entries: list[Entry], asked: Asked, key: str) -> tuple[list[Entry], int, str]:
    """Return what of a group is shown, how many there are, and the cursor of what follows on the group's own page.

    In the whole list a folded group shows nothing yet: it asks for its rows when it is unfolded.
    """
    if asked.group not in ("", key) or (not asked.group and key in FOLDED):
        return [], len(entries), ""
    if not asked.alone:
        return entries[:SHOWN], len(entries), ""
    begin = order_of(asked.after)
    rest = [entry for entry in entries if begin is None or entry.order > begin]
    return rest[:PAGE], len(entries), rest[PAGE - 1].cursor if len(rest) > PAGE else ""


def order_of(cursor: str) -> tuple | None:
    """Return the place in the order that a cursor names; None for nothing and for one that is not ours."""
    try:
        day, action, position, pk = cursor.split(".")
        return (dt.date.fromisoformat(day), bool(int(action)), int(position), int(pk))
    except ValueError:
        return None


def until(key: str, page: list[Entry], now: dt.datetime) -> dt.date | None:
    """Return the last day that a heading covers."""
    days = {WEEK: WEEK_DAYS - 1, NEXT: NEXT_DAYS}.get(key)
    return page[0].plan.program.today(now) + dt.timedelta(days=days) if days else None


def read_rows(entries: list[Entry], scopes: Scopes, now: dt.datetime) -> dict[int, Row]:
    """Read the rows of some entries, by id, with the names of what they wait for and lead to: one statement."""
    if not entries:
        return {}
    plans = {entry.plan_id: entry.plan for entry in entries}
    wanted = {entry.pk for entry in entries}
    keys = {key for entry in entries for key in (entry.waiting_for, entry.leads_to, entry.key) if key}
    named = Q(plan__in=plans) & (Q(key__in=keys) | Q(leads_to__in=keys))
    items: dict[int, list[PlanItem]] = defaultdict(list)
    for item in read_items(PlanItem.objects.filter(Q(pk__in=wanted) | named), plans):
        items[item.plan_id].append(item)
    rows = {}
    for pk, plan in plans.items():
        plan.version = content_of(plan.version_id).version
        names, today, base = Names.of(items[pk], plan, {}), plan.program.today(now), row_base(plan)
        may_record = can(scopes, Right.RECORD, plan)
        viewer = Viewer(scopes.user_id, can_record=may_record, at_one_site=scopes.at_one_site)
        for item in items[pk]:
            if item.pk in wanted:
                rows[item.pk] = row_of(item, plan, viewer=viewer, names=names, today=today, page="todo", base=base)
    return rows


def read_stuck(homes: dict[int, Plan], asked: Asked, now: dt.datetime) -> list[Stuck]:
    """Read what is in the way at the person's own places, the longest standing first."""
    if not homes:
        return []
    barriers = Barrier.objects.open().filter(plan__in=list(homes), stuck=True).select_related("plan_step__step")
    found = []
    for barrier in barriers:
        plan = homes[barrier.plan_id]
        if asked.project in ("", plan.project.slug) and asked.place in ("", place_name(plan)):
            url = plan.url("plan_step", step=barrier.plan_step.key)
            days = (plan.program.today(now) - barrier.since).days
            found.append(Stuck(barrier.text, days, f"{plan} · {barrier.plan_step.name}", url))
    return found


def read_leads(scopes: Scopes, homes: dict[int, Plan], now: dt.datetime) -> list[Lead]:
    """Count for each project that the person leads the sites that need a look. One statement, by each program's day."""
    teams = [plan for plan in homes.values() if plan.is_team and can(scopes, Right.ASSIGN, plan)]
    if not teams:
        return []
    programs: dict[int, Program] = {plan.program_id: plan.program for plan in teams}

    def holds(rule: Callable[[Program, dt.date], Q]) -> Q:
        found = Q()
        for pk, program in programs.items():
            found |= Q(program=pk) & rule(program, program.today(now))
        return found

    counts = (
        Plan.objects.filter(project__in=[plan.project_id for plan in teams], site__isnull=False)
        .order_by("project__name")
        .values("project__name", "project__slug")
        .annotate(
            late=Count("pk", filter=holds(analytics.is_late)),
            stuck=Count("pk", filter=holds(analytics.is_stuck)),
            quiet=Count("pk", filter=holds(analytics.is_quiet)),
            help=Count("pk", filter=holds(analytics.needs_help)),
        )
    )
    return [
        Lead(row["project__name"], row["project__slug"], row["late"], row["stuck"], row["quiet"], row["help"])
        for row in counts
    ]
