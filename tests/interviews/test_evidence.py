import datetime as dt

import pytest
from django.core.exceptions import ValidationError

from interviews import coding, concluding, deidentifying, evidence, interviewing, recruiting, telling
from interviews.models import Participant, RoleGroup, Summary, Transcript
from projects.models import Scopes
from tests.interviews.conftest import WORDS, agreed, listed, said_by, transcript_of

pytestmark = pytest.mark.django_db


def person_of(one):
    return one.transcript.interview.participant


def strength_of(finding):
    return evidence.strengths_of([finding], evidence.people_of([finding.study_id]))[finding.pk]


def told(world):
    """Return what site teams are told at the step of leaders."""
    return telling.at_step(world.program, "leaders", scopes=Scopes.read(world.bo))


def quotes(world):
    return [piece.words for one in told(world) for piece in one.quotes]


# ---- strength


def test_a_person_counts_once_and_a_group_has_its_base(study, guide, codes, five, finding, by):
    concluding.take_back(finding, **by)
    [staff] = said_by(study, guide, codes, by, "staff", 1)
    same = coding.apply_code(five[0].transcript, codes["Time"].pk, start=0, end=8, revision=1, **by)
    concluding.rest_on(finding, codings=[same.pk, staff.pk], **by)
    said_by(study, guide, codes, by, "partner", 2, first=6)  # heard, but of something else
    assert str(strength_of(finding)) == "Heard from 1 of 1 project staff, 5 of 7 community partners."
    assert strength_of(finding).people == 6


def test_who_is_only_listed_or_has_withdrawn_is_not_in_the_base(study, five, finding, by):
    listed(study, "P90", by=by, role_group="partner")
    agreed(study, "P91", by=by, role_group="partner")
    recruiting.withdraw(person_of(five[4]), **by)
    [heard] = strength_of(finding).groups
    assert (heard.said, heard.of) == (4, 4)


@pytest.mark.parametrize(("number", "shown"), [(4, False), (5, True)])
def test_a_role_group_is_shown_from_five_people_on(world, study, guide, codes, finding, by, number, shown):
    concluding.take_back(finding, **by)
    codings = said_by(study, guide, codes, by, "staff", number)
    concluding.rest_on(finding, codings=[one.pk for one in codings], **by)
    mine = [one.pk for one in finding.evidence.filter(coding=codings[0])]
    concluding.choose_quotes(finding, mine, **by)
    concluding.publish(finding, **by)
    [one] = told(world)
    assert (RoleGroup.STAFF in [heard.group for heard in one.strength.groups]) is shown
    assert one.strength.people == (5 + number if shown else 5)
    assert one.strength.left_out is not shown
    assert [piece.person.mark for piece in one.quotes] == (["[Project Staff]"] if shown else [])


def test_what_is_left_out_looks_the_same_whether_the_small_group_said_it(world, study, guide, codes, finding, by):
    [quiet] = said_by(study, guide, codes, by, "state", 1)
    [without] = told(world)
    concluding.take_back(finding, **by)
    concluding.rest_on(finding, codings=[quiet.pk], **by)
    concluding.publish(finding, **by)
    [with_it] = told(world)
    assert without.strength == with_it.strength
    assert with_it.strength.left_out


def test_a_finding_of_small_groups_only_cannot_be_published_and_is_not_told(world, study, guide, codes, five, by):
    [alone] = said_by(study, guide, codes, by, "state", 1)
    finding = concluding.state_finding(study, sentence="The State waits for counties.", **by)
    concluding.tie(finding, step_key="leaders", stance="supports", **by)
    concluding.rest_on(finding, codings=[alone.pk], **by)
    with pytest.raises(ValidationError, match="fewer than 5"):
        concluding.publish(finding, **by)
    concluding.rest_on(finding, codings=[five[0].pk], **by)
    concluding.publish(finding, **by)
    assert told(world)
    coding.take_away(five[0].transcript, five[0].pk, **by)
    assert not told(world)


# ---- what may be quoted


def test_a_quote_is_the_passage_marked_by_role_group_only(world, finding):
    [one] = told(world)
    [piece] = one.quotes
    assert piece.words == WORDS
    assert piece.person.mark == "[Partner]"


def test_passages_are_cut_by_code_points(study, guide, codes, by):
    said = "P01: 👩‍⚕️ né e\u0301té — “no door” 🚪 at all."
    transcript = transcript_of(study, guide, by, "P01", said, name="", role_group="partner")
    start = transcript.text.index("“no door”")
    made = coding.apply_code(transcript, codes["Space"].pk, start=start, end=start + 11, revision=1, **by)
    finding = concluding.state_finding(study, sentence="No door.", **by)
    concluding.rest_on(finding, codings=[made.pk], **by)
    [piece] = evidence.pieces_of([finding], evidence.people_of([study.pk]))[finding.pk]
    assert piece.words == transcript.text[made.start : made.end] == "“no door” 🚪"


@pytest.mark.parametrize(("scope", "shown"), [("role_only", True), ("no_quotes", False)])
def test_a_consent_that_becomes_narrower_holds_at_once(world, five, finding, by, scope, shown):
    day = world.now.date()
    recruiting.record_consent(person_of(five[0]), form_version="2", given_on=day, scope=scope, **by)
    assert bool(quotes(world)) is shown
    assert told(world)[0].strength.people == 5


def test_a_withdrawal_takes_the_quote_and_the_count_at_once(world, study, guide, codes, five, finding, by):
    said_by(study, guide, codes, by, "partner", 1, first=6)
    removed = recruiting.withdraw(person_of(five[0]), **by)
    assert "what stood behind 1 finding" in removed.in_words
    assert not quotes(world)
    assert str(told(world)[0].strength) == "Heard from 4 of 5 community partners."


def test_a_group_that_shrinks_below_five_is_told_of_no_more(world, five, finding, by):
    recruiting.withdraw(person_of(five[1]), **by)
    assert not told(world)


def test_a_coding_that_is_taken_away_takes_the_quote_along_and_brings_it_back(world, five, finding, by):
    coding.take_away(five[0].transcript, five[0].pk, **by)
    assert not quotes(world)
    assert told(world)[0].strength.people == 4
    coding.bring_back(five[0].transcript, five[0].pk, **by)
    assert quotes(world)


def test_a_text_that_may_name_somebody_again_is_quoted_no_more(world, five, finding, by):
    deidentifying.say_cleared(five[0].transcript, cleared=False, revision=1, **by)
    assert not quotes(world)


def test_open_text_lets_the_study_choose_but_site_teams_wait(world, study, guide, codes, finding, by):
    concluding.take_back(finding, **by)
    [named] = said_by(study, guide, codes, by, "partner", 1, first=6, cleared=False)
    concluding.rest_on(finding, codings=[named.pk], **by)
    pk = finding.evidence.get(coding=named).pk
    with pytest.raises(ValidationError, match="names nobody"):
        concluding.choose_quotes(finding, [pk], **by)
    study.open_text = True
    study.save(update_fields=["open_text"])
    concluding.choose_quotes(finding, [pk], **by)
    concluding.publish(finding, **by)
    assert not quotes(world)
    deidentifying.say_cleared(Transcript.objects.get(pk=named.transcript_id), cleared=True, revision=1, **by)
    assert quotes(world) == [WORDS]


def test_a_summarys_quote_can_be_quoted_its_summary_never(world, study, talk, finding, by):
    Participant.objects.filter(pk=talk.participant.pk).update(role_group="partner")
    concluding.take_back(finding, **by)
    cell = interviewing.sum_up(talk.interview, talk.questions[0], text="No room, I think.", revision=0, **by)
    concluding.rest_on(finding, summaries=[cell.pk], **by)
    pk = finding.evidence.get(summary=cell).pk
    with pytest.raises(ValidationError, match="without a quote"):
        concluding.choose_quotes(finding, [pk], **by)
    Summary.objects.update(quote="Not one door.")
    concluding.choose_quotes(finding, [pk], **by)
    concluding.publish(finding, **by)
    assert quotes(world) == ["Not one door."]
    assert told(world)[0].strength.people == 6
    Summary.objects.update(quote="")
    assert not quotes(world)
    assert told(world)[0].strength.people == 6
    Summary.objects.update(text="")
    assert told(world)[0].strength.people == 5


def test_reading_takes_as_many_statements_for_many_as_for_few(world, study, guide, codes, five, finding, by, at_most):
    for number in range(6):
        more = concluding.state_finding(study, sentence=f"Finding {number}.", **by)
        concluding.rest_on(more, codings=[one.pk for one in five], **by)
        concluding.choose_quotes(more, [one.pk for one in more.evidence.all()[:3]], **by)
        concluding.tie(more, step_key="leaders", stance="supports", **by)
        concluding.publish(more, **by)
    scopes = Scopes.read(world.bo)
    with at_most(10):
        found = telling.at_step(world.program, "leaders", scopes=scopes)
        assert len(found) == 7
        assert not any([*one.finding.constructs.all(), *one.finding.strategies.all()] for one in found)
    assert [len(one.quotes) for one in found] == [3] * 6 + [1]


def test_consent_of_the_day_decides_not_the_one_of_the_interview(world, five, finding, by):
    """A wider consent given later opens the quote again."""
    for scope, shown in (("no_quotes", []), ("quote", [WORDS])):
        by["now"] += dt.timedelta(hours=1)
        recruiting.record_consent(person_of(five[0]), form_version="2", given_on=world.now.date(), scope=scope, **by)
        assert quotes(world) == shown


def test_a_quote_at_a_summary_that_names_somebody_never_leaves_an_open_study(world, study, talk, finding, by):
    concluding.take_back(finding, **by)
    study.open_text = True
    study.save(update_fields=["open_text"])
    said = {"text": "No room.", "quote": "Elm Clinic has no room."}
    cell = interviewing.sum_up(talk.interview, talk.questions[0], revision=0, **said, **by)
    concluding.rest_on(finding, summaries=[cell.pk], **by)
    with pytest.raises(ValidationError, match="A quote names nobody: write a placeholder .* for “Elm Clinic”"):
        concluding.choose_quotes(finding, [finding.evidence.get(summary=cell).pk], **by)


def test_a_quote_that_site_teams_read_changes_only_once_its_finding_is_taken_back(world, study, talk, finding, by):
    Participant.objects.filter(pk=talk.participant.pk).update(role_group="partner")
    concluding.take_back(finding, **by)
    question = talk.questions[0]
    cell = interviewing.sum_up(talk.interview, question, text="No room.", quote="Not one door.", revision=0, **by)
    concluding.rest_on(finding, summaries=[cell.pk], **by)
    concluding.choose_quotes(finding, [finding.evidence.get(summary=cell).pk], **by)
    concluding.publish(finding, **by)
    with pytest.raises(ValidationError, match="stands in a published finding"):
        interviewing.sum_up(talk.interview, question, text="No room.", quote="Not two doors.", revision=1, **by)
    interviewing.sum_up(talk.interview, question, text="No room at all.", quote="Not one door.", revision=1, **by)
    assert quotes(world) == ["Not one door."]
    concluding.take_back(finding, **by)
    interviewing.sum_up(talk.interview, question, text="No room.", quote="Not two doors.", revision=2, **by)
    concluding.publish(finding, **by)
    assert not quotes(world)  # other words are chosen anew
    concluding.take_back(finding, **by)
    concluding.choose_quotes(finding, [finding.evidence.get(summary=cell).pk], **by)
    concluding.publish(finding, **by)
    interviewing.sum_up(talk.interview, question, text="No room.", quote="", revision=3, **by)
    assert not quotes(world)
