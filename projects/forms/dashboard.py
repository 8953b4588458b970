"""The filter over all sites of a program."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django import forms
from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from projects.analytics import STATES, Total, Totals, at_headline
from projects.forms.board import SiteFilter

REACHED = {
    "yes": gettext_lazy("%(milestone)s: reached"),
    "no": gettext_lazy("%(milestone)s: still ahead"),
    "lately": gettext_lazy("%(milestone)s: reached in the last 90 days"),
    "left_out": gettext_lazy("%(milestone)s: does not apply"),
}

COLUMNS = ("help", "late", "stuck", "quiet")  # the states that tables of totals count


class DashboardFilter(SiteFilter):
    """The filter of the State's dashboard: the project too, and who has reached a headline milestone.

    `unfold` names a table of totals that is shown unfolded; it chooses no sites.
    """

    project = forms.ChoiceField(label=gettext_lazy("Project"), required=False)
    milestone = forms.ChoiceField(label=gettext_lazy("Milestone"), required=False)
    reached = forms.ChoiceField(required=False, choices=[("", ""), *[(key, key) for key in REACHED]])
    unfold = forms.CharField(required=False, max_length=20)

    sorts = ("help", "name", "project", "phase", "next", "late", "news", "contact")
    shown = ("project", "setting", "where", "phase", "state", "q", "sort")
    hidden = ("milestone", "reached", "program")
    parts = {"milestone": ("reached",)}

    def __init__(self, *args: Any, **kwargs: Any):
        options = kwargs["options"]
        super().__init__(*args, **kwargs)
        self.offer("project", _("All projects"), options.projects)
        self.offer("milestone", "", options.headlines)
        self.full_clean()

    @property
    def active(self) -> dict[str, Any]:
        """The choices made; a milestone and how it was reached are one."""
        return {name: value for name, value in super().active.items() if name not in ("reached", "unfold")}

    def control(self, name: str) -> dict[str, Any]:
        """Return a field for the bar; the order is chosen there only on phones, elsewhere in the table's head."""
        return super().control(name) | {"phone_only": name == "sort"}

    @property
    def how_reached(self) -> str:
        return self.cleaned_data.get("reached") or "yes"

    def said(self, name: str, value: Any) -> str:
        words = super().said(name, value)
        return REACHED[self.how_reached] % {"milestone": words} if name == "milestone" else words

    def condition(self, name: str, value: Any) -> Q:
        if name == "project":
            return Q(project__slug=value)
        if name == "milestone":
            return at_headline(value, self.how_reached, self.on)
        return super().condition(name, value)

    def standings(self, totals: Totals) -> list[dict[str, Any]]:
        """Return how many sites stand how, each with the address of their list; states without sites are left out."""
        return [
            {"state": state, "label": STATES[state][0], "count": count, "url": self.list_of(state=state)}
            for state, count in totals.all.states.items()
            if count and state != "help"
        ]

    def groups(self, totals: Totals) -> list[dict[str, Any]]:
        """Return the totals by phase, project, setting and county, each number with the address of its list.

        A folded table has no rows yet, but the address at which it is unfolded.
        """
        found = []
        for title, field, rows, is_open in (
            (_("By phase"), "phase", totals.phase, True),
            (_("By project"), "project", totals.project, True),
            (_("By setting"), "setting", totals.setting, False),
            (_("By county"), "where", totals.county, False),
        ):
            is_open = is_open or self.cleaned_data.get("unfold") == field
            found.append(
                {
                    "key": field,
                    "title": title,
                    "column": self.fields[field].label,
                    "rows": self.numbers(field, rows) if is_open else [],
                    "url": "" if is_open else f"{self.adding(unfold=field)}#totals-{field}",
                    "size": len(rows),
                }
            )
        return found

    def numbers(self, field: str, rows: list[Total]) -> list[tuple[str, list[tuple[int, str]]]]:
        """Return each group's name and its numbers: all sites, then those in each of the columns' states.

        Each number comes with the address of its list. There may be hundreds, so what they share is made once.
        """
        rest = self.adding(state=None, unfold=None, **{field: None})
        rest += "" if rest == "?" else "&"
        found = []
        for total in rows:
            url = f"{rest}{urlencode({field: total.key})}"
            states = [(total.states[state], f"{url}&state={state}#sites") for state in COLUMNS]
            found.append((total.name, [(total.sites, f"{url}#sites"), *states]))
        return found

    def list_of(self, **choices: Any) -> str:
        """Return the address of the list of sites with these choices made beside those that are."""
        return f"{self.adding(**choices)}#sites"
