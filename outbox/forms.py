from typing import Any

from django import forms
from django.utils.dates import WEEKDAYS
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import User
from outbox import kinds
from outbox.models import ReminderPreference

USUAL, CHOSEN = "usual", "chosen"


def hour_choices() -> list[tuple[int, str]]:
    return [(hour, f"{hour % 12 or 12}:00 {'am' if hour < 12 else 'pm'}") for hour in range(24)]


def kind_choices() -> list[tuple[str, object]]:
    return [(kind.name, kind.title) for kind in kinds.unsubscribable()]


class PreferencesForm(forms.ModelForm):
    """When and what a person wants to hear. Days are their role's until they choose their own."""

    when = forms.ChoiceField(
        label=gettext_lazy("On which days"),
        widget=forms.RadioSelect,
        choices=[
            (USUAL, gettext_lazy("The usual days: Mondays for site teams, working days for project leads")),
            (CHOSEN, gettext_lazy("Only the days I choose here")),
        ],
    )
    days = forms.TypedMultipleChoiceField(
        label=gettext_lazy("My days"),
        choices=list(WEEKDAYS.items()),
        coerce=int,
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )
    hour = forms.TypedChoiceField(label=gettext_lazy("Not before"), choices=hour_choices, coerce=int)
    kinds_on = forms.MultipleChoiceField(
        label=gettext_lazy("Send me"), choices=kind_choices, widget=forms.CheckboxSelectMultiple, required=False
    )

    class Meta:
        model = ReminderPreference
        fields = ["hour", "lead_days"]
        labels = {"lead_days": gettext_lazy("Tell me this many days before something is due")}

    field_order = ["when", "days", "hour", "lead_days", "kinds_on"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offered = kinds.unsubscribable()
        if not offered:
            del self.fields["kinds_on"]
        wishes = self.instance
        self.initial["when"] = USUAL if wishes.days is None else CHOSEN
        self.initial["days"] = wishes.days or []
        self.initial["kinds_on"] = [kind.name for kind in offered if kind.name not in wishes.kinds_off]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if cleaned.get("when") == CHOSEN and not cleaned.get("days") and "days" not in self.errors:
            self.add_error("days", _("Choose at least one day, or the usual days. To hear nothing, untick below."))
        return cleaned

    def wishes(self) -> dict[str, Any]:
        """Return what was chosen, as the fields of a ReminderPreference."""
        cleaned = self.cleaned_data
        offered = {kind.name for kind in kinds.unsubscribable()}
        no_longer_offered = set(self.instance.kinds_off) - offered
        return {
            "days": sorted(cleaned["days"]) if cleaned["when"] == CHOSEN else None,
            "hour": cleaned["hour"],
            "lead_days": cleaned["lead_days"],
            "kinds_off": sorted(no_longer_offered | (offered - set(cleaned.get("kinds_on", [])))),
        }


class AddressForm(forms.Form):
    """A new address to sign in with, and the password, so that nobody changes it on a screen left open."""

    email = forms.EmailField(
        label=gettext_lazy("New e-mail address"), widget=forms.EmailInput(attrs={"autocomplete": "email"})
    )
    password = forms.CharField(
        label=gettext_lazy("Your password"),
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )

    def __init__(self, *args: Any, person: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.person = person

    def clean_email(self) -> str:
        address: str = self.cleaned_data["email"].lower()
        if address == self.person.email:
            raise forms.ValidationError(_("You sign in with this address already."))
        return address

    def clean_password(self) -> str:
        password: str = self.cleaned_data["password"]
        if not self.person.check_password(password):
            raise forms.ValidationError(_("This is not your password. Try again."))
        return password
