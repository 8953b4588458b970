from hypothesis import given
from hypothesis import strategies as st

from interviews.reading.turns import Turn, laid_out
from interviews.units import Places, joined, units_of, whole

TALK = (
    ("Interviewer", "Who helped?"),
    ("P01", "Dr. Bo did. He rang at 3.5 miles… and then “What?” he said! We went.\nTwice"),
    ("P01", "No. Never again."),
    ("Interviewer", "And the State?"),
    ("P01", "Not at all."),
    ("Interviewer", "Really?"),
    ("P01", "Really."),
)


def placed(*spoken):
    text, turns = laid_out([Turn(speaker, None, words) for speaker, words in spoken])
    return text, [[one.start, one.words, one.end, one.speaker, one.seconds] for one in turns]


def cut(unit, spoken=TALK, **more):
    text, turns = placed(*spoken)
    return [" / ".join(text[start:end] for start, end in one) for one in units_of(unit, text, turns, **more)]


def test_sentences_end_where_a_person_would_end_them():
    assert cut("sentence") == [
        "Dr. Bo did.",
        "He rang at 3.5 miles… and then “What?” he said!",
        "We went.",
        "Twice",
        "No.",
        "Never again.",
        "Not at all.",
        "Really.",
    ]


def test_a_paragraph_is_a_turn_of_somebody_who_answers():
    assert [words[:6] for words in cut("paragraph")] == ["Dr. Bo", "No. Ne", "Not at", "Really"]


def test_an_answer_goes_from_one_question_of_the_guide_to_the_next_over_probes():
    assert [words[-12:] for words in cut("answer", asked=[0, 3, 5])] == ["Never again.", "Not at all.", "Really."]
    assert " / No." in cut("answer", asked=[0])[0]
    assert cut("answer", asked=[3]) == ["Not at all. / Really."]
    assert cut("answer") == []


def test_without_an_interviewer_all_counts():
    spoken = [("", "One. Two."), ("", "Three.")]
    assert cut("sentence", spoken) == ["One.", "Two.", "Three."]
    assert cut("answer", spoken, asked=[0]) == ["Three."]


def test_characters_are_held_as_spans_of_words_without_names_and_questions():
    assert len(units_of("character", *placed(*TALK))[0]) == 4
    assert sum(map(len, cut("character")[0].split(" / "))) == sum(len(said) for who, said in TALK if who == "P01")
    assert cut("character", [("Interviewer", "Hm?")]) == ["Hm?"]
    assert units_of("character", "", []) == []


def test_a_coding_touches_the_units_it_overlaps_and_none_it_only_borders():
    places = Places([[(0, 4), (10, 12)], [(5, 9)], [(12, 20)]])
    assert places.touched(0, 30) == [(0, 4, 0), (5, 9, 1), (10, 12, 0), (12, 20, 2)]
    assert places.touched(4, 5) == []
    assert places.touched(3, 6) == [(0, 4, 0), (5, 9, 1)]
    assert places.touched(11, 12) == [(10, 12, 0)]
    assert whole([(0, 4), (10, 12)]) == (0, 12)


def test_spans_that_overlap_or_touch_are_joined():
    assert joined([[5, 8], [0, 3], [3, 4], [6, 7]]) == [(0, 4), (5, 8)]


words = st.text(st.sampled_from("ab A.!?…\n’”é😀"), max_size=30)


@given(st.lists(st.tuples(st.sampled_from(["Interviewer", "P01", ""]), words), max_size=6), st.data())
def test_units_lie_in_order_apart_and_hold_all_that_is_said(spoken, data):
    spoken = [(who, said) for who, said in spoken if said.strip()]
    text, turns = placed(*spoken)
    for unit in ("sentence", "paragraph", "character"):
        pieces = [piece for one in units_of(unit, text, turns) for piece in one]
        assert all(start < end for start, end in pieces)
        assert all(one[1] <= other[0] for one, other in zip(pieces, pieces[1:], strict=False))
        counted = [said for who, said in spoken if who != "Interviewer"] or [said for _who, said in spoken]
        held = "".join(text[start:end] for start, end in pieces)
        assert "".join(held.split()) == "".join("".join(counted).split())
