"""Forms about codes and what is coded with them."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from interviews.codebook import COLOURS
from interviews.models import Code, Study
from interviews.outline import code_choices, outline

COLOUR_NAMES = [_("blue"), _("brown"), _("green"), _("violet"), _("red"), _("teal"), _("olive"), _("grey")]


def codes_in_use(study: Study, *, but: Code | None = None) -> list[tuple[int, str]]:
    """Return the codes in use as choices, those below others set in; one statement."""
    return code_choices([(code, depth) for code, depth in outline(study.codes.in_use()) if code != but])


class NewCodeForm(forms.Form):
    """A code to add."""

    name = forms.CharField(label=_("Name"), max_length=120)
    parent = forms.TypedChoiceField(label=_("Under"), coerce=int, required=False, empty_value=None)

    def __init__(self, *args: Any, study: Study, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.fields["parent"].choices = [("", _("on top")), *codes_in_use(study)]


class CodeForm(forms.ModelForm):
    """What a code is called, means and looks like."""

    revision = forms.IntegerField(widget=forms.HiddenInput)

    class Meta:
        model = Code
        fields = ["name", "definition", "use_when", "not_when", "examples", "colour", "mark", "folder"]
        widgets = {
            name: forms.Textarea(attrs={"rows": 2}) for name in ("definition", "use_when", "not_when", "examples")
        }

    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.fields["colour"] = forms.TypedChoiceField(
            label=_("Colour"), coerce=int, choices=list(zip(COLOURS, COLOUR_NAMES, strict=True))
        )
        self.fields["revision"].initial = self.instance.revision

    def validate_constraints(self) -> None:
        """The verb says in words what the database would refuse."""


class OtherCodeForm(forms.Form):
    """Another code of the study: to stand under, or to be merged into."""

    code = forms.TypedChoiceField(label=_("Code"), coerce=int, required=False, empty_value=None)

    def __init__(self, *args: Any, code: Code, label: str, top: bool, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.fields["code"].label = label
        choices = codes_in_use(code.study, but=code)
        self.fields["code"].choices = [("", _("on top"))] * top + choices
        self.fields["code"].required = not top
        self.fields["code"].initial = code.parent_id if top else None


class SplitForm(forms.Form):
    """A new code, and the passages that it is to have."""

    name = forms.CharField(label=_("Name of the new code"), max_length=120)
    codings = forms.TypedMultipleChoiceField(label=_("Its passages"), coerce=int, widget=forms.CheckboxSelectMultiple)

    def __init__(self, *args: Any, passages: list[Any], **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.fields["codings"].choices = [
            (one.coding.pk, f"{one.coding.transcript.interview.participant}: {one.words[:200]}") for one in passages
        ]


class BeginForm(forms.Form):
    """What a codebook begins with."""

    source = forms.ChoiceField(choices=[("cfir", ""), ("roadmap", ""), ("file", "")])
    file = forms.FileField(required=False, widget=forms.ClearableFileInput(attrs={"accept": ".csv,text/csv"}))

    def clean(self) -> dict[str, Any]:
        said = super().clean() or {}
        if said.get("source") == "file":
            upload = said.get("file")
            if not upload:
                self.add_error("file", _("Choose a file first."))
            elif upload.size > 2 * 1024 * 1024:
                self.add_error("file", _("This file is larger than 2 MB. A codebook needs far less."))
        return said


class CodingForm(forms.Form):
    """A passage of a text of one revision, and the code for it: one that there is, or the name of a new one."""

    start = forms.IntegerField(min_value=0)
    end = forms.IntegerField(min_value=1)
    revision = forms.IntegerField(min_value=1)
    code = forms.IntegerField(min_value=1, required=False)
    name = forms.CharField(max_length=120, required=False)

    def clean(self) -> dict[str, Any]:
        said = super().clean() or {}
        if not said.get("code") and not said.get("name"):
            self.add_error("code", _("Choose a code, or type the name of a new one."))
        return said


class MemoForm(forms.Form):
    """What one thinks about a thing."""

    text = forms.CharField(
        label=_("Your memo"), max_length=10_000, required=False, widget=forms.Textarea(attrs={"rows": 3})
    )
