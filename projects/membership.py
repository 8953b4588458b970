"""Who belongs where: appointing, changing a role, ending it, and handing on the work of somebody who has left."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.models import Activity, User
from projects.assigning import assign
from projects.choosing import Choice
from projects.models import Membership, Plan, Program, Project, Role, Site

Target = Program | Project | Site


def program_of(target: Target) -> Program:
    """Return the program that a site or project lies in, or the program itself."""
    if isinstance(target, Site):
        return target.project.program
    return target.program if isinstance(target, Project) else target


def place_in_history(target: Target) -> dict[str, Any]:
    """Return the ids by which Activity finds what happened at a program, project or site."""
    ids = {"program_id": program_of(target).pk}
    if isinstance(target, Project):
        ids["project_id"] = target.pk
    if isinstance(target, Site):
        ids |= {"project_id": target.project_id, "site_id": target.pk}
    return ids


def address(target: Target, name: str, **kwargs: Any) -> str:
    """Return the address of a page or action of a program, project or site, by its name in projects/urls.py."""
    if isinstance(target, Site):
        kwargs |= {"project": target.project.slug, "site": target.slug}
    else:
        kwargs[str(target._meta.model_name)] = target.slug
    return reverse(f"projects:{name}", kwargs=kwargs)


def home_of(target: Target) -> str:
    """Return the address at which somebody who belongs to a target begins."""
    return address(target, "site_plan" if isinstance(target, Site) else str(target._meta.model_name))


def held_on(target: Target) -> dict[str, Target]:
    """Return the field by which memberships, invitations and duties point at a target, with the target."""
    return {str(target._meta.model_name): target}


@transaction.atomic
def give_role(target: Target, user: User, role: str, *, by: User, now: dt.datetime) -> Membership:
    """Let a person hold a role from now on. Held already, it changes nothing."""
    membership, is_new = Membership.objects.get_or_create(
        user=user, role=role, ended_at=None, **held_on(target), defaults={"created_at": now}
    )
    if is_new:
        record("joined", membership, by=by, now=now)
    return membership


@transaction.atomic
def change_role(membership: Membership, role: str, *, by: User, now: dt.datetime) -> Membership:
    """End a role and give another on the same program, project or site, so that history tells of both."""
    if membership.role == role:
        return membership
    close(membership, now=now)
    changed = give_role(membership.target, membership.user, role, by=by, now=now)
    record("role_changed", changed, by=by, now=now, changes={"role": [membership.role, role]})
    return changed


@transaction.atomic
def end_membership(membership: Membership, *, by: User, now: dt.datetime) -> None:
    """End a role. Ended already, it changes nothing. Raises ValidationError for a program's last administrator."""
    if membership.ended_at is None:
        close(membership, now=now)
        record("membership_ended", membership, by=by, now=now)


def close(membership: Membership, *, now: dt.datetime) -> None:
    """Set the end of a role. Raises ValidationError for a last administrator, and where somebody ended it just now."""
    if membership.role == Role.ADMINISTRATOR:
        require_others_to_run(Program.objects.filter(pk=membership.program_id), membership.user)
    if not Membership.objects.current().filter(pk=membership.pk).update(ended_at=now):
        raise ValidationError(_("This was changed by somebody else just now. Look at the list again."))
    membership.ended_at = now


def require_others_to_run(programs: QuerySet[Program], person: User) -> None:
    """Raise ValidationError where without a person nobody would be left to run one of the programs.

    Keeps their administrators locked: two who remove each other, or close each other's account, wait for one another.
    """
    held = Membership.objects.current().filter(program__in=programs, role=Role.ADMINISTRATOR)
    locked = list(held.select_for_update(of=("self",), no_key=True).order_by("pk"))
    # Asked after the waiting: joined to the locked rows, people would be as they were before.
    active = set(User.objects.active().filter(pk__in=[one.user_id for one in locked]).values_list("pk", flat=True))
    run = {one.program_id for one in locked if one.user_id in active - {person.pk}}
    if any(one.program_id not in run for one in locked if one.user_id == person.pk):
        raise ValidationError(
            _("%(name)s is the only State administrator here. Make somebody else one first.") % {"name": person}
        )


def record(verb: str, membership: Membership, *, by: User, now: dt.datetime, changes: dict | None = None) -> None:
    """Put into the history that a person got, changed or lost a role."""
    target = membership.target
    Activity.record(
        verb=verb,
        actor=by,
        at=now,
        on=program_of(target).today(now),
        target=membership,
        key=membership.role,
        label=str(membership.get_role_display()),
        person=membership.user,
        changes=changes or {},
        **place_in_history(target),
    )


def plans_of(target: Project | Site) -> QuerySet[Plan]:
    """Return the plans of a site, or of a project's team and all its sites."""
    return Plan.objects.filter(**held_on(target))


def hand_over(target: Project | Site, giver: User, taker: User, *, by: User, now: dt.datetime) -> tuple[int, str]:
    """Give one person's open items at a site or in a whole project to another, wherever that person is on the team.

    Returns how many, and the history's batch by which to undo it. Raises ValidationError when the taker can work at
    none of these places, or can no longer sign in.
    """
    plans = plans_of(target).filter(items__assignee=giver, items__done_at__isnull=True).distinct()
    outcome = assign(list(plans.values_list("pk", flat=True)), Choice(held_by=giver.pk), to=taker, by=by, now=now)
    if outcome.parts and not outcome.changes:
        raise ValidationError(outcome.parts[0].reason)
    return outcome.changes, outcome.batch
