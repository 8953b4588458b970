"""What a row of a content file may hold: its keys, their types and lengths. Rules across rows are in checking.py."""

import re
from collections.abc import Callable, Container, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from roadmap.models import Item, WorkedBy

from .reading import Fault

KEY = re.compile(r"[a-z][a-z0-9_]{0,49}")


@dataclass(frozen=True)
class Kind:
    """A type of value: a test, and its name in words for the fault."""

    fits: Callable[[Any], bool]
    words: str
    needed: bool = True

    def optional(self) -> "Kind":
        return Kind(self.fits, self.words, needed=False)


def text(longest: int = 5000) -> Kind:
    return Kind(
        lambda value: isinstance(value, str) and 0 < len(value.strip()) <= longest, f"text of 1 to {longest} letters"
    )


def one_of(values: Iterable[str]) -> Kind:
    values = list(values)
    return Kind(lambda value: isinstance(value, str) and value in values, f"one of: {', '.join(values)}")


def is_whole(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def list_of(kind: Kind) -> Kind:
    return Kind(
        lambda value: isinstance(value, list) and all(kind.fits(entry) for entry in value), f"a list, each {kind.words}"
    )


def is_pair(value: Any) -> bool:
    return isinstance(value, list) and len(value) == 2 and all(map(is_whole, value)) and value[0] <= value[1]


def or_nothing(kind: Kind) -> Kind:
    return Kind(lambda value: value is None or kind.fits(value), f"{kind.words}, or null")


key = Kind(
    lambda value: isinstance(value, str) and bool(KEY.fullmatch(value)),
    "a key: small letters, digits and _, at most 50",
)
maybe_text = Kind(lambda value: isinstance(value, str), "text, or '' where unknown")
yes_no = Kind(lambda value: isinstance(value, bool), "true or false")
whole = Kind(is_whole, "a whole number")
percent = Kind(lambda value: is_whole(value) and 0 <= value <= 100, "a whole number from 0 to 100")
rating = Kind(lambda value: isinstance(value, int | float) and 1 <= value <= 5, "a number from 1 to 5")
positive = Kind(lambda value: is_whole(value) and value > 0, "a whole number above 0")
stage = Kind(lambda value: is_whole(value) and 1 <= value <= 8, "a stage from 1 to 8")
address = Kind(
    lambda value: isinstance(value, str) and bool(re.fullmatch(r"https?://[^\s]{1,390}", value)),
    "an address that begins with http:// or https://",
)
maybe_address = Kind(lambda value: value == "" or address.fits(value), f"{address.words}, or ''")
mapping = Kind(lambda value: isinstance(value, dict), "a mapping")
rows = Kind(lambda value: isinstance(value, list) and all(isinstance(entry, dict) for entry in value), "a list of rows")
keys = list_of(key)
texts = list_of(text())
weeks = Kind(is_pair, "two whole numbers [from, to], the first not above the second")
anchors = Kind(
    lambda value: key.fits(value) or (isinstance(value, list) and bool(value) and all(map(key.fits, value))),
    "a milestone's key, a start, or a list of them",
)
worked_by = one_of(WorkedBy.values)

ROLE = {"key": key, "name": text(80), "summary": text(300)}
RESOURCE = {"title": text(200), "url": address}
DUE = {"anchor": anchors, "weeks": weeks}
APPLIES_TO = {"settings": keys.optional(), "ebis": keys.optional()}
BARRIER = {"text": text(300), "cfir": key}
STEP_CITATION = {
    "ref": text(200),
    "says": text(),
    "stance": one_of(["supports", "contrasts", "mentions"]).optional(),
    "verify": yes_no.optional(),
}
ITEM = {
    "key": key,
    "source": text(20),
    "worked_by": worked_by.optional(),
    "applies_to": mapping.optional(),
    "on_exit": yes_no.optional(),
}
MILESTONE = ITEM | {
    "name": text(300),
    "evidence": text(300),
    "due": or_nothing(mapping),
    "sic_stage": or_nothing(stage).optional(),
    "gate": yes_no.optional(),
    "headline": yes_no.optional(),
}
ACTION = ITEM | {
    "text": text(300),
    "suggested_role": key,
    "milestone": key,
    "minutes": positive,
    "template": text(120).optional(),
    "repeats": one_of(Item.Repeats.values).optional(),
}
STEP_LISTS = {
    "tips": texts.optional(),
    "milestones": rows.optional(),
    "actions": rows.optional(),
    "common_barriers": rows.optional(),
    "suggested_strategies": texts.optional(),
    "resources": rows.optional(),
    "citations": rows.optional(),
}
STEP = STEP_LISTS | {
    "key": key,
    "name": text(120),
    "published_name": text(120).optional(),
    "short_name": text(40),
    "worked_by": worked_by,
    "why": text(),
    "how": texts,
    "source": list_of(text(20)),
    "milestones": rows,
    "actions": rows,
}
PACK_STEP = STEP_LISTS | {"step": key}
PHASE = {"key": key, "name": text(80), "plain_name": text(80), "summary": text(), "steps": rows}
META = {
    "key": key,
    "title": text(120),
    "version": positive,
    "summary": text().optional(),
    "source_tags": mapping,
    "cautions": texts,
    "roles": rows,
}
ROADMAP_META = META | {"anchors": mapping, "settings": keys}
CODE = {
    "code": text(60),
    "says": text(),
    "source": text(20),
    "verify": yes_no,
    "applies_to": mapping.optional(),
}
PACK_META = META | {
    "adds_to_version": positive,
    "applies_to": mapping,
    "codes_checked": text(10).optional(),
    "codes": rows.optional(),
}
CITATION = {
    "key": key,
    "ref": text(200),
    "authors": maybe_text,
    "year": or_nothing(Kind(lambda value: is_whole(value) and 1900 <= value <= 2100, "a year")),
    "title": maybe_text,
    "published_in": maybe_text,
    "doi": Kind(lambda value: isinstance(value, str) and (not value or value.startswith("10.")), "a DOI (10.…), or ''"),
    "url": maybe_address,
    "kind": one_of(["article", "guide", "tool", "page", "notice", "law"]),
    "seen": text(200),
    "secondary": yes_no.optional(),
}
CONSTRUCT = {
    "key": key,
    "name": text(120),
    "meaning": text(),
    "original_2009": texts.optional(),
    "subconstructs": rows.optional(),
}
BARRIER_2009 = {"name": text(120), "domain": text(60), "cfir2": keys}
STRATEGY = {
    "id": Kind(lambda value: is_whole(value) and 1 <= value <= 73, "a number from 1 to 73"),
    "name": text(160),
    "cluster": text(80),
    "meaning": text(),
    "importance": rating.optional(),
    "feasibility": rating.optional(),
    "go_zone": one_of(["I", "II", "III", "IV"]).optional(),
    "rating_source": text().optional(),
}
PAIR = {
    "barrier": text(120),
    "strategy": text(160),
    "eric_id": whole,
    "percent": or_nothing(percent),
    "level": Kind(lambda value: value in (None, 1, 2, "1 or 2"), "1, 2, '1 or 2' or null"),
    "sources": list_of(address),
}


def shape_faults(file: str, row: str, value: Any, shape: Mapping[str, Kind]) -> list[Fault]:
    """Return unknown keys, missing keys and wrong types of one row."""
    if not isinstance(value, dict):
        return [Fault(file, row, "It must be a mapping of keys and values.")]
    faults = [
        Fault(file, row, f"Unknown key '{name}'. A gate must be a milestone.")
        if name == "gate"
        else Fault(file, row, f"Unknown key '{name}'. Known here: {', '.join(shape)}.")
        for name in value
        if name not in shape
    ]
    for name, kind in shape.items():
        if name not in value:
            if kind.needed:
                faults.append(Fault(file, row, f"The key '{name}' is missing."))
        elif not kind.fits(value[name]):
            faults.append(Fault(file, row, f"'{name}' must be {kind.words}; it is {shown(value[name])}."))
    return faults


def shown(value: Any) -> str:
    written = repr(value)
    return written if len(written) <= 60 else f"{written[:57]}…"


def row_name(kind: str, row: Any, number: int, key: str = "key") -> str:
    """Return what a fault calls a row: by its key where it has one, else by its number."""
    name = row.get(key) if isinstance(row, dict) else None
    return f"{kind} {name}" if isinstance(name, str) else f"{kind} number {number}"


def is_in(value: Any, names: Container[str]) -> bool:
    """Return whether a value is one of the names; a value of a wrong type (a list, say) is none of them."""
    return isinstance(value, str) and value in names


def repeated(file: str, kind: str, names: Iterable[Any]) -> list[Fault]:
    """Return a fault for each name that comes more than once."""
    seen: set[str] = set()
    faults = []
    for name in map(str, names):
        if name in seen:
            faults.append(Fault(file, f"{kind} {name}", "This key is used twice."))
        seen.add(name)
    return faults
