"""Passages from all transcripts of a study: by codes, by who said it, by who coded it, and by words. Reads."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from django.db.models import Count, Q, QuerySet

from accounts.models import User
from interviews.answering import Guides
from interviews.asking import answers_to, asked_in
from interviews.models import Coding, Study, Transcript
from interviews.overlapping import Span, in_turns, touched

PARTICIPANT = "transcript__interview__participant"
ORDER = (f"{PARTICIPANT}__pseudonym", "transcript_id", "start")
NOBODYS = "none"  # in the place of an id: no project, no site
WORDS, TURN = "words", "turn"  # how near two codes must stand
TEXTS = 20  # transcripts that are held in memory


@dataclass(frozen=True)
class Material:
    """What one person looks at in a study: transcripts they may read, and the codings there that they may see."""

    study: Study
    reader: User
    transcripts: QuerySet[Transcript]

    @property
    def codings(self) -> QuerySet[Coding]:
        visible = Coding.objects.there().visible_to_coder(self.reader)
        return visible.filter(transcript__in=self.transcripts.values("pk"))


@dataclass(frozen=True)
class Bounds:
    """How much of a study's material a person does not see: transcripts, and others' codings where they code blind."""

    transcripts: int
    unread: int
    blind: int


def bounds_of(material: Material) -> Bounds:
    """Count what is there and what of it the reader does not see; two statements."""
    readable = Count("pk", filter=Q(pk__in=material.transcripts.values("pk")))
    texts = Transcript.objects.filter(interview__study=material.study).aggregate(all=Count("pk"), readable=readable)
    blind = Transcript.objects.coded_blind_by(material.reader).filter(pk__in=material.transcripts.values("pk")).count()
    return Bounds(texts["all"], texts["all"] - texts["readable"], blind)


@dataclass(frozen=True)
class Asked:
    """Which passages are asked for. What is empty asks for nothing.

    `codes`: any of these; `also`: near a passage of each of these; `without`: near none of these, where near is sharing
    words (`near` "words") or standing in the same turn ("turn"). `below` takes the codes below each of them as well.
    A project or site is an id, or NOBODYS. A question goes by its key: passages that begin in an answer to it.
    """

    codes: tuple[int, ...] = ()
    also: tuple[int, ...] = ()
    without: tuple[int, ...] = ()
    below: bool = True
    near: str = WORDS
    group: str = ""
    project: str = ""
    site: str = ""
    setting: str = ""
    participant: int | None = None
    coder: int | None = None
    words: str = ""
    question: str = ""


Families = Mapping[int, frozenset[int]]


@dataclass(frozen=True)
class Sought:
    """The codes of an `Asked` with the codes below them, as sets of ids. `also` has one set for each code."""

    codes: frozenset[int]
    also: list[frozenset[int]]
    without: frozenset[int]
    near: str


def sought(asked: Asked, families: Families) -> Sought:
    """Put the codes below in, where that is asked for; a code that is not in `families` stands alone."""

    def family(code: int) -> frozenset[int]:
        return families.get(code, frozenset({code})) if asked.below else frozenset({code})

    def all_of(codes: Iterable[int]) -> frozenset[int]:
        return frozenset().union(*(family(code) for code in codes))

    return Sought(all_of(asked.codes), [family(code) for code in asked.also], all_of(asked.without), asked.near)


def passages(material: Material, asked: Asked, families: Families) -> QuerySet[Coding]:
    """Return the codings that were asked for, in no order.

    What stands near what, and words, are found here from one look at all places, and not in the database: it would
    compare each coding with each, and unpack a long text once for every coding in it.
    """
    found = material.codings.filter(said_by(asked))
    codes = sought(asked, families)
    if asked.coder:
        found = found.filter(coder=asked.coder)
    if codes.codes:
        found = found.filter(code__in=codes.codes)
    if codes.also:
        found = found.filter(pk__in=near_all(material, codes))
    elif codes.without:
        found = found.exclude(pk__in=near_one(material, codes))
    if asked.question:
        found = found.filter(pk__in=said_to(material.study, found, asked.question))
    return found.filter(pk__in=with_words(found, asked.words)) if asked.words else found


def said_by(asked: Asked) -> Q:
    """Return the condition on who said it, and where they work."""
    found = Q()
    for name, value in (("role_group", asked.group), ("setting", asked.setting), ("pk", asked.participant)):
        if value:
            found &= Q(**{f"{PARTICIPANT}__{name}": value})
    for name, value in (("project", asked.project), ("site", asked.site)):
        if value == NOBODYS:
            found &= Q(**{f"{PARTICIPANT}__{name}__isnull": True})
        elif value:
            found &= Q(**{f"{PARTICIPANT}__{name}": value})
    return found


def near_all(material: Material, codes: Sought) -> list[int]:
    """Return the ids of the codings near a passage of each of `codes.also` and none of `codes.without`."""
    return [
        span.pk
        for span, near in nearness(material, codes)
        if all(near & others for others in codes.also) and not near & codes.without
    ]


def near_one(material: Material, codes: Sought) -> list[int]:
    """Return the ids of the codings near a passage of one of `codes.without`."""
    return [span.pk for span, near in nearness(material, codes) if near & codes.without]


def nearness(material: Material, codes: Sought) -> Iterator[tuple[Span, set[int]]]:
    """Yield codings with the codes near them, their own among them; of all codes that what is sought depends on."""
    others = codes.without.union(*codes.also)
    codings = material.codings.filter(code__in=codes.codes | others) if codes.codes else material.codings
    for spans in spans_of(material, codings, near=codes.near).values():
        yield from touched(spans)


def spans_of(material: Material, codings: QuerySet[Coding], *, near: str) -> dict[int, list[Span]]:
    """Return where codings stand, by transcript: in characters, or near "turn" in turns. One or two statements."""
    found: dict[int, list[Span]] = {}
    rows = codings.order_by("transcript").values_list("transcript", "start", "end", "code", "pk")
    for transcript, *place in rows.iterator():
        found.setdefault(transcript, []).append(Span(*place))
    if near != TURN:
        return found
    turns = material.transcripts.filter(pk__in=codings.order_by().values("transcript")).values_list("pk", "turns")
    return {pk: in_turns(found[pk], [turn[0] for turn in said]) for pk, said in turns.iterator(TEXTS) if pk in found}


def with_words(codings: QuerySet[Coding], words: str) -> list[int]:
    """Return the ids of the codings within which words stand, large letters like small ones; two statements."""
    places, sought_for = places_of(codings), words.casefold()
    texts = Transcript.objects.filter(pk__in=codings.order_by().values("transcript")).values_list("pk", "text")
    return [
        coding
        for pk, text in texts.iterator(TEXTS)
        for coding, start, end in places.get(pk, ())
        if sought_for in text[start:end].casefold()
    ]


def said_to(study: Study, codings: QuerySet[Coding], question: str) -> list[int]:
    """Return the ids of the codings that begin in an answer to a question (by its key); three statements."""
    places, guides = places_of(codings), Guides(study)
    texts = Transcript.objects.filter(pk__in=codings.order_by().values("transcript")).select_related("interview")
    found = []
    for one in texts.defer("masks").iterator(TEXTS):
        asked = asked_in(one.text, one.turns, guides.of(one.interview))
        ends = [*(turn[0] for turn in one.turns), len(one.text)]
        for answer in answers_to(question, asked, len(one.turns)):
            first, last = ends[answer.first], ends[answer.last]
            found += [coding for coding, start, _end in places.get(one.pk, ()) if first <= start < last]
    return found


def places_of(codings: QuerySet[Coding]) -> dict[int, list[tuple[int, int, int]]]:
    """Return ids and places of codings by transcript; one statement."""
    found: dict[int, list[tuple[int, int, int]]] = {}
    for transcript, pk, start, end in codings.order_by().values_list("transcript", "pk", "start", "end").iterator():
        found.setdefault(transcript, []).append((pk, start, end))
    return found


def as_read(ids: Iterable[int]) -> list[Coding]:
    """Return codings by id, in that order, with all that a list says of each: words, code, coder, participant, memos.

    Two statements. Sort and cut a list before: words are cut out of each text for every row that is sorted with them.
    """
    place = {pk: number for number, pk in enumerate(ids)}
    found = Coding.objects.with_words().filter(pk__in=place).select_related("code", "coder__user", PARTICIPANT)
    found = found.defer("transcript__text", "transcript__turns", "transcript__masks")
    return sorted(found.prefetch_related("memos__coder__user"), key=lambda one: place[one.pk])


def how_many(found: QuerySet[Coding]) -> tuple[int, int]:
    """Return how many codings there are, and in how many interviews; one statement."""
    counted = found.aggregate(codings=Count("pk"), interviews=Count("transcript", distinct=True))
    return counted["codings"], counted["interviews"]
