"""Whose texts they are: cases of a file as participants of a study, known by pseudonyms."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID, uuid5

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from interviews.exchange import built_in, parts
from interviews.exchange.intake import Intake, Variables
from interviews.exchange.preparing import Ready
from interviews.exchange.pseudonyms import names_nobody, person_in, plain_name
from interviews.models import Contact, Participant
from projects.models import Project, Site


@dataclass(frozen=True)
class Choices:
    """What whoever takes a file in says about it: of which role group people are, and whether texts name nobody.

    `role_variable` is the variable that says it; `role_group` holds for those of whom it says nothing.
    """

    role_group: str = ""
    role_variable: UUID | None = None
    cleared: bool = False


class People:
    """The participants of a file's texts; `texts` are what those are called."""

    def __init__(
        self,
        intake: Intake,
        project: parts.Project,
        variables: Variables,
        choices: Choices,
        *,
        texts: Sequence[str],
    ):
        self.intake, self.variables, self.choices = intake, variables, choices
        self.trusted = project.origin.startswith(parts.ORIGIN)  # its names are pseudonyms already
        self.cases = self.case_of_each(project.cases)
        self.by_guid = {one.guid: one for one in intake.study.participants.all()}
        self.taken = {one.pseudonym.casefold() for one in self.by_guid.values()}
        withdrawn = Participant.State.WITHDRAWN
        self.gone = {one.pseudonym.casefold(): one for one in self.by_guid.values() if one.state == withdrawn}
        self.met: set[UUID] = set()
        self.aliases: dict[str, str] = {}  # names that may tell who somebody is: what stands for them in reports
        self.without_role = 0
        names = [*(case.name for case in project.cases), *texts]
        self.reserved = {plain_name(name).casefold() for name in names if self.can_stand(name)}
        self.places: tuple[dict[str, Project], dict[tuple[int, str], Site]] | None = None

    def case_of_each(self, cases: Sequence[parts.Case]) -> dict[UUID, parts.Case]:
        """Return the case of each text: of several the one with the fewest texts, which is likely to be a person."""
        found: dict[UUID, parts.Case] = {}
        for case in sorted(cases, key=lambda case: len(case.sources)):
            if not case.sources:
                self.intake.report.loss(_("A case without a text is not kept."), case.name)
            for guid in case.sources:
                if guid in found:
                    said = _("A text belongs to several cases; that it belongs to a second one is not kept.")
                    self.intake.report.loss(said, case.name)
                found.setdefault(guid, case)
        return found

    def can_stand(self, name: str) -> bool:
        return bool(name) and len(plain_name(name)) <= 40 and (self.trusted or names_nobody(name))

    def case(self, ready: Ready) -> parts.Case | None:
        return self.cases.get(ready.guid) or (self.cases.get(ready.of) if ready.of else None)

    def participant(self, ready: Ready) -> Participant | None:
        """Return the participant of a text that is new, made where there is none; None for one who has withdrawn."""
        case = self.case(ready)
        guid = case.guid if case else uuid5(ready.of or ready.guid, "participant")
        name = (case.name if case else "") or ready.name
        found = self.by_guid.get(guid)
        if found is None and self.withdrew(ready, name):
            return None
        if found is None:
            self.met.add(guid)
            found = self.make(guid, name, case.values if case else ready.values)
        self.meet(found, ready)
        if found.state == Participant.State.WITHDRAWN:
            said = _("A participant has withdrawn from this study: nothing of theirs is taken in.")
            self.intake.report.loss(said, found.pseudonym)
            return None
        return found

    def withdrew(self, ready: Ready, name: str) -> bool:
        """Tell whether somebody of this name has withdrawn: another program may give them another identifier."""
        gone = next((self.gone[each] for each in map(folded, (name, ready.name)) if each in self.gone), None)
        if gone is None:
            return False
        self.intake.report.loss(
            _(
                "Somebody of this name has withdrawn from this study: nothing of theirs is taken in. "
                "Where it is another person, give them another name in the file."
            ),
            gone.pseudonym,
        )
        return True

    def meet(self, found: Participant, ready: Ready) -> None:
        """Take up what the file says of a participant, once for each of their texts."""
        case = self.case(ready)
        if found.guid not in self.met:
            self.met.add(found.guid)
            self.intake.there["participants"] += 1
        for name in {ready.name, plain_name(ready.name), case.name if case else ""}:
            if name and not (self.trusted or names_nobody(name)):
                self.aliases[name] = found.pseudonym
        if case and found.state != Participant.State.WITHDRAWN:
            self.variables.give(self.foreign(case.values), participant=found)

    def make(self, guid: UUID, name: str, values: Sequence[parts.Value]) -> Participant:
        found = Participant(study=self.intake.study, guid=guid, pseudonym=self.pseudonym(name), **self.fields(values))
        self.intake.save("participants", found)
        self.by_guid[guid] = found
        if name and not self.can_stand(name):
            said = _("Pseudonyms were given where names in the file may tell who somebody is. Owners see who is who.")
            self.intake.report.note(said, found.pseudonym)
            if not self.intake.dry:
                Contact.objects.create(participant=found, name=person_in(name)[:120])
        return found

    def pseudonym(self, name: str) -> str:
        """Return a pseudonym that is free: the name itself where it names nobody, else the next P and a number."""
        plain = plain_name(name)
        if self.can_stand(name) and plain.casefold() not in self.taken:
            self.taken.add(plain.casefold())
            return plain
        if self.can_stand(name):
            self.intake.report.note(_("A pseudonym was taken; another was given."), plain)
        number = 1
        while (made := f"P{number:02}").casefold() in self.taken | self.reserved:
            number += 1
        self.taken.add(made.casefold())
        return made

    def fields(self, values: Iterable[parts.Value]) -> dict[str, Any]:
        """Return what a case says of fields of ours. Raises ValidationError where nobody says the role group."""
        said = {value.variable: value.words for value in values}
        chosen = said.get(self.choices.role_variable, "") if self.choices.role_variable else ""
        group = built_in.role_group(chosen) or built_in.role_group(said.get(built_in.ROLE, ""))
        if not group:
            self.without_role += 1
        group = group or self.choices.role_group
        if not group and not self.intake.dry:
            raise ValidationError(_("Choose a role group for those of whom the file does not say it."))
        project, site = self.place(said.get(built_in.PROJECT, ""), said.get(built_in.SITE, ""))
        setting = built_in.setting(said.get(built_in.SETTING, ""))
        return {"role_group": group, "setting": setting, "project": project, "site": site}

    def place(self, project: str, site: str) -> tuple[Project | None, Site | None]:
        """Return the project and site of the program that are called so."""
        if self.places is None:
            program = self.intake.study.program_id
            projects = {one.name: one for one in Project.objects.filter(program=program)}
            sites = {(one.project_id, one.name): one for one in Site.objects.filter(project__program=program)}
            self.places = projects, sites
        found = self.places[0].get(project)
        return found, self.places[1].get((found.pk, site)) if found else None

    def of_interview(self, ready: Ready) -> list[parts.Value]:
        """Return the values of a text that its case does not have as well."""
        case = self.case(ready)
        of_case = {(value.variable, value.words) for value in case.values} if case else set()
        return [one for one in self.foreign(ready.values) if (one.variable, one.words) not in of_case]

    def foreign(self, values: Sequence[parts.Value]) -> list[parts.Value]:
        """Return the values that are not in fields of ours: of other variables, and such as mean nothing to us."""
        project = next((value.words for value in values if value.variable == built_in.PROJECT), "")
        known = {
            built_in.ROLE: lambda words: built_in.role_group(words),
            built_in.SETTING: lambda words: built_in.setting(words),
            built_in.PROJECT: lambda words: self.place(words, "")[0],
            built_in.SITE: lambda words: self.place(project, words)[1],
        }
        return [one for one in values if one.variable not in known or not known[one.variable](one.words)]


def folded(name: str) -> str:
    return plain_name(name).casefold()


def words_of_variables(project: parts.Project) -> list[dict[str, Any]]:
    """Return the variables of cases from which role groups can be told, with how many of their values mean one."""
    found: dict[UUID, Counter[str]] = {}
    for case in project.cases:
        for value in case.values:
            found.setdefault(value.variable, Counter())[value.words] += 1
    told = []
    for one in project.variables:
        words = found.get(one.guid, Counter())
        meant = sum(times for value, times in words.items() if built_in.role_group(value))
        if meant and one.guid != built_in.ROLE:
            told.append({"guid": str(one.guid), "name": one.name, "meant": meant, "all": sum(words.values())})
    return told
