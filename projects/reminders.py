"""What a digest says to a person at a moment: reads that take `now`, and the composing of the mail.

A digest is worth sending when something on it is new or has changed since the last one, or when a week has passed.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field

from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.models import User
from outbox import preferences
from outbox.composing import compose_from
from outbox.kinds import Message
from outbox.links import absolute
from outbox.models import Delivery
from projects.help_rules import reasons_of
from projects.models import Plan, PlanItem, Role, Scopes, Site
from projects.todo import home_plans, items_on_list

LATE, DUE, NEW = "late", "due", "new"
LONG_ENOUGH = dt.timedelta(days=7)  # an unchanged list is sent again after this
LINES_AT_MOST = 30


@dataclass
class Line:
    """One item in a digest, or one site that needs help, with its address."""

    state: str
    key: str  # what it is: changes when the line would read differently in a way that matters
    title: str
    where: str
    url: str
    due_on: dt.date | None = None
    why: str = ""


@dataclass
class Digest:
    """All lines for a person, by section."""

    today: dt.date
    late: list[Line] = field(default_factory=list)
    due: list[Line] = field(default_factory=list)
    new: list[Line] = field(default_factory=list)
    sites: list[Line] = field(default_factory=list)
    left_out: int = 0

    @property
    def lines(self) -> list[Line]:
        return [*self.late, *self.due, *self.new, *self.sites]

    @property
    def keys(self) -> list[str]:
        """What the digest said, to be compared with the next one's."""
        return [line.key for line in self.lines]


def digest_of(person: User, *, now: dt.datetime, lead_days: int, since: dt.datetime | None, leads: bool) -> Digest:
    """Return what there is to say to a person: their late items, those due within so many days, newly assigned ones.

    `since` is when the last digest was sent. Leads also hear which of their sites need help. Only plans that are
    active count; each program's own day decides what is late.
    """
    scopes = Scopes.read(person)
    digest = Digest(today=now.astimezone(person.zone).date())
    last = digest.today + dt.timedelta(days=lead_days)
    items = items_on_list(scopes, home_plans(scopes)).filter(waiting_for="").with_text()
    items = items.select_related("program", "plan__site", "plan__project", "item", "plan_step__step")
    items = items.filter(Q(due_on__lte=last) | Q(assigned_at__isnull=False))
    for item in items.order_by(F("due_on").asc(nulls_last=True), "position", "pk"):
        line = line_of(item, since=since, last=last, on=item.program.today(now))
        if line:
            {LATE: digest.late, DUE: digest.due, NEW: digest.new}[line.state].append(line)
    if leads:
        digest.sites = site_lines(scopes, now=now)
    return shortened(digest)


def line_of(item: PlanItem, *, since: dt.datetime | None, last: dt.date, on: dt.date) -> Line | None:
    """Return an item's line: late, due, or newly assigned since the last digest; None when it is none of these."""
    if item.is_late(on):
        state = LATE
    elif item.due_on and item.due_on <= last:
        state = DUE
    elif since and item.assigned_at and item.assigned_at > since:
        state = NEW
    else:
        return None
    return Line(
        state=state,
        key=f"{state}:{item.pk}:{item.due_on}",
        title=item.text,
        where=str(item.plan),
        url=absolute(f"{item.plan.url('plan_step', step=item.plan_step.key)}#item-{item.pk}"),
        due_on=item.due_on,
    )


def site_lines(scopes: Scopes, *, now: dt.datetime) -> list[Line]:
    """Return a line for each site the person leads that needs help, the one in need longest first."""
    led = [pk for pk, roles in scopes.projects.items() if Role.LEAD in roles]
    run = [pk for pk, roles in scopes.programs.items() if Role.ADMINISTRATOR in roles]
    plans = (
        Plan.objects.filter(site__isnull=False, active=True, needs_help_from__isnull=False)
        .filter(Q(project__in=led) | Q(program__in=run))
        .select_related("site", "project", "program")
        .order_by("needs_help_from", "pk")
    )
    lines = []
    for plan in plans:
        on = plan.program.today(now)
        reasons = [reason for reason in reasons_of(plan, on) if reason.counts]
        if plan.needs_help_from <= on and reasons and plan.site.status == Site.Status.ACTIVE:
            lines.append(
                Line(
                    state="help",
                    key=f"help:{plan.pk}:{','.join(reason.kind for reason in reasons)}",
                    title=plan.site.name,
                    where=plan.project.name,
                    url=absolute(plan.get_absolute_url()),
                    why=". ".join(reason.sentence for reason in reasons),
                )
            )
    return lines


def shortened(digest: Digest) -> Digest:
    """Keep a digest readable: the first lines of each section, and how many more there are."""
    for name in ("late", "due", "new", "sites"):
        lines = getattr(digest, name)
        digest.left_out += max(0, len(lines) - LINES_AT_MOST)
        setattr(digest, name, lines[:LINES_AT_MOST])
    return digest


def last_sent(delivery: Delivery) -> Delivery | None:
    """Return the newest digest of the same kind that went out to the same person."""
    return (
        Delivery.objects.filter(person=delivery.person, kind=delivery.kind, state=Delivery.State.SENT)
        .exclude(pk=delivery.pk)
        .order_by("-sent_at")
        .first()
    )


def is_worth_sending(digest: Digest, before: Delivery | None, *, now: dt.datetime) -> bool:
    """Return whether a digest says something: a line the last one did not have, or any line after a week."""
    if not digest.lines:
        return False
    if before is None or before.sent_at is None:
        return True
    return bool(set(digest.keys) - set(before.data.get("keys", []))) or now - before.sent_at >= LONG_ENOUGH


def compose_site_digest(delivery: Delivery, now: dt.datetime) -> Message | None:
    """Compose a site team member's digest; None when there is nothing to say."""
    return compose(delivery, now, leads=False)


def compose_lead_digest(delivery: Delivery, now: dt.datetime) -> Message | None:
    """Compose a lead's or administrator's digest; None when there is nothing to say."""
    return compose(delivery, now, leads=True)


def compose(delivery: Delivery, now: dt.datetime, *, leads: bool) -> Message | None:
    person, before = delivery.person, last_sent(delivery)
    if person is None:
        return None
    digest = digest_of(
        person,
        now=now,
        lead_days=preferences.of(person).lead_days,
        since=before.sent_at if before else None,
        leads=leads,
    )
    if not is_worth_sending(digest, before, now=now):
        return None
    # What is said is kept with the row before it is sent, so that the next digest can be compared with it.
    delivery.data = {"keys": digest.keys}
    delivery.save(update_fields=["data"])
    context = {"digest": digest, "todo_url": absolute(reverse("projects:todo")), "today": digest.today}
    return compose_from("email/digest", subject=subject_of(digest), delivery=delivery, context=context)


def subject_of(digest: Digest) -> str:
    """Return the mail's subject: what matters most, counted, with the one thing's name where it is only one."""
    if len(digest.lines) == 1:
        line = digest.lines[0]
        return f"{line.where}: {line.title}" if line.state != "help" else f"{line.title}: {line.why}"
    parts = []
    if digest.late:
        parts.append(ngettext("%(n)d late", "%(n)d late", len(digest.late)) % {"n": len(digest.late)})
    if digest.due:
        parts.append(ngettext("%(n)d due soon", "%(n)d due soon", len(digest.due)) % {"n": len(digest.due)})
    if digest.new:
        parts.append(ngettext("%(n)d new", "%(n)d new", len(digest.new)) % {"n": len(digest.new)})
    if digest.sites:
        count = len(digest.sites)
        parts.append(ngettext("%(n)d site needs help", "%(n)d sites need help", count) % {"n": count})
    return _("Your Roadmap: %(parts)s") % {"parts": ", ".join(parts)}
