"""Forms about names in a transcript, and about the end of files and key."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from interviews.deidentifying import Pick, Suggestion
from projects.forms.days import DayField


class NamesForm(forms.Form):
    """What was found in a text of one `revision`: at which places it is replaced, and by what."""

    revision = forms.IntegerField(widget=forms.HiddenInput)
    also = forms.CharField(
        label=_("Other words that name somebody, with commas between"), max_length=200, required=False
    )

    def __init__(self, *args: Any, groups: list[Suggestion], **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.groups = groups
        for number, group in enumerate(groups):
            places = [f"{place.start}-{place.end}" for place in group.places]
            self.fields[f"as-{number}"] = forms.CharField(max_length=40, required=False, initial=group.placeholder)
            self.fields[f"places-{number}"] = forms.MultipleChoiceField(
                choices=[(one, one) for one in places], required=False, initial=places if group.sure else []
            )

    @property
    def cards(self) -> list[dict[str, Any]]:
        """A card for each group: its words, the box for the placeholder, and its places with their ticks."""
        cards = []
        for number, group in enumerate(self.groups):
            ticked = set(self[f"places-{number}"].value() or [])
            places = [(place, f"{place.start}-{place.end}" in ticked) for place in group.places]
            names = {"number": number, "as": self[f"as-{number}"], "name": f"places-{number}"}
            cards.append({"group": group, "places": places, **names})
        return cards

    def picks(self, only: str = "") -> list[Pick]:
        """Return what is to be replaced, as the verb takes it: the ticked places, or all of a group (its number)."""
        chosen: list[Pick] = []
        for number, group in enumerate(self.groups):
            placeholder = self.cleaned_data[f"as-{number}"].strip()
            fresh = group.fresh and placeholder == group.placeholder
            ticked = self.cleaned_data[f"places-{number}"]
            chosen += [
                Pick(place.start, place.end, group.kind, placeholder, fresh)
                for place in group.places
                if (only == str(number) if only else f"{place.start}-{place.end}" in ticked)
            ]
        return chosen


class TextForm(forms.Form):
    """A place in a text of one revision."""

    revision = forms.IntegerField()
    start = forms.IntegerField(min_value=0, required=False)
    cleared = forms.BooleanField(required=False)


class ProtectionForm(forms.Form):
    """Who reads a text before it names nobody, and when files and key end."""

    open_text = forms.BooleanField(
        label=_("Everybody in the study may read transcripts before names are replaced"), required=False
    )
    destroy_on = DayField(
        label=_("Destroy files and key on"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        help_text=_("The files of the transcripts and the words of the key are emptied on that day. Texts stay."),
    )
