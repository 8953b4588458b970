"""Changing what a program, project or site is, with everything that hangs on it: due dates, and who needs help when."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable, Sequence
from typing import Any, TypeVar

from django.db import transaction
from django.db.models import Model

from accounts.models import Activity, User
from projects import bulk
from projects.ledger import Ledger, lock_plans, plain
from projects.membership import Target, place_in_history, program_of
from projects.models import Plan, Program, Project, Site
from projects.recount import help_day

HELP_FIELDS = {"late_days", "stuck_days", "quiet_days", "duty_days", "time_zone"}
DATE_FIELDS = {"starts_on", "ends_on"}
AT_ONCE = 400  # rows in a statement
PLANS_AT_ONCE = 100  # in memory, with all their items
RowT = TypeVar("RowT", bound=Model)
TargetT = TypeVar("TargetT", bound=Target)


@transaction.atomic
def change_program(program: Program, *, by: User, now: dt.datetime, **fields: Any) -> None:
    """Change a program's fields. New thresholds or another time zone change from which day its sites need help."""
    changes = change(program, fields, by=by, now=now)
    if HELP_FIELDS & set(changes):
        of_sites = Plan.objects.filter(program=program, site__isnull=False)
        lock_plans(of_sites)  # and then read: in one statement the sites would be as they were before waiting
        plans = list(of_sites.filter(site__status=Site.Status.ACTIVE).select_related("site", "program").order_by("pk"))
        for plan in plans:
            plan.needs_help_from = help_day(plan)
        Plan.objects.bulk_update(plans, ["needs_help_from"], batch_size=AT_ONCE)


@transaction.atomic
def change_project(project: Project, *, by: User, now: dt.datetime, **fields: Any) -> None:
    """Change a project's fields. When it starts or ends on another day, what counts from that day moves along.

    The team's plan begins with the project. Nothing moves that was dated by hand.
    """
    changes = change(project, fields, by=by, now=now)
    if DATE_FIELDS & set(changes):
        plans = Plan.objects.filter(project=project).values_list("pk", flat=True)
        with Ledger.open(plans, by=by, now=now) as ledger:
            for plan in ledger.plans.values():
                plan.project = project
                if plan.is_team and plan.starts_on != project.starts_on:
                    before, plan.starts_on = plan.starts_on, project.starts_on
                    ledger.note("start_moved", plan, changes={"starts_on": [plain(before), plain(plan.starts_on)]})


def change(target: Target, fields: dict[str, Any], *, by: User, now: dt.datetime) -> dict[str, list]:
    """Save the fields that differ and put them into the history; return {field: [old, new]} as JSON values."""
    return change_many([(target, fields)], by=by, now=now)[0]


def change_many(
    wanted: Sequence[tuple[TargetT, dict[str, Any]]], *, by: User, now: dt.datetime
) -> list[dict[str, list]]:
    """Change fields of rows of one table as `change` does, with as many statements for many rows as for one."""
    kept = locked([target for target, _fields in wanted])
    told = [set_fields(kept[target.pk], fields) for target, fields in wanted]
    for (target, fields), changes in zip(wanted, told, strict=True):
        for name in changes:
            setattr(target, name, fields[name])
    save(kept.values(), told)
    entries = zip((target for target, _fields in wanted), told, strict=True)
    record_changes([(target, f"{target._meta.model_name}_changed", found) for target, found in entries], by=by, now=now)
    return told


def locked(rows: Sequence[RowT]) -> dict[int, RowT]:
    """Return rows of one table as they are now, by id, locked in the order of their ids."""
    if not rows:
        return {}
    found = type(rows[0])._default_manager.filter(pk__in=[row.pk for row in rows])
    return {row.pk: row for row in found.select_for_update(no_key=True, of=("self",)).order_by("pk")}


def set_fields(row: Model, fields: dict[str, Any]) -> dict[str, list]:
    """Set the fields of a row that differ; return {field: [old, new]} as JSON values."""
    before = {name: getattr(row, name) for name, value in fields.items() if getattr(row, name) != value}
    for name in before:
        setattr(row, name, fields[name])
    return {name: [plain(old), plain(fields[name])] for name, old in before.items()}


def save(rows: Collection[Model], told: Iterable[dict[str, list]]) -> None:
    """Save of rows of one table the fields that changed on any of them."""
    if names := sorted({name.removesuffix("_id") for changes in told for name in changes}):
        type(next(iter(rows)))._default_manager.bulk_update(rows, names, batch_size=AT_ONCE)


def record_changes(told: Iterable[tuple[Target, str, dict[str, list]]], *, by: User, now: dt.datetime) -> None:
    """Put into the history what changed at programs, projects or sites, each with its verb."""
    Activity.record_many(
        Activity.of(
            verb=verb,
            actor=by,
            at=now,
            on=program_of(target).today(now),
            target=target,
            label=str(target),
            changes=changes,
            **place_in_history(target),
        )
        for target, verb, changes in told
        if changes
    )


def change_site(site: Site, *, by: User, now: dt.datetime, **fields: Any) -> None:
    """Change a site's fields, of which `starts_on` is the day its plan counts from; its dates move along."""
    change_sites(site.project, [(site, fields)], by=by, now=now)


@transaction.atomic
def change_sites(
    project: Project, wanted: Sequence[tuple[Site, dict[str, Any]]], *, by: User, now: dt.datetime
) -> None:
    """Change fields of many sites of a project, as `change_site` does; what is so already stays as it is."""
    # Before the sites' rows, as who starts or pauses one does.
    lock_plans(Plan.objects.filter(site__in=[site.pk for site, _fields in wanted]))
    for site, _fields in wanted:
        site.project = project
    change_many(
        [(site, {name: value for name, value in fields.items() if name != "starts_on"}) for site, fields in wanted],
        by=by,
        now=now,
    )
    starts = {site.plan.pk: fields["starts_on"] for site, fields in wanted if "starts_on" in fields}
    for some in bulk.batches(sorted(starts), PLANS_AT_ONCE):
        with Ledger.open(some, by=by, now=now) as ledger:
            for pk, plan in ledger.plans.items():
                if plan.starts_on != starts[pk]:
                    before, plan.starts_on = plan.starts_on, starts[pk]
                    ledger.note("start_moved", plan, changes={"starts_on": [plain(before), plain(plan.starts_on)]})


@transaction.atomic
def change_places(
    project: Project, wanted: Sequence[tuple[Site, dict[str, Any]]], *, by: User, now: dt.datetime
) -> None:
    """Change where the places of sites are: their address and county (`county_id`). They keep what is so already."""
    kept = locked([site.place for site, _fields in wanted])
    told = [set_fields(kept[site.place_id], fields) for site, fields in wanted]
    save(kept.values(), told)
    for site, _fields in wanted:
        site.project = project
    entries = zip((site for site, _fields in wanted), told, strict=True)
    record_changes([(site, "place_changed", found) for site, found in entries], by=by, now=now)
