"""Files are known by what is in them, whatever they are called; tables are put to the texts of a study."""

import io
from pathlib import Path

import pytest
from django.core.exceptions import ValidationError

from interviews.exchange import coded_tables, kinds, tables
from interviews.exchange.parts import all_codes
from interviews.exchange.remarks import Report
from tests.interviews.conftest import transcript_of
from tests.interviews.files import docx_of, pdf_of
from tests.interviews.test_placing_rows import SAID
from tests.interviews.test_tables import HEAD, book

FIXTURES = Path(__file__).parent / "fixtures"


@pytest.mark.parametrize(
    ("data", "kind"),
    [
        ((FIXTURES / "taguette.sqlite3").read_bytes(), "taguette"),
        ((FIXTURES / "taguette-highlights.csv").read_bytes(), "csv"),
        ((FIXTURES / "taguette-highlights.xlsx").read_bytes(), "xlsx"),
        ((FIXTURES / "taguette-codebook.csv").read_bytes(), "csv"),
        ((FIXTURES / "taguette-codebook.xlsx").read_bytes(), "xlsx"),
        (HEAD.encode("utf-16"), "csv"),
        (("\ufeff" + HEAD.replace(",", ";")).encode(), "csv"),
        (b"participant,codes,start,end", "csv"),
        (b'document,tag,"a column; of; their; own"\nElm,Time,x', "csv"),
        (b"SQLite format 3\x00", "taguette"),
        (book(["one"]), "xlsx"),
    ],
)
def test_a_file_is_known_by_what_is_in_it(data, kind):
    assert kinds.kind_of(io.BytesIO(data)) == kind


@pytest.mark.parametrize("data", [b"", b"\n\n", b"one,two\n1,2", b"\xff\xfe", docx_of("Hello"), pdf_of("Hello")])
def test_a_file_of_no_kind_is_refused_with_those_there_are(data):
    with pytest.raises(ValidationError) as error:
        kinds.kind_of(io.BytesIO(data))
    assert "Taguette project (.sqlite3), table of codings (.xlsx), table of codings (.csv)" in error.value.messages[0]


def test_a_table_that_is_too_large_is_refused(monkeypatch):
    kind = kinds.READERS["csv"]
    file = io.BytesIO(HEAD.encode() + b"1,a,b,c\n" * (tables.MOST_BYTES // 8))
    with pytest.raises(ValidationError, match="20 MB at most"):
        kinds.check_size(file, kind)


def opened(name, data):
    report = Report()
    kind = kinds.READERS[name]
    with kind.opens(io.BytesIO(data), report) as found:
        return found, report


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_taguettes_codebook_comes_in_as_codes(kind):
    found, _report = opened(kind, (FIXTURES / f"taguette-codebook.{kind}").read_bytes())
    shape = [(one.name, above.name if above else "", one.description) for one, above in all_codes(found.project.codes)]
    assert ("time", "barriers", "Too few hours") in shape
    assert ("Helps/people", "", "Who helped, & how") in shape
    assert coded_tables.placed(found, None, None, Report()) is found


def test_a_codebook_with_more_than_that_is_sent_to_its_page():
    with pytest.raises(ValidationError, match="column “parent”. Take codes from it on the page Codebook"):
        opened("csv", b"name,parent,definition\nTime,,Hours")


def test_a_row_of_a_codebook_without_a_name_is_reported():
    found, report = opened("csv", b"tag,description\nTime,Hours\n,Nothing\n")
    assert [one.name for one in found.project.codes] == ["Time"]
    assert next(iter(report.losses.values())).places == ["row 3"]


@pytest.mark.django_db
def test_a_header_that_cannot_be_read_lets_nothing_in_and_comes_back_with_why(world, study):
    found, report = opened("csv", b"documnt,tag,content\nElm,Time,Yes")
    assert not coded_tables.placed(found, study, world.ria, report).project.sources
    assert report.blocked
    header, *lines = coded_tables.table_with_faults(found, report.faults)
    assert header[:3] == ["documnt", "tag", "content"]
    assert header[3].startswith("errors: document: This column is missing. It may also be called")
    assert lines == [["Elm", "Time", "Yes", ""]]
    mended = ",".join(f'"{cell}"' for cell in ["document", *header[1:]])
    again, report = opened("csv", f"{mended}\nP01,Time,Yes,".encode())
    coded_tables.placed(again, study, world.ria, report)
    assert not report.blocked
    assert coded_tables.table_with_faults(again, report.faults)[0] == ["document", "tag", "content", "errors"]


@pytest.mark.django_db
def test_a_table_comes_back_with_what_is_wrong_in_each_row(world, study, guide, by):
    transcript_of(study, guide, by, "P01", said=SAID, name="")
    rows = "1,P01,Time,No time\n2,P01,Time,Never said\n3,,Time,'=x\n4,P02,Time,yes\n"
    found, report = opened("csv", (HEAD + rows).encode())
    project = coded_tables.placed(found, study, world.ria, report).project
    assert [one.name for one in project.sources] == ["P01"]
    assert report.blocked
    assert [(one.row, one.column) for one in report.faults] == [(3, "words"), (4, "document"), (5, "document")]
    header, *lines = coded_tables.table_with_faults(found, report.faults)
    assert header == ["id", "document", "tag", "content", "errors"]
    assert lines[0] == ["1", "P01", "Time", "No time", ""]
    assert lines[1][4].startswith("words: These words are not in the text")
    assert lines[2][:4] == ["3", "", "Time", "=x"]
    assert report.data["bad_rows"] == 3
    assert report.data["faults"][0]["value"] == "Never said"


@pytest.mark.django_db
def test_words_that_are_nowhere_do_not_keep_the_others_out(world, study, guide, by):
    transcript_of(study, guide, by, "P01", said=SAID, name="")
    found, report = opened("csv", (HEAD + "1,P01,Time,No time\n2,P01,Time,Never said\n").encode())
    coded_tables.placed(found, study, world.ria, report)
    assert not report.blocked
    assert [one.row for one in report.faults] == [3]
