"""The words of the field, a sentence each: listed on a page, and found in the texts of the guide."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path

import yaml
from django.utils.text import slugify

CONTENT = Path(__file__).parent / "content" / "glossary.yaml"


@dataclass(frozen=True)
class Term:
    """A word with what it means; `also` are other forms of it, `key` its place on the page."""

    term: str
    means: str
    also: list[str] = field(default_factory=list)

    @property
    def key(self) -> str:
        return slugify(self.term)

    @property
    def names(self) -> list[str]:
        """The forms under which it stands in a text; what is in brackets tells it apart and is no part of it."""
        return [self.term.partition(" (")[0], *self.also]


@lru_cache(maxsize=1)
def terms() -> list[Term]:
    """Return all words by their alphabet."""
    rows = yaml.safe_load(CONTENT.read_text(encoding="utf-8"))
    return sorted((Term(**row) for row in rows), key=lambda term: term.term.casefold())


# Words that everybody knows are explained on the page, and not underlined wherever they stand.
PLAIN = {
    "action",
    "code (of an interview)",
    "lead",
    "late",
    "place",
    "plan",
    "program",
    "project",
    "quiet",
    "site",
    "step",
}
PLAIN |= {
    "milestone",
    "Roadmap",
    "stuck",
    "theme",
    "organization",
    "implementation",
    "finding",
    "adoption",
    "screening",
    "job",
    "needs help",
    "observer",
    "participant",
    "paused",
    "region",
    "setting up",
    "transcript",
}


@lru_cache(maxsize=1)
def finder() -> tuple[re.Pattern[str], dict[str, Term]]:
    """Return what finds words that need explaining in a text, and which term each form belongs to."""
    by_name = {name.casefold(): term for term in terms() if term.term not in PLAIN for name in term.names}
    longest_first = sorted(by_name, key=len, reverse=True)
    pattern = r"(?<![\w-])(" + "|".join(map(re.escape, longest_first)) + r")(?![\w-])"
    return re.compile(pattern, re.IGNORECASE), by_name
