"""Switching interviews on and off for a program."""

from __future__ import annotations

import datetime as dt

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

    Raises ValidationError for research without the decision and its number.
    """
    if purpose == Purpose.RESEARCH and not (decision and number.strip()):
        raise ValidationError(_("Research needs the IRB's decision and its number."))
    if purpose == Purpose.QUALITY:
        decision = number = ""
    fields = {"on": True, "purpose": purpose, "decision": decision, "number": number.strip()}
    approval, _made = Approval.objects.update_or_create(
        program=program, defaults={**fields, "changed_by": by, "changed_at": now}
    )
    record("interviews_switched_on", program, by=by, now=now, label=str(approval.get_purpose_display()))
    return approval


@transaction.atomic
def switch_off(program: Program, *, by: User, now: dt.datetime) -> None:
    """Close all interview pages of a program; nothing is removed. Off already, it changes nothing."""
    if Approval.objects.filter(program=program, on=True).update(on=False, changed_by=by, changed_at=now):
        record("interviews_switched_off", program, by=by, now=now, label=program.name)


def record(verb: str, program: Program, *, by: User, now: dt.datetime, label: str) -> None:
    Activity.record(
        verb=verb, actor=by, at=now, on=program.today(now), target=program, program_id=program.pk, label=label
    )
