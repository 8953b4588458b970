"""Words of a text as they are searched and compared: without case and accents, letters and digits only. Pure.

"Réunion", "REUNION" and "re\u0301union" are one word; "don't" is two that stand together. No language is assumed.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from typing import NamedTuple

MARKS = "\u0300-\u036f\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe20-\ufe2f"  # what is written on or around a letter
LETTERS = re.compile(r"[^\W_]+")
WORD = re.compile(rf"[^\W_](?:[^\W_]|[{MARKS}])*")
TYPOGRAPHIC = {ord(sign): " " for sign in "‘’‚“”„–—…«»"}  # signs of one length that are no part of a word
QUOTES = re.compile('["“”„‟«»]')
BEGINNING = 3  # letters from which on a word also finds those that begin with it
MOST_TERMS = 20


class Word(NamedTuple):
    """A word of a text: where it stands, and how it is compared."""

    start: int
    end: int
    plain: str


@dataclass(frozen=True)
class Term:
    """What must stand in a text: one word, or several together. `begins`: a word that begins so will do."""

    words: tuple[str, ...]
    begins: bool = False


def plain(word: str) -> str:
    """Return a word without case and accents."""
    if word.isascii():
        return word.lower()
    folded = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", word).casefold())
    return "".join(sign for sign in folded if sign.isalnum())


def words_of(text: str) -> Iterator[Word]:
    """Yield the words of a text in order."""
    for match in WORD.finditer(text):
        if found := plain(match[0]):
            yield Word(match.start(), match.end(), found)


def plain_words(text: str) -> list[str]:
    """Return the words of a text as they are compared."""
    simple = simplified(text)
    return LETTERS.findall(simple) if simple is not None else [word.plain for word in words_of(text)]


def simplified(text: str) -> str | None:
    """Return a text in small letters where each sign is as long as it was, as in most texts; None for any other."""
    simple = text if text.isascii() else text.translate(TYPOGRAPHIC)
    return simple.lower() if simple.isascii() else None


def terms_of(asked: str) -> list[Term]:
    """Return what somebody asks for: words, "words in quotes" that stand together, each once.

    Nothing else has a meaning: signs are left out, and a quote that is not closed goes on to the end. What is written
    together ("co-located") stands together. At most MOST_TERMS are kept.
    """
    terms: list[Term] = []
    for number, part in enumerate(QUOTES.split(asked)):
        quoted = number % 2 == 1
        for piece in [part] if quoted else part.split():
            words = tuple(plain_words(piece))
            begins = not quoted and len(words) == 1 and len(words[0]) >= BEGINNING
            if words and (term := Term(words, begins)) not in terms:
                terms.append(term)
    return terms[:MOST_TERMS]


def places_of(text: str, terms: Sequence[Term]) -> list[list[tuple[int, int]]]:
    """Return where each term stands in a text, as spans of it."""
    simple = simplified(text)
    if simple is not None:
        return [[match.span(1) for match in pattern_of(term).finditer(simple)] for term in terms]
    words = list(words_of(text))
    return [places_among(words, term) for term in terms]


@lru_cache(maxsize=256)
def pattern_of(term: Term) -> re.Pattern[str]:
    """Return what finds a term in a text of small letters without accents. Matches of phrases may overlap."""
    words = r"[\W_]+".join(term.words) + (r"[^\W_]*" if term.begins else "")
    return re.compile(rf"(?<![^\W_])(?=({words})(?![^\W_]))")


def places_among(words: Sequence[Word], term: Term) -> list[tuple[int, int]]:
    count = len(term.words)
    spans = []
    for at in range(len(words) - count + 1):
        if all(fits(words[at + n].plain, one, term.begins) for n, one in enumerate(term.words)):
            spans.append((words[at].start, words[at + count - 1].end))
    return spans


def fits(word: str, asked: str, begins: bool) -> bool:
    return word.startswith(asked) if begins else word == asked


def marked(text: str, spans: Sequence[tuple[int, int]]) -> list[tuple[str, bool]]:
    """Return a text in pieces: what lies within spans is marked. Spans may overlap."""
    cuts = sorted({0, len(text), *(at for span in spans for at in span if 0 < at < len(text))})
    return [
        (text[start:end], any(first <= start and end <= last for first, last in spans)) for start, end in pairwise(cuts)
    ]
