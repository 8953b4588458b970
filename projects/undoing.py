"""Taking back one act, whole: every row of history carries the act's batch and what it changed."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _

from accounts.models import Activity, User
from projects.access import Right
from projects.duties import follow
from projects.ledger import KEPT_FIELDS, LAST_NEWS, Ledger, plain
from projects.models import Fitting, Plan, PlanItem, PlanStep

# The right that an act needed, where it was more than recording; taking work oneself or giving it back is recording.
NEEDED = {
    **dict.fromkeys(["assigned", "unassigned"], Right.ASSIGN),
    **dict.fromkeys(["date_set", "date_shifted", "date_cleared"], Right.SCHEDULE),
    **dict.fromkeys(["reworded", "own_added", "own_removed"], Right.TAILOR),
    "start_moved": Right.SET_UP,
}

# What can be put back of a row of history. All else it names lives in other tables, or in more than one.
PUT_BACK = {PlanItem: {*KEPT_FIELDS, "due_on"}, PlanStep: {"assignee_id", "own_name"}, Plan: {"starts_on"}}


def rights_needed(rows: Sequence[Activity]) -> list[Right]:
    """Return for each row of one act the right that taking it back asks for: the one the act asked for."""
    if rows and Fitting.objects.filter(batch=rows[0].batch).exists():  # also sites to come are concerned
        return [Right.TAILOR] * len(rows)
    aside = [row.target_id for row in rows if row.verb in ("set_aside", "brought_back")]
    gates = set(PlanItem.objects.filter(pk__in=aside, item__gate=True).values_list("pk", flat=True))
    return [right_needed(row, gate=row.target_id in gates) for row in rows]


def right_needed(row: Activity, *, gate: bool) -> Right:
    if gate:
        return Right.SCHEDULE
    hands = set(row.changes.get("assignee_id", ())) - {None}
    own = hands == {row.actor_id} and "assigned_duty" not in row.changes  # taken oneself, or given back
    return Right.RECORD if own else NEEDED.get(row.verb, Right.RECORD)


def undo(batch: UUID | str, plans: QuerySet[Plan], *, by: User, now: dt.datetime) -> list[PlanItem]:
    """Take back what an act changed on items, steps and starts of the given plans (a queryset the person may change).

    Only acts of the same person can be undone, and only while nothing has changed the same fields since: otherwise a
    ValidationError says what did. An act that touched other plans too, or what no plan holds, is refused whole.
    Returns the items put back. Undoing twice is refused in the same words.
    """
    rows = list(Activity.objects.filter(batch=batch, actor=by).exclude(changes={}).order_by("pk"))
    given = set(plans.filter(pk__in={row.plan_id for row in rows}).values_list("pk", flat=True))
    if not given:
        raise ValidationError(_("There is nothing to undo here any more."))
    if not all(row.plan_id in given for row in rows):
        raise ValidationError(_("This touched more than you can change now, so it cannot be undone."), code="more")
    given_back = {row.changes["assignee_id"][0] for row in rows if "assignee_id" in row.changes} - {None}
    if left := User.objects.filter(pk__in=given_back, is_active=False).first():
        words = _(
            "This would give work back to %(who)s, who can no longer sign in. Assign it to somebody else instead."
        )
        raise ValidationError(words % {"who": left})
    with Ledger.open({row.plan_id for row in rows}, by=by, now=now) as ledger:
        restored = []
        for row in reversed(rows):
            target = rows_by_type(ledger).get(row.target_type, ledger.items).get(row.target_id)
            if target is None:
                raise ValidationError(_("“%(what)s” is gone, so this cannot be undone.") % {"what": row.label})
            put_back(target, row)
            if isinstance(target, PlanItem):
                restored.append(target)
            ledger.note("undone", target, label=row.label, changes=turned(row.changes))
        for key in {item.assigned_duty for item in restored if item.assigned_duty}:
            follow(ledger, key)  # somebody else may have the job by now
        Fitting.objects.take_back(batch, by=by, at=now)
    return restored


def rows_by_type(ledger: Ledger) -> dict[str, dict]:
    """Return the ledger's rows by what history calls their table, each by id."""
    return {Plan._meta.label_lower: ledger.plans, PlanStep._meta.label_lower: ledger.steps}


def put_back(target: Plan | PlanStep | PlanItem, row: Activity) -> None:
    """Set the old values of one row of history, if the new ones still stand."""
    of_project = isinstance(target, Plan) and target.is_team  # its start is the project's, which would stay
    changes = dict(row.changes)
    news = changes.pop(LAST_NEWS, None)
    if of_project or not PUT_BACK[type(target)].issuperset(changes):
        raise ValidationError(_("“%(what)s” cannot be undone. Change it where you did it.") % {"what": row.label})
    for name, (old, new) in changes.items():
        done_since = name == "removed" and old and target.is_done
        if plain(getattr(target, name)) != new or done_since:
            raise ValidationError(
                _("“%(what)s” has been changed since, so this cannot be undone.") % {"what": row.label}, code="changed"
            )
        setattr(target, name, target._meta.get_field(name.removesuffix("_id")).to_python(old))
    if news and isinstance(target, PlanItem):
        was, told = (parse_datetime(moment) if moment else None for moment in news)
        if target.plan.last_progress_at == told:  # nothing was heard since
            target.plan.last_progress_at = was


def turned(changes: dict[str, list]) -> dict[str, list]:
    return {name: [new, old] for name, (old, new) in changes.items()}
