"""Forms about what a question or an answer is about: steps of the Roadmap, constructs of CFIR."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from interviews.forms.analysis import LARGEST
from interviews.models import PartTie, Question, Study, Summary
from roadmap.models import Construct, Step


def step_names(study: Study) -> dict[str, str]:
    """Return the names of the steps of the program's Roadmap by key, as the newest published version has them."""
    steps = Step.objects.filter(version__roadmap=study.program.roadmap_id, version__status="published")
    return dict(steps.order_by("version__number", "position").values_list("key", "name"))


class RowsField(forms.ModelMultipleChoiceField):
    """Rows of a table, by id. An id that no database holds is none of them."""

    def clean(self, value: Any) -> Any:
        far = [pk for pk in value or () if len(str(pk)) >= len(str(LARGEST))]
        if far:
            raise forms.ValidationError(self.error_messages["invalid_choice"], "invalid_choice", {"value": far[0][:20]})
        return super().clean(value)


class ConstructsField(RowsField):
    """CFIR constructs as boxes to tick, under the domain they belong to."""

    def __init__(self, **kwargs: Any):
        super().__init__(Construct.objects.all(), required=False, widget=forms.CheckboxSelectMultiple, **kwargs)

    def group(self) -> None:
        """Read the choices, domain by domain; a form calls it when it is made."""
        domains: dict[str, list[tuple[int, str]]] = {}
        for construct in Construct.objects.all():
            domains.setdefault(construct.domain, []).append((construct.pk, construct.name))
        self.choices = list(domains.items())


class TieForm(forms.Form):
    """What a question, a section or a probe is about; `said` is what was said before."""

    steps = forms.MultipleChoiceField(
        label=_("Steps of the Roadmap"), required=False, widget=forms.CheckboxSelectMultiple
    )
    constructs = ConstructsField(label=_("CFIR constructs"))

    def __init__(self, *args: Any, study: Study, said: Question | PartTie | None, **kwargs: Any):
        keys = said.step_keys if said else []
        known = {"steps": keys, "constructs": said.constructs.all() if said else []}
        super().__init__(*args, initial=known, **kwargs)
        self.fields["steps"].choices = list({**{key: key for key in keys}, **step_names(study)}.items())
        self.fields["constructs"].group()


class BarriersForm(forms.Form):
    """The barriers (CFIR) that an answer speaks of."""

    constructs = ConstructsField(label=_("What gets in the way"))

    def __init__(self, *args: Any, summary: Summary, **kwargs: Any):
        known = summary.constructs.all() if summary.pk else []
        super().__init__(*args, initial={"constructs": known}, **kwargs)
        self.fields["constructs"].group()
