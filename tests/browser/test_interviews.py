"""A researcher's week in a real browser: a study, an interview written down, its transcript, names, codes."""

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from interviews import coding, studying
from interviews.models import Coding, Interview, Study, Summary, Transcript
from projects.models import Role
from tests.browser.looks import LOOKS, fits, in_look
from tests.cast import join, person
from tests.interviews.conftest import GUIDE, SAID

pytestmark = pytest.mark.django_db(transaction=True)
BASE = "/studies/what-helps-sites/"


def test_an_administrator_switches_interviews_on_and_a_researcher_begins(world, visit, axe):
    researcher = person("Ria Castellan")
    join(researcher, Role.RESEARCHER, world.program)
    page = visit(world.dee, "/programs/michigan/interviews/")
    axe(page)
    page.get_by_label("Quality improvement").check()
    page.get_by_role("button", name="Switch interviews on").click()
    expect(page.get_by_text("Switched on: Quality improvement")).to_be_visible()
    axe(page)
    page = visit(researcher, "/programs/michigan/interviews/")
    page.get_by_role("link", name="Begin a study").click()
    page.get_by_label("Name").fill("What helps sites")
    page.get_by_label("What you want to find out").fill("To learn what helps.")
    axe(page)
    page.get_by_role("button", name="Begin the study").click()
    page.get_by_role("link", name="Write the guide").click()
    page.get_by_label("Questions").fill(GUIDE)
    axe(page)
    page.get_by_role("button", name="Save the guide").click()
    expect(page.get_by_text("How did your site begin?")).to_be_visible()
    axe(page)
    page.get_by_role("link", name="Participants").click()
    page.get_by_role("link", name="Add a participant").click()
    page.get_by_label("Pseudonym").fill("P07")
    page.get_by_label("Role group").select_option("partner")
    axe(page)
    page.get_by_role("button", name="Add to the list").click()
    page.get_by_label("Version of the form").fill("1")
    page.get_by_label("Given on").fill(world.program.today(timezone.now()).isoformat())
    page.get_by_label("Quotes by role group only").check()
    axe(page)
    page.get_by_role("button", name="Record consent").click()
    page.get_by_role("link", name="Interviews", exact=True).click()
    page.get_by_label("Participant").select_option(label="P07, Community partner")
    page.get_by_label("Guide").select_option(label="Interview guide, version 1")
    axe(page)
    page.get_by_role("button", name="Plan it").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("P07")
    assert Study.objects.get().interviews.count() == 1


@pytest.mark.parametrize(("width", "scheme"), LOOKS)
def test_an_interview_is_summed_up_in_one_go_and_stands_in_the_matrix(held, ria, visit, axe, width, scheme):
    page = visit(ria, "/styleguide/")
    in_look(page, width, scheme)
    page = visit(ria, f"{BASE}interviews/{held.pk}/")
    axe(page)
    assert fits(page)
    page.get_by_label("Summary: First days").fill("By a call from the county.")
    page.get_by_text("A quote, word for word").first.click()
    page.get_by_label("A quote, word for word: First days").fill("They simply rang.")
    page.get_by_label("Summary: What got in the way?").fill("Nobody had an hour.")
    page.get_by_role("button", name="Save all of it").click()
    expect(page.get_by_text("Saved.")).to_be_visible()
    assert Summary.objects.count() == 2
    page = visit(ria, f"{BASE}matrix/?by=role")
    expect(page.get_by_text("They simply rang.")).to_be_visible()
    axe(page)
    assert fits(page)


def test_a_transcript_is_brought_in_and_its_names_are_replaced(held, ria, visit, axe):
    page = visit(ria, f"{BASE}interviews/{held.pk}/")
    page.get_by_role("link", name="Bring in the transcript").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Transcript of")
    axe(page)
    page.get_by_label("The transcript's file").set_input_files(
        {"name": "talk.txt", "mimeType": "text/plain", "buffer": SAID.encode()}
    )
    page.get_by_role("button", name="Read this file").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Is this how it should read?")
    page.get_by_label("Maria Gonzalez (2)").select_option("P01")
    axe(page)
    page.get_by_role("button", name="Save the transcript").click()
    page.get_by_role("link", name="Replace the names").click()
    expect(page.get_by_role("group", name="Bo Lindqvist")).to_be_visible()
    axe(page)
    page.get_by_role("button", name="Replace what is ticked").click()
    expect(page.get_by_text("places are replaced.")).to_be_visible()
    page.get_by_role("checkbox").check()  # "Elm", perhaps an ordinary word
    page.get_by_role("button", name="Replace what is ticked").click()
    page.get_by_role("button", name="This text names nobody any more").click()
    expect(page.get_by_text("names nobody", exact=True)).to_be_visible()
    axe(page)
    text = Transcript.objects.get().text
    assert "[Site A]" in text
    assert not [name for name in ("Maria", "Bo ", "Elm", "616") if name in text]


def chosen(page, words):
    """Select words of the transcript, as a mouse does by drawing over them, until the palette says them."""
    page.evaluate(
        """(words) => {
            for (const part of document.querySelectorAll("[data-at]")) {
                const at = part.textContent.indexOf(words);
                if (at >= 0) getSelection().setBaseAndExtent(part.firstChild, at, part.firstChild, at + words.length);
            }
        }""",
        words,
    )
    expect(page.locator("[data-palette-words]")).to_have_text(words)


def test_a_passage_is_coded_with_keys_alone_undone_and_coded_anew(cleared, ria, visit, axe):
    page = visit(ria, f"{BASE}interviews/{cleared.interview_id}/transcript/")
    page.keyboard.press("j")
    page.keyboard.press("j")
    page.keyboard.press("c")
    expect(page.locator("[data-palette-words]")).to_have_text("Bo Lindqvist did.")
    page.keyboard.type("wh")
    expect(page.get_by_role("option", selected=True)).to_contain_text("What helped")
    page.keyboard.press("Enter")
    expect(page.locator("#margin-1 a.code-chip")).to_contain_text("What helped")
    made = Coding.objects.there().get()
    assert cleared.text[made.start : made.end] == "Bo Lindqvist did."
    axe(page)
    page.keyboard.press("Control+z")
    expect(page.locator("#margin-1 .code-chip")).to_have_count(0)
    page.keyboard.press("c")
    page.keyboard.type("Mood of the day")
    page.keyboard.press("Enter")
    expect(page.locator("#margin-1 a.code-chip")).to_contain_text("Mood of the day")
    expect(page.locator("#palette-codes [data-code]")).to_have_count(4)
    page.locator("#margin-1 a.code-chip").focus()
    page.keyboard.press("Enter")
    page.locator("#coding").get_by_label("Memo").fill("A word to come back to.")
    axe(page)
    page.get_by_role("button", name="Save the memo").click()
    expect(page.locator("#margin-1 a.code-chip")).to_contain_text("with a memo")


def test_a_passage_is_coded_by_mouse_in_two_moves_and_codes_overlap(cleared, ria, visit):
    page = visit(ria, f"{BASE}interviews/{cleared.interview_id}/transcript/")
    chosen(page, "Elm Clinic was fine")
    page.get_by_role("option", name="What helped").click()
    expect(page.locator("#margin-3 a.code-chip")).to_have_count(1)
    chosen(page, "was fine. Call")
    page.get_by_role("option", name="Available resources").click()
    expect(page.locator("#margin-3 a.code-chip")).to_have_count(2)
    words = [cleared.text[one.start : one.end] for one in Coding.objects.order_by("start")]
    assert words == ["Elm Clinic was fine", "was fine. Call"]


def test_two_coders_see_each_other_after_seconds(cleared, ria, world, visit):
    by = {"by": ria, "now": timezone.now()}
    studying.take_in(cleared.interview.study, email=world.bo.email, owner=False, **by)
    page = visit(ria, f"{BASE}interviews/{cleared.interview_id}/transcript/")
    from_bo = {"by": world.bo, "now": timezone.now()}
    code = cleared.interview.study.codes.first()
    coding.apply_code(cleared, code.pk, start=0, end=11, revision=1, **from_bo)
    expect(page.locator("#margin-0 a.code-chip")).to_contain_text("Bo", timeout=9000)


def test_a_refused_coding_goes_again_and_says_why(cleared, ria, visit):
    page = visit(ria, f"{BASE}interviews/{cleared.interview_id}/transcript/")
    Transcript.objects.update(revision=2)
    chosen(page, "Elm Clinic was fine")
    page.get_by_role("option", name="What helped").click()
    expect(page.locator("#toasts")).to_contain_text("Somebody changed this text meanwhile")
    expect(page.locator(".code-chip")).to_have_count(0)


@pytest.mark.parametrize(("width", "scheme"), LOOKS)
def test_codebook_and_coding_hold_at_every_width(cleared, ria, visit, axe, width, scheme):
    page = visit(ria, "/styleguide/")
    in_look(page, width, scheme)
    code = cleared.interview.study.codes.first()
    for path in ("", "interviews/", "participants/", "codes/", f"codes/{code.pk}/", "people/", "protection/", "guide/"):
        page = visit(ria, f"{BASE}{path}")
        axe(page)
        assert fits(page), path
    page = visit(ria, f"{BASE}interviews/{cleared.interview_id}/transcript/")
    axe(page)
    assert fits(page)
    assert Interview.objects.count() == 1
