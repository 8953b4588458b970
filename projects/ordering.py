"""The orders in which lists of sites are shown, and their pages by key.

A page begins after a row, not at a number: a list that changes while somebody reads it neither skips nor repeats sites.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.db.models import Case, DateField, DateTimeField, F, IntegerField, Q, QuerySet, Value, When
from django.db.models.functions import Coalesce, Lower
from django.utils.translation import gettext_lazy as _

from projects import analytics
from projects.models import Plan, Program
from roadmap.models import Phase

FIRST_DAY, LAST_DAY = dt.date(1900, 1, 1), dt.date(9000, 1, 1)
FIRST_TIME, LAST_TIME = dt.datetime(1900, 1, 1, tzinfo=dt.UTC), dt.datetime(9000, 1, 1, tzinfo=dt.UTC)
NAME = Lower("site__name")


@dataclass(frozen=True)
class Order:
    """One order of a list: how its column is called, what the page says of it, and by what rows are compared.

    `value` takes the program, the day and whether the order is turned around, and returns an expression that is never
    null: rows without a value come last in both directions.
    """

    label: Any
    says: Any
    says_turned: Any
    value: Callable[[Program, dt.date, bool], Any]


def by_day(name: str) -> Callable[[Program, dt.date, bool], Any]:
    return lambda program, on, turned: Coalesce(
        F(name), Value(FIRST_DAY if turned else LAST_DAY), output_field=DateField()
    )


def by_time(name: str) -> Callable[[Program, dt.date, bool], Any]:
    return lambda program, on, turned: Coalesce(
        F(name), Value(FIRST_TIME if turned else LAST_TIME), output_field=DateTimeField()
    )


def by_lateness(program: Program, on: dt.date, turned: bool) -> Any:
    late = When(analytics.is_late(program, on), then=F("next_milestone_due_on"))
    return Case(late, default=Value(FIRST_DAY if turned else LAST_DAY), output_field=DateField())


def by_phase(program: Program, on: dt.date, turned: bool) -> Any:
    places = [When(current_phase=phase, then=Value(number)) for number, phase in enumerate(Phase.values)]
    return Case(*places, default=Value(len(places)), output_field=IntegerField())


def by_help(program: Program, on: dt.date, turned: bool) -> Any:
    running = When(analytics.running() & Q(needs_help_from__isnull=False), then=F("needs_help_from"))
    return Case(running, default=Value(FIRST_DAY if turned else LAST_DAY), output_field=DateField())


ORDERS = {
    "help": Order(_("State"), _("those that have needed help the longest first"), _("those doing well first"), by_help),
    "name": Order(_("Site"), _("by name"), _("by name, from Z to A"), lambda program, on, turned: NAME),
    "project": Order(
        _("Project"), _("by project"), _("by project, from Z to A"), lambda program, on, turned: Lower("project__name")
    ),
    "phase": Order(_("On the road"), _("by phase, the first phase first"), _("by phase, the furthest first"), by_phase),
    "next": Order(
        _("Next milestone"),
        _("by the next milestone's date, the earliest first"),
        _("by the next milestone's date, the latest first"),
        by_day("next_milestone_due_on"),
    ),
    "late": Order(_("Late"), _("the longest late first"), _("the shortest late first"), by_lateness),
    "news": Order(
        _("Last news"), _("the longest without news first"), _("the newest news first"), by_time("last_progress_at")
    ),
    "contact": Order(
        _("Last contact"),
        _("the longest without contact first"),
        _("the newest contact first"),
        by_day("site__last_contact_on"),
    ),
}


@dataclass(frozen=True)
class Page:
    """Some plans in order, and after which one (by its id) the next page begins (None: this is the last)."""

    rows: list[Plan]
    size: int
    next_after: int | None
    continued: bool


def in_order(plans: QuerySet[Plan], sort: str, program: Program, on: dt.date) -> QuerySet[Plan]:
    """Sort plans by one of ORDERS, turned around with a leading minus; ties by name, then by id."""
    turned = sort.startswith("-")
    value = ORDERS[sort.removeprefix("-")].value(program, on, turned)
    plans = plans.annotate(sort_value=value, sort_name=NAME)
    return plans.order_by("-sort_value" if turned else "sort_value", "sort_name", "pk")


def page_of(plans: QuerySet[Plan], sort: str, program: Program, on: dt.date, *, after: int | None, size: int) -> Page:
    """Return the plans that follow one (by its id) in that order, read as the queryset says.

    One statement, and one more to find where that plan stands. An id that is not among the plans begins at the top.
    In a list of thousands give plans with only their ids: they are sorted before anything is joined to them.
    """
    ordered = in_order(plans, sort, program, on)
    position = None
    if after:
        position = ordered.filter(pk=after).values_list("sort_value", "sort_name", "pk").first()
    if position:
        value, name, pk = position
        beyond = "lt" if sort.startswith("-") else "gt"
        ordered = ordered.filter(
            Q(**{f"sort_value__{beyond}": value})
            | Q(sort_value=value, sort_name__gt=name)
            | Q(sort_value=value, sort_name=name, pk__gt=pk)
        )
    rows = list(ordered[: size + 1])
    return Page(rows[:size], size, rows[size - 1].pk if len(rows) > size else None, position is not None)


def order_said(sort: str) -> Any:
    """Return the words by which a page says in what order it lists."""
    order = ORDERS[sort.removeprefix("-")]
    return order.says_turned if sort.startswith("-") else order.says
