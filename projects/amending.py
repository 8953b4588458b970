"""Changing what a program, project or site is, with everything that hangs on it: due dates, and who needs help when."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db import transaction

from accounts.models import Activity, User
from projects.ledger import Ledger, lock_plans, plain
from projects.membership import Target, place_in_history, program_of
from projects.models import Plan, Program, Project, Site
from projects.planning import move_start
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
        Activity.record(
            verb=f"{target._meta.model_name}_changed",
            actor=by,
            at=now,
            on=program_of(target).today(now),
            target=target,
            label=str(target),
            changes=changes,
            **place_in_history(target),
        )
    return changes


@transaction.atomic
def change_site(site: Site, *, starts_on: dt.date, by: User, now: dt.datetime, **fields: Any) -> None:
    """Change a site's fields and the day it counts from; its dates move along."""
    lock_plans(Plan.objects.filter(site=site))  # before the site's row, as who starts or pauses it does
    change(site, fields, by=by, now=now)
    move_start(site.plan, starts_on, by=by, now=now)
