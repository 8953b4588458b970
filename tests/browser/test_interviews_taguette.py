"""A team that comes from Taguette, in a real browser: its project in, its codings in the transcript, all out again."""

import io

import openpyxl
import pytest
from django.utils import timezone
from playwright.sync_api import expect

from interviews import deidentifying, studying
from interviews.models import Consent, Transcript
from tests.browser.looks import LOOKS, fits, in_look
from tests.browser.test_interviews import BASE
from tests.interviews.test_taguette import MADE

pytestmark = pytest.mark.django_db(transaction=True)


def test_a_taguette_project_comes_in_and_its_codings_go_out_as_a_workbook(world, ria, visit, axe):
    by = {"by": ria, "now": timezone.now()}
    studying.begin_study(world.program, name="What helps sites", aim="To learn what helps.", **by)
    page = visit(ria, f"{BASE}exchange/")
    page.get_by_label("The file").set_input_files(
        {"name": "project.sqlite3", "mimeType": "application/vnd.sqlite3", "buffer": MADE.read_bytes()}
    )
    page.get_by_role("button", name="Look at this file").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("This would come in")
    expect(page.get_by_role("row", name="Coded passages 15")).to_be_visible()
    page.get_by_label("Project staff").check()
    page.get_by_role("button", name="Bring it in").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("It is brought in")
    text = Transcript.objects.get(text__startswith="Interview with P21")
    page = visit(ria, f"{BASE}interviews/{text.interview_id}/transcript/")
    expect(page.locator("a.code-chip", has_text="Helps/people")).to_have_count(4)
    deidentifying.say_cleared(text, cleared=True, revision=1, **by)
    day = world.program.today(by["now"])
    given = {"form_version": "1", "given_on": day, "scope": "quote", "recorded_by": ria}
    Consent.objects.create(participant=text.interview.participant, **given)
    for width, scheme in LOOKS:
        in_look(page, width, scheme)
        page = visit(ria, f"{BASE}exchange/")
        page.get_by_text("One transcript at a time").click()
        axe(page)
        assert fits(page)
    with page.expect_download() as download:
        page.get_by_role("link", name="Workbook (.xlsx)").click()
    book = openpyxl.load_workbook(io.BytesIO(download.value.path().read_bytes()))
    header, *rows = book["codings"].iter_rows(values_only=True)
    words = {row[header.index("words")] for row in rows}
    assert {"twice & more 😀", "café <next door>", "Cafe\u0301 too…"} <= words
    assert "Somebody rang at noon" not in words
