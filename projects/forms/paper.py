"""What a printed page is to tell of."""

from django import forms
from django.utils.translation import gettext_lazy as _

from projects.forms.days import DayField


class SinceForm(forms.Form):
    """Since which day: usually that of the last meeting."""

    since = DayField(label=_("What was done since"))
