"""A team that comes from Taguette: its project comes in with every coding, its tables find their texts."""

import io
from pathlib import Path

import openpyxl
import pytest

from interviews import deidentifying
from interviews.models import Code, Coding, Participant, Transcript
from tests.interviews.conftest import transcript_of
from tests.interviews.test_bringing_in import bring, counts, look, remarks
from tests.interviews.test_downloads import OUT, rows_of
from tests.interviews.test_tables import HEAD
from tests.interviews.test_taguette import MADE, SELECTED
from tests.interviews.test_views import page

pytestmark = pytest.mark.django_db
FIXTURES = Path(__file__).parent / "fixtures"
TABLE = (FIXTURES / "taguette-highlights.csv").read_bytes()
__all__ = ["bring", "look"]  # fixtures


def squeezed(words):
    return "".join(words.split())


def coded():
    rows = Coding.objects.there().select_related("code", "transcript")
    return sorted((squeezed(one.transcript.text[one.start : one.end]), one.code.name) for one in rows)


def selected():
    """Return what was coded in Taguette, under the names that the codes have here."""
    pairs = [(squeezed(one["raw"]), tag) for one in SELECTED for tag in one["tags"]]
    return sorted((words, tag.removeprefix("barriers.")) for words, tag in pairs)


def test_a_taguette_project_comes_in_with_every_coding_at_its_words(study, look, bring):
    seen = look(MADE.read_bytes(), name="project.sqlite3")
    assert counts(seen) == counts(bring(MADE.read_bytes()))
    assert coded() == selected()
    assert Transcript.objects.count() == 3
    text = Transcript.objects.get(text__startswith="Interview with P21")
    assert [turn[3] for turn in text.turns][:3] == ["", "Interviewer", "P21"]
    time = study.codes.get(name="time")
    assert (time.parent.name, time.definition) == ("barriers", "Too few hours")
    assert {coder.name for coder in study.coders.all()} == {"admin"}


def test_the_same_project_twice_changes_nothing(study, bring):
    bring(MADE.read_bytes())
    again = bring(MADE.read_bytes())
    assert all(new == 0 for new, _there in counts(again).values())
    assert coded() == selected()


def test_taguettes_table_of_highlights_finds_the_same_words(study, bring, by):
    bring(MADE.read_bytes())
    Coding.objects.all().delete()
    for text in Transcript.objects.all():
        deidentifying.say_cleared(text, cleared=True, revision=1, **by)
    job = bring(TABLE, name="all_tags.csv")
    assert coded() == selected()
    assert Code.objects.count() == 6
    assert remarks(job, "losses") == ""


def test_a_table_with_rows_to_mend_brings_nothing_in_and_keeps_its_faults_for_the_look(study, look, bring):
    bring(MADE.read_bytes())
    before = coded()
    table = HEAD + "1,one,barriers,twice & more\n2,one,,Never said\n"
    seen = look(table.encode(), name="mine.csv")
    assert seen.result["report"]["blocked"]
    assert [one["row"] for one in seen.result["report"]["faults"]] == [3]
    failed = bring(table.encode(), name="mine.csv")
    assert (failed.state, failed.reason) == ("failed", "Rows of this table must be mended first. Look at it again.")
    assert coded() == before


def test_rows_whose_words_are_nowhere_are_told_without_their_words(study, bring):
    bring(MADE.read_bytes())
    before = len(coded())
    table = HEAD + "1,one,barriers,twice & more\n2,one,barriers,Never said by anybody\n"
    job = bring(table.encode(), name="mine.csv")
    assert len(coded()) == before + 1
    assert "row 3" in remarks(job, "losses")
    assert "Never said" not in str(job.result)


def test_our_own_table_comes_back_after_its_codings_are_gone(study, bring, by, sign_in, world):
    bring(MADE.read_bytes())
    for text in Transcript.objects.all():
        deidentifying.say_cleared(text, cleared=True, revision=1, **by)
    who = Participant.objects.first()
    who.consents.create(form_version="1", given_on=by["now"].date(), scope="quote", recorded_by=world.ria)
    before = {(one.guid, one.code_id, one.start, one.end, one.coder_id) for one in Coding.objects.all()}
    file = b"".join(sign_in(world.ria).get(f"{OUT}codings.csv").streaming_content)
    assert any(row["words"] for row in rows_of(sign_in(world.ria).get(f"{OUT}codings.csv")))
    Coding.objects.all().delete()
    job = bring(file, name="codings.csv")
    assert {(one.guid, one.code_id, one.start, one.end, one.coder_id) for one in Coding.objects.all()} == before
    assert remarks(job, "losses") == ""


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_taguettes_codebook_fills_the_codebook(study, bring, kind):
    bring((FIXTURES / f"taguette-codebook.{kind}").read_bytes())
    assert study.codes.get(name="time").parent.name == "barriers"
    assert study.codes.count() == 6


def test_a_table_is_handed_back_with_its_faults_on_the_page_of_the_look(study, look, bring, sign_in, world):
    bring(MADE.read_bytes())
    table = HEAD + "1,one,barriers,twice & more\n2,one,,'=1\n3,one,barriers,Never said\n"
    seen = look(table.encode(), name="mine.csv")
    ria = sign_in(world.ria)
    shown = page(ria.get(f"{OUT}{seen.pk}/"))
    assert "These rows must be mended first" in shown
    assert "2 rows need another look." in shown
    assert f'href="{OUT}{seen.pk}/rows-to-mend/"' in shown
    back = rows_of(ria.get(f"{OUT}{seen.pk}/rows-to-mend/"))
    assert [bool(row["errors"]) for row in back] == [False, True, True]
    assert back[1]["content"] == "'=1"
    assert back[2]["errors"].startswith("words: These words are not in the text")
    project = look(MADE.read_bytes())
    assert ria.get(f"{OUT}{project.pk}/rows-to-mend/").status_code == 404


def test_the_page_says_what_leaves_and_what_stays(study, bring, sign_in, world, by):
    bring(MADE.read_bytes())
    ria = sign_in(world.ria)
    shown = page(ria.get(OUT))
    assert "3 interviews: their texts still name somebody" in shown
    assert "coded.docx" not in shown
    text = Transcript.objects.first()
    deidentifying.say_cleared(text, cleared=True, revision=1, **by)
    text.interview.participant.consents.create(
        form_version="1", given_on=by["now"].date(), scope="quote", recorded_by=world.ria
    )
    assert f"interviews/{text.interview_id}/coded.docx" in page(ria.get(OUT))


@pytest.mark.parametrize("many", [1, 12])
def test_the_page_takes_as_many_statements_however_many_texts(
    study, guide, by, sign_in, world, many, django_assert_max_num_queries
):
    for number in range(many):
        transcript_of(study, guide, by, f"P{number:02}", said="I: Yes?\nP: No.\n", name="")
    ria = sign_in(world.ria)
    ria.get(OUT)
    with django_assert_max_num_queries(14):
        assert page(ria.get(OUT)).count("stays here:") == many


def test_a_table_in_windows_1252_comes_back_as_it_was_with_its_accents(look, bring, sign_in, world):
    bring(MADE.read_bytes())
    seen = look((HEAD + "1,one,barriers,“Señora” says\n").encode("cp1252"), name="mine.csv")
    answer = sign_in(world.ria).get(f"{OUT}{seen.pk}/rows-to-mend/")
    assert answer["Content-Disposition"].endswith('-rows-to-mend.csv"')
    (row,) = rows_of(answer)
    assert row.pop("errors")
    assert row == {"id": "1", "document": "one", "tag": "barriers", "content": "“Señora” says"}


def test_a_workbook_comes_back_as_a_workbook_whose_cells_are_no_formulas(look, bring, sign_in, world):
    bring(MADE.read_bytes())
    book = openpyxl.Workbook()
    for cells in (
        ["id", "document", "tag", "content", "errors", "mine"],
        ["7", "one", "barriers", "Never said", "old", "'=1+1"],
    ):
        book.active.append(cells)
    file = io.BytesIO()
    book.save(file)
    seen = look(file.getvalue(), name="mine.xlsx")
    answer = sign_in(world.ria).get(f"{OUT}{seen.pk}/rows-to-mend/")
    assert answer["Content-Disposition"].endswith('-rows-to-mend.xlsx"')
    header, row = openpyxl.load_workbook(io.BytesIO(answer.content)).active.iter_rows()
    assert [cell.value for cell in header] == ["id", "document", "tag", "content", "mine", "errors"]
    assert [cell.value for cell in row][:5] == ["7", "one", "barriers", "Never said", "=1+1"]
    assert row[4].data_type == "s"
    assert row[5].value.startswith("words: These words are ")


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_a_table_with_a_wrong_header_comes_back_with_what_is_wrong_in_it(kind, study, look, sign_in, world):
    rows = [["documnt", "tag", "content"], ["one", "barriers", "twice & more"]]
    file = io.BytesIO()
    if kind == "xlsx":
        book = openpyxl.Workbook()
        for cells in rows:
            book.active.append(cells)
        book.save(file)
    else:
        file.write("\n".join(",".join(cells) for cells in rows).encode())
    seen, ria = look(file.getvalue(), name=f"mine.{kind}"), sign_in(world.ria)
    shown = page(ria.get(f"{OUT}{seen.pk}/"))
    assert "These rows must be mended first" in shown
    assert "This column is missing. It may also be called document, participant" in shown
    assert "It keeps to its format" not in shown
    assert "Bring it in" not in shown
    answer = ria.get(f"{OUT}{seen.pk}/rows-to-mend/")
    assert answer["Content-Disposition"].endswith(f'-rows-to-mend.{kind}"')
    if kind == "xlsx":
        sheet = openpyxl.load_workbook(io.BytesIO(answer.content)).active
        header, row = ([cell.value or "" for cell in cells] for cells in sheet.iter_rows())
    else:
        [back] = rows_of(answer)
        header, row = list(back), list(back.values())
    assert header[:3] == rows[0]
    assert header[3].startswith("errors: document: This column is missing.")
    assert row[:3] == rows[1]
