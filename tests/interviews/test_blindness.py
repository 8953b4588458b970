"""While a round is open, who codes blind sees nothing of what others coded in its interviews."""

import pytest

from interviews import codebook, coding, deidentifying, margins, memos
from interviews.exchange.outgoing import Outgoing, Wishes
from interviews.models import AgreementRound, Coding
from interviews.studying import coder_of
from tests.interviews.conftest import transcript_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def opened(world, study, transcript, by):
    """A round in which Ria and Bo code the transcript blind."""
    made = AgreementRound.objects.create(study=study, name="First", opened_by=world.ria, opened_at=world.now)
    made.coders.set([coder_of(study, world.ria), coder_of(study, world.bo)])
    made.transcripts.set([transcript])
    return made


def seen_by(person):
    return {coding.coder.first_name for coding in Coding.objects.there().visible_to_coder(person)}


def code_as(person, transcript, codes, *, by):
    return coding.apply_code(transcript, codes["Time"].pk, start=13, end=30, revision=1, **{**by, "by": person})


def test_a_coder_of_an_open_round_sees_only_what_they_coded_there(world, opened, transcript, codes, by):
    for person in (world.ria, world.bo):
        code_as(person, transcript, codes, by=by)
    assert seen_by(world.ria) == {"Ria"}
    assert seen_by(world.bo) == {"Bo"}
    assert seen_by(world.kim) == {"Ria", "Bo"}
    opened.closed_at, opened.result = world.now, {}
    opened.save()
    assert seen_by(world.bo) == {"Ria", "Bo"}


def test_elsewhere_they_see_each_other(world, opened, study, guide, codes, by):
    other = transcript_of(study, guide, by, "P02")
    code_as(world.ria, other, codes, by=by)
    assert seen_by(world.bo) == {"Ria"}


def test_margins_passages_and_counts_are_those_a_coder_may_see(world, opened, transcript, codes, by):
    mine, theirs = (code_as(person, transcript, codes, by=by) for person in (world.bo, world.ria))
    assert [one.pk for turn in margins.margins_of(transcript, reader=world.bo) for one in turn.chips] == [mine.pk]
    assert [one.pk for one in margins.margin(transcript, 0, reader=world.ria)] == [theirs.pk]
    changed = margins.changed_since(transcript, since=world.now, reader=world.bo)
    assert {number: [chip.pk for chip in chips] for number, chips in changed.items()} == {0: [mine.pk]}
    assert [one.coding for one in margins.passages_of(codes["Time"], [transcript], reader=world.bo)] == [mine]
    rows = {row.code: row.codings for row in codebook.tree(opened.study, reader=world.bo)}
    assert rows[codes["Time"]] == 1


def test_memos_of_others_about_an_interview_coded_blind_do_not_leave_with_a_project(world, opened, transcript, by):
    deidentifying.say_cleared(transcript, cleared=True, revision=1, **by)
    memos.write_memo(opened.study, transcript.interview, text="They wait for leaders.", **by)
    leaving = {who: Outgoing(opened.study, reader=who, wishes=Wishes()).all_memos for who in (world.ria, world.bo)}
    assert [memo.text for memo in leaving[world.ria]] == ["They wait for leaders."]
    assert leaving[world.bo] == []
