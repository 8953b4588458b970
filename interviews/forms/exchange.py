"""Forms about what comes into a study from other programs, and what leaves it for them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django import forms
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from interviews.exchange.intake_people import Choices
from interviews.exchange.kinds import READERS, kind_of
from interviews.exchange.leaving import Leaving
from interviews.exchange.outgoing import Wishes
from interviews.models import RoleGroup


class BringForm(forms.Form):
    """A file of another program. What it is shows in it; its name does not count."""

    file = forms.FileField(
        label=_("The file"),
        widget=forms.ClearableFileInput(attrs={"accept": ",".join(kind.suffix for kind in READERS.values())}),
        error_messages={"empty": _("This file is empty."), "required": _("Choose a file first.")},
    )

    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        kinds = {f"{kind.suffix} ({kind.words})": None for kind in READERS.values()}
        self.fields["file"].help_text = _now("%(kinds)s. At most %(most)s MB.") % {
            "kinds": ", ".join(kinds),
            "most": max(kind.most_bytes for kind in READERS.values()) // (1024 * 1024),
        }

    def clean_file(self):
        """Return the file once it is known of which kind it is; one that is too large is not read."""
        upload = self.cleaned_data["file"]
        most = max(kind.most_bytes for kind in READERS.values())
        if upload.size > most:
            raise forms.ValidationError(
                _("This file is larger than %(most)s MB. Leave out sound, films and pictures.")
                % {"most": most // (1024 * 1024)}
            )
        kind_of(upload)
        return upload


class ChoicesForm(forms.Form):
    """What a person says of a file that was looked at: role groups, and whether its texts name nobody."""

    role_variable = forms.ChoiceField(label=_("Take role groups from"), required=False)
    role_group = forms.ChoiceField(
        label=_("Role group of those of whom the file says none"),
        choices=RoleGroup.choices,
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose a role group.")},
    )
    cleared = forms.BooleanField(
        label=_("Somebody has checked that these texts name nobody"),
        required=False,
        help_text=_("Until somebody says so, only you and owners of the study read them."),
    )
    token = forms.CharField(max_length=300, widget=forms.HiddenInput)

    def __init__(self, *args: Any, found: dict[str, Any], **kwargs: Any):
        super().__init__(*args, **kwargs)
        variables = found.get("variables", [])
        says = _now("%(name)s: names one for %(meant)s of %(all)s")
        self.fields["role_variable"].choices = [("", _now("nothing in the file"))] + [
            (one["guid"], says % one) for one in variables
        ]
        if not variables:
            del self.fields["role_variable"]
        if not found.get("without_role"):
            del self.fields["role_group"]
        if not found.get("texts"):
            del self.fields["cleared"]

    @property
    def choices(self) -> Choices:
        """What the verb takes."""
        said = self.cleaned_data
        variable = said.get("role_variable")
        return Choices(said.get("role_group", ""), UUID(variable) if variable else None, said.get("cleared", False))


class WishesForm(forms.Form):
    """What is to be in a project that leaves the study besides texts that name nobody."""

    names = forms.BooleanField(label=_("Coders by name, not by number"), required=False)
    places = forms.BooleanField(
        label=_("Projects, sites and days of the interviews"),
        required=False,
        help_text=_("With the role group they can tell who somebody is."),
    )
    all_texts = forms.BooleanField(
        label=_("Texts of which nobody has said that they name nobody"),
        required=False,
        help_text=_("This study leaves its texts open, so owners may take them."),
    )

    no_quotes = forms.BooleanField(
        label=_("Texts of people who agreed to no quotes: this file is for this study's own researchers only"),
        required=False,
    )

    def __init__(self, *args: Any, whole: bool, unquoted: Sequence[Leaving], **kwargs: Any):
        super().__init__(*args, **kwargs)
        if not whole:
            del self.fields["all_texts"]
        if unquoted:
            said = _now("It concerns %(who)s. They agreed to be heard in this study, and not to be quoted from it.")
            self.fields["no_quotes"].help_text = said % {
                "who": ", ".join(dict.fromkeys(one.participant.pseudonym for one in unquoted))
            }
        else:
            del self.fields["no_quotes"]

    @property
    def wishes(self) -> Wishes:
        return Wishes(**self.cleaned_data)
