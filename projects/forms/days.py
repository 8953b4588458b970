"""Days as people type them."""

import datetime as dt

from django import forms
from django.core.validators import MaxValueValidator, MinValueValidator
from django.utils.translation import gettext_lazy as _

EARLIEST, LATEST = dt.date(2000, 1, 1), dt.date(2099, 12, 31)
CHECK_THE_YEAR = _("Check the year. It must lie between 2000 and 2099.")


class DayField(forms.DateField):
    """A day of our time. A year such as 0026 or 9999 is a slip, and dates counted from it could not be kept."""

    widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    default_validators = [MinValueValidator(EARLIEST, CHECK_THE_YEAR), MaxValueValidator(LATEST, CHECK_THE_YEAR)]
