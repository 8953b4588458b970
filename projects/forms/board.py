"""The filter over lists of sites. It owns the filtering: a choice is made, said and applied here."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import Any

from django import forms
from django.db.models import Q, QuerySet
from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from projects import ordering
from projects.analytics import PHASE_ORDER, STATES, Options, phase_name
from projects.models import Plan, Program, Region

REGION = "region-"
SEARCHED = ("site__name", "site__place__name", "site__place__organization__name", "site__place__county__name")


class SiteFilter(forms.Form):
    """What is asked of a list of sites, read from the address. What is not known here is left out and said to be."""

    q = forms.CharField(label=gettext_lazy("Find a site"), required=False, max_length=80)
    phase = forms.ChoiceField(label=gettext_lazy("Phase"), required=False)
    setting = forms.ChoiceField(label=gettext_lazy("Setting"), required=False)
    where = forms.ChoiceField(label=gettext_lazy("County or region"), required=False)
    state = forms.ChoiceField(label=gettext_lazy("State"), required=False)
    sort = forms.ChoiceField(label=gettext_lazy("Order"), required=False)
    after = forms.IntegerField(required=False, min_value=1, max_value=2**63 - 1)

    sorts: tuple[str, ...] = ("name", "help", "phase", "next", "late", "news")
    shown = ("phase", "setting", "where", "state", "q")
    hidden: tuple[str, ...] = ("sort",)
    parts: dict[str, tuple[str, ...]] = {}  # fields that go with another one

    def __init__(self, data: QueryDict, *, options: Options, program: Program, on: dt.date):
        super().__init__(data, auto_id="filter_%s")
        self.program, self.on = program, on
        self.offer("phase", _("Any phase"), [(key, phase_name(key)) for key in PHASE_ORDER])
        self.offer("setting", _("All settings"), options.settings)
        self.offer("where", _("All counties"), places_to_choose(options))
        self.offer("state", _("Any state"), [(key, label) for key, (label, _condition) in STATES.items()])
        self.offer("sort", "", [(sort, ordering.order_said(sort)) for key in self.sorts for sort in (key, f"-{key}")])
        self.is_valid()

    def offer(self, name: str, everything: str, choices: Iterable[tuple[str, Any]]) -> None:
        """Give a field its choices, the empty one first."""
        self.fields[name].choices = [("", everything), *choices]

    @property
    def order(self) -> str:
        """The order asked for, or the list's own."""
        return self.cleaned_data.get("sort") or self.sorts[0]

    @property
    def begins_after(self) -> int | None:
        """The plan after which the page begins."""
        return self.cleaned_data.get("after")

    @property
    def active(self) -> dict[str, Any]:
        """The choices made, by field; order and page are not choices."""
        return {name: value for name, value in self.cleaned_data.items() if value and name not in ("sort", "after")}

    @property
    def left_out(self) -> list[str]:
        """The names of choices in the address that are not known here."""
        return [str(self.fields[name].label or name) for name in self.errors if name in self.fields]

    @property
    def bar(self) -> list[dict[str, Any]]:
        """The fields that stand in the bar, as components/filter_bar.html takes them."""
        return [self.control(name) for name in self.shown]

    def control(self, name: str) -> dict[str, Any]:
        """Return a field as components/filter_bar.html takes it; for the order the list's own stands for none."""
        if name == "sort":
            orders = dict.fromkeys([*self.sorts, self.order])
            said = [(key, str(ordering.order_said(key)).capitalize()) for key in orders]
            return {"name": name, "label": self.fields[name].label, "value": self.order, "choices": said}
        field = self.fields[name]
        value = self.cleaned_data.get(name, "")
        return {"name": name, "label": field.label, "value": value, "choices": getattr(field, "choices", None)}

    @property
    def carried(self) -> list[dict[str, str]]:
        """What the address says that has no control in the bar and must not get lost."""
        return [{"name": name, "value": self.data[name]} for name in self.hidden if self.data.get(name)]

    @property
    def chips(self) -> list[dict[str, str]]:
        """The words and the address without it of each choice made, to be taken off one by one."""
        return [{"words": self.said(name, value), "url": self.without(name)} for name, value in self.active.items()]

    @property
    def cleared(self) -> str:
        """The address without any choice."""
        return self.without(*self.active)

    def without(self, *names: str) -> str:
        """Return the query of the same page with some choices taken off, from its top."""
        parts = [part for name in names for part in self.parts.get(name, ())]
        return self.adding(**dict.fromkeys([*names, *parts]))

    def adding(self, **choices: Any) -> str:
        """Return the query of the same page with some choices set (None: taken off), from its top."""
        query = self.data.copy()
        for name, value in {"after": None, **choices}.items():
            if value is None:
                query.pop(name, None)
            else:
                query[name] = value
        return f"?{query.urlencode()}"

    @property
    def order_said(self) -> str:
        return str(ordering.order_said(self.order))

    def said(self, name: str, value: Any) -> str:
        """Return a choice in words."""
        if name == "q":
            return _("“%(words)s”") % {"words": value}
        return str(dict(self.fields[name].choices).get(value, value))

    def head(self, name: str) -> dict[str, str]:
        """Return what components/sort_header.html says at the head of a column that sorts."""
        current, turned = self.order.removeprefix("-") == name, self.order.startswith("-")
        return {
            "words": str(ordering.ORDERS[name].label),
            "url": f"{self.adding(sort=f'-{name}' if current and not turned else name)}#sites",
            "sorted": ("descending" if turned else "ascending") if current else "",
        }

    def filter(self, plans: QuerySet[Plan], *, but: str = "") -> QuerySet[Plan]:
        """Return the plans of the sites that were asked for, whatever was said in the field `but`."""
        return plans.filter(self.conditions(but=but))

    def conditions(self, *, but: str = "") -> Q:
        """Return all choices but those of one field as one condition on Plan."""
        found = Q()
        for name, value in self.active.items():
            if name != but:
                found &= self.condition(name, value)
        return found

    def condition(self, name: str, value: Any) -> Q:
        """Return one choice as a condition on Plan."""
        if name == "q":
            found = Q()
            for path in SEARCHED:
                found |= Q(**{f"{path}__icontains": value})
            return found
        if name == "where":
            return where(value)
        if name == "state":
            return STATES[value][1](self.program, self.on)
        return Q(**{{"phase": "current_phase", "setting": "site__place__setting"}[name]: value})


class BoardFilter(SiteFilter):
    """The filter over one project's sites, whose order is chosen in the bar and which may show all rows at once."""

    size = forms.ChoiceField(required=False, choices=[("", ""), ("all", gettext_lazy("all on one page"))])

    shown = ("phase", "setting", "where", "state", "sort", "q")
    hidden = ("size",)

    @property
    def active(self) -> dict[str, Any]:
        return {name: value for name, value in super().active.items() if name != "size"}

    @property
    def all_rows(self) -> bool:
        return self.cleaned_data.get("size") == "all"


def where(value: str) -> Q:
    """Return the condition that a site lies in a county (its FIPS code) or in one of a region's counties."""
    if value.startswith(REGION):
        return Q(site__place__county__in=regions_counties(value))
    return Q(site__place__county=value)


def regions_counties(value: str) -> QuerySet:
    return Region.counties.through.objects.filter(region=value.removeprefix(REGION)).values("county")


def places_to_choose(options: Options) -> list[tuple[str, str]]:
    """Return regions and counties as choices, the regions first and called so."""
    regions = [(f"{REGION}{key}", _("Region: %(name)s") % {"name": name}) for key, name in options.regions]
    return regions + options.counties
