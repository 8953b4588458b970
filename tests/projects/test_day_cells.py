"""What people write into a cell about a milestone, in the many ways they write it."""

import datetime as dt
import re

import pytest

from projects.day_cells import DAY_UNKNOWN, NOT_DONE, from_code, in_month, on_day, read

FOURTH, NOVEMBER = on_day(dt.date(2026, 11, 4)), in_month(dt.date(2026, 11, 1))


@pytest.mark.parametrize(
    "value",
    [
        "2026-11-04",
        "2026-11-4",
        "11/4/2026",
        "11/04/26",
        "4 Nov 2026",
        " 4  nov  2026 ",
        "04-Nov-26",
        "4 November 2026",
        "Nov 4, 2026",
        "Nov. 4 2026",
        "November 4th, 2026",
        "Wed 4 Nov 2026",
        "Wednesday, November 4, 2026",
        "4\u00a0Nov\u00a02026",
    ],
)
def test_a_day_is_read_in_the_ways_people_write_it(value):
    assert read(value) == FOURTH


@pytest.mark.parametrize("value", ["Nov 2026", "november 2026", "Nov-26", "Nov, 2026", "11/2026", "2026-11"])
def test_only_a_month_is_known(value):
    assert read(value) == NOVEMBER


@pytest.mark.parametrize("value", ["x", "X", "yes", "Done", "✓"])
def test_done_on_a_day_that_nobody_knows(value):
    assert read(value) == DAY_UNKNOWN


@pytest.mark.parametrize("value", ["-", "–", "—", "no", "Not yet"])
def test_not_done_after_all(value):
    assert read(value) == NOT_DONE


@pytest.mark.parametrize(
    ("value", "said"),
    [
        ("soon", "“soon” cannot be read. Write a date as 11/4/2026"),
        ("45965", "“45965” cannot be read"),
        ("4.11.2026", "cannot be read"),
        ("4 Nvo 2026", "“nvo” cannot be read"),
        ("25/11/2026", "There is no month 25. The month comes first: write 11/25/2026."),
        ("2/30/2026", "There is no such day"),
        ("0/4/2026", "There is no such day"),
        ("13/2026", "There is no month 13"),
        ("2026-00", "There is no month 0"),
        ("Nov 26", "The year is missing"),
        ("11/4", "The year is missing"),
        ("11/4/0026", "Check the year. It must lie between 2000 and 2099."),
        ("1/1/1999", "Check the year"),
        ("Friday", "cannot be read"),
        ("=1+1", "cannot be read"),
        ("<b>", "cannot be read"),
        ("²/²/2026", "cannot be read"),
        ("9" * 5000, "cannot be read"),
    ],
)
def test_what_cannot_be_read_is_refused_with_what_was_expected(value, said):
    with pytest.raises(ValueError, match=re.escape(said)) as refused:
        read(value)
    assert len(str(refused.value)) < 300


@pytest.mark.parametrize("said", [FOURTH, NOVEMBER, DAY_UNKNOWN])
def test_what_a_cell_shows_and_the_code_of_it_are_read_as_the_same(said):
    assert read(said.words) == said
    assert from_code(said.code) == said


@pytest.mark.parametrize("code", ["", "nonsense", "2026-13", "2026-13-01", "0000-00", "xx"])
def test_a_code_that_is_not_ours_says_that_nothing_was_done(code):
    assert from_code(code) == NOT_DONE
