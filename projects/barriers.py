"""Saying that something is in the way at a step, and that it is solved."""

from __future__ import annotations

import datetime as dt

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from accounts.models import User
from projects.ledger import Ledger
from projects.models import Barrier, Plan, PlanStep


def report_barrier(
    plan: Plan,
    step: str | int,
    *,
    text: str,
    by: User,
    now: dt.datetime,
    stuck: bool = True,
    shared: bool = False,
    since: dt.date | None = None,
) -> Barrier:
    """Write down what is in the way at a step (its key or id). The very same words, still open, are kept once.

    With `stuck` the step and the plan count as blocked since that day (today where None). The history names the step
    and never the words, which the State reads only where they are shared. Raises ValidationError for a day in the
    future, PlanStep.DoesNotExist for a step of another plan.
    """
    with Ledger.open([plan.pk], by=by, now=now) as ledger:
        place = step_of(ledger, plan, step)
        since = since or ledger.today(place.plan)
        if since > ledger.today(place.plan):
            raise ValidationError(
                _("The day it began is in the future. Choose today or an earlier day."), code="future"
            )
        words = {"text": text.strip(), "stuck": stuck, "shared_with_state": shared, "since": since}
        if same := Barrier.objects.open().filter(plan_step=place, by=by, **words).first():
            return same
        barrier = Barrier.objects.create(plan=place.plan, plan_step=place, by=by, created_at=now, **words)
        ledger.read_barriers()
        ledger.note("stuck" if stuck else "barrier_reported", place)
    return barrier


def resolve_barrier(
    plan: Plan, pk: int, *, by: User, now: dt.datetime, on: dt.date | None = None, resolution: str = ""
) -> Barrier:
    """Record that a barrier of the plan is solved, and what helped. Said again it changes nothing.

    `on` is today where None. Raises ValidationError for a day in the future or before it began, Barrier.DoesNotExist
    for a barrier of another plan.
    """
    with Ledger.open([plan.pk], by=by, now=now) as ledger:
        barrier = Barrier.objects.get(plan=plan, pk=pk)
        if barrier.resolved_on:
            return barrier
        place = ledger.steps[barrier.plan_step_id]
        day = on or ledger.today(place.plan)
        if day > ledger.today(place.plan):
            raise ValidationError(_("The day it was solved is in the future. Choose today or an earlier day."))
        barrier.resolved_on, barrier.resolved_by, barrier.resolution = day, by, resolution.strip()
        barrier.clean_fields()
        barrier.validate_constraints()
        barrier.save(update_fields=["resolved_on", "resolved_by", "resolution"])
        ledger.read_barriers()
        ledger.note("barrier_resolved", place)
    return barrier


def reopen_barrier(plan: Plan, pk: int, *, by: User, now: dt.datetime) -> Barrier:
    """Take back that a barrier is solved ("Not solved after all"). On an open one it changes nothing.

    Raises Barrier.DoesNotExist for a barrier of another plan.
    """
    with Ledger.open([plan.pk], by=by, now=now) as ledger:
        barrier = Barrier.objects.get(plan=plan, pk=pk)
        if barrier.resolved_on:
            barrier.resolved_on = barrier.resolved_by = None
            barrier.save(update_fields=["resolved_on", "resolved_by"])
            ledger.read_barriers()
            ledger.note("barrier_reopened", ledger.steps[barrier.plan_step_id])
    return barrier


def step_of(ledger: Ledger, plan: Plan, step: str | int) -> PlanStep:
    """Return the plan's step with that key or id; raises PlanStep.DoesNotExist for any other."""
    for found in ledger.steps.values():
        if found.plan_id == plan.pk and step in (found.pk, found.key):
            return found
    raise PlanStep.DoesNotExist
