"""How far coders agree: percent agreement, Cohen's kappa, Krippendorff's alpha. Pure; exact but for the last division.

A unit's row holds what each coder decided there, None where that coder did not look at it. Rows are handed in counted,
`{(True, False): 12, …}`, so that a text of 200,000 characters is a handful of rows.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Mapping
from dataclasses import dataclass
from enum import Enum
from fractions import Fraction

from django.utils.translation import gettext_lazy as _

Row = tuple[Hashable | None, ...]
Rows = Mapping[Row, int]


class Why(Enum):
    """Why a figure is not defined."""

    NO_UNIT = "no_unit"
    ONE_UNIT = "one_unit"
    NOBODY = "nobody"
    EVERYBODY = "everybody"
    ALIKE = "alike"

    @property
    def words(self) -> str:
        return str(WORDS[self])


WORDS = {
    Why.NO_UNIT: _("no unit was looked at by two coders"),
    Why.ONE_UNIT: _("there is one unit only, and chance cannot be told from one"),
    Why.NOBODY: _("nobody used it"),
    Why.EVERYBODY: _("everybody used it everywhere, so chance alone would agree as well"),
    Why.ALIKE: _("all decisions are alike, so chance alone would agree as well"),
}


@dataclass(frozen=True)
class Figure:
    """A figure and from how many units it comes; where it is not defined it has no value, and `why`."""

    value: float | None
    units: int
    why: Why | None = None


@dataclass(frozen=True)
class Table:
    """What two coders decided about one code: in how many units both used it, only one of them, neither."""

    both: int
    first: int
    second: int
    neither: int

    @property
    def units(self) -> int:
        return self.both + self.first + self.second + self.neither

    @property
    def percent(self) -> Figure:
        """The share of units in which they agree."""
        share = (self.both + self.neither) / self.units if self.units else None
        return Figure(share, self.units, None if self.units else Why.NO_UNIT)


def table_of(rows: Rows, first: int, second: int) -> Table:
    """Count what two coders (by their place in a row) decided where both looked."""
    counted: Counter[tuple[bool, bool]] = Counter()
    for row, times in rows.items():
        one, other = row[first], row[second]
        if one is not None and other is not None:
            counted[bool(one), bool(other)] += times
    return Table(counted[True, True], counted[True, False], counted[False, True], counted[False, False])


def paired(rows: Rows) -> dict[Row, int]:
    """Return the rows in which two or more coders decided, without what the others left open."""
    found: Counter[Row] = Counter()
    for row, times in rows.items():
        said = tuple(value for value in row if value is not None)
        if len(said) > 1 and times:
            found[said] += times
    return dict(found)


def percent_agreement(rows: Rows) -> Figure:
    """Return the share of decisions that agree, from 0 to 1; of more than two coders, the share of their pairs."""
    alike = pairs = 0
    rows = paired(rows)
    for row, times in rows.items():
        alike += times * sum(each * (each - 1) for each in Counter(row).values())
        pairs += times * len(row) * (len(row) - 1)
    units = sum(rows.values())
    return Figure(alike / pairs, units) if pairs else Figure(None, 0, Why.NO_UNIT)


def cohens_kappa(table: Table) -> Figure:
    """Return Cohen's kappa of two coders for one code: (p_o − p_e) / (1 − p_e).

    p_o is the share of units in which they agree, p_e the share expected were each to use the code as often as they
    did, but anywhere. Jacob Cohen, "A Coefficient of Agreement for Nominal Scales", Educational and Psychological
    Measurement 20 (1960), 37–46. Not defined for fewer than two units, and where both did one thing everywhere
    (p_e = 1).
    """
    units = table.units
    if units < 2:
        return Figure(None, units, Why.ONE_UNIT if units else Why.NO_UNIT)
    yes = (table.both + table.first) * (table.both + table.second)
    no = (table.neither + table.first) * (table.neither + table.second)
    chance = yes + no  # p_e · N²
    if chance == units * units:
        return Figure(None, units, Why.EVERYBODY if table.both else Why.NOBODY)
    return Figure((units * (table.both + table.neither) - chance) / (units * units - chance), units)


def krippendorffs_alpha(rows: Rows) -> Figure:
    """Return Krippendorff's alpha for nominal data, for two or more coders, of whom some may not have seen some units.

    alpha = ((n − 1) Σ o_cc − Σ n_c (n_c − 1)) / (n (n − 1) − Σ n_c (n_c − 1)), where n_c is how often value c stands in
    units with two values or more, n their sum, and o_cc the coincidences of c with c, each unit of m values giving
    pairs / (m − 1). Klaus Krippendorff, "Computing Krippendorff's Alpha-Reliability" (University of Pennsylvania,
    2011). Not defined for fewer than two units, and where all values are one.
    """
    rows = paired(rows)
    units = sum(rows.values())
    if units < 2:
        return Figure(None, units, Why.ONE_UNIT if units else Why.NO_UNIT)
    values: Counter[Hashable] = Counter()
    alike = Fraction(0)
    for row, times in rows.items():
        here = Counter(row)
        alike += Fraction(times * sum(each * (each - 1) for each in here.values()), len(row) - 1)
        for value, each in here.items():
            values[value] += times * each
    if len(values) == 1:
        return Figure(None, units, why_alike(next(iter(values))))
    n = sum(values.values())
    chance = sum(each * (each - 1) for each in values.values())
    return Figure(float(((n - 1) * alike - chance) / (n * (n - 1) - chance)), units)


def why_alike(value: Hashable) -> Why:
    """Return why nothing can be said where all decisions are this one."""
    if value is True:
        return Why.EVERYBODY
    return Why.NOBODY if value is False else Why.ALIKE
