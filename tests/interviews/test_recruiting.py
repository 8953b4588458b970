import datetime as dt

import pytest
from django.core.exceptions import ValidationError

from accounts.models import Activity
from interviews import interviewing, recruiting
from interviews.models import Consent, Contact, Participant, Summary
from tests.interviews.conftest import agreed, listed

pytestmark = pytest.mark.django_db
REACH = {"name": "Maria Gonzalez", "email": "maria@clinic.example", "phone": "616 555 0100"}


def test_how_to_reach_somebody_is_kept_apart(study, by):
    participant = listed(study, by=by, contact=REACH)
    assert participant.contact.email == "maria@clinic.example"
    assert "Maria" not in str(Activity.objects.get(verb="participant_listed").__dict__)


def test_nobody_to_reach_keeps_no_row(study, by):
    listed(study, by=by, contact={"name": "", "email": "", "phone": ""})
    assert not Contact.objects.exists()


def test_a_pseudonym_is_taken_once(study, by):
    listed(study, by=by)
    with pytest.raises(ValidationError, match="has this pseudonym already"):
        listed(study, by=by)
    other = listed(study, "P02", by=by)
    with pytest.raises(ValidationError, match="has this pseudonym already"):
        recruiting.change_participant(other, pseudonym="P01", **by)
    other.refresh_from_db()
    assert other.pseudonym == "P02"


@pytest.mark.parametrize("pseudonym", ["Maria", "nurse gonzalez", "MARIA 2"])
def test_a_pseudonym_that_gives_the_name_away_is_refused(study, by, pseudonym):
    with pytest.raises(ValidationError, match="gives the name away"):
        listed(study, pseudonym, by=by, contact=REACH)
    assert not Participant.objects.exists()


def test_a_name_kept_before_is_minded_when_only_the_pseudonym_changes(study, by):
    participant = listed(study, by=by, contact=REACH)
    with pytest.raises(ValidationError, match="gives the name away"):
        recruiting.change_participant(participant, pseudonym="Maria", **by)


@pytest.mark.parametrize(
    ("project", "site", "words"),
    [
        ("foreign_project", None, "a project of this program"),
        ("project", "other_site", "a site of the chosen project"),
        (None, "elm", "a site of the chosen project"),
    ],
)
def test_projects_and_sites_elsewhere_are_refused(world, study, by, project, site, words):
    place = {"project": getattr(world, project or "", None), "site": getattr(world, site or "", None)}
    with pytest.raises(ValidationError, match=words):
        listed(study, by=by, **place)


def test_consent_makes_somebody_agreed_and_the_newest_holds(world, study, by):
    participant = agreed(study, by=by, scope="quote")
    recruiting.record_consent(participant, form_version="2", given_on=dt.date(2026, 1, 4), scope="no_quotes", **by)
    participant.refresh_from_db()
    assert participant.state == "agreed"
    assert recruiting.consent_of(participant).form_version == "2"
    assert participant.consents.count() == 2


def test_consent_from_a_coming_day_is_refused(study, by):
    participant = listed(study, by=by)
    with pytest.raises(ValidationError, match="in the future"):
        recruiting.record_consent(participant, form_version="1", given_on=dt.date(2026, 1, 6), scope="quote", **by)
    assert not Consent.objects.exists()


def test_withdrawal_removes_words_and_contact_and_says_what_went(talk, study, by):
    recruiting.change_participant(talk.participant, pseudonym="P01", contact=REACH, **by)
    interviewing.hold(talk.interview, held_on=dt.date(2026, 1, 5), minutes=40, notes="Was in a hurry.", **by)
    for question in talk.questions[:2]:
        interviewing.sum_up(talk.interview, question, text="Said so.", quote="So it is.", revision=0, **by)
    second = interviewing.plan_interview(
        study, talk.participant, talk.guide, interviewer=by["by"], mode="phone", planned_for=None, **by
    )
    removed = recruiting.withdraw(talk.participant, **by)
    assert removed.in_words == (
        "Removed: 2 summaries, the notes of 1 interview, how to reach them. 1 planned interview is cancelled. "
        "That there was a participant, in which role group, and the dates stay."
    )
    talk.interview.refresh_from_db()
    second.refresh_from_db()
    assert (talk.interview.notes, talk.interview.held_on) == ("", dt.date(2026, 1, 5))
    assert second.cancelled_at
    assert not Summary.objects.exists()
    assert not Contact.objects.exists()
    assert Consent.objects.count() == 1
    row = Activity.objects.get(verb="participant_withdrew")
    assert row.changes["removed"][1] == {
        "key": 0,
        "codings": 0,
        "memos": 0,
        "findings": 0,
        "summaries": 2,
        "notes": 1,
        "transcripts": 0,
        "contact": True,
    }


def test_withdrawing_twice_removes_and_records_once(talk, by):
    recruiting.withdraw(talk.participant, **by)
    removed = recruiting.withdraw(talk.participant, **by)
    assert (removed.summaries, removed.notes, removed.contact) == (0, 0, False)
    assert Activity.objects.filter(verb="participant_withdrew").count() == 1


def test_nothing_about_somebody_who_has_withdrawn_changes_any_more(talk, by):
    recruiting.withdraw(talk.participant, **by)
    with pytest.raises(ValidationError, match="has withdrawn"):
        recruiting.change_participant(talk.participant, pseudonym="P99", **by)
    with pytest.raises(ValidationError, match="has withdrawn"):
        recruiting.record_consent(talk.participant, form_version="1", given_on=dt.date(2026, 1, 2), scope="quote", **by)
    assert recruiting.consent_of(talk.participant) is None


def test_withdrawn_is_not_a_state_one_can_choose(study, by):
    participant = listed(study, by=by)
    with pytest.raises(ValidationError, match="Use “Withdraw”"):
        recruiting.change_participant(participant, pseudonym="P01", state="withdrawn", **by)
