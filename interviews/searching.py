"""Searching what was said: words and phrases in all transcripts that a person may read. Reads, and the rows they need.

A turn is found where it holds all that is asked for. Both databases compare words as reading/words.py gives them.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise, takewhile
from typing import Any

from django.db.models import BooleanField, F, Func, QuerySet
from django.db.models.sql.compiler import SQLCompiler

from interviews import paging
from interviews.models import SearchedTurn, Transcript
from interviews.reading.words import Term, marked, places_of, plain_words
from interviews.units import sentences

MOST = 500  # hits that are counted; beyond that there are "more than"
EVERY, SAMPLE, USUAL = 10, 40, 10  # of so many turns, every tenth, so many hold what is asked for: then it is usual
PAIRED = 60  # letters of each word that PostgreSQL's index of pairs keeps (migration 0006)
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
    rows, study = [], transcript.interview.study_id
    for number, (_start, words, end, speaker, _seconds) in enumerate(transcript.turns):
        text = transcript.text[words:end]
        place = {"study_id": study, "transcript": transcript, "number": number, "start": words}
        said = {"speaker": speaker[:120], "text": text, "words": " ".join(plain_words(text))}
        rows.append(SearchedTurn(**place, **said))
    return rows


class Says(Func):
    """Tells of a turn whether it holds all terms, by the indexes that the database keeps of its words.

    Terms hold letters and digits only, so nothing in them has a meaning for the database. With `walking` turns are
    looked at one after another, and nothing is done that only an index does fast.
    """

    output_field = BooleanField()

    def __init__(self, terms: Iterable[Term], *, walking: bool = False):
        self.terms, self.walking = tuple(terms), walking
        super().__init__(F("pk"))

    def as_postgresql(self, compiler: SQLCompiler, connection: Any, **_more: Any) -> Compiled:
        row, params = compiler.compile(self.source_expressions[0])
        table, tests, values = row.rpartition(".")[0], [], [*params]
        if single := [f"'{term.words[0]}'" + ":*" * term.begins for term in self.terms if len(term.words) == 1]:
            tests.append(f"{table}.indexed @@ to_tsquery('simple', %s)")
            values.append(" & ".join(single))
        phrases = [term.words for term in self.terms if len(term.words) > 1]
        if phrases and not self.walking:
            tests.append(f"interviews_pairs({table}.words) @> string_to_array(%s, '|')")
            values.append("|".join(f"{a[:PAIRED]} {b[:PAIRED]}" for words in phrases for a, b in pairwise(words)))
        for phrase in phrases:
            tests.append(f"strpos(' ' || {table}.words || ' ', %s) > 0")
            values.append(f" {' '.join(phrase)} ")
        asked = " AND ".join(tests)
        # PostgreSQL guesses badly how many turns hold a word, and gathers and sorts them all. Of this it knows nothing.
        return f"coalesce({asked}, false)" if self.walking else f"({asked})", tuple(values)

    def as_sqlite(self, compiler: SQLCompiler, connection: Any, **_more: Any) -> Compiled:
        row, params = compiler.compile(self.source_expressions[0])
        if self.walking:
            spaced = f"' ' || {row.rpartition('.')[0]}.words || ' '"
            tests = " AND ".join(f"instr({spaced}, %s) > 0" for _term in self.terms)
            said = (f" {' '.join(term.words)}{' ' * (not term.begins)}" for term in self.terms)
            return f"({tests})", (*params, *said)
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
    turns: QuerySet[SearchedTurn],
    terms: Sequence[Term],
    *,
    after: int | None = None,
    before: int | None = None,
    size: int,
) -> Found:
    """Return those of a study's turns that hold all terms, which follow one (by id) or stand before one.

    What is rare the database's indexes answer at once: all such turns are counted, in no order, and put in order here.
    What is usual it finds sooner by walking through the turns in their order until it has enough, for an index would
    first gather nearly all there are. Which of both it is a few turns tell.
    """
    usual = is_usual(turns, terms)
    found = turns.filter(Says(terms, walking=usual)).order_by(*ORDER if usual else ())
    keys = sorted(found.values_list(*ORDER, "pk", named=True)[: MOST + 1])
    more = len(keys) > MOST
    if more and (after or before or not usual):
        walked = with_people(turns.filter(Says(terms, walking=True)))
        page = paging.page_of(walked, ORDER, after=after, before=before, size=size)
    else:
        page = page_of(keys, after=after, before=before, size=size)
        rows = with_people(SearchedTurn.objects.filter(pk__in=[key.pk for key in page.rows]))
        page = replace(page, rows=list(rows.order_by(*ORDER)))
    return Found(page, min(len(keys), MOST), len({key.transcript_id for key in keys}), more)


def is_usual(turns: QuerySet[SearchedTurn], terms: Sequence[Term]) -> bool:
    """Tell whether what is asked for stands in so many turns that an index is of no help.

    Every tenth turn is looked at, from the first on, so that what a single interview is about is not taken for usual.
    """
    some = turns.alias(rest=F("number") % EVERY).filter(rest=0)
    said = some.order_by(*ORDER).values_list(Says(terms, walking=True))[:SAMPLE]
    return sum(holds for (holds,) in said) >= USUAL


def page_of(rows: list[Row], *, after: int | None, before: int | None, size: int) -> paging.Page:
    """Return those of a list of rows that follow one of it (by id), or stand before one; from its top for neither."""
    ids = [row.pk for row in rows]
    start = 0
    if after in ids:
        start = ids.index(after) + 1
    elif before in ids:
        start = max(0, ids.index(before) - size)
    shown = ids[start : start + size]
    earlier, later = bool(shown) and start > 0, start + size < len(ids)
    return paging.Page(rows[start : start + size], shown[0] if earlier else None, shown[-1] if later else None)


def with_people(turns: QuerySet[SearchedTurn]) -> QuerySet[SearchedTurn, Row]:
    """Read of turns what a page shows of them, and whom they are of: values, for four objects a hit cost more."""
    who = "transcript__interview__participant__"
    people = {"pseudonym": F(f"{who}pseudonym"), "role_group": F(f"{who}role_group")}
    place = {"interview": F("transcript__interview"), "revision": F("transcript__revision")}
    named = turns.annotate(**place, **people)
    return named.values_list("pk", *ORDER, "start", "speaker", "text", *place, *people, named=True)


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
    begun = takewhile(lambda one: one[0] < last, sentences(text, 0, len(text)))
    held = [one for one in begun if first < one[1]]
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
