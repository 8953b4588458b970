"""Pausing, stopping and closing a site, and letting it go on. What it did stays; its status changes, with a reason."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable
from dataclasses import dataclass

from django.core.exceptions import ValidationError
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from accounts.models import User
from projects.choosing import Choice, Line, Part
from projects.ledger import Ledger
from projects.models import Plan, PlanItem, Site, SiteStatus
from projects.progress import mark
from projects.scheduling import reschedule_in, shift_in

Status = Site.Status
# What a site may become, from what it is; the way from setting up to active is Start (planning.py).
FROM = {
    Status.PAUSED: {Status.ACTIVE},
    Status.STOPPED: {Status.SETTING_UP, Status.ACTIVE, Status.PAUSED},
    Status.FINISHED: {Status.ACTIVE},
    Status.ACTIVE: {Status.PAUSED, Status.STOPPED, Status.FINISHED},
    Status.SETTING_UP: {Status.STOPPED},  # one that never began
}
VERBS = {
    Status.PAUSED: "site_paused",
    Status.STOPPED: "site_stopped",
    Status.FINISHED: "site_finished",
    Status.ACTIVE: "site_resumed",
    Status.SETTING_UP: "site_resumed",
}


@dataclass(frozen=True)
class Resumed:
    """What going on does to the dates: days since the site paused, and what moves with them."""

    days: int
    part: Part

    @property
    def moves(self) -> list[Line]:
        """The items that have a date and get another, the earliest first."""
        return sorted((line for line in self.part.lines if line.before and line.after), key=lambda line: line.before)


def pause_site(site: Site, *, on: dt.date, reason: str, by: User, now: dt.datetime) -> None:
    """Pause a site: no reminders, nothing counts as late, until it goes on. Raises ValidationError as `become` does."""
    with Ledger.open([site.plan.pk], by=by, now=now) as ledger:
        become(ledger, ledger.plans[site.plan.pk], Status.PAUSED, on=on, reason=reason)


def finish_site(site: Site, *, on: dt.date, reason: str, by: User, now: dt.datetime) -> None:
    """Close a site that has reached what it set out for. Raises ValidationError as `become` does."""
    with Ledger.open([site.plan.pk], by=by, now=now) as ledger:
        become(ledger, ledger.plans[site.plan.pk], Status.FINISHED, on=on, reason=reason)


def stop_site(
    site: Site, *, on: dt.date, reason: str, lessons: str, done: Collection[int], by: User, now: dt.datetime
) -> None:
    """Stop a site for good: its exit items apply from now on, and those `done` (ids) are recorded for that day.

    Raises ValidationError as `become` does; ids that are no exit items of the site choose nothing.
    """
    with Ledger.open([site.plan.pk], by=by, now=now) as ledger:
        plan = ledger.plans[site.plan.pk]
        become(ledger, plan, Status.STOPPED, on=on, reason=reason, lessons=lessons)
        for item in exit_items(ledger.items_of[plan.pk].values()):
            item.applicable, item.not_applicable_reason, item.not_applicable_on = True, "", None
            if item.pk in done and item.is_open:
                mark(item, on, PlanItem.Precision.DAY, ledger, plan.site)
                ledger.note("reached" if item.is_milestone else "done", item)


def resume_site(
    site: Site, *, on: dt.date, move_dates: bool, by: User, now: dt.datetime, dry_run: bool = False
) -> Resumed:
    """Let a site that rests go on; with `move_dates` its open dates move by the days it rested. It counts as news.

    With `dry_run` nothing is written. Raises ValidationError as `become` does.
    """
    with Ledger.open([site.plan.pk], by=by, now=now, dry_run=dry_run) as ledger:
        plan = ledger.plans[site.plan.pk]
        since = newest(plan.site)
        days = (on - since.from_on).days if since else 0
        become(ledger, plan, goes_on_as(plan), on=on, reason="", dry_run=dry_run)
        for item in exit_items(ledger.items_of[plan.pk].values()):
            if item.is_open:
                item.applicable, item.not_applicable_reason = False, _("Only when the site stops.")
        part = Part(plan)
        if move_dates and days > 0:
            everything = Choice(steps=frozenset(step.key for step in ledger.steps.values()))
            part = reschedule_in(
                ledger, plan, "date_shifted", lambda held, one, items: shift_in(held, one, items, days), everything
            )
        ledger.progressed(plan, on)  # or it would be quiet at once, for all the time it rested
    return Resumed(days, part)


def become(
    ledger: Ledger, plan: Plan, status: str, *, on: dt.date, reason: str, lessons: str = "", dry_run: bool = False
) -> None:
    """Give a site a status from a day on, in a ledger.

    Raises ValidationError for a status it cannot take on from the one it has, for a day in the future or before its
    last change, and for pausing or stopping without a reason.
    """
    site, before = plan.site, plan.site.status
    if before not in FROM[Site.Status(status)]:
        raise ValidationError(
            _("%(site)s is %(status)s now. Look at its plan again.")
            % {"site": site, "status": site.get_status_display().lower()}
        )
    if on > ledger.today(plan):
        raise ValidationError({"on": _("This day is in the future. Choose today or an earlier day.")})
    since = newest(site)
    if since and on < since.from_on:
        words = _("It has been %(status)s since %(day)s. Choose that day or a later one.")
        day = date_format(since.from_on, "D j M Y")
        raise ValidationError({"on": words % {"status": since.get_status_display().lower(), "day": day}})
    if status in (Status.PAUSED, Status.STOPPED) and not reason.strip():
        raise ValidationError({"reason": _("Say in a few words why.")})
    if dry_run:
        site.status = status
        return
    said = {"reason": reason.strip(), "lessons": lessons.strip()}
    SiteStatus.objects.create(site=site, status=status, from_on=on, by=ledger.by, **said)
    Site.objects.filter(pk=site.pk).update(status=status)
    site.status = status
    ledger.note(VERBS[Site.Status(status)], plan, changes={"status": [before, status]})


def goes_on_as(plan: Plan) -> str:
    """Return what a site that rests becomes again: at work, or setting up where it never began."""
    return Status.ACTIVE if plan.activated_on else Status.SETTING_UP


def newest(site: Site | None) -> SiteStatus | None:
    """Return what was last said about a site's status; None for the plan of a team, which has none."""
    return site.statuses.first() if site else None


def exit_items(items: Iterable[PlanItem]) -> list[PlanItem]:
    """Return the Roadmap's items for a site that stops, among those of a plan."""
    return [item for item in items if item.item_id and item.item.on_exit and not item.removed]
