"""Searching what was said: words and phrases in all transcripts that a person may read. Reads, and the rows they need.

A turn is found where it holds all that is asked for. Both databases compare words as reading/words.py gives them.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import BooleanField, F, Func, QuerySet
from django.db.models.sql.compiler import SQLCompiler
from django.utils.html import escape, format_html
from django.utils.safestring import SafeString, mark_safe

from interviews import paging
from interviews.models import RoleGroup, SearchedTurn, Transcript
from interviews.reading.words import Term, marked, places_of, plain_words
from interviews.units import sentences

MOST = 500  # hits that are counted; beyond that there are "more than"
ORDER = ("transcript_id", "number")
CONTEXT = 160  # characters shown on each side of a passage
LONGEST = 600  # characters shown of a passage

Span = tuple[int, int]
Row = Any  # a named tuple: what `with_people` reads of a turn
Pieces = list[tuple[str, bool]]
Compiled = tuple[str, tuple[str | int, ...]]


def take_up(transcript: Transcript) -> None:
    """Write the words of a transcript's turns for the search, as its text is now; in the caller's transaction.

    Whoever writes a transcript's text calls this. Where a transcript is deleted its rows go with it.
    """
    SearchedTurn.objects.filter(transcript=transcript).delete()
    SearchedTurn.objects.bulk_create(rows_of(transcript), batch_size=1000)


def rows_of(transcript: Transcript) -> list[SearchedTurn]:
    """Return what the search keeps of a transcript, not saved."""
    rows = []
    for number, (_start, words, end, speaker, _seconds) in enumerate(transcript.turns):
        text = transcript.text[words:end]
        place = {"transcript": transcript, "number": number, "start": words, "speaker": speaker[:120]}
        rows.append(SearchedTurn(**place, text=text, words=" ".join(plain_words(text))))
    return rows


class Says(Func):
    """Tells of a turn whether it holds all terms, by the index that the database keeps of its words.

    Terms hold letters and digits only, so nothing in them has a meaning for the database.
    """

    output_field = BooleanField()

    def __init__(self, terms: Iterable[Term]):
        self.terms = tuple(terms)
        super().__init__(F("pk"))

    def as_postgresql(self, compiler: SQLCompiler, connection: Any, **_more: Any) -> Compiled:
        row, params = compiler.compile(self.source_expressions[0])
        asked = " & ".join(
            f"'{term.words[0]}':*" if term.begins else "(" + " <-> ".join(f"'{word}'" for word in term.words) + ")"
            for term in self.terms
        )
        return f"{row.rpartition('.')[0]}.indexed @@ to_tsquery('simple', %s)", (*params, asked)

    def as_sqlite(self, compiler: SQLCompiler, connection: Any, **_more: Any) -> Compiled:
        row, params = compiler.compile(self.source_expressions[0])
        asked = " AND ".join(f'"{" ".join(term.words)}"{"*" * term.begins}' for term in self.terms)
        among = "(SELECT rowid FROM interviews_searchedwords WHERE interviews_searchedwords MATCH %s)"
        return f"{row} IN {among}", (*params, asked)


@dataclass(frozen=True)
class Found:
    """A page of turns that hold what is asked for, and how many do in how many interviews; `more` than MOST or not."""

    page: paging.Page
    turns: int
    interviews: int
    more: bool


def search(
    readable: QuerySet[Transcript],
    terms: Iterable[Term],
    *,
    after: int | None = None,
    before: int | None = None,
    size: int,
) -> Found:
    """Return the turns of transcripts that hold all terms, which follow one (by id) or stand before one.

    They are counted first, in no order, which the index answers at once. Few are put in order here. Only where there
    are many does the database walk through the turns in their order, because then it soon has a page of them.
    """
    found = SearchedTurn.objects.filter(Says(terms), transcript__in=readable.values("pk"))
    keys = sorted(found.order_by().values_list(*ORDER, "pk")[: MOST + 1])
    more = len(keys) > MOST
    if more:
        page = paging.page_of(with_people(found), ORDER, after=after, before=before, size=size)
    else:
        page = page_of([pk for *_place, pk in keys], after=after, before=before, size=size)
    return Found(page, min(len(keys), MOST), len({key[0] for key in keys}), more)


def page_of(keys: Sequence[int], *, after: int | None, before: int | None, size: int) -> paging.Page:
    """Return the turns of a list of ids that follow one of it, or stand before one; from its top for neither."""
    start = 0
    if after in keys:
        start = keys.index(after) + 1
    elif before in keys:
        start = max(0, keys.index(before) - size)
    shown = keys[start : start + size]
    rows = with_people(SearchedTurn.objects.filter(pk__in=shown)).order_by(*ORDER)
    return paging.Page(list(rows), shown[0] if start else None, shown[-1] if start + size < len(keys) else None)


def with_people(turns: QuerySet[SearchedTurn]) -> QuerySet[SearchedTurn, Row]:
    """Read of turns what a page shows of them, and whom they are of: values, for four objects a hit cost more."""
    who = "transcript__interview__participant__"
    people = {"pseudonym": F(f"{who}pseudonym"), "role_group": F(f"{who}role_group")}
    place = {"interview": F("transcript__interview"), "revision": F("transcript__revision")}
    named = turns.annotate(**place, **people)
    return named.values_list("pk", "number", "start", "speaker", "text", *place, *people, named=True)


@dataclass(frozen=True)
class Hit:
    """A turn in which something was found: the passage [start, end) of its transcript, and pieces of text to show.

    The passage are the sentences that hold what was asked for, each term at its first place. Marked pieces are words
    that were asked for.
    """

    turn: Row
    start: int
    end: int
    before: str
    pieces: Pieces
    after: str

    @property
    def place(self) -> str:
        """The passage as it goes into an address."""
        return f"{self.start}-{self.end}"

    @property
    def value(self) -> str:
        """The passage as it goes into a form: of which interview, and of which revision of its text."""
        return f"{self.turn.interview}.{self.place}.{self.turn.revision}"

    @property
    def mark(self) -> str:
        """The role group of who was interviewed, as quotes are marked with it."""
        return RoleGroup(self.turn.role_group).mark

    @property
    def words(self) -> SafeString:
        """The passage with its surroundings, as a page shows it."""
        said = "".join(f"<mark>{escape(words)}</mark>" if found else escape(words) for words, found in self.pieces)
        around = '<span class="muted">{}</span>{}<span class="muted">{}</span>'
        return format_html(around, self.before, mark_safe(said), self.after)  # noqa: S308 - escaped piece by piece


def hit_of(turn: Row, terms: Sequence[Term]) -> Hit:
    """Return what to show of a turn that was found."""
    places = places_of(turn.text, terms)
    start, end = passage_around(turn.text, [spans[0] for spans in places if spans])
    shown = min(end, start + LONGEST)
    spans = [(first - start, last - start) for each in places for first, last in each if start <= first < shown]
    return Hit(
        turn,
        turn.start + start,
        turn.start + end,
        tail(turn.text[:start]),
        marked(turn.text[start:shown], spans),
        head(turn.text[shown:]),
    )


def passage_around(text: str, spans: Sequence[Span]) -> Span:
    """Return the sentences of a text that hold spans, from first to last; all of the text where there are none."""
    first, last = min((span[0] for span in spans), default=0), max((span[1] for span in spans), default=len(text))
    held = [one for one in sentences(text, 0, len(text)) if one[0] < last and first < one[1]]
    return (held[0][0], held[-1][1]) if held else (0, len(text))


def tail(text: str) -> str:
    """Return the end of what stands before a passage, whole words only, with a sign where something was left out."""
    if len(text) <= CONTEXT:
        return text
    return "… " + text[-CONTEXT:].partition(" ")[2]


def head(text: str) -> str:
    """Return the beginning of what stands behind a passage, as `tail` does."""
    if len(text) <= CONTEXT:
        return text
    return text[:CONTEXT].rpartition(" ")[0] + " …"
