"""A study as a project of REFI-QDA: what of it may leave, and what the format or we leave behind. Reads.

Texts leave once somebody has said that they name nobody; where the study leaves its texts open, an owner may choose all
of them. Those of people who agreed to no quotes leave only where whoever takes the study out says so, each time.
Codings of others do not leave with somebody who codes the same interviews blind.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import groupby
from uuid import UUID, uuid5

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from accounts.models import User
from interviews.exchange import built_in, parts
from interviews.exchange.leaving import Leaving, coder_names, initials, leaving
from interviews.exchange.outgoing_codes import CodesOut
from interviews.exchange.remarks import Report
from interviews.exchange.writing import named
from interviews.models import Coding, Interview, Memo, Participant, Study, Transcript, Variable, VariableValue
from interviews.models.participants import MARKS, RoleGroup

ORDER = ("interview__participant__pseudonym", "interview")


@dataclass(frozen=True)
class Wishes:
    """What whoever takes a study out wants in it besides: coders' names, where and when people were, more texts."""

    names: bool = False
    places: bool = False
    all_texts: bool = False
    no_quotes: bool = False  # texts of people who agreed to no quotes, for the study's own researchers


class Outgoing:
    """A study on its way out for one person, who is to read what is in it."""

    def __init__(self, study: Study, *, reader: User, wishes: Wishes):
        self.study, self.reader, self.wishes = study, reader, wishes
        self.report = Report()
        rows = Transcript.objects.filter(interview__study=study).exclude(
            interview__participant__state=Participant.State.WITHDRAWN
        )
        whole = wishes.all_texts and study.open_text
        known = leaving(study)
        self.people = {one.participant.pk: one for one in known}
        self.unquoted = unquoted(known, whole=whole)
        kept = [] if wishes.no_quotes else self.unquoted
        texts_there = rows if whole else rows.filter(cleared_at__isnull=False)
        self.texts: QuerySet[Transcript] = texts_there.exclude(pk__in=[one.transcript.pk for one in kept]).order_by(
            *ORDER
        )
        self.interviews = self.leaving_interviews()
        self.report.loss(
            _("Texts that nobody has said name nobody stay here."),
            times=rows.count() - len(self.interviews) - len(kept),
        )
        for one in kept:
            self.report.loss(_("Texts of people who agreed to no quotes stay here."), one.participant.pseudonym)
        texts = self.texts.order_by().values("pk")
        self.codings = Coding.objects.there().visible_to_coder(reader).filter(transcript__in=texts)
        self.report.loss(  # in so many interviews: how much others coded there is not to be told
            _("What others coded in interviews that you code blind stays here until the round is closed."),
            times=Transcript.objects.coded_blind_by(reader).filter(pk__in=texts).count(),
        )
        self.codes = CodesOut(study, self.codings, self.report)
        self.memos = self.memos_by_place()
        self.values = self.values_by_holder()
        self.given: set[UUID] = set()

    def leaving_interviews(self) -> dict[int, Interview]:
        """Return the interviews whose texts leave, by the id of the transcript, in the order of the file."""
        rows = self.texts.select_related("interview__participant").defer("text", "turns", "masks")
        return {one.pk: one.interview for one in rows}

    def project(self) -> parts.Project:
        """Return the study as a project; its sources are made while they are written."""
        names = coder_names(self.study, named=self.wishes.names)
        coders = self.study.coders.order_by("pk")
        return parts.Project(
            name=self.study.name,
            users=[parts.User(one.guid, names[one.pk], initials(names[one.pk])) for one in coders],
            codes=self.codes.tree({one.code_id: self.noted("code", one.code_id) for one in self.memos_of("code")}),
            variables=self.variables(),
            cases=self.cases(),
            sources=self.sources(),
            notes=[self.note(one) for one in self.all_memos],
            sets=self.codes.sets({one.theme_id: self.noted("theme", one.theme_id) for one in self.memos_of("theme")}),
            note_refs=self.noted("study", None),
        )

    def words(self) -> Iterator[tuple[UUID, str]]:
        """Yield the texts in the order of the sources."""
        yield from self.texts.values_list("guid", "text").iterator(chunk_size=10)

    # ---- memos

    def memos_by_place(self) -> dict[tuple[str, int | None], list[Memo]]:
        """Read the memos that leave, by what they are about; those about what stays here stay too."""
        interviews = {one.pk for one in self.interviews.values()}
        codings = set(self.codings.values_list("pk", flat=True))
        rows = self.study.memos.visible_to_coder(self.reader).select_related("coder")
        self.all_memos: list[Memo] = []
        found: dict[tuple[str, int | None], list[Memo]] = {}
        stays = 0
        for memo in rows:
            about = self.place_of(memo)
            goes = {"interview": interviews, "coding": codings, "code": self.codes.leaving}.get(about[0])
            if goes is not None and about[1] not in goes:
                stays += 1
                continue
            self.all_memos.append(memo)
            found.setdefault(about, []).append(memo)
        self.report.loss(_("Memos about what stays here stay too."), times=stays)
        return found

    @staticmethod
    def place_of(memo: Memo) -> tuple[str, int | None]:
        for kind in ("interview", "code", "coding", "theme"):
            if pk := getattr(memo, f"{kind}_id"):
                return kind, pk
        return "study", None

    def memos_of(self, kind: str) -> list[Memo]:
        return [memo for (about, _pk), memos in self.memos.items() if about == kind for memo in memos]

    def noted(self, kind: str, pk: int | None) -> list[UUID]:
        return [memo.guid for memo in self.memos.get((kind, pk), ())]

    @staticmethod
    def note(memo: Memo) -> parts.Note:
        return parts.Note(
            memo.guid,
            name=named(memo.text),
            content=memo.text,
            coder=memo.coder.guid,
            created=memo.created_at,
            changed=memo.changed_at,
        )

    # ---- variables

    def values_by_holder(self) -> dict[tuple[str, int | None], dict[UUID, str]]:
        """Read the values of people and interviews that leave."""
        rows = VariableValue.objects.filter(variable__study=self.study).order_by("variable", "pk")
        found: dict[tuple[str, int | None], dict[UUID, str]] = {}
        self.own: list[Variable] = list(self.study.variables.order_by("pk"))
        guids = {one.pk: one.guid for one in self.own}
        for one in rows:
            kind = "participant" if one.participant_id else "interview"
            found.setdefault((kind, one.participant_id or one.interview_id), {})[guids[one.variable_id]] = one.value
        return found

    def of_participant(self, one: Participant) -> dict[UUID, str]:
        """Return what is known of a participant, by variable, those of ours first."""
        stored = self.values.get(("participant", one.pk), {})
        known = {built_in.ROLE: MARKS[RoleGroup(one.role_group)], built_in.SETTING: one.get_setting_display()}
        if self.wishes.places:
            told = self.people[one.pk]
            known |= {built_in.PROJECT: told.project, built_in.SITE: told.site}
        known = {guid: str(words) for guid, words in known.items() if words}
        return self.in_order({**stored, **known})

    def of_interview(self, one: Interview) -> dict[UUID, str]:
        """Return what is known of an interview, and again of its participant: programs read one or the other."""
        held = {built_in.HELD: one.held_on.isoformat()} if one.held_on and self.wishes.places else {}
        stored = self.values.get(("interview", one.pk), {})
        return self.in_order({**self.of_participant(one.participant), **stored, **held})

    def in_order(self, values: dict[UUID, str]) -> dict[UUID, str]:
        known = [*built_in.NAMES, *(one.guid for one in self.own if one.guid not in built_in.NAMES)]
        return {guid: values[guid] for guid in known if guid in values}

    def variables(self) -> list[parts.Variable]:
        """Return the variables: of ours those that somebody has a value of, then the study's own."""
        used = {guid for one in self.interviews.values() for guid in self.of_interview(one)}
        ours = [parts.Variable(guid, *about) for guid, about in built_in.NAMES.items() if guid in used]
        stored = [one for one in self.own if one.guid not in built_in.NAMES]
        return ours + [parts.Variable(one.guid, one.name, one.kind, one.description) for one in stored]

    def cases(self) -> list[parts.Case]:
        """Return the participants whose texts leave, by pseudonym."""
        texts = {one.interview_id: one.guid for one in self.texts.only("guid", "interview_id")}
        found: dict[int, parts.Case] = {}
        for one in self.interviews.values():
            who = one.participant
            if who.pk not in found:
                values = [parts.Value(guid, words) for guid, words in self.of_participant(who).items()]
                found[who.pk] = parts.Case(who.guid, who.pseudonym, values=values)
            found[who.pk].sources.append(texts[one.pk])
        return list(found.values())

    # ---- texts

    def sources(self) -> Iterator[parts.Source]:
        """Yield the texts with what is coded in them, one at a time; two statements for all."""
        place = [f"transcript__{name}" for name in ORDER]
        rows = self.codings.select_related("coder").order_by(*place, "start", "end", "pk").iterator(chunk_size=500)
        groups = groupby(rows, key=lambda one: one.transcript_id)
        group = next(groups, None)
        names: dict[str, int] = {}
        for pk, guid, text in self.texts.values_list("pk", "guid", "text").iterator(chunk_size=10):
            codings: list[Coding] = []
            if group and group[0] == pk:
                codings, group = list(group[1]), next(groups, None)
            interview = self.interviews[pk]
            name = interview.participant.pseudonym
            names[name] = names.get(name, 0) + 1
            yield parts.Source(
                guid,
                name if names[name] == 1 else f"{name} ({names[name]})",
                selections=self.selections(codings, text),
                notes=self.noted("interview", interview.pk),
                values=[parts.Value(variable, words) for variable, words in self.of_interview(interview).items()],
            )

    def selections(self, codings: list[Coding], text: str) -> list[parts.Selection]:
        """Return the coded passages of a text; codings that came in at one passage stand at one."""
        found: dict[UUID, parts.Selection] = {}
        for one in codings:
            guid = one.selection_guid
            if guid in found and (found[guid].start, found[guid].end) != (one.start, one.end):
                guid = uuid5(one.guid, "passage")
            if guid not in found:
                passage = parts.Selection(self.only(guid), one.start, one.end, named(text[one.start : one.end]))
                passage.coder, passage.created = one.coder.guid, one.created_at
                found[guid] = passage
            notes = self.noted("coding", one.pk)
            coding = parts.Coding(
                self.only(one.guid), self.codes.guids[one.code_id], one.coder.guid, one.created_at, notes
            )
            found[guid].codings.append(coding)
        return list(found.values())

    def only(self, guid: UUID) -> UUID:
        """Return an identifier that nothing else in the texts has."""
        while guid in self.given:
            guid = uuid5(guid, "again")
        self.given.add(guid)
        return guid


def unquoted(texts: Iterable[Leaving], *, whole: bool) -> list[Leaving]:
    """Return the texts that only an agreement to no quotes keeps here; of uncleared ones too where `whole`."""
    return [one for one in texts if one.kept == "quotes" and (whole or one.transcript.cleared_at)]
