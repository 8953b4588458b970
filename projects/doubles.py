"""Finding what was probably entered twice: names that say the same in other words. Pure, no database."""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from collections.abc import Hashable, Iterable, Iterator
from difflib import SequenceMatcher
from itertools import combinations
from typing import TypeVar

One = TypeVar("One")

NUMBER = re.compile(r"\d{1,18}")
WORDS = re.compile(r"[a-z0-9]+")
SHORT = {  # how people write the same words shorter
    "st": "saint",
    "mt": "mount",
    "ft": "fort",
    "ctr": "center",
    "cntr": "center",
    "centre": "center",
    "hlth": "health",
    "hosp": "hospital",
    "med": "medical",
    "fam": "family",
    "comm": "community",
    "cmnty": "community",
    "svc": "service",
    "svcs": "service",
    "services": "service",
    "dept": "department",
    "assoc": "associates",
    "elem": "elementary",
    "sch": "school",
    "schools": "school",
    "hs": "high school",
    "univ": "university",
    "co": "county",
    "n": "north",
    "s": "south",
    "e": "east",
    "w": "west",
}
EMPTY = {"the", "of", "and", "at", "a", "an", "inc", "llc", "pc", "pllc"}
LIKE = 0.9  # of SequenceMatcher: one or two letters of a name of twenty
MOST = 20  # pairs that are shown


def plain(name: str) -> str:
    """Return the words of a name as they are compared: without case, accents, signs and words that say nothing."""
    letters = unicodedata.normalize("NFKD", name.casefold())
    said = (SHORT.get(word, word) for word in WORDS.findall(letters.encode("ascii", "ignore").decode()))
    return " ".join(word for words in said for word in words.split() if word not in EMPTY)


def numbers_in(name: str) -> list[int]:
    return sorted(int(digits) for digits in NUMBER.findall(name))


def alike(one: str, other: str) -> bool:
    """Tell whether two plain names are probably one: the same words in any order, or all but a letter or two.

    Numbers are no slips of the pen: School 12 is another one than School 17.
    """
    if not one or not other or numbers_in(one) != numbers_in(other):
        return False
    if sorted(one.split()) == sorted(other.split()):
        return True
    matcher = SequenceMatcher(None, one, other, autojunk=False)
    return matcher.real_quick_ratio() >= LIKE and matcher.quick_ratio() >= LIKE and matcher.ratio() >= LIKE


def pairs(rows: Iterable[tuple[One, str, Hashable]]) -> Iterator[tuple[One, One]]:
    """Yield the pairs of rows (what, its name, where it is) at the same place whose names are probably one.

    Only names that share a word are compared, which keeps two thousand of them quick.
    """
    grouped: dict[Hashable, list[tuple[One, str]]] = defaultdict(list)
    for what, name, where in rows:
        grouped[where].append((what, plain(name)))
    for found in grouped.values():
        by_word: dict[str, list[int]] = defaultdict(list)
        for number, (_what, name) in enumerate(found):
            for word in set(name.split()):
                by_word[word].append(number)
        near = {pair for numbers in by_word.values() for pair in combinations(numbers, 2)}
        for one, other in sorted(near):
            if alike(found[one][1], found[other][1]):
                yield found[one][0], found[other][0]
