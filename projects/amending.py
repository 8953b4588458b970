"""Changing what a program, project or site is, with everything that hangs on it: due dates, and who needs help when."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any

from django.db import transaction

from accounts.models import Activity, User
from projects.ledger import Ledger, lock_plans, plain
from projects.membership import Target, place_in_history, program_of
from projects.models import Place, Plan, Program, Project, Site
from projects.recount import help_day

HELP_FIELDS = {"late_days", "stuck_days", "quiet_days", "duty_days", "time_zone"}
DATE_FIELDS = {"starts_on", "ends_on"}


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
        Plan.objects.bulk_update(plans, ["needs_help_from"], batch_size=400)


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
    kept = type(target).objects.select_for_update(no_key=True, of=("self",)).get(pk=target.pk)
    changes = {
        name: [plain(getattr(kept, name)), plain(value)]
        for name, value in fields.items()
        if getattr(kept, name) != value
    }
    for name in changes:
        setattr(target, name, fields[name])
    if changes:
        target.save(update_fields=list(changes))
        record_change(target, f"{target._meta.model_name}_changed", changes, by=by, now=now)
    return changes


def record_change(target: Target, verb: str, changes: dict[str, list], *, by: User, now: dt.datetime) -> None:
    """Put into the history what changed at a program, project or site."""
    Activity.record(
        verb=verb,
        actor=by,
        at=now,
        on=program_of(target).today(now),
        target=target,
        label=str(target),
        changes=changes,
        **place_in_history(target),
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
    for site, fields in wanted:
        change(site, {name: value for name, value in fields.items() if name != "starts_on"}, by=by, now=now)
    starts = {site.plan.pk: fields["starts_on"] for site, fields in wanted if "starts_on" in fields}
    with Ledger.open(starts, by=by, now=now) as ledger:
        for pk, plan in ledger.plans.items():
            if plan.starts_on != starts[pk]:
                before, plan.starts_on = plan.starts_on, starts[pk]
                ledger.note("start_moved", plan, changes={"starts_on": [plain(before), plain(plan.starts_on)]})


@transaction.atomic
def change_places(
    project: Project, wanted: Sequence[tuple[Site, dict[str, Any]]], *, by: User, now: dt.datetime
) -> None:
    """Change where the places of sites are: their address and county (`county_id`). They keep what is so already."""
    kept = Place.objects.select_for_update(no_key=True, of=("self",)).in_bulk([site.place_id for site, _new in wanted])
    for site, fields in wanted:
        place = kept[site.place_id]
        changes = {
            name: [getattr(place, name), value] for name, value in fields.items() if getattr(place, name) != value
        }
        for name, (_before, value) in changes.items():
            setattr(place, name, value)
        if changes:
            place.save(update_fields=[name.removesuffix("_id") for name in changes])
            record_change(site, "place_changed", changes, by=by, now=now)
