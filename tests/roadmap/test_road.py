import pytest
from hypothesis import given
from hypothesis import strategies as st

from roadmap import road
from roadmap.road import AHEAD, LATE, NEXT, NEXT_LATE, NOT_APPLICABLE, REACHED, Milepost, Stretch
from roadmap.templatetags.milepost import passed_over


def stretch(phase, letters, reached=0, total=0):
    states = {"r": REACHED, "n": NEXT, "a": AHEAD, "l": LATE, "o": NEXT_LATE, "x": NOT_APPLICABLE}
    return Stretch(phase, phase, reached, total, [Milepost(letter, states[letter]) for letter in letters])


def draw(*letters):
    return road.draw_strip([stretch(phase, part) for phase, part in zip(road.PHASES, letters, strict=True)])


@given(st.lists(st.text("rnalx", max_size=40), min_size=3, max_size=3))
def test_every_mark_stands_on_its_own_stretch_and_the_road_is_full_width(letters):
    strip = draw(*letters)
    ends = [(drawn.x, drawn.end) for drawn in strip.stretches]
    assert ends[0][0] == 0
    assert ends[-1][1] == pytest.approx(100, abs=0.01)
    for (_, end), (start, _) in zip(ends, ends[1:], strict=False):
        assert start - end == pytest.approx(road.GAP, abs=0.01)
    for drawn, part in zip(strip.stretches, letters, strict=True):
        assert len(drawn.marks) == len(part)
        xs = [mark.x for mark in drawn.marks]
        assert xs == sorted(xs)
        assert all(drawn.x < x < drawn.end for x in xs)
        assert drawn.width >= road.SMALLEST_SHARE - 0.01
        assert 0 <= drawn.filled <= drawn.width + 0.01


def test_a_stretch_without_mileposts_keeps_its_smallest_share():
    widths = [drawn.width for drawn in draw("aaa", "", "a").stretches]
    assert widths == [pytest.approx(56), pytest.approx(21), pytest.approx(21)]


def test_a_road_without_any_milepost_has_three_equal_stretches():
    assert len({drawn.width for drawn in draw("", "", "").stretches}) == 1


def test_the_fill_reaches_to_the_last_milepost_reached_and_not_to_the_first_late_one():
    drawn = draw("rlra", "a", "a").stretches[0]
    assert drawn.filled == pytest.approx(drawn.width * 3 / 4, abs=0.01)


def test_the_kerb_is_open_where_a_milepost_does_not_apply():
    drawn = draw("rxr", "a", "a").stretches[0]
    [(start, width)] = drawn.gaps
    assert start < drawn.marks[1].x < start + width


def test_the_sign_stands_under_the_next_milepost_to_the_nearest_two_per_cent():
    strip = draw("r" * 18, "rrrrlrrn" + "a" * 11, "a" * 7)
    assert strip.sign % 2 == 0
    assert abs(strip.sign - strip.next_x) <= 1
    assert strip.next_x == strip.stretches[1].marks[7].x


def test_a_next_milepost_that_is_late_has_the_sign_too():
    assert draw("ro", "a", "a").sign == round(draw("rn", "a", "a").next_x / 2) * 2


def test_a_finished_road_has_no_sign():
    assert draw("rrr", "rr", "r").sign is None


def test_marks_are_drawn_smaller_when_there_are_many():
    assert not draw("a" * 18, "a" * 19, "a" * 7).crowded
    assert draw("a" * 30, "a" * 26, "a" * 12).crowded


@pytest.mark.parametrize(("part", "whole", "expected"), [(1, 4, 25), (0, 0, 0), (5, 4, 100), (1, 3, 33.33)])
def test_percent_stays_between_nothing_and_all(part, whole, expected):
    assert road.percent(part, whole) == expected


def test_tiny_bars_keep_the_same_places_in_every_row():
    few, many = road.draw_tiny({}), road.draw_tiny({"implementation": [6, 12]})
    assert [bar["x"] for bar in few] == [bar["x"] for bar in many]
    assert [bar["done"] for bar in many] == [0, 20.5, 0]


def test_small_dots_stand_between_two_posts():
    assert road.minor_dots(3) == [25, 50, 75]
    assert road.minor_dots(0) == []


@pytest.mark.parametrize(
    ("letters", "count"),
    [(("rra", "aa", "a"), 0), (("rar", "on", "r"), 3), (("rxr", "r", "x"), 0), (("naa", "", ""), 0), (("", "", ""), 0)],
)
def test_mileposts_passed_over_are_those_before_the_last_that_was_reached(letters, count):
    assert passed_over(draw(*letters)) == count
