"""One event at many sites: what happened, where, when, and what comes along with it."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import User
from projects import catch_up_grid, own_rows
from projects.catching_up import Address, Cell, Manner, Told, record_many
from projects.day_cells import EXPECTED, NOT_DONE, Said, from_code, read
from projects.forms.board import SiteFilter
from projects.models import Plan, Project
from projects.own_rows import OwnRow
from roadmap.models import Item, Phase, Step

DAY_OF = "on-"  # and the plan's id: a date for one site alone


@dataclass(frozen=True)
class Place:
    """A site to choose, with whether it is chosen and the date typed for it alone."""

    plan: Plan
    checked: bool
    day: str
    error: str

    @property
    def key(self) -> str:
        return str(self.plan.pk)


class RecordFilter(SiteFilter):
    """Which sites are offered, asked for in the same words as on the board."""

    sorts: tuple[str, ...] = ("name",)
    hidden: tuple[str, ...] = ()


class RecordForm(forms.Form):
    """What happened at which sites and when. `carry_out` records it, or shows what would come of it."""

    what = forms.MultipleChoiceField(
        label=gettext_lazy("What happened?"),
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": gettext_lazy("Choose at least one milestone or action.")},
    )
    plans = forms.MultipleChoiceField(
        label=gettext_lazy("At which sites?"), required=False, widget=forms.CheckboxSelectMultiple
    )
    all_plans = forms.BooleanField(required=False)
    shown = forms.MultipleChoiceField(required=False, widget=forms.MultipleHiddenInput)  # what "all" stands for
    on = forms.CharField(
        label=gettext_lazy("When?"),
        required=False,
        max_length=60,
        help_text=gettext_lazy(
            "A date as 11/4/2026 or 4 Nov 2026, a month as Nov 2026, or x when nobody knows the day."
        ),
        widget=forms.TextInput(attrs={"class": "form-control", "autocomplete": "off"}),
    )
    actions_too = forms.BooleanField(
        label=gettext_lazy("Mark the open actions on the way to it done too"),
        required=False,
        widget=forms.CheckboxInput(attrs={"class": "form-check-input"}),
    )
    redate = forms.BooleanField(
        label=gettext_lazy("Also change the date where it is recorded already"),
        required=False,
        widget=forms.CheckboxInput(attrs={"class": "form-check-input"}),
    )

    def __init__(self, *args: Any, project: Project, plans: list[Plan], offered: list[Plan], **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.project, self.offered = project, offered
        self.by_id = {str(plan.pk): plan for plan in plans}
        self.items = [
            *catch_up_grid.items_of(project, Item.Kind.MILESTONE),
            *catch_up_grid.items_of(project, Item.Kind.ACTION),
            *(row for row in own_rows.own_rows_of(project) if not row.alone),
        ]
        self.fields["what"].choices = [(item.key, item.text) for item in self.items]
        self.fields["plans"].choices = [(pk, str(plan)) for pk, plan in self.by_id.items()]
        self.fields["shown"].choices = self.fields["plans"].choices
        self.day_errors: dict[str, str] = {}

    def clean(self) -> dict[str, Any]:
        """Read the dates and ask for one wherever a chosen site has none of its own."""
        cleaned = super().clean()
        days = {pk: self.day_of(pk) for pk in self.by_id if self.data.get(f"{DAY_OF}{pk}", "").strip()}
        chosen = cleaned.get("shown") if cleaned.get("all_plans") else cleaned.get("plans")
        cleaned["chosen"] = [*dict.fromkeys([*(chosen or []), *days])]
        if not cleaned["chosen"] and not {"plans", "shown"} & set(self.errors):
            self.add_error("plans", _("Choose at least one site."))
        common = self.happened("on", cleaned.get("on", ""))
        if self.day_errors:
            self.add_error("plans", _("Look again at the dates of: %(sites)s.") % {"sites": self.sites_in_error})
        if common is None and "on" not in self.errors and set(cleaned["chosen"]) - set(days):
            self.add_error("on", _("Say when it happened. %(expected)s") % {"expected": EXPECTED})
        cleaned["days"] = {pk: days.get(pk) or common for pk in cleaned["chosen"]}
        return cleaned

    @property
    def sites_in_error(self) -> str:
        return ", ".join(str(self.by_id[pk]) for pk in self.day_errors)

    def day_of(self, pk: str) -> Said | None:
        """Return the date typed for one site alone; a fault is kept for its row."""
        try:
            return done(read(self.data[f"{DAY_OF}{pk}"]))
        except ValueError as error:
            self.day_errors[pk] = str(error)
            return None

    def happened(self, name: str, value: str) -> Said | None:
        try:
            return done(read(value)) if value.strip() else None
        except ValueError as error:
            self.add_error(name, str(error))
            return None

    @property
    def phases(self) -> list[tuple[Phase, list[dict[str, Any]]]]:
        """What can be chosen, by phase and step, milestones before actions; a step with something chosen is open."""
        picked = set(self.data.getlist("what")) if self.is_bound else set(self.initial.get("what", ()))
        steps: list[Step] = sorted({item.step for item in self.items}, key=lambda step: step.position)
        return [
            (phase, [self.step_choices(step, picked) for step in steps if step.phase == phase])
            for phase in Phase
            if any(step.phase == phase for step in steps)
        ]

    def step_choices(self, step: Step, picked: set[str]) -> dict[str, Any]:
        items = [item for item in self.items if item.step == step]
        return {
            "step": step,
            "open": step.key == self.initial.get("step") or any(item.key in picked for item in items),
            "items": [{"item": item, "checked": item.key in picked, "own": isinstance(item, OwnRow)} for item in items],
        }

    @property
    def boxes(self) -> list[forms.BoundField]:
        """What comes along with it, each to be ticked."""
        return [self["actions_too"], self["redate"]]

    @property
    def places(self) -> list[Place]:
        """The sites that are offered, each with whether it is chosen and its own date."""
        picked = set(self.data.getlist("plans")) if self.is_bound else set(self.initial.get("plans", ()))
        return [
            Place(plan, pk in picked, self.data.get(f"{DAY_OF}{pk}", ""), self.day_errors.get(pk, ""))
            for plan in self.offered
            if (pk := str(plan.pk))
        ]

    @property
    def cells(self) -> list[Cell]:
        """What is said of each chosen item at each chosen site, and what a preview found there."""
        looked = "seen" in self.data
        found = {address: said for line in self.data.get("seen", "").split() for address, said in [seen_in(line)]}
        return [
            Cell(pk, key, said, found.get((pk, key), NOT_DONE) if looked else None, said.words)
            for pk, said in ((int(pk), said) for pk, said in self.cleaned_data["days"].items())
            for key in self.cleaned_data["what"]
        ]

    def carry_out(self, *, by: User, now: dt.datetime, dry_run: bool = False) -> Told:
        """Record it, or with dry_run show what would come of it."""
        cleaned = self.cleaned_data
        manner = Manner(keeps_done=not cleaned["redate"], skips_others=True, actions_too=cleaned["actions_too"])
        return record_many(self.project, self.cells, by=by, now=now, manner=manner, dry_run=dry_run)

    def carried_on(self, told: Told) -> list[dict[str, Any]]:
        """What a preview carries on to be applied: what was chosen, and what it found done already."""
        cleaned = self.cleaned_data
        rows = [{"name": "what", "value": key} for key in cleaned["what"]]
        rows += [{"name": "plans", "value": pk} for pk in cleaned["chosen"]]
        rows += [{"name": name, "value": "on"} for name in ("actions_too", "redate") if cleaned[name]]
        rows += [{"name": "on", "value": cleaned["on"]}]
        own = [(f"{DAY_OF}{pk}", self.data.get(f"{DAY_OF}{pk}", "")) for pk in cleaned["chosen"]]
        rows += [{"name": name, "value": value} for name, value in own if value.strip()]
        found = " ".join(f"{pk}:{key}:{said.code}" for (pk, key), said in told.found.items())
        return [*rows, {"name": "seen", "value": found}]


def seen_in(line: str) -> tuple[Address, Said]:
    """Return a cell and what a preview found in it, from the words a form carried."""
    plan_id, _colon, rest = line.partition(":")
    key, _colon, code = rest.partition(":")
    return (int(plan_id) if plan_id.isdecimal() else 0, key), from_code(code)


def done(said: Said) -> Said:
    """Return what was read; raises ValueError in words where it says that nothing happened."""
    if not said.done:
        raise ValueError(_("Say when it happened. %(expected)s") % {"expected": EXPECTED})
    return said
