"""Projects: starting one from a published Roadmap, and changing it."""

from django import forms
from django.utils.translation import gettext_lazy as _

from projects.forms.days import DayField
from projects.models import Project
from roadmap.models import RoadmapVersion


class ProjectSettingsForm(forms.ModelForm):
    class Meta:
        model = Project
        fields = ["name", "ebi_name", "summary", "starts_on", "ends_on"]
        field_classes = {"starts_on": DayField, "ends_on": DayField}
        widgets = {"summary": forms.Textarea(attrs={"rows": 3})}
        help_texts = {
            "ebi_name": _("What you bring to your sites, such as Collaborative care."),
            "ends_on": _("Some milestones count back from this day. It may stay empty."),
        }


class ProjectForm(ProjectSettingsForm):
    """A new project: what is brought to the sites, along which version of the Roadmap, and who leads it."""

    version = forms.ModelChoiceField(
        label=_("Roadmap"),
        queryset=RoadmapVersion.objects.published().select_related("roadmap").newest_first(),
        empty_label=None,
        help_text=_("The project keeps this version until you move it to another one."),
    )
    email = forms.EmailField(
        label=_("The project lead's e-mail"),
        help_text=_("Somebody with an account can begin at once. Anybody else gets an invitation."),
    )

    field_order = ["name", "ebi_name", "version", "starts_on", "ends_on", "email", "summary"]

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["version"].initial = self.fields["version"].queryset.first()

    def fields_of_project(self):
        """Return what planning.create_project takes; the EBI's key is the Roadmap's where it is for one EBI."""
        fields = {name: value for name, value in self.cleaned_data.items() if name != "email"}
        ebis = fields["version"].roadmap.applies_to.get("ebis", [])
        return {**fields, "ebi": ebis[0] if len(ebis) == 1 else ""}
