"""Recording what is done: ticking actions, reaching milestones, and taking it back."""

from __future__ import annotations

import datetime as dt
from typing import NamedTuple

from django.core.exceptions import ValidationError
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from accounts.models import User
from projects.ledger import Ledger
from projects.models import Plan, PlanItem, Site

Precision = PlanItem.Precision


class Recorded(NamedTuple):
    """What a verb did: the item as it is now, the history's batch by which to undo it, and the ledger's view of all."""

    item: PlanItem
    batch: str
    ledger: Ledger


def set_done(
    plan: Plan,
    pk: int,
    *,
    by: User,
    now: dt.datetime,
    on: dt.date | None = None,
    precision: str = Precision.DAY,
    on_behalf_of: Site | None = None,
    actions_too: bool = False,
) -> Recorded:
    """Record that an item of the plan is done. Said again with the same date it changes nothing.

    `on` is the day it happened, today where None; with precision "month" the month it lies in counts, with "unknown"
    no date is kept. `actions_too` marks the open actions that lead to a milestone done as well. `on_behalf_of` is the
    site for which somebody else records. Raises ValidationError for a day in the future or before the site's start,
    PlanItem.DoesNotExist for an item of another plan.
    """
    with Ledger.open([plan.pk], by=by, now=now) as ledger:
        item = item_of(ledger, plan, pk)
        day = happened_on(on, plan=item.plan, today=ledger.today(item.plan), precision=precision)
        said_before = item.is_done and (item.done_on, item.done_precision) == (day, precision)
        actions = open_actions(ledger, item) if actions_too and item.is_milestone else []
        if said_before and not actions:
            return Recorded(item, "", ledger)
        if not item.is_counted:
            raise ValidationError(_("This does not apply to the plan. Ask your project lead to bring it back first."))
        ledger.progressed(item.plan)
        for one in actions if said_before else [item, *actions]:
            mark(one, day, precision, ledger, on_behalf_of)
            verb = "reached" if one.is_milestone else "done"
            ledger.note(verb, one, for_label=str(on_behalf_of or ""))
    return Recorded(item, str(ledger.batch), ledger)


def set_open(plan: Plan, pk: int, *, by: User, now: dt.datetime) -> Recorded:
    """Take back that an item is done ("Not done after all"). On an open item it changes nothing."""
    with Ledger.open([plan.pk], by=by, now=now) as ledger:
        item = item_of(ledger, plan, pk)
        if item.is_done:
            unmark(item)
            ledger.note("reopened", item)
    return Recorded(item, str(ledger.batch), ledger)


def item_of(ledger: Ledger, plan: Plan, pk: int) -> PlanItem:
    """Return the plan's item with that id; raises PlanItem.DoesNotExist for any other id, or one that was taken out."""
    item = ledger.items.get(pk)
    if item is None or item.plan_id != plan.pk or item.removed:
        raise PlanItem.DoesNotExist
    return item


def happened_on(on: dt.date | None, *, plan: Plan, today: dt.date, precision: str) -> dt.date | None:
    """Return the day to keep for when something happened, today where None.

    Raises ValidationError for a day in the future, and for one before the site's start: from that day everything at
    the site counts, so that either the day or the start is a slip. A team's plan has no such day: a team works before
    its project begins.
    """
    if precision == Precision.UNKNOWN:
        return None
    day, start = on or today, plan.starts_on
    if precision == Precision.MONTH:
        day, start = day.replace(day=1), start.replace(day=1)
    if day > today:
        raise ValidationError(
            _("%(day)s is in the future. Choose today or an earlier day.") % {"day": day.strftime("%-d %b %Y")},
            code="future",
        )
    if day < start and not plan.is_team:
        said = _(
            "This is before the site’s start, %(day)s. Check the date. If it is right, the project lead changes the "
            "start first."
        )
        raise ValidationError(said % {"day": date_format(plan.starts_on, "D j M Y")}, code="before_start")
    return day


def mark(item: PlanItem, day: dt.date | None, precision: str, ledger: Ledger, on_behalf_of: Site | None) -> None:
    item.done_on, item.done_precision = day, precision
    item.recorded_on = ledger.today(item.plan)
    item.done_at, item.done_by = ledger.now, ledger.by
    item.on_behalf_of = on_behalf_of


def unmark(item: PlanItem) -> None:
    item.done_at = item.done_on = item.recorded_on = None
    item.done_by = item.on_behalf_of = None
    item.done_precision = Precision.DAY


def open_actions(ledger: Ledger, milestone: PlanItem) -> list[PlanItem]:
    """Return the open actions of the same plan that lead to a milestone."""
    return [
        item for item in ledger.items_of[milestone.plan_id].values() if item.leads_to == milestone.key and item.is_open
    ]
