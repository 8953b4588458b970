"""Who holds the jobs that the Roadmap names, and the open items that follow the job to its new holder."""

from __future__ import annotations

import datetime as dt
import json
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from accounts.models import Activity, User
from projects.assigning import give, holders, job_hand, know_versions
from projects.ledger import Ledger, lock_plans
from projects.membership import held_on, place_in_history, program_of
from projects.models import Duty, Plan, PlanItem, Project, Site
from projects.people import candidates
from projects.tables.heads import plain


@dataclass(frozen=True)
class Holder:
    """Who is to hold a job: a person with an account, a name, the project's team; none of them: no one yet."""

    user: User | None = None
    name: str = ""
    phone: str = ""
    team: bool = False

    @property
    def somebody(self) -> bool:
        return bool(self.user or self.name or self.team)

    @property
    def who(self) -> str:
        return json.dumps([self.user.pk if self.user else None, self.name, self.team])

    @property
    def code(self) -> str:
        """A text that differs where anything of it differs, by which a form tells what it was made from."""
        return self.who + self.phone

    @property
    def words(self) -> str:
        """Who it is, with the phone; "" for no one yet."""
        return ", ".join(filter(None, [Duty(user=self.user, name=self.name, team=self.team).holder, self.phone]))


def holder_of(duty: Duty | None) -> Holder:
    """Return who holds a job by its row; no one yet where there is none."""
    return Holder(duty.user, duty.name, duty.phone, duty.team) if duty else Holder()


def phone_for(holder: str, duty: Duty | None) -> str:
    """Return the phone that stays with a job: that of the same person, who may have come by an account since."""
    return duty.phone if duty and plain(duty.holder) == plain(holder) else ""


class StaleJobs(Exception):
    """Somebody has said who does what since it was read. Carries who has those jobs now, by key, and who said so."""

    def __init__(self, now: dict[str, Holder], by: User | None):
        super().__init__(", ".join(now))
        self.now = now
        self.by = by


def set_duty(
    target: Project | Site,
    key: str,
    *,
    holder: User | None = None,
    name: str = "",
    phone: str = "",
    team: bool = False,
    seen: str = "",
    by: User,
    now: dt.datetime,
) -> Duty | None:
    """Say who holds a job at a site or in a project, as `set_duties` does; return its row, None where nobody does."""
    before = {key: seen} if seen else None
    [duty] = set_duties(target, {key: Holder(holder, name, phone, team)}, seen=before, by=by, now=now)
    return duty if duty and duty.holder else None


@transaction.atomic
def set_duties(
    target: Project | Site,
    wanted: Mapping[str, Holder],
    *,
    by: User,
    now: dt.datetime,
    seen: Mapping[str, str] | None = None,
) -> list[Duty | None]:
    """Say who holds which job at a site or in a project, all of them or none.

    Open items assigned to a job move to its holder: at a site those of its plan, in a project those of its team's plan
    and of every site that has no holder of its own. A job of a site that nobody holds is kept as open since that day.
    Raises ValidationError for a job that the Roadmap does not name, and for somebody new to a job who can no longer
    sign in or may only look here; StaleJobs where a job stands otherwise than it was `seen` (codes of Holder by key)
    and than is wanted.
    """
    project = target if isinstance(target, Project) else target.project
    if not set(wanted) <= set(project.version.roles):
        raise ValidationError(_("The Roadmap does not name this job."))
    # All plans, before it is read which have work of these jobs: somebody may just be giving some.
    lock_plans(Plan.objects.filter(**({"project": target} if isinstance(target, Project) else {"site": target})))
    with Ledger.open(plans_with_work(target, wanted), by=by, now=now) as ledger:
        rows = Duty.objects.filter(key__in=wanted, **held_on(target)).select_related("user")
        before = {duty.key: duty for duty in rows}
        require_as_seen(target, wanted, seen or {}, {key: holder_of(duty) for key, duty in before.items()})
        held = {(key, duty.user_id) for key, duty in before.items()}
        require_able(target, {one.user for key, one in wanted.items() if one.user and (key, one.user.pk) not in held})
        made = [hold(ledger, target, project, key, one, before.get(key)) for key, one in wanted.items()]
        for key in wanted:
            follow(ledger, key)
        note_open_jobs(ledger)
    return made


def require_as_seen(
    target: Project | Site, wanted: Mapping[str, Holder], seen: Mapping[str, str], now: Mapping[str, Holder]
) -> None:
    """Raise StaleJobs unless each job that was seen stands as it was seen, or as it is wanted."""
    found = {key: now.get(key, Holder()) for key in seen}
    if stale := {key: one for key, one in found.items() if one.code not in (seen[key], wanted[key].code)}:
        # Another phone is not in the history.
        raise StaleJobs(stale, last_to_say(target, [key for key, one in stale.items() if one.who not in seen[key]]))


def last_to_say(target: Project | Site, keys: Iterable[str]) -> User | None:
    """Return who was the last to give one of some jobs to somebody."""
    place = place_in_history(target)
    rows = Activity.objects.filter(verb="duty_given", key__in=keys, **place).select_related("actor")
    last = rows.order_by("-at", "-pk").first()
    return last.actor if last else None


def require_able(target: Project | Site, people: set[User]) -> None:
    """Raise ValidationError unless all of the people can take a job at a site or in a project."""
    for one in people:
        if not one.is_active:
            raise ValidationError(_("%(name)s can no longer sign in. Choose somebody else.") % {"name": one})
    able = set(candidates(target).filter(pk__in=[one.pk for one in people])) if people else set()
    for one in people - able:
        words = _("%(name)s may only look here, or is not on the team. Choose somebody who records progress.")
        raise ValidationError(words % {"name": one})


def hold(
    ledger: Ledger, target: Project | Site, project: Project, key: str, wanted: Holder, duty: Duty | None
) -> Duty | None:
    """Write who holds one job, and put it into the history where that changed."""
    today = program_of(target).today(ledger.now)
    was, was_user = (duty.holder, duty.user_id) if duty else ("", None)
    said = Duty(user=wanted.user, name="" if wanted.user else wanted.name, team=wanted.team).holder
    changes = (was, was_user) != (said, wanted.user.pk if wanted.user else None)  # two people may be called the same
    if not wanted.somebody and isinstance(target, Project):
        if duty:
            duty.delete()
        duty = None
    else:
        if duty is None or changes:
            duty = duty or Duty(key=key, **held_on(target))
            duty.since_on = today
        duty.user, duty.name = wanted.user, "" if wanted.user else wanted.name
        duty.phone, duty.team = wanted.phone if said else "", wanted.team
        duty.save()
    if changes:
        Activity.record(
            verb="duty_given",
            actor=ledger.by,
            at=ledger.now,
            on=today,
            target=duty,
            key=key,
            label=project.version.roles[key]["name"],
            for_label="" if wanted.user else said,
            person=wanted.user,
            changes={"user_id": [was_user, wanted.user.pk if wanted.user else None]},
            batch=ledger.batch,
            **place_in_history(target),
        )
    return duty


def note_open_jobs(ledger: Ledger) -> None:
    """Keep on every plan of the ledger since when a job of its site has nobody; the project's holder counts as one."""
    sites = [plan.site_id for plan in ledger.plans.values() if plan.site_id]
    projects = {plan.project_id for plan in ledger.plans.values()}
    held = set(Duty.objects.held().filter(project__in=projects).values_list("project", "key"))
    open_since: dict[int, list[dt.date]] = defaultdict(list)
    rows = Duty.objects.open().filter(site__in=sites).values_list("site", "site__project", "key", "since_on")
    for site, project, key, since in rows:
        if (project, key) not in held:
            open_since[site].append(since)
    for plan in ledger.plans.values():
        if plan.site_id:
            plan.duty_open_since = min(open_since[plan.site_id], default=None)


def plans_with_work(target: Project | Site, keys: Iterable[str]) -> list[int]:
    """Return the ids of the plans that new holders concern: the target's own, and those with work or a gap."""
    if isinstance(target, Site):
        return list(Plan.objects.filter(site=target).values_list("pk", flat=True))
    keys = list(keys)
    waiting = PlanItem.objects.open().filter(plan__project=target, assigned_duty__in=keys)
    gaps = Duty.objects.open().filter(site__project=target, key__in=keys)
    plans = Plan.objects.filter(project=target).filter(
        Q(site=None) | Q(pk__in=waiting.values("plan")) | Q(site__in=gaps.values("site"))
    )
    return list(plans.values_list("pk", flat=True))


def follow(ledger: Ledger, key: str) -> None:
    """Give the open items of a job to whoever holds it now, in every plan of the ledger that the job is held for."""
    know_versions(ledger.plans.values())
    hands = {pk: job_hand(plan, key, duty) for pk, (plan, duty) in holders(list(ledger.plans.values()), key).items()}
    for item in ledger.items.values():
        hand = hands[item.plan_id]
        if item.assigned_duty == key and item.is_open and item.assignee != hand.user:
            give(ledger, item, hand)
