"""Taking texts into a study as transcripts of interviews, with what is coded in them."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Iterable
from uuid import UUID, uuid5

from django.db import connection
from django.utils.translation import gettext as _

from interviews import searching
from interviews.exchange import built_in, parts
from interviews.exchange.intake import Coders, Intake, Variables
from interviews.exchange.intake_codes import Codebook
from interviews.exchange.intake_memos import Memos, quoted
from interviews.exchange.intake_people import People
from interviews.exchange.preparing import Passage, Ready
from interviews.models import Code, Coding, Interview, Transcript


class Texts:
    """The transcripts of a file: the same as one of the study by identifier, or by every character of their text."""

    def __init__(
        self, intake: Intake, *, people: People, codebook: Codebook, coders: Coders, variables: Variables, memos: Memos
    ):
        self.intake, self.people, self.codebook = intake, people, codebook
        self.coders, self.variables, self.memos = coders, variables, memos
        self.by_guid: dict[UUID, int] = {}
        self.by_text: dict[str, int] = {}
        rows = Transcript.objects.filter(interview__study=intake.study)
        for pk, guid, text in rows.values_list("pk", "guid", "text").iterator(chunk_size=20):
            self.by_guid[guid] = pk
            self.by_text.setdefault(digest(text), pk)
        self.told: set[UUID] = set()  # cases whose description was taken

    def take(self, ready: Ready) -> None:
        """Take one text with all that is in it; one that is here already gets what is new."""
        transcript = self.there(ready) or self.new(ready)
        if transcript is None:
            self.memos.drop(notes_of(ready))
            return
        self.variables.give(self.foreign(ready, transcript.interview), interview=transcript.interview)
        self.take_words(ready, transcript.interview)
        if transcript.text == ready.text:
            self.take_passages(ready, transcript)
        else:
            self.not_placed(ready, transcript)

    def there(self, ready: Ready) -> Transcript | None:
        """Return the study's transcript that a text is; locked, so that nobody changes it meanwhile."""
        pk = self.by_guid.get(ready.guid) or self.by_text.get(digest(ready.text))
        if pk is None:
            return None
        rows = Transcript.objects.select_related("interview__participant")
        found = (rows if self.intake.dry else rows.select_for_update(of=("self",), no_key=True)).get(pk=pk)
        self.people.meet(found.interview.participant, ready)
        self.intake.there["interviews"] += 1
        return found

    def new(self, ready: Ready) -> Transcript | None:
        """Return a new transcript of a new interview; None where the participant has withdrawn."""
        participant = self.people.participant(ready)
        if participant is None:
            return None
        interview = Interview(
            study=self.intake.study,
            participant=participant,
            guide=None,
            interviewer=self.intake.by,
            mode="",
            held_on=self.held_on(ready.values),
            created_at=self.intake.now,
        )
        cleared = self.people.choices.cleared
        transcript = Transcript(
            interview=interview,
            guid=ready.guid,
            text=ready.text,
            turns=ready.turns,
            saved_by=self.intake.by,
            saved_at=self.intake.now,
            cleared_by=self.intake.by if cleared else None,
            cleared_at=self.intake.now if cleared else None,
        )
        self.intake.save("interviews", interview)
        if not self.intake.dry:
            transcript.save(force_insert=True)
            searching.take_up(transcript)
        return transcript

    def held_on(self, values: Iterable[parts.Value]) -> dt.date | None:
        """Return the day that a variable of ours names, unless it is still to come."""
        words = next((value.words for value in values if value.variable == built_in.HELD), "")
        try:
            day = dt.date.fromisoformat(words[:10])
        except ValueError:
            return None
        return day if day <= self.intake.study.program.today(self.intake.now) else None

    def foreign(self, ready: Ready, interview: Interview) -> list[parts.Value]:
        values = self.people.of_interview(ready)
        return [one for one in values if one.variable != built_in.HELD or interview.held_on is None]

    def take_words(self, ready: Ready, interview: Interview) -> None:
        """Take what is written about a text as a whole."""
        self.memos.at(ready.notes, interview)
        self.memos.add(uuid5(ready.guid, "description"), ready.description, ready.coder, interview)
        case = self.people.case(ready)
        if case and case.guid not in self.told:
            self.told.add(case.guid)
            self.memos.add(uuid5(case.guid, "description"), case.description, None, interview)

    # ---- what is coded

    def take_passages(self, ready: Ready, transcript: Transcript) -> None:
        """Put the codings of a text where they belong; those that are there stay as they are."""
        rows = transcript.codings.all() if transcript.pk else Coding.objects.none()
        by_guid = {one.guid: one for one in rows}
        by_place = {(one.code_id, one.coder_id, one.start, one.end): one for one in rows if one.removed_at is None}
        new: list[Coding] = []
        first: list[tuple[Passage, Coding]] = []
        for passage in ready.passages:
            for one in passage.codings:
                code, coder = self.codebook.by_guid[one.code], self.coders.of(one.coder, passage.coder, ready.coder)
                place = (code.pk or id(code), coder.pk or id(coder), passage.start, passage.end)
                found = by_guid.get(one.guid) or by_place.get(place)
                if found:
                    self.intake.there["codings"] += 1
                else:
                    found = by_guid[one.guid] = by_place[place] = self.coding(one, passage, transcript, code)
                    found.coder = coder
                    new.append(found)
                self.memos.at(one.notes, found)
                if one is passage.codings[0]:
                    first.append((passage, found))
        self.intake.save_all("codings", new)
        if not self.intake.dry and not connection.features.can_return_rows_from_bulk_insert:
            pks = dict(transcript.codings.values_list("guid", "pk"))
            for coding in new:
                coding.pk = pks[coding.guid]
        for passage, coding in first:
            self.memos.at(passage.notes, coding)
            self.memos.add(uuid5(passage.guid, "description"), passage.description, passage.coder, coding)
        for passage in ready.passages:
            if not passage.codings:
                self.take_bare(passage, ready, transcript.interview)

    def coding(self, one: parts.Coding, passage: Passage, transcript: Transcript, code: Code) -> Coding:
        return Coding(
            transcript=transcript,
            code=code,
            guid=one.guid,
            selection_guid=passage.guid,
            start=passage.start,
            end=passage.end,
            created_at=one.created or self.intake.now,
            changed_at=self.intake.now,
        )

    def take_bare(self, passage: Passage, ready: Ready, interview: Interview) -> None:
        """Take what is noted at words without a code: about the interview, the words before it."""
        if passage.notes or passage.description:
            said = _("A note stands at words without a code; it became a memo on the interview, with the words.")
            self.intake.report.deviation(said, ready.name)
        quote = quoted(ready.text[passage.start : passage.end])
        self.memos.at(passage.notes, interview, quote=quote)
        words = f"{quote}\n\n{passage.description}" if passage.description else ""
        self.memos.add(uuid5(passage.guid, "description"), words, passage.coder, interview)

    def not_placed(self, ready: Ready, transcript: Transcript) -> None:
        """Say that the passages of a text cannot be placed, as it reads differently here; those known stay."""
        known = set(transcript.codings.values_list("guid", flat=True))
        codings = [one for passage in ready.passages for one in passage.codings]
        lost = [one for one in codings if one.guid not in known]
        self.intake.there["codings"] += len(codings) - len(lost)
        said = _("The text reads differently here (names were replaced?): its new codings have no place in it.")
        self.intake.report.loss(said, transcript.interview.participant.pseudonym, len(lost))
        for passage in ready.passages:
            notes = [*passage.notes, *(guid for one in passage.codings for guid in one.notes)]
            self.memos.at(notes, transcript.interview, quote=quoted(ready.text[passage.start : passage.end]))


def digest(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def notes_of(ready: Ready) -> list[UUID]:
    """Return all notes that stand at a text or in it."""
    inside = [[*passage.notes, *(guid for one in passage.codings for guid in one.notes)] for passage in ready.passages]
    return [*ready.notes, *(guid for notes in inside for guid in notes)]
