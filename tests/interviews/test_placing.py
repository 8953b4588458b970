"""Positions of other programs become ours, whichever way they count line ends, a mark and the last character."""

from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from interviews.exchange.parts import Selection
from interviews.exchange.placing import USUAL, Way, counted, kept_text
from tests.interviews.refi import SAID, guid

PLAIN = SAID.replace("\r\n", "\n")
TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=40) | st.text("ab \n.é👩\u0301", max_size=60)
WORDS = ["Somebody rang.", "We met on a Tuesday.", "And then?", "Yes."]


def selections(text, words, *, named=True, each=1, shift=0, last=0):
    """Return selections as a program counts that adds `each` - 1 for a line end, `shift` for a mark, `last` at ends."""
    found = []
    for one in words:
        start = text.index(one)
        end = start + len(one)
        start, end = (at + (each - 1) * text[:at].count("\n") + shift for at in (start, end))
        found.append(Selection(UUID(guid(one)), start, end + last, name=one if named else ""))
    return found


def words_at(found, chosen):
    return [found.text[slice(*found.span(one))] for one in chosen]


@pytest.mark.parametrize("raw", [PLAIN, SAID, "\ufeff" + PLAIN, "\ufeff" + SAID, PLAIN.replace("\n", "\r")])
@pytest.mark.parametrize("way", [(1, 0), (2, 0), (1, -1), (2, -1)])
@pytest.mark.parametrize("marked", [False, True])
def test_each_way_of_counting_is_found_by_the_words_that_selections_are_named_after(raw, way, marked):
    each, last = way
    chosen = selections(PLAIN, WORDS, each=each, last=last, shift=int(marked and raw.startswith("\ufeff")))
    found = counted(raw, chosen)
    assert words_at(found, chosen) == WORDS
    assert (found.text, found.why) == (PLAIN, "by the words that selections are named after")
    assert (found.way.inclusive, found.way.ends == "one") == (last == -1, each == 1)


@pytest.mark.parametrize("raw", [PLAIN, SAID])
@pytest.mark.parametrize("each", [1, 2])
@pytest.mark.parametrize("last", [0, -1])
def test_without_names_the_edges_of_words_decide(raw, each, last):
    words = ["Somebody", "Tuesday", "did it", "And", "met", "rang", "Yes", "then", "on", "P01"]
    chosen = selections(PLAIN, words, named=False, each=each, last=last)
    found = counted(raw, chosen)
    assert words_at(found, chosen) == words
    assert found.why == ("the usual way, as nothing decides" if (each, last) == (1, 0) else "by the edges of words")


def test_names_that_are_the_beginning_of_longer_words_count_too():
    chosen = selections(PLAIN, WORDS, each=2)
    for one in chosen:
        one.name = one.name[:10] + "…"
    assert words_at(counted(PLAIN, chosen), chosen) == WORDS


def test_where_nothing_decides_the_usual_way_is_taken():
    for chosen in ([], [Selection(UUID(guid("a")), 3, 3, name="x")], [Selection(UUID(guid("a")), 900, 990)]):
        found = counted("\ufeff" + SAID, chosen)
        assert (found.way, found.why) == (USUAL, "the usual way, as nothing decides")


def test_a_selection_the_wrong_way_round_is_turned():
    assert counted(PLAIN, []).span(Selection(UUID(guid("a")), 9, 4)) == (4, 9)


def test_the_way_is_said_in_words():
    assert Way("two", mark=True, inclusive=True).in_words == (
        "a line end counts twice, the mark at the beginning counts, the end is the last character"
    )


def test_what_xml_cannot_hold_is_replaced_one_for_one_and_nothing_else_is_touched():
    raw = "a\x00b\x0cc\ufffed\u2028e\u0301👩\u200d🔬 שלום\r\n"
    text, replaced = kept_text(raw)
    assert (text, replaced) == ("a\ufffdb\nc\ufffdd\u2028e\u0301👩\u200d🔬 שלום\n", 2)
    assert len(text) == len(raw) - 1


@given(TEXTS, st.data(), st.sampled_from(["\n", "\r\n"]), st.booleans())
def test_positions_named_after_their_words_are_found_again_in_any_text(text, data, ends, marked):
    text = kept_text(text)[0]
    cut = st.tuples(*[st.integers(0, len(text))] * 2).map(sorted)
    chosen = [
        Selection(UUID(int=n), start, end, name=text[start:end])
        for n, (start, end) in enumerate(data.draw(st.lists(cut, max_size=8)))
    ]
    raw = "\ufeff" * marked + text.replace("\n", ends)
    found = counted(raw, chosen)
    assert found.text == text
    assert words_at(found, chosen) == [text[one.start : one.end] for one in chosen]
