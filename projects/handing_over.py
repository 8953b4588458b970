"""Somebody leaves: one move hands their open work, jobs and calls to make to somebody else; history stays."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from accounts.models import User
from projects.duties import Holder, set_duties
from projects.ledger import lock_plans
from projects.membership import close, hand_over, held_on, plans_of, program_of, record
from projects.models import Contact, Duty, Membership, PlanItem, Project, Site


@dataclass(frozen=True)
class HandedOver:
    """What went from one person to another: open items, jobs, calls to make."""

    items: int
    jobs: int
    calls: int


@transaction.atomic
def hand_everything(
    target: Project | Site, giver: User, taker: User, *, leaves: bool, by: User, now: dt.datetime
) -> HandedOver:
    """Hand what one person has at a site, or in a project and at its sites, to another; what was done stays theirs.

    With `leaves` the giver's roles there end as well. Raises ValidationError for somebody handed over to themselves,
    for a taker who cannot sign in, and where there is work that the taker is on no team for.
    """
    if giver == taker:
        raise ValidationError(_("Choose somebody else than %(who)s.") % {"who": giver})
    if not taker.is_active:
        raise ValidationError(_("%(who)s can no longer sign in. Choose somebody else.") % {"who": taker})
    lock_plans(plans_of(target))
    items = PlanItem.objects.open().filter(plan__in=plans_of(target), assignee=giver)
    had = items.count()
    below = Q(site=target) if isinstance(target, Site) else Q(project=target) | Q(site__project=target)
    jobs = list(Duty.objects.filter(below, user=giver).select_related("site__project__version", "project__version"))
    for duty in jobs:  # before the items, so that those given to a job go on following it
        set_duties(duty.target, {duty.key: Holder(user=taker, phone=taker.phone)}, by=by, now=now)
    hand_over(target, giver, taker, by=by, now=now)
    today = program_of(target).today(now)
    sites = Site.objects.filter(pk=target.pk) if isinstance(target, Site) else Site.objects.filter(project=target)
    of_giver = Q(by=giver, next_by=None) | Q(next_by=giver)
    calls = Contact.objects.filter(of_giver, site__in=sites, next_on__gte=today).update(next_by=taker)
    if leaves:
        for membership in Membership.objects.current().filter(user=giver, **held_on(target)).select_related("user"):
            close(membership, now=now)
            record("membership_ended", membership, by=by, now=now)
    return HandedOver(had - items.count(), len(jobs), calls)
