"""Taking a project into a study, part by part: what is here already is left as it is, what is new is written.

Looking and taking are one path: with `dry` everything is matched and counted and nothing is written. Things are the
same when their identifiers are; else, as some programs make new ones at each export, when name and place are.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterable
from typing import Any
from uuid import UUID, uuid5

from django.db import models
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import User
from interviews.exchange import built_in, parts
from interviews.exchange.markup import DERIVED
from interviews.exchange.remarks import Report
from interviews.models import Coder, Interview, Participant, Study, Variable, VariableValue

WHAT = {
    "participants": gettext_lazy("Participants"),
    "interviews": gettext_lazy("Interviews with their texts"),
    "codes": gettext_lazy("Codes"),
    "codings": gettext_lazy("Coded passages"),
    "memos": gettext_lazy("Memos"),
    "themes": gettext_lazy("Themes"),
    "variables": gettext_lazy("Variables"),
    "coders": gettext_lazy("Coders"),
}
UNKNOWN = uuid5(DERIVED, "unknown coder")


class Intake:
    """What all parts of one intake share: the study, who takes in, what is said of it, and how much was new."""

    def __init__(self, study: Study, *, by: User, now: dt.datetime, dry: bool, report: Report):
        self.study, self.by, self.now, self.dry, self.report = study, by, now, dry, report
        self.new: Counter[str] = Counter()
        self.there: Counter[str] = Counter()

    def save(self, what: str, made: models.Model) -> None:
        """Write a new row, or only count it."""
        self.new[what] += 1
        if not self.dry:
            made.save(force_insert=True)

    def save_all(self, what: str, made: list[Any]) -> None:
        """Write many new rows of one table at once, or only count them."""
        self.new[what] += len(made)
        if made and not self.dry:
            type(made[0]).objects.bulk_create(made, batch_size=500)

    @property
    def counts(self) -> list[dict[str, Any]]:
        """How many of each were new and how many were here, as a job keeps it."""
        return [
            {"what": what, "new": self.new[what], "there": self.there[what]}
            for what in WHAT
            if self.new[what] or self.there[what]
        ]


class Coders:
    """Who coded and wrote: coders of the study by the identifiers of a file."""

    def __init__(self, intake: Intake, users: Iterable[parts.User]):
        self.intake = intake
        self.by_guid = {coder.guid: coder for coder in intake.study.coders.select_related("user")}
        self.by_name = {coder.name: coder for coder in self.by_guid.values() if coder.user_id is None}
        for number, user in enumerate(users, start=1):
            self.take(user.guid, user.name or user.initials or _("Coder %(n)s") % {"n": number})

    def take(self, guid: UUID, name: str) -> Coder:
        name = name.strip()[:120] or _("Unknown")
        found = self.by_guid.get(guid) or self.by_name.pop(name, None)
        if found is None:
            found = Coder(study=self.intake.study, guid=guid, name=name)
            self.intake.save("coders", found)
        else:
            self.intake.there["coders"] += 1
        self.by_guid[guid] = found
        return found

    def of(self, *guids: UUID | None) -> Coder:
        """Return the coder that the first of these identifiers names; somebody unknown where none does."""
        guid = next((one for one in guids if one), None)
        if guid is None:
            self.intake.report.deviation(_("The file does not say who coded or wrote something."))
            return self.by_guid.get(UNKNOWN) or self.take(UNKNOWN, _("Unknown"))
        if guid not in self.by_guid:
            self.intake.report.deviation(_("Somebody who coded or wrote is not among the users."), str(guid))
            self.take(guid, _("Coder %(id)s") % {"id": str(guid)[:4]})
        return self.by_guid[guid]


class Variables:
    """Properties of participants and interviews that are no fields of ours."""

    def __init__(self, intake: Intake, variables: Iterable[parts.Variable]):
        self.intake = intake
        self.by_guid = {one.guid: one for one in intake.study.variables.all()}
        self.by_name = {(one.name.casefold(), one.kind): one for one in self.by_guid.values()}
        held = ("variable", "participant", "interview")
        rows = VariableValue.objects.filter(variable__study=intake.study).values_list(*held)
        self.held = {tuple(row) for row in rows}
        self.waiting = {one.guid: one for one in variables if one.guid in built_in.NAMES}
        self.kinds = {one.guid: one.kind for one in variables}
        for one in variables:
            if one.guid not in built_in.NAMES:
                self.take(one)

    def take(self, one: parts.Variable) -> None:
        found = self.by_guid.get(one.guid) or self.by_name.pop((one.name[:200].casefold(), one.kind), None)
        if found is None:
            name = one.name[:200] or _("Variable")
            found = Variable(
                study=self.intake.study, guid=one.guid, name=name, kind=one.kind, description=one.description
            )
            self.intake.save("variables", found)
        else:
            self.intake.there["variables"] += 1
        self.by_guid[one.guid] = found

    def give(
        self,
        values: Iterable[parts.Value],
        *,
        participant: Participant | None = None,
        interview: Interview | None = None,
    ) -> None:
        """Write the values of a participant or an interview that it does not have yet."""
        holder = participant or interview
        for value in values:
            if value.variable in self.waiting:  # one of ours, with a value that is none of ours
                self.take(self.waiting.pop(value.variable))
            variable = self.by_guid.get(value.variable)
            if variable is None:
                continue
            of = (participant and participant.pk, interview and interview.pk)
            place = (variable.pk or id(variable), *(of if any(of) else (id(holder),)))
            if place in self.held:
                continue
            self.held.add(place)
            if not self.intake.dry:
                words = self.form(value)
                VariableValue.objects.create(
                    variable=variable, participant=participant, interview=interview, value=words
                )

    def form(self, value: parts.Value) -> str:
        """Return a value as the standard writes it, where it is clear what is meant."""
        if self.kinds.get(value.variable) == "Boolean" and value.words.lower() in ("true", "false", "yes", "no"):
            plain = "true" if value.words.lower() in ("true", "yes") else "false"
            if plain != value.words:
                self.intake.report.deviation(_("A yes or no should be true or false."), value.words)
            return plain
        return value.words
