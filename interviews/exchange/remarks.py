"""What somebody should know of a file that comes in or goes out: how it departs from its format, and what is lost."""

from __future__ import annotations

import re
from dataclasses import asdict, dataclass, field
from typing import Any

from projects.table_files import Fault

MOST_FAULTS = 200  # shown on a page; the table that comes back has all
MOST_PLACES = 50  # named in one remark; how often it was met is counted in any case


@dataclass
class Remark:
    """The same thing met once or many times, with some of the places where it was met."""

    words: str
    times: int = 0
    places: list[str] = field(default_factory=list)


@dataclass
class Report:
    """Remarks of three kinds, each said once with its places.

    `deviations`: where a file departs from its format, and how it was read all the same. `losses`: what cannot be kept.
    `notes`: what was decided for a person, who may want to know. `faults` are what is wrong with the rows of a table;
    where they must be mended first, nothing can be brought in and the report is `blocked`.
    """

    deviations: dict[str, Remark] = field(default_factory=dict)
    losses: dict[str, Remark] = field(default_factory=dict)
    notes: dict[str, Remark] = field(default_factory=dict)
    faults: list[Fault] = field(default_factory=list)
    blocked: bool = False

    def deviation(self, words: str, place: str = "", times: int = 1) -> None:
        self.add(self.deviations, words, place, times)

    def loss(self, words: str, place: str = "", times: int = 1) -> None:
        self.add(self.losses, words, place, times)

    def note(self, words: str, place: str = "", times: int = 1) -> None:
        self.add(self.notes, words, place, times)

    @staticmethod
    def add(remarks: dict[str, Remark], words: str, place: str, times: int) -> None:
        if not times:
            return
        words = str(words)
        remark = remarks.setdefault(words, Remark(words))
        remark.times += times
        if place and len(remark.places) < MOST_PLACES and place not in remark.places:
            remark.places.append(place[:200])

    def rename(self, names: dict[str, str]) -> None:
        """Put other names into the places of all remarks, where names may tell who somebody is."""
        if not names:
            return
        longest_first = sorted(names, key=len, reverse=True)
        pattern = re.compile("|".join(rf"(?<!\w){re.escape(name)}(?!\w)" for name in longest_first))
        for remark in [*self.deviations.values(), *self.losses.values(), *self.notes.values()]:
            remark.places = [pattern.sub(lambda match: names[match[0]], place) for place in remark.places]

    @property
    def data(self) -> dict[str, Any]:
        """The remarks as a job keeps them and a page shows them, and of a table the first of its faults."""
        kinds = {"deviations": self.deviations, "losses": self.losses, "notes": self.notes}
        found: dict[str, Any] = {
            kind: [{"words": one.words, "times": one.times, "places": one.places} for one in remarks.values()]
            for kind, remarks in kinds.items()
        }
        if self.faults:
            found |= {"faults": [asdict(one) for one in self.faults[:MOST_FAULTS]], "blocked": self.blocked}
            found["bad_rows"] = len({one.row for one in self.faults})
        return found
