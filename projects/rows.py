"""An item of a plan as a person sees it in a list: its state, what it waits for, who is on it. Pure: no statements."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from projects.dates import GRANT_END, PROJECT_START, SITE_START
from projects.models import Duty, Fitting, Plan, PlanItem
from roadmap import road
from roadmap.templatetags.milepost import due, minutes, short_day


@dataclass(frozen=True)
class Viewer:
    """Who looks and what they may do at the plan that is shown."""

    user_id: int | None
    can_record: bool = False
    can_schedule: bool = False
    can_assign: bool = False
    can_tailor: bool = False
    can_set_up: bool = False
    can_record_many: bool = False
    can_board: bool = False
    reads_all: bool = False
    at_one_site: bool = False  # and nowhere else: a list need not name it in each row


@dataclass(frozen=True)
class Names:
    """What a plan's rows need to name others: milestones by key, jobs by key, and who holds the jobs here."""

    items: Mapping[str, PlanItem] = field(default_factory=dict)
    roles: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    duties: Mapping[str, Duty] = field(default_factory=dict)
    actions: Mapping[str, Sequence[PlanItem]] = field(default_factory=dict)  # open ones, by the milestone's key

    @classmethod
    def of(cls, items: Iterable[PlanItem], plan: Plan, duties: Mapping[str, Duty]) -> Names:
        """Return the names for the rows of one plan, from all its items. Needs plan.version."""
        by_key = {item.key: item for item in items}
        actions: dict[str, list[PlanItem]] = defaultdict(list)
        for item in by_key.values():
            if item.leads_to and item.is_open:
                actions[item.leads_to].append(item)
        return cls(by_key, plan.version.roles, duties, actions)

    def waited_for(self, item: PlanItem) -> str:
        """Return the text of the milestone an item waits for, "" where it waits for nothing."""
        anchor = self.items.get(item.waiting_for) if item.waiting_for else None
        return anchor.text if anchor else item.waiting_for

    def counted_from(self, item: PlanItem) -> str:
        """Say what an item's due date is counted from: milestones or fixed days, "" where it was set by hand."""
        if item.by_hand:
            return ""
        fixed = {
            SITE_START: _("the site's start"),
            PROJECT_START: _("the project's start"),
            GRANT_END: _("the end of the grant or contract"),
        }
        keys = [item.leads_to] if item.leads_to else item.anchor_keys
        return ", ".join(str(fixed.get(key) or self.items.get(key) or "") for key in keys).strip(", ")

    def job(self, key: str) -> str:
        """Return what people call a job: its holder here, else the job's name."""
        duty = self.duties.get(key)
        return duty.holder if duty else self.roles.get(key, {}).get("name", "")


@dataclass(frozen=True)
class Row:
    """One item in a list. `state` is reached, next, late, ahead or na; `who` is whom to ask, "" where unknown."""

    item: PlanItem
    state: str
    url: str  # the item's page; its actions lie below: done/, open/, applies/
    today: dt.date
    waiting_for: str = ""
    counted_from: str = ""
    who: str = ""
    mine: bool = False
    can_record: bool = False
    can_tailor: bool = False
    page: str = ""  # which page shows it, so that the answer to a tick mends the right parts of it
    where: str = ""  # site and step, where a list holds several
    open_actions: Sequence[PlanItem] = ()

    @property
    def is_late(self) -> bool:
        return self.item.is_late(self.today)

    @property
    def proposed_day(self) -> dt.date:
        """The day to put into the date field: today, or the one that was recorded."""
        return self.item.done_on or self.today

    @property
    def note(self) -> str:
        """What is known about it, in one line under its name: when it happened, is due, or what it waits for."""
        item, day = self.item, partial(short_day, today=self.today)
        listed = item.is_milestone or self.page == "todo"
        if self.state == road.NOT_APPLICABLE:
            if not item.not_applicable_on:
                return item.not_applicable_reason
            words = {"day": day(item.not_applicable_on), "reason": item.not_applicable_reason}
            return _("Does not apply here since %(day)s: %(reason)s") % words
        if item.is_done:
            return self.said_of_done(day)
        if self.waiting_for:
            return _("Waiting for: %(what)s") % {"what": self.waiting_for} if listed else ""
        if not item.due_on or not (listed or item.by_hand or item.shift_days):
            return ""
        if self.is_late:
            said = _("Was due %(day)s.") if item.plan.can_be_late else _("Planned for %(day)s.")
            said %= {"day": day(item.due_on)}
            if self.counted_from:
                said += " " + _("Counted from: %(what)s") % {"what": self.counted_from}
        else:
            said = _("Due %(when)s") % {"when": due(item.due_on, self.today)}
        return f"{said} {_('Date set by hand.')}" if item.by_hand else said

    def said_of_done(self, day: Callable[[dt.date], str]) -> str:
        """Say when a milestone was reached and who recorded it; of an action only for whom somebody else did."""
        item = self.item
        if not item.is_milestone and not item.on_behalf_of_id:
            return ""
        who = _("recorded by %(who)s") % {"who": item.done_by}
        if item.on_behalf_of_id:
            who = _("recorded by %(who)s for %(site)s") % {"who": item.done_by, "site": item.on_behalf_of}
        if not item.is_milestone:
            return who
        if item.done_on is None:
            reached = _("Reached, day not known")
        elif item.done_precision == PlanItem.Precision.MONTH:
            reached = _("Reached in %(month)s") % {"month": date_format(item.done_on, "F Y")}
        else:
            reached = _("Reached %(day)s") % {"day": day(item.done_on)}
        return f"{reached}, {who}"

    @property
    def side(self) -> str:
        """What stands at the row's end: whose it is, when an action was done, or how long it takes."""
        item = self.item
        if item.is_done and not item.is_milestone:
            if item.done_on and item.done_precision == PlanItem.Precision.MONTH:
                return date_format(item.done_on, "F Y")
            return short_day(item.done_on, self.today)
        if item.is_milestone and (item.is_done or self.state == road.NOT_APPLICABLE):
            return ""
        if self.mine:
            return _("You")
        if self.who or item.is_milestone or not item.item_id or not item.item.minutes:
            return self.who
        return _("about %(time)s") % {"time": minutes(item.item.minutes)}

    @property
    def can_take(self) -> bool:
        """Whether the person may take it: it is open, and nobody has it who could do it."""
        item = self.item
        return item.is_open and self.can_record and not (item.assignee_id and item.assignee.is_active) and not self.mine

    @property
    def can_give_back(self) -> bool:
        return self.item.is_open and self.can_record and self.mine

    @property
    def pk_words(self) -> str:
        """The item's id as text, for ids in templates."""
        return str(self.item.pk)

    @property
    def fitted(self) -> str:
        """How the row differs from the Roadmap's: it is the plan's own, or has other words; "" where it does not."""
        if not self.item.item_id:
            return _("The project team's own") if self.item.plan.is_team else _("This site's own")
        return _("Worded for this site") if self.item.own_text else ""

    @property
    def has_more(self) -> bool:
        """Whether a list links to what can be done about it: an action needs no more than its tick, but for a lead."""
        fits = self.can_tailor and self.page in ("plan", "step")
        return self.item.is_milestone or self.state == road.NOT_APPLICABLE or fits

    @property
    def moved_by(self) -> str:
        """Say by how much its date differs from the Roadmap's, "" where it does not."""
        days = self.item.shift_days
        if Fitting.Kind.MOVED not in self.item.differences:
            return ""
        if days > 0:
            return ngettext("Its date was moved one day later.", "Its date was moved %(n)d days later.", days) % {
                "n": days
            }
        return ngettext("Its date was moved one day earlier.", "Its date was moved %(n)d days earlier.", -days) % {
            "n": -days
        }

    @property
    def elsewhere(self) -> list[tuple[str, str]]:
        """Where a lead can do at other sites what was changed here: address and words, one for each change."""
        if not self.can_tailor or self.item.plan.is_team:
            return []
        words = {
            Fitting.Kind.ASIDE: _("Set it aside at other sites"),
            Fitting.Kind.WORDS: _("Use these words at other sites"),
            Fitting.Kind.MOVED: _("Move the date at other sites"),
            Fitting.Kind.OWN: _("Add it at other sites"),
        }
        return [(f"{self.url}same/{kind}/", words[kind]) for kind in self.item.differences]

    @property
    def barrier_url(self) -> str:
        """Where to say that something is in the way of the item's step. Needs item.plan and item.plan_step."""
        return self.item.plan.url("barrier_report", step=self.item.plan_step.key)

    @property
    def step_url(self) -> str:
        """Where the item's step is explained. Needs item.plan and item.plan_step."""
        return self.item.plan.url("plan_step", step=self.item.plan_step.key)


def row_of(
    item: PlanItem,
    plan: Plan,
    *,
    viewer: Viewer,
    names: Names,
    today: dt.date,
    page: str = "",
    where: str = "",
    base: str = "",
) -> Row:
    """Return the row of an item. Needs item.item and item.assignee read, and the plan's site or project.

    `base` saves the lookup of an address for each of many rows of one plan: `row_base(plan)`.
    """
    return Row(
        item=item,
        state=state_of(item, plan, today),
        url=f"{base or row_base(plan)}{item.pk}/",
        today=today,
        waiting_for=names.waited_for(item) if item.is_open else "",
        counted_from=names.counted_from(item) if item.is_open and item.is_milestone else "",
        who=who_is_on(item, names),
        mine=item.assignee_id is not None and item.assignee_id == viewer.user_id,
        can_record=viewer.can_record,
        can_tailor=viewer.can_tailor,
        page=page,
        where=where or (place_of(item, plan, viewer) if page == "todo" else ""),
        open_actions=names.actions.get(item.key, ()) if item.is_open else (),
    )


def place_of(item: PlanItem, plan: Plan, viewer: Viewer) -> str:
    """Say at which site and step an item is, for lists over several; the step alone to who is at one site only."""
    return item.plan_step.name if viewer.at_one_site and plan.site_id else f"{plan} · {item.plan_step.name}"


def state_of(item: PlanItem, plan: Plan, today: dt.date) -> str:
    """Return how an item's milepost is drawn; the next one can be late as well."""
    if not item.is_counted:
        return road.NOT_APPLICABLE
    if item.is_done:
        return road.REACHED
    late = plan.can_be_late and item.is_late(today)
    if item.pk == plan.next_milestone_id:
        return road.NEXT_LATE if late else road.NEXT
    return road.LATE if late else road.AHEAD


def who_is_on(item: PlanItem, names: Names) -> str:
    """Return whom to ask about an item: who has it, else who has its step, else who usually does it here."""
    if item.assignee_id:
        return str(item.assignee)
    if item.assigned_duty:
        return names.job(item.assigned_duty)
    usual = item.item.duty if item.item_id and item.is_milestone else ""
    return names.job(usual) if usual else ""


def row_base(plan: Plan) -> str:
    """Return the address under which the items of a plan lie."""
    return plan.url("item", pk=0).removesuffix("0/")
