import datetime as dt
import io
from zoneinfo import ZoneInfo

from openpyxl import load_workbook

from projects import spreadsheets

DAY = dt.date(2026, 1, 5)
NOON = dt.datetime(2026, 1, 5, 12, tzinfo=ZoneInfo("America/Detroit"))
MIDNIGHT = dt.datetime.combine(DAY, dt.time())


def opened(*tables):
    return load_workbook(io.BytesIO(spreadsheets.workbook(tables)))


def test_a_sheet_has_real_dates_and_numbers_and_a_header_that_stays():
    sheet = opened(
        ("Sites", ["Site", "Since", "At", "Done"], [["Ålm Clinic", DAY, NOON, 3], [None, None, None, 0]])
    ).active
    assert sheet.freeze_panes == "A2"
    assert sheet["A1"].font.bold
    assert [cell.value for cell in sheet[2]] == ["Ålm Clinic", MIDNIGHT, MIDNIGHT.replace(hour=12), 3]
    assert sheet["B2"].is_date


def test_text_is_never_taken_for_a_formula_and_loses_only_what_the_format_cannot_hold():
    sheet = opened(("S", ["=1+1"], [["=HYPERLINK(1)"], ["a\x00b"], ["x" * 40_000]])).active
    assert [cell.data_type for cell in sheet["A"]] == ["s"] * 4
    assert sheet["A2"].value == "=HYPERLINK(1)"
    assert sheet["A3"].value == "a\ufffdb"
    assert len(sheet["A4"].value) == 32_767
    assert opened(("S", ["a\uffff"], [["b\ufffe"]])).active["A2"].value == "b\ufffd"


def test_every_table_has_a_sheet_whose_name_excel_takes():
    assert opened(("A/B: [all] " + "x" * 40, ["a"], []), ("", ["a"], [])).sheetnames == ["AB all " + "x" * 24, "1"]
