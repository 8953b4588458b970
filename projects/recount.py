"""What the counters of a plan and its steps should be, from its items. One function, for the ledger and check_counters.

Pure but for setting attributes: it compares no date with today, so what it stores stays true overnight.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable
from zoneinfo import ZoneInfo

from projects.models import FINISHED, Plan, PlanItem, PlanStep, Site
from roadmap.models import Phase

STEP_COUNTERS = [
    "done",
    "applicable",
    "milestones_reached",
    "milestones",
    "due_on",
    "started_on",
    "done_on",
    "is_done",
]
PLAN_COUNTERS = [
    "done",
    "applicable",
    "milestones_reached",
    "milestones",
    "phase_counts",
    "next_due_on",
    "current_phase",
    "next_milestone_id",
    "next_milestone_due_on",
    "next_gate_due_on",
    "blocked_since",
    "needs_help_from",
]
LAST = dt.date.max


def recount(plan: Plan, items: Iterable[PlanItem]) -> None:
    """Set the counters of a plan and of its steps from all its items.

    Takes the plan with site and program read, and its items with item and plan_step read, due dates current.
    """
    by_step: dict[str, list[PlanItem]] = defaultdict(list)
    steps: dict[str, PlanStep] = {}
    everything = list(items)
    for item in everything:
        steps[item.plan_step.key] = item.plan_step  # by key: a plan that is being made has no ids yet
        by_step[item.plan_step.key].append(item)
    for key, step in steps.items():
        recount_step(step, by_step[key])
    counted = [item for item in everything if item.is_counted]
    milestones = [item for item in counted if item.is_milestone]
    plan.done = sum(item.is_done for item in counted)
    plan.applicable = len(counted)
    plan.milestones = len(milestones)
    plan.milestones_reached = sum(item.is_done for item in milestones)
    plan.phase_counts = {
        phase.value: [
            sum(item.is_done for item in milestones if item.plan_step.phase == phase),
            sum(1 for item in milestones if item.plan_step.phase == phase),
        ]
        for phase in Phase
    }
    plan.next_due_on = earliest_due(counted)
    ahead = sorted((item for item in milestones if not item.is_done), key=milestone_order)
    plan.next_milestone_id = ahead[0].pk if ahead else None
    plan.next_milestone_due_on = earliest_due(milestones)
    plan.blocked_since = min((step.blocked_since for step in steps.values() if step.blocked_since), default=None)
    gates = [] if plan.is_team else [item for item in everything if item.is_gate and not item.removed]
    recount_phase(plan, gates)
    plan.needs_help_from = help_day(plan)


def recount_step(step: PlanStep, items: list[PlanItem]) -> None:
    """Set a step's counters. It is done when its milestones are reached or, having none, when its actions are done."""
    counted = [item for item in items if item.is_counted]
    milestones = [item for item in counted if item.is_milestone]
    step.done = sum(item.is_done for item in counted)
    step.applicable = len(counted)
    step.milestones = len(milestones)
    step.milestones_reached = sum(item.is_done for item in milestones)
    step.due_on = earliest_due(counted)
    days = [on for item in counted if item.is_done and (on := item.done_on or item.recorded_on)]
    step.started_on = min(days, default=None)
    deciding = milestones or counted
    step.is_done = bool(deciding) and all(item.is_done for item in deciding)
    ended = [on for item in deciding if item.is_done and (on := item.done_on or item.recorded_on)]
    last = max(ended, default=None)
    step.done_on = last if step.is_done else None


def recount_phase(plan: Plan, gates: list[PlanItem]) -> None:
    """Set the current phase: the first whose gate is neither reached nor does not apply; none left is finished."""
    if plan.is_team:
        plan.current_phase, plan.next_gate_due_on = "", None
        return
    shut = {gate.plan_step.phase: gate for gate in gates if gate.is_open}
    for phase in Phase:
        if phase in shut:
            gate = shut[phase]
            plan.current_phase = phase.value
            plan.next_gate_due_on = None if gate.waiting_for else gate.due_on
            return
    plan.current_phase, plan.next_gate_due_on = FINISHED, None


def help_day(plan: Plan) -> dt.date | None:
    """Return the first day on which a help rule holds: late, stuck, quiet or a job open for longer than allowed.

    None for team plans, for sites that are not active and for finished ones.
    """
    if plan.is_team or not plan.active or plan.site.status != Site.Status.ACTIVE or plan.current_phase == FINISHED:
        return None
    program = plan.program
    days = [quiet_from(plan)]
    if plan.next_milestone_due_on:
        days.append(plan.next_milestone_due_on + dt.timedelta(days=program.late_days))
    if plan.blocked_since:
        days.append(plan.blocked_since + dt.timedelta(days=program.stuck_days))
    if plan.duty_open_since:
        days.append(job_open_from(plan))
    return min(day for day in days if day)


def job_open_from(plan: Plan) -> dt.date:
    """Return the day from which an active site needs help because a job there has nobody. Needs duty_open_since."""
    since = max(filter(None, [plan.duty_open_since, plan.activated_on]))
    return since + dt.timedelta(days=plan.program.duty_days)


def quiet_from(plan: Plan) -> dt.date:
    """Return the day from which an active site counts as quiet: so many days after its last news, or its start."""
    heard = plan.activated_on or plan.starts_on
    if plan.last_progress_at:
        heard = max(heard, plan.last_progress_at.astimezone(ZoneInfo(plan.program.time_zone)).date())
    return heard + dt.timedelta(days=plan.program.quiet_days)


def earliest_due(items: Iterable[PlanItem]) -> dt.date | None:
    """Return the earliest due day of open items that wait for nothing."""
    return min((item.due_on for item in items if item.is_open and not item.waiting_for and item.due_on), default=None)


def milestone_order(item: PlanItem) -> tuple:
    """Order open milestones as a person meets them: what can be done now, by date, then what waits, then undated."""
    return (bool(item.waiting_for), item.due_on or LAST, item.position)
