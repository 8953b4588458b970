"""An administrator closes the account of somebody who has left, opens it again, or has the person forgotten."""

from __future__ import annotations

import datetime as dt

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from accounts import leaving
from accounts.models import User
from outbox.forgetting import forget_mail
from projects.access import Right, can
from projects.membership import require_others_to_run
from projects.models import Duty, Invitation, Membership, PlanItem, Program, Role, Scopes


def refusal(person: User, scopes: Scopes) -> str:
    """Return why somebody may not decide about a person's account, in words; "" where they may.

    One account opens all programs, so whoever closes it must run every program the person has ever belonged to.
    """
    if person.pk == scopes.user_id:
        return _("This is your own account. Ask another State administrator.")
    if person.is_staff or person.is_superuser:
        return _("This person runs Milepost or edits the Roadmap. Ask whoever runs Milepost.")
    held = Membership.objects.filter(user=person)
    programs = Program.objects.filter(
        Q(pk__in=held.values("program"))
        | Q(pk__in=held.values("project__program"))
        | Q(pk__in=held.values("site__project__program"))
    )
    if not all(can(scopes, Right.RUN_PROGRAM, program) for program in programs):
        return _("You cannot decide about this account alone. End the roles here, or ask whoever runs Milepost.")
    return ""


def open_work(person: User) -> tuple[int, int]:
    """Return how many open items and how many jobs wait for a new owner when a person leaves."""
    return PlanItem.objects.open().filter(assignee=person).count(), Duty.objects.filter(user=person).count()


@transaction.atomic
def close_account(person: User, *, by: User, now: dt.datetime) -> bool:
    """Keep a person from signing in, at once; return whether that changed anything.

    Roles stay, so that it can be taken back. Raises ValidationError where no program would be run by anybody.
    """
    mine = Membership.objects.filter(user=person, role=Role.ADMINISTRATOR).values("program")
    require_others_to_run(Program.objects.filter(pk__in=mine), person)
    return leaving.deactivate(person, by=by, now=now)


def open_account(person: User, *, by: User, now: dt.datetime) -> bool:
    """Let a person sign in again, with the roles they had; return whether that changed anything."""
    return leaving.reactivate(person, by=by, now=now)


@transaction.atomic
def forget(person: User, *, by: User, now: dt.datetime) -> bool:
    """Forget who a person was, for good: name, address, phone, mail, invitations; return whether that changed anything.

    Raises ValidationError while the account is open: closing comes first, so that one slip forgets nobody.
    """
    current = User.objects.select_for_update(no_key=True).get(pk=person.pk)
    if current.is_active:
        raise ValidationError(_("Close the account first. Then this can be done."))
    address = current.email
    if not leaving.anonymise(person, by=by, now=now):
        return False
    forget_mail(person, address)
    Invitation.objects.open().filter(email=address).update(revoked_at=now)
    Invitation.objects.filter(email=address).update(email=person.email)
    return True
