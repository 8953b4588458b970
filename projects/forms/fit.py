"""How one row of a plan is to change, or which row of a site's own is to be added; and where else the same is done."""

from __future__ import annotations

import datetime as dt
import hashlib
from dataclasses import dataclass
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from accounts.models import User
from projects import tailoring
from projects.choosing import Outcome
from projects.forms.assign import FARTHEST, offered_plans
from projects.models import Fitting, Plan, PlanItem, PlanStep
from projects.planning import DAYS_A_WEEK
from projects.tailoring import Change
from roadmap.models import Item

Kind = Fitting.Kind
HERE, LIKE, EVERY = "here", "like", "every"
LONGEST = {"max_length": gettext_lazy("Keep it under 300 characters.")}
TO_COME = {
    HERE: gettext_lazy("No, sites added later begin as the Roadmap says"),
    LIKE: gettext_lazy("Yes, those of the same setting"),
    EVERY: gettext_lazy("Yes, all of them"),
}
FIELD_OF = {Kind.ASIDE: "reason", Kind.WORDS: "text", Kind.MOVED: "days"}


class Stale(Exception):
    """Somebody changed the row since the page with the form was opened."""


@dataclass(frozen=True)
class Elsewhere:
    """Another site at which the same may be done."""

    plan: Plan
    checked: bool


class FitForm(forms.Form):
    """A change of a plan, and at which other sites it is made too. `carry_out` makes it, or shows what would come."""

    item: PlanItem | None = None  # the row that it is about, where there is one yet
    text = forms.CharField(
        required=False,
        max_length=300,
        strip=True,
        widget=forms.TextInput(attrs={"class": "form-control"}),
        error_messages=LONGEST,
    )
    plans = forms.MultipleChoiceField(
        label=gettext_lazy("Do the same at other sites"),
        required=False,
        error_messages={"invalid_choice": gettext_lazy("Choose sites from the list.")},
    )
    to_come = forms.ChoiceField(
        label=gettext_lazy("And at sites added later?"), required=False, choices=list(TO_COME.items()), initial=HERE
    )

    def __init__(self, *args: Any, plan: Plan, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.plan = plan
        others = (
            [] if plan.is_team else [one for one in offered_plans(plan.project) if one.site_id and one.pk != plan.pk]
        )
        self.others = sorted(others, key=lambda one: (one.site.place.setting != plan.site.place.setting, str(one)))
        self.fields["plans"].choices = [(str(one.pk), str(one)) for one in self.others]

    def refuse_stale(self) -> None:
        """Raise Stale where what the page showed is not so any more. A row that is only to come cannot be stale."""

    @property
    def change(self) -> Change:
        """The change that is asked for. Needs a valid form."""
        raise NotImplementedError

    @property
    def plan_ids(self) -> list[int]:
        return [self.plan.pk, *(int(pk) for pk in self.cleaned_data["plans"])]

    @property
    def only_here(self) -> bool:
        """Whether nothing but this plan is touched, so that nobody needs to look at a list of sites before."""
        return not self.cleaned_data["plans"] and self.keep_for is None

    @property
    def keep_for(self) -> str | None:
        """For which setting the change is kept for sites to come: "" is all, None that it is not."""
        if self.plan.is_team:
            return None
        return {LIKE: self.plan.site.place.setting, EVERY: ""}.get(self.cleaned_data["to_come"])

    @property
    def alike(self) -> list[Elsewhere]:
        """The other sites of the same setting."""
        return [one for one in self.places if one.plan.site.place.setting == self.plan.site.place.setting]

    @property
    def unlike(self) -> list[Elsewhere]:
        return [one for one in self.places if one.plan.site.place.setting != self.plan.site.place.setting]

    @property
    def picked(self) -> set[str]:
        """The ids of the plans that are ticked."""
        return set(self.data.getlist("plans")) if self.is_bound else set()

    @property
    def places(self) -> list[Elsewhere]:
        picked = self.picked
        return [Elsewhere(one, str(one.pk) in picked) for one in self.others]

    @property
    def carried(self) -> list[dict[str, str]]:
        """What a preview carries on to be applied."""
        return [{"name": name, "value": value} for name in self.fields for value in self.data.getlist(name)]

    def carry_out(self, *, by: User, now: dt.datetime, dry_run: bool = False) -> Outcome | None:
        """Make the change, or with dry_run show it. A rule that refuses becomes an error of its field, then None."""
        change = self.change
        try:
            return tailoring.fit(
                self.plan_ids, change, by=by, now=now, like=self.item, keep_for=self.keep_for, dry_run=dry_run
            )
        except ValidationError as error:
            self.add_error(FIELD_OF.get(change.kind), error)
            return None


def own_row(item: PlanItem) -> Change:
    """Return the change that adds a row of a plan's own elsewhere."""
    return Change(Kind.OWN, item.key, item.plan_step.key, item.kind, item.own_text, days=item.offset_days)


def row_in_words(change: Change, what: str) -> str:
    """Say what is going to happen to a row, as the heading of a preview."""
    if change.kind == Kind.MOVED:
        days = change.days or 0
        words = (
            ngettext("%(what)s: %(n)d day later", "%(what)s: %(n)d days later", days)
            if days > 0
            else ngettext("%(what)s: %(n)d day earlier", "%(what)s: %(n)d days earlier", -days)
        )
        return words % {"what": what, "n": abs(days)}
    words = {
        Kind.ASIDE: _("Does not apply: %(what)s"),
        Kind.WORDS: _("Other words for: %(what)s"),
        Kind.OWN: _("Add: %(what)s"),
        Kind.TAKEN_OUT: _("Take out: %(what)s"),
    }
    return words[change.kind] % {"what": what}


class RowForm(FitForm):
    """How one row is to change."""

    kind = forms.ChoiceField(
        label=gettext_lazy("What is different here?"),
        widget=forms.RadioSelect,
        error_messages={"required": gettext_lazy("Choose one.")},
    )
    reason = forms.CharField(
        label=gettext_lazy("Why, in a few words"),
        required=False,
        max_length=300,
        widget=forms.TextInput(attrs={"class": "form-control"}),
        error_messages=LONGEST,
    )
    days = forms.IntegerField(
        label=gettext_lazy("By how many days? Later: 14. Earlier: -14."),
        required=False,
        min_value=-FARTHEST,
        max_value=FARTHEST,
        widget=forms.NumberInput(attrs={"class": "form-control"}),
    )

    seen = forms.CharField(required=False, widget=forms.HiddenInput)  # the row as the page showed it

    field_order = ["kind", "reason", "text", "days", "plans", "to_come"]

    def __init__(self, *args: Any, item: PlanItem, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.item = item
        self.fields["text"].label = _("The words for this site")
        self.fields["text"].initial = item.text
        kinds = {
            Kind.ASIDE: _("It does not apply here"),
            Kind.WORDS: _("It needs other words here"),
            Kind.MOVED: _("It needs more or less time here"),
        }
        if not item.item_id:
            kinds[Kind.TAKEN_OUT] = _("Take it out of the plan")
        self.fields["kind"].choices = list(kinds.items())

    def clean(self) -> dict[str, Any]:
        """Ask for what the chosen change needs, and for nothing else."""
        cleaned = super().clean()
        kind = cleaned.get("kind")
        if kind == Kind.ASIDE and not cleaned.get("reason") and "reason" not in self.errors:
            self.add_error("reason", _("Say in a few words why it does not apply."))
        if kind == Kind.WORDS and not self.item.item_id and not cleaned.get("text") and "text" not in self.errors:
            self.add_error("text", _("Say what is to be done or what happens."))
        if kind == Kind.MOVED and not cleaned.get("days") and "days" not in self.errors:
            self.add_error("days", _("Type a number of days other than 0."))
        return cleaned

    @property
    def change(self) -> Change:
        cleaned, kind = self.cleaned_data, Kind(self.cleaned_data["kind"])
        said = {FIELD_OF[kind]: cleaned[FIELD_OF[kind]]} if kind in FIELD_OF else {}
        return Change(kind, self.item.key, **said)

    @property
    def in_words(self) -> str:
        """What is going to happen, as the heading of a preview says it."""
        return row_in_words(self.change, self.item.text)

    @property
    def as_it_is(self) -> str:
        """A mark of the row as it is now; another one than `seen` means that somebody changed it since."""
        item = self.item
        day = item.due_on if item.by_hand else ""
        said = f"{item.applicable} {item.is_done} {item.shift_days} {day} {item.own_text}"
        return hashlib.blake2s(said.encode(), digest_size=8).hexdigest()

    def refuse_stale(self) -> None:
        """Raise Stale where the row is not what the page showed any more."""
        if self.cleaned_data["seen"] and self.cleaned_data["seen"] != self.as_it_is:
            raise Stale


class SameForm(FitForm):
    """What was changed of a row here, to be done at other sites and at those to come as well."""

    def __init__(self, *args: Any, item: PlanItem, kind: Kind, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.item, self.kind = item, kind
        del self.fields["text"]
        self.fields["plans"].label = _("At which sites?")

    def clean(self) -> dict[str, Any]:
        """Ask for somewhere to do it."""
        cleaned = super().clean()
        if not self.errors and not cleaned["plans"] and self.keep_for is None:
            self.add_error("plans", _("Choose sites, or sites added later."))
        return cleaned

    @property
    def picked(self) -> set[str]:
        """The ids of the plans that are ticked; to begin with those of the same setting."""
        if self.is_bound:
            return super().picked
        setting = self.plan.site.place.setting if self.plan.site else ""
        return {str(one.pk) for one in self.others if one.site and one.site.place.setting == setting}

    @property
    def plan_ids(self) -> list[int]:
        return [int(pk) for pk in self.cleaned_data["plans"]]

    @property
    def only_here(self) -> bool:
        return False

    @property
    def change(self) -> Change:
        item, kind = self.item, self.kind
        if kind == Kind.OWN:
            return own_row(item)
        said = {
            Kind.ASIDE: {"reason": item.not_applicable_reason},
            Kind.WORDS: {"text": item.own_text},
            Kind.MOVED: {"days": item.shift_days},
        }
        return Change(kind, item.key, **said[kind])

    @property
    def in_words(self) -> str:
        """What is going to happen, as the heading of a preview says it."""
        return row_in_words(self.change, self.roadmaps_words)

    @property
    def roadmaps_words(self) -> str:
        return self.item.item.text if self.item.item_id else self.item.text


class OwnForm(FitForm):
    """A row of a site's own that is to be added to a step."""

    item_kind = forms.ChoiceField(
        label=gettext_lazy("What is it?"),
        choices=[
            (Item.Kind.ACTION, gettext_lazy("An action: something to do on the way")),
            (Item.Kind.MILESTONE, gettext_lazy("A milestone: something that happens on a day and that others can see")),
        ],
        widget=forms.RadioSelect,
        initial=Item.Kind.ACTION,
    )
    weeks = forms.IntegerField(
        label=gettext_lazy("Due how many weeks after the start?"),
        required=False,
        min_value=0,
        max_value=520,
        help_text=gettext_lazy("Leave this empty for something without a date."),
        widget=forms.NumberInput(attrs={"class": "form-control"}),
    )

    field_order = ["item_kind", "text", "weeks", "plans", "to_come"]

    def __init__(self, *args: Any, step: PlanStep, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.step = step
        self.fields["text"].label = _("What is to be done, or what happens?")
        self.fields["text"].required = True
        self.fields["text"].error_messages["required"] = _("Say what is to be done or what happens.")

    @property
    def change(self) -> Change:
        cleaned = self.cleaned_data
        days = None if cleaned["weeks"] is None else cleaned["weeks"] * DAYS_A_WEEK
        return Change(Kind.OWN, step=self.step.key, item_kind=cleaned["item_kind"], text=cleaned["text"], days=days)

    @property
    def in_words(self) -> str:
        return _("Add: %(what)s") % {"what": self.cleaned_data["text"]}
