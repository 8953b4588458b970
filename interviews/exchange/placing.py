"""Where selections of another program are in a text, as ours are counted: code points of a text with plain line feeds.

The standard does not say whether a line end of two characters (CRLF) counts once or twice, whether a mark at the
beginning (BOM) counts, and leaves room for doubt whether an end is the last character or behind it. Programs differ.
So each way of counting is tried on the selections of a text, and the one that fits best is taken: first by the words
that selections are named after, then by how many lie within the text and at the edges of words. Where nothing decides,
a line end counts once, the mark does not, and the end is behind the last character.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import product

from django.utils.translation import gettext as _

from interviews.exchange.parts import Selection
from roadmap.xml_text import ILLEGAL

MARK = "\ufeff"
ENDS = re.compile("\r\n?")
BREAKS = str.maketrans({"\x0b": "\n", "\x0c": "\n"})
TRIED = 500  # selections of a text on which ways of counting are tried
SHORTEST = 8  # characters of a name that may be the beginning of longer words
MARGIN = 0.1  # of the selections, by which another way must fit the edges of words better than the usual one


@dataclass(frozen=True)
class Way:
    """A way of counting: line ends as "one", "two", or as they "stand" in the file; mark and last character or not."""

    ends: str = "one"
    mark: bool = False
    inclusive: bool = False

    @property
    def in_words(self) -> str:
        ends = {
            "one": _("a line end counts once"),
            "two": _("a line end counts twice"),
            "stand": _("line ends count as they stand in the file"),
        }[self.ends]
        mark = [_("the mark at the beginning counts")] if self.mark else []
        last = _("the end is the last character") if self.inclusive else _("the end is behind the last character")
        return ", ".join([ends, *mark, last])


USUAL = Way()


@dataclass(frozen=True)
class Fit:
    """How well a way of counting fits: names that are the words selected, selections inside, edges at words' edges."""

    names: int
    inside: int
    edges: int


@dataclass(frozen=True)
class Counted:
    """A text as it is kept, and how positions in its file are counted: the way, what decided, and how surely."""

    text: str
    way: Way
    extras: Sequence[int]
    why: str

    def span(self, selection: Selection) -> tuple[int, int]:
        """Return where a selection begins and ends; it may still lie outside the text."""
        return span_of(selection, self.way, self.extras)


def kept_text(raw: str) -> tuple[str, int]:
    """Return a text as we keep it, one line feed for each line end and no mark, and how many characters were replaced.

    Nothing else is changed, so that positions can be told: what XML cannot hold becomes one other character.
    """
    plain = ENDS.sub("\n", raw.removeprefix(MARK)).translate(BREAKS)
    return ILLEGAL.subn("\ufffd", plain)


def extras_of(raw: str, text: str, ends: str) -> list[int]:
    """Return where, in the file's positions, characters are counted that our text does not have."""
    if ends == "one":
        return []
    if ends == "two":
        return [match.start() + number for number, match in enumerate(re.finditer("\n", text))]
    return [match.start() for match in re.finditer("\r\n", raw.removeprefix(MARK))]


def span_of(selection: Selection, way: Way, extras: Sequence[int]) -> tuple[int, int]:
    start, end = sorted((selection.start, selection.end))
    start, end = start - way.mark, end - way.mark + way.inclusive
    return start - bisect_left(extras, start), end - bisect_left(extras, end)


def counted(raw: str, selections: Sequence[Selection]) -> Counted:
    """Return a text with the way of counting that fits its selections best."""
    text, _replaced = kept_text(raw)
    ends = ["one"]
    if "\r\n" in raw:
        ends.append("stand")
    if "\n" in text and raw.count("\r\n") != text.count("\n"):
        ends.append("two")
    marks = [False, True] if raw.startswith(MARK) else [False]
    tried = [one for one in selections if one.end != one.start][:TRIED]
    fits: dict[Way, Fit] = {}
    for each, mark, inclusive in product(ends, marks, (False, True)):
        way = Way(each, mark, inclusive)
        fits[way] = fit_of(text, tried, way, extras_of(raw, text, each))
    way, why = best(fits, len(tried))
    return Counted(text, way, extras_of(raw, text, way.ends), why)


def fit_of(text: str, selections: Sequence[Selection], way: Way, extras: Sequence[int]) -> Fit:
    names = inside = edges = 0
    for one in selections:
        start, end = span_of(one, way, extras)
        if not 0 <= start < end <= len(text):
            continue
        inside += 1
        edges += at_edge(text, start) + at_edge(text, end)
        names += named(text[start:end], one.name)
    return Fit(names, inside, edges)


def at_edge(text: str, position: int) -> bool:
    """Tell whether a position is not within a word."""
    return not (0 < position < len(text) and text[position - 1].isalnum() and text[position].isalnum())


def named(words: str, name: str) -> int:
    """Tell whether a selection is named after its words: 2 for all of them, 1 for how they begin, 0 for neither."""
    wanted = " ".join(name.split())
    if not wanted:
        return 0
    said = " ".join(words.split())
    if said == wanted:
        return 2
    short = wanted.removesuffix("…").removesuffix("...").rstrip()
    return int(len(short) >= SHORTEST and said.startswith(short))


def best(fits: dict[Way, Fit], tried: int) -> tuple[Way, str]:
    """Return the way that fits best, and what decided; the first way is the usual one and wins where they are equal."""
    usual = fits[USUAL]
    way = max(fits, key=lambda one: fits[one].names)
    if fits[way].names > usual.names or usual.names:
        chosen = USUAL if fits[way].names == usual.names else way
        return chosen, _("by the words that selections are named after")
    way = max(fits, key=lambda one: (fits[one].inside, fits[one].edges))
    better = fits[way].edges - usual.edges > max(2, MARGIN * tried)
    if fits[way].inside > usual.inside or (fits[way].inside == usual.inside and better):
        return way, _("by the edges of words")
    return USUAL, _("the usual way, as nothing decides")
