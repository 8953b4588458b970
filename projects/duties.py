"""Who holds the jobs that the Roadmap names, and the open items that follow the job to its new holder."""

from __future__ import annotations

import datetime as dt

from django.core.exceptions import ValidationError
from django.db.models import Q
from django.utils.translation import gettext as _

from accounts.models import Activity, User
from projects.assigning import give, holders, job_hand, know_versions
from projects.ledger import Ledger
from projects.membership import held_on, place_in_history, program_of
from projects.models import Duty, Plan, PlanItem, Project, Site


def set_duty(
    target: Project | Site,
    key: str,
    *,
    holder: User | None = None,
    name: str = "",
    phone: str = "",
    by: User,
    now: dt.datetime,
) -> Duty | None:
    """Say who holds a job at a site or in a project: a person with an account, or a name; with neither, nobody.

    Open items assigned to the job move to its holder: at a site those of its plan, in a project those of its team's
    plan and of every site that has no holder of its own.
    Raises ValidationError for a job that the Roadmap does not name and for somebody who can no longer sign in.
    """
    project = target if isinstance(target, Project) else target.project
    job = project.version.roles.get(key)
    if job is None:
        raise ValidationError(_("The Roadmap does not name this job."))
    if holder and not holder.is_active:
        raise ValidationError(_("%(name)s can no longer sign in. Choose somebody else.") % {"name": holder})
    today = program_of(target).today(now)
    with Ledger.open(plans_with_work(target, key), by=by, now=now) as ledger:
        before = Duty.objects.filter(key=key, **held_on(target)).select_related("user").first()
        was, was_user = (before.holder, before.user_id) if before else ("", None)
        if not holder and not name:
            if before:
                before.delete()
            duty = None
        else:
            duty = before or Duty(key=key, **held_on(target))
            if was != (str(holder) if holder else name):
                duty.since_on = today
            duty.user, duty.name, duty.phone = holder, "" if holder else name, phone
            duty.save()
        said = duty.holder if duty else ""
        if was != said:
            Activity.record(
                verb="duty_given",
                actor=by,
                at=now,
                on=today,
                target=duty,
                key=key,
                label=job["name"],
                for_label="" if holder else said,
                person=holder,
                changes={"user_id": [was_user, holder.pk if holder else None]},
                batch=ledger.batch,
                **place_in_history(target),
            )
        follow(ledger, key)
    return duty


def plans_with_work(target: Project | Site, key: str) -> list[int]:
    """Return the ids of the plans that a change of holder concerns: the target's own, and those with work for it."""
    if isinstance(target, Site):
        return list(Plan.objects.filter(site=target).values_list("pk", flat=True))
    waiting = PlanItem.objects.open().filter(plan__project=target, assigned_duty=key)
    plans = Plan.objects.filter(project=target).filter(Q(site=None) | Q(pk__in=waiting.values("plan")))
    return list(plans.values_list("pk", flat=True))


def follow(ledger: Ledger, key: str) -> None:
    """Give the open items of a job to whoever holds it now, in every plan of the ledger that the job is held for."""
    know_versions(ledger.plans.values())
    hands = {pk: job_hand(plan, key, duty) for pk, (plan, duty) in holders(list(ledger.plans.values()), key).items()}
    for item in ledger.items.values():
        hand = hands[item.plan_id]
        if item.assigned_duty == key and item.is_open and item.assignee != hand.user:
            give(ledger, item, hand)
