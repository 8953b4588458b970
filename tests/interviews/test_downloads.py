import csv
import datetime as dt
import io
import zipfile

import docx
import openpyxl
import pytest

from interviews import codebook, coding, deidentifying, memos, studying
from interviews.exchange.coding_table import COLUMNS
from interviews.models import AgreementRound, Code, Coding
from interviews.studying import coder_of
from tests.interviews.conftest import transcript_of
from tests.interviews.test_views import BASE, page

pytestmark = pytest.mark.django_db
OUT = f"{BASE}exchange/"


@pytest.fixture
def ria(sign_in, world, study):
    return sign_in(world.ria)


@pytest.fixture
def cleared(world, study, guide, codes, by):
    """P01, who may be quoted, and P02, who may not, each with a passage that has a memo; their texts name nobody."""
    made = {}
    for name, scope in (("P01", "quote"), ("P02", "no_quotes")):
        said = f"I: Who?\n{name}: =SUM(1) 😀 e\u0301, then.\nI: And?\n{name}: Yes."
        text = transcript_of(
            study, guide, by, name, said=said, name="", scope=scope, project=world.project, site=world.elm
        )
        start = text.text.index("=SUM")
        one = coding.apply_code(text, codes["Time"].pk, start=start, end=start + 12, revision=1, **by)
        memos.write_memo(study, one, text="-A thought.", **by)
        deidentifying.say_cleared(text, cleared=True, revision=1, **by)
        made[name] = text
    return made


def body(answer):
    assert answer.status_code == 200
    return b"".join(answer.streaming_content) if answer.streaming else answer.content


def rows_of(answer):
    return list(csv.DictReader(io.StringIO(body(answer).decode("utf-8-sig"))))


def test_codings_come_as_a_table_with_the_words_of_who_agreed_to_quotes(ria, cleared):
    first, second = rows_of(ria.get(f"{OUT}codings.csv"))
    assert tuple(first) == COLUMNS
    assert first["participant"] == "P01"
    assert first["code path"] == "Barriers › Time"
    assert first["coder"] == "Coder 1"
    assert first["words"] == "'=SUM(1) 😀 e\u0301"
    assert first["memo"] == "'-A thought."
    assert first["words left out because"] == ""
    text = cleared["P01"].text
    assert text[int(first["start"]) : int(first["end"])] == first["words"][1:]
    assert (second["participant"], second["words"]) == ("P02", "")
    assert second["words left out because"] == "no quotes were agreed to"
    assert int(second["end"]) > int(second["start"])


def test_coders_go_by_name_only_when_asked_for(ria, cleared):
    assert "Ria" not in body(ria.get(f"{OUT}codings.csv")).decode()
    assert rows_of(ria.get(f"{OUT}codings.csv?coders=names"))[0]["coder"] == "Ria Castellan"


def test_memos_about_a_text_that_names_somebody_stay(world, ria, cleared, by):
    deidentifying.say_cleared(cleared["P01"], cleared=False, revision=1, **by)
    row = rows_of(ria.get(f"{OUT}codings.csv"))[0]
    assert (row["words"], row["memo"]) == ("", "")
    assert row["words left out because"] == "the text still names somebody"


def test_a_memo_of_somebody_else_says_whose_it_is(world, ria, cleared, study):
    memos.write_memo(study, Coding.objects.earliest("pk"), text="Really?", by=world.bo, now=world.now)
    assert rows_of(ria.get(f"{OUT}codings.csv"))[0]["memo"] == "'-A thought.\nCoder 2: Really?"


def test_codings_come_as_a_workbook_without_formulas_that_says_what_is_left_out(ria, cleared):
    book = openpyxl.load_workbook(io.BytesIO(body(ria.get(f"{OUT}codings.xlsx"))))
    header, first, second = book["codings"].iter_rows()
    assert [cell.value for cell in header] == list(COLUMNS)
    words = first[COLUMNS.index("words")]
    assert (words.value, words.data_type) == ("=SUM(1) 😀 e\u0301", "s")
    assert first[COLUMNS.index("interview date")].value.date() == dt.date(2026, 1, 5)
    assert second[COLUMNS.index("words")].value is None
    about = [cell.value for (cell,) in book["about"].iter_rows()]
    assert "Left out: Words of 1 interview: no quotes were agreed to." in about


def test_what_was_taken_away_is_not_in_the_table(ria, cleared, by):
    coding.take_away(cleared["P01"], Coding.objects.earliest("pk").pk, **by)
    assert [row["participant"] for row in rows_of(ria.get(f"{OUT}codings.csv"))] == ["P02"]


def test_who_codes_blind_takes_along_only_their_own(world, cleared, study, sign_in):
    made = AgreementRound.objects.create(study=study, name="First", opened_by=world.ria, opened_at=world.now)
    made.coders.set([coder_of(study, world.bo)])
    made.transcripts.set([cleared["P01"]])
    bo = sign_in(world.bo)
    assert [row["participant"] for row in rows_of(bo.get(f"{OUT}codings.csv"))] == ["P02"]
    assert b'data-number="' not in body(bo.get(f"{BASE}interviews/{cleared['P01'].interview_id}/coded.html"))
    archive = zipfile.ZipFile(io.BytesIO(body(bo.get(f"{OUT}transcripts-html.zip"))))
    assert "that you code blind" in archive.read("left-out.txt").decode()


@pytest.mark.parametrize("many", [2, 60])
def test_the_table_takes_as_many_statements_however_much_is_coded(
    ria, cleared, codes, study, by, many, django_assert_max_num_queries
):
    coder = studying.coder_of(study, by["by"])
    place = {"transcript": cleared["P01"], "code": codes["Space"], "coder": coder}
    Coding.objects.bulk_create(Coding(**place, start=n, end=n + 3) for n in range(many))
    with django_assert_max_num_queries(14):
        assert len(rows_of(ria.get(f"{OUT}codings.csv"))) == many + 2


def test_a_coded_transcript_comes_as_a_page_and_for_word(ria, cleared):
    one = f"{BASE}interviews/{cleared['P01'].interview_id}/"
    answer = ria.get(f"{one}coded.html")
    assert answer["Content-Disposition"] == f'attachment; filename="p01-{cleared["P01"].interview_id}.html"'
    shown = body(answer).decode()
    assert "=SUM(1) 😀 e\u0301" in shown
    assert "Coder 1" in shown
    assert "Project staff, Collaborative Care, Elm Clinic, held on Jan. 5, 2026" in shown
    made = docx.Document(io.BytesIO(body(ria.get(f"{one}coded.docx?coders=names"))))
    assert "=SUM(1) 😀 e\u0301, then." in made.paragraphs[3].text
    [comment] = made.comments
    assert comment.author == "Ria Castellan"
    assert comment.text == "● Barriers › Time\n-A thought."


def test_a_transcript_whose_words_stay_here_is_refused_and_the_reason_said(ria, cleared):
    for kind in ("html", "docx"):
        answer = ria.get(f"{BASE}interviews/{cleared['P02'].interview_id}/coded.{kind}")
        assert "These words stay in Milepost: no quotes were agreed to." in page(answer, 403)
    assert ria.get(f"{BASE}interviews/999999/coded.html").status_code == 404


@pytest.mark.parametrize("kind", ["html", "docx"])
def test_all_transcripts_come_in_one_archive_that_says_what_is_left_out(ria, cleared, kind):
    archive = zipfile.ZipFile(io.BytesIO(body(ria.get(f"{OUT}transcripts-{kind}.zip"))))
    assert archive.testzip() is None
    assert archive.namelist() == [f"p01-{cleared['P01'].interview_id}.{kind}", "left-out.txt"]
    said = archive.read("left-out.txt").decode()
    assert "1 interview: no quotes were agreed to" in said


def test_an_archive_of_everything_says_that_nothing_is_left_out(ria, study):
    archive = zipfile.ZipFile(io.BytesIO(body(ria.get(f"{OUT}transcripts-html.zip"))))
    assert "Nothing is left out." in archive.read("left-out.txt").decode()


def test_the_codebook_comes_for_word_with_its_hierarchy_and_counts(ria, study, codes, cleared, by):
    words = {
        "definition": "Too few\nhours.",
        "use_when": "They say so.",
        "not_when": "They wait.",
        "examples": "“No \x0btime.”",
    }
    Code.objects.filter(pk=codes["Time"].pk).update(**words)
    codebook.merge_codes(codes["Space"], codes["Helps"], **by)
    made = docx.Document(io.BytesIO(body(ria.get(f"{OUT}codebook.docx"))))
    headings = [(one.style.name, one.text) for one in made.paragraphs if one.style.name.startswith(("Head", "Title"))]
    assert headings == [
        ("Title", "Codebook: What helps sites"),
        ("Heading 1", "● Barriers"),
        ("Heading 2", "● Time"),
        ("Heading 1", "■ Helps"),
        ("Heading 1", "Retired"),
        ("Heading 2", "■ Space"),
    ]
    said = [one.text for one in made.paragraphs]
    assert "Too few\nhours." in said
    assert "Use it when: They say so." in said
    assert "Do not use it when: They wait." in said
    assert "Examples: “No \ufffdtime.”" in said
    assert "2 passages in 2 interviews" in said
    assert "Not used yet; now part of Helps" in said


def test_a_deep_codebook_stands_at_the_deepest_heading_there_is(ria, study, by):
    parent = None
    for depth in range(12):
        parent = codebook.add_code(study, name=f"Level {depth}", parent=parent, **by)
    made = docx.Document(io.BytesIO(body(ria.get(f"{OUT}codebook.docx"))))
    assert made.paragraphs[-2].style.name == "Heading 9"
