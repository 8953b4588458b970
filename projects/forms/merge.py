"""Which of two rows that were entered twice stays, and what it takes over from the other."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from projects import merging
from projects.merging import Merged
from projects.models import Organization, Place, Program

PLACE, ORGANIZATION = "place", "organization"


class PairForm(forms.Form):
    """Two places, or two organizations, of a program."""

    what = forms.ChoiceField(choices=[(PLACE, _("Places")), (ORGANIZATION, _("Organizations"))])
    one = forms.ModelChoiceField(queryset=Place.objects.none(), label=_("One"))
    other = forms.ModelChoiceField(queryset=Place.objects.none(), label=_("The other"))

    def __init__(self, data: Any, *, program: Program):
        super().__init__(data)
        organizations = program.organizations.standing()
        places = Place.objects.standing().filter(organization__program=program)
        rows = organizations if data.get("what") == ORGANIZATION else places.select_related("organization", "county")
        for name in ("one", "other"):
            self.fields[name].queryset = rows
            self.fields[name].error_messages["invalid_choice"] = _("This is not there any more. Choose again.")

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if cleaned.get("one") and cleaned.get("one") == cleaned.get("other"):
            self.add_error("other", _("Choose two different ones."))
        return cleaned

    @property
    def pair(self) -> list[Place] | list[Organization]:
        return [self.cleaned_data["one"], self.cleaned_data["other"]]


class MergeForm(forms.Form):
    """Which of a pair stays and under which name. `carry_out` makes them one, or shows what would come of it."""

    stays = forms.ChoiceField(
        label=_("Which one stays?"),
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose the one that stays.")},
    )
    name = forms.BooleanField(label=_("It takes the other's name"), required=False)
    address = forms.BooleanField(label=_("It takes the other's address"), required=False)

    def __init__(self, *args: Any, pair: list[Place] | list[Organization], **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.pair = pair
        self.fields["stays"].choices = [(str(one.pk), str(one)) for one in pair]
        if isinstance(pair[0], Organization):
            del self.fields["address"]

    def carry_out(self, *, by: User, now: dt.datetime, dry_run: bool = False) -> Merged | None:
        """Make them one, or with dry_run show it. A rule that refuses becomes an error of the form, then None."""
        kept, gone = sorted(self.pair, key=lambda one: str(one.pk) != self.cleaned_data["stays"])
        take = [name for name in merging.TAKEN_OVER if self.cleaned_data.get(name)]
        verb: Any = merging.merge_places if isinstance(kept, Place) else merging.merge_organizations
        try:
            return verb(gone, kept, take=take, by=by, now=now, dry_run=dry_run)
        except ValidationError as error:
            self.add_error(None, error)
            return None
