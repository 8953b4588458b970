"""Fitting a plan to its site: saying that a row does not apply there, and bringing it back."""

from __future__ import annotations

import datetime as dt

from django.core.exceptions import PermissionDenied, ValidationError
from django.utils.translation import gettext as _

from accounts.models import User
from projects.ledger import Ledger
from projects.models import Plan
from projects.progress import Recorded, item_of


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
        item.applicable = applicable
        item.not_applicable_reason = "" if applicable else reason.strip()
        item.not_applicable_on = None if applicable else ledger.today(item.plan)
        ledger.note("brought_back" if applicable else "set_aside", item)
    return Recorded(item, str(ledger.batch), ledger)
