"""Passages from all transcripts of a study: by codes, by who said it, by who coded it, and by words. Reads."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from django.db.models import Count, Exists, OuterRef, Q, QuerySet

from accounts.models import User
from interviews.models import Coding, Study, Transcript
from interviews.overlapping import Span, in_turns, touched

PARTICIPANT = "transcript__interview__participant"
ORDER = (f"{PARTICIPANT}__pseudonym", "transcript_id", "start")
NOBODYS = "none"  # in the place of an id: no project, no site
WORDS, TURN = "words", "turn"  # how near two codes must stand


@dataclass(frozen=True)
class Material:
    """What one person looks at in a study: transcripts they may read, and the codings there that they may see."""

    study: Study
    reader: User
    transcripts: QuerySet[Transcript]

    @property
    def visible(self) -> QuerySet[Coding]:
        """All codings that are not hidden from the reader, whether they may read the text or not."""
        return Coding.objects.there().visible_to_coder(self.reader)

    @property
    def codings(self) -> QuerySet[Coding]:
        return self.visible.filter(transcript__in=self.transcripts.values("pk"))


@dataclass(frozen=True)
class Bounds:
    """How much of a study's material a person does not see: transcripts, and codings hidden while they code blind."""

    transcripts: int
    unread: int
    hidden: int


def bounds_of(material: Material) -> Bounds:
    """Count what is there and what of it the reader does not see; two statements."""
    readable = Count("pk", filter=Q(pk__in=material.transcripts.values("pk")))
    texts = Transcript.objects.filter(interview__study=material.study).aggregate(all=Count("pk"), readable=readable)
    there = Coding.objects.there().filter(transcript__in=material.transcripts.values("pk"))
    hidden = there.exclude(pk__in=material.codings.values("pk")).count()
    return Bounds(texts["all"], texts["all"] - texts["readable"], hidden)


@dataclass(frozen=True)
class Asked:
    """Which passages are asked for. What is empty asks for nothing.

    `codes`: any of these; `also`: near a passage of each of these; `without`: near none of these, where near is sharing
    words (`near` "words") or standing in the same turn ("turn"). `below` takes the codes below each of them as well.
    A project or site is an id, or NOBODYS.
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


Families = Mapping[int, frozenset[int]]


@dataclass(frozen=True)
class Sought:
    """The codes of an `Asked` with the codes below them, as sets of ids. `also` has one set for each code."""

    codes: frozenset[int]
    also: list[frozenset[int]]
    without: frozenset[int]
    near: str = field(default=WORDS)


def sought(asked: Asked, families: Families) -> Sought:
    """Put the codes below in, where that is asked for; a code that is not in `families` stands alone."""

    def family(code: int) -> frozenset[int]:
        return families.get(code, frozenset({code})) if asked.below else frozenset({code})

    def all_of(codes: Iterable[int]) -> frozenset[int]:
        return frozenset().union(*(family(code) for code in codes))

    return Sought(all_of(asked.codes), [family(code) for code in asked.also], all_of(asked.without), asked.near)


def passages(material: Material, asked: Asked, families: Families) -> QuerySet[Coding]:
    """Return the codings that were asked for, in no order. Near "turn" takes two statements of its own."""
    found = material.codings.filter(said_by(asked))
    if asked.coder:
        found = found.filter(coder=asked.coder)
    codes = sought(asked, families)
    if codes.codes:
        found = found.filter(code__in=codes.codes)
    if asked.words:
        found = found.with_words().filter(words__icontains=asked.words)
    if asked.near == TURN and (codes.also or codes.without):
        return found.filter(pk__in=in_same_turn(material, codes))
    for others in codes.also:
        found = found.filter(sharing_words(material, others))
    return found.filter(~sharing_words(material, codes.without)) if codes.without else found


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


def sharing_words(material: Material, codes: Iterable[int]) -> Exists:
    """Return the condition that a coding shares a character with one of these codes; with one of its own it does."""
    place = {"transcript": OuterRef("transcript"), "start__lt": OuterRef("end"), "end__gt": OuterRef("start")}
    return Exists(material.visible.filter(code__in=codes, **place))


def in_same_turn(material: Material, codes: Sought) -> list[int]:
    """Return the ids of the codings that stand in a turn with each of `codes.also` and none of `codes.without`."""
    return [
        span.pk
        for spans in spans_of(material, near=TURN).values()
        for span, near in touched(spans)
        if all(near & others for others in codes.also) and not near & codes.without
    ]


def spans_of(material: Material, *, near: str) -> dict[int, list[Span]]:
    """Return where codings stand, by transcript: in characters, or near "turn" in turns. One or two statements."""
    found: dict[int, list[Span]] = {}
    rows = material.codings.order_by("transcript", "start").values_list("transcript", "start", "end", "code", "pk")
    for transcript, *place in rows.iterator():
        found.setdefault(transcript, []).append(Span(*place))
    if near != TURN:
        return found
    turns = material.transcripts.filter(pk__in=material.codings.values("transcript")).values_list("pk", "turns")
    return {pk: in_turns(found[pk], [turn[0] for turn in said]) for pk, said in turns.iterator() if pk in found}


def as_read(found: QuerySet[Coding]) -> QuerySet[Coding]:
    """Return codings with all that a list of passages says of each: its words, code, coder, participant and memos."""
    found = found.with_words().select_related("code", "coder__user", PARTICIPANT)
    found = found.defer("transcript__text", "transcript__turns", "transcript__masks")
    return found.prefetch_related("memos__coder__user")


def how_many(found: QuerySet[Coding]) -> tuple[int, int]:
    """Return how many codings there are, and in how many interviews; one statement."""
    counted = found.aggregate(codings=Count("pk"), interviews=Count("transcript", distinct=True))
    return counted["codings"], counted["interviews"]
