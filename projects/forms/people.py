"""People: inviting, changing a role, saying who holds a job, handing work on."""

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from projects import people
from projects.models import Project, Role


class InviteForm(forms.Form):
    email = forms.EmailField(label=_("E-mail"))
    role = forms.ChoiceField(label=_("Role"))
    duty = forms.ChoiceField(label=_("Job here"), required=False)

    def __init__(self, *args, roles, jobs, **kwargs):
        super().__init__(*args, **kwargs)
        asking = [("", _("Choose a role"))] if len(roles) > 1 else []
        self.fields["role"].choices = [*asking, *[(role.value, role.label) for role in roles]]
        if jobs:
            self.fields["duty"].choices = [("", _("None in particular")), *[(job.key, job.name) for job in jobs]]
        else:
            del self.fields["duty"]


class ResetForm(forms.Form):
    """Why somebody's second step is taken away."""

    reason = forms.CharField(
        label=_("Why"),
        max_length=300,
        help_text=_("Such as: lost the phone, called me and I know the voice. It stands in the history."),
        error_messages={"required": _("Say why, in a few words.")},
    )


class RoleForm(forms.Form):
    role = forms.ChoiceField(label=_("Role"))

    def __init__(self, *args, roles, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["role"].choices = [(role.value, Role(role).label) for role in roles]


class DutyForm(forms.Form):
    """Who holds a job: somebody who belongs here, a name where there is no account, at a site the project's team.

    Nobody where nothing is said. Whoever is named has it rather than the team.
    """

    holder = forms.ModelChoiceField(
        label=_("Person"), queryset=User.objects.none(), required=False, empty_label=_("Nobody with an account")
    )
    name = forms.CharField(label=_("Name, without an account"), max_length=120, required=False)
    phone = forms.CharField(label=_("Phone"), max_length=40, required=False)
    team = forms.BooleanField(label=_("The project team does it"), required=False)
    seen = forms.CharField(required=False)  # who had it when the form was made, as a code of Holder

    def __init__(self, *args, target, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["holder"].queryset = people.candidates(target)
        if isinstance(target, Project):
            del self.fields["team"]

    def clean(self):
        said = super().clean()
        if said.get("holder") or said.get("name"):
            said["team"] = False
        return said


class EverythingForm(forms.Form):
    """To whom all goes that somebody has here, and whether that person leaves."""

    taker = forms.ModelChoiceField(queryset=User.objects.none())
    leaves = forms.BooleanField(required=False)

    def __init__(self, *args, target, giver, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["taker"].queryset = people.takers(target).exclude(pk=giver.pk)


class HandOverForm(forms.Form):
    """Whose open items go to whom. Only people with items left over can give, only people on the team can take."""

    giver = forms.ModelChoiceField(queryset=User.objects.none())
    taker = forms.ModelChoiceField(label=_("Give them to"), queryset=User.objects.none(), empty_label=None)

    def __init__(self, *args, target, givers, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["giver"].queryset = User.objects.filter(pk__in=[giver.pk for giver in givers])
        self.fields["taker"].queryset = people.takers(target)
