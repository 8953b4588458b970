"""What a person says about one item: when it happened, or that it does not apply here."""

from django import forms
from django.utils.translation import gettext_lazy as _

from projects.forms.days import DayField
from projects.models import PlanItem


class DoneForm(forms.Form):
    """When something happened. Everything may be left out: then it happened today."""

    on = DayField(
        label=_("Day it happened"),
        required=False,
        error_messages={"invalid": _("This is not a date. Write it like 2026-12-04 or 12/4/2026.")},
    )
    precision = forms.ChoiceField(
        label=_("How well you know the day"),
        required=False,
        choices=[
            (PlanItem.Precision.DAY, _("On this day")),
            (PlanItem.Precision.MONTH, _("Some time in this month")),
            (PlanItem.Precision.UNKNOWN, _("I do not know when")),
        ],
    )
    actions_too = forms.BooleanField(label=_("Mark its open actions done too"), required=False)

    def said(self):
        """Return what `progress.set_done` takes from this form."""
        return {
            "on": self.cleaned_data["on"],
            "precision": self.cleaned_data["precision"] or PlanItem.Precision.DAY,
            "actions_too": self.cleaned_data["actions_too"],
        }


class ApplicableForm(forms.Form):
    """Why an item does not apply here, or that it applies after all."""

    applicable = forms.BooleanField(required=False)
    reason = forms.CharField(
        label=_("Why it does not apply here"),
        max_length=300,
        required=False,
        error_messages={"max_length": _("Keep it under 300 characters.")},
    )
