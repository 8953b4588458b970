import pytest
from django.core.exceptions import ValidationError
from django.core.management import call_command

from accounts.models import Activity
from interviews import codebook, coding, concluding, deidentifying, memos, studying
from interviews.codebook import tree
from interviews.models import Code, Coding, Memo, Study
from tests.together import at_once

pytestmark = pytest.mark.django_db
FILE = """\
name,parent,definition,use when,do not use when,examples
Time,Barriers,There is too little of it.,Somebody lacks hours,Somebody is late,"We had no hour"
Barriers,,What gets in the way,,,
Space,Barriers,,,,
"""


def names(study, **kwargs):
    return [(row.depth, row.code.name) for row in tree(study, **kwargs)]


def test_codes_stand_below_their_parents_with_a_colour_and_a_mark(study, codes):
    assert names(study) == [(0, "Barriers"), (1, "Time"), (1, "Space"), (0, "Helps")]
    assert codes["Time"].colour == codes["Barriers"].colour != codes["Helps"].colour
    assert codes["Time"].mark != codes["Space"].mark


@pytest.mark.parametrize("name", ["time", " TIME ", ""])
def test_a_name_is_taken_once_at_a_level(study, codes, by, name):
    with pytest.raises(ValidationError, match="here already|needs a name"):
        codebook.add_code(study, name=name, parent=codes["Barriers"], **by)
    codebook.add_code(study, name="Time", **by)


def test_a_change_is_kept_with_what_was_before(study, codes, by):
    code = codebook.change_code(codes["Time"], revision=1, name="Hours", definition="Too few.", **by)
    assert (code.name, code.revision) == ("Hours", 2)
    assert Activity.objects.get(verb="code_changed").changes == {
        "name": ["Time", "Hours"],
        "definition": ["", "Too few."],
    }
    codebook.change_code(codes["Time"], revision=1, name="Hours", definition="Too few.", **by)
    assert Activity.objects.filter(verb="code_changed").count() == 1


def test_of_two_changes_the_later_is_refused(codes, by):
    codebook.change_code(codes["Time"], revision=1, definition="One.", **by)
    with pytest.raises(ValidationError, match="changed this code meanwhile"):
        codebook.change_code(codes["Time"], revision=1, definition="Two.", **by)
    assert Code.objects.get(pk=codes["Time"].pk).definition == "One."


def test_a_code_moves_with_what_stands_below_it_but_not_below_itself(study, codes, by):
    codebook.move_code(codes["Barriers"], codes["Helps"], **by)
    assert names(study) == [(0, "Helps"), (1, "Barriers"), (2, "Time"), (2, "Space")]
    for target in ("Barriers", "Time"):
        with pytest.raises(ValidationError, match="below itself"):
            codebook.move_code(codes["Barriers"], Code.objects.get(pk=codes[target].pk), **by)
    codebook.move_code(codes["Time"], None, **by)
    with pytest.raises(ValidationError, match="here already"):
        codebook.move_code(codebook.add_code(study, name="time", parent=codes["Helps"], **by), None, **by)


def test_codes_of_another_study_are_out_of_reach(world, study, codes, by):
    other = studying.begin_study(world.program, name="Another", aim="To ask.", **by)
    foreign = codebook.add_code(other, name="Foreign", **by)
    with pytest.raises(ValidationError, match="below itself"):
        codebook.move_code(codes["Time"], foreign, **by)
    with pytest.raises(Code.DoesNotExist):
        codebook.merge_codes(codes["Time"], foreign, **by)


def test_merging_takes_the_codings_and_children_along_and_doubles_none(study, codes, coded, by):
    assert codebook.merge_codes(codes["Time"], codes["Space"], **by) == 1
    there = Coding.objects.there()
    assert sorted(there.values_list("code__name", "start")) == [("Space", 0), ("Space", 13)]
    time = Code.objects.get(pk=codes["Time"].pk)
    assert (time.merged_into, bool(time.retired_at)) == (codes["Space"], True)
    with pytest.raises(ValidationError, match="was merged"):
        codebook.take_back(time, **by)
    codebook.merge_codes(codes["Helps"], codes["Barriers"], **by)
    assert names(study) == [(0, "Barriers"), (1, "Space")]


def test_a_code_is_not_merged_into_itself_or_below(codes, by):
    for target in ("Barriers", "Time"):
        with pytest.raises(ValidationError, match="does not stand below"):
            codebook.merge_codes(codes["Barriers"], codes[target], **by)


def test_splitting_gives_chosen_passages_to_a_new_code(study, codes, coded, by):
    made = codebook.split_code(codes["Time"], [coded[1].pk, coded[2].pk], name="Waiting", **by)
    assert made.parent == codes["Barriers"]
    assert [one.start for one in made.codings.there()] == [13]  # the other passage is Space's
    assert codes["Time"].codings.there().get().start == 0
    with pytest.raises(ValidationError, match="at least one passage"):
        codebook.split_code(codes["Time"], [], name="Nothing", **by)


def test_a_retired_code_keeps_its_codings_and_takes_no_more(transcript, study, codes, coded, by):
    with pytest.raises(ValidationError, match="stand below this one"):
        codebook.retire_code(codes["Barriers"], **by)
    codebook.retire_code(codes["Time"], **by)
    assert names(study) == [(0, "Barriers"), (1, "Space"), (0, "Helps")]
    assert codes["Time"].codings.there().count() == 2
    with pytest.raises(ValidationError, match="is retired"):
        coding.apply_code(transcript, codes["Time"].pk, start=40, end=50, revision=1, **by)
    codebook.take_back(codes["Time"], **by)
    assert (1, "Time") in names(study)


def test_counts_say_how_often_and_in_how_many_interviews(study, coded, by, django_assert_num_queries):
    coding.take_away(coded[0].transcript, coded[0].pk, **by)
    with django_assert_num_queries(2):
        rows = {row.code.name: (row.codings, row.interviews) for row in tree(study)}
    assert rows == {"Barriers": (0, 0), "Time": (1, 1), "Space": (1, 1), "Helps": (0, 0)}


# ---- beginning


def test_a_codebook_begins_from_cfir_or_from_the_roadmap(world, study, by):
    call_command("load_roadmap", verbosity=0)
    count = codebook.begin_from_cfir(study, **by)
    found = names(study)
    assert len(found) == count > 60
    assert (0, "Innovation") in found
    assert (1, "Innovation Cost") in found
    assert study.codes.get(name="Innovation Cost").construct.key == "innovation_cost"
    with pytest.raises(ValidationError, match="has been begun"):
        codebook.begin_from_roadmap(study, **by)


def test_a_codebook_of_the_roadmap_has_its_phases_and_steps(world, study, by):
    codebook.begin_from_roadmap(study, **by)
    assert study.codes.filter(parent=None).count() == 3
    assert study.codes.get(step_key="leaders").parent.parent is None


def test_a_file_of_codes_is_taken_in_any_order_of_rows_and_twice_adds_nothing(study, by):
    assert codebook.take_file(study, FILE.encode("utf-8-sig"), **by) == 3
    assert names(study) == [(0, "Barriers"), (1, "Time"), (1, "Space")]
    time = study.codes.get(name="Time")
    assert (time.use_when, time.not_when, time.examples) == (
        "Somebody lacks hours",
        "Somebody is late",
        "We had no hour",
    )
    assert codebook.take_file(study, FILE.replace(",", ";").encode(), **by) == 0


def test_memos_of_a_merged_code_and_of_a_passage_coded_with_both_follow(transcript, codes, by):
    place = {"start": 0, "end": 11, "revision": 1, **by}
    time, space = (coding.apply_code(transcript, codes[name].pk, **place) for name in ("Time", "Space"))
    study = codes["Time"].study
    for thing, text in (
        (codes["Time"], "Of time."),
        (codes["Space"], "Of space."),
        (time, "A time here."),
        (space, "A space here."),
    ):
        memos.write_memo(study, thing, text=text, **by)
    codebook.merge_codes(codes["Time"], codes["Space"], **by)
    assert memos.written_about(study, codes["Space"], reader=by["by"]).own == "Of space.\n\nOf time."
    assert memos.written_about(study, space, reader=by["by"]).own == "A space here.\n\nA time here."
    assert Memo.objects.count() == 2


def test_a_quote_of_a_passage_coded_with_both_stays_quoted_when_they_are_merged(study, transcript, coded, codes, by):
    deidentifying.say_cleared(transcript, cleared=True, revision=1, **by)
    kept = coding.apply_code(transcript, codes["Helps"].pk, start=0, end=11, revision=1, **by)
    finding = concluding.state_finding(study, sentence="Time is short.", **by)
    concluding.rest_on(finding, codings=[coded[0].pk, kept.pk], **by)
    concluding.choose_quotes(finding, [finding.evidence.get(coding=coded[0]).pk], **by)
    codebook.merge_codes(codes["Time"], codes["Helps"], **by)
    assert [(one.coding, one.quoted) for one in finding.evidence.there()] == [(kept, True)]


def test_a_code_of_many_passages_is_merged_in_few_statements(transcript, codes, by, django_assert_max_num_queries):
    for start in range(60):
        coding.apply_code(transcript, codes["Time"].pk, start=start, end=start + 5, revision=1, **by)
    with django_assert_max_num_queries(40):
        assert codebook.merge_codes(codes["Time"], codes["Space"], **by) == 60


@pytest.mark.parametrize(
    "data",
    [
        FILE.replace("\n", "\r").encode(),  # as a spreadsheet on an old Macintosh ends lines
        FILE.replace("\n", "\r\n").replace(",", "\t").encode("utf-16"),  # "Unicode text"
        FILE.encode("utf-16-le"),
        FILE.replace("hours", "hours\x00").encode() + b" " * 4000,
    ],
)
def test_a_file_is_read_however_a_spreadsheet_wrote_it(study, by, data):
    assert codebook.take_file(study, data, **by) == 3
    assert study.codes.get(name="Time").use_when == "Somebody lacks hours"


def test_examples_may_be_as_long_in_a_file_as_on_the_page(study, by):
    assert codebook.take_file(study, f"name,examples\nTime,{'x' * 4000}\n".encode(), **by) == 1


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (f"name,definition\nA,fine\nB,{'x' * 200_000}\n", "Row 3 cannot be read"),
        ("", "One of them must be “name”"),
        ("title of it\nx", "One of them must be “name”"),
        ("name,parent\nA,Nowhere\n", "Row 2: there is no code “Nowhere”"),
        ("name,parent\nA,B\nB,A\n", "Row 2: “B” is above it and below it"),
        ("name,definition\n,Something\n", "Row 2: a code needs a name"),
        (f"name\n{'x' * 121}\n", "Row 2, name: at most 120"),
    ],
)
def test_a_file_that_is_wrong_adds_nothing_and_names_the_row(study, by, text, words):
    with pytest.raises(ValidationError) as error:
        codebook.take_file(study, text.encode(), **by)
    assert words in " ".join(error.value.messages)
    assert not study.codes.exists()


@pytest.mark.django_db(transaction=True)
def test_two_who_add_one_name_at_once_make_one_code(study, by):
    def add():
        try:
            return codebook.add_code(Study.objects.get(pk=study.pk), name="Time", **by).pk
        except ValidationError:
            return None

    assert sum(pk is not None for pk in at_once(add, add)) == 1
    assert study.codes.count() == 1


def test_two_codes_that_are_put_below_each_other_at_once_make_no_circle(study, codes, by):
    helps, barriers = codes["Helps"], Code.objects.get(pk=codes["Barriers"].pk)  # as both pages read them
    codebook.move_code(barriers, helps, **by)
    with pytest.raises(ValidationError, match="below itself"):
        codebook.move_code(helps, codes["Barriers"], **by)
    assert names(study) == [(0, "Helps"), (1, "Barriers"), (2, "Time"), (2, "Space")]


def test_nothing_is_put_below_a_code_that_was_retired_meanwhile(study, codes, by):
    codebook.retire_code(codes["Helps"], **by)
    with pytest.raises(ValidationError, match="is retired"):
        codebook.move_code(codes["Time"], codes["Helps"], **by)
    with pytest.raises(ValidationError, match="is retired"):
        codebook.add_code(study, name="Money", parent=codes["Helps"], **by)


def test_passages_are_not_merged_into_a_code_that_only_holds_others(codes, coded, by):
    codebook.change_code(codes["Helps"], revision=1, folder=True, **by)
    with pytest.raises(ValidationError, match="only holds other codes together"):
        codebook.merge_codes(codes["Time"], codes["Helps"], **by)
    codebook.merge_codes(codes["Barriers"], codes["Helps"], **by)  # nothing is coded with it
    assert {one.parent_id for one in Code.objects.filter(name__in=("Time", "Space"))} == {codes["Helps"].pk}


def test_a_file_makes_no_codebook_larger_than_one_may_be(study, codes, by, monkeypatch):
    monkeypatch.setattr(codebook, "MOST_CODES", 5)
    with pytest.raises(ValidationError, match="at most 5 codes"):
        codebook.take_file(study, b"name\nMoney\nTrust\n", **by)
    assert study.codes.count() == 4
    assert codebook.take_file(study, b"name\nMoney\nHelps\n", **by) == 1
