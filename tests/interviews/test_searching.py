import pytest
from django.db import connection

from interviews import deidentifying, recruiting, searching, transcribing
from interviews.deidentifying import Pick
from interviews.models import SearchedTurn, Transcript
from interviews.reading.words import terms_of
from tests.interviews.conftest import transcript_of

pytestmark = pytest.mark.django_db

MORE = """\
Interviewer: What got in the way?
P02: Nobody had any hours left. Ünder Straße we trained. 👩‍👩‍👧 The clinic was fine, hours and all. Then it was over.
Interviewer: Train whom?
P02: Hours went by. No one was asked. They did not help.
"""


def search(asked, among=None):
    turns = SearchedTurn.objects.all() if among is None else among
    return searching.search(turns, terms_of(asked), size=50)


def numbers(asked, among=None):
    return [row.number for row in search(asked, among).page.rows]


@pytest.fixture
def more(study, guide, by):
    return transcript_of(study, guide, by, "P02", MORE, name="")


ASKED = [
    ("hours", [1, 3]),
    ("HOURS fine", [1]),
    ('"any hours"', [1]),
    ('"hours any"', []),
    ("train", [1, 2]),
    ('"train"', [2]),
    ("under strasse", [1]),
    ("not", [3]),  # no word is left out
    ('"did not help"', [3]),
    ('"did help"', []),
    ("AND", [1]),
    ("NEAR", []),
    ("hours*", [1, 3]),
    ("hours OR nobody", []),
    ("'; DROP TABLE x; --", []),
    ("p02", []),  # who speaks is not what is said
]


@pytest.mark.parametrize(("asked", "found"), ASKED)
def test_words_and_phrases_are_found_in_turns(more, asked, found):
    assert numbers(asked) == found


@pytest.mark.parametrize(("asked", "found"), ASKED)
def test_walking_finds_the_same_and_asks_no_index_of_words(more, asked, found):
    walked = SearchedTurn.objects.filter(searching.Says(terms_of(asked), walking=True)).order_by(*searching.ORDER)
    assert [turn.number for turn in walked] == found
    if connection.vendor == "sqlite":
        assert "searchedwords" not in walked.explain().lower()


def test_phrases_are_found_word_by_word_however_long_the_words_are(study, guide, by):
    long, longer = "a" * 80 + "b", "a" * 80 + "c"
    transcript_of(study, guide, by, "P03", f"P03: one of {long} of the many.\nP03: of the many of {longer}.", name="")
    assert numbers(f'"of {long}"') == [0]
    assert numbers(f'"of {longer}"') == [1]
    assert numbers('"of the many" one') == [0]
    assert numbers('"of the" "the many"') == [0, 1]
    assert numbers('"the many of"') == [1]
    assert numbers('"the one of"') == []


def test_what_one_interview_is_about_is_not_taken_for_usual(study, guide, by):
    said = "".join(f"P0: The lighthouse, time {n}.\nInterviewer: Why?\n" for n in range(20))
    transcript_of(study, guide, by, "P0", said, name="")
    for n in range(1, 40):
        transcript_of(study, guide, by, f"P{n}", f"P{n}: We had the time.\nInterviewer: Why?\n", name="")
    turns = SearchedTurn.objects.filter(study=study)
    assert not searching.is_usual(turns, terms_of("lighthouse"))
    assert searching.is_usual(turns, terms_of("time"))


@pytest.mark.parametrize("usual", [1, 100])
def test_what_is_usual_is_found_as_what_is_rare(more, monkeypatch, usual):
    monkeypatch.setattr(searching, "USUAL", usual)
    monkeypatch.setattr(searching, "EVERY", 1)
    assert numbers("hours") == [1, 3]
    assert numbers('"clinic was" hours') == [1]
    found = search("hours")
    assert (found.turns, found.interviews, found.more) == (2, 1, False)


@pytest.mark.parametrize(
    "asked", ["NEAR", "a AND", "x*", '"open', "(b", "c:d", "^e", "-f", "g'h", "i\\", "j & !k | <-> l"]
)
def test_no_sign_breaks_the_search(more, asked):
    assert terms_of(asked)
    numbers(asked)


def agrees():
    """Tell whether the rows of the search, and the database's index of them, are those of the texts as they are."""
    kept = [
        [row.study_id, row.transcript_id, row.number, row.start, row.speaker, row.text, row.words]
        for row in SearchedTurn.objects.all()
    ]
    wanted = [
        [transcript.interview.study_id, row.transcript_id, row.number, row.start, row.speaker, row.text, row.words]
        for transcript in Transcript.objects.all()
        for row in searching.rows_of(transcript)
    ]
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:  # raises where the index does not hold what the table does
            cursor.execute(
                "INSERT INTO interviews_searchedwords (interviews_searchedwords, rank) VALUES ('integrity-check', 1)"
            )
    return sorted(kept) == sorted(wanted)


def test_the_search_follows_the_text_through_all_that_changes_it(transcript, more, by):
    assert agrees()
    assert numbers('"bo lindqvist"') == [1]
    start = transcript.text.index("Bo Lindqvist")
    changed = deidentifying.replace(transcript, [Pick(start, start + 12, "person", "Person 1", True)], revision=1, **by)
    assert agrees()
    assert numbers("lindqvist") == []
    assert numbers('"person 1 did"') == [1]
    deidentifying.put_back(changed, start, revision=2, **by)
    assert agrees()
    assert numbers("lindqvist") == [1]
    transcribing.remove_transcript(transcript.interview, **by)
    assert agrees()
    assert numbers("lindqvist") == []
    recruiting.withdraw(more.interview.participant, **by)
    assert agrees()
    assert not SearchedTurn.objects.exists()


def test_only_what_may_be_read_is_searched(transcript, more):
    assert numbers("fine", SearchedTurn.objects.filter(transcript=transcript)) == [3]
    assert numbers("fine", SearchedTurn.objects.none()) == []


def hit(asked):
    terms = terms_of(asked)
    [row] = search(asked).page.rows
    return searching.hit_of(row, terms)


def test_a_hit_is_the_sentence_with_the_words_at_its_place_in_the_transcript(more):
    one = hit('"clinic was fine"')
    assert more.text[one.start : one.end] == "👩‍👩‍👧 The clinic was fine, hours and all."
    assert [words for words, found in one.pieces if found] == ["clinic was fine"]
    assert "".join(words for words, _found in one.pieces) == more.text[one.start : one.end]
    assert one.before == "Nobody had any hours left. Ünder Straße we trained. "
    assert one.after == " Then it was over."
    assert one.place == f"{one.start}-{one.end}"


def test_words_of_two_sentences_make_one_passage(more):
    one = hit("nobody over")
    assert more.text[one.start : one.end] == more.text[more.turns[1][1] : more.turns[1][2]]
    assert one.before == one.after == ""


def test_what_is_long_is_shown_in_part(study, guide, by):
    said = f"P03: {'Before it. ' * 40}The word stands {'here and ' * 100}there. {'After it. ' * 40}"
    made = transcript_of(study, guide, by, "P03", said, name="")
    one = hit("stands")
    assert made.text[one.start : one.end].endswith("there.")
    assert len("".join(words for words, _found in one.pieces)) == searching.LONGEST
    assert one.before.startswith("… it. Before") or one.before.startswith("… Before")
    assert one.after.endswith(" …")


@pytest.mark.parametrize("most", [500, 2])  # few are put in order here, many are read in order
@pytest.mark.parametrize("usual", [1, 100])  # what is usual is looked for by walking through the turns
def test_pages_follow_each_other_forwards_and_back(study, guide, by, monkeypatch, most, usual):
    monkeypatch.setattr(searching, "MOST", most)
    monkeypatch.setattr(searching, "USUAL", usual)
    monkeypatch.setattr(searching, "EVERY", 1)
    said = "".join(f"P09: A word of {n}.\nInterviewer: And then?\n" for n in range(5))
    transcript_of(study, guide, by, "P09", said, name="")

    def page(**place):
        found = searching.search(SearchedTurn.objects.all(), terms_of("word"), size=2, **place)
        return [row.number for row in found.page.rows], found.page.before, found.page.after

    first, before, after = page()
    assert (first, before) == ([0, 2], None)
    second, before, after = page(after=after)
    assert second == [4, 6]
    assert page(before=before)[0] == first
    last, before, after = page(after=after)
    assert (last, after) == ([8], None)
    assert page(before=before)[0] == second
    assert page(after=0)[0] == page(before=0)[0] == first
    end = SearchedTurn.objects.get(number=8).pk
    assert page(after=end) == ([], None, None)


def test_counting_ends_somewhere_and_says_so(transcript, more, monkeypatch):
    found = search("fine")
    assert (found.turns, found.interviews, found.more) == (2, 2, False)
    monkeypatch.setattr(searching, "MOST", 1)
    found = search("fine")
    assert (found.turns, found.more) == (1, True)
