"""Giving work to people and to jobs, at one site or at many, and taking an item oneself."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

from django.core.exceptions import ValidationError
from django.db.models import Count, Exists, OuterRef, Q, QuerySet
from django.utils.translation import gettext as _

from accounts.models import User
from projects.access import Right, roles_with
from projects.choosing import Choice, Line, Outcome, Part, chosen, open_ones
from projects.ledger import Ledger
from projects.models import Duty, Membership, Plan, PlanItem, PlanStep, Project
from projects.progress import Recorded, item_of
from roadmap.models import RoadmapVersion


@dataclass(frozen=True)
class Job:
    """A job that the Roadmap names, by its key: whoever holds it at a site gets the work there."""

    key: str


To = User | Job | None


@dataclass(frozen=True)
class Hand:
    """Into whose hands work goes at one plan: a person, a job (held by somebody or nobody yet), or nobody's."""

    user: User | None = None
    duty: str = ""
    label: str = ""
    holder: str = ""
    refusal: str = ""
    kept_as: str = ""  # what history keeps beside the person: the job, and its holder where that is only a name


def assign(
    plan_ids: Iterable[int], choice: Choice, *, to: To, by: User, now: dt.datetime, dry_run: bool = False
) -> Outcome:
    """Give the open items that were chosen to a person, to a job, or (None) to nobody. Done ones stay as they are.

    At a site where the person is not on the team nothing changes, and its part says so. With `dry_run` nothing is
    written. Raises ValidationError for somebody who can no longer sign in.
    """
    if isinstance(to, User) and not to.is_active:
        raise ValidationError(_("%(who)s can no longer sign in. Choose someone else.") % {"who": to}, code="left")
    with Ledger.open(plan_ids, by=by, now=now, dry_run=dry_run) as ledger:
        know_versions(ledger.plans.values())
        hands = find_hands(list(ledger.plans.values()), to)
        parts = [assign_in(ledger, plan, choice, hands[plan.pk]) for plan in ledger.plans.values()]
    return Outcome(parts, str(ledger.batch))


def know_versions(plans: Iterable[Plan]) -> None:
    """Read the versions of many plans in one statement, for the names of jobs."""
    versions = RoadmapVersion.objects.in_bulk({plan.version_id for plan in plans})
    for plan in plans:
        plan.version = versions[plan.version_id]


def assign_in(ledger: Ledger, plan: Plan, choice: Choice, hand: Hand) -> Part:
    part = Part(plan, reason=hand.refusal, holder=hand.holder)
    if hand.refusal:
        return part
    for item in open_ones(part, chosen(ledger, plan, choice)):
        if (item.assignee_id, item.assigned_duty) == (hand.user.pk if hand.user else None, hand.duty):
            part.same += 1
            continue
        before = who_has(item)
        give(ledger, item, hand)
        part.lines.append(Line(item, before, hand.label))
    for step in ledger.steps.values():
        if step.plan_id == plan.pk and step.key in choice.steps:
            give_step(ledger, step, hand)
    if not part.lines:
        part.reason = nothing_changes(part)
    return part


def give(ledger: Ledger, item: PlanItem, hand: Hand) -> None:
    item.assignee, item.assigned_duty = hand.user, hand.duty
    item.assigned_at = ledger.now if hand.label else None
    ledger.note("assigned" if hand.label else "unassigned", item, for_label=hand.kept_as, person=hand.user)


def give_step(ledger: Ledger, step: PlanStep, hand: Hand) -> None:
    """Keep who is on a whole step. A job is kept on its items only: they follow its holder."""
    before, after = step.assignee_id, hand.user.pk if hand.user and not hand.duty else None
    if before != after:
        step.assignee_id = after
        verb, changes = "assigned" if hand.label else "unassigned", {"assignee_id": [before, after]}
        ledger.note(verb, step, for_label=hand.kept_as, person=hand.user, changes=changes)


def nothing_changes(part: Part) -> str:
    """Say why an act changes nothing at a plan."""
    if part.same:
        return _("Nothing changes: it is like this already.")
    if part.done:
        return _("Nothing changes: all of it is done already.")
    return _("None of this is in the plan here.")


def take(plan: Plan, pk: int, *, by: User, now: dt.datetime) -> Recorded:
    """Take an open item that nobody has ("Take it"). Said again it changes nothing.

    An item of somebody who can no longer sign in counts as nobody's. Raises ValidationError where another person has
    it or where it is done, PlanItem.DoesNotExist for an item of another plan.
    """
    with Ledger.open([plan.pk], by=by, now=now) as ledger:
        item = item_of(ledger, plan, pk)
        if item.assignee_id == by.pk:
            return Recorded(item, "", ledger)
        if not item.is_open:
            raise ValidationError(_("This is not open any more, so there is nothing to take."))
        if item.assignee and item.assignee.is_active:
            raise ValidationError(
                _("%(who)s has this already. Your project lead can change that.") % {"who": item.assignee}
            )
        give(ledger, item, Hand(by, label=str(by)))
    return Recorded(item, str(ledger.batch), ledger)


def give_back(plan: Plan, pk: int, *, by: User, now: dt.datetime) -> Recorded:
    """Give back an open item of one's own, for others at the site to take. On any other item it changes nothing.

    Raises PlanItem.DoesNotExist for an item of another plan.
    """
    with Ledger.open([plan.pk], by=by, now=now) as ledger:
        item = item_of(ledger, plan, pk)
        if item.assignee_id != by.pk or not item.is_open:
            return Recorded(item, "", ledger)
        give(ledger, item, Hand())
    return Recorded(item, str(ledger.batch), ledger)


def who_has(item: PlanItem) -> str:
    """Return who has an item, for people to read: a person, or the job's name where nobody holds it; "" is no one."""
    if item.assignee_id:
        return str(item.assignee)
    return job_name(item.plan, item.assigned_duty) if item.assigned_duty else ""


def job_name(plan: Plan, key: str) -> str:
    """Return what the plan's Roadmap calls a job. Reads the plan's version."""
    return plan.version.roles.get(key, {}).get("name", key)


def find_hands(plans: list[Plan], to: To) -> dict[int, Hand]:
    """Return for each plan (by id) into whose hands the work goes there. Needs plan.version; one statement."""
    if to is None:
        return {plan.pk: Hand() for plan in plans}
    if isinstance(to, User):
        projects, sites = workplaces(to)
        hand = Hand(to, label=str(to))
        away = Hand(refusal=_("%(who)s is not on the team here.") % {"who": to})
        return {plan.pk: hand if plan.project_id in projects or plan.site_id in sites else away for plan in plans}
    return {pk: job_hand(plan, to.key, duty) for pk, (plan, duty) in holders(plans, to.key).items()}


def workplaces(user: User) -> tuple[set[int], set[int]]:
    """Return the ids of the projects and of the sites on which a person may record, so can be given work."""
    rows = Membership.objects.current().filter(user=user, role__in=roles_with(Right.RECORD), program=None)
    places = list(rows.values_list("project_id", "site_id"))
    return {project for project, site in places if project}, {site for project, site in places if site}


def holders(plans: list[Plan], key: str) -> dict[int, tuple[Plan, Duty | None]]:
    """Return for each plan (by id) the plan and its Duty of that key: the site's own holder, else the project's."""
    duties = Duty.objects.held().filter(key=key).select_related("user")
    duties = duties.filter(
        Q(site__in=[plan.site_id for plan in plans if plan.site_id])
        | Q(project__in={plan.project_id for plan in plans})
    )
    found = {(duty.site_id, duty.project_id): duty for duty in duties}
    return {plan.pk: (plan, found.get((plan.site_id, None)) or found.get((None, plan.project_id))) for plan in plans}


def job_hand(plan: Plan, key: str, duty: Duty | None) -> Hand:
    """Return the hand of a job at a plan: its holder's, where that person can sign in."""
    user = duty.user if duty and duty.user_id and duty.user.is_active else None
    name = job_name(plan, key)
    held = duty is not None and (user is not None or not duty.user_id)
    holder = duty.holder if held else _("no one yet")
    label = f"{name} ({holder})"
    return Hand(user, duty=key, label=label, holder=holder, kept_as=name if user else label)


def people_of(plan: Plan) -> QuerySet[User]:
    """Return the people who can be given work at a plan: its site's team and the project's leads, by name."""
    at = Q(project=plan.project_id)
    if plan.site_id:
        at |= Q(site=plan.site_id)
    return on_teams(at)


def people_in(project: Project) -> QuerySet[User]:
    """Return everybody who can be given work somewhere in a project, by name."""
    return on_teams(Q(project=project) | Q(site__project=project))


def on_teams(at: Q) -> QuerySet[User]:
    members = Membership.objects.current().filter(at, role__in=roles_with(Right.RECORD))
    return User.objects.active().filter(pk__in=members.values("user"))


def left_behind(plans: QuerySet[Plan]) -> list[tuple[User, int]]:
    """Return the people who have open items in plans though they cannot work there any more, by name, and how many.

    Somebody who can no longer sign in is not on a team, whatever the memberships say. Two statements.
    """
    here = Q(project=OuterRef("plan__project")) | Q(site=OuterRef("plan__site")) | Q(program=OuterRef("program"))
    still = Membership.objects.current().filter(
        here, user=OuterRef("assignee"), user__is_active=True, role__in=roles_with(Right.RECORD)
    )
    items = PlanItem.objects.open().filter(plan__in=plans, assignee__isnull=False).exclude(Exists(still))
    counts = dict(items.order_by().values_list("assignee").annotate(Count("pk")))
    return [(user, counts[user.pk]) for user in User.objects.filter(pk__in=counts).order_by("name", "pk")]
