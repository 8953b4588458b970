import datetime as dt
import io
import re
import secrets
import zipfile

import openpyxl
import pytest
from django.core.exceptions import ValidationError

from projects import spreadsheets, table_files
from tests.interviews.files import liar, with_part

HEADER = ["name", "organization", "county", "start date"]
ELM = ["Elm Clinic", "Lakeshore Health", "Kent", dt.date(2026, 12, 4)]


def book(*rows, prepare=None):
    """Return the bytes of a workbook with rows on its first sheet."""
    made = openpyxl.Workbook()
    for row in rows:
        made.active.append(row)
    if prepare:
        prepare(made)
    out = io.BytesIO()
    made.save(out)
    return out.getvalue()


def read(data):
    text, kind = table_files.text_in(io.BytesIO(data), wanted=lambda header: len(set(HEADER) & set(header)) > 2)
    return kind, *table_files.read_rows(text)


def refused(data):
    with pytest.raises(ValidationError) as error:
        read(data)
    return error.value.messages


def test_a_workbook_is_read_as_the_csv_it_stands_for():
    assert read(book(HEADER, ELM)) == ("xlsx", HEADER, [(2, ["Elm Clinic", "Lakeshore Health", "Kent", "2026-12-04"])])


def test_text_with_commas_quotes_lines_and_formula_signs_comes_as_it_is():
    said = ['A, “b” "c"', "two\nlines", "12", "=not run"]

    def prepare(made):
        made.active["D2"].data_type = "s"

    assert read(book(HEADER, [*said[:2], 12.0, said[3]], prepare=prepare))[2] == [(2, said)]


def test_rows_keep_the_numbers_that_the_spreadsheet_shows():
    assert [number for number, _cells in read(book([], HEADER, [], [], ELM))[2]] == [5]


def test_the_sheet_whose_header_fits_is_taken():
    def prepare(made):
        made.create_sheet("Sites").append(HEADER)
        made["Sites"].append(ELM)

    assert read(book(["How to fill this in"], prepare=prepare))[1] == HEADER


def test_merged_cells_are_named():
    [said] = refused(book(HEADER, ELM, ELM, prepare=lambda made: made.active.merge_cells("B2:B3")))
    assert said == "There are merged cells: B2:B3. Unmerge them, so that each row has its own value."


def test_of_formulas_the_saved_values_are_taken_and_one_without_is_named():
    data = book(HEADER, ["Elm", '="Lake"&"shore"', "Kent", "2026-12-04"])
    [said] = refused(data)
    assert said.startswith("There are formulas whose values were not saved: B2.")
    sheet = zipfile.ZipFile(io.BytesIO(data)).read("xl/worksheets/sheet1.xml").decode()
    saved = re.sub(r"</f><v ?/?>(</v>)?", "</f><v>Lakeshore</v>", sheet.replace('<c r="B2">', '<c r="B2" t="str">'))
    assert read(with_part(data, "xl/worksheets/sheet1.xml", saved))[2][0][1][1] == "Lakeshore"


def test_many_bad_cells_are_counted():
    [said] = refused(book(HEADER, *[["=1+1"]] * 9))
    assert "A2, A3, A4, A5, A6 and 4 more" in said


def test_200_000_empty_rows_are_nothing_and_a_row_below_them_is_named():
    def tall(*last):
        made = openpyxl.Workbook(write_only=True)
        sheet = made.create_sheet("Sites")
        for row in [HEADER, ELM, *[[None, None]] * 200_000, *last]:
            sheet.append(row)
        out = io.BytesIO()
        made.save(out)
        return out.getvalue()

    assert len(read(tall())[2]) == 1
    assert refused(tall(ELM)) == ["Row 200,003 stands below more than 1,000 empty rows. Delete the empty rows."]


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (with_part(book(HEADER, ELM), "xl/vbaProject.bin", b"x"), "There are macros in this workbook."),
        (with_part(book(HEADER, ELM), "../x.xml", b"<x/>"), "points outside itself"),
        (with_part(book(HEADER, ELM), "xl/x.xml", b"a" * 50_000_000), "times its size"),
        (liar(book(HEADER, ELM)), "This workbook is damaged."),
        (book(HEADER, ELM)[:900], "This workbook is damaged."),
        (book(), "There is nothing in this workbook."),
        (b"\xd0\xcf\x11\xe0 old", "an old Excel file (.xls), or one with a password"),
        (b"PK\x03\x04" + b"\0" * 26 + b"mimetypeapplication/vnd.oasis.opendocument.spreadsheet", "OpenDocument"),
        (b"a\x00b", "neither a text file nor an Excel workbook"),
        (b"a" * 1_048_577, "1 MB"),
        (b"PK\x03\x04" + b"a" * table_files.MOST_WORKBOOK, "5 MB"),
        (book(HEADER, *[[secrets.token_hex(15_000)] for _ in range(40)]), "The table is larger than 1 MB."),
    ],
    ids=["macros", "outside", "bomb", "liar", "cut", "empty", "xls", "ods", "nul", "long", "big", "much text"],
)
def test_what_is_no_table_is_refused_in_words(data, said):
    assert said in refused(data)[0]


def test_what_goes_out_comes_in_again():
    rows = [["=SUM(1)", "Ümlaut", "+1", dt.date(2026, 12, 4)]]
    data = spreadsheets.workbook([("Sites", HEADER, rows)])
    assert read(data) == ("xlsx", HEADER, [(2, ["=SUM(1)", "Ümlaut", "+1", "2026-12-04"])])


def test_a_day_that_the_sheet_shows_as_a_month_is_a_month():
    """Excel keeps "Nov 2026" as its first day and shows the month only: nobody said which day it was."""

    def prepare(made):
        for cell, form in (("A2", "mmm-yy"), ("B2", "[$-409]mmmm yyyy;@"), ("C2", "d-mmm-yy"), ("D2", "mmm-yy")):
            made.active[cell].number_format = form

    first, other = dt.date(2026, 11, 1), dt.date(2026, 11, 4)
    assert read(book(HEADER, [first, first, first, other], prepare=prepare))[2] == [
        (2, ["2026-11", "2026-11", "2026-11-01", "2026-11-04"])
    ]


@pytest.mark.parametrize("separator", [",", ";", "\t"])
def test_what_separates_is_told_by_what_stands_outside_of_quotes(separator):
    text = f'name{separator}"one;two,three;\tfour,\nfive;six"\nElm{separator}x\n'
    assert [cells for _number, cells in table_files.read_rows(text)[1]] == [["Elm", "x"]]


def test_a_workbook_with_more_columns_than_are_read_is_refused():
    heads = [f"column {number}" for number in range(table_files.MOST_COLUMNS + 1)]
    [said] = refused(book(heads, heads))
    assert (
        said == f"There are more than {table_files.MOST_COLUMNS} columns in this table. Delete those you do not need."
    )
    assert len(read(book(heads[:-1], heads[:-1]))[1]) == table_files.MOST_COLUMNS


@pytest.mark.parametrize("said", ["'=1+1", "''+x", "'", "=1", "+1", "O'Neil", " =1".strip()])
def test_what_goes_out_comes_back_as_it_was(said):
    as_text = "".join(spreadsheets.lines(["name", "other"], [[said, "x"]]))
    as_book = spreadsheets.workbook([("S", ["name", "other"], [[said, "x"]])])
    assert read(as_text.encode())[2] == [(2, [said, "x"])]
    assert read(as_book)[2] == [(2, [said, "x"])]


def test_the_apostrophe_of_a_csv_that_was_saved_as_a_workbook_goes_too():
    assert read(book(HEADER, ["'-Elm", "'=1", "Kent"]))[2] == [(2, ["-Elm", "=1", "Kent"])]


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_a_table_is_the_same_however_its_lines_end(end):
    """A browser sends text on with other ends than a file had: what was seen is what is taken in."""
    text = f'name,"two{end}lines"{end}Elm,x{end}{end}Ash,"y{end}z"{end}'
    assert table_files.read_rows(text) == (["name", "two\nlines"], [(2, ["Elm", "x"]), (4, ["Ash", "y\nz"])])
