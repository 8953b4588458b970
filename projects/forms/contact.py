"""Keeping a call, visit or message."""

from django import forms
from django.utils.translation import gettext_lazy as _

from projects.forms.days import DayField
from projects.models import Contact

NO_DATE = _("This is not a date. Write it like 2026-12-04 or 12/4/2026.")


class ContactForm(forms.ModelForm):
    class Meta:
        model = Contact
        fields = ["on", "note", "next_on"]
        field_classes = {"on": DayField, "next_on": DayField}
        widgets = {
            "note": forms.Textarea(attrs={"rows": 2}),
        }
        error_messages = {
            "on": {"invalid": NO_DATE, "required": _("Say on which day it was.")},
            "next_on": {"invalid": NO_DATE},
        }
