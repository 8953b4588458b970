import contextlib
import io
import json
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from django.core.exceptions import ValidationError
from hypothesis import given, settings
from hypothesis import strategies as st

from interviews.exchange import taguette
from interviews.exchange.parts import all_codes
from interviews.exchange.remarks import Report
from interviews.exchange.tag_names import tree_of_tags
from interviews.exchange.taguette import open_taguette

FIXTURES = Path(__file__).parent / "fixtures"
MADE = FIXTURES / "taguette.sqlite3"
SELECTED = json.loads((FIXTURES / "taguette.json").read_text())


def read(data):
    """Return a project with all its sources, and what was remarked."""
    report = Report()
    with open_taguette(io.BytesIO(data), report) as opened:
        opened.project.sources = list(opened.project.sources)
    return opened.project, report


def changed(tmp_path, *statements):
    """Return Taguette's file after some statements."""
    path = tmp_path / "changed.sqlite3"
    shutil.copy(MADE, path)
    with closing(sqlite3.connect(path)) as database:
        for statement in statements:
            database.execute(statement)
        database.commit()
    return path.read_bytes()


def refused(data):
    with pytest.raises(ValidationError) as error:
        read(data)
    return error.value.messages[0]


# ---- what Taguette writes


def test_every_highlight_has_the_words_that_were_selected_in_taguette():
    project, report = read(MADE.read_bytes())
    paths = {code.guid: code for code, _above in all_codes(project.codes)}
    found = [
        (source.name, "".join(source.content[one.start : one.end].split()), len(one.codings))
        for source in project.sources
        for one in source.selections
    ]
    assert found == [(one["document"], "".join(one["raw"].split()), len(one["tags"])) for one in SELECTED]
    assert all(coding.code in paths for one in project.sources[0].selections for coding in one.codings)
    assert not report.deviations
    assert not report.losses


def test_documents_tags_people_and_moments_come_along():
    project, report = read(MADE.read_bytes())
    assert project.name == "Made for tests"
    assert project.origin == "Taguette"
    assert [one.name for one in project.users] == ["admin"]
    shape = [(code.name, above.name if above else None, code.description) for code, above in all_codes(project.codes)]
    assert shape == [
        ("interesting", None, "Further review required"),
        ("barriers", None, "What gets in the way"),
        ("time", "barriers", "Too few hours"),
        ("space", "barriers", "No room"),
        ("Helps/people", None, "Who helped, & how"),
        ("unused", None, ""),
    ]
    [coding] = project.sources[0].selections[0].codings
    assert coding.created.isoformat() == "2026-11-25T15:41:29.328216+00:00"
    assert coding.coder == project.users[0].guid
    assert project.sources[0].exact
    assert project.sources[0].coder == project.users[0].guid
    [about] = project.notes
    assert (about.content, about.coder) == (
        "Nothing real: written to see what Taguette writes.",
        project.users[0].guid,
    )
    assert list(report.notes)[0].startswith("Tags stand below others")


def test_the_same_file_has_the_same_guids_and_codes_have_those_of_taguettes_codebook():
    first, second = (read(MADE.read_bytes())[0] for _ in range(2))
    assert first == second
    assert str(first.codes[1].guid).upper() == "E998F5D4-A3EC-59C9-B17A-1CC008824583"
    guids = [one.guid for source in first.sources for one in source.selections]
    assert len(set(guids)) == len(guids)


def test_who_first_put_a_tag_to_a_highlight_has_it(tmp_path):
    add = (
        "INSERT INTO commands (id, date, user_login, project_id, document_id, payload) VALUES "
        """({}, '2026-11-26 09:00:00', '{}', 1, 1, '{{"type": "highlight_add", "highlight_id": 1, "tags": [2, 3]}}')"""
    )
    strange = "UPDATE commands SET payload = '[Infinity' WHERE id = 1"
    data = changed(
        tmp_path, "INSERT INTO highlight_tags VALUES (1, 2)", add.format(90, "kim"), add.format(91, "bo"), strange
    )
    project, _report = read(data)
    names = {one.guid: one.name for one in project.users}
    codings = project.sources[0].selections[0].codings
    assert [names[one.coder] for one in codings] == ["kim", "admin"]
    assert sorted(names.values()) == ["admin", "kim"]


def test_a_tag_of_which_nobody_knows_who_put_it_has_no_coder(tmp_path):
    project, _report = read(changed(tmp_path, "DELETE FROM commands"))
    [coding] = project.sources[0].selections[0].codings
    assert (coding.coder, coding.created, project.users) == (None, None, [])
    assert (project.sources[0].coder, project.notes[0].coder) == (None, None)


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE highlights SET start_offset = 5000, end_offset = 5010 WHERE id = 1",
        "UPDATE highlights SET end_offset = 2 WHERE id = 1",
        "UPDATE highlights SET start_offset = -4 WHERE id = 1",
    ],
)
def test_a_highlight_outside_its_document_is_reported(tmp_path, statement):
    project, report = read(changed(tmp_path, statement))
    [lost] = report.losses.values()
    assert "outside their document" in lost.words
    assert lost.places[0].startswith("one, ")
    assert len(project.sources[0].selections) == 11


def test_words_that_differ_from_those_kept_are_reported_and_the_place_holds(tmp_path):
    project, report = read(changed(tmp_path, "UPDATE highlights SET snippet = '<p>Other</p>' WHERE id = 1"))
    assert project.sources[0].selections[0].name == "everybody twice"
    assert list(report.deviations) == ["The words that Taguette keeps of a highlight differ from those there."]


def test_what_belongs_to_nothing_is_reported(tmp_path):
    _project, report = read(
        changed(
            tmp_path, "INSERT INTO highlight_tags VALUES (1, 99)", "UPDATE highlights SET document_id = 77 WHERE id = 2"
        )
    )
    assert list(report.deviations) == [
        "A highlight of a document that is not there was left out.",
        "A tag that is not there was left out of a highlight.",
    ]


def test_the_same_place_highlighted_twice_is_two_selections(tmp_path):
    data = changed(tmp_path, "UPDATE highlights SET start_offset = 98, end_offset = 113, snippet = '' WHERE id = 2")
    project, _report = read(data)
    first, second = project.sources[0].selections[:2]
    assert (first.start, first.end) == (second.start, second.end)
    assert first.guid != second.guid


# ---- what it never writes


def test_what_is_no_taguette_project_is_refused(tmp_path):
    assert "not a Taguette project" in refused(b"id,document,tag,content\n" * 9)
    assert "not a Taguette project" in refused(b"")
    assert "not a Taguette project" in refused(MADE.read_bytes()[:60])
    other = tmp_path / "other.sqlite3"
    with closing(sqlite3.connect(other)) as database:
        database.execute("CREATE TABLE projects (id INTEGER PRIMARY KEY)")
    assert "there is no projects.created" in refused(other.read_bytes())


def test_a_damaged_file_is_refused():
    data = bytearray(MADE.read_bytes())
    assert "damaged" in refused(bytes(data[:9000]))
    data[4096:90_000] = b"\xff" * (90_000 - 4096)
    assert "damaged" in refused(bytes(data))


def test_a_file_that_is_too_large_is_not_read(monkeypatch):
    monkeypatch.setattr(taguette, "MOST_BYTES", 100_000)
    assert "larger than" in refused(MADE.read_bytes())


def test_a_document_that_is_too_large_is_refused(tmp_path, monkeypatch):
    monkeypatch.setattr(taguette, "MOST_HTML", 50_000)
    data = changed(tmp_path, "UPDATE documents SET contents = hex(zeroblob(30000)) WHERE id = 1")
    assert "takes too long to read" in refused(data)


def test_more_rows_than_a_project_has_are_refused(monkeypatch):
    monkeypatch.setattr(taguette, "MOST_ROWS", 12)
    assert "more than 12 rows" in refused(MADE.read_bytes())


@pytest.mark.parametrize(
    "statement",
    [
        "CREATE TRIGGER evil AFTER INSERT ON tags BEGIN DELETE FROM tags; END",
        "CREATE VIEW evil AS SELECT * FROM tags",
        "CREATE VIRTUAL TABLE evil USING fts5(words)",
    ],
)
def test_views_triggers_and_virtual_tables_are_refused(tmp_path, statement):
    assert "that Taguette never writes (evil)" in refused(changed(tmp_path, statement))


def test_a_view_that_says_it_is_a_table_is_refused(tmp_path):
    data = changed(
        tmp_path,
        "PRAGMA writable_schema = ON",
        "UPDATE sqlite_master SET sql = 'CREATE VIEW tags AS SELECT id, path, description, project_id FROM documents'"
        " WHERE name = 'tags'",
    )
    assert "damaged" in refused(data)


def test_a_table_that_computes_its_columns_is_refused(tmp_path):
    data = changed(
        tmp_path,
        "ALTER TABLE tags RENAME TO old",
        "CREATE TABLE tags (id INTEGER PRIMARY KEY, project_id INTEGER, path TEXT,"
        " description TEXT AS (printf('%.90000000c', 'a')))",
    )
    assert "computes its columns" in refused(data)


def test_a_value_of_another_kind_is_refused_with_its_place(tmp_path):
    data = changed(tmp_path, "UPDATE highlights SET start_offset = 'x<y' WHERE id = 3")
    assert refused(data) == "highlights 3, start_offset: “x<y” should be a whole number."
    assert "tags 2, path: “None” should be text" in refused(
        changed(
            tmp_path,
            "ALTER TABLE tags RENAME TO old",
            "CREATE TABLE tags AS SELECT * FROM old",
            "UPDATE tags SET path = NULL WHERE id = 2",
        )
    )


def test_text_that_is_not_utf_8_is_read_all_the_same(tmp_path):
    project, _report = read(changed(tmp_path, "UPDATE tags SET path = CAST(x'ff41' AS TEXT) WHERE id = 6"))
    assert project.codes[-1].name == "\ufffdA"


def test_a_statement_that_takes_too_long_is_stopped(monkeypatch):
    monkeypatch.setattr(taguette, "SECONDS", -1.0)
    monkeypatch.setattr(taguette, "STEPS", 1)
    assert "takes too long to read" in refused(MADE.read_bytes())


def test_a_file_of_several_projects_or_of_none_says_so(tmp_path):
    second = "INSERT INTO projects (id, name, description, created) VALUES (2, 'Second', '', '2026-01-01 00:00:00')"
    assert "holds 2 projects (“Made for tests”, “Second”)" in refused(changed(tmp_path, second))
    assert "There is no project" in refused(changed(tmp_path, "DELETE FROM projects"))


def test_a_file_that_was_being_written_is_read_and_said_so(tmp_path):
    data = bytearray(MADE.read_bytes())
    data[18] = data[19] = 2
    _project, report = read(bytes(data))
    assert "Taguette was writing this file" in next(iter(report.deviations))


def test_the_connection_reads_what_we_know_and_nothing_else(tmp_path):
    path = tmp_path / "made.sqlite3"
    shutil.copy(MADE, path)
    with closing(sqlite3.connect(path)) as database:
        reader = taguette.Reader(database)
        assert reader.rows("SELECT path FROM tags ORDER BY id LIMIT 1") == [("interesting",)]
        for statement in (
            "SELECT hashed_password FROM users",
            "SELECT load_extension('x')",
            "SELECT length(path) FROM tags",
            "DELETE FROM tags",
            "ATTACH 'other.sqlite3' AS other",
            "PRAGMA query_only=OFF",
            "CREATE TABLE x (y)",
        ):
            with pytest.raises(ValidationError):
                reader.rows(statement)


# ---- tags as a tree


@pytest.mark.parametrize(
    ("names", "tree"),
    [
        (["a", "a.b"], [("a", None), ("b", "a")]),
        (["a.b", "a"], [("a", None), ("b", "a")]),
        (["a.b"], [("a.b", None)]),
        (["a", "a.b.c"], [("a", None), ("b.c", "a")]),
        (["a", "a::b", "a/c"], [("a", None), ("b", "a"), ("c", "a")]),
        (["a", "a.b", "a:B"], [("a", None), ("b", "a"), ("a:B", "a")]),
        (["Dr", "Dr. Lee", "Drum"], [("Dr", None), ("Lee", "Dr"), ("Drum", None)]),
        (["a", "a.", ".a"], [("a", None), ("a.", None), (".a", None)]),
        (["a", "a"], [("a", None)]),
    ],
)
def test_tags_stand_below_those_their_names_begin_with(names, tree):
    codes = tree_of_tags([(name, "") for name in names], Report())
    assert [(code.name, above.name if above else None) for code, above in all_codes(codes)] == tree


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(st.integers(0, MADE.stat().st_size - 1), st.integers(0, 255)), min_size=1, max_size=20))
def test_however_a_file_is_damaged_it_is_read_or_refused(changes):
    data = bytearray(MADE.read_bytes())
    for place, byte in changes:
        data[place if place % 2 else place // 4096 * 4096 + place % 120] = byte  # half of them where pages begin
    with contextlib.suppress(ValidationError):
        read(bytes(data))
