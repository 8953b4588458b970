"""Sites: adding one, changing one, and choosing those that start."""

from django import forms
from django.utils.translation import gettext_lazy as _

from projects.forms.days import DayField
from projects.models import County, Plan, Site
from projects.planning import NewSite
from roadmap.models import Setting


class SiteForm(forms.Form):
    """One new site with its place; organizations known in the program are offered as one types."""

    name = forms.CharField(label=_("Site's name"), max_length=160)
    organization = forms.CharField(
        label=_("Organization"),
        max_length=160,
        help_text=_("The health system, school district or agency that runs it."),
        widget=forms.TextInput(attrs={"list": "organizations", "autocomplete": "off"}),
    )
    setting = forms.ChoiceField(label=_("Setting"), choices=[("", _("Choose the kind of place")), *Setting.choices])
    county = forms.ModelChoiceField(label=_("County"), queryset=County.objects.none(), empty_label=_("Choose a county"))
    address = forms.CharField(label=_("Address"), max_length=200, required=False)
    starts_on = DayField(
        label=_("Start date"),
        help_text=_("The day the site said it wants to explore this, not the first day of service."),
    )
    email = forms.EmailField(
        label=_("Site champion's e-mail"),
        required=False,
        help_text=_("Will be invited to record progress there. You can do this later."),
    )

    def __init__(self, *args, project, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["county"].queryset = County.objects.filter(state=project.program.state)
        self.fields["county"].label_from_instance = lambda county: county.name
        self.organizations = project.program.organizations.standing().values_list("name", flat=True)

    def new_site(self):
        """Return the row that planning.add_sites takes."""
        said = self.cleaned_data
        return NewSite(
            organization=said["organization"],
            place=said["name"],
            setting=said["setting"],
            county_id=said["county"].pk,
            starts_on=said["starts_on"],
            address=said["address"],
        )


class SiteSettingsForm(forms.ModelForm):
    starts_on = DayField(label=_("Start date"), help_text=_("Dates that count from the start move along. Yours stay."))

    class Meta:
        model = Site
        fields = ["name"]


class StartForm(forms.Form):
    """Which of the sites that are setting up begin now. Ids of other sites are no choices here."""

    all = forms.BooleanField(label=_("All of them"), required=False)
    plans = forms.ModelMultipleChoiceField(
        label=_("Sites"),
        queryset=Plan.objects.none(),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        error_messages={
            "invalid_choice": _("One of these sites is not setting up any more. Look at the list again."),
        },
    )

    def __init__(self, *args, waiting, **kwargs):
        super().__init__(*args, **kwargs)
        self.waiting = waiting
        self.fields["plans"].queryset = Plan.objects.filter(pk__in=[plan.pk for plan in waiting]).select_related("site")

    def clean(self):
        """Take all that wait where that is asked for; raises ValidationError when nothing is chosen."""
        said = super().clean()
        if said.get("all"):
            said["plans"] = self.waiting
        elif not said.get("plans") and "plans" not in self.errors:
            self.add_error("plans", _("Choose at least one site."))
        return said
