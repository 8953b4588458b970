"""The filter of the to do list. It lives in the address; what it does not know it leaves out."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from projects.todo import HEADINGS, Asked, ToDo

Choices = Iterable[tuple[str, str]]


class TodoFilter(forms.Form):
    """Which part of the list is asked for."""

    project = forms.CharField(label=gettext_lazy("Project"), required=False, max_length=60)
    site = forms.CharField(label=gettext_lazy("Site"), required=False, max_length=150)
    list = forms.ChoiceField(required=False, choices=[("", ""), *HEADINGS.items()])
    after = forms.CharField(required=False, max_length=80)

    def __init__(self, data: QueryDict):
        super().__init__(data)
        self.is_valid()

    @property
    def asked(self) -> Asked:
        said = {name: self.cleaned_data.get(name, "") for name in self.fields}
        return Asked(project=said["project"], place=said["site"], group=said["list"], after=said["after"])

    def bar(self, todo: ToDo) -> list[dict[str, Any]]:
        """The fields as components/filter_bar.html takes them; one that leaves no choice is left out."""
        asked = self.asked
        places = (
            [one for one in todo.places if one[0].startswith(f"{asked.project}/")] if asked.project else todo.places
        )
        fields = [
            field("project", _("Project"), asked.project, _("All projects"), todo.projects),
            field("site", _("Site"), asked.place, _("All sites"), places),
        ]
        return [one for one in fields if one["value"] or len(one["choices"]) > 2]

    def chips(self, todo: ToDo) -> list[dict[str, str]]:
        """The choices made, each with the address without it."""
        asked = self.asked
        made = [("project", asked.project, todo.projects), ("site", asked.place, todo.places)]
        return [
            {"words": dict(known).get(value, _("not on your list")), "url": self.query(**{name: ""})}
            for name, value, known in made
            if value
        ]

    def query(self, **changes: str) -> str:
        """Return the query of the same page with some choices changed, from its top and without the act just done."""
        query = self.data.copy()
        for name, value in {"after": "", "did": "", **changes}.items():
            query.pop(name, None)
            if value:
                query[name] = value
        return f"?{query.urlencode()}"


def field(name: str, label: str, value: str, everything: str, known: Choices) -> dict[str, Any]:
    return {"name": name, "label": label, "value": value, "choices": [("", everything), *known]}
