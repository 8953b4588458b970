"""The places of a closed round at which coders differ, with their words and how they were settled. Reads."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import groupby

from django.db.models import QuerySet

from interviews.comparing import place_of
from interviews.margins import turn_of
from interviews.models import AgreementRound, Code, Coder, Settlement, Transcript
from interviews.reading.turns import clock
from interviews.rounds import Difference, differences

PAGE = 20  # places on one page


@dataclass(frozen=True)
class Mark:
    """The words that one coder gave the code, "" for the whole place."""

    coder: Coder
    words: str


@dataclass(frozen=True)
class Dispute:
    """One code at a place: who marked which words, who did not use it, and how it was settled."""

    difference: Difference
    code: Code
    marks: list[Mark]
    others: list[Coder]
    settlement: Settlement | None


@dataclass(frozen=True)
class Place:
    """A piece of a transcript at which coders differ, with its words."""

    number: int
    transcript: Transcript
    start: int
    end: int
    speaker: str
    clock: str
    words: str
    disputes: list[Dispute]


@dataclass(frozen=True)
class Places:
    """One page of places, and the numbers between which it lies (None: there is nothing on that side)."""

    rows: list[Place]
    shown: int  # places that the filter leaves
    before: int | None
    after: int | None
    unread: int  # places in texts that the reader may not read, or that are gone


Key = tuple[int, int, int]  # of a place: transcript, start, end


def key_of(one: Difference) -> Key:
    return one.transcript, one.start, one.end


class Reader:
    """The places of a closed round for somebody who may read these transcripts."""

    def __init__(self, found: AgreementRound, readable: QuerySet[Transcript]):
        self.round, self.readable = found, readable
        every = differences(found.result or {"texts": []})
        self.found = [(number, key, list(each)) for number, (key, each) in enumerate(groupby(every, key=key_of), 1)]
        known = dict(readable.filter(agreement_rounds=found).values_list("pk", "revision"))
        self.known = {pk for pk, revision in known.items() if revision == self.revision_of(pk)}
        self.settled = {place_of(one): one for one in found.settlements.select_related("by")}
        self.total, self.done = len(every), sum(one.place in self.settled for one in every)
        times = Counter(one.code for one in every)
        self.codes = [(code, times[code.pk]) for code in found.study.codes.filter(pk__in=times)]

    def revision_of(self, transcript: int) -> int | None:
        texts = (self.round.result or {"texts": []})["texts"]
        return next((text["revision"] for text in texts if text["transcript"] == transcript), None)

    def page(self, *, code: int | None, unsettled: bool, after: int = 0, before: int = 0) -> Places:
        """Return the places behind one number or before another, of a code or of all; `unsettled`: those still open."""
        left = [one for one in self.found if self.keeps(one[2], code, unsettled)]
        seen = [one for one in left if one[1][0] in self.known]
        chosen = [one for one in seen if one[0] > after][:PAGE]
        if before:
            chosen = [one for one in seen if one[0] < before][-PAGE:]
        rows = self.with_words(chosen)
        first, last = (chosen[0][0], chosen[-1][0]) if chosen else (0, 0)
        return Places(
            rows,
            len(seen),
            first if any(one[0] < first for one in seen) else None,
            last if any(one[0] > last for one in seen) else None,
            len(left) - len(seen),
        )

    def keeps(self, each: Iterable[Difference], code: int | None, unsettled: bool) -> bool:
        return any((code is None or one.code == code) and not (unsettled and one.place in self.settled) for one in each)

    def at(self, key: Key) -> Place | None:
        """Return one place, None where nobody differed or it cannot be read."""
        chosen = [one for one in self.found if one[1] == key and key[0] in self.known]
        return next(iter(self.with_words(chosen)), None)

    def with_words(self, chosen: list[tuple[int, Key, list[Difference]]]) -> list[Place]:
        """Read the texts, codes and coders of some places: three statements."""
        texts = self.readable.filter(pk__in={key[0] for _number, key, _each in chosen})
        by_pk = {one.pk: one for one in texts.select_related("interview__participant")}
        codes = {code.pk: code for code in self.round.study.codes.all()}
        coders = {coder.pk: coder for coder in self.round.coders.select_related("user")}
        rows = []
        for number, (transcript, start, end), each in chosen:
            text = by_pk[transcript]
            speaker, seconds = text.turns[turn_of(text, start)][3:]
            disputes = [self.dispute(one, text, codes, coders) for one in each if one.code in codes]
            words = text.text[start:end]
            rows.append(Place(number, text, start, end, speaker, clock(seconds), words, disputes))
        return rows

    def dispute(self, one: Difference, text: Transcript, codes: dict[int, Code], coders: dict[int, Coder]) -> Dispute:
        marks = [
            Mark(coders[coder], "" if start <= one.start and one.end <= end else text.text[start:end])
            for coder, start, end in one.marked
        ]
        others = [coders[pk] for pk in one.others]
        return Dispute(one, codes[one.code], marks, others, self.settled.get(one.place))
