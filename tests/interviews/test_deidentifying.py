import datetime as dt

import pytest
from django.core.exceptions import ValidationError

from accounts.models import Activity
from interviews import deidentifying, recruiting
from interviews.access import StudyRight, may_read, readable_transcripts
from interviews.deidentifying import Pick, StaleText, lettered
from interviews.models import Alias, Original, Study, Transcript
from projects.models import Place, Scopes
from tests.interviews.conftest import transcript_of
from tests.together import at_once

pytestmark = pytest.mark.django_db


def found_in(transcript, study, **kwargs):
    return {one.words: one for one in deidentifying.suggestions(transcript, study, **kwargs)}


def picks_of(groups):
    return [
        Pick(place.start, place.end, group.kind, group.placeholder, group.fresh)
        for group in groups
        for place in group.places
    ]


def replace_all(transcript, study, by):
    groups = deidentifying.suggestions(transcript, study)
    return deidentifying.replace(transcript, picks_of(groups), revision=transcript.revision, **by)


def test_what_milepost_knows_is_found_with_the_words_around_it(transcript, study):
    found = found_in(transcript, study)
    assert {words: (one.kind, one.placeholder, len(one.places)) for words, one in found.items()} == {
        "Elm Clinic": ("site", "[Site A]", 2),
        "Maria Gonzalez": ("participant", "[Staff 1]", 2),
        "Bo Lindqvist": ("person", "[Person 1]", 1),
        "Bo": ("person", "[Person 1]", 1),
        "maria@clinic.example": ("email", "[Email 1]", 1),
        "March 3, 2025": ("date", "[Date 1]", 1),
        "Elm": ("site", "[Site A]", 1),
        "Maria": ("participant", "[Staff 1]", 1),
        "616-555-0100": ("phone", "[Phone 1]", 1),
    }
    assert found["Bo"].places[0].before.endswith("Bo Lindqvist did. ")
    assert found["Bo"].places[0].after.startswith(" wrote to maria@")
    assert not found["Elm"].sure


def test_all_of_it_is_replaced_and_turns_and_speakers_go_with_it(transcript, study, by):
    made = replace_all(transcript, study, by)
    assert made.text == (
        "Interviewer: Who helped at [Site A]?\n\n"
        "[Staff 1]: [Person 1] did. [Person 1] wrote to [Email 1] on [Date 1].\n\n"
        "Interviewer: And [Site A]?\n\n"
        "[Staff 1]: [Site A] was fine. Call [Staff 1] at [Phone 1]."
    )
    assert [turn[3] for turn in made.turns] == ["Interviewer", "[Staff 1]", "Interviewer", "[Staff 1]"]
    assert [made.text[start:end] for start, _words, end, _who, _at in made.turns][1].startswith("[Staff 1]: [Person 1]")
    assert [made.text[words:end] for _start, words, end, _who, _at in made.turns][0] == "Who helped at [Site A]?"
    assert {made.text[start:end] for start, end, _alias in made.masks} == {
        "[Site A]", "[Staff 1]", "[Person 1]", "[Email 1]", "[Date 1]", "[Phone 1]"
    }  # fmt: skip
    assert deidentifying.suggestions(made, study) == []
    assert "Maria" not in str(Activity.objects.get(verb="transcript_deidentified").__dict__)


def test_placeholders_are_the_same_in_the_next_interview(transcript, study, guide, by):
    replace_all(transcript, study, by)
    other = transcript_of(
        study, guide, by, "P02", "Ana: Elm Clinic and Oak Clinic. Bo Lindqvist.\nAna: Yes.\n", name=""
    )
    placeholders = {words: one.placeholder for words, one in found_in(other, study).items()}
    assert placeholders["Elm Clinic"] == "[Site A]"
    assert placeholders["Oak Clinic"] == "[Site B]"
    assert placeholders["Bo Lindqvist"] == "[Person 1]"
    assert placeholders["Ana"] == "[Person 2]"


def test_one_place_is_replaced_and_put_back(transcript, study, by):
    place = found_in(transcript, study)["Elm"].places[0]
    pick = Pick(place.start, place.end, "site", "Site A", fresh=False)
    made = deidentifying.replace(transcript, [pick], revision=1, **by)
    assert "And [Site A]?" in made.text
    back = deidentifying.put_back(made, place.start, revision=2, **by)
    assert (back.text, back.turns, back.masks, back.revision) == (transcript.text, transcript.turns, [], 3)


def test_a_place_is_found_by_its_own_name_too(world, study, guide, by):
    Place.objects.filter(pk=world.elm.place_id).update(name="Riverside Health Campus")
    transcript = transcript_of(study, guide, by, said="P01: At Riverside Health Campus.\nP01: Yes.\n", name="")
    assert found_in(transcript, study)["Riverside Health Campus"].kind == "site"


def test_words_that_a_person_names_are_found_besides(transcript, study):
    assert found_in(transcript, study, also="was fine")["was fine"].placeholder == "[Name 1]"


def test_two_people_of_one_name_can_have_two_placeholders(transcript, study, by):
    first, second = found_in(transcript, study)["Maria Gonzalez"].places
    picks = [
        Pick(first.start, first.end, "person", "Person 7", False),
        Pick(second.start, second.end, "person", "Person 8", False),
    ]
    deidentifying.replace(transcript, picks, revision=1, **by)
    assert sorted(Alias.objects.filter(folded="maria gonzalez").values_list("placeholder", flat=True)) == [
        "[Person 7]",
        "[Person 8]",
    ]


@pytest.mark.parametrize("placeholder", ["", "  ", "[[", "lower 1", "Person\n1", "x" * 60, "Person <b>"])
def test_what_cannot_be_a_placeholder_is_refused(transcript, by, placeholder):
    with pytest.raises(ValidationError, match="cannot be a placeholder"):
        deidentifying.replace(transcript, [Pick(0, 5, "other", placeholder, False)], revision=1, **by)
    assert not Alias.objects.exists()


@pytest.mark.parametrize("spans", [[(0, 5), (3, 9)], [(0, 99_999)], [(5, 5)], [(-3, 2)]])
def test_places_that_overlap_or_lie_outside_are_refused_and_nothing_is_kept(transcript, by, spans):
    picks = [Pick(start, end, "other", "Name 1", False) for start, end in spans]
    with pytest.raises(ValidationError, match="overlap or lie outside"):
        deidentifying.replace(transcript, picks, revision=1, **by)
    transcript.refresh_from_db()
    assert transcript.revision == 1
    assert not Alias.objects.exists()


def test_a_text_that_has_changed_is_not_touched_at_old_places(transcript, study, by):
    groups = deidentifying.suggestions(transcript, study)
    deidentifying.replace(transcript, picks_of(groups[:1]), revision=1, **by)
    with pytest.raises(StaleText, match="nothing of yours was done"):
        deidentifying.replace(transcript, picks_of(groups[1:]), revision=1, **by)


@pytest.mark.django_db(transaction=True)
def test_two_transcripts_at_once_do_not_share_a_new_placeholder(study, guide, by):
    texts = ["Interviewer: Who?\nP01: Dr. Alpha did.\n", "Interviewer: Who?\nP02: Dr. Beta did.\n"]
    made = [transcript_of(study, guide, by, f"P0{n}", text, name="") for n, text in enumerate(texts, start=1)]
    groups = [deidentifying.suggestions(one, study) for one in made]
    assert {group[0].placeholder for group in groups} == {"[Person 1]"}

    def replacing(one, group):
        return lambda: deidentifying.replace(one, picks_of(group), revision=1, **by).text

    texts = at_once(*[replacing(one, group) for one, group in zip(made, groups, strict=True)])
    assert sorted(text.split()[-2] for text in texts) == ["1]", "2]"]
    assert sorted(Alias.objects.values_list("placeholder", flat=True)) == ["[Person 1]", "[Person 2]"]


@pytest.mark.django_db(transaction=True)
def test_who_withdraws_while_names_are_replaced_leaves_no_text(transcript, study, by):
    picks = picks_of(deidentifying.suggestions(transcript, study))

    def replacing():
        try:
            deidentifying.replace(transcript, picks, revision=1, **by)
        except ValidationError as error:
            return error.messages

    at_once(replacing, lambda: recruiting.withdraw(transcript.interview.participant, **by))
    assert not Transcript.objects.exists()


def test_withdrawal_empties_what_the_key_tells_of_that_person_and_nothing_else(transcript, study, by):
    replace_all(transcript, study, by)
    removed = recruiting.withdraw(transcript.interview.participant, **by)
    assert removed.key == 3  # name, first name and address
    assert "their name in the key" in removed.in_words
    left = {row[2] for row in deidentifying.key_rows(study)}
    assert left == {"Elm Clinic", "Elm", "Bo Lindqvist", "Bo", "March 3, 2025", "616-555-0100"}


# ---- said to name nobody, and who may read before


def test_a_text_is_said_to_name_nobody_until_it_changes(transcript, study, by):
    deidentifying.say_cleared(transcript, cleared=True, revision=1, **by)
    transcript.refresh_from_db()
    assert transcript.cleared_by == by["by"]
    replace_all(transcript, study, by)
    transcript.refresh_from_db()
    assert transcript.cleared_at is None
    with pytest.raises(StaleText):
        deidentifying.say_cleared(transcript, cleared=True, revision=1, **by)
    assert Activity.objects.filter(verb="transcript_cleared").count() == 1


@pytest.mark.parametrize(
    ("cleared", "open_text", "owner", "ria", "bo"),
    [(False, False, True, True, False), (True, False, True, True, True), (False, True, True, True, True)],
)
def test_others_read_a_text_once_it_names_nobody(world, transcript, study, by, cleared, open_text, owner, ria, bo):
    deidentifying.say_cleared(transcript, cleared=cleared, revision=1, **by)
    transcript.refresh_from_db()
    study.open_text = open_text
    everything, works = frozenset(StudyRight), frozenset({StudyRight.FINDINGS, StudyRight.WORK})
    finds = frozenset({StudyRight.FINDINGS})
    for person, rights, expected in (
        (world.dee, everything, owner),
        (world.ria, works, ria),
        (world.bo, works, bo),
        (world.ana, finds, False),
    ):
        scopes = Scopes.read(person)
        assert may_read(transcript, study, scopes, rights) is expected, person
        assert readable_transcripts(study, scopes, rights).exists() is expected, person


# ---- key, files, and their end


def test_the_key_says_what_each_placeholder_stands_for(transcript, study, by):
    replace_all(transcript, study, by)
    rows = [row[:1] + row[2:] for row in deidentifying.key_rows(study)]
    assert ["[Site A]", "Elm Clinic"] in rows
    assert ["[Staff 1]", "Maria"] in rows


def test_files_and_key_are_destroyed_on_their_day_and_it_is_recorded(world, transcript, study, by):
    replace_all(transcript, study, by)
    deidentifying.protect(study, open_text=False, destroy_on=dt.date(2026, 3, 1), **by)
    assert deidentifying.destroy_due(now=world.now) == 0
    on_the_day = dt.datetime(2026, 3, 1, 6, tzinfo=dt.UTC)  # 1 in the morning in Detroit
    assert deidentifying.destroy_due(now=on_the_day) == 1
    assert deidentifying.destroy_due(now=on_the_day) == 0
    original = Original.objects.get()
    assert (original.content, original.destroyed_at, original.name) == (None, on_the_day, "talk.txt")
    assert list(deidentifying.key_rows(study)) == []
    transcript.refresh_from_db()
    assert "[Site A]" in transcript.text
    row = Activity.objects.get(verb="study_files_destroyed")
    assert row.changes["destroyed"][1]["files"] == 1
    assert row.actor is None
    with pytest.raises(ValidationError, match="not in the key any more"):
        deidentifying.put_back(transcript, transcript.masks[0][0], revision=2, **by)


def test_a_placeholder_of_a_destroyed_key_is_not_given_to_somebody_else(transcript, study, guide, by):
    replace_all(transcript, study, by)
    deidentifying.destroy(study, **by)
    other = transcript_of(study, guide, by, "P02", "Ana: Oak Clinic.\nAna: Yes.\n", name="")
    assert found_in(other, study)["Oak Clinic"].placeholder == "[Site B]"


@pytest.mark.parametrize("day", [dt.date(2026, 1, 5), dt.date(2020, 1, 1)])
def test_a_day_of_destruction_is_still_to_come(study, by, day):
    with pytest.raises(ValidationError, match="still to come"):
        deidentifying.protect(study, open_text=False, destroy_on=day, **by)
    assert Study.objects.get().destroy_on is None


@pytest.mark.parametrize(("number", "letters"), [(1, "A"), (26, "Z"), (27, "AA"), (52, "AZ"), (703, "AAA")])
def test_letters_go_on_after_z(number, letters):
    assert lettered(number) == letters


def test_no_name_is_found_across_the_end_of_what_somebody_says(study, guide, by):
    said = "Interviewer: Who helped? Maria\nGonzalez: I did.\nInterviewer: So it was Maria\nGonzalez: Me, Maria."
    transcript = transcript_of(study, guide, by, said=said)
    for one in found_in(transcript, study).values():
        for place in one.places:
            assert all(not place.start < turn[0] < place.end for turn in transcript.turns), one.words
    made = replace_all(transcript, study, by)
    assert [turn[3] for turn in made.turns] == ["Interviewer", "[Staff 1]", "Interviewer", "[Staff 1]"]
    assert "Maria" not in made.text
    assert "Gonzalez" not in made.text
