import csv
import io
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from interviews import coding, deidentifying, memos
from interviews.exchange.coded_rows import CodedRow, read_rows
from interviews.exchange.coding_table import COLUMNS, coding_rows
from interviews.exchange.parts import all_codes
from interviews.exchange.placing_rows import Squeezed, place_rows, project_of, starts
from interviews.exchange.remarks import Report
from interviews.exchange.tables import Table, read_csv
from interviews.exchange.tag_names import tag_guid
from interviews.models import Code, Coding, Memo
from projects.spreadsheets import lines
from tests.interviews.conftest import transcript_of

pytestmark = pytest.mark.django_db
SAID = "I: Time and again?\nP01: Time 😀 and\nagain, yes.\nI: And?\nP01: No time."


@pytest.fixture
def text(study, guide, by):
    return transcript_of(study, guide, by, "P01", said=SAID, name="")


def row(words="", document="P01", code="Time", number=2, **more):
    return CodedRow(number, document, code, words, **more)


def placed(study, world, *rows):
    done = place_rows(study, rows, world.ria)
    return [(one.transcript.text[one.start : one.end], one.start) for one in done.placed], done.faults


def test_words_are_found_word_for_word_or_without_regard_to_spaces(world, study, text):
    found, faults = placed(study, world, row("No time"), row("Time 😀  and again , yes", number=3))
    assert found == [("No time", text.text.index("No time")), ("Time 😀 and\nagain, yes", text.text.index("Time 😀"))]
    assert faults == []


def test_words_that_are_not_there_or_there_twice_are_reported(world, study, text):
    found, faults = placed(study, world, row("Never said"), row("Time", number=3), row(" \n", number=4))
    assert found == []
    assert [(one.row, one.column, one.value) for one in faults] == [
        (2, "words", "Never said"),
        (3, "words", "Time"),
        (4, "words", " \n"),
    ]
    assert "not in the text" in faults[0].message
    assert "there 2 times" in faults[1].message


def test_as_many_highlights_as_places_are_put_there_in_their_order(world, study, text):
    first, second = row("Time", highlight="1"), row("Time", number=3, highlight="4")
    also = row("Time", number=4, highlight="4", code="Space")
    found, faults = placed(study, world, first, second, also)
    assert [start for _words, start in found] == [3, text.text.index("Time 😀"), text.text.index("Time 😀")]
    assert faults == []
    _found, faults = placed(study, world, first, second, row("Time", number=5, highlight="7"))
    assert len(faults) == 3


def test_a_row_with_a_place_must_have_the_words_there(world, study, text):
    start = text.text.index("No time")
    good = row("No  time", start=start, end=start + 7)
    silent = row("", start=start, end=start + 7, number=3)
    other = row("Nothing", start=start, end=start + 7, number=4)
    outside = row("", start=start, end=5000, number=5)
    found, faults = placed(study, world, good, silent, other, outside)
    assert found == [("No time", start)] * 2
    assert [(one.row, one.column) for one in faults] == [(4, "words"), (5, "end")]
    assert "says “No time”" in faults[0].message
    assert f"has {len(text.text)} characters" in faults[1].message


def test_a_document_is_known_by_pseudonym_file_or_identifier(world, study, text):
    rows = [row("No time", document=name) for name in ("p01", "talk.txt", "talk")]
    rows.append(row("No time", document="Whoever", transcript=text.guid))
    found, faults = placed(study, world, *rows)
    assert len(found) == 4
    _found, faults = placed(study, world, row("x", document="P1"), row("x", document="Zorro", transcript=uuid4()))
    assert [one.column for one in faults] == ["document", "document"]
    assert "Did you mean “P01”?" in faults[0].message
    assert "Did you mean" not in faults[1].message


def test_owners_may_call_an_interview_by_whom_it_is_with(world, study, guide, by):
    text = transcript_of(study, guide, by, "P05", said=SAID, name="Maria Gonzalez")
    assert len(place_rows(study, [row("No time", document="maria gonzalez")], world.ria).placed) == 1
    deidentifying.say_cleared(text, cleared=True, revision=1, **by)
    assert place_rows(study, [row("No time", document="maria gonzalez")], world.bo).placed == []


def test_two_interviews_of_a_name_are_told_apart_by_words_or_day(world, study, guide, text, by):
    other = transcript_of(study, guide, by, "P02", said=SAID.replace("No time", "No space"), name="")
    named = {"document": "talk.txt"}  # both came from a file of this name
    found, faults = placed(study, world, row("No space", **named), row("No time", number=3, **named))
    assert {words for words, _start in found} == {"No space", "No time"}
    start = text.text.index("yes")
    _found, faults = placed(study, world, row("yes", start=start, end=start + 3, **named))
    assert "several interviews" in faults[0].message
    other.interview.held_on = by["now"].date().replace(day=2)
    other.interview.save(update_fields=["held_on"])
    found, faults = placed(study, world, row("yes", start=start, end=start + 3, date=by["now"].date(), **named))
    assert len(found) == 1


def test_texts_that_a_person_may_not_read_are_as_if_they_were_not_there(world, study, text, by):
    done = place_rows(study, [row("No time")], world.bo)
    assert "that you may read" in done.faults[0].message
    deidentifying.say_cleared(text, cleared=True, revision=1, **by)
    assert len(place_rows(study, [row("No time")], world.bo).placed) == 1


@given(st.text(st.sampled_from("ab \n😀\u00a0"), max_size=30), st.data())
def test_words_are_found_where_they_were_cut(whole, data):
    pair = sorted(data.draw(st.tuples(st.integers(0, len(whole)), st.integers(0, len(whole)))))
    words = "".join(whole[slice(*pair)].split())
    if words:
        squeezed = Squeezed(whole)
        spans = [squeezed.span(start, len(words)) for start in starts(squeezed.text, words)]
        assert all("".join(whole[start:end].split()) == words for start, end in spans)
        assert any(pair[0] <= start < end <= pair[1] for start, end in spans)


# ---- as a project


def table(*rows, header=("document", "tag", "content", "coder", "memo")):
    return read_rows(Table(list(header), [(number, list(one)) for number, one in enumerate(rows, start=2)]))


def test_codes_are_those_of_the_study_by_tag_path_or_only_name_and_else_new(world, study, text, codes, by):
    tagged = Code.objects.create(study=study, name="Mood", guid=tag_guid("feelings.mood"), created_by=world.ria)
    rows = [
        ("P01", code, "No time", "", "")
        for code in (
            "barriers › time",
            "Space",
            "feelings.mood",
            "Barriers › Money › Grants",
            "leaders",
            "leaders.late",
        )
    ]
    project, faults = project_of(study, table(*rows), Report(), by=world.ria)
    assert faults == []
    [source] = project.sources
    assert (source.guid, source.exact, source.content) == (text.guid, True, text.text)
    found = [one.codings[0].code for one in source.selections]
    assert found[:3] == [codes["Time"].guid, codes["Space"].guid, tagged.guid]
    tree = {code.guid: (code.name, above.guid if above else None) for code, above in all_codes(project.codes)}
    assert tree[found[3]][0] == "Grants"
    money = tree[found[3]][1]
    assert tree[money] == ("Money", codes["Barriers"].guid)
    assert tree[found[5]] == ("late", found[4])
    assert set(found) <= set(tree)


def test_coders_and_memos_come_along(world, study, text, codes, by):
    mine = coding.apply_code(text, codes["Time"].pk, start=3, end=7, revision=1, **by)
    rows = [
        ("P01", "Time", "No time", who, memo)
        for who, memo in (("Coder 1", "Why?"), ("ria castellan", ""), ("Kim", ""), ("", ""))
    ]
    project, _faults = project_of(study, table(*rows), Report(), by=world.ria)
    first, second, third, fourth = (one.codings[0] for one in project.sources[0].selections)
    assert first.coder == second.coder == mine.coder.guid
    assert {one.guid: one.name for one in project.users} == {mine.coder.guid: "Ria Castellan", third.coder: "Kim"}
    assert fourth.coder is None
    assert [(note.guid, note.content) for note in project.notes] == [(first.notes[0], "Why?")]


def test_what_has_no_place_is_a_loss_that_names_its_row(world, study, text, codes):
    report = Report()
    project, faults = project_of(study, table(("P01", "Time", "Never", "", "")), report, by=world.ria)
    assert project.sources == []
    assert len(faults) == 1
    [lost] = report.losses.values()
    assert lost.places == ["row 2"]


def test_the_same_table_has_the_same_guids(world, study, text, codes):
    rows = [("P01", "Time", "No time", "Kim", "Why?"), ("P01", "New", "yes", "", "")]
    first, second = (project_of(study, table(*rows), Report(), by=world.ria)[0] for _ in range(2))
    assert first == second


def test_our_own_table_comes_back_with_every_coding_at_its_place(world, study, text, codes, by):
    deidentifying.say_cleared(text, cleared=True, revision=1, **by)
    for start, end, name in ((3, 7, "Time"), (3, 12, "Space"), (24, 33, "Time")):
        coding.apply_code(text, codes[name].pk, start=start, end=end, revision=1, **by)
    file = "".join(lines(COLUMNS, coding_rows(study, reader=world.ria)))
    read = read_rows(read_csv(file.encode(), Report()))
    assert list(csv.reader(io.StringIO(file.removeprefix("\ufeff"))))[0] == list(COLUMNS)
    project, faults = project_of(study, read, Report(), by=world.ria)
    assert (read.faults, faults) == ([], [])
    [source] = project.sources
    found = {(one.codings[0].guid, one.codings[0].code, one.start, one.end) for one in source.selections}
    assert found == {(one.guid, one.code.guid, one.start, one.end) for one in Coding.objects.select_related("code")}


@pytest.mark.parametrize("named", [False, True])
def test_memos_of_several_about_one_passage_come_back_as_the_memos_they_are(world, study, text, codes, by, named):
    deidentifying.say_cleared(text, cleared=True, revision=1, **by)
    made = coding.apply_code(text, codes["Time"].pk, start=3, end=7, revision=1, **by)
    for person, said in ((world.ria, "Why?\nNow."), (world.bo, "- So?")):
        memos.write_memo(study, made, text=said, by=person, now=by["now"])
    file = "".join(lines(COLUMNS, coding_rows(study, reader=world.ria, named=named)))
    project, _faults = project_of(study, read_rows(read_csv(file.encode(), Report())), Report(), by=world.ria)
    assert {(one.guid, one.content) for one in project.notes} == set(Memo.objects.values_list("guid", "text"))
    more = file.replace("So?", "So.")
    project, _faults = project_of(study, read_rows(read_csv(more.encode(), Report())), Report(), by=world.ria)
    assert len(project.notes) == 1
