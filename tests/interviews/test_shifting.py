"""Replacing names moves codings and what rounds keep, whatever stands where another stood before."""

import pytest

from interviews import coding, concluding, deidentifying
from interviews.deidentifying import Pick
from interviews.models import Coding
from interviews.positions import Edit, Shift
from interviews.rounds import shifted

pytestmark = pytest.mark.django_db


def put(transcript, codes, start, end, *, by):
    return coding.apply_code(transcript, codes["Time"].pk, start=start, end=end, revision=1, **by)


def words_of(one):
    one.refresh_from_db()
    one.transcript.refresh_from_db()
    return one.transcript.text[one.start : one.end]


def test_a_coding_may_move_to_where_another_stood(transcript, codes, by):
    """A name grows by seven characters, and each coding stands seven behind the one before."""
    at = transcript.text.index("Bo wrote to maria@clinic")
    first, second, third = (put(transcript, codes, at + 3 + far, at + 6 + far, by=by) for far in (0, 7, 14))
    before = [words_of(one) for one in (first, second, third)]
    deidentifying.replace(transcript, [Pick(at, at + 2, "person", "Name 12", False)], revision=1, **by)
    assert [words_of(one) for one in (first, second, third)] == before
    assert first.start == at + 10


def test_codings_that_become_one_stay_once(transcript, codes, by):
    at = transcript.text.index("Bo Lindqvist")
    first, second = put(transcript, codes, at, at + 2, by=by), put(transcript, codes, at + 3, at + 12, by=by)
    deidentifying.replace(transcript, [Pick(at, at + 12, "person", "Person 1", True)], revision=1, **by)
    assert words_of(first) == words_of(second) == "[Person 1]"
    assert Coding.objects.there().get() == first


def test_the_coding_that_stays_stands_behind_findings_in_the_place_of_the_other(study, transcript, codes, by):
    at = transcript.text.index("Bo Lindqvist")
    first, second = put(transcript, codes, at, at + 2, by=by), put(transcript, codes, at + 3, at + 12, by=by)
    finding = concluding.state_finding(study, sentence="Somebody helps.", **by)
    concluding.rest_on(finding, codings=[second.pk], **by)
    deidentifying.replace(transcript, [Pick(at, at + 12, "person", "Person 1", True)], revision=1, **by)
    assert finding.evidence.there().get().coding == first


def test_what_a_round_keeps_moves_with_the_text_and_its_figures_stay(transcript):
    text = {
        "transcript": transcript.pk,
        "revision": 1,
        "through": [],
        "units": [[[0, 4], [9, 12]], [[20, 30]]],
        "codings": [[1, 2, 10, 25]],
    }
    other = {**text, "transcript": transcript.pk + 1}
    transcript.revision = 2
    result = shifted({"rows": [[2, []]], "texts": [text, other]}, transcript, Shift([Edit(5, 7, "[Site A]")]))
    moved = {**text, "revision": 2, "units": [[[0, 4], [15, 18]], [[26, 36]]], "codings": [[1, 2, 16, 31]]}
    assert result["texts"] == [moved, other]
    assert result["rows"] == [[2, []]]
