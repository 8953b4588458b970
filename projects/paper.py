"""What is printed for people around a table: a page for the staff meeting, and the whole plan with boxes. Reads."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from projects.models import Barrier, Contact, Duty, Note, PlanItem
from projects.plan_page import PlanView, readable_notes
from projects.recount import milestone_order
from projects.rows import Row

USUALLY_SINCE = dt.timedelta(days=30)
NEXT = 3


@dataclass(frozen=True)
class Ahead:
    """A milestone that comes next, with the open actions on the way to it."""

    row: Row
    actions: list[PlanItem]


@dataclass(frozen=True)
class Meeting:
    """What a site's staff talk about: what was done since a day, milestones first, and what comes next."""

    since: dt.date
    milestones: list[PlanItem]
    actions: list[PlanItem]
    ahead: list[Ahead]


def meeting_of(view: PlanView, since: dt.date) -> Meeting:
    """Return what a plan's rows say for a meeting, newest first; what was done on an unknown day, when recorded."""
    items = [row.item for step in view.steps for row in step.rows]
    done = [item for item in items if item.is_done and item.is_counted and happened(item) >= since]
    done.sort(key=lambda item: (happened(item), item.position), reverse=True)
    to_reach = sorted((item for item in items if item.is_milestone and item.is_open), key=milestone_order)[:NEXT]
    rows = {row.item.pk: row for step in view.steps for row in step.rows}
    ahead = [
        Ahead(rows[one.pk], [item for item in items if item.leads_to == one.key and item.is_open]) for one in to_reach
    ]
    return Meeting(
        since,
        [item for item in done if item.is_milestone],
        [item for item in done if not item.is_milestone],
        ahead,
    )


def happened(item: PlanItem) -> dt.date:
    """Return the day by which something done is placed: when it happened, else when it was recorded."""
    return item.done_on or item.recorded_on or dt.date.min


@dataclass(frozen=True)
class Story:
    """What happened at a site so far, for somebody new: one page."""

    reached: list[PlanItem]
    set_aside: list[PlanItem]
    barriers: list[Barrier]  # solved ones after those that are open; words only where the reader may see them
    people: list[tuple[str, Duty]]
    contacts: list[Contact]
    notes: list[Note]
    own: list[PlanItem]  # what the reader has to do, what is due first before what waits or has no date
    meeting: Meeting


STORY_LINES = 5


def soon(item: PlanItem) -> tuple[bool, dt.date]:
    return bool(item.waiting_for) or item.due_on is None, item.due_on or dt.date.max


def story_of(view: PlanView) -> Story:
    """Read what a newcomer needs to know of a site, as the viewer may see it, in four statements beside the plan's."""
    plan, viewer = view.plan, view.viewer
    items = [row.item for step in view.steps for row in step.rows]
    reached = sorted((one for one in items if one.is_milestone and one.is_done), key=lambda one: happened(one))
    barriers = list(plan.barriers.select_related("plan_step__step").order_by("resolved_on", "since"))
    for barrier in barriers:
        if not (viewer.reads_all or barrier.shared_with_state or barrier.by_id == viewer.user_id):
            barrier.text = barrier.resolution = ""
    jobs = plan.version.roles
    return Story(
        reached=reached,
        set_aside=[one for one in items if not one.applicable and not (one.item_id and one.item.on_exit)],
        barriers=sorted(barriers, key=lambda barrier: barrier.resolved_on is not None),
        people=[(jobs[key]["name"], duty) for key, duty in view.duties.items() if key in jobs],
        contacts=list(plan.site.contacts.select_related("by")[:STORY_LINES]),
        notes=list(readable_notes(plan, viewer)[:STORY_LINES]),
        own=sorted((one for one in items if one.is_open and one.assignee_id == viewer.user_id), key=soon),
        meeting=meeting_of(view, view.today),
    )
