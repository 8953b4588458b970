import pytest
from django.core.exceptions import ValidationError

from accounts.models import Activity
from interviews import coding, concluding, recruiting, studying, theming
from interviews.models import Evidence, Finding, FindingStep
from roadmap.models import Construct, Strategy
from tests.interviews.conftest import said_by
from tests.interviews.test_evidence import person_of
from tests.together import at_once

pytestmark = pytest.mark.django_db


@pytest.fixture
def draft(study, by):
    return concluding.state_finding(study, sentence="A room comes\n before  training.", **by)


@pytest.fixture
def ready(draft, five, by):
    concluding.rest_on(draft, codings=[one.pk for one in five], **by)
    concluding.tie(draft, step_key="leaders", stance="supports", **by)
    return draft


def test_state_finding_keeps_one_line(draft):
    assert draft.sentence == "A room comes before training."


def test_state_finding_refuses_an_empty_sentence_and_a_theme_elsewhere(world, study, by):
    other = theming.begin_theme(studying.begin_study(world.program, name="Other", aim="To ask.", **by), name="X", **by)
    with pytest.raises(ValidationError, match="one sentence"):
        concluding.state_finding(study, sentence=" ", **by)
    with pytest.raises(ValidationError, match="theme of this study"):
        concluding.state_finding(study, sentence="Something.", theme=other, **by)


def test_change_finding_refuses_what_somebody_else_changed_meanwhile(world, draft, by):
    concluding.change_finding(draft, sentence="A door comes first.", theme=None, revision=1, **by)
    with pytest.raises(ValidationError) as refused:
        concluding.change_finding(draft, sentence="Mine.", theme=None, revision=1, by=world.bo, now=world.now)
    assert refused.value.code == "stale"
    assert Finding.objects.get().sentence == "A door comes first."


def test_what_somebody_named_is_recorded_once(draft, by):
    space = Construct.objects.create(key="space", name="Available Space", domain="Inner", position=1)
    room = Strategy.objects.create(number=1, name="Change the room", cluster="Infrastructure")
    for _twice in range(2):
        concluding.name_barriers(draft, [space], **by)
        concluding.name_strategies(draft, [room], **by)
    assert list(draft.constructs.all()) == [space]
    assert list(draft.strategies.all()) == [room]
    assert Activity.objects.filter(verb="finding_changed").count() == 2


def test_what_is_put_behind_a_finding_at_once_stands_by_participant(draft, codes, five, by):
    place = {"start": five[0].start + 3, "end": five[0].end, "revision": 1}
    later = coding.apply_code(five[0].transcript, codes["Time"].pk, **place, **by)
    concluding.rest_on(draft, codings=[later.pk, *(one.pk for one in reversed(five))], **by)
    assert [one.coding for one in draft.evidence.all()] == [five[0], later, *five[1:]]


def test_rest_on_takes_each_passage_once_and_nothing_from_elsewhere(world, draft, five, by):
    pks = [one.pk for one in five]
    assert concluding.rest_on(draft, codings=[*pks, 999], summaries=[999], **by) == 5
    assert concluding.rest_on(draft, codings=pks, **by) == 0
    other = studying.begin_study(world.program, name="Other", aim="To ask.", **by)
    elsewhere = concluding.state_finding(other, sentence="Elsewhere.", **by)
    assert concluding.rest_on(elsewhere, codings=pks, **by) == 0


def test_rest_on_leaves_out_what_was_taken_away_or_withdrawn(draft, five, by):
    coding.take_away(five[0].transcript, five[0].pk, **by)
    recruiting.withdraw(person_of(five[1]), **by)
    assert concluding.rest_on(draft, codings=[one.pk for one in five], **by) == 3


def test_at_most_three_quotes_of_the_own_finding(study, ready, by):
    pks = list(ready.evidence.values_list("pk", flat=True))
    with pytest.raises(ValidationError, match="at most 3"):
        concluding.choose_quotes(ready, pks[:4], **by)
    concluding.choose_quotes(ready, pks[:3], **by)
    concluding.choose_quotes(ready, pks[2:4], **by)
    assert list(Evidence.objects.filter(quoted=True).values_list("pk", flat=True)) == pks[2:4]
    other = concluding.state_finding(study, sentence="Another.", **by)
    concluding.choose_quotes(other, pks[:1], **by)
    assert Evidence.objects.filter(quoted=True).count() == 2


@pytest.mark.parametrize("scope", ["no_quotes"])
def test_who_did_not_agree_cannot_be_quoted(study, guide, codes, draft, by, scope):
    [one] = said_by(study, guide, codes, by, number=1, scope=scope)
    concluding.rest_on(draft, codings=[one.pk], **by)
    with pytest.raises(ValidationError, match="partner1 did not agree to quotes"):
        concluding.choose_quotes(draft, [draft.evidence.get().pk], **by)


def test_a_tie_says_how_a_finding_stands_to_a_step(draft, by):
    made = concluding.tie(draft, step_key="leaders", stance="contrasts", proposal="step", text="Ignored.", **by)
    assert (made.proposal, made.text) == ("", "")
    assert concluding.tie(draft, step_key="leaders", stance="contrasts", **by) == made
    assert draft.steps.count() == 1
    concluding.untie(draft, made.pk, **by)
    assert not draft.steps.exists()


@pytest.mark.parametrize(
    ("said", "code"),
    [
        ({"step_key": "nowhere", "stance": "supports"}, "step_key"),
        ({"step_key": "leaders", "stance": "proposes", "text": "A new one."}, "proposal"),
        ({"step_key": "leaders", "stance": "proposes", "proposal": "milestone", "text": " "}, "text"),
    ],
)
def test_a_tie_needs_a_step_and_a_proposal_needs_words(draft, by, said, code):
    with pytest.raises(ValidationError) as refused:
        concluding.tie(draft, **said, **by)
    assert refused.value.code == code


def test_publish_says_all_that_a_finding_needs_first(draft, by):
    with pytest.raises(ValidationError) as refused:
        concluding.publish(draft, **by)
    assert len(refused.value.messages) == 2


@pytest.mark.parametrize(
    ("sentence", "named"),
    [
        ("Maria Gonzalez found the room.", "“Maria Gonzalez”"),  # a participant, whose name is kept apart
        ("Bo found a room at Elm Clinic.", "“Bo”, “Elm Clinic”"),
        ("Call 616-555-0100 first.", "“616-555-0100”"),
        ("At [Site A] a room came first.", ""),
        ("Collaborative Care needs a room since March 2025.", ""),  # a project, and a date, tell of nobody
    ],
)
def test_a_sentence_that_names_somebody_is_kept_and_not_published(ready, transcript, by, sentence, named):
    concluding.change_finding(ready, sentence=sentence, theme=None, revision=1, **by)
    found = Finding.objects.get()
    assert found.sentence == sentence
    if named:
        with pytest.raises(ValidationError, match=f"tell who is meant by {named}\\. Say it without"):
            concluding.publish(found, **by)
    else:
        concluding.publish(found, **by)
    assert Finding.objects.published().exists() is not bool(named)


def test_a_proposal_that_names_somebody_is_not_published(ready, by):
    words = "Ask Bo Lindqvist for a room."
    concluding.tie(ready, step_key="leaders", stance="proposes", proposal="action", text=words, **by)
    with pytest.raises(ValidationError, match="“Bo Lindqvist”"):
        concluding.publish(ready, **by)


def test_a_published_finding_stays_as_it_is_until_it_is_taken_back(ready, by):
    concluding.publish(ready, **by)
    piece = ready.evidence.first()
    for change in (
        lambda: concluding.change_finding(ready, sentence="Other.", theme=None, revision=1, **by),
        lambda: concluding.name_barriers(ready, [], **by),
        lambda: concluding.rest_no_more_on(ready, [piece.pk], **by),
        lambda: concluding.choose_quotes(ready, [piece.pk], **by),
        lambda: concluding.tie(ready, step_key="leaders", stance="extends", **by),
        lambda: concluding.untie(ready, ready.steps.get().pk, **by),
        lambda: concluding.remove_finding(ready, **by),
        lambda: concluding.publish(ready, **by),
    ):
        with pytest.raises(ValidationError, match="is published"):
            change()
    concluding.take_back(ready, **by)
    concluding.take_back(ready, **by)
    assert Activity.objects.filter(verb="finding_taken_back").count() == 1
    assert concluding.rest_no_more_on(ready, [piece.pk], **by) == 1
    concluding.remove_finding(ready, **by)
    assert not Finding.objects.exists()


def test_what_was_decided_upon_stays_on_record(ready, by):
    made = concluding.tie(ready, step_key="leaders", stance="proposes", proposal="action", text="Ask for a room.", **by)
    FindingStep.objects.filter(pk=made.pk).update(state="declined")
    with pytest.raises(ValidationError, match="decided upon"):
        concluding.untie(ready, made.pk, **by)
    with pytest.raises(ValidationError, match="decided upon"):
        concluding.remove_finding(ready, **by)


@pytest.mark.django_db(transaction=True)
def test_who_withdraws_while_somebody_takes_their_words_stands_behind_nothing(study, draft, five, by):
    who, pks = person_of(five[0]), [one.pk for one in five]
    taken, _removed = at_once(
        lambda: concluding.rest_on(draft, codings=pks, **by), lambda: recruiting.withdraw(who, **by)
    )
    assert taken in (4, 5)
    assert draft.evidence.count() == 4
