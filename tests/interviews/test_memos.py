import pytest
from django.core.exceptions import ValidationError

from interviews import memos, recruiting
from interviews.models import Memo

pytestmark = pytest.mark.django_db


@pytest.fixture
def write(study, by):
    return lambda about, text, **who: memos.write_memo(study, about, text=text, **{**by, **who})


def test_everybody_writes_one_memo_at_a_thing_and_reads_those_of_others(world, study, codes, write, by):
    write(codes["Time"], " Ironic? ")
    write(codes["Time"], "Ironic, yes.")
    write(codes["Time"], "I think not.", by=world.bo)
    written = memos.written_about(study, codes["Time"], reader=world.ria)
    assert written.own == "Ironic, yes."
    assert [str(memo) for memo in written.others] == ["I think not."]


def test_empty_words_take_a_memo_away_and_the_same_again_changes_nothing(codes, write):
    assert write(codes["Time"], "") is None
    first = write(codes["Time"], "Ironic?")
    assert write(codes["Time"], "Ironic?").changed_at == first.changed_at
    write(codes["Time"], "  ")
    assert not Memo.objects.exists()


def test_a_memo_at_a_passage_is_seen_by_those_who_look_for_what_changed(coded, write, by):
    later = by["now"].replace(year=2027)
    write(coded[0], "Look at this.", now=later)
    coded[0].refresh_from_db()
    assert coded[0].changed_at == later


def test_what_is_said_of_an_interview_goes_when_its_participant_withdraws(transcript, coded, write, by):
    write(transcript.interview, "She hesitated.")
    write(coded[0], "Twice.")
    recruiting.withdraw(transcript.interview.participant, **by)
    assert not Memo.objects.exists()
    with pytest.raises(ValidationError, match="withdrawn"):
        write(transcript.interview, "Once more.")
    with pytest.raises(ValidationError, match="not there any more"):
        write(coded[0], "Once more.")
    assert not Memo.objects.exists()
