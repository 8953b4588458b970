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
    also = forms.CharField(label=_("Other words that name somebody"), max_length=200, required=False)

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
            cards.append({"group": group, "as": self[f"as-{number}"], "name": f"places-{number}", "places": places})
        return cards

    @property
    def picks(self) -> list[Pick]:
        """The ticked places, as the verb takes them."""
        picks = []
        for number, group in enumerate(self.groups):
            placeholder = self.cleaned_data[f"as-{number}"].strip()
            for one in self.cleaned_data[f"places-{number}"]:
                start, _dash, end = one.partition("-")
                fresh = group.fresh and placeholder == group.placeholder
                picks.append(Pick(int(start), int(end), group.kind, placeholder, fresh))
        return picks


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
