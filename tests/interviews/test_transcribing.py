import pytest
from django.core.exceptions import ValidationError

from accounts.models import Activity
from interviews import interviewing, recruiting, transcribing
from interviews.models import Original, Transcript
from interviews.transcribing import preview_of
from tests.interviews.files import TALK, VTT
from tests.together import at_once

pytestmark = pytest.mark.django_db


@pytest.fixture
def held(world, talk, by):
    """The talk, held on the day of the world."""
    interviewing.hold(talk.interview, held_on=world.now.date(), minutes=40, notes="", **by)
    return talk


def choose(talk, by, text=TALK, name="talk.txt"):
    return transcribing.choose_file(talk.interview, name=name, data=text.encode(), **by)


def save(talk, by, original, **names):
    return transcribing.save_transcript(talk.interview, sha256=original.sha256, names=names, **by)


def words(transcript):
    return [(speaker, transcript.text[at:end]) for _start, at, end, speaker, _seconds in transcript.turns]


def test_a_file_waits_until_it_is_saved_and_is_kept_as_it_was(held, by):
    original = choose(held, by)
    assert not Transcript.objects.exists()
    transcript = save(held, by, original)
    assert words(transcript)[1:3] == [
        ("Interviewer", "How did it begin?"),
        ("P01", "Somebody rang.\nWe met on a Tuesday."),
    ]
    original.refresh_from_db()
    assert bytes(original.content) == TALK.encode()
    assert Activity.objects.get(verb="transcript_saved").label == "P01"


def test_a_name_is_kept_without_the_way_to_it(held, by):
    assert choose(held, by, name="C:\\Users\\ria\\talk.txt").name == "talk.txt"


def test_speakers_are_saved_by_the_names_given(held, by):
    original = choose(held, by, "Ann Lee: Hello.\nBo: Hi.\nAnn Lee: So?\nBo: So.\nNote: x\nNote: y\n")
    assert preview_of(original).speakers == [("Ann Lee", 2), ("Bo", 2), ("Note", 2)]
    transcript = save(held, by, original, **{"Ann Lee": "Interviewer", "Bo": "", "Note": "-"})
    assert words(transcript) == [
        ("Interviewer", "Hello."),
        ("Bo", "Hi."),
        ("Interviewer", "So?"),
        ("Bo", "So.\nNote: x\nNote: y"),
    ]


def test_times_stay_with_their_turns(held, by):
    transcript = save(held, by, choose(held, by, VTT, "talk.vtt"))
    assert [turn[4] for turn in transcript.turns] == [1, 5]


def test_another_file_takes_the_place_of_one_that_waits(held, by):
    first = choose(held, by)
    second = choose(held, by, "P01: Other words.")
    assert Original.objects.get() == second
    with pytest.raises(ValidationError, match="has changed since you looked"):
        save(held, by, first)
    assert not Transcript.objects.exists()


def test_a_file_that_cannot_be_read_takes_no_place(held, by):
    choose(held, by)
    with pytest.raises(ValidationError, match="no text"):
        choose(held, by, "   ")
    assert Original.objects.count() == 1


def test_a_transcript_is_not_replaced_by_accident(held, by):
    original = choose(held, by)
    save(held, by, original)
    with pytest.raises(ValidationError, match="Remove it first"):
        choose(held, by)
    with pytest.raises(ValidationError, match="has changed since"):
        save(held, by, original)
    transcribing.drop_file(held.interview)
    assert Original.objects.exists()


def test_removing_a_transcript_removes_its_file_and_leaves_the_summaries(held, by):
    interviewing.sum_up(held.interview, held.questions[0], text="Rang.", revision=0, **by)
    save(held, by, choose(held, by))
    for _ in range(2):
        transcribing.remove_transcript(held.interview, **by)
    assert not Original.objects.exists()
    assert held.interview.summaries.count() == 1
    assert Activity.objects.filter(verb="transcript_removed").count() == 1


def test_an_interview_that_was_not_held_has_no_transcript(talk, by):
    with pytest.raises(ValidationError, match="Say first on which day"):
        choose(talk, by)


def test_withdrawal_removes_transcript_and_file_and_counts_them(held, by):
    save(held, by, choose(held, by))
    removed = recruiting.withdraw(held.participant, **by)
    assert removed.transcripts == 1
    assert "1 transcript" in removed.in_words
    assert not Transcript.objects.exists()
    assert not Original.objects.exists()
    with pytest.raises(ValidationError, match="has withdrawn"):
        choose(held, by)


@pytest.mark.django_db(transaction=True)
def test_who_withdraws_while_a_transcript_is_saved_leaves_none(held, by):
    original = choose(held, by)

    def saving():
        try:
            save(held, by, original)
        except ValidationError as error:
            return error.messages[0]

    at_once(saving, lambda: recruiting.withdraw(held.participant, **by))
    assert not Transcript.objects.exists()
    assert not Original.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_saved_twice_at_once_it_is_there_once(held, by):
    original = choose(held, by)

    def saving():
        try:
            return save(held, by, original).pk
        except ValidationError:
            return None

    assert [bool(pk) for pk in at_once(saving, saving)].count(True) == 1
