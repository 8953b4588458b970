"""Numbers and moments that no database holds are answered as what is not there."""

import pytest

from interviews import deidentifying
from interviews.models import AgreementRound
from interviews.studying import coder_of
from tests.interviews.test_views import BASE

pytestmark = pytest.mark.django_db

FAR = 2**70
TALK = f"{BASE}interviews/{FAR}/"
LAST = ("0001-01-01T00:00:00+14:00", "0001-01-01T00:00:00Z", "9999-12-31T23:59:59-14:00")


@pytest.fixture
def ria(sign_in, world, transcript, by):
    deidentifying.say_cleared(transcript, cleared=True, revision=1, **by)
    return sign_in(world.ria)


@pytest.mark.parametrize("way", ["", "away/", "leads/"])
def test_a_coding_of_an_interview_that_cannot_be(ria, coded, way):
    assert ria.post(f"{TALK}codings/{coded[0].pk}/{way}").status_code == 404


@pytest.mark.parametrize("way", ["codings/since/", "names/"])
def test_an_interview_that_cannot_be(ria, way):
    assert ria.get(TALK + way).status_code == 404


@pytest.mark.parametrize("number", [FAR, "9" * 5000])
def test_a_transcript_that_cannot_be(ria, world, study, number):
    found = AgreementRound.objects.create(study=study, name="First", opened_by=world.ria, opened_at=world.now)
    found.coders.set([coder_of(study, world.ria)])
    assert ria.post(f"{BASE}agreement/{found.pk}/through/", {"transcript": number}).status_code == 404


@pytest.mark.parametrize("moment", LAST)
def test_moments_at_the_ends_of_time(ria, transcript, moment):
    since = f"{BASE}interviews/{transcript.interview_id}/codings/since/"
    assert ria.get(since, {"at": moment}).status_code == 404
    assert ria.get(f"{BASE}search/", {"made": moment}).status_code == 200
    assert ria.post(f"{BASE}search/undo/", {"made": moment}).status_code == 302


@pytest.mark.parametrize("way", ["barriers", "strategies", "evidence"])
def test_rows_that_cannot_be_are_no_choice(ria, finding, way):
    ticked = dict.fromkeys(("constructs", "strategies", "codings", "summaries"), FAR)
    assert ria.post(f"{BASE}findings/{finding.pk}/{way}/", ticked).status_code == 422


def test_barriers_that_cannot_be_are_no_choice_at_a_question(ria, guide):
    question = guide.questions.first()
    assert ria.post(f"{BASE}questions/{question.pk}/", {"constructs": FAR}).status_code == 422
