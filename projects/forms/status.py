"""Saying that a site pauses, stops, is finished, or goes on."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from projects.forms.days import DayField
from projects.models import PlanItem

READ_BY = _("Everybody who can see this site's plan can read it. Do not write about people you serve.")


class StatusForm(forms.Form):
    """From which day, and why."""

    on = DayField(label=_("From which day?"))
    reason = forms.CharField(label=_("Why?"), max_length=300, required=False, help_text=READ_BY)

    def __init__(self, *args: Any, today: dt.date, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.fields["on"].initial = today


class StopForm(StatusForm):
    """What is done before one leaves, and what one learned."""

    lessons = forms.CharField(
        label=_("What would you tell the next site?"),
        max_length=5000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=READ_BY,
    )
    done = forms.TypedMultipleChoiceField(
        label=_("What is done already"), coerce=int, required=False, widget=forms.CheckboxSelectMultiple
    )

    def __init__(self, *args: Any, items: Iterable[PlanItem], **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.fields["done"].choices = [(item.pk, str(item)) for item in items]
        if not self.fields["done"].choices:
            del self.fields["done"]


class ResumeForm(forms.Form):
    """From which day a site goes on, and whether its open dates move by the days it rested."""

    on = DayField(label=_("From which day?"))
    move_dates = forms.BooleanField(
        label=_("Move the open dates by the days the site rested"), required=False, initial=True
    )

    def __init__(self, *args: Any, today: dt.date, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.fields["on"].initial = today
