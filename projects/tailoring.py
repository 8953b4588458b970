"""Fitting plans to their sites: what does not apply there, other words, other dates, and rows of a site's own.

The same change can be made at several plans at once and kept for sites that come later (models/fittings.py).
"""

from __future__ import annotations

import datetime as dt
import secrets
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import Activity, User
from projects.choosing import Choice, Line, Outcome, Part
from projects.dates import PROJECT_START, SITE_START
from projects.ledger import Ledger
from projects.models import Fitting, Plan, PlanItem, PlanStep, Project
from projects.progress import Recorded, item_of
from projects.scheduling import refuse_before_start, reschedule_in, shift_in

Kind = Fitting.Kind


def set_applicable(
    plan: Plan,
    pk: int,
    applicable: bool,
    *,
    by: User,
    now: dt.datetime,
    reason: str = "",
    may_pass_gates: bool = False,
) -> Recorded:
    """Say that an item does not apply at this plan and why, or bring it back. Said again it changes nothing.

    A gate that does not apply counts as passed on that day, so it needs `may_pass_gates` (Right.SCHEDULE on the plan),
    else PermissionDenied. Raises ValidationError without a reason or for an item that is done, PlanItem.DoesNotExist
    for an item of another plan.
    """
    with Ledger.open([plan.pk], by=by, now=now) as ledger:
        item = item_of(ledger, plan, pk)
        if item.applicable == applicable:
            return Recorded(item, "", ledger)
        if item.is_gate and not may_pass_gates:
            raise PermissionDenied(_("This milestone opens the next phase. Only your project lead can set it aside."))
        if item.is_done:
            raise ValidationError(_("This is recorded as done. Take that back first."))
        if not applicable and not reason.strip():
            raise ValidationError({"reason": _("Say in a few words why it does not apply.")})
        if applicable:
            item.applicable, item.not_applicable_reason, item.not_applicable_on = True, "", None
            ledger.note("brought_back", item)
        else:
            set_aside(item, reason.strip(), on=ledger.today(item.plan))
            ledger.note("set_aside", item)
    return Recorded(item, str(ledger.batch), ledger)


def set_aside(item: PlanItem, reason: str, *, on: dt.date) -> None:
    item.applicable, item.not_applicable_reason, item.not_applicable_on = False, reason, on


# ---- the same change at one plan or at many


@dataclass(frozen=True)
class Change:
    """How plans are to be changed: which row (its key; of an own row its step's) and what is said of it.

    `days` is by how many days a date moves; of an own row when it is due, in days after the start (None: no date).
    """

    kind: Kind
    key: str = ""
    step: str = ""
    item_kind: str = ""
    text: str = ""
    reason: str = ""
    days: int | None = None


def fit(
    plan_ids: Iterable[int],
    change: Change,
    *,
    by: User,
    now: dt.datetime,
    like: PlanItem | None = None,
    keep_for: str | None = None,
    dry_run: bool = False,
) -> Outcome:
    """Make a change at plans of one project; where it cannot be made nothing changes, and the plan's part says why.

    `like` is the row from which it is made: in other plans a row that was changed in another way stays. With `keep_for`
    (a setting, "" for all) sites added later begin with it, also where the plans have it already. With `dry_run`
    nothing is written. Raises ValidationError, and nothing changes, where a date would come before a plan's start.
    """
    if change.kind == Kind.OWN and not change.key:
        change = replace(change, key=f"own-{secrets.token_hex(5)}")
    with transaction.atomic():
        with Ledger.open(plan_ids, by=by, now=now, dry_run=dry_run) as ledger:
            plans = list(ledger.plans.values())
            if change.kind == Kind.OWN:
                parts = add_own(ledger, plans, change)
            else:
                parts = [
                    fit_row(ledger, plan, ledger.items_of[plan.pk].get(change.key), change, like) for plan in plans
                ]
            if change.kind == Kind.MOVED:
                refuse_before_start(parts)
        if keep_for is not None and not dry_run and (shown := shown_by(ledger, parts, change, like)):
            keep(shown, change, setting=keep_for, ledger=ledger)
    return Outcome(parts, str(ledger.batch))


def shown_by(ledger: Ledger, parts: Iterable[Part], change: Change, like: PlanItem | None) -> PlanItem | None:
    """Return the row that sites to come begin like: the one the change is made from, as it is now, else the first."""
    if like:
        return ledger.items.get(like.pk, like)
    return next((ledger.items_of[part.plan.pk][change.key] for part in parts if part.lines or part.same), None)


def fit_row(ledger: Ledger, plan: Plan, item: PlanItem | None, change: Change, like: PlanItem | None) -> Part:
    """Change one row of a plan, or say why it stays."""
    if item is None or item.removed:
        return Part(plan, reason=_("This is not in the plan here."))
    if item.is_done:
        return Part(plan, done=1, reason=_("It is done here already, so it stays."))
    if change.kind == Kind.ASIDE:
        if not item.applicable:
            return Part(plan, same=1, reason=_("It does not apply here already."))
        before = item.text
        set_aside(item, change.reason, on=ledger.today(plan))
        return noted(ledger, "set_aside", item, before, change.reason)
    if not item.applicable:
        return Part(plan, reason=_("It does not apply here. Bring it back first."))
    if like and plan.pk != like.plan_id and (why := why_it_differs(ledger, item, change, like)):
        return Part(plan, reason=why)
    if change.kind == Kind.WORDS:
        before, item.own_text = item.text, own_words(item, change.text)
        if item.text == before:
            return Part(plan, same=1, reason=_("It has these words here already."))
        return noted(ledger, "reworded", item, before, item.text)
    if change.kind == Kind.TAKEN_OUT:
        item.removed = True
        return noted(ledger, "own_removed", item, item.text, "")
    return reschedule_in(
        ledger,
        plan,
        "date_shifted",
        lambda ledger, plan, items: shift_in(ledger, plan, items, change.days or 0),
        Choice(items=frozenset({item.pk})),
    )


def why_it_differs(ledger: Ledger, item: PlanItem, change: Change, like: PlanItem) -> str:
    """Say why a row stays as a site has fitted it already: not as the Roadmap says, nor as the row it should follow."""
    if change.kind == Kind.WORDS and item.own_text not in ("", like.own_text, change.text):
        return _("It has other words of its own here: “%(words)s”") % {"words": item.own_text}
    if change.kind == Kind.MOVED and item.by_hand:
        return _("Its date was set by hand here.")
    along = like.plan_id in ledger.plans  # what was moved together goes on moving together
    if change.kind == Kind.MOVED and item.shift_days and not (along and item.shift_days == like.shift_days):
        return _("Its date was moved here already.")
    return ""


def own_words(item: PlanItem, text: str) -> str:
    """Return what is kept of a row's words: nothing where they are the Roadmap's, which are asked for by "" too."""
    if not item.item_id:
        return text or item.own_text
    return "" if text == item.item.text else text


def noted(ledger: Ledger, verb: str, item: PlanItem, before: str, after: str) -> Part:
    ledger.note(verb, item)
    return Part(item.plan, lines=[Line(item, before, after)])


def add_own(ledger: Ledger, plans: Sequence[Plan], change: Change) -> list[Part]:
    """Add a row to the step of each plan that has this step; one that was taken out there comes back."""
    steps = {step.plan_id: step for step in ledger.steps.values() if step.key == change.step}
    ledger.add(
        [
            own_item(step, change, place=last_place(ledger.items_of[pk].values(), step))
            for pk, step in steps.items()
            if change.key not in ledger.items_of[pk]
        ]
    )
    return [add_one(ledger, plan, ledger.items_of[plan.pk].get(change.key), change) for plan in plans]


def add_one(ledger: Ledger, plan: Plan, item: PlanItem | None, change: Change) -> Part:
    if item is None:
        return Part(plan, reason=_("The plan here does not have this step."))
    if not item.removed:
        return Part(plan, same=1, reason=_("It is in the plan here already."))
    item.removed = False
    return noted(ledger, "own_added", item, "", item.text)


def own_item(step: PlanStep, change: Change, *, place: int, removed: bool = True) -> PlanItem:
    """Return an unsaved row of a plan's own, at the end of its step."""
    return PlanItem(
        plan=step.plan,
        plan_step=step,
        program=step.plan.program,
        key=change.key,
        kind=change.item_kind,
        position=place,
        own_text=change.text,
        anchor_keys=[] if change.days is None else [PROJECT_START if step.plan.is_team else SITE_START],
        offset_days=change.days,
        removed=removed,
    )


def last_place(items: Iterable[PlanItem], step: PlanStep) -> int:
    return max((item.position for item in items if item.plan_step.key == step.key), default=step.position)


# ---- kept for sites that come later


def keep(item: PlanItem, change: Change, *, setting: str, ledger: Ledger) -> Fitting | None:
    """Keep a change for sites to come: of a setting, or "" for all. One kept before for the same row and sites ends.

    Where the row is again as the Roadmap says, ending that is all there is to do: None.
    """
    alike = Fitting.objects.filter(project=item.plan.project_id, kind=change.kind, key=change.key)
    (alike.filter(setting=setting) if setting else alike).end(by=ledger.by, at=ledger.now)
    moved = change.kind == Kind.MOVED and not item.by_hand and not item.is_done
    days = item.shift_days if moved else change.days
    text = own_words(item, change.text) if change.kind == Kind.WORDS else change.text
    as_before = {Kind.WORDS: not text, Kind.MOVED: not days}.get(change.kind, False)
    if as_before and not alike.kept().exists():
        return None
    return Fitting.objects.create(
        project_id=item.plan.project_id,
        kind=change.kind,
        setting=setting,
        step_key=item.plan_step.key,
        key=change.key,
        item_kind=change.item_kind,
        what=item.item.text if item.item_id else item.own_text,
        text=text,
        reason=change.reason,
        days=days,
        batch=ledger.batch,
        made_at=ledger.now,
        made_by=ledger.by,
    )


def kept_for(project: Project) -> list[Fitting]:
    """Read what new sites of a project begin with."""
    return list(Fitting.objects.kept().filter(project=project))


def fit_new(
    plan: Plan, steps: Sequence[PlanStep], items: list[PlanItem], kept: Iterable[Fitting], *, today: dt.date
) -> None:
    """Change the unsaved rows of a new site's plan as was kept for sites like it. Adds own rows to `items`."""
    for one in kept:
        if plan.is_team or one.setting not in ("", plan.site.place.setting):
            continue
        item = next((item for item in items if item.key == one.key), None)
        step = next((step for step in steps if step.key == one.step_key), None)
        if one.kind == Kind.OWN and step and not item:
            change = Change(Kind.OWN, one.key, item_kind=one.item_kind, text=one.text, days=one.days)
            items.append(own_item(step, change, place=last_place(items, step), removed=False))
        elif item and one.kind == Kind.ASIDE:
            set_aside(item, one.reason, on=today)
        elif item and one.kind == Kind.WORDS:
            item.own_text = own_words(item, one.text)
        elif item and one.kind == Kind.MOVED:
            item.shift_days = one.days or 0
        elif item and one.kind == Kind.TAKEN_OUT:
            items.remove(item)


@transaction.atomic
def end_fitting(fitting: Fitting, *, by: User, now: dt.datetime) -> None:
    """Let sites to come begin without a change. Those that have it keep it. Said again it changes nothing."""
    if not Fitting.objects.filter(pk=fitting.pk).end(by=by, at=now):
        return
    project = fitting.project
    Activity.record(
        verb="fitting_ended",
        actor=by,
        at=now,
        on=project.program.today(now),
        program_id=project.program_id,
        project_id=project.pk,
        label=str(fitting),
    )
