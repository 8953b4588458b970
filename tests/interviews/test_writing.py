"""What is written is REFI-QDA to the letter: the schemas accept it, and it reads back as it was."""

import io
import zipfile
from dataclasses import replace
from uuid import UUID

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from pyrefiqda import RefiCodebook, RefiProject

from interviews.exchange import parts, qdc, qde, writing
from interviews.exchange.remarks import Report
from tests.interviews.refi import NOW, guid, opened, project_in, said_in, valid

TEXT = "P01: We met\x0b on\r\na Tuesday 👩‍🔬."
GUIDS = st.integers(0, 2**128 - 1).map(lambda number: UUID(int=number))
WORDS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00"), max_size=20)
NAMES = WORDS.map(lambda words: writing.plain(words).strip()).filter(bool)


def uid(name):
    return UUID(guid(name))


def whole():
    """Return a project in which every part that Milepost writes has something in it."""
    coding = parts.Coding(uid("coding"), uid("time"), uid("ria"), NOW, [uid("note")])
    selection = parts.Selection(uid("passage"), 5, 11, "We met", "", uid("ria"), NOW, [coding])
    value = parts.Value(uid("years"), "7")
    return parts.Project(
        name="Talks & more",
        description="What helps.",
        users=[parts.User(uid("ria"), "Coder 1", "C1")],
        codes=[
            parts.Code(
                uid("barriers"),
                "Barriers",
                codable=False,
                below=[parts.Code(uid("time"), "Time <1>", colour="#8a5a00")],
            ),
            parts.Code(uid("helps"), "Helps", description="Two\r\nlines", notes=[uid("note")]),
        ],
        variables=[parts.Variable(uid("years"), "Years", "Integer", "In the job")],
        cases=[parts.Case(uid("case"), "P01", "", [value], [uid("P01")])],
        sources=[parts.Source(uid("P01"), "P01", selections=[selection], notes=[uid("note")], values=[value])],
        notes=[parts.Note(uid("note"), "A", content="A\x00thought", coder=uid("ria"), created=NOW, changed=NOW)],
        sets=[parts.Set(uid("set"), "Both", "All", [uid("time")], [], [uid("note")])],
        note_refs=[uid("note")],
    )


def written(project, text=TEXT):
    out = io.BytesIO()
    writing.write_archive(project, lambda one: text, out, now=NOW)
    return out.getvalue()


def test_a_project_is_valid_and_reads_back_as_it_was():
    data = written(whole())
    valid(project_in(data), "Project.xsd")
    project, raw, report = opened(data)
    assert report.data == {"deviations": [], "losses": [], "notes": []}
    expected = whole()
    expected.origin = "Milepost"
    expected.codes[1].description = "Two\nlines"
    expected.notes[0].content = "A\ufffdthought"
    expected.sources = [replace(expected.sources[0], path=f"internal://{guid('P01')}.txt", exact=True)]
    assert project == expected
    assert raw["P01"] == "P01: We met\n on \na Tuesday 👩‍🔬."
    assert len(raw["P01"]) == len(TEXT)


def test_the_archive_is_laid_out_as_the_standard_wants():
    with zipfile.ZipFile(io.BytesIO(written(whole()))) as archive:
        assert archive.namelist() == ["project.qde", f"sources/{guid('P01')}.txt"]
        assert archive.read("project.qde").startswith(b"<?xml version='1.0' encoding='utf-8'?>")
        assert b"\r" not in archive.read("project.qde") + archive.read(f"sources/{guid('P01')}.txt")
    assert written(whole()) == written(whole())


def test_nothing_empty_is_written_that_must_not_be():
    markup = project_in(written(parts.Project(name="Empty")))
    valid(markup, "Project.xsd")
    assert b"<Users" not in markup
    assert b"<CodeBook" not in markup
    assert b"<Sources" not in markup


@pytest.mark.parametrize(
    ("kind", "words", "element"),
    [
        ("Integer", "7", "IntegerValue"),
        ("Integer", "seven", "TextValue"),
        ("Boolean", "true", "BooleanValue"),
        ("Boolean", "True", "TextValue"),
        ("Float", "1.5", "FloatValue"),
        ("Float", "1e5", "TextValue"),
        ("Date", "2026-01-05", "DateValue"),
        ("Date", "5 January", "TextValue"),
        ("DateTime", "2026-01-05T10:00:00Z", "DateTimeValue"),
        ("Text", "7", "TextValue"),
    ],
)
def test_a_value_stands_in_the_element_of_its_kind_and_as_text_where_it_is_none(kind, words, element):
    project = whole()
    project.variables[0].kind = kind
    for holder in (project.cases[0], project.sources[0]):
        holder.values[0].words = words
    markup = project_in(written(project))
    valid(markup, "Project.xsd")
    assert f"<{element}>{words}</{element}>".encode() in markup


def test_a_codebook_is_valid_and_reads_back():
    out = io.BytesIO()
    writing.write_codebook(whole(), out)
    valid(out.getvalue(), "Codebook.xsd")
    report = Report()
    found = qdc.read_codebook(io.BytesIO(out.getvalue()), report)
    assert report.data == {"deviations": [], "losses": [], "notes": []}
    assert [code.name for code, _above in parts.all_codes(found.codes)] == ["Barriers", "Time <1>", "Helps"]
    assert found.sets[0].codes == [uid("time")]
    assert b"NoteRef" not in out.getvalue()
    bare = whole()
    bare.sets = []
    out = io.BytesIO()
    writing.write_codebook(bare, out)
    assert b"<Sets" not in valid(out.getvalue(), "Codebook.xsd")


def test_another_reader_of_refi_qda_opens_both(tmp_path):
    path = tmp_path / "talks.qdpx"
    path.write_bytes(written(whole()))
    project = RefiProject.load(path, extract_dir=str(tmp_path / "out"))
    source = project.sources.text_source[0]
    passage = source.plain_text_selection[0]
    assert (passage.start_position, passage.end_position) == (5, 11)
    text = RefiProject.resolve_source_path(source.plain_text_path, tmp_path / "out").read_text(encoding="utf-8")
    assert text[5:11] == "We met"
    assert [code.name for code in project.code_book.codes.code] == ["Barriers", "Helps"]
    codebook = tmp_path / "codes.qdc"
    with codebook.open("wb") as out:
        writing.write_codebook(whole(), out)
    assert [code.name for code in RefiCodebook.load(codebook).codes.code] == ["Barriers", "Helps"]


def codes(below):
    return st.builds(parts.Code, GUIDS, NAMES, st.booleans(), st.just(""), NAMES | st.just(""), st.just([]), below)


TREES = st.lists(
    st.recursive(codes(st.just([])), lambda one: codes(st.lists(one, max_size=2)), max_leaves=5), max_size=3
)
SELECTIONS = st.builds(
    parts.Selection, GUIDS, st.integers(0, 50), st.integers(51, 90), NAMES, st.just(""), GUIDS, st.just(NOW)
)
SOURCES = st.builds(parts.Source, GUIDS, NAMES, selections=st.lists(SELECTIONS, max_size=3), coder=st.none())
NOTES = st.builds(parts.Note, GUIDS, NAMES, content=WORDS, coder=GUIDS, created=st.just(NOW), changed=st.just(NOW))


PROJECTS = st.builds(
    parts.Project, name=NAMES, codes=TREES, sources=st.lists(SOURCES, max_size=3), notes=st.lists(NOTES, max_size=2)
)


@given(PROJECTS)
def test_any_project_is_valid_and_reads_back(project):
    out = io.BytesIO()
    writing.write_project(project, out, now=NOW)
    valid(out.getvalue(), "Project.xsd")
    report, again = Report(), io.BytesIO()
    found = qde.read_project(io.BytesIO(out.getvalue()), report)
    assume("same identifier" not in said_in(report.deviations))
    assert not report.deviations
    writing.write_project(found, again, now=NOW)
    assert again.getvalue() == out.getvalue()
