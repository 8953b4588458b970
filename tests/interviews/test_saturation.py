import datetime as dt

import pytest

from interviews import saturation
from interviews.counting import codes_of
from interviews.models import Interview
from interviews.saturation import drawn, saturation_of
from tests.interviews.analysed import material_of, talk_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def told(world, study, guide, codes, by):
    """A function that holds interviews one day after the other, coded with the named codes, and reads what is new."""

    def tell(*names):
        for number, coded in enumerate(names):
            marks = [("the hall", codes[name]) for name in coded.split()]
            made = talk_of(study, guide, by, f"P{number:02}", *marks)
            day = None if coded.startswith(" ") else dt.date(2025, 3, 1) + dt.timedelta(days=number)
            Interview.objects.filter(pk=made.interview_id).update(held_on=day)
        material = material_of(study, world.ria)
        return saturation_of(material, codes_of(material))

    return tell


def test_each_code_is_new_at_the_first_interview_that_has_it(told):
    found = told("Time", "Time Space", "Space", "Helps Time", "Time")
    assert [(step.number, step.new, step.total) for step in found.steps] == [
        (1, ["Time"], 1),
        (2, ["Space"], 2),
        (3, [], 2),
        (4, ["Helps"], 3),
        (5, [], 3),
    ]
    assert found.reading == (
        "Of the last 5 interviews, 2 brought nothing new; the newest code came with interview 4, P03."
    )


def test_the_order_is_the_one_held_and_interviews_without_a_day_come_last(told):
    found = told(" Space", "Time", "Time")
    assert [str(step.interview) for step in found.steps] == ["P01", "P02", "P00"]
    assert found.steps[-1].new == ["Space"]


def test_an_interview_without_passages_brings_nothing_and_does_not_count(told):
    found = told("Time", "", "Space")
    assert len(found.steps) == 2
    assert found.uncoded == 1


def test_one_interview_says_that_it_is_too_early(told):
    assert told("Time").reading.startswith("One interview is coded.")


def test_the_file_names_the_new_codes(told):
    found = told("Time Space")
    assert len(saturation.file_header()) == 6
    assert list(saturation.file_rows(found)) == [["P00", 1, dt.date(2025, 3, 1), 2, 2, "Time; Space"]]


def test_the_chart_stands_on_its_axis_and_new_codes_lie_on_known_ones(told):
    chart = drawn(told("Time", "Space Helps", "Time"))
    assert [number for number, _y in chart.scale] == [0, 1, 3]
    first, second, third = chart.bars
    assert first.known_height == 0
    assert second.new_top + second.new_height == pytest.approx(second.known_top, abs=0.2)
    assert third.new_height == 0
    assert third.known_top == pytest.approx(saturation.TOP)
    assert all(bar.known_top + bar.known_height == pytest.approx(chart.bottom, abs=0.2) for bar in chart.bars)


def test_of_many_bars_some_are_numbered(told):
    found = told(*["Time"] * 30)
    numbered = [bar.number for bar in drawn(found).bars if bar.numbered]
    assert numbered == [1, 4, 7, 10, 13, 16, 19, 22, 25, 28]
