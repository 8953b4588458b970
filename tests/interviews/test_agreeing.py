"""Rounds of double coding: who codes what, what is kept at the closing, and what settling does."""

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from interviews import agreeing, codebook, coding, deidentifying, recruiting, settling, studying
from interviews.deidentifying import Pick, StaleText
from interviews.models import AgreementRound, Code, Coding, Settlement, Transcript
from interviews.rounds import differences, figures_of
from tests.interviews.conftest import transcript_of
from tests.together import at_once

pytestmark = pytest.mark.django_db
SENTENCE = "Elm Clinic was fine."
TURN = "Elm Clinic was fine. Call Maria at 616-555-0100."


@pytest.fixture
def texts(world, study, guide, by):
    """Two transcripts that everybody in the study may read."""
    found = [transcript_of(study, guide, by, pseudonym) for pseudonym in ("P01", "P02")]
    for one in found:
        deidentifying.say_cleared(one, cleared=True, revision=1, **by)
    return found


@pytest.fixture
def opening(world, study, texts, codes, by):
    """Return a function that opens a round of Ria and Bo over both transcripts, unless told otherwise."""

    def opens(**more):
        said = {"name": "First", "unit": "sentence", "coders": [world.ria, world.bo]}
        if "share" not in more:
            said["transcripts"] = [one.pk for one in texts]
        return agreeing.open_round(study, **{**said, **by, **more})

    return opens


@pytest.fixture
def put(texts, codes, by):
    """Return a function that codes words of a transcript (the first, unless told otherwise)."""

    def putting(who, words, code="Time", at=0):
        text = Transcript.objects.get(pk=texts[at].pk)
        start = text.text.index(words)
        place = {"start": start, "end": start + len(words), "revision": text.revision}
        return coding.apply_code(text, codes[code].pk, **place, **{**by, "by": who})

    return putting


@pytest.fixture
def close(world, texts, by):
    """Return a function that closes a round, everybody through with everything unless told otherwise."""

    def closing(found, through=None):
        for person in (world.ria, world.bo):
            for one in texts if through is None else through:
                agreeing.say_through(found, one.pk, through=True, **{**by, "by": person})
        return agreeing.close_round(found, **by)

    return closing


def standing(text, code="Time"):
    """Return who has which words coded, in order."""
    rows = Coding.objects.there().filter(transcript=text, code__name=code).select_related("coder__user")
    words = Transcript.objects.get(pk=text.pk).text
    return [(one.coder.first_name, words[one.start : one.end]) for one in rows.order_by("start", "coder")]


# ---- opening


@pytest.mark.parametrize(
    ("more", "words"),
    [
        ({"coders": ["ria"]}, "at least two people"),
        ({"coders": ["ria", "ria"]}, "at least two people"),
        ({"coders": ["ria", "kim"]}, "people who are in this study"),
        ({"transcripts": []}, "at least one interview"),
        ({"transcripts": [0]}, "at least one interview"),
    ],
)
def test_a_round_needs_two_coders_of_the_study_and_an_interview(world, opening, more, words):
    if "coders" in more:
        more = {"coders": [getattr(world, name) for name in more["coders"]]}
    with pytest.raises(ValidationError, match=words):
        opening(**more)
    assert not AgreementRound.objects.exists()


def test_what_cannot_be_read_by_all_or_is_in_an_open_round_is_refused(study, guide, opening, texts, by):
    named = transcript_of(study, guide, by, "P03")
    with pytest.raises(ValidationError, match="cannot be read by everybody"):
        opening(transcripts=[texts[0].pk, named.pk])
    opening(transcripts=[texts[0].pk])
    with pytest.raises(ValidationError, match="open already: P01"):
        opening()
    deidentifying.protect(study, open_text=True, destroy_on=None, **by)
    opening(transcripts=[texts[1].pk, named.pk])


def test_a_text_in_which_no_question_of_the_guide_is_asked_cannot_be_cut_into_answers(study, guide, opening, by):
    plain = transcript_of(study, guide, by, "P03", said="We began in March.\nIt went well.\n", name="")
    deidentifying.say_cleared(plain, cleared=True, revision=1, **by)
    with pytest.raises(ValidationError, match="No question of the guide is recognised in P03"):
        opening(transcripts=[plain.pk], unit="answer")
    opening(transcripts=[plain.pk], unit="paragraph")


def test_a_share_is_chosen_at_random_by_its_seed_from_what_was_in_no_round(study, guide, opening, texts, by):
    more = [transcript_of(study, guide, by, f"P{number}") for number in range(10, 18)]
    for one in more:
        deidentifying.say_cleared(one, cleared=True, revision=1, **by)
    first = opening(share=25, seed=7)
    chosen = set(first.transcripts.values_list("pk", flat=True))
    assert (first.share, first.pool, first.seed, len(chosen)) == (25, 10, 7, 3)
    assert chosen == set(agreeing.drawn([*texts, *more], 25, 7))
    second = opening(share=100)
    assert (second.pool, second.transcripts.count()) == (7, 7)
    assert not chosen & set(second.transcripts.values_list("pk", flat=True))
    assert second.seed is not None
    with pytest.raises(ValidationError, match="in a round already"):
        opening(share=10)


def test_who_codes_says_that_they_are_through_and_takes_it_back(world, opening, texts, by):
    found = opening(transcripts=[texts[0].pk])
    for through, count in ((True, 1), (True, 1), (False, 0)):
        agreeing.say_through(found, texts[0].pk, through=through, **by)
        assert found.completions.count() == count
    with pytest.raises(Transcript.DoesNotExist):
        agreeing.say_through(found, texts[1].pk, through=True, **by)
    with pytest.raises(ValidationError, match="do not code in this round"):
        agreeing.say_through(found, texts[0].pk, through=True, **{**by, "by": world.kim})
    agreeing.close_round(found, **by)
    with pytest.raises(ValidationError, match="is closed"):
        agreeing.say_through(found, texts[0].pk, through=True, **by)


def test_an_open_round_is_dropped_with_its_codings_left_and_a_closed_one_is_not(world, opening, put, by):
    found = opening()
    put(world.ria, SENTENCE)
    agreeing.drop_round(found, **by)
    assert not AgreementRound.objects.exists()
    assert Coding.objects.there().count() == 1
    found = agreeing.close_round(opening(), **by)
    with pytest.raises(ValidationError, match="Its figures stay"):
        agreeing.drop_round(found, **by)


def test_the_database_keeps_no_closed_round_without_its_result(world, opening):
    found = opening()
    found.closed_at = world.now
    with pytest.raises(IntegrityError), transaction.atomic():
        found.save()


# ---- closing


def test_the_closing_keeps_figures_that_settling_and_coding_do_not_change(world, opening, put, close, codes, texts, by):
    found = opening()
    put(world.ria, SENTENCE)
    put(world.bo, SENTENCE)
    put(world.ria, "Bo Lindqvist did.", at=1)
    put(world.bo, "Call Maria", code="Space", at=1)
    put(world.bo, "And Elm?", code="Helps")  # the interviewer's words count for nobody
    found = close(found)
    figures = figures_of(found.result)
    [time, space] = figures.codes
    [pair] = time.pairs
    assert (pair.table.both, pair.table.first, pair.table.second, pair.table.neither) == (1, 1, 0, 6)
    assert pair.kappa.value == pytest.approx(0.6, abs=0.001)
    assert (space.pairs[0].table.first, space.pairs[0].table.second) == (0, 1)
    assert codes["Helps"].pk in figures.unused
    assert (figures.units, figures.alpha.units) == (8, 16)
    assert found.result["overall"]["alpha"] == figures.alpha.value
    again = agreeing.close_round(found, **by)
    assert again.result == found.result
    put(world.bo, "Bo Lindqvist did.", at=1)
    settling.settle(found, **place_of(found), applies=False, **by)
    found.refresh_from_db()
    assert figures_of(found.result) == figures


def test_an_interview_counts_for_those_who_are_through_with_it(world, opening, put, close, texts, by):
    found = opening()
    put(world.ria, SENTENCE)
    put(world.ria, SENTENCE, at=1)
    agreeing.say_through(found, texts[1].pk, through=True, **by)
    found = close(found, through=texts[:1])
    figures = figures_of(found.result)
    assert figures.units == 4
    assert figures.codes[0].pairs[0].table.units == 4
    assert len(differences(found.result)) == 1


@pytest.mark.parametrize(("unit", "units"), [("sentence", 8), ("paragraph", 4), ("character", 232)])
def test_each_unit_has_its_number_and_perfect_agreement_is_one(world, opening, put, close, unit, units):
    found = opening(unit=unit)
    for person in (world.ria, world.bo):
        put(person, SENTENCE)
    figures = figures_of(close(found).result)
    assert figures.units == units
    assert figures.alpha.value == 1
    assert figures.percent.value == 1


def test_answers_go_by_the_questions_of_the_guide(study, guide, world, opening, put, close, texts, by):
    said = (
        "Interviewer: How did your site begin?\nMaria: With a call.\nInterviewer: Hm?\nMaria: From the county.\n"
        "Interviewer: So what got in the way?\nMaria: Time.\n"
    )
    texts[:] = [transcript_of(study, guide, by, "P07", said=said, name="")]
    deidentifying.say_cleared(texts[0], cleared=True, revision=1, **by)
    found = opening(unit="answer", transcripts=[texts[0].pk])
    put(world.ria, "With a call.")
    put(world.bo, "From the county.")
    put(world.bo, "Hm?", code="Space")
    figures = figures_of(close(found).result)
    assert figures.units == 2
    assert [one.pairs[0].table.both for one in figures.codes] == [1]


def test_by_character_a_passage_marked_more_widely_is_one_difference(world, opening, put, close):
    found = opening(unit="character")
    put(world.ria, SENTENCE)
    put(world.bo, "Clinic was fine. Call")
    found = close(found)
    [one] = differences(found.result)
    assert one.end - one.start == len("Elm Clinic was fine. Call")
    assert one.others == ()
    table = figures_of(found.result).codes[0].pairs[0].table
    assert (table.both, table.first, table.second) == (16, 4, 5)


def test_nothing_coded_at_all_is_said_not_guessed(opening, close):
    figures = figures_of(close(opening()).result)
    assert figures.alpha.value is None
    assert figures.codes == []


def test_a_withdrawal_leaves_the_figures_and_no_place_in_a_text(world, opening, put, close, texts, by):
    found = opening()
    put(world.ria, SENTENCE)
    found = close(found)
    settling.settle(found, **place_of(found), applies=True, **by)
    before = figures_of(found.result)
    recruiting.withdraw(texts[0].interview.participant, **by)
    found.refresh_from_db()
    assert figures_of(found.result) == before
    assert found.transcripts.count() == 1
    assert not found.settlements.exists()
    assert "Elm" not in str(found.result)


@pytest.mark.django_db(transaction=True)
def test_coding_and_closing_at_once_leave_a_result_that_is_whole(world, opening, put, by):
    found = opening()
    at_once(lambda: put(world.ria, SENTENCE), lambda: agreeing.close_round(found, **by), lambda: put(world.bo, TURN))
    found.refresh_from_db()
    assert len(found.result["texts"]) == 2


# ---- settling


def place_of(found, which=0):
    """Return what a page says of a place where coders differ."""
    one = differences(AgreementRound.objects.get(pk=found.pk).result)[which]
    names = ("transcript", "code", "start", "end", "revision")
    return {name: getattr(one, name) for name in names}


def test_a_code_that_belongs_there_changes_nothing_while_somebodys_coding_stands(world, opening, put, close, texts, by):
    found = opening()
    mine = put(world.ria, "Elm Clinic was")
    found = close(found)
    settling.settle(found, **place_of(found), applies=True, why="She says so.", **by)
    assert standing(texts[0]) == [("Ria", "Elm Clinic was")]
    settling.unsettle(found, found.settlements.get().pk, **by)
    coding.take_away(texts[0], mine.pk, **by)
    settling.settle(found, **place_of(found), applies=True, **{**by, "by": world.bo})
    assert standing(texts[0]) == [("Bo", "Elm Clinic was")]
    settling.unsettle(found, found.settlements.get().pk, **by)
    assert standing(texts[0]) == []


def test_a_code_that_does_not_belong_there_goes_and_comes_back_with_undo(world, opening, put, close, texts, by):
    found = opening()
    put(world.ria, "Elm Clinic was")
    put(world.ria, "fine.")
    found = close(found)
    made = settling.settle(found, **place_of(found), applies=False, **by)
    assert standing(texts[0]) == []
    assert settling.settle(found, **place_of(found), applies=False, **by) == made
    settling.settle(found, **place_of(found), applies=True, **by)
    assert standing(texts[0]) == [("Ria", "Elm Clinic was"), ("Ria", "fine.")]
    assert Settlement.objects.get().applies


def test_a_passage_that_reaches_beyond_the_place_is_cut_back_to_the_rest(world, opening, put, close, texts, by):
    found = opening()
    put(world.ria, TURN)
    put(world.bo, "Call Maria")
    found = close(found)
    settling.settle(found, **place_of(found), applies=False, **by)
    assert standing(texts[0]) == [("Ria", "Call Maria at 616-555-0100."), ("Bo", "Call Maria")]
    settling.unsettle(found, found.settlements.get().pk, **by)
    assert standing(texts[0]) == [("Ria", TURN), ("Bo", "Call Maria")]


def test_a_passage_cut_in_its_middle_becomes_two_and_one_again(study, guide, world, opening, put, close, texts, by):
    three = "Interviewer: How?\nMaria: One here. Two here. Three here.\n"
    text = transcript_of(study, guide, by, "P07", said=three, name="")
    deidentifying.say_cleared(text, cleared=True, revision=1, **by)
    found = opening(transcripts=[text.pk])
    texts[:] = [text]
    put(world.ria, "One here. Two here. Three here.")
    put(world.bo, "One here.")
    put(world.bo, "Three here.")
    found = close(found)
    settling.settle(found, **place_of(found), applies=False, **by)
    assert standing(text) == [("Ria", "One here."), ("Bo", "One here."), ("Ria", "Three here."), ("Bo", "Three here.")]
    settling.unsettle(found, found.settlements.get().pk, **by)
    assert standing(text)[0] == ("Ria", "One here. Two here. Three here.")
    assert len(standing(text)) == 3


def test_what_its_coder_took_away_since_is_not_brought_back(world, opening, put, close, texts, by):
    found = opening()
    mine = put(world.ria, TURN)
    found = close(found)
    settling.settle(found, **place_of(found), applies=False, **by)
    later = {**by, "now": by["now"].replace(hour=20)}
    coding.take_away(texts[0], mine.pk, **later)
    settling.unsettle(found, found.settlements.get().pk, **later)
    assert standing(texts[0]) == []


def test_only_where_coders_differed_is_there_something_to_settle(study, world, opening, put, close, codes, by):
    found = opening()
    put(world.ria, SENTENCE)
    found = close(found)
    place = place_of(found)
    for wrong in ({"start": place["start"] + 1}, {"code": codes["Space"].pk}):
        with pytest.raises(ValidationError, match="Nobody differed"):
            settling.settle(found, **{**place, **wrong}, applies=True, **by)
    with pytest.raises(StaleText):
        settling.settle(found, **{**place, "revision": 9}, applies=True, **by)
    other = studying.begin_study(world.program, name="Another", aim="To ask.", **by)
    foreign = codebook.add_code(other, name="Time", **by)
    with pytest.raises(Code.DoesNotExist):
        settling.settle(found, **{**place, "code": foreign.pk}, applies=True, **by)
    codebook.retire_code(codes["Time"], **by)
    with pytest.raises(ValidationError, match="is retired"):
        settling.settle(found, **place, applies=True, **by)


def test_nothing_is_settled_where_somebody_codes_blind(world, opening, put, close, by):
    found = opening()
    put(world.ria, SENTENCE)
    found = close(found)
    made = settling.settle(found, **place_of(found), applies=True, **by)
    opening(name="Second")
    for doing in (
        lambda: settling.settle(found, **place_of(found), applies=False, **by),
        lambda: settling.unsettle(found, made.pk, **by),
    ):
        with pytest.raises(ValidationError, match="coded blind in “Second”"):
            doing()


def test_places_and_settlements_stay_at_their_words_when_names_are_replaced(world, opening, put, close, texts, by):
    found = opening()
    put(world.ria, TURN)
    found = close(found)
    first = settling.settle(found, **place_of(found), applies=False, **by)
    before = figures_of(found.result)
    text = Transcript.objects.get(pk=texts[0].pk)
    picks = [
        Pick(at, at + len(words), kind, name, True)
        for words, kind, name in (("Bo Lindqvist", "person", "Person 1"), ("Elm Clinic was", "site", "Site A"))
        for at in [text.text.index(words)]
    ]
    deidentifying.replace(text, picks, revision=1, **by)
    found.refresh_from_db()
    assert figures_of(found.result) == before
    words = Transcript.objects.get(pk=text.pk).text
    assert [words[one.start : one.end] for one in differences(found.result)][0] == "[Site A] fine."
    first.refresh_from_db()
    assert words[first.start : first.end] == "[Site A] fine."
    settling.unsettle(found, first.pk, **by)
    assert standing(texts[0]) == [("Ria", "[Site A] fine. Call Maria at 616-555-0100.")]
    settling.settle(found, **place_of(found, 1), applies=False, **by)
    assert standing(texts[0]) == [("Ria", "[Site A] fine.")]
