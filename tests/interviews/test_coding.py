import threading

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from interviews import codebook, coding, coding_hits, deidentifying, recruiting
from interviews.deidentifying import Pick, StaleText
from interviews.models import Code, Coding, Transcript
from tests.interviews.conftest import transcript_of
from tests.together import at_once

pytestmark = pytest.mark.django_db


@pytest.fixture
def put(transcript, codes, by):
    """Return a function that codes words of the text, by Ria unless told otherwise."""

    def putting(words, code="Time", **who):
        start = transcript.text.index(words)
        return coding.apply_code(
            transcript, codes[code].pk, start=start, end=start + len(words), revision=1, **{**by, **who}
        )

    return putting


def words_of(one):
    one.refresh_from_db()
    text = Transcript.objects.get(pk=one.transcript_id).text
    return text[one.start : one.end]


def test_a_passage_is_coded_without_the_spaces_around_it(put):
    assert words_of(put(" was fine. ")) == "was fine."


def test_the_same_passage_twice_by_one_person_is_coded_once_and_by_two_twice(world, put):
    put("was fine")
    put("was fine")
    put("was fine", by=world.bo)
    put("was fine", code="Space")
    assert Coding.objects.count() == 3


@pytest.mark.parametrize(("start", "end"), [(-1, 4), (5, 5), (9, 3), (0, 100_000)])
def test_a_passage_outside_the_text_is_refused(transcript, codes, by, start, end):
    with pytest.raises(ValidationError, match="outside the text"):
        coding.apply_code(transcript, codes["Time"].pk, start=start, end=end, revision=1, **by)
    assert not Coding.objects.exists()


def test_a_passage_of_spaces_is_refused(transcript, codes, by):
    at = transcript.text.index("\n\n")
    with pytest.raises(ValidationError, match="no words"):
        coding.apply_code(transcript, codes["Time"].pk, start=at, end=at + 2, revision=1, **by)


def test_the_database_keeps_no_empty_passage(put):
    one = put("was fine")
    with pytest.raises(IntegrityError), transaction.atomic():
        Coding.objects.filter(pk=one.pk).update(end=one.start)


def test_positions_count_code_points(study, guide, by, codes):
    made = transcript_of(study, guide, by, "P09", "P09: 👩‍👩‍👧 e\u0301 𝒜 fine\nP09: Yes.\n", name="")
    start = made.text.index("fine")
    one = coding.apply_code(made, codes["Time"].pk, start=start, end=start + 4, revision=1, **by)
    assert words_of(one) == "fine"
    assert start == len("P09: ") + 5 + 1 + 2 + 1 + 1 + 1


def test_a_code_of_another_study_is_not_found(world, transcript, by):
    with pytest.raises(Code.DoesNotExist):
        coding.apply_code(transcript, 999_999, start=0, end=4, revision=1, **by)


def test_one_takes_away_and_brings_back_what_is_ones_own(world, transcript, put, by):
    one = put("was fine")
    for _ in range(2):
        coding.take_away(transcript, one.pk, **by)
    assert not Coding.objects.there().exists()
    coding.bring_back(transcript, one.pk, **by)
    assert Coding.objects.there().get() == one
    bo = {**by, "by": world.bo}
    for verb in (coding.take_away, coding.bring_back):
        with pytest.raises(ValidationError, match="Ria Castellan put this code there"):
            verb(transcript, one.pk, **bo)


def test_what_was_coded_anew_meanwhile_is_not_brought_back_twice(transcript, put, by):
    one = put("was fine")
    coding.take_away(transcript, one.pk, **by)
    put("was fine")
    with pytest.raises(ValidationError, match="has this code already"):
        coding.bring_back(transcript, one.pk, **by)


def test_a_code_retired_meanwhile_is_not_brought_back(transcript, codes, put, by):
    one = put("was fine")
    coding.take_away(transcript, one.pk, **by)
    codebook.retire_code(codes["Time"], **by)
    with pytest.raises(ValidationError, match="is retired"):
        coding.bring_back(transcript, one.pk, **by)


def test_codings_go_with_their_words_when_names_are_replaced(transcript, put, by):
    before, across, after = put("Bo Lindqvist did"), put("Elm Clinic was"), put("was fine")
    inside = put("Lindqvist", code="Space")
    start = transcript.text.index("Bo Lindqvist")
    elm = transcript.text.rindex("Elm Clinic")
    picks = [Pick(start, start + 12, "person", "Person 1", True), Pick(elm, elm + 10, "site", "Site A", True)]
    deidentifying.replace(transcript, picks, revision=1, **by)
    assert [words_of(one) for one in (before, across, after, inside)] == [
        "[Person 1] did",
        "[Site A] was",
        "was fine",
        "[Person 1]",
    ]
    with pytest.raises(StaleText):
        put("was fine", code="Space")


def test_withdrawal_takes_the_codings_with_the_transcript(transcript, put, by):
    put("was fine")
    assert "1 coding," in recruiting.withdraw(transcript.interview.participant, **by).in_words
    assert not Coding.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_who_withdraws_while_somebody_codes_leaves_no_coding(transcript, put, by):
    def code():
        try:
            put("was fine")
        except ValidationError as error:
            return error.messages

    at_once(code, code, lambda: recruiting.withdraw(transcript.interview.participant, **by))
    assert not Coding.objects.exists()
    assert not Transcript.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_two_coders_at_once_both_keep_what_they_did(world, put):
    at_once(lambda: put("was fine"), lambda: put("was fine", by=world.bo), lambda: put("did.", by=world.bo))
    assert Coding.objects.there().count() == 3


def test_a_code_that_only_holds_others_is_put_to_no_passage(transcript, codes, coded, by):
    said = {"folder": True, "revision": 1}
    codebook.change_code(codes["Barriers"], **said, **by)
    with pytest.raises(ValidationError, match="only holds other codes together"):
        coding.apply_code(transcript, codes["Barriers"].pk, start=0, end=11, revision=1, **by)
    with pytest.raises(ValidationError, match="Passages have this code"):
        codebook.change_code(codes["Time"], **said, **by)


@pytest.mark.django_db(transaction=True)
def test_a_code_that_is_being_retired_is_not_put_to_a_passage(transcript, codes, by):
    retired, put_there = threading.Event(), threading.Event()

    def retire():
        with transaction.atomic():
            codebook.retire_code(codes["Time"], **by)
            retired.set()
            put_there.wait(timeout=0.3)  # in vain: who puts it there waits for this to end

    def put_it():
        retired.wait(timeout=10)
        with pytest.raises(ValidationError, match="is retired"):
            coding.apply_code(
                Transcript.objects.get(pk=transcript.pk), codes["Time"].pk, start=0, end=4, revision=1, **by
            )
        put_there.set()

    at_once(retire, put_it)
    assert not Coding.objects.there().exists()


@pytest.mark.django_db(transaction=True)
def test_who_codes_many_passages_and_who_codes_one_do_not_wait_in_a_circle(world, study, guide, transcript, codes, by):
    """The one has the second participant and waits for the code; the other must not have the code before them."""
    second = transcript_of(study, guide, by, "P02")
    ready, asked = threading.Event(), threading.Event()
    hits = [coding_hits.Stretch(text, 0, 4, text.revision) for text in (transcript, second)]

    def many():
        ready.wait(timeout=10)
        asked.set()
        coding_hits.code_stretches(hits, codes["Time"].pk, **by)

    def one():
        with transaction.atomic():
            deidentifying.locked_text(second, second.revision)
            ready.set()
            asked.wait(timeout=10)
            threading.Event().wait(0.3)  # the other has begun, and waits or will
            said = {"start": 0, "end": 4, "revision": second.revision}
            coding.apply_code(second, codes["Time"].pk, **said, **{**by, "by": world.bo})

    at_once(many, one)
    assert Coding.objects.there().count() == 3
