import datetime as dt

import pytest
from django.core.exceptions import ValidationError

from accounts.models import Activity
from interviews import interviewing, recruiting, studying
from interviews.interviewing import StaleSummary
from interviews.models import Interview, Summary
from roadmap.models import Construct
from tests.interviews.conftest import agreed, listed
from tests.together import at_once

pytestmark = pytest.mark.django_db
TODAY = dt.date(2026, 1, 5)


def hold(interview, by, held_on=TODAY, **fields):
    return interviewing.hold(interview, held_on=held_on, **{"minutes": 45, "notes": "", **fields}, **by)


def sum_up(talk, by, text="Nurses were tired.", question=0, revision=0, **fields):
    return interviewing.sum_up(talk.interview, talk.questions[question], text=text, revision=revision, **fields, **by)


def test_an_interview_is_held_on_a_day(talk, by):
    hold(talk.interview, by)
    talk.interview.refresh_from_db()
    assert (talk.interview.held_on, talk.interview.minutes) == (TODAY, 45)
    hold(talk.interview, by, minutes=50)
    assert Activity.objects.filter(verb="interview_held").count() == 1


@pytest.mark.parametrize("days", [1, 400])
def test_an_interview_cannot_be_held_in_the_future(talk, by, days):
    with pytest.raises(ValidationError, match="in the future"):
        hold(talk.interview, by, held_on=TODAY + dt.timedelta(days=days))


def test_without_consent_from_that_day_or_before_it_is_not_held(world, study, guide, by):
    who = listed(study, by=by)
    plan = {"interviewer": world.ria, "mode": "phone", "planned_for": None}
    interview = interviewing.plan_interview(study, who, guide, **plan, **by)
    with pytest.raises(ValidationError, match="no consent of P01"):
        hold(interview, by)
    recruiting.record_consent(who, form_version="1", given_on=TODAY, scope="quote", **by)
    with pytest.raises(ValidationError, match="no consent of P01"):
        hold(interview, by, held_on=TODAY - dt.timedelta(days=1))
    hold(interview, by)


def test_a_newer_consent_does_not_undo_the_one_that_held_on_the_day(talk, by):
    recruiting.record_consent(talk.participant, form_version="2", given_on=TODAY, scope="no_quotes", **by)
    hold(talk.interview, by, held_on=TODAY - dt.timedelta(days=1))


def test_a_cancelled_interview_is_not_held_and_a_held_one_not_cancelled(talk, by):
    hold(talk.interview, by)
    with pytest.raises(ValidationError, match="was held"):
        interviewing.cancel(talk.interview, **by)
    Interview.objects.filter(pk=talk.interview.pk).update(held_on=None)
    for _ in range(2):
        interviewing.cancel(talk.interview, **by)
    assert Activity.objects.filter(verb="interview_cancelled").count() == 1
    with pytest.raises(ValidationError, match="was cancelled"):
        hold(talk.interview, by)


def test_an_interview_is_planned_within_its_study(world, study, guide, by):
    other = studying.begin_study(world.program, name="Another", aim="To ask.", **by)
    plan = {"interviewer": world.ria, "mode": "phone", "planned_for": None}
    with pytest.raises(ValidationError, match="of this study"):
        interviewing.plan_interview(study, listed(other, by=by), guide, **plan, **by)
    with pytest.raises(ValidationError, match="does not take part"):
        interviewing.plan_interview(study, listed(study, by=by, state="declined"), guide, **plan, **by)
    with pytest.raises(ValidationError, match="Kim Abara is not in this study"):
        interviewing.plan_interview(
            study, agreed(study, "P02", by=by), guide, **{**plan, "interviewer": world.kim}, **by
        )
    assert not Interview.objects.exists()


def test_a_summary_keeps_who_wrote_it_last_and_how_often_it_changed(world, talk, by):
    assert sum_up(talk, by).revision == 1
    again = sum_up(talk, {**by, "by": world.bo}, text="Nurses were tired and few.", revision=1)
    assert (again.revision, again.by) == (2, world.bo)


def test_the_same_words_twice_are_no_conflict(talk, by):
    for _ in range(2):
        assert sum_up(talk, by).revision == 1


def test_an_empty_box_makes_no_row(talk, by):
    assert sum_up(talk, by, text="  ").pk is None
    assert not Summary.objects.exists()


def test_of_two_who_write_at_once_the_later_gets_both_texts(world, talk, by):
    sum_up(talk, by, text="Ria's words.")
    with pytest.raises(StaleSummary) as stale:
        sum_up(talk, {**by, "by": world.bo}, text="Bo's words.", quote="His.", revision=0)
    assert (stale.value.summary.text, stale.value.text, stale.value.quote) == ("Ria's words.", "Bo's words.", "His.")
    assert Summary.objects.get().text == "Ria's words."


def test_a_question_of_another_guide_is_refused(study, talk, by):
    from_later = interviewing.Question.objects.create(
        guide=study.guides.create(number=2, title="Next", created_by=by["by"]), key="x", position=1, text="?", short="?"
    )
    with pytest.raises(ValidationError, match="not in the guide of the interview"):
        interviewing.sum_up(talk.interview, from_later, text="x", revision=0, **by)


@pytest.mark.parametrize(("scope", "fine"), [("quote", True), ("role_only", True), ("no_quotes", False), (None, False)])
def test_a_quote_needs_consent_that_covers_it(world, study, guide, by, scope, fine):
    who = agreed(study, by=by, scope=scope) if scope else listed(study, by=by)
    interview = interviewing.plan_interview(
        study, who, guide, interviewer=world.ria, mode="phone", planned_for=None, **by
    )
    question = guide.questions.first()

    def quote():
        return interviewing.sum_up(interview, question, text="Tired.", quote="I was tired.", revision=0, **by)

    if fine:
        assert quote().quote == "I was tired."
    else:
        with pytest.raises(ValidationError, match="quote"):
            quote()
        assert not Summary.objects.exists()


def test_barriers_are_named_at_a_cell_without_touching_its_words(talk, by):
    construct = Construct.objects.create(
        key="available-resources", name="Available Resources", domain="Inner setting", position=1
    )
    sum_up(talk, by)
    interviewing.name_barriers(talk.interview, talk.questions[0], constructs=[construct], **by)
    summary = Summary.objects.get()
    assert (list(summary.constructs.all()), summary.text, summary.revision) == ([construct], "Nurses were tired.", 1)
    sum_up(talk, by, text="Nurses were tired and few.", revision=1)
    assert list(Summary.objects.get().constructs.all()) == [construct]


def test_nothing_is_written_for_somebody_who_has_withdrawn(talk, by):
    recruiting.withdraw(talk.participant, **by)
    for doing in (
        lambda: sum_up(talk, by),
        lambda: hold(talk.interview, by),
        lambda: interviewing.name_barriers(talk.interview, talk.questions[0], constructs=[], **by),
    ):
        with pytest.raises(ValidationError, match="has withdrawn"):
            doing()


@pytest.mark.django_db(transaction=True)
def test_who_withdraws_while_somebody_sums_up_leaves_no_words(talk, by):
    def write():
        try:
            sum_up(talk, by)
        except ValidationError:
            return

    for _ in range(5):
        at_once(write, lambda: recruiting.withdraw(talk.participant, **by))
        assert not Summary.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_two_who_fill_one_cell_at_once_make_one_row(world, talk, by):
    def write(who, text):
        def doing():
            try:
                return sum_up(talk, {**by, "by": who}, text=text).text
            except StaleSummary as stale:
                return f"kept apart: {stale.text}"

        return doing

    said = at_once(write(world.ria, "One."), write(world.bo, "Two."))
    assert sum(one.startswith("kept apart") for one in said) == 1
    assert Summary.objects.count() == 1
