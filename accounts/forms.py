import functools
import zoneinfo
from collections.abc import Iterator
from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import User

HERE = [
    ("America/New_York", gettext_lazy("Eastern time")),
    ("America/Detroit", gettext_lazy("Eastern time, Michigan")),
    ("America/Chicago", gettext_lazy("Central time")),
    ("America/Denver", gettext_lazy("Mountain time")),
    ("America/Phoenix", gettext_lazy("Mountain time, Arizona")),
    ("America/Los_Angeles", gettext_lazy("Pacific time")),
    ("America/Anchorage", gettext_lazy("Alaska time")),
    ("Pacific/Honolulu", gettext_lazy("Hawaii time")),
]


def zone_choices() -> Iterator[tuple[str, object]]:
    """Give the zones for a select: this installation's own, those of the United States in words, then all."""
    yield "", _("As here: %s") % settings.TIME_ZONE
    yield _("United States"), [(zone, f"{words} ({zone})") for zone, words in HERE]
    yield (
        _("Everywhere"),
        [(zone, zone.replace("_", " ")) for zone in all_zones()],
    )


@functools.cache
def all_zones() -> list[str]:
    """Return the names of all zones; finding them reads hundreds of files, so it is done once."""
    return sorted(zone for zone in zoneinfo.available_timezones() if "/" in zone)


class ProfileForm(forms.ModelForm):
    time_zone = forms.ChoiceField(label=gettext_lazy("Time zone"), choices=zone_choices, required=False)

    class Meta:
        model = User
        fields = ["name", "phone", "time_zone", "theme", "single_keys"]
        widgets = {
            "name": forms.TextInput(attrs={"autocomplete": "name"}),
            "phone": forms.TextInput(attrs={"autocomplete": "tel", "type": "tel"}),
            "theme": forms.RadioSelect,
        }
        help_texts = {
            "name": gettext_lazy("Your teams see it beside what you did."),
            "phone": gettext_lazy("Your teams can see it. You may leave it empty."),
            "single_keys": gettext_lazy("/ finds, j and k move in lists, x ticks. Turn this off if keys surprise you."),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["name"].required = True
