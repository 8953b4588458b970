"""Setting up: programs, projects and sites, the plans they walk, and the day a site starts."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import QuerySet
from django.utils.text import slugify
from django.utils.translation import gettext as _

from accounts.models import Activity, User
from projects import bulk, dates, tailoring
from projects.ledger import Ledger
from projects.models import (
    Membership,
    Organization,
    Place,
    Plan,
    PlanItem,
    PlanStep,
    Program,
    Project,
    Role,
    Site,
    SiteStatus,
)
from projects.recount import PLAN_COUNTERS, recount
from roadmap.models import Item, RoadmapVersion, WorkedBy

DAYS_A_WEEK = 7
COPIED_AT_ONCE = 200  # plans
ADDRESSES_BESIDE_SITES = {"new", "start"}  # projects/urls.py: no site may be called so in its address


@dataclass(frozen=True)
class NewSite:
    """A site to be made: where it is, what it is called and when it said that it wants to explore this."""

    organization: str
    place: str
    setting: str
    county_id: str  # FIPS
    starts_on: dt.date
    name: str = ""  # the place's name where blank
    address: str = ""


@transaction.atomic
def create_program(*, by: User, now: dt.datetime, administrator: User | None = None, **fields: Any) -> Program:
    """Make a program, and where given its first administrator. Fields are those of Program."""
    program = Program.objects.create(**fields)
    Activity.record(
        verb="program_created", actor=by, at=now, on=program.today(now), program_id=program.pk, label=program.name
    )
    if administrator:
        Membership.objects.create(user=administrator, role=Role.ADMINISTRATOR, program=program, created_at=now)
    return program


@transaction.atomic
def create_project(*, program: Program, by: User, now: dt.datetime, lead: User | None = None, **fields: Any) -> Project:
    """Make a project on a published version, with its team's plan, and where given its lead. Fields are Project's.

    Raises ValidationError when the version is not published.
    """
    version = fields["version"]
    if version.status != RoadmapVersion.Status.PUBLISHED:
        raise ValidationError(_("Choose a published version of the Roadmap."))
    if not fields.get("slug"):
        Program.objects.locked(program.pk)  # so that two do not take one address
        fields["slug"] = free_slug(fields["name"], Project.objects.all(), longest=60)
    project = Project.objects.create(program=program, **fields)
    make_plans(project, [None], starts_on=project.starts_on, today=program.today(now))
    Activity.record(
        verb="project_created",
        actor=by,
        on=program.today(now),
        at=now,
        program_id=program.pk,
        project_id=project.pk,
        label=project.name,
    )
    if lead:
        Membership.objects.create(user=lead, role=Role.LEAD, project=project, created_at=now)
    return project


@transaction.atomic
def add_sites(
    project: Project,
    rows: Sequence[NewSite],
    *,
    by: User,
    now: dt.datetime,
    prepare: Callable[[Plan, list[PlanItem]], None] | None = None,
    tell: Callable[[int, int, str], None] | None = None,
) -> list[Site]:
    """Make sites that are setting up, each with its plan. Organizations and places are found by name or made.

    The number of statements grows by the batch, not by the row. `prepare` may change a plan and its items before they
    are dated, counted and written; `tell` is told how many of how many plans are there, and that in words. Raises
    ValidationError where a place is already a site of the project; nothing is made then.
    """
    if not rows:
        return []
    project = lock_to_add(project)
    program = project.program
    today = program.today(now)
    places = find_or_make_places(program, rows)
    taken = ADDRESSES_BESIDE_SITES | set(Site.objects.filter(project=project).values_list("slug", flat=True))
    at_work = set(Site.objects.filter(project=project).values_list("place_id", flat=True))
    sites = []
    for row, place in zip(rows, places, strict=True):
        if place.pk in at_work:
            raise ValidationError(_("%(place)s is already a site of this project.") % {"place": place})
        at_work.add(place.pk)
        name = row.name or place.name
        sites.append(Site(project=project, place=place, name=name, slug=free_slug(name, taken, longest=80)))
        taken.add(sites[-1].slug)
    Site.objects.bulk_create(sites)
    SiteStatus.objects.bulk_create(SiteStatus(site=site, status=site.status, from_on=today, by=by) for site in sites)
    starts = {site.pk: row.starts_on for site, row in zip(sites, rows, strict=True)}
    make_plans(project, sites, starts_on=starts, today=today, prepare=prepare, tell=tell)
    settings = {kept.setting for kept in tailoring.kept_for(project)}
    Activity.record_many(
        Activity.of(
            verb=verb,
            actor=by,
            on=today,
            at=now,
            program_id=program.pk,
            project_id=project.pk,
            site_id=site.pk,
            plan_id=site.plan.pk,
            label=site.name,
        )
        for site in sites
        for verb in ("site_added", "fitted")
        if verb == "site_added" or settings & {"", site.place.setting}
    )
    return sites


def lock_to_add(project: Project) -> Project:
    """Return a project as it is now, locked with its program so that sites can be added."""
    # Two people may add at once: the second waits here and then finds the first one's organizations and places.
    program = Program.objects.locked(project.program_id)
    # Whoever changed the project's days in the meantime has dated only the plans there were.
    project = Project.objects.select_for_update(of=("self",), no_key=True).select_related("version").get(pk=project.pk)
    project.program = program
    return project


def find_or_make_places(program: Program, rows: Sequence[NewSite]) -> list[Place]:
    """Return a place for each row, making the organizations and places that are not there yet (names ignore case)."""
    known = Organization.objects.filter(program=program).select_related("merged_into")
    organizations = {one.name.casefold(): one.standing for one in known}
    new = {row.organization.casefold(): row.organization for row in rows}
    made = [Organization(program=program, name=name) for key, name in new.items() if key not in organizations]
    Organization.objects.bulk_create(made)
    organizations |= {one.name.casefold(): one for one in made}
    places = {
        (place.organization_id, place.name.casefold()): place.standing
        for place in Place.objects.filter(organization__program=program).select_related("merged_into")
    }
    fresh = []
    for row in rows:
        organization = organizations[row.organization.casefold()]
        key = (organization.pk, row.place.casefold())
        if key not in places:
            places[key] = Place(
                organization=organization,
                name=row.place,
                address=row.address,
                county_id=row.county_id,
                setting=row.setting,
            )
            fresh.append(places[key])
    Place.objects.bulk_create(fresh)
    return [places[organizations[row.organization.casefold()].pk, row.place.casefold()] for row in rows]


def make_plans(
    project: Project,
    sites: Sequence[Site | None],
    *,
    starts_on: dt.date | dict[int, dt.date],
    today: dt.date,
    prepare: Callable[[Plan, list[PlanItem]], None] | None = None,
    tell: Callable[[int, int, str], None] | None = None,
) -> list[Plan]:
    """Make the plan of each site, or for None the team's, from the project's version; dated and counted at once.

    A team's plan is active from the beginning, a site's when its lead presses Start. Plans of one setting differ in
    nothing but their dates until somebody works on them: the first is made with care, the others are copied from it.
    """
    template = list(Item.objects.filter(version=project.version).select_related("step", "milestone"))
    kept = tailoring.kept_for(project)
    plans = [
        Plan(
            site=site,
            project=project,
            program=project.program,
            version=project.version,
            starts_on=starts_on[site.pk] if isinstance(starts_on, dict) and site else starts_on,
            active=site is None,
            activated_on=today if site is None else None,
        )
        for site in sites
    ]
    steps: list[PlanStep] = []
    items: dict[int, list[PlanItem]] = {}
    first: dict[str, int] = {}
    alike: dict[int, list[Plan]] = {}
    for number, plan in enumerate(plans):
        like = number if prepare else first.setdefault(setting_of(plan), number)
        if like != number:
            alike.setdefault(like, []).append(plan)
            continue
        own_steps, items[number] = rows_of(plan, template)
        tailoring.fit_new(plan, own_steps, items[number], kept, today=today)
        steps += own_steps
        if prepare:
            prepare(plan, items[number])
        dates.redate(items[number], dates.starts_of(plan))
        if plan.is_team:
            write_baseline(items[number])
        recount(plan, items[number])
    whole = [plans[number] for number in items]
    Plan.objects.bulk_create(whole, batch_size=200)
    PlanStep.objects.bulk_create(steps, batch_size=500)
    PlanItem.objects.bulk_create((item for own in items.values() for item in own), batch_size=500)
    for number, own in items.items():
        recount(plans[number], own)
    bulk.update_rows(Plan, whole, ["next_milestone_id"])
    made = len(whole)
    for number, others in alike.items():
        for batch in bulk.batches(others, COPIED_AT_ONCE):
            copy_plan(plans[number], items[number], batch)
            made += len(batch)
            if tell:
                tell(made, len(plans), _("Making the plans of the sites"))
    return plans


def copy_plan(like: Plan, items: list[PlanItem], plans: Sequence[Plan]) -> None:
    """Save plans that differ from a saved one of the same setting in nothing but the day they start.

    `items` are the saved one's; on them the dates of each start are worked out once, and they are of no use afterwards.
    """
    dates_of: dict[dt.date, bulk.Dates] = {}
    counters: dict[dt.date, dict[str, Any]] = {}
    steps = {item.plan_step_id: item.plan_step for item in items}.values()
    key_of = {item.pk: item.key for item in items}
    for plan in plans:
        if plan.starts_on not in dates_of:
            dates.redate(items, dates.starts_of(plan))
            recount(plan, items)
            counters[plan.starts_on] = {name: getattr(plan, name) for name in PLAN_COUNTERS}
            dates_of[plan.starts_on] = bulk.Dates(
                [(item.key, item.due_on, item.waiting_for) for item in items],
                [(step.key, step.due_on) for step in steps],
            )
        for name, value in counters[plan.starts_on].items():
            setattr(plan, name, value)
        plan.next_milestone_id = None  # its own has no id yet
    Plan.objects.bulk_create(plans, batch_size=200)
    bulk.copy_rows(like, plans, dates_of)
    next_keys = {day: key_of.get(found["next_milestone_id"], "") for day, found in counters.items()}
    own = PlanItem.objects.filter(plan__in=[plan.pk for plan in plans], key__in=set(next_keys.values()))
    found = {(plan_id, key): pk for plan_id, key, pk in own.values_list("plan_id", "key", "pk")}
    for plan in plans:
        plan.next_milestone_id = found.get((plan.pk, next_keys[plan.starts_on]))
    bulk.update_rows(Plan, plans, ["next_milestone_id"])


def setting_of(plan: Plan) -> str:
    """Return the setting by which a plan's rows are chosen; a team's plan takes all."""
    return "" if plan.is_team else plan.site.place.setting


def rows_of(plan: Plan, template: Iterable[Item]) -> tuple[list[PlanStep], list[PlanItem]]:
    """Return the unsaved steps and items of a plan: the rows that this kind of plan works and this setting needs.

    Rows for other settings are left out; a row for when a site stops is there but does not apply until it does.
    """
    kind = WorkedBy.PROJECT if plan.is_team else WorkedBy.SITE
    setting = setting_of(plan)
    steps: dict[int, PlanStep] = {}
    items: list[PlanItem] = []
    for row in template:
        if row.worked_by != kind or not row.is_for(setting=setting, ebi=plan.project.ebi):
            continue
        if row.step_id not in steps:
            steps[row.step_id] = PlanStep(
                plan=plan, step=row.step, key=row.step.key, phase=row.step.phase, position=row.step.position
            )
        items.append(
            PlanItem(
                plan=plan,
                plan_step=steps[row.step_id],
                program=plan.program,
                item=row,
                key=row.key,
                kind=row.kind,
                position=row.position,
                applicable=not row.on_exit,
                not_applicable_reason=_("Only when the site stops.") if row.on_exit else "",
                anchor_keys=row.anchors,
                offset_days=None if row.weeks_to is None else row.weeks_to * DAYS_A_WEEK,
                leads_to=row.milestone.key if row.milestone_id else "",
            )
        )
    return list(steps.values()), items


def write_baseline(items: Iterable[PlanItem]) -> None:
    """Keep each item's first planned day, once: later changes of dates are measured against it."""
    for item in items:
        if item.baseline_due_on is None:
            item.baseline_due_on = item.due_on


def start_site(site: Site, *, by: User, now: dt.datetime) -> None:
    """Let a site that is setting up begin: from now on it is reminded and can be late. Pressed twice, it does nothing.

    Raises ValidationError for a site that was paused, stopped or finished.
    """
    start_sites([site], by=by, now=now)


def start_sites(sites: Iterable[Site], *, by: User, now: dt.datetime) -> int:
    """Let many sites begin, all or none; return how many did. Those at work already stay as they are."""
    with Ledger.open([site.plan.pk for site in sites], by=by, now=now) as ledger:
        fresh = [plan for plan in ledger.plans.values() if plan.site.status != Site.Status.ACTIVE]
        if any(plan.site.status != Site.Status.SETTING_UP for plan in fresh):
            raise ValidationError(_("Only a site that is setting up can be started."))
        Site.objects.filter(plan__in=fresh).update(status=Site.Status.ACTIVE)
        SiteStatus.objects.bulk_create(
            SiteStatus(site=plan.site, status=Site.Status.ACTIVE, from_on=ledger.today(plan), by=by) for plan in fresh
        )
        for plan in fresh:
            plan.site.status = Site.Status.ACTIVE
            plan.active, plan.activated_on = True, ledger.today(plan)
            own = list(ledger.items_of[plan.pk].values())
            dates.redate(own, dates.starts_of(plan))
            write_baseline(own)
            ledger.note("started", plan)
    return len(fresh)


def free_slug(name: str, taken: set[str] | QuerySet[Any], *, longest: int) -> str:
    """Return a slug of a name that is not taken (a set of slugs, or a queryset of rows that have one)."""
    if not isinstance(taken, set):
        taken = set(taken.values_list("slug", flat=True))
    stem = slugify(name)[: longest - 5].strip("-") or "site"
    slug, number = stem, 1
    while slug in taken:
        number += 1
        slug = f"{stem}-{number}"
    return slug
