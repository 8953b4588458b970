import pytest
from hypothesis import given
from hypothesis import strategies as st

from interviews.positions import Clash, Edit, Shift, applied, checked

TEXT = "Ann Lee met Bo at Elm."


@st.composite
def edited(draw):
    """A text, edits of it, and a span in it."""
    text = draw(st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=60))
    cuts = sorted(draw(st.sets(st.integers(0, len(text)), max_size=8)))
    pairs = [(a, b) for a, b in zip(cuts[::2], cuts[1::2], strict=False) if a < b]
    edits = [Edit(a, b, draw(st.text(max_size=6))) for a, b in pairs]
    start = draw(st.integers(0, len(text) - 1))
    return text, checked(edits, len(text)), start, draw(st.integers(start + 1, len(text)))


def test_edits_are_made_from_left_to_right_whatever_their_order():
    edits = checked([Edit(12, 14, "[Person 2]"), Edit(0, 7, "[Person 1]")], len(TEXT))
    assert applied(TEXT, edits) == "[Person 1] met [Person 2] at Elm."


@pytest.mark.parametrize("edits", [[(0, 5), (4, 6)], [(3, 3)], [(0, 99)], [(-1, 2)], [(5, 2)]])
def test_edits_that_overlap_or_lie_outside_are_refused(edits):
    with pytest.raises(Clash):
        checked([Edit(start, end, "x") for start, end in edits], len(TEXT))


@pytest.mark.parametrize(
    ("span", "words"),
    [
        ((8, 11), "met"),
        ((0, 7), "[Person 1]"),
        ((4, 11), "[Person 1] met"),  # it began within the name
        ((8, 13), "met [Person 2]"),
        ((5, 6), "[Person 1]"),
        ((0, 22), "[Person 1] met [Person 2] at Elm."),
    ],
)
def test_a_span_goes_with_its_words_and_takes_whole_placeholders(span, words):
    edits = checked([Edit(0, 7, "[Person 1]"), Edit(12, 14, "[Person 2]")], len(TEXT))
    start, end = Shift(edits).span(*span)
    assert applied(TEXT, edits)[start:end] == words


@given(edited())
def test_what_no_edit_touches_keeps_its_characters(case):
    text, edits, start, end = case
    made, shift = applied(text, edits), Shift(edits)
    touched = any(edit.start < end and start < edit.end for edit in edits)
    new_start, new_end = shift.span(start, end)
    assert 0 <= new_start <= new_end <= len(made)
    if not touched:
        assert made[new_start:new_end] == text[start:end]


@given(edited())
def test_an_edit_taken_back_gives_the_text_and_the_places_again(case):
    text, edits, start, end = case
    edits = [edit for edit in edits if edit.text]
    made, shift = applied(text, edits), Shift(edits)
    back = [Edit(*shift.span(edit.start, edit.end), text[edit.start : edit.end]) for edit in edits]
    assert applied(made, checked(back, len(made))) == text
    if not any(edit.start < end and start < edit.end for edit in edits):
        assert Shift(back).span(*shift.span(start, end)) == (start, end)
