"""Forms about participants and interviews."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from interviews.interviewing import Words
from interviews.models import Consent, Interview, Participant, Question, Study, Summary
from projects.forms.days import DayField
from projects.models import Project, Site
from roadmap.models import Setting

DAY = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
MOMENT = forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M")
CONTACT = ("contact_name", "contact_email", "contact_phone")


class ParticipantForm(forms.ModelForm):
    """A participant; how to reach them is asked of owners only."""

    contact_name = forms.CharField(
        label=_("Their name"),
        max_length=120,
        required=False,
        help_text=_("How to reach them is kept apart: only owners of the study see it."),
    )
    contact_email = forms.EmailField(label=_("E-mail"), required=False)
    contact_phone = forms.CharField(label=_("Phone"), max_length=40, required=False)

    class Meta:
        model = Participant
        fields = ["pseudonym", "role_group", "state", "project", "site", "setting"]
        help_texts = {
            "pseudonym": _("Everybody in the study knows this person by it."),
            "site": _("Project and setting are taken from it where you leave them empty."),
        }

    def __init__(self, *args: Any, study: Study, reach: bool, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.fields["project"].queryset = Project.objects.filter(program=study.program_id).order_by("name")
        self.fields["site"].queryset = (
            Site.objects.filter(project__program=study.program_id).select_related("project", "place").order_by("name")
        )
        states = [choice for choice in Participant.State.choices if choice[0] != Participant.State.WITHDRAWN]
        self.fields["state"].choices = states
        for name, nothing in (("project", _("No project")), ("site", _("No site"))):
            self.fields[name].required = False
            self.fields[name].empty_label = nothing
        self.fields["setting"].choices = [("", _("Not said")), *Setting.choices]
        contact = getattr(self.instance, "contact", None) if self.instance.pk else None
        for name in CONTACT:
            if not reach:
                del self.fields[name]
            elif contact:
                self.fields[name].initial = getattr(contact, name.removeprefix("contact_"))
        self.reach = reach

    def clean(self) -> dict[str, Any]:
        """Take from a chosen site what it says itself: its project, and its setting."""
        said = super().clean() or {}
        if site := said.get("site"):
            said["project"] = said.get("project") or site.project
            said["setting"] = said.get("setting") or site.place.setting
        return said

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
        labels = {"scope": _("What they agreed to")}

    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.fields["scope"].choices = Consent.Scope.choices  # none is chosen beforehand


class PlanForm(forms.ModelForm):
    """Who holds an interview, how and when."""

    class Meta:
        model = Interview
        fields = ["interviewer", "mode", "planned_for"]
        widgets = {"planned_for": MOMENT}

    def __init__(self, *args: Any, study: Study, **kwargs: Any):
        super().__init__(*args, **kwargs)
        members = study.members.active()
        self.fields["interviewer"].queryset = self.fields["interviewer"].queryset.filter(pk__in=members.values("user"))


class InterviewForm(PlanForm):
    """An interview to be planned."""

    class Meta(PlanForm.Meta):
        fields = ["participant", "guide", *PlanForm.Meta.fields]

    def __init__(self, *args: Any, study: Study, **kwargs: Any):
        super().__init__(*args, study=study, **kwargs)
        away = [Participant.State.WITHDRAWN, Participant.State.DECLINED]
        self.fields["participant"].queryset = study.participants.exclude(state__in=away)
        self.fields["participant"].label_from_instance = lambda one: f"{one}, {one.get_role_group_display()}"
        self.fields["guide"].queryset = study.guides.all()
        self.fields["guide"].initial = study.guides.first()


class WriteUpForm(forms.Form):
    """An interview written down: when it was held, and for each question of its guide what was said.

    `cards` has a card for each question: the boxes' names and values, and what stands there already. `held_on` is the
    day that is proposed where none is known.
    """

    held_on = DayField(label=_("Held on"), widget=DAY, required=False)
    minutes = forms.IntegerField(label=_("Minutes"), min_value=1, max_value=600, required=False)
    notes = forms.CharField(
        label=_("Notes"), max_length=10_000, required=False, widget=forms.Textarea(attrs={"rows": 3})
    )

    def __init__(self, *args: Any, interview: Interview, quotes: bool, held_on: dt.date | None = None, **kwargs: Any):
        known = {"held_on": interview.held_on or held_on, "minutes": interview.minutes, "notes": interview.notes}
        super().__init__(*args, initial=known, **kwargs)
        self.fields["notes"].widget.attrs["data-keep"] = f"notes-{interview.pk}"
        written = interview.summaries.select_related("by").prefetch_related("constructs")
        self.written = {cell.question_id: cell for cell in written}
        self.questions = list(interview.guide.questions.all()) if interview.guide else []
        for question in self.questions:
            cell = self.written.get(question.pk)
            self.fields[f"text-{question.pk}"] = forms.CharField(
                max_length=5000, required=False, initial=cell.text if cell else ""
            )
            if quotes or (cell and cell.quote):
                self.fields[f"quote-{question.pk}"] = forms.CharField(
                    max_length=2000, required=False, initial=cell.quote if cell else ""
                )
            self.fields[f"revision-{question.pk}"] = forms.IntegerField(
                min_value=0, required=False, initial=cell.revision if cell else 0
            )

    def show_theirs(self, theirs: dict[int, Summary]) -> None:
        """Put beside what was typed what somebody else wrote meanwhile; saving again takes what is in the boxes."""
        self.theirs = theirs
        self.data = self.data.copy()
        for pk, cell in theirs.items():
            self.data[f"revision-{pk}"] = cell.revision

    theirs: Mapping[int, Summary] = {}

    @property
    def cards(self) -> list[dict[str, Any]]:
        names = ("text", "quote", "revision")
        return [
            {
                "question": question,
                "cell": self.written.get(question.pk),
                "theirs": self.theirs.get(question.pk),
                **{name: self[f"{name}-{question.pk}"] for name in names if f"{name}-{question.pk}" in self.fields},
            }
            for question in self.questions
        ]

    @property
    def words(self) -> list[Words]:
        """What the verb takes, for the questions whose words are other than they were; a quote not shown stays."""
        said = self.cleaned_data
        return [
            Words(
                question,
                said[f"text-{question.pk}"],
                said.get(f"quote-{question.pk}", ""),
                said[f"revision-{question.pk}"] or 0,
            )
            for question in self.questions
            if self.has_words(question)
        ]

    def has_words(self, question: Question) -> bool:
        cell, pk = self.written.get(question.pk), question.pk
        said = (self.cleaned_data[f"text-{pk}"], self.cleaned_data.get(f"quote-{pk}", ""))
        return said != ((cell.text, cell.quote) if cell else ("", ""))


class GuideForm(forms.Form):
    """A guide as one piece of text."""

    title = forms.CharField(label=_("Title"), max_length=160)
    text = forms.CharField(label=_("Questions"), max_length=40_000, widget=forms.Textarea(attrs={"rows": 18}))
