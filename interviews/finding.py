"""Finding in a text what could tell who somebody is: addresses, numbers, dates, and names that Milepost knows.

It finds candidates; a person decides. What is likely an ordinary word ("May", "Grant") is found as not `sure`.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from interviews.models import Alias

Kind = Alias.Kind
WORD = re.compile(r"\w+(?:[’'\-]\w+)*")
PLACEHOLDER = re.compile(r"\[[A-Z][\w ]{0,30}\]")
MONTH = (
    r"(?:Jan(?:uary)?|Feb(?:ruary)?|Mar(?:ch)?|Apr(?:il)?|May|June?|July?|Aug(?:ust)?|Sept?(?:ember)?|Oct(?:ober)?"
    r"|Nov(?:ember)?|Dec(?:ember)?)"
)
YEAR = r"(?:19|20)\d\d"
DAY = r"\d{1,2}(?:st|nd|rd|th)?"
CAPITAL = r"[A-ZÀ-ÖØ-Þ][\w’'-]{1,30}"
OF_A_NAME = r"(?:(?:al|da|de|del|den|der|di|du|el|la|las|le|los|ten|ter|van|von) ){0,3}"
NUMBERED = (  # what a number that belongs to somebody is called
    r"(?:MRN|chart|(?:account|case|chart|client|file|insurance|license|medicaid|medicare|member|patient|policy|record)"
    r"(?: (?:number|no\.?|ID)| ?#)|(?-i:ID)(?: number)?)"
)
PATTERNS = (
    (Kind.EMAIL, re.compile(r"(?<![\w.+-])[\w.+-]{1,64}@(?:[A-Za-z0-9-]{1,63}\.){1,8}[A-Za-z]{2,24}(?![\w-])")),
    (Kind.NUMBER, re.compile(r"(?<![\d-])\d{3}-\d{2}-\d{4}(?![\d-])")),
    (
        Kind.PHONE,
        re.compile(
            r"(?<![\d.-])(?:\+?1[ .-]?)?(?:\(\d{3}\) ?|\d{3}[ .-])\d{3}[ .-]\d{4}"
            r"(?:,? ?(?:x|ext\.?) ?\d{1,5})?(?![\d-])"
        ),
    ),
    (Kind.PHONE, re.compile(r"(?<![\d.-])\d{3}-\d{4}(?![\d-])")),
    (Kind.PHONE, re.compile(r"(?<![\w+])\+(?=(?:[ ().-]{0,2}\d){8,15})\d{1,3}(?:[ .-]?\(?\d{1,4}\)?){2,6}(?![\w-])")),
    (Kind.DATE, re.compile(rf"\b{YEAR}-\d\d-\d\d\b|\b\d{{1,2}}/\d{{1,2}}/(?:{YEAR}|\d\d)\b")),
    (Kind.DATE, re.compile(rf"(?<![\d.-])\d{{1,2}}([.-])\d{{1,2}}\1{YEAR}\b")),
    (Kind.DATE, re.compile(rf"\b{MONTH}\.? {DAY}(?:,? {YEAR})?\b|\b{DAY} (?:of )?{MONTH}(?:\.?,? {YEAR})?\b")),
    (Kind.DATE, re.compile(rf"\b{MONTH}\.?,? (?:(?:of )?{YEAR}|['’]\d\d)\b")),
    (Kind.NUMBER, re.compile(rf"\b{NUMBERED}(?: is| was)?[ :#]{{0,3}}(?=[\w-]*\d)\w[\w-]{{1,20}}\b", re.IGNORECASE)),
    (Kind.NUMBER, re.compile(r"(?<![\w.-])\d{6,15}(?![\w-])")),
    (
        Kind.PERSON,
        re.compile(
            r"\b(?:Dr|Mr|Mrs|Ms|Mx|Prof|Rev|Sr|[Dd]octor|[Pp]rofessor|[Pp]astor|[Rr]everend)\.? "
            rf"{OF_A_NAME}{CAPITAL}(?: {OF_A_NAME}{CAPITAL})?"
        ),
    ),
)
# Parts of names that are words of every day: found, and left for a person to say.
EVERYDAY = frozenset(
    "al april art august baker bell best bill bond booker brook brown buck carol case chance christian clay cook "
    "day de dean dee del di drew du earl el faith field fields fish ford forest frank gay grace grant gray green "
    "guy hall harmony hill hope hunt hunter iris ivy jack joy june king la lane law le lee long love major mark "
    "marsh mason max may mercy miles miller moody moon neighbor north page park parker pat penny pierce pope power "
    "price rich rob robin rock rose rush sandy school short small snow song st stone street sue summer sunny temple "
    "tiny town trinity van violet wade walker ward waters west white will wise wood woods worth young".split()
)
# What names of places end in; without it a name is what people say in passing: "Elm Street".
GENERIC = frozenset(
    "academy agency and behavioral care center centre children's clinic community consult county department "
    "district elementary family health healthcare high home hospital infant junior line maternal medical medicine "
    "mental middle of office practice primary program recovery regional school schools senior service services "
    "system team teen the treatment visiting women's youth".split()
)


@dataclass(frozen=True)
class Known:
    """A name that Milepost knows: of what kind, whose (the whole name), and whether it is likely one everywhere.

    `label` is what a placeholder for it is called where that is not by its kind: "PI".
    """

    kind: str
    words: str
    whole: str
    sure: bool = True
    label: str = ""


@dataclass(frozen=True, order=True)
class Found:
    """A candidate in a text, at [start, end): its words, and the whole name that they are of."""

    start: int
    end: int
    kind: str
    words: str
    whole: str
    sure: bool = True
    label: str = ""


def folded(words: str) -> str:
    """Return words as they are compared: without case, with single spaces and straight apostrophes."""
    return " ".join(words.casefold().replace("’", "'").split())


def of_person(kind: str, name: str, label: str = "") -> Iterable[Known]:
    """Yield a person's name and its parts; initials are left out, everyday words are not taken for sure."""
    yield Known(kind, name, name, label=label)
    parts = WORD.findall(name)
    if len(parts) > 1:
        for part in parts:
            if len(part) > 1:
                yield Known(kind, part, name, folded(part) not in EVERYDAY, label)


def of_place(kind: str, name: str) -> Iterable[Known]:
    """Yield a place's name and what people say for short: the name without its generic end."""
    yield Known(kind, name, name)
    parts = WORD.findall(name)
    kept = parts[:]
    while kept and folded(kept[-1]) in GENERIC:
        kept.pop()
    if kept and kept != parts:
        yield Known(kind, " ".join(kept), name, sure=len(kept) > 1)


def find(text: str, known: Iterable[Known], *, ends: Sequence[int] = ()) -> list[Found]:
    """Return the candidates in a text, from left to right, the longer where two overlap; placeholders are left out.

    None reaches over one of `ends`, in order, at which somebody's words begin or end.
    """
    taken = [(match.start(), match.end()) for match in PLACEHOLDER.finditer(text)]
    candidates = [
        Found(match.start(), match.end(), kind, match.group(), match.group())
        for kind, pattern in PATTERNS
        for match in pattern.finditer(text)
    ]
    candidates += names_in(text, known)
    candidates = [one for one in candidates if bisect_right(ends, one.start) == bisect_left(ends, one.end)]
    candidates.sort(key=lambda one: (-(one.end - one.start), one.start, not one.sure))
    found: list[Found] = []
    busy = bytearray(len(text) + 1)
    for start, end in taken:
        busy[start:end] = b"\1" * (end - start)
    for one in candidates:
        if not any(busy[one.start : one.end]):
            busy[one.start : one.end] = b"\1" * (one.end - one.start)
            found.append(one)
    return sorted(found)


def names_in(text: str, known: Iterable[Known]) -> list[Found]:
    """Return where known names stand, whole words only, a single word only where it begins with a capital.

    One pass over the words of the text, whatever the number of names.
    """
    index: dict[str, dict[tuple[str, ...], Known]] = {}
    for one in known:
        parts = tuple(folded(part) for part in WORD.findall(one.words))
        if parts:
            kept = index.setdefault(parts[0], {})
            other = kept.get(parts)
            if other is None or (other.whole != one.whole and folded(one.whole) == folded(one.words)):
                kept[parts] = one
            elif other.whole != one.whole and folded(other.whole) != folded(other.words):
                kept[parts] = Known(one.kind, one.words, one.words, sure=False)  # several people's: whose, who knows
    words = [(match.start(), match.end(), match.group()) for match in WORD.finditer(text)]
    plain = [folded(word) for _start, _end, word in words]
    found = []
    for at, (start, _end, word) in enumerate(words):
        for names in [name for name in (plain[at], without_s(plain[at])) if name in index]:
            for parts, one in index[names].items():
                last = at + len(parts) - 1
                if last >= len(words) or not same(plain[at : last + 1], parts):
                    continue
                if len(parts) == 1 and not word[0].isupper() and not word[0].isdigit():
                    continue
                stop = words[last][1] if plain[last] == parts[-1] else words[last][1] - 2
                found.append(Found(start, stop, one.kind, text[start:stop], one.whole, one.sure, one.label))
    return found


def same(said: list[str], parts: tuple[str, ...]) -> bool:
    """Tell whether words are those of a name; its last may be a genitive ("Elm's")."""
    return tuple(said[:-1]) == parts[:-1] and parts[-1] in (said[-1], without_s(said[-1]))


def without_s(word: str) -> str:
    return word[:-2] if word.endswith("'s") else word
