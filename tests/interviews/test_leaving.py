import pytest

from interviews import deidentifying, recruiting
from interviews.exchange.leaving import blind_to, coder_names, leaving, left_out
from interviews.models import AgreementRound
from interviews.studying import coder_of
from tests.interviews.conftest import transcript_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def texts(world, study, guide, by):
    """Four interviews: P01 may be quoted, P02 by role group only, P03 not at all; nobody cleared the text of P04."""
    scopes = {"P01": "quote", "P02": "role_only", "P03": "no_quotes", "P04": "quote"}
    place = {"project": world.project, "site": world.elm}
    made = {name: transcript_of(study, guide, by, name, scope=scope, **place) for name, scope in scopes.items()}
    for name in ("P01", "P02", "P03"):
        deidentifying.say_cleared(made[name], cleared=True, revision=1, **by)
    return made


def kept(study):
    return {one.participant.pseudonym: one.kept for one in leaving(study)}


def test_words_leave_by_consent_and_once_they_name_nobody(study, texts):
    assert kept(study) == {"P01": "", "P02": "", "P03": "quotes", "P04": "names"}
    assert left_out(leaving(study)) == [
        "1 interview: its text still names somebody",
        "1 interview: no quotes were agreed to",
    ]


def test_an_open_study_lets_texts_out_that_name_somebody_but_changes_no_consent(study, texts, by):
    deidentifying.protect(study, open_text=True, destroy_on=None, **by)
    assert kept(study) == {"P01": "", "P02": "", "P03": "quotes", "P04": ""}


def test_the_newest_consent_holds(study, texts, by):
    who = texts["P01"].interview.participant
    recruiting.record_consent(who, form_version="2", given_on=by["now"].date(), scope="no_quotes", **by)
    assert kept(study)["P01"] == "quotes"


def test_without_a_consent_words_stay(study, texts):
    texts["P01"].interview.participant.consents.all().delete()
    assert kept(study)["P01"] == "consent"
    assert "1 interview: no consent is recorded" in left_out(leaving(study))


def test_of_who_is_quoted_by_role_group_only_the_place_stays(study, texts):
    places = {one.participant.pseudonym: (one.project, one.site) for one in leaving(study)}
    assert places["P01"] == ("Collaborative Care", "Elm Clinic")
    assert places["P02"] == ("", "")


def test_texts_are_looked_at_in_two_statements(study, texts, django_assert_num_queries):
    with django_assert_num_queries(2):
        assert [one.site for one in leaving(study)].count("Elm Clinic") == 3


def test_coders_go_by_number_in_the_order_they_began(world, study):
    ria, bo = coder_of(study, world.ria), coder_of(study, world.bo)
    assert coder_names(study) == {ria.pk: "Coder 1", bo.pk: "Coder 2"}
    assert coder_names(study, named=True) == {ria.pk: "Ria Castellan", bo.pk: "Bo Lindqvist"}


def test_who_codes_blind_is_told_that_others_are_left_out(world, study, texts):
    made = AgreementRound.objects.create(study=study, name="First", opened_by=world.ria, opened_at=world.now)
    made.coders.set([coder_of(study, world.bo)])
    made.transcripts.set([texts["P01"], texts["P02"]])
    assert blind_to(study, world.ria) == []
    assert blind_to(study, world.bo) == ["what others coded in 2 interviews that you code blind"]
