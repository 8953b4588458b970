"""Forms about participants and interviews."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from interviews.models import Consent, Interview, Participant, Study
from projects.forms.days import DayField
from projects.models import Project, Site

DAY = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
MOMENT = forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M")
CONTACT = ("contact_name", "contact_email", "contact_phone")


class ParticipantForm(forms.ModelForm):
    """A participant; how to reach them is asked of owners only."""

    contact_name = forms.CharField(label=_("Name"), max_length=120, required=False)
    contact_email = forms.EmailField(label=_("E-mail"), required=False)
    contact_phone = forms.CharField(label=_("Phone"), max_length=40, required=False)

    class Meta:
        model = Participant
        fields = ["pseudonym", "role_group", "state", "project", "site", "setting"]
        help_texts = {"pseudonym": _("Such as P07. Everybody in the study knows this person by it.")}

    def __init__(self, *args: Any, study: Study, reach: bool, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.fields["project"].queryset = Project.objects.filter(program=study.program_id).order_by("name")
        self.fields["site"].queryset = (
            Site.objects.filter(project__program=study.program_id).select_related("project").order_by("name")
        )
        states = [choice for choice in Participant.State.choices if choice[0] != Participant.State.WITHDRAWN]
        self.fields["state"].choices = states
        self.fields["project"].required = self.fields["site"].required = False
        contact = getattr(self.instance, "contact", None) if self.instance.pk else None
        for name in CONTACT:
            if not reach:
                del self.fields[name]
            elif contact:
                self.fields[name].initial = getattr(contact, name.removeprefix("contact_"))
        self.reach = reach

    @property
    def said(self) -> dict[str, Any]:
        """What the verbs take: the fields, and how to reach the participant where that was asked."""
        fields = {name: self.cleaned_data[name] for name in self.Meta.fields}
        contact = {name.removeprefix("contact_"): self.cleaned_data[name] for name in CONTACT} if self.reach else None
        return {**fields, "contact": contact}


class ConsentForm(forms.ModelForm):
    class Meta:
        model = Consent
        fields = ["form_version", "given_on", "scope"]
        field_classes = {"given_on": DayField}
        widgets = {"given_on": DAY, "scope": forms.RadioSelect}


class InterviewForm(forms.ModelForm):
    """An interview to be planned."""

    class Meta:
        model = Interview
        fields = ["participant", "guide", "interviewer", "mode", "planned_for"]
        widgets = {"planned_for": MOMENT}

    def __init__(self, *args: Any, study: Study, **kwargs: Any):
        super().__init__(*args, **kwargs)
        away = [Participant.State.WITHDRAWN, Participant.State.DECLINED]
        self.fields["participant"].queryset = study.participants.exclude(state__in=away)
        self.fields["guide"].queryset = study.guides.all()
        self.fields["guide"].initial = study.guides.first()
        members = study.members.current().filter(user__is_active=True)
        self.fields["interviewer"].queryset = self.fields["interviewer"].queryset.filter(pk__in=members.values("user"))


class HeldForm(forms.Form):
    """When an interview was held and for how long."""

    held_on = DayField(label=_("Held on"), widget=DAY)
    minutes = forms.IntegerField(label=_("Minutes"), min_value=1, max_value=600, required=False)
    notes = forms.CharField(
        label=_("Notes"), max_length=10_000, required=False, widget=forms.Textarea(attrs={"rows": 3})
    )


class GuideForm(forms.Form):
    """A guide as one piece of text."""

    title = forms.CharField(label=_("Title"), max_length=160)
    text = forms.CharField(label=_("Questions"), max_length=40_000, widget=forms.Textarea(attrs={"rows": 18}))


class SummaryForm(forms.Form):
    """What was said to one question."""

    text = forms.CharField(max_length=5000, required=False)
    quote = forms.CharField(max_length=2000, required=False)
    revision = forms.IntegerField(min_value=0)
