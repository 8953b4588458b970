"""Saying what is in the way, and what helped."""

from django import forms
from django.utils.translation import gettext_lazy as _

from projects.models import Barrier


class BarrierForm(forms.ModelForm):
    class Meta:
        model = Barrier
        fields = ["text", "stuck", "shared_with_state"]
        widgets = {"text": forms.Textarea(attrs={"rows": 3})}
        error_messages = {"text": {"required": _("Say in a few words what is in the way.")}}

    def said(self):
        """Return what `barriers.report_barrier` takes from this form."""
        return {
            "text": self.cleaned_data["text"],
            "stuck": self.cleaned_data["stuck"],
            "shared": self.cleaned_data["shared_with_state"],
        }


class SolvedForm(forms.Form):
    """What helped; it may be left empty."""

    resolution = forms.CharField(
        label=_("What helped"),
        max_length=2000,
        required=False,
        help_text=_(
            "Whoever reads what was in the way reads this in the story so far. Do not write about people you serve."
        ),
    )
