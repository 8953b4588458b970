import csv
import datetime as dt
import io
import re
import zipfile
from pathlib import Path

import openpyxl
import pytest
from django.core.exceptions import ValidationError

from interviews.exchange import tables
from interviews.exchange.coded_rows import is_codes, is_codings, read_rows
from interviews.exchange.coding_table import COLUMNS
from interviews.exchange.remarks import Report
from interviews.exchange.tables import Table, read_csv, read_xlsx
from interviews.reading.codes import table_of
from projects import spreadsheets
from tests.interviews.files import bomb, liar, with_part

FIXTURES = Path(__file__).parent / "fixtures"
HEAD = "id,document,tag,content\r\n"
DAY = dt.date(2026, 1, 5)


def book(*rows, title="Sheet", prepare=None):
    """Return the bytes of a workbook with rows on its first sheet."""
    made = openpyxl.Workbook()
    made.active.title = title
    for row in rows:
        made.active.append(row)
    if prepare:
        prepare(made)
    out = io.BytesIO()
    made.save(out)
    return out.getvalue()


def xlsx(data):
    return read_xlsx(io.BytesIO(data), wanted=is_codings)


def refused(reading, data):
    with pytest.raises(ValidationError) as error:
        reading(data)
    return error.value.messages[0]


def csv_of(data):
    return read_csv(data, Report())


# ---- CSV


def test_taguettes_tables_are_read_the_same_from_csv_and_xlsx():
    first = csv_of((FIXTURES / "taguette-highlights.csv").read_bytes())
    second = xlsx((FIXTURES / "taguette-highlights.xlsx").read_bytes())
    assert first == second
    assert first.header == ["id", "document", "tag", "content"]
    assert first.rows[1] == (3, ["2", "one", "barriers.time", "twice & more 😀"])
    assert "as it\n  is, with   spaces" in [cells[3] for _number, cells in first.rows]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
@pytest.mark.parametrize("ends", ["\r\n", "\n", "\r"])
def test_a_csv_is_read_in_the_encodings_and_line_ends_of_spreadsheets(encoding, ends):
    text = HEAD.replace("\r\n", ends) + f"1,Elm,Time,“Café”{ends}"
    assert csv_of(text.encode(encoding)).rows == [(2, ["1", "Elm", "Time", "“Café”"])]


def test_separators_within_quotes_of_the_header_set_nothing_apart():
    read = csv_of(b'"document; site; day",tag\r\nElm,Time')
    assert read == Table(["document; site; day", "tag"], [(2, ["Elm", "Time"])])
    assert table_of('"definition; of the code",name\nA day,Time')[1] == ["A day", "Time"]


def test_windows_text_says_so():
    report = Report()
    read_csv("tag;description\r\nZeit;“Café”".encode("cp1252"), report)
    assert "not UTF-8" in next(iter(report.notes))


def test_broken_utf_8_is_read_as_windows_text_and_binary_is_refused():
    assert csv_of(HEAD.encode() + b"1,E\xc3\x28lm,Time,x").rows[0][1][1] == "EÃ(lm"
    assert "no text" in refused(csv_of, bytes(range(32)) * 20)
    assert "cut off" in refused(csv_of, HEAD.encode("utf-16")[:-1])


def test_a_nul_in_a_row_is_refused_with_its_number():
    rows = HEAD + "1,Elm,Time,one\n" * 500 + "2,Elm,Time,t\x00wo\n"
    assert refused(csv_of, rows.encode()) == "Row 502 holds a character that is no text (NUL)."


def test_an_unclosed_or_endless_cell_is_refused_with_its_row():
    assert "Row 3 cannot be read" in refused(csv_of, (HEAD + '1,a,b,c\n2,"' + "x" * 200_000).encode())


def test_rows_keep_their_numbers_and_formulas_lose_their_apostrophe():
    table = csv_of((HEAD + "\n,,,\n1,Elm,Time,'=SUM(1)\n2,Elm\n").encode())
    assert table.rows == [(4, ["1", "Elm", "Time", "=SUM(1)"]), (5, ["2", "Elm", "", ""])]


@pytest.mark.parametrize("said", ["'=1+1", "''+x", "'", "-x", "'tis", "' -x", "'\n=1"])
def test_what_goes_out_comes_back_as_it_was(said):
    header, row = ["document", "tag", "content"], ["Elm", "Time", said]
    assert csv_of("".join(spreadsheets.lines(header, [row])).encode()).rows == [(2, row)]
    assert xlsx(spreadsheets.workbook([("S", header, [row])])).rows == [(2, row)]


def test_too_many_rows_are_refused(monkeypatch):
    monkeypatch.setattr(tables, "MOST_ROWS", 2)
    assert "Split the file at row 4" in refused(csv_of, (HEAD + "1,a,b,c\n" * 3).encode())
    assert "Split the file at row 4" in refused(xlsx, book(["document", "tag"], *[["a", "b"]] * 3))


def test_an_empty_table_says_so():
    assert "nothing in this table" in refused(csv_of, b"\n\n,,\n")
    assert "nothing in this table" in refused(xlsx, book())


# ---- XLSX


def test_of_formulas_the_saved_values_are_taken_and_nothing_is_worked_out():
    data = book(["document", "tag", "content"], ["Elm", "Time", '="wo"&"rds"'])
    assert xlsx(data).rows == [(2, ["Elm", "Time", ""])]
    sheet = zipfile.ZipFile(io.BytesIO(data)).read("xl/worksheets/sheet1.xml").decode()
    assert "</f><v" in sheet
    saved = re.sub(r"</f><v ?/?>(</v>)?", "</f><v>words</v>", sheet.replace('<c r="C2">', '<c r="C2" t="str">'))
    assert xlsx(with_part(data, "xl/worksheets/sheet1.xml", saved)).rows == [(2, ["Elm", "Time", "words"])]


def test_numbers_moments_and_marks_come_as_text():
    moment = dt.datetime(2026, 1, 5, 14, 30, tzinfo=dt.UTC).replace(tzinfo=None)
    assert xlsx(book(["document", "tag"], [3.0, moment], [2.5, True])).rows == [
        (2, ["3", "2026-01-05T14:30:00"]),
        (3, ["2.5", "True"]),
    ]


def test_merged_cells_have_their_value_in_the_first():
    data = book(
        ["document", "tag"], ["Elm", "Time"], [None, "Space"], prepare=lambda made: made.active.merge_cells("A2:A3")
    )
    read = read_rows(xlsx(data))
    assert [(fault.row, fault.column) for fault in read.faults] == [(1, "words")]
    assert xlsx(data).rows[1] == (3, ["", "Space"])


def test_200_000_empty_rows_are_left_out():
    made = openpyxl.Workbook(write_only=True)
    sheet = made.create_sheet("highlights")
    sheet.append(["document", "tag"])
    for _ in range(200_000):
        sheet.append([None, None])
    sheet.append(["Elm", "Time"])
    out = io.BytesIO()
    made.save(out)
    assert xlsx(out.getvalue()).rows == [(200_002, ["Elm", "Time"])]


def test_the_sheet_with_the_right_header_is_taken():
    def prepare(made):
        made.create_sheet("codings").append(["participant", "code path", "start", "end"])
        made["codings"].append(["P01", "Time", 1, 2])

    assert xlsx(book(["About this file"], prepare=prepare)).rows == [(2, ["P01", "Time", "1", "2"])]
    assert xlsx(book(["something", "else"])).header == ["something", "else"]


def test_macros_entities_bombs_and_damaged_workbooks_are_refused():
    data = book(["document", "tag"], ["Elm", "Time"])
    assert "macros" in refused(xlsx, with_part(data, "xl/vbaProject.bin", b"x"))
    entity = b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "b">]><x>&a;</x>'
    assert "entities" in refused(xlsx, with_part(data, "xl/sharedStrings.xml", entity))
    wide = entity.decode().encode("utf-16")
    assert "entities" in refused(xlsx, with_part(data, "xl/styles.xml", wide))
    assert "times its size" in refused(xlsx, with_part(data, "xl/x.xml", b"a" * 50_000_000))
    assert "times its size" in refused(xlsx, bomb(30))
    assert "damaged" in refused(xlsx, data[:3000])
    assert "damaged" in refused(xlsx, liar(data))
    assert "nothing in this table" in refused(xlsx, with_part(data, "xl/workbook.xml", b"<x/>"))
    assert "damaged" in refused(xlsx, with_part(data, "xl/worksheets/sheet1.xml", b"<worksheet><sheetData>"))


def test_a_workbook_that_points_outside_is_refused():
    data = book(["document", "tag"], ["Elm", "Time"])
    assert "points outside" in refused(xlsx, with_part(data, "../../etc/x.xml", b"<x/>"))


# ---- what the rows mean


def rows_of(*lines, header=("document", "tag", "content", "start", "end", "created", "transcript id")):
    return read_rows(Table(list(header), [(number, list(line)) for number, line in enumerate(lines, start=2)]))


def test_every_column_that_milepost_writes_is_known():
    header = list(csv.reader([",".join(COLUMNS)]))[0]
    read = read_rows(
        Table(
            header,
            [
                (
                    2,
                    ["P01", "", "", "", "2026-01-05", "Time", "A › Time", "Coder 1", "Yes."]
                    + [
                        "4",
                        "8",
                        "A memo",
                        "2026-01-05T14:00+00:00",
                        "",
                        "b51079f1-213b-5416-9deb-fc61a15ddc48",
                        "b51079f1-213b-5416-9deb-fc61a15ddc48",
                    ],
                )
            ],
        )
    )
    assert not read.faults
    [row] = read.rows
    assert (row.document, row.code, row.words, row.start, row.end) == ("P01", "A › Time", "Yes.", 4, 8)
    assert (row.coder, row.memo, row.date) == ("Coder 1", "A memo", DAY)
    assert row.created == dt.datetime(2026, 1, 5, 14, tzinfo=dt.UTC)
    assert row.transcript == row.coding


def test_what_is_wrong_is_named_with_row_column_and_value():
    good = ["Elm", "Time", "words", "", "", "", ""]
    read = rows_of(
        good,
        ["", "Time", "words", "", "", "", ""],
        ["Elm", "Time", "", "", "", "", ""],
        ["Elm", "Time", "words", "4", "", "", ""],
        ["Elm", "Time", "words", "9", "4", "", ""],
        ["Elm", "Time", "words", "-1", "x", "", ""],
        ["Elm", "Time", "words", "", "", "yesterday", "abc"],
        ["Elm", "T" * 2000, "words", "", "", "2026-13-45T00:00", ""],
    )
    assert [row.document for row in read.rows] == ["Elm"]
    assert [(fault.row, fault.column, fault.value[:9]) for fault in read.faults] == [
        (3, "document", ""),
        (4, "words", ""),
        (5, "end", ""),
        (6, "end", "4"),
        (7, "start", "-1"),
        (7, "end", "x"),
        (8, "created", "yesterday"),
        (8, "transcript", "abc"),
        (9, "created", "2026-13-4"),
        (9, "code", "T" * 9),
    ]
    assert "counted in characters from 0" in read.faults[4].message


def test_a_header_without_what_is_needed_says_what_it_may_be_called():
    read = rows_of(["1", "2"], header=("documnt", "tag"))
    assert [(fault.row, fault.column, fault.value) for fault in read.faults] == [
        (1, "document", "documnt"),
        (1, "words", ""),
    ]
    assert "participant, interview" in read.faults[0].message
    twice = rows_of(["1", "2", "3", "4"], header=("document", "tag", "content", "Document"))
    assert [fault.message for fault in twice.faults] == ["This column is there twice."]
    assert "no rows below the header" in rows_of(header=("document", "tag", "content")).faults[0].message


def test_codings_and_codebooks_are_told_apart():
    assert is_codings(COLUMNS)
    assert is_codings(["id", "document", "tag", "content"])
    assert not is_codings(["tag", "description"])
    assert is_codes(["tag", "description", "number of highlights", "number of documents"])
    assert is_codes(["Name", "Description"])
    assert not is_codes(["document", "tag", "content"])
    assert not is_codes(["one", "two"])
