"""Switching interviews on and off for a program."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import Activity, User
from interviews.models import Approval
from projects.models import Program

Purpose = Approval.Purpose


@transaction.atomic
def switch_on(
    program: Program, *, purpose: str, decision: str = "", number: str = "", by: User, now: dt.datetime
) -> Approval:
    """State that interviews may be held in a program, as quality improvement or as research with its IRB decision.

    The same again changes nothing. Raises ValidationError for research without the decision and its number.
    """
    if purpose == Purpose.RESEARCH and not (decision and number.strip()):
        raise ValidationError(_("Research needs the IRB's decision and its number."))
    if purpose == Purpose.QUALITY:
        decision = number = ""
    fields = {"on": True, "purpose": purpose, "decision": decision, "number": number.strip()}
    before = Approval.objects.select_for_update(no_key=True).filter(program=program).first()
    changes: dict[str, list[Any]] = {name: [getattr(before, name, None), value] for name, value in fields.items()}
    changes = {name: pair for name, pair in changes.items() if pair[0] != pair[1]}
    if before and not changes:
        return before
    approval, _made = Approval.objects.update_or_create(
        program=program, defaults={**fields, "changed_by": by, "changed_at": now}
    )
    label = str(approval.get_purpose_display())
    record("interviews_switched_on", program, by=by, now=now, label=label, changes=changes)
    return approval


@transaction.atomic
def switch_off(program: Program, *, by: User, now: dt.datetime) -> None:
    """Close all interview pages of a program; nothing is removed. Off already, it changes nothing."""
    if Approval.objects.filter(program=program, on=True).update(on=False, changed_by=by, changed_at=now):
        record("interviews_switched_off", program, by=by, now=now, label=program.name)


def record(
    verb: str,
    program: Program,
    *,
    by: User,
    now: dt.datetime,
    label: str,
    changes: dict[str, list[Any]] | None = None,
) -> None:
    Activity.record(
        verb=verb,
        actor=by,
        at=now,
        on=program.today(now),
        target=program,
        program_id=program.pk,
        label=label,
        changes=changes,
    )
