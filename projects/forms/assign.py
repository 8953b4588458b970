"""Who gets work or when it is due: at one item or step, or over many steps and sites."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import User
from projects import assigning, scheduling
from projects.assigning import Job, To
from projects.choosing import Choice, Outcome
from projects.forms.days import DayField
from projects.models import Plan, Project, Site
from roadmap.models import Phase, RoadmapVersion, Setting, Step, WorkedBy

WHO, SET, SHIFT, CLEAR = "who", "set", "shift", "clear"
ACTS = {
    WHO: gettext_lazy("Give it to somebody"),
    SET: gettext_lazy("Set a date"),
    SHIFT: gettext_lazy("Move the dates"),
    CLEAR: gettext_lazy("Go back to the Roadmap's dates"),
}
NOBODY = "nobody"
FARTHEST = 1000  # days


class ActForm(forms.Form):
    """What is to happen to chosen items: one act, with what it needs. `carry_out` does it, or shows what would come."""

    act = forms.ChoiceField(
        label=gettext_lazy("What do you want to do?"), choices=list(ACTS.items()), widget=forms.RadioSelect
    )
    to = forms.ChoiceField(label=gettext_lazy("To whom?"), required=False)
    on = DayField(label=gettext_lazy("Due on"), required=False)
    days = forms.IntegerField(
        label=gettext_lazy("By how many days? Later: 14. Earlier: -14."),
        required=False,
        min_value=-FARTHEST,
        max_value=FARTHEST,
    )

    def __init__(self, *args: Any, people: Iterable[User], version: RoadmapVersion, **kwargs: Any):
        super().__init__(*args, **kwargs)
        for name in ("to", "on", "days"):
            self.fields[name].widget.attrs["class"] = "form-select" if name == "to" else "form-control"
        self.people = {f"person-{user.pk}": user for user in people}
        self.jobs = {f"job-{key}": Job(key) for key in version.roles}
        jobs = [(f"job-{key}", role["name"]) for key, role in version.roles.items()]
        self.fields["to"].choices = [
            ("", _("Choose a person or a job")),
            (_("People"), [(key, str(user)) for key, user in self.people.items()]),
            (_("Jobs: whoever holds it"), jobs),
            (_("Take it back"), [(NOBODY, _("Nobody"))]),
        ]

    def clean(self) -> dict[str, Any]:
        """Ask for what the chosen act needs, and for nothing else."""
        cleaned = super().clean()
        act = cleaned.get("act")
        if act == WHO and not cleaned.get("to") and "to" not in self.errors:
            self.add_error("to", _("Choose a person or a job."))
        if act == SET and not cleaned.get("on") and "on" not in self.errors:
            self.add_error("on", _("Choose a day."))
        if act == SHIFT and not cleaned.get("days") and "days" not in self.errors:
            self.add_error("days", _("Type a number of days other than 0."))
        return cleaned

    @property
    def changes_dates(self) -> bool:
        return self.cleaned_data["act"] != WHO

    @property
    def to_whom(self) -> To:
        """The person or job chosen; None is nobody."""
        chosen = self.cleaned_data["to"]
        return self.people.get(chosen) or self.jobs.get(chosen)

    @property
    def in_words(self) -> str:
        """What is going to happen, as the heading of a preview says it."""
        cleaned = self.cleaned_data
        if cleaned["act"] == WHO:
            return (
                _("Give to: %(who)s") % {"who": self.said_to} if self.to_whom else _("Take back, so that nobody has it")
            )
        if cleaned["act"] == SET:
            return _("Set the date: %(day)s") % {"day": date_format(cleaned["on"], "D j M Y")}
        if cleaned["act"] == CLEAR:
            return str(ACTS[CLEAR])
        days = cleaned["days"]
        return (_("Move by %(days)s days later") if days > 0 else _("Move by %(days)s days earlier")) % {
            "days": abs(days)
        }

    @property
    def said_to(self) -> str:
        chosen = self.cleaned_data["to"]
        return next(
            (str(label) for _group, some in self.fields["to"].choices[1:] for key, label in some if key == chosen)
        )

    def carry_out(
        self, plan_ids: Iterable[int], choice: Choice, *, by: User, now: dt.datetime, dry_run: bool = False
    ) -> Outcome | None:
        """Do what was asked, or with dry_run show it. A rule that refuses becomes an error of its field, then None."""
        cleaned, common = self.cleaned_data, {"by": by, "now": now, "dry_run": dry_run}
        act = cleaned["act"]
        try:
            if act == WHO:
                return assigning.assign(plan_ids, choice, to=self.to_whom, **common)
            if act == SET:
                return scheduling.set_date(plan_ids, choice, on=cleaned["on"], **common)
            if act == SHIFT:
                return scheduling.shift_dates(plan_ids, choice, days=cleaned["days"], **common)
            return scheduling.clear_dates(plan_ids, choice, **common)
        except ValidationError as error:
            self.add_error({WHO: "to", SET: "on", SHIFT: "days"}.get(act), error)
            return None


class PlaceFilter(forms.Form):
    """Which sites are offered to choose from, read from the address."""

    setting = forms.ChoiceField(label=gettext_lazy("Setting"), required=False)
    phase = forms.ChoiceField(label=gettext_lazy("Phase"), required=False)

    def __init__(self, data: Any, *, plans: Iterable[Plan]):
        super().__init__(data)
        self.plans = list(plans)
        here = {plan.site.place.setting for plan in self.plans if plan.site}
        self.fields["setting"].choices = [("", _("All settings")), *[one for one in Setting.choices if one[0] in here]]
        phases = [(phase.value, phase.plain_name) for phase in Phase]
        self.fields["phase"].choices = [("", _("Any phase")), *phases]
        self.is_valid()

    @property
    def bar(self) -> list[dict[str, Any]]:
        """The fields as components/filter_bar.html takes them."""
        return [
            {"name": name, "label": field.label, "value": self.cleaned_data.get(name, ""), "choices": field.choices}
            for name, field in self.fields.items()
        ]

    @property
    def found(self) -> list[Plan]:
        """The plans that are offered: the team's own, unless a filter asks for sites of a kind."""
        setting, phase = self.cleaned_data.get("setting"), self.cleaned_data.get("phase")
        if not setting and not phase:
            return self.plans
        sites = [plan for plan in self.plans if plan.site]
        return [
            plan
            for plan in sites
            if (not setting or plan.site.place.setting == setting) and (not phase or plan.current_phase == phase)
        ]


class ManyForm(ActForm):
    """An act over chosen steps at chosen sites, or over everything that one person holds in the project."""

    steps = forms.MultipleChoiceField(
        label=gettext_lazy("Which steps?"), required=False, widget=forms.CheckboxSelectMultiple
    )
    plans = forms.MultipleChoiceField(
        label=gettext_lazy("At which sites?"), required=False, widget=forms.CheckboxSelectMultiple
    )
    all_plans = forms.BooleanField(required=False)
    shown = forms.MultipleChoiceField(required=False, widget=forms.MultipleHiddenInput)  # what "all" stands for
    held_by = forms.ChoiceField(required=False, widget=forms.HiddenInput)

    def __init__(
        self, *args: Any, project: Project, plans: list[Plan], offered: list[Plan], left: Iterable[User], **kwargs: Any
    ):
        super().__init__(*args, people=assigning.people_in(project), version=project.version, **kwargs)
        self.offered = offered
        self.left = {str(user.pk): user for user in left}
        self.step_rows = list(Step.objects.filter(version=project.version).only("key", "name", "phase", "worked_by"))
        self.fields["steps"].choices = [(step.key, step.name) for step in self.step_rows]
        self.fields["plans"].choices = [(str(plan.pk), str(plan)) for plan in plans]
        self.fields["shown"].choices = self.fields["plans"].choices
        self.all_ids = [plan.pk for plan in plans]
        self.fields["held_by"].choices = [("", ""), *[(key, str(user)) for key, user in self.left.items()]]

    def clean(self) -> dict[str, Any]:
        """Ask for steps and sites, unless the act is about what somebody holds."""
        cleaned = super().clean()
        if cleaned.get("held_by") or "held_by" in self.errors:
            return cleaned
        if not cleaned.get("steps") and "steps" not in self.errors:
            self.add_error("steps", _("Choose at least one step."))
        if not any(self.plan_ids_of(cleaned)) and not {"plans", "shown"} & set(self.errors):
            self.add_error("plans", _("Choose at least one site."))
        return cleaned

    @property
    def holder(self) -> User | None:
        """The person whose items this is about, where it is about a person's."""
        value = self.data.get("held_by") or self.initial.get("held_by")
        return self.left.get(str(value)) if value else None

    @property
    def phases(self) -> list[tuple[Phase, list[dict[str, Any]]]]:
        """The steps to choose from, by phase, each with whether it is chosen and whose plan it stands in."""
        picked = set(self.data.getlist("steps")) if self.is_bound else set()
        return [
            (
                phase,
                [
                    {"step": step, "checked": step.key in picked, "team": step.worked_by == WorkedBy.PROJECT}
                    for step in self.step_rows
                    if step.phase == phase
                ],
            )
            for phase in Phase
        ]

    @property
    def places(self) -> list[dict[str, Any]]:
        """The plans to choose from, each with whether it is chosen."""
        picked = set(self.data.getlist("plans")) if self.is_bound else set()
        return [{"plan": plan, "checked": str(plan.pk) in picked} for plan in self.offered]

    @property
    def plan_ids(self) -> list[int]:
        """The ids of the plans that the act is about."""
        return self.plan_ids_of(self.cleaned_data)

    def plan_ids_of(self, cleaned: dict[str, Any]) -> list[int]:
        if cleaned.get("held_by"):
            return self.all_ids
        picked = cleaned.get("shown") if cleaned.get("all_plans") else cleaned.get("plans")
        return [int(pk) for pk in picked or []]

    @property
    def choice(self) -> Choice:
        cleaned = self.cleaned_data
        if cleaned.get("held_by"):
            return Choice(held_by=int(cleaned["held_by"]))
        return Choice(steps=frozenset(cleaned["steps"]))

    @property
    def hidden(self) -> list[dict[str, Any]]:
        """What a preview carries on to be applied: exactly what it showed, sites by id."""
        cleaned = self.cleaned_data
        single = {name: cleaned.get(name) for name in ("act", "to", "on", "days", "held_by")}
        rows = [{"name": name, "value": value} for name, value in single.items() if value not in (None, "")]
        rows += [{"name": "steps", "value": key} for key in cleaned["steps"]]
        if not cleaned.get("held_by"):
            rows += [{"name": "plans", "value": pk} for pk in self.plan_ids]
        return rows


def offered_plans(project: Project) -> list[Plan]:
    """Return the plans of a project that work can be given in: the team's and those of sites that are not over."""
    plans = Plan.objects.filter(project=project).exclude(site__status__in=Site.OVER)
    return list(plans.select_related("site__place").order_by("site__name"))
