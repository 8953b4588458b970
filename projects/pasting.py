"""A block of cells copied from a spreadsheet, laid over a grid of sites and milestones. Pure: no statements.

A line is a site, a column a milestone, in the order of the grid. Where the first column holds names of the sites, or
the first line names of the milestones, those say where a cell belongs, and their order does not matter.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from difflib import get_close_matches

from django.utils.translation import gettext as _

Address = tuple[int, str]  # of a cell: the plan's id and the milestone's key
SHOWN = 60  # characters of a cell that a message repeats
ENOUGH = 50  # lines that have no place: what comes after them is not looked at


@dataclass
class Laid:
    """The values of a block by their place in the grid, and in words what of it has no place there."""

    values: dict[Address, str] = field(default_factory=dict)
    faults: list[str] = field(default_factory=list)


def lay(block: str, sites: Mapping[int, str], columns: Sequence[str], milestones: Mapping[str, str]) -> Laid:
    """Lay a block over a grid of sites (names by the plan's id) and columns (keys), each in its order.

    `milestones` holds the texts (by key) of those that the first line may name, shown in the grid or not. Empty cells
    say nothing and are left out.
    """
    laid = Laid()
    lines = [[cell.strip() for cell in line.split("\t")] for line in block.rstrip().splitlines()]
    heads = {plain(text): key for key, text in milestones.items()}
    names = Names(sites)
    headed = bool(lines) and any(plain(cell) in heads for cell in lines[0])
    body = list(enumerate(lines, start=1))[1 if headed else 0 :]
    first = 1 if any(cells[0] in names for _number, cells in body) else 0  # the first cell that is a value
    keys = columns_of(laid, lines[0][first:], heads) if headed else list(columns)
    for place, (number, cells) in enumerate(body):
        if any(cells) and len(laid.faults) < ENOUGH:
            try:
                plan_id = names.find(cells[0]) if first else names.at(place)
                lay_line(laid, plan_id, cells[first:], keys)
            except ValueError as error:
                laid.faults.append(_("Line %(line)s: %(what)s") % {"line": number, "what": error})
    return laid


def lay_line(laid: Laid, plan_id: int, cells: Sequence[str], keys: Sequence[str]) -> None:
    """Put the cells of a line into its site's row; raises ValueError in words for one beyond the last column."""
    for position, value in enumerate(cells):
        if value and position >= len(keys):
            said = _("“%(value)s” lies to the right of the last milestone.")
            raise ValueError(said % {"value": value[:SHOWN]})
        if value and keys[position]:
            laid.values[plan_id, keys[position]] = value


def columns_of(laid: Laid, header: Sequence[str], heads: Mapping[str, str]) -> list[str]:
    """Return the key of each column of a block by its head, "" for one that names no milestone: that is a fault."""
    for name in header:
        if name and plain(name) not in heads:
            said = _("Line 1: “%(name)s” is not a milestone that sites reach here.")
            laid.faults.append(said % {"name": name[:SHOWN]})
    return [heads.get(plain(name), "") for name in header]


class Names:
    """The sites of a grid in their order, and by name as people write it. Two may be called the same."""

    def __init__(self, sites: Mapping[int, str]):
        self.order = list(sites)
        self.by_name: dict[str, list[int]] = {}
        for plan_id, name in sites.items():
            self.by_name.setdefault(plain(name), []).append(plan_id)
        self.shown = {plain(name): name for name in sites.values()}

    def __contains__(self, name: str) -> bool:
        return plain(name) in self.by_name

    def at(self, place: int) -> int:
        """Return the plan's id of the site in that place; raises ValueError in words where the grid has ended."""
        if place >= len(self.order):
            raise ValueError(_("there are only %(sites)s sites in this grid.") % {"sites": len(self.order)})
        return self.order[place]

    def find(self, name: str) -> int:
        """Return the plan's id of a site by its name; raises ValueError in words for none and for several."""
        found = self.by_name.get(plain(name), [])
        if len(found) == 1:
            return found[0]
        if found:
            said = _("several sites are called “%(name)s”. Type these into the grid.")
        elif close := get_close_matches(plain(name), self.shown, n=1):
            said = _("“%(name)s” is not a site of this grid. Did you mean “%(close)s”?")
            raise ValueError(said % {"name": name[:SHOWN], "close": self.shown[close[0]]})
        else:
            said = _("“%(name)s” is not a site of this grid.")
        raise ValueError(said % {"name": name[:SHOWN]})


def plain(name: str) -> str:
    """Return a name as it is compared: without regard to case and spaces."""
    return " ".join(name.casefold().split())
