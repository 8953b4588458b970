"""Forms about a study as a whole: whether interviews are on, beginning one, who is in it, what it wants to hear."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from interviews.models import Approval, RoleGroup, Study
from interviews.studying import heirs, researchers_outside
from projects.models import Project


class ApprovalForm(forms.Form):
    """The statement with which an administrator switches interviews on."""

    purpose = forms.ChoiceField(label=_("These interviews are"), choices=Approval.Purpose, widget=forms.RadioSelect)
    decision = forms.ChoiceField(
        label=_("The IRB's decision"),
        choices=[("", _("Choose, if this is research")), *Approval.Decision.choices],
        required=False,
    )
    number = forms.CharField(label=_("Its number"), max_length=60, required=False)

    def clean(self) -> dict[str, Any]:
        said = super().clean() or {}
        if said.get("purpose") == Approval.Purpose.RESEARCH:
            for name, words in (
                ("decision", _("Research needs the IRB's decision. Choose it.")),
                ("number", _("Research needs the number of the IRB's decision.")),
            ):
                if not said.get(name, "").strip():
                    self.add_error(name, words)
        return said


class StudyForm(forms.ModelForm):
    class Meta:
        model = Study
        fields = ["name", "aim"]
        widgets = {"aim": forms.Textarea(attrs={"rows": 3})}
        help_texts = {"aim": _("One or two sentences that you could read to a participant.")}


class MemberForm(forms.Form):
    """Somebody to take into a study."""

    person = forms.ModelChoiceField(User.objects.none(), label=_("Researcher"), required=False)
    email = forms.EmailField(
        label=_("Or anybody else of this program, by e-mail"),
        required=False,
        help_text=_("The address with which they sign in."),
    )
    owner = forms.BooleanField(
        label=_("Owns the study: says who is in it, and sees how to reach participants"), required=False
    )

    def __init__(self, *args: Any, study: Study, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.fields["person"].queryset = researchers_outside(study)
        self.fields["person"].empty_label = _("Choose")

    def clean(self) -> dict[str, Any]:
        said = super().clean() or {}
        if not self.errors and bool(said.get("person")) == bool(said.get("email")):
            self.add_error("person", _("Choose a researcher, or type an e-mail address."))
        return said

    @property
    def said(self) -> dict[str, Any]:
        """What the verb takes: the address of who was chosen or typed, and whether they own the study."""
        person = self.cleaned_data["person"]
        return {
            "email": person.email if person else self.cleaned_data["email"],
            "owner": self.cleaned_data["owner"],
        }


class OwnerForm(forms.Form):
    """Who is to own a study that everybody who owned it has left."""

    person = forms.ModelChoiceField(
        User.objects.none(), label=_("The new owner"), widget=forms.RadioSelect, empty_label=None
    )

    def __init__(self, *args: Any, study: Study, by: User, **kwargs: Any):
        super().__init__(*args, **kwargs)
        inside = set(study.members.active().values_list("user", flat=True))
        self.fields["person"].queryset = heirs(study, by=by)
        self.fields["person"].label_from_instance = lambda one: (
            _("%(who)s, in the study already") % {"who": one} if one.pk in inside else str(one)
        )


class TargetsForm(forms.Form):
    """A number for each role group in each project, and for people who belong to none."""

    def __init__(self, *args: Any, study: Study, **kwargs: Any):
        super().__init__(*args, **kwargs)
        wanted = {(target.project_id, target.role_group): target.number for target in study.targets.all()}
        self.places: list[tuple[Any, Any]] = [(project.pk, project) for project in projects_of(study)]
        self.places.append((None, _("No project")))
        for pk, place in self.places:
            for group in RoleGroup:
                self.fields[self.name_of(pk, group)] = forms.IntegerField(
                    label=f"{place}, {group.label}",
                    min_value=0,
                    max_value=500,
                    required=False,
                    initial=wanted.get((pk, group.value)),
                )
                self.fields[self.name_of(pk, group)].group_name = group.label

    @staticmethod
    def name_of(project: int | None, group: str) -> str:
        return f"number-{project or 0}-{group}"

    @property
    def rows(self) -> list[tuple[Any, list[forms.BoundField]]]:
        """Each project with a field for each role group, for the page's table."""
        return [(place, [self[self.name_of(pk, group)] for group in RoleGroup]) for pk, place in self.places]

    @property
    def numbers(self) -> dict[tuple[int | None, str], int]:
        """The numbers as the verb takes them."""
        return {
            (pk, group.value): self.cleaned_data[self.name_of(pk, group)] or 0
            for pk, _place in self.places
            for group in RoleGroup
        }


def projects_of(study: Study) -> list[Project]:
    return list(Project.objects.filter(program=study.program_id).order_by("name"))
