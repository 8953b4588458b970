from hypothesis import given
from hypothesis import strategies as st

from interviews.models import Code
from interviews.outline import families, outline
from interviews.overlapping import Span, in_turns, touched

SPANS = st.lists(st.tuples(st.integers(0, 30), st.integers(1, 12), st.integers(1, 4)), max_size=25)


@given(SPANS)
def test_the_sweep_finds_what_comparing_each_with_each_finds(drawn):
    spans = [Span(start, start + length, code, pk) for pk, (start, length, code) in enumerate(drawn)]
    expected = {
        one.pk: {other.code for other in spans if other.start < one.end and other.end > one.start} for one in spans
    }
    assert {span.pk: codes for span, codes in touched(spans)} == expected


def test_passages_that_only_meet_share_nothing():
    assert [codes for _span, codes in touched([Span(0, 5, 1, 1), Span(5, 9, 2, 2)])] == [{1}, {2}]


def test_fifty_thousand_passages_on_top_of_each_other_are_swept_at_once():
    """Compared each with each these would be 2,500 million pairs: the test would not end."""
    spans = [Span(number % 7, 1000 + number, number % 5, number) for number in range(50_000)]
    assert all(codes == {0, 1, 2, 3, 4} for _span, codes in touched(spans))


def test_a_passage_stands_in_every_turn_it_reaches_into():
    starts = [0, 10, 20]
    spans = [Span(0, 10, 1, 1), Span(9, 11, 1, 2), Span(12, 40, 1, 3)]
    assert [(span.start, span.end) for span in in_turns(spans, starts)] == [(0, 1), (0, 2), (1, 3)]


def test_an_outline_has_each_code_below_its_parent_and_knows_its_family():
    top, below, deep, other, lost = (
        Code(pk=pk, parent_id=parent) for pk, parent in ((1, None), (2, 1), (3, 2), (4, None), (5, 99))
    )
    rows = outline([deep, other, top, lost, below])
    assert [(code.pk, depth) for code, depth in rows] == [(4, 0), (1, 0), (2, 1), (3, 2), (5, 0)]
    assert families(rows) == {1: {1, 2, 3}, 2: {2, 3}, 3: {3}, 4: {4}, 5: {5}}
