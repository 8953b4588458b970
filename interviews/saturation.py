"""How many codes each interview brought that none before it had: whether hearing more people still teaches. Reads."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.db.models import F
from django.utils.translation import gettext as _

from interviews.models import Interview
from interviews.outline import Outline
from interviews.retrieving import Material

LAST = 5  # interviews of which the sentence says how many brought nothing new
WIDTH, HEIGHT, LEFT, TOP = 700, 200, 44, 18  # of the chart, in its own units, and where the first bar and the top lie
NUMBERED = 12  # bars under which a number stands


@dataclass(frozen=True)
class Step:
    """An interview in the order held: the codes that are new with it, and how many were used up to and with it."""

    number: int
    interview: Interview
    new: list[str]
    total: int


@dataclass(frozen=True)
class Saturation:
    """Coded interviews in the order held. `uncoded` is how many have a transcript and no passage yet."""

    steps: list[Step]
    uncoded: int

    @property
    def last(self) -> list[Step]:
        return self.steps[-LAST:]

    @property
    def nothing_new(self) -> int:
        """How many of the last interviews brought no new code."""
        return sum(1 for step in self.last if not step.new)

    @property
    def reading(self) -> str:
        """What the chart says, in one sentence."""
        if len(self.steps) == 1:
            return _("One interview is coded. It takes more to see whether new ones still bring new codes.")
        newest = [step for step in self.steps if step.new][-1]
        said = {"nothing": self.nothing_new, "last": len(self.last), "number": newest.number, "who": newest.interview}
        return (
            _(
                "Of the last %(last)s interviews, %(nothing)s brought nothing new; "
                "the newest code came with interview %(number)s, %(who)s."
            )
            % said
        )


def saturation_of(material: Material, rows: Outline) -> Saturation:
    """Go through the coded interviews in the order held, those without a day last; two statements.

    Codes count as they are now, each for itself; one that was taken out of use counts where it stands.
    """
    used: dict[int, set[int]] = {}
    for transcript, code in material.codings.order_by().values_list("transcript", "code").distinct():
        used.setdefault(transcript, set()).add(code)
    names = {code.pk: code.name for code, _depth in rows}
    texts = material.transcripts.select_related("interview__participant").defer("text", "turns", "masks")
    ordered = texts.order_by(F("interview__held_on").asc(nulls_last=True), "interview")
    steps: list[Step] = []
    seen: set[int] = set()
    uncoded = 0
    for text in ordered:
        if text.pk not in used:
            uncoded += 1
            continue
        new = used[text.pk] - seen
        seen |= new
        told = [name for pk, name in names.items() if pk in new]
        steps.append(Step(len(steps) + 1, text.interview, told, len(seen)))
    return Saturation(steps, uncoded)


def file_header() -> list[Any]:
    return [_("Participant"), _("Number"), _("Held on"), _("New codes"), _("Codes so far"), _("Which are new")]


def file_rows(found: Saturation) -> Iterator[list[Any]]:
    for step in found.steps:
        who = step.interview
        yield [str(who), step.number, who.held_on, len(step.new), step.total, "; ".join(step.new)]


# ---- the chart


@dataclass(frozen=True)
class Bar:
    """An interview in the chart: what was known before it stands below what is new with it."""

    number: int
    numbered: bool
    x: float
    width: float
    middle: float
    known_top: float
    known_height: float
    new_top: float
    new_height: float
    said: str


@dataclass(frozen=True)
class Drawn:
    """The chart in its own units, with the numbers at its side: (what, where)."""

    bars: list[Bar]
    scale: list[tuple[int, float]]
    bottom: float
    said: str


def drawn(found: Saturation) -> Drawn:
    """Lay out a bar for each interview. Needs at least one."""
    most = max(found.steps[-1].total, 1)
    bottom = HEIGHT - 26
    unit = (bottom - TOP) / most
    room = (WIDTH - LEFT) / len(found.steps)
    every = -(-len(found.steps) // NUMBERED)
    bars = []
    for step in found.steps:
        x = LEFT + (step.number - 1) * room
        new, known = len(step.new), step.total - len(step.new)
        bars.append(
            Bar(
                number=step.number,
                numbered=(step.number - 1) % every == 0,
                x=round(x + room * 0.1, 1),
                width=round(room * 0.8, 1),
                middle=round(x + room / 2, 1),
                known_top=round(bottom - known * unit, 1),
                known_height=round(known * unit, 1),
                new_top=round(bottom - step.total * unit, 1),
                new_height=round(new * unit, 1),
                said=_("%(number)s, %(who)s: %(new)s new, %(total)s so far")
                % {"number": step.number, "who": step.interview, "new": new, "total": step.total},
            )
        )
    half = most // 2
    scale = [(number, round(bottom - number * unit, 1)) for number in dict.fromkeys((0, half, most))]
    said = _("A bar for each interview in the order held: codes known before it below, new ones on top.")
    return Drawn(bars, scale, bottom, said)
