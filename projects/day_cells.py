"""What a cell about one milestone may say, in the ways people write it, and what that means. Pure: no statements.

A day: 2026-11-04, 11/4/2026 (month first), 4 Nov 2026, Nov 4, 2026. Only a month: Nov 2026, 11/2026, 2026-11. Done, day
unknown: x, yes, done. Not done (after all): a dash, no, not yet. An empty cell says nothing.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable
from functools import lru_cache
from typing import NamedTuple

from django.utils.dates import MONTHS, MONTHS_3
from django.utils.formats import date_format
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from projects.models import PlanItem

Precision = PlanItem.Precision
FIRST_YEAR, LAST_YEAR = 2000, 2099
LONGEST = 60  # characters of a value that a message repeats

EXPECTED = gettext_lazy("Write a date as 11/4/2026 or 4 Nov 2026, a month as Nov 2026, or x for done, day not known.")
DONE_WORDS = {"x", "yes", "y", "done", "✓", "✔"}
NOT_DONE_WORDS = {"-", "–", "—", "no", "n", "not yet", "not done"}


class Said(NamedTuple):
    """That something happened, on a day, in a month (its first day) or on a day nobody knows; or that it did not."""

    done: bool
    on: dt.date | None = None
    precision: str = Precision.DAY

    @property
    def code(self) -> str:
        """The shortest text from which `from_code` makes this again, for names of fields: it depends on no language."""
        if not self.done:
            return ""
        if self.on is None:
            return "x"
        return self.on.isoformat() if self.precision == Precision.DAY else f"{self.on:%Y-%m}"

    @property
    def words(self) -> str:
        """What a cell shows; `read` makes the same of it again."""
        return words_of(self, get_language())


NOT_DONE = Said(False)
DAY_UNKNOWN = Said(True, None, Precision.UNKNOWN)


@lru_cache(maxsize=4096)
def words_of(said: Said, language: str) -> str:
    if not said.done:
        return ""
    if said.on is None:
        return _("done")
    return date_format(said.on, "j M Y" if said.precision == Precision.DAY else "M Y")


def on_day(day: dt.date) -> Said:
    return Said(True, day, Precision.DAY)


def in_month(day: dt.date) -> Said:
    return Said(True, day.replace(day=1), Precision.MONTH)


def said_of(item: PlanItem) -> Said:
    """Return what a plan says of an item."""
    return Said(True, item.done_on, item.done_precision) if item.is_done else NOT_DONE


def from_code(code: str) -> Said:
    """Return what a code says; one that is not ours says that nothing was done."""
    if code == "x":
        return DAY_UNKNOWN
    try:
        return in_month(dt.date.fromisoformat(f"{code}-01")) if len(code) == 7 else on_day(dt.date.fromisoformat(code))
    except ValueError:
        return NOT_DONE


def read(value: str) -> Said:
    """Return what a cell says that is not empty; raises ValueError in words, with what was expected."""
    plain = re.sub(r"\s+", " ", value).strip().casefold()
    if plain in DONE_WORDS or plain == _("done").casefold():
        return DAY_UNKNOWN
    if plain in NOT_DONE_WORDS:
        return NOT_DONE
    plain = WEEKDAY.sub("", plain)
    for pattern, turn in PATTERNS:
        if match := re.fullmatch(pattern, plain):
            return turn(**match.groupdict())
    raise unreadable(value)


def unreadable(value: str) -> ValueError:
    shown = value.strip()[:LONGEST]
    return ValueError(_("“%(value)s” cannot be read. %(expected)s") % {"value": shown, "expected": EXPECTED})


def day_from(day: str, month: str, year: str) -> Said:
    """Return the day of its three parts; raises ValueError in words for one that does not exist."""
    in_year, in_digits = year_of(year), month_of(month)
    if in_digits > 12 and int(day) <= 12:
        said = _("There is no month %(month)s. The month comes first: write %(day)s/%(month)s/%(year)s.")
        raise ValueError(said % {"month": in_digits, "day": int(day), "year": in_year})
    try:
        return on_day(dt.date(in_year, in_digits, int(day)))
    except ValueError as error:
        raise ValueError(_("There is no such day. Check the day and the month.")) from error


def month_from(month: str, year: str) -> Said:
    """Return the month of its two parts; raises ValueError in words for one that does not exist."""
    in_year, in_digits = year_of(year), month_of(month)
    if not 1 <= in_digits <= 12:
        raise ValueError(_("There is no month %(month)s. %(expected)s") % {"month": in_digits, "expected": EXPECTED})
    return in_month(dt.date(in_year, in_digits, 1))


def without_year(month: str, day: str) -> Said:
    month_of(month)
    raise ValueError(_("The year is missing. %(expected)s") % {"expected": EXPECTED})


def year_of(written: str) -> int:
    year = int(written) + (2000 if len(written) == 2 else 0)
    if not FIRST_YEAR <= year <= LAST_YEAR:
        raise ValueError(_("Check the year. It must lie between 2000 and 2099."))
    return year


def month_of(written: str) -> int:
    """Return the number of a month written as a number or by its name; raises ValueError for a word that is none."""
    if written.isdecimal():
        return int(written)
    if written not in (names := month_names(get_language())):
        raise unreadable(written)
    return names[written]


@lru_cache
def month_names(language: str) -> dict[str, int]:
    """Return {name: number}: English names always, those of the language as well, whole and short."""
    english = "january february march april may june july august september october november december".split()
    names = {name[:length]: number for number, name in enumerate(english, start=1) for length in (3, len(name))}
    names["sept"] = 9
    for known in (MONTHS, MONTHS_3):
        names |= {str(name).casefold().rstrip("."): number for number, name in known.items()}
    return names


WEEKDAY = re.compile(r"^(mon|tues?|wed(nes)?|thu(rs?)?|fri|sat(ur)?|sun)(day)?[.,]? (?=\S)")
NAME, NUMBER = r"(?P<month>[^\W\d_]{3,12})\.?", r"(?P<month>\d{1,2})"
DAY, YEAR, SHORT_YEAR = r"(?P<day>\d{1,2})", r"(?P<year>\d{4})", r"(?P<year>\d{4}|\d{2})"
PATTERNS: list[tuple[str, Callable[..., Said]]] = [
    (rf"{YEAR}-{NUMBER}-{DAY}", day_from),
    (rf"{NUMBER}/{DAY}/{SHORT_YEAR}", day_from),
    (rf"{DAY}[ -]{NAME},?[ -]{SHORT_YEAR}", day_from),
    (rf"{NAME} {DAY}(?:st|nd|rd|th)?,? {YEAR}", day_from),
    (rf"{NUMBER}/{YEAR}", month_from),
    (rf"{YEAR}-{NUMBER}", month_from),
    (rf"{NAME},? {YEAR}", month_from),
    (rf"{NAME}-{SHORT_YEAR}", month_from),  # as Excel shows a month
    (rf"{NAME} {DAY}", without_year),
    (rf"{NUMBER}/{DAY}", without_year),
]
