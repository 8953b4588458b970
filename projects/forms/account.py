"""What an administrator decides about somebody's account."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

CLOSE, OPEN, FORGET = "close", "open", "forget"


class AccountForm(forms.Form):
    act = forms.ChoiceField(choices=[(CLOSE, CLOSE), (OPEN, OPEN), (FORGET, FORGET)])
    sure = forms.BooleanField(required=False)

    def clean(self) -> dict[str, Any]:
        said = super().clean() or {}
        if said.get("act") == FORGET and not said.get("sure"):
            self.add_error("sure", _("Tick the box to say that you know this cannot be undone."))
        return said
