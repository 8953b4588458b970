"""Forms about themes and findings, and about what findings propose."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from interviews.forms.analysis import PlaceForm
from interviews.forms.codes import codes_in_use
from interviews.forms.guides import ConstructsField, RowsField, step_names
from interviews.models import Coding, Finding, FindingStep, Study, Summary, Theme
from interviews.sources import Source
from interviews.suggesting import Endorsed, endorsed_for
from roadmap.models import Strategy


class NewThemeForm(forms.Form):
    """A theme to begin."""

    name = forms.CharField(label=_("Name of the theme"), max_length=160)


class ThemeForm(forms.Form):
    """What a theme is called and says, read at a revision."""

    name = forms.CharField(label=_("Name"), max_length=160)
    meaning = forms.CharField(
        label=_("What it says"), max_length=4000, required=False, widget=forms.Textarea(attrs={"rows": 3})
    )
    revision = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, theme: Theme, **kwargs: Any):
        known = {"name": theme.name, "meaning": theme.meaning, "revision": theme.revision}
        super().__init__(*args, initial=known, **kwargs)

    def show_theirs(self, theme: Theme) -> None:
        """Say what somebody else wrote meanwhile; saving again takes what is in the boxes."""
        self.theirs = theme
        self.data = self.data.copy()
        self.data["revision"] = theme.revision


class ThemeCodesForm(forms.Form):
    """The codes of the codebook that belong to a theme."""

    codes = forms.TypedMultipleChoiceField(
        label=_("Codes"), coerce=int, required=False, widget=forms.CheckboxSelectMultiple
    )

    def __init__(self, *args: Any, theme: Theme, **kwargs: Any):
        super().__init__(*args, initial={"codes": list(theme.codes.values_list("pk", flat=True))}, **kwargs)
        self.fields["codes"].choices = codes_in_use(theme.study)


class FindingForm(forms.Form):
    """What was found, in one sentence, and the theme it belongs to, read at a revision."""

    sentence = forms.CharField(
        label=_("What you found, in one sentence"),
        max_length=400,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_(
            "Once it is published, site teams read it. Name nobody in it, and nothing that gives somebody away."
        ),
    )
    theme = forms.ModelChoiceField(Theme.objects.none(), label=_("Theme"), required=False, empty_label=_("No theme"))
    revision = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, study: Study, finding: Finding | None = None, **kwargs: Any):
        known = kwargs.pop("initial", {})
        if finding:
            known = {"sentence": finding.sentence, "theme": finding.theme_id, "revision": finding.revision}
        super().__init__(*args, initial=known, **kwargs)
        self.fields["theme"].queryset = study.themes.all()

    def show_theirs(self, finding: Finding) -> None:
        """Say what somebody else wrote meanwhile; saving again takes what is in the boxes."""
        self.theirs = finding
        self.data = self.data.copy()
        self.data["revision"] = finding.revision


class FindingBarriersForm(forms.Form):
    """The barriers (CFIR) that a finding speaks of."""

    constructs = ConstructsField(label=_("What gets in the way"))

    def __init__(self, *args: Any, finding: Finding, **kwargs: Any):
        super().__init__(*args, initial={"constructs": finding.constructs.all()}, **kwargs)
        self.fields["constructs"].group()


class FindingStrategiesForm(forms.Form):
    """The strategies (ERIC) that a finding speaks of; first those that experts would choose against its barriers."""

    strategies = RowsField(
        Strategy.objects.all(), label=_("What helps"), required=False, widget=forms.CheckboxSelectMultiple
    )

    def __init__(self, *args: Any, finding: Finding, **kwargs: Any):
        super().__init__(*args, initial={"strategies": finding.strategies.all()}, **kwargs)
        self.suggested = endorsed_for(finding.constructs.all())
        self.fields["strategies"].choices = list(grouped(self.suggested))


def grouped(suggested: list[Endorsed]) -> Iterable[tuple[Any, list[tuple[int, Any]]]]:
    """Yield the choices of strategies: what experts would choose, then the others by their cluster."""
    taken = {one.strategy.pk for one in suggested}
    if suggested:
        words = _("%(name)s (%(percent)s%% of experts, for “%(barrier)s”)")
        yield (
            _("Suggested for these barriers"),
            [
                (
                    one.strategy.pk,
                    words % {"name": one.strategy.name, "percent": one.percent, "barrier": one.barrier},
                )
                for one in suggested
            ],
        )
    clusters: dict[str, list[tuple[int, Any]]] = {}
    for strategy in Strategy.objects.order_by("cluster", "number"):
        if strategy.pk not in taken:
            clusters.setdefault(strategy.cluster, []).append((strategy.pk, strategy.name))
    yield from clusters.items()


class TieForm(forms.Form):
    """How a finding stands to the guidance of a step, or what it proposes there."""

    step_key = forms.ChoiceField(label=_("Step of the Roadmap"))
    stance = forms.ChoiceField(label=_("The finding"), choices=FindingStep.Stance, widget=forms.RadioSelect)
    proposal = forms.ChoiceField(
        label=_("What it proposes"),
        choices=[("", _("Choose, if it proposes something")), *FindingStep.Proposal.choices],
        required=False,
    )
    text = forms.CharField(
        label=_("In words, as they could stand in the Roadmap"),
        max_length=300,
        required=False,
        help_text=_("Only for something new. It goes to those who edit the Roadmap."),
    )

    def __init__(self, *args: Any, study: Study, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.fields["step_key"].choices = [("", _("Choose a step")), *step_names(study).items()]


class SourceForm(PlaceForm):
    """Where evidence is chosen from, read from the address; what is not known there is the first of them."""

    source = forms.CharField(label=_("Choose from"), required=False)

    def __init__(self, data: QueryDict, *, sources: list[Source]):
        super().__init__(data)
        self.is_valid()
        self.sources = [(one.key, one.label) for one in sources]

    @property
    def chosen(self) -> str:
        asked = self.data.get("source", "")
        return asked if asked in dict(self.sources) else self.sources[0][0] if self.sources else ""

    @property
    def bar(self) -> list[dict[str, Any]]:
        return [self.control("source", value=self.chosen, choices=self.sources)]


class EvidenceForm(forms.Form):
    """Passages and summaries to put behind a finding, of those that the person may read."""

    codings = RowsField(Coding.objects.none(), required=False)
    summaries = RowsField(Summary.objects.none(), required=False)

    def __init__(self, *args: Any, codings: QuerySet[Coding], summaries: QuerySet[Summary], **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.fields["codings"].queryset = codings
        self.fields["summaries"].queryset = summaries

    def clean(self) -> dict[str, Any]:
        said = super().clean() or {}
        if not self.errors and not (said.get("codings") or said.get("summaries")):
            self.add_error(None, _("Tick at least one passage or summary."))
        return said

    @property
    def chosen(self) -> dict[str, list[int]]:
        """The ids of what was ticked, as the verb takes them."""
        return {name: [one.pk for one in self.cleaned_data[name]] for name in ("codings", "summaries")}


class IntoThemeForm(forms.Form):
    """The theme into which a passage goes."""

    theme = forms.ModelChoiceField(
        Theme.objects.none(),
        label=_("Put it into a theme"),
        empty_label=_("Choose a theme"),
        widget=forms.Select(attrs={"class": "form-select"}),
    )

    def __init__(self, *args: Any, study: Study, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.fields["theme"].queryset = study.themes.all()


class DecisionForm(forms.Form):
    """What those who edit the Roadmap decide about a proposal."""

    state = forms.ChoiceField(choices=FindingStep.State)
    reply = forms.CharField(label=_("Why, or what you changed"), max_length=1000, required=False)
