"""What is asked of the analysis, read from the address. What is not known there is left out and said to be."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from interviews.counting import BY, ORDERS
from interviews.framework import KINDS, MOST_COLUMNS
from interviews.models import Code, Question, RoleGroup, Study
from interviews.outline import INDENT, Outline, code_choices
from interviews.paging import Page
from interviews.retrieving import NOBODYS, TURN, WORDS, Asked
from projects.models import Project, Site
from roadmap.models import Setting

BELOW = {"": gettext_lazy("Counted in"), "no": gettext_lazy("Left out")}
NEAR = {"": gettext_lazy("In the same words"), TURN: gettext_lazy("In the same turn")}
LARGEST = 2**63 - 1


class AddressForm(forms.Form):
    """A form that is filled in by an address, and says itself as components/filter_bar.html takes it."""

    def __init__(self, data: QueryDict):
        super().__init__(data)

    def offer(self, name: str, choices: Iterable[tuple[Any, Any]]) -> None:
        self.fields[name].choices = list(choices)

    def control(self, name: str, **others: Any) -> dict[str, Any]:
        field = self.fields[name]
        known = {"name": name, "label": field.label, "value": self.cleaned_data.get(name, "")}
        return {**known, "choices": getattr(field, "choices", None), **others}

    @property
    def left_out(self) -> list[str]:
        """The names of choices in the address that are not known here."""
        return [str(self.fields[name].label or name) for name in self.errors if name in self.fields]

    def query(self, **changes: Any) -> str:
        """Return the query of the same page with some choices changed, from its top."""
        query = self.data.copy()
        for name, value in {"after": "", "before": "", **changes}.items():
            query.setlist(name, [str(one) for one in (value if isinstance(value, list | tuple) else [value]) if one])
        return f"?{query.urlencode()}"


class PlaceForm(AddressForm):
    """Where a page of a list begins or ends, read from the address."""

    after = forms.IntegerField(required=False, min_value=1, max_value=LARGEST)
    before = forms.IntegerField(required=False, min_value=1, max_value=LARGEST)

    @property
    def place(self) -> dict[str, int | None]:
        self.is_valid()
        return {name: self.cleaned_data.get(name) for name in ("after", "before")}

    def around(self, page: Page) -> dict[str, str]:
        """Return the addresses of the pages before and after, as components/pager.html takes them."""
        return {
            "previous_url": self.query(before=page.before) if page.before else "",
            "next_url": self.query(after=page.after) if page.after else "",
        }


class CountsForm(AddressForm):
    """By what is counted, whose codings, and in which order."""

    by = forms.ChoiceField(label=gettext_lazy("Columns"), required=False, choices=BY.items())
    coder = forms.TypedChoiceField(label=gettext_lazy("Coded by"), required=False, coerce=int, empty_value=None)
    order = forms.ChoiceField(label=gettext_lazy("Order"), required=False, choices=ORDERS.items())
    empty = forms.BooleanField(required=False)

    def __init__(self, data: QueryDict, *, study: Study):
        super().__init__(data)
        self.offer("coder", coders_of(study))
        self.is_valid()

    @property
    def by_what(self) -> str:
        return self.cleaned_data.get("by") or "role"

    @property
    def how(self) -> dict[str, Any]:
        """What `counted` takes beside the grouping."""
        said = self.cleaned_data
        return {"coder": said.get("coder"), "order": said.get("order", ""), "empty": said.get("empty", False)}

    @property
    def bar(self) -> list[dict[str, Any]]:
        fields = [self.control("by", value=self.by_what), self.control("order"), self.control("coder")]
        return [field for field in fields if field["name"] != "coder" or len(field["choices"]) > 2]

    @property
    def hidden(self) -> list[dict[str, Any]]:
        return [{"name": "empty", "value": "on"}] if self.cleaned_data.get("empty") else []


class TogetherForm(AddressForm):
    """How near two codes must stand to count as together."""

    near = forms.ChoiceField(label=gettext_lazy("Counted together"), required=False, choices=NEAR.items())

    def __init__(self, data: QueryDict):
        super().__init__(data)
        self.is_valid()

    @property
    def bar(self) -> list[dict[str, Any]]:
        return [self.control("near")]

    @property
    def how_near(self) -> str:
        return self.cleaned_data.get("near") or WORDS


class FrameworkForm(PlaceForm):
    """Which rows and which columns the framework matrix has; columns that are asked for twice stand once."""

    rows = forms.ChoiceField(label=gettext_lazy("Rows"), required=False, choices=KINDS.items())
    code = forms.TypedMultipleChoiceField(label=gettext_lazy("Add a column"), required=False, coerce=int)

    def __init__(self, data: QueryDict, *, outline: Outline, first: list[Code]):
        super().__init__(data)
        self.codes_in_use = [(code, depth) for code, depth in outline if not code.retired_at]
        self.first = first
        self.offer("code", code_choices(self.codes_in_use))
        self.is_valid()

    @property
    def kind(self) -> str:
        return self.cleaned_data.get("rows") or "participants"

    @property
    def codes(self) -> list[Code]:
        """The columns in the order in which they were chosen; else those to begin with."""
        known = {code.pk: code for code, _depth in self.codes_in_use}
        chosen = list(dict.fromkeys(self.cleaned_data.get("code") or []))
        return [known[pk] for pk in chosen][:MOST_COLUMNS] or self.first

    @property
    def bar(self) -> list[dict[str, Any]]:
        columns = [("", _("Choose a code")), *self.fields["code"].choices]
        fields = [self.control("rows", value=self.kind)]
        if len(self.codes) < MOST_COLUMNS:
            fields.append(self.control("code", value="", choices=columns))
        return fields

    @property
    def hidden(self) -> list[dict[str, Any]]:
        return [{"name": "code", "value": code.pk} for code in self.codes]

    @property
    def chips(self) -> list[dict[str, str]]:
        columns = [code.pk for code in self.codes]
        return [
            {"words": code.name, "url": self.query(code=[pk for pk in columns if pk != code.pk])} for code in self.codes
        ]

    @property
    def columns(self) -> str:
        """The query that asks for these rows and columns."""
        return self.query(rows=self.kind, code=[code.pk for code in self.codes])


class PassageFilter(PlaceForm):
    """Which passages are asked for: by any combination of codes, by who said it, who coded it, and by words."""

    code = forms.TypedMultipleChoiceField(label=gettext_lazy("Code, any of"), required=False, coerce=int)
    also = forms.TypedMultipleChoiceField(label=gettext_lazy("Also coded with"), required=False, coerce=int)
    without = forms.TypedMultipleChoiceField(label=gettext_lazy("Not coded with"), required=False, coerce=int)
    below = forms.ChoiceField(label=gettext_lazy("Codes below"), required=False, choices=BELOW.items())
    near = forms.ChoiceField(label=gettext_lazy("How near"), required=False, choices=NEAR.items())
    group = forms.ChoiceField(label=gettext_lazy("Role group"), required=False)
    project = forms.ChoiceField(label=gettext_lazy("Project"), required=False)
    site = forms.ChoiceField(label=gettext_lazy("Site"), required=False)
    setting = forms.ChoiceField(label=gettext_lazy("Setting"), required=False)
    participant = forms.TypedChoiceField(
        label=gettext_lazy("Participant"), required=False, coerce=int, empty_value=None
    )
    coder = forms.TypedChoiceField(label=gettext_lazy("Coded by"), required=False, coerce=int, empty_value=None)
    question = forms.ChoiceField(label=gettext_lazy("Answer to"), required=False)
    q = forms.CharField(label=gettext_lazy("Words within"), required=False, max_length=80)

    several = ("code", "also", "without")
    single = ("group", "project", "site", "setting", "participant", "coder", "question", "q")

    def __init__(self, data: QueryDict, *, study: Study, outline: Outline):
        super().__init__(data)
        for name in self.several:
            self.offer(name, code_choices(outline))
        people = places_of(study)
        self.offer("group", [("", _("Everybody")), *RoleGroup.choices])
        self.offer("project", [("", _("All projects")), *people["project"], (NOBODYS, _("No project"))])
        self.offer("site", [("", _("All sites")), *people["site"], (NOBODYS, _("No site"))])
        self.offer("setting", [("", _("All settings")), *Setting.choices])
        self.offer("participant", [("", _("Everybody")), *people["participant"]])
        self.offer("coder", coders_of(study))
        self.offer("question", [("", _("Any question")), *questions_of(study)])
        self.is_valid()

    @property
    def asked(self) -> Asked:
        said: Mapping[str, Any] = self.cleaned_data
        one = {name: said.get(name) or "" for name in ("group", "project", "site", "setting")}
        return Asked(
            codes=tuple(said.get("code") or ()),
            also=tuple(said.get("also") or ()),
            without=tuple(said.get("without") or ()),
            below=said.get("below") != "no",
            near=said.get("near") or WORDS,
            participant=said.get("participant"),
            coder=said.get("coder"),
            words=said.get("q") or "",
            question=said.get("question") or "",
            **one,
        )

    @property
    def bar(self) -> list[dict[str, Any]]:
        """Codes are added one by one: those that are chosen go along hidden and stand as chips."""
        asked = self.asked
        everything = {"code": _("All codes"), "also": _("Any code"), "without": _("No code")}
        fields = [
            self.control(name, value="", choices=[("", everything[name]), *self.fields[name].choices])
            for name in self.several
        ]
        if asked.codes or asked.also or asked.without:
            fields.append(self.control("below"))
        if asked.also or asked.without:
            fields.append(self.control("near"))
        return [*fields, *(self.control(name) for name in self.single)]

    @property
    def hidden(self) -> list[dict[str, Any]]:
        chosen = [(name, pk) for name in self.several for pk in self.cleaned_data.get(name) or ()]
        return [{"name": name, "value": pk} for name, pk in chosen]

    @property
    def chips(self) -> list[dict[str, str]]:
        """Each choice made, in words, with the address without it."""
        words = {"code": "%s", "also": _("also %s"), "without": _("not %s")}
        found = []
        for name in self.several:
            chosen, known = self.cleaned_data.get(name) or [], dict(self.fields[name].choices)
            for pk in chosen:
                rest = [one for one in chosen if one != pk]
                found.append({"words": words[name] % known[pk].strip(INDENT), "url": self.query(**{name: rest})})
        for name in self.single:
            if value := self.cleaned_data.get(name):
                choices = dict(getattr(self.fields[name], "choices", ()))
                said = choices.get(value) or _("“%(words)s”") % {"words": value}
                found.append({"words": str(said), "url": self.query(**{name: ""})})
        return found

    @property
    def cleared(self) -> str:
        return self.query(**dict.fromkeys((*self.several, *self.single, "below", "near"), ""))


def coders_of(study: Study) -> list[tuple[Any, str]]:
    """Return whose codings there are to choose from."""
    return [("", _("Everybody")), *((coder.pk, str(coder)) for coder in study.coders.select_related("user"))]


def places_of(study: Study) -> dict[str, list[tuple[Any, str]]]:
    """Return participants of a study, and the projects and sites they belong to, as choices; three statements."""
    people = study.participants.all()
    projects = Project.objects.filter(pk__in=people.values("project")).order_by("name").values_list("pk", "name")
    sites = Site.objects.filter(pk__in=people.values("site")).order_by("name").values_list("pk", "name")
    return {
        "project": [(str(pk), name) for pk, name in projects],
        "site": [(str(pk), name) for pk, name in sites],
        "participant": list(people.order_by("pseudonym").values_list("pk", "pseudonym")),
    }


def questions_of(study: Study) -> list[tuple[str, str]]:
    """Return the questions of a study's guides by key, as the newest guide has them, in its order."""
    found = Question.objects.filter(guide__study=study).order_by("-guide__number", "position")
    known: dict[str, str] = {}
    for key, short in found.values_list("key", "short"):
        known.setdefault(key, short)
    return list(known.items())


class CellForm(forms.Form):
    """A cell of the framework matrix, and the revision at which it was read."""

    text = forms.CharField(max_length=5000, required=False)
    revision = forms.IntegerField(min_value=0)
