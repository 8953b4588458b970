"""Forms about rounds of double coding."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from interviews.agreeing import readable
from interviews.comparing import UNITS
from interviews.models import AgreementRound, Study


class RoundForm(forms.Form):
    """A round to be opened: who codes which interviews, and in which units they are compared."""

    name = forms.CharField(label=_("Name"), max_length=120)
    coders = forms.TypedMultipleChoiceField(
        label=_("Who codes"),
        coerce=int,
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("At least two. Until the round is closed they do not see each other's codings in its interviews."),
    )
    how = forms.ChoiceField(
        label=_("Which interviews"),
        choices=[
            ("share", _("a share, chosen at random from those that were in no round yet")),
            ("hand", _("those that I tick")),
        ],
        initial="share",
        widget=forms.RadioSelect,
    )
    share = forms.IntegerField(label=_("Share, in percent"), min_value=1, max_value=100, initial=20, required=False)
    transcripts = forms.TypedMultipleChoiceField(
        label=_("Interviews"),
        coerce=int,
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("“Coded before”: it was in a round, so that you have seen each other's codings there."),
    )
    unit = forms.ChoiceField(
        label=_("What is compared"),
        choices=UNITS.items(),
        initial=AgreementRound.Unit.PARAGRAPH,
        widget=forms.RadioSelect,
    )

    def __init__(self, *args: Any, study: Study, **kwargs: Any):
        super().__init__(*args, **kwargs)
        members = study.members.active().select_related("user").order_by("user__name")
        self.people = {member.user_id: member.user for member in members}
        self.fields["coders"].choices = [(pk, str(person)) for pk, person in self.people.items()]
        if len(self.people) == 2:
            self.fields["coders"].initial = list(self.people)
        rows = readable(study).defer("text", "turns", "masks").order_by("interview__participant__pseudonym", "pk")
        twice = set(study.agreement_rounds.values_list("transcripts", flat=True))
        self.fields["transcripts"].choices = [
            (one.pk, _("%(who)s, coded before") % {"who": one.interview.participant} if one.pk in twice else str(one))
            for one in rows
        ]
        self.fields["name"].initial = _("Round %(number)s") % {"number": study.agreement_rounds.count() + 1}

    def clean(self) -> dict[str, Any]:
        said = super().clean() or {}
        if said.get("how") == "share" and not said.get("share") and "share" not in self.errors:
            self.add_error("share", _("Say how many percent."))
        return said

    @property
    def said(self) -> dict[str, Any]:
        """What the verb takes."""
        said = self.cleaned_data
        by_share = said["how"] == "share"
        return {
            "name": said["name"],
            "unit": said["unit"],
            "coders": [self.people[pk] for pk in said["coders"]],
            "transcripts": () if by_share else said["transcripts"],
            "share": said["share"] if by_share else None,
        }


class SettleForm(forms.Form):
    """A place in a text of one revision at which coders differ about a code, and whether the code belongs there."""

    transcript = forms.IntegerField(min_value=1)
    code = forms.IntegerField(min_value=1)
    start = forms.IntegerField(min_value=0)
    end = forms.IntegerField(min_value=1)
    revision = forms.IntegerField(min_value=1)
    applies = forms.TypedChoiceField(choices=[("1", ""), ("0", "")], coerce=lambda value: value == "1")
    why = forms.CharField(max_length=1000, required=False)


class PlacesForm(forms.Form):
    """Which places are shown: of one code, also those that are settled, and from which number on."""

    code = forms.IntegerField(min_value=1, required=False)
    show = forms.ChoiceField(choices=[("", _("still open")), ("all", _("all, also settled"))], required=False)
    after = forms.IntegerField(min_value=0, required=False)
    before = forms.IntegerField(min_value=0, required=False)

    @property
    def shown(self) -> str:
        return self.cleaned_data.get("show", "") if self.is_valid() else ""

    @property
    def asked(self) -> dict[str, Any]:
        """What the read takes; an address that cannot be understood asks for nothing."""
        said = self.cleaned_data if self.is_valid() else {}
        after, before = said.get("after") or 0, said.get("before") or 0
        return {"code": said.get("code"), "unsettled": self.shown != "all", "after": after, "before": before}
