"""Programs: making one, and changing by which rules its sites need help."""

from django import forms
from django.utils.dates import MONTHS
from django.utils.translation import gettext_lazy as _

from projects.counties import STATES
from projects.models import Program, Role
from roadmap.models import Roadmap, RoadmapVersion

MONTH = forms.Select(choices=list(MONTHS.items()))


class ProgramForm(forms.ModelForm):
    """What a program is called and where it is, with whoever is to run it."""

    state = forms.ChoiceField(label=_("State"), choices=[("", _("Choose a state")), *STATES.items()])
    email = forms.EmailField(
        label=_("Its first State administrator's e-mail"),
        help_text=_("Somebody with an account can begin at once. Anybody else gets an invitation."),
    )

    class Meta:
        model = Program
        fields = ["name", "state", "roadmap", "time_zone", "fiscal_year_starts"]
        labels = {"roadmap": _("Roadmap")}
        widgets = {"fiscal_year_starts": MONTH}

    field_order = ["name", "state", "roadmap", "time_zone", "fiscal_year_starts", "email"]

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        published = Roadmap.objects.filter(versions__status=RoadmapVersion.Status.PUBLISHED).distinct()
        self.fields["roadmap"].queryset = published
        self.fields["roadmap"].initial = published.first()
        self.fields["roadmap"].empty_label = None


class ProgramSettingsForm(forms.ModelForm):
    two_step_roles = forms.MultipleChoiceField(
        label=_("Who signs in in two steps"),
        choices=Role.choices,
        widget=forms.CheckboxSelectMultiple,
        required=False,
        help_text=_(
            "After the password these people prove with a phone or a passkey who they are. Who has no second step "
            "yet sets one up at the next page they open. Nobody gets mail about it."
        ),
    )

    idle_minutes = forms.TypedChoiceField(
        label=_("Sign people out when nothing happens for"),
        choices=[("", _("Never")), *[(n, _("%(n)s minutes") % {"n": n}) for n in (15, 30, 60, 240)]],
        coerce=int,
        empty_value=None,
        required=False,
        help_text=_(
            "For computers that several people share. Notes that somebody was writing are kept, and they come back to "
            "the page. Whoever is in several programs is held to the shortest time."
        ),
    )

    class Meta:
        model = Program
        fields = [
            "name",
            "time_zone",
            "late_days",
            "stuck_days",
            "quiet_days",
            "duty_days",
            "fiscal_year_starts",
            "two_step_roles",
            "idle_minutes",
        ]
        help_texts = {
            "time_zone": _("By this clock a date has passed. Written like America/Detroit."),
        }
        widgets = {"fiscal_year_starts": MONTH}
