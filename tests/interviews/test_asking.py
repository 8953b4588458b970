import pytest

from interviews.asking import Answer, answers_to, asked_in
from interviews.guiding import question_of
from interviews.models import Question
from interviews.reading.turns import Turn, laid_out

GUIDE = [
    "First days: How did your site begin with the program?",
    "What got in the way?",
    "What would you tell another site that wants to begin?",
    "Why?",
]


def questions():
    for number, line in enumerate(GUIDE):
        one = question_of(line, "", number)
        yield Question(key=f"q{number}", text=one.text, short=one.short)


def asked(*said, speaker="Interviewer"):
    """Return the key of the question that each turn of the interviewer asks, "" for none."""
    text, placed = laid_out([Turn(speaker, None, words) for words in said])
    turns = [[one.start, one.words, one.end, one.speaker, one.seconds] for one in placed]
    found = asked_in(text, turns, questions())
    return [found[number].key if number in found else "" for number in range(len(said))]


@pytest.mark.parametrize(
    ("said", "key"),
    [
        ("How did your site begin with the program?", "q0"),
        ("Thank you. So, how did your site, the clinic I mean, begin with this program?", "q0"),
        ("HOW DID YOUR SITE BEGIN WITH THE PROGRAM", "q0"),
        ("Let us talk about the first days.", "q0"),
        ("And what got in your way?", "q1"),
        ("What would you tell another site?", ""),  # too little of it
        ("What would you tell another site which wants to begin?", "q2"),
        ("Why?", "q3"),
        ("And why?", "q3"),
        ("Why do you think that nobody came to the meeting?", ""),
        ("What a day. The nurse got here, in the rain, and all the others on their way.", ""),
        ("Mhm.", ""),
    ],
)
def test_a_question_is_known_by_its_words_however_it_is_put(said, key):
    assert asked(said) == [key]


def test_words_of_a_question_that_stand_far_apart_do_not_ask_it():
    assert asked("What " + "else was there " * 10 + "got " + "then and there " * 10 + "in the way") == [""]


def test_only_those_who_ask_are_listened_to_where_somebody_is_known_to():
    text, placed = laid_out([Turn("P01", None, "What got in the way? I wonder."), Turn("Interviewer", None, "Hm.")])
    turns = [[one.start, one.words, one.end, one.speaker, one.seconds] for one in placed]
    assert asked_in(text, turns, questions()) == {}
    assert asked("What got in the way?", speaker="Ria Castellan") == ["q1"]


def test_a_guide_without_questions_and_an_empty_transcript_find_nothing():
    assert asked_in("", [], questions()) == {}
    assert asked_in("I: Why?", [[0, 3, 7, "I", None]], []) == {}


def test_an_answer_goes_on_until_the_next_question_and_a_question_may_come_twice():
    one, other = list(questions())[:2]
    found = {1: one, 4: other, 6: one}
    assert answers_to("q0", found, 9) == [Answer(1, 4), Answer(6, 9)]
    assert answers_to("q1", found, 9) == [Answer(4, 6)]
    assert answers_to("q2", found, 9) == []
