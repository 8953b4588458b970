"""Who does what at a site: every job of the Roadmap on one form."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from projects import people
from projects.duties import Holder
from projects.models import Site
from projects.who import SiteJob

NO_ONE, TEAM, NAME = "", "team", "name"


class SiteJobsForm(forms.Form):
    """For each job a person, the project's team, a name without an account, or no one yet."""

    def __init__(self, *args: Any, site: Site, jobs: Sequence[SiteJob], **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.jobs = jobs
        self.people = {str(person.pk): person for person in people.candidates(site)}
        for one in jobs:
            key, duty = one.job.key, one.job.duty
            left = _("No one yet")
            if one.project_duty:
                left = _("As in the project: %(who)s") % {"who": one.project_duty.holder}
            choices = [(NO_ONE, left), (TEAM, _("The project team")), (NAME, _("Somebody without an account"))]
            who = forms.ChoiceField(required=False, choices=[*choices, *self.people.items()], label=one.job.name)
            if duty:
                who.initial = TEAM if duty.team else NAME if duty.name else str(duty.user_id or "")
            self.fields[f"who-{key}"] = who
            self.fields[f"name-{key}"] = forms.CharField(
                label=_("Name"), max_length=120, required=False, initial=duty.name if duty else ""
            )
            self.fields[f"phone-{key}"] = forms.CharField(
                label=_("Phone"), max_length=40, required=False, initial=duty.phone if duty else ""
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
            {"one": one, **{name: self[f"{name}-{one.job.key}"] for name in ("who", "name", "phone")}}
            for one in self.jobs
        ]

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
        return Holder(user=self.people[who], phone=phone) if who else Holder()
