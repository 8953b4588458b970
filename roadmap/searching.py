"""Search over the guide of one version.

A version has some 300 rows, so they are read whole and compared in Python: that finds "Réunion" for "reunion" and
word beginnings on both databases alike, without an index to keep or a language to choose.
"""

import unicodedata
from dataclasses import dataclass
from itertools import pairwise

from django.utils.translation import gettext as _

from .models import Item, RoadmapVersion, Step, StepBarrier

IN_TITLE, IN_ROW, IN_TEXT = 3, 2, 1
CONTEXT = 60  # letters shown on either side of the first match
MOST_WORDS = 8


@dataclass(frozen=True)
class Found:
    """A place in the guide where all words of a search stand."""

    step: Step
    anchor: str
    where: str
    snippet: list[tuple[str, bool]]
    rank: int


def fold(text: str) -> tuple[str, list[int]]:
    """Return the text without case and accents, and for each of its letters the place in the text it came from."""
    folded, places = [], []
    for place, letter in enumerate(text):
        for part in unicodedata.normalize("NFKD", letter.casefold()):
            if not unicodedata.combining(part):
                folded.append(part)
                places.append(place)
    return "".join(folded), places


def search(version: RoadmapVersion, words: str, *, setting: str = "") -> list[Found]:
    """Return where all words stand together, names of steps before rows before running text."""
    wanted = fold(words)[0].split()[:MOST_WORDS]
    if not wanted:
        return []
    steps = {step.pk: step for step in version.steps.all()}
    found = [hit for step in steps.values() for hit in in_step(step, wanted)]
    for item in version.items.all():
        if item.is_for(setting=setting):
            where = _("Milestone") if item.kind == Item.Kind.MILESTONE else _("What to do")
            found += matches(steps[item.step_id], item.key, where, [item.text, item.evidence], wanted, IN_ROW)
    for barrier in StepBarrier.objects.filter(step__version=version):
        where = _("What often gets in the way")
        found += matches(steps[barrier.step_id], "barriers", where, [barrier.text], wanted, IN_ROW)
    return sorted(found, key=lambda hit: (-hit.rank, hit.step.position))


def in_step(step: Step, wanted: list[str]) -> list[Found]:
    titles = [step.name, step.short_name, step.published_name]
    if hits := matches(step, "", _("Step"), titles, wanted, IN_TITLE):
        return hits[:1]
    found = matches(step, "why", _("Why it matters"), [step.why], wanted, IN_TEXT)
    found += matches(step, "how", _("How it is done"), step.how, wanted, IN_TEXT)
    return found + matches(step, "tips", _("Tips"), step.tips, wanted, IN_TEXT)


def matches(step: Step, anchor: str, where: str, texts: list[str], wanted: list[str], rank: int) -> list[Found]:
    """Return a hit for each text that holds every word."""
    found = []
    for text in texts:
        folded, places = fold(text)
        if all(word in folded for word in wanted):
            found.append(Found(step, anchor, where, snippet(text, folded, places, wanted), rank))
    return found


def snippet(text: str, folded: str, places: list[int], wanted: list[str]) -> list[tuple[str, bool]]:
    """Cut the text around its first match into parts, each with whether it was searched for."""
    hit: set[int] = set()
    for word in wanted:
        start = folded.find(word)
        while start >= 0:
            hit.update(range(places[start], places[start + len(word) - 1] + 1))
            start = folded.find(word, start + 1)
    first = max(0, min(hit) - CONTEXT)
    last = min(len(text), min(hit) + 2 * CONTEXT)
    first = text.rfind(" ", 0, first) + 1 if first else 0
    last = text.find(" ", last) if last < len(text) and text.find(" ", last) > 0 else len(text)
    edges = [first, *(at for at in range(first + 1, last) if (at in hit) != (at - 1 in hit)), last]
    parts = [(text[start:end], start in hit) for start, end in pairwise(edges)]
    return [*([("… ", False)] if first else []), *parts, *([(" …", False)] if last < len(text) else [])]
