import pytest
from django.core.exceptions import ValidationError

from interviews import guiding, interviewing
from interviews.guiding import read_guide
from interviews.models import Guide
from roadmap.models import Construct
from tests.interviews.conftest import GUIDE, agreed
from tests.together import at_once

pytestmark = pytest.mark.django_db


def rewrite(study, by, text, title="Interview guide"):
    return guiding.write_guide(study, title=title, text=text, **by)


def test_a_guide_is_read_from_plain_text():
    first, second, third = read_guide(GUIDE)
    assert (first.section, first.short, first.text) == ("Getting started", "First days", "How did your site begin?")
    assert first.probes == ["Who decided?", "Who was asked?"]
    assert (second.section, second.short) == ("What happened", "What got in the way?")
    assert third.probes == []


def test_a_long_question_has_a_short_name_that_ends_at_a_word():
    [asked] = read_guide(
        "Could you tell me how the people at your clinic came to hear about collaborative care at first?"
    )
    assert asked.short == "Could you tell me how the people at your clinic came to…"
    assert len(asked.short) <= 60


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "no question yet"),
        ("# Only a heading", "no question yet"),
        ("- a probe first\nA question?", "Line 1: a probe needs a question above it"),
        ("Fine?\n" + "x" * 501, "Line 2: a question has at most 500 characters"),
        ("Fine?\n- " + "x" * 501, "Line 2: a probe has at most 500 characters"),
        ("# " + "x" * 121 + "\nFine?", "Line 1: a section has at most 120 characters"),
        ("\n".join(f"Question {n}?" for n in range(61)), "at most 60 questions"),
    ],
)
def test_what_cannot_be_kept_is_said_with_its_line(text, words):
    with pytest.raises(ValidationError, match=words):
        read_guide(text)


def test_every_fault_is_said_at_once():
    with pytest.raises(ValidationError) as error:
        read_guide("- early\n\n" + "y" * 600)
    assert [said.split(":")[0] for said in error.value.messages] == ["Line 1", "Line 3"]


def test_a_guide_as_text_reads_the_same_again(guide):
    assert read_guide(guiding.text_of(guide)) == [
        guiding.Asked(one.text, one.section, one.short, one.probes, line=again.line)
        for one, again in zip(guide.questions.all(), read_guide(guiding.text_of(guide)), strict=True)
    ]


def test_until_an_interview_uses_it_a_guide_is_changed_in_place(study, guide, by):
    again = rewrite(study, by, GUIDE + "One more?\n")
    assert (again.pk, again.number) == (guide.pk, 1)
    assert again.questions.count() == 4


def test_a_used_guide_stays_and_the_next_version_is_made(world, study, guide, by):
    interviewing.plan_interview(
        study, agreed(study, by=by), guide, interviewer=world.ria, mode="phone", planned_for=None, **by
    )
    again = rewrite(study, by, GUIDE.replace("What would you tell another site?", "What would you tell the State?"))
    assert again.number == 2
    assert [one.text for one in guide.questions.all()][-1] == "What would you tell another site?"
    old, new = ([one.key for one in one.questions.all()] for one in (guide, again))
    assert old[:2] == new[:2]
    assert old[2] != new[2]


def test_ties_go_with_the_words_of_a_question(study, guide, by):
    question = guide.questions.get(position=2)
    construct = Construct.objects.create(
        key="available-resources", name="Available Resources", domain="Inner setting", position=1
    )
    guiding.tie(question, steps=["leaders", "leaders"], constructs=[construct], **by)
    rewrite(study, by, "What got in the way?\nSomething new?\n")
    kept, new = Guide.objects.get(pk=guide.pk).questions.all()
    assert (kept.key, kept.step_keys, list(kept.constructs.all())) == (question.key, ["leaders"], [construct])
    assert (new.step_keys, new.constructs.count()) == ([], 0)


def test_a_step_that_the_roadmap_does_not_have_is_refused(guide, by):
    question = guide.questions.first()
    with pytest.raises(ValidationError, match="no step “nowhere”"):
        guiding.tie(question, steps=["leaders", "nowhere"], constructs=[], **by)
    question.refresh_from_db()
    assert question.step_keys == []


def test_questions_of_one_short_name_have_keys_of_their_own(study, by):
    made = rewrite(study, by, "Money: Who paid?\nMoney: Who pays now?\n???\n")
    assert [one.key for one in made.questions.all()] == ["money", "money-2", "question"]


def test_the_same_again_makes_no_version(world, study, talk, by):
    again = rewrite(study, by, guiding.text_of(talk.guide))
    assert again == talk.guide
    assert study.guides.count() == 1
    assert rewrite(study, by, guiding.text_of(talk.guide), title="Other").number == 2


def test_planned_interviews_follow_the_next_version_and_written_ones_stay(world, study, talk, by):
    plan = {"interviewer": world.ria, "mode": "phone", "planned_for": None}
    second, third, fourth = (
        interviewing.plan_interview(study, agreed(study, name, by=by), talk.guide, **plan, **by)
        for name in ("P02", "P03", "P04")
    )
    interviewing.sum_up(second, talk.questions[0], text="Said before.", revision=0, **by)
    interviewing.hold(third, held_on=world.now.date(), minutes=None, notes="", **by)
    interviewing.cancel(fourth, **by)
    again = rewrite(study, by, GUIDE + "One more?\n")
    assert again.number == 2
    numbers = [one.guide.number for one in study.interviews.order_by("participant__pseudonym")]
    assert numbers == [2, 1, 1, 1]


def test_sections_and_probes_point_at_steps_and_keep_it_with_their_words(world, study, talk, by):
    guiding.tie_part(talk.guide, "section", "Getting started", steps=["leaders"], constructs=[], **by)
    guiding.tie_part(talk.guide, "probe", "Who decided?", steps=["leaders"], constructs=[], **by)
    guiding.tie_part(talk.guide, "probe", "Who was asked?", steps=["leaders"], constructs=[], **by)
    with pytest.raises(ValidationError, match="no step “nowhere”"):
        guiding.tie_part(talk.guide, "probe", "Who decided?", steps=["nowhere"], constructs=[], **by)
    again = rewrite(study, by, GUIDE.replace("Who was asked?", "Who was not asked?"))
    assert again.number == 2
    assert sorted(again.part_ties.values_list("kind", "words")) == [
        ("probe", "Who decided?"),
        ("section", "Getting started"),
    ]
    assert talk.guide.part_ties.count() == 3
    third = rewrite(study, by, GUIDE.replace("- Who decided?\n", ""))
    assert [one.words for one in third.part_ties.all()] == ["Getting started"]


@pytest.mark.django_db(transaction=True)
def test_two_versions_written_at_once_have_two_numbers(world, study, guide, by):
    interviewing.plan_interview(
        study, agreed(study, by=by), guide, interviewer=world.ria, mode="phone", planned_for=None, **by
    )
    numbers = at_once(*[lambda n=n: rewrite(study, by, f"Question {n}?").number for n in (1, 2)])
    assert sorted(numbers) in ([2, 2], [2, 3])
    assert sorted(study.guides.values_list("number", flat=True)) == sorted({1, *numbers})
