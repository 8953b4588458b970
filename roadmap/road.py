"""Where things lie on the road, the one picture of Milepost. Pure: plain data in, numbers for the templates out.

Positions are per cents of the road's width, sizes are pixels: the road then fits any width while its marks and words
keep their size, with no inline style (the policy forbids it).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

REACHED, NEXT, AHEAD, LATE, NOT_APPLICABLE = "reached", "next", "ahead", "late", "na"
NEXT_LATE = "next_late"  # the next one whose date has passed: the ring and the flag
PHASES = ("pre_implementation", "implementation", "sustainability")

SMALLEST_SHARE = 21.0  # per cent: room for "Keep it going" and its count at 768 px
GAP = 1.0  # per cent between two stretches
TINY_SHARES = (41.0, 41.0, 14.0)  # the same in every row of a list, so that rows compare
TINY_GAP = 2.0
CROWDED = 52  # from so many mileposts on, marks are drawn smaller


@dataclass(frozen=True)
class Milepost:
    """One milestone (or, on the guide, one step) on the road. `minor` counts what lies on the way to it."""

    name: str
    state: str = AHEAD
    url: str = ""
    note: str = ""
    minor: int = 0


@dataclass(frozen=True)
class Stretch:
    """One phase of the road with what was reached of what there is."""

    phase: str
    plain_name: str
    reached: int
    total: int
    mileposts: Sequence[Milepost] = ()
    name: str = ""
    summary: str = ""


@dataclass(frozen=True)
class Mark:
    """A milepost and where it stands."""

    milepost: Milepost
    x: float


@dataclass(frozen=True)
class Drawn:
    """A stretch with its start and width, how far it is filled, and its marks; all in per cents."""

    stretch: Stretch
    x: float
    width: float
    filled: float
    marks: Sequence[Mark] = ()
    gaps: Sequence[tuple[float, float]] = field(default=())

    @property
    def end(self) -> float:
        return round(self.x + self.width, 3)

    @property
    def share(self) -> float:
        """Return how much of the stretch was reached, in per cents of the stretch itself."""
        return percent(self.stretch.reached, self.stretch.total)


@dataclass(frozen=True)
class Strip:
    """The whole strip. `sign` is the per cent, even, under which the next milepost's name stands; None without one."""

    stretches: Sequence[Drawn]
    next_x: float | None
    sign: int | None
    crowded: bool


def percent(part: int, whole: int) -> float:
    """Return part of whole in per cents, at most 100; nothing of nothing is nothing."""
    return round(min(100.0, 100.0 * part / whole), 2) if whole > 0 else 0.0


def shares(weights: Sequence[int], *, available: float, smallest: float) -> list[float]:
    """Divide the available width by weight, no share below the smallest; the others give up what that takes."""
    small: set[int] = set()
    while True:
        rest = available - smallest * len(small)
        total = sum(weight for at, weight in enumerate(weights) if at not in small)
        wide = {at: rest * weight / total for at, weight in enumerate(weights) if at not in small and total}
        too_small = {at for at, share in wide.items() if share < smallest}
        if not too_small:
            return [wide.get(at, smallest) for at in range(len(weights))] if wide else even(len(weights), available)
        small |= too_small


def even(parts: int, available: float) -> list[float]:
    return [available / parts] * parts if parts else []


def draw_strip(stretches: Sequence[Stretch]) -> Strip:
    """Lay the stretches side by side and stand their mileposts at even distances within each."""
    count = len(stretches)
    weights = [len(stretch.mileposts) or stretch.total for stretch in stretches]
    smallest = min(SMALLEST_SHARE, 100.0 / max(count, 1) - GAP)
    widths = shares(weights, available=100.0 - GAP * max(count - 1, 0), smallest=smallest)
    drawn, x = [], 0.0
    for stretch, width in zip(stretches, widths, strict=True):
        drawn.append(draw_stretch(stretch, x, width))
        x += width + GAP
    marks = [mark for part in drawn for mark in part.marks]
    next_x = next((mark.x for mark in marks if mark.milepost.state in (NEXT, NEXT_LATE)), None)
    sign = None if next_x is None else round(next_x / 2) * 2
    return Strip(drawn, next_x, sign, crowded=len(marks) > CROWDED)


def draw_stretch(stretch: Stretch, x: float, width: float) -> Drawn:
    """Stand mileposts in the middle of equal parts; fill up to the last one reached; open the kerb where one is not."""
    posts = stretch.mileposts
    room = width / len(posts) if posts else 0.0
    marks = [Mark(post, round(x + room * (at + 0.5), 3)) for at, post in enumerate(posts)]
    reached = [mark.x for mark in marks if mark.milepost.state == REACHED]
    filled = round(reached[-1] + room / 2 - x, 3) if reached else 0.0
    gaps = [(round(mark.x - room * 0.3, 3), round(room * 0.6, 3)) for mark in marks if is_gap(mark)]
    return Drawn(stretch, round(x, 3), round(width, 3), filled, marks, gaps)


def is_gap(mark: Mark) -> bool:
    return mark.milepost.state == NOT_APPLICABLE


def draw_tiny(counts: Mapping[str, Sequence[int]]) -> list[dict]:
    """Return three bars for a row of a list from {phase: (reached, total)}, in the road's order."""
    bars, x = [], 0.0
    for phase, width in zip(PHASES, TINY_SHARES, strict=True):
        reached, total = counts.get(phase, (0, 0))
        done = round(width * percent(reached, total) / 100, 2)
        bars.append({"phase": phase, "x": x, "width": width, "done": done, "reached": reached, "total": total})
        x += width + TINY_GAP
    return bars


def minor_dots(count: int) -> list[float]:
    """Return where the small dots between two posts of the large road stand, in per cents of the way."""
    return [round(100.0 * at / (count + 1), 2) for at in range(1, count + 1)]
