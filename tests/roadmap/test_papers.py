import io
import re

import docx
import pytest
import yaml
from django.core.management import call_command

from roadmap import papers
from roadmap.glossary import CONTENT

KEYS = ["agreement-letter", "launch-checklist", "huddle-agenda", "workflow-drawing", "job-duties", "directors-case"]
LINES_A_PAGE, CHARACTERS_A_LINE = 46, 95


def words_of(content):
    """Return the document's paragraphs and cells, in no particular order."""
    made = docx.Document(io.BytesIO(content))
    cells = [cell.text for table in made.tables for row in table.rows for cell in row.cells]
    return [*(paragraph.text for paragraph in made.paragraphs), *cells]


def test_the_six_templates_are_there_for_steps_of_the_roadmap():
    assert list(papers.papers()) == KEYS
    roadmap = yaml.safe_load((CONTENT.parent / "roadmap.yaml").read_text(encoding="utf-8"))
    steps = {step["key"] for phase in roadmap["phases"] for step in phase["steps"]}
    assert {step for paper in papers.papers().values() for step in paper.steps} <= steps
    assert [paper.key for paper in papers.papers_at("launch")] == ["launch-checklist", "huddle-agenda"]
    assert papers.papers_at("needs") == []


@pytest.mark.parametrize("key", KEYS)
def test_a_template_opens_and_holds_its_title_headings_and_blanks(key):
    paper = papers.papers()[key]
    words = words_of(papers.document_of(paper))
    assert words[0] == paper.title
    for block in paper.blocks:
        if "heading" in block:
            assert block["heading"] in words
    assert not [line for line in words if "not_for" in line or "only_for" in line]
    assert any("[" in line for line in words)
    assert not re.search(r"[{}]|%\(", " ".join(words))


OF_COLLABORATIVE_CARE = re.compile(
    r"care manager|psychiatric|primary care|collaborative|registry|prescribe|screening|9949|G2214|CMS", re.IGNORECASE
)


@pytest.mark.parametrize("key", KEYS)
def test_a_template_speaks_of_one_intervention_only_on_the_roadmap_of_it(key):
    paper = papers.papers()[key]
    for edition in ("", "general", "a-states-own"):
        assert not [
            line for line in words_of(papers.document_of(paper, edition=edition)) if OF_COLLABORATIVE_CARE.search(line)
        ]
    own = [line for line in words_of(papers.document_of(paper, edition="cocm")) if OF_COLLABORATIVE_CARE.search(line)]
    assert bool(own) == (key in {"workflow-drawing", "job-duties", "directors-case"})


def test_the_marks_of_a_template_name_a_roadmap():
    said = papers.CONTENT.read_text(encoding="utf-8")
    assert set(re.findall(r"^ *- (?:\{)?(?:only_for|not_for): ([\w-]+)", said, re.MULTILINE)) == {"cocm"}


def test_what_is_known_is_filled_in_as_text_and_the_rest_stays_blank():
    letter = papers.papers()["agreement-letter"]
    known = {"Site": "Elm <b>& Sons</b>\x0b", "Coach": "Ana Brandt", "Phone of the coach": ""}
    words = " ".join(words_of(papers.document_of(letter, known)))
    assert "for Elm <b>& Sons</b>, and [Project]" in words
    assert "Ana Brandt, [Phone of the coach]" in words


@pytest.mark.parametrize("edition", ["", "cocm"])
def test_the_case_for_the_director_fits_on_one_page(edition):
    words = words_of(papers.document_of(papers.papers()["directors-case"], edition=edition))
    assert sum(1 + len(line) // CHARACTERS_A_LINE for line in words if line) < LINES_A_PAGE


@pytest.mark.parametrize("edition", ["", "cocm"])
def test_the_drawing_has_a_box_for_each_stage_and_arrows_between(edition):
    made = docx.Document(io.BytesIO(papers.document_of(papers.papers()["workflow-drawing"], edition=edition)))
    arrows = [paragraph for paragraph in made.paragraphs if paragraph.text == papers.ARROW]
    assert len(arrows) == 7
    assert len(made.tables) == 9


@pytest.mark.django_db
def test_the_guide_offers_a_template_at_its_step_and_hands_it_out_to_anybody(client):
    call_command("load_roadmap", verbosity=0)
    page = client.get("/roadmap/agree/")
    assert 'href="/roadmap/templates/agreement-letter/"' in page.content.decode()
    assert "Templates to fill in" not in client.get("/roadmap/needs/").content.decode()
    answer = client.get("/roadmap/templates/agreement-letter/")
    assert answer.headers["Content-Disposition"] == 'attachment; filename="agreement-letter.docx"'
    assert answer.headers["Content-Type"] == papers.DOCX
    assert client.get("/roadmap/templates/none/").status_code == 404


@pytest.mark.django_db
def test_the_guide_of_collaborative_care_hands_out_its_own_words(client):
    call_command("load_roadmap", verbosity=0)
    assert (
        'href="/roadmap/templates/job-duties/?roadmap=cocm"'
        in client.get("/roadmap/staff/?roadmap=cocm").content.decode()
    )
    own = client.get("/roadmap/templates/job-duties/?roadmap=cocm").content
    assert "Psychiatric consultant" in words_of(own)
    assert "Psychiatric consultant" not in words_of(client.get("/roadmap/templates/job-duties/").content)
    assert client.get("/roadmap/templates/job-duties/?roadmap=none").status_code == 404
