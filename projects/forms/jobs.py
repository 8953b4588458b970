"""Who does what at a site: every job of the Roadmap on one form."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from projects import people
from projects.duties import Holder, holder_of
from projects.models import Site
from projects.who import SiteJob

NO_ONE, TEAM, NAME = "", "team", "name"


class SiteJobsForm(forms.Form):
    """For each job a person, the project's team, a name without an account, or no one yet."""

    def __init__(self, *args: Any, site: Site, jobs: Sequence[SiteJob], **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.jobs = jobs
        self.people = {str(person.pk): person for person in people.candidates(site)}
        self.held = {one.job.key: one.job.duty.user for one in jobs if one.job.duty}
        for one in jobs:
            key, duty = one.job.key, one.job.duty
            left = _("No one yet")
            if one.job.project_duty:
                left = _("As in the project: %(who)s") % {"who": one.job.project_duty.holder}
            choices = [(NO_ONE, left), (TEAM, _("The project team")), (NAME, _("Somebody without an account"))]
            if duty and duty.user and str(duty.user_id) not in self.people:
                choices.append((str(duty.user_id), _("%(who)s (cannot do it any more)") % {"who": duty.user}))
            who = forms.ChoiceField(required=False, choices=[*choices, *self.people.items()], label=one.job.name)
            who.initial = choice_of(holder_of(duty))
            self.fields[f"who-{key}"] = who
            self.fields[f"name-{key}"] = forms.CharField(
                label=_("Name"), max_length=120, required=False, initial=duty.name if duty else ""
            )
            self.fields[f"phone-{key}"] = forms.CharField(
                label=_("Phone"), max_length=40, required=False, initial=duty.phone if duty else ""
            )
            self.fields[f"seen-{key}"] = forms.CharField(
                required=False, widget=forms.HiddenInput, initial=holder_of(duty).code
            )

    def clean(self) -> dict[str, Any]:
        said = super().clean() or {}
        for one in self.jobs:
            key = one.job.key
            if said.get(f"who-{key}") == NAME and not said.get(f"name-{key}"):
                self.add_error(f"name-{key}", _("Write the name."))
        return said

    @property
    def rows(self) -> list[dict[str, Any]]:
        """Each job with its fields, for the page."""
        return [
            {"one": one, **{name: self[f"{name}-{one.job.key}"] for name in ("who", "name", "phone", "seen")}}
            for one in self.jobs
        ]

    def seen(self) -> dict[str, str]:
        """Return who had each job when the form was made, as codes of Holder. Call after `is_valid`."""
        codes = {one.job.key: self.cleaned_data[f"seen-{one.job.key}"] for one in self.jobs}
        return {key: code for key, code in codes.items() if code}

    def with_news(self, now: Mapping[str, Holder]) -> dict[str, Any]:
        """Return what was typed, beside who has some jobs now; where nothing was typed, that. Call after `is_valid`."""
        data = self.data.dict()
        for key, holder in now.items():
            if self.holder(key).code == data[f"seen-{key}"]:
                news = {"who": choice_of(holder), "name": holder.name, "phone": holder.phone}
                data |= {f"{name}-{key}": value for name, value in news.items()}
            data[f"seen-{key}"] = holder.code
        return data

    def holders(self) -> dict[str, Holder]:
        """Return who is to hold each job. Call after `is_valid`."""
        return {one.job.key: self.holder(one.job.key) for one in self.jobs}

    def holder(self, key: str) -> Holder:
        said = self.cleaned_data
        who, phone = said[f"who-{key}"], said[f"phone-{key}"]
        if who == TEAM:
            return Holder(team=True, phone=phone)
        if who == NAME:
            return Holder(name=said[f"name-{key}"], phone=phone)
        if not who:
            return Holder()
        return Holder(user=self.people.get(who) or self.held[key], phone=phone)


def choice_of(holder: Holder) -> str:
    """Return the choice that stands for who holds a job."""
    if holder.team:
        return TEAM
    return NAME if holder.name else str(holder.user.pk) if holder.user else NO_ONE
