"""Coding in a real browser: positions in any script, everything by keyboard, search, and who withdraws meanwhile."""

import re

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from interviews import recruiting
from interviews.models import Coding, Memo
from tests.browser.looks import LOOKS, fits, in_look
from tests.browser.test_interviews import BASE, chosen

pytestmark = pytest.mark.django_db(transaction=True)

STRANGE = (
    "Interviewer: What got in the way?\r\n"
    "P02: 👩‍👩‍👧 First the family 🏥 then hours. We cafe\u0301 met 𝒜 late.\r\n"
    "Interviewer: קשה מאוד 🙂 היה אז\r\n"
    "P02: مرحبا 👍🏽 بكم هنا. The very end\r\n"
)


@pytest.fixture
def strange(bring_in):
    """A transcript with emoji, combining marks, letters beyond the basic plane, Hebrew and Arabic, from CRLF."""
    return bring_in(STRANGE, "Hours")


def text_url(transcript):
    return f"{BASE}interviews/{transcript.interview_id}/transcript/"


def code_next(page, typed="wh"):
    """Put "What helped", or another code, to the next sentence, by keys alone."""
    page.keyboard.press("j")
    page.keyboard.press("c")
    page.keyboard.type(typed)
    page.keyboard.press("Enter")


def test_positions_count_code_points_in_every_script(strange, ria, visit):
    page = visit(ria, text_url(strange))
    wanted = [
        "the family",
        "🏥 then",
        "then hours",
        "cafe\u0301 met",
        "𝒜",
        "🙂 היה",
        "היה אז",
        "👍🏽 بكم",
        "هنا. The very",
    ]
    for number, words in enumerate(wanted, start=1):
        chosen(page, words)
        page.get_by_role("option", name="Hours").click()
        expect(page.locator("a.code-chip")).to_have_count(number)
    made = [strange.text[one.start : one.end] for one in Coding.objects.order_by("pk")]
    assert made == wanted
    page.reload()
    expect(page.locator("a.code-chip")).to_have_count(len(wanted))
    underlined = page.evaluate("[...CSS.highlights.get('coded')].map((range) => range.toString())")
    assert sorted(underlined) == sorted(wanted)


def test_a_hit_is_coded_and_remarked_on_by_keyboard_alone(cleared, ria, visit):
    page = visit(ria, text_url(cleared))
    page.keyboard.press("/")
    page.keyboard.type('"was fine"')
    page.keyboard.press("Enter")
    expect(page.locator("mark")).to_have_text("was fine")
    page.get_by_role("link", name="Code this").focus()
    page.keyboard.press("Enter")
    expect(page.locator("[data-palette-words]")).to_have_text("Elm Clinic was fine.")
    page.keyboard.type("wh")
    page.keyboard.press("Enter")
    expect(page.locator("#margin-3 a.code-chip")).to_have_count(1)
    made = Coding.objects.get()
    assert cleared.text[made.start : made.end] == "Elm Clinic was fine."
    page.locator("#margin-3 a.code-chip").focus()
    page.keyboard.press("m")
    expect(page.get_by_label("Your memo")).to_be_focused()
    page.keyboard.type("Said twice.")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.locator("#margin-3")).to_contain_text("with a memo")
    page.locator("#coding a").first.focus()
    page.keyboard.press("Escape")
    expect(page.locator("#margin-3 a.code-chip")).to_be_focused()
    page.evaluate("document.querySelector('#coding').remove(); document.activeElement.blur()")
    page.keyboard.press("m")
    page.keyboard.type("About all of it.")
    page.get_by_role("button", name="Keep this memo").press("Enter")
    expect(page.get_by_role("status").get_by_text("Saved")).to_be_visible()
    assert sorted(memo.text for memo in Memo.objects.all()) == ["About all of it.", "Said twice."]


def test_single_keys_do_nothing_where_somebody_has_switched_them_off(cleared, ria, visit):
    ria.single_keys = False
    ria.save()
    page = visit(ria, text_url(cleared))
    for key in ("j", "n", "m", "c"):
        page.keyboard.press(key)
    assert page.evaluate("getSelection().toString()") == ""
    assert page.evaluate("document.activeElement.tagName") == "BODY"


@pytest.mark.parametrize(("width", "scheme"), LOOKS)
def test_what_was_found_is_coded_at_once_and_undone(cleared, ria, visit, axe, width, scheme):
    page = visit(ria, "/styleguide/")
    in_look(page, width, scheme)
    page = visit(ria, f"{BASE}search/?q=elm")
    page.locator(".hits input[type=checkbox]").first.check()
    axe(page)
    assert fits(page)
    page.get_by_label("All that is on this page").check()
    page.get_by_label("Code", exact=True).select_option(label="What helped")
    page.get_by_role("button", name="Show what will be coded").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("What will be coded")
    axe(page)
    assert fits(page)
    page.get_by_role("button", name="Put the code there").click()
    expect(page.get_by_text("3 passages have the code “What helped” now.")).to_be_visible()
    assert Coding.objects.there().count() == 3
    axe(page)
    page.get_by_role("button", name="Undo all of it").click()
    expect(page.get_by_text("3 codings are taken away again.")).to_be_visible()
    question = cleared.interview.guide.questions.first()
    page = visit(ria, f"{BASE}questions/{question.pk}/answers/")
    axe(page)
    assert fits(page)


def test_what_is_coded_in_a_second_window_comes_into_the_first_and_the_focus_stays(cleared, ria, visit):
    page = visit(ria, text_url(cleared))
    code_next(page)
    chip = page.locator("a.code-chip")
    expect(chip).to_have_count(1)
    chip.focus()
    second = page.context.new_page()
    second.goto(page.url)
    code_next(second, typed="ten")
    expect(second.locator("a.code-chip")).to_have_count(2)
    expect(chip).to_have_count(2, timeout=15000)  # a look every five seconds
    expect(page.get_by_role("link", name="What helped Ria")).to_be_focused()


def test_questions_are_gone_through_and_a_withdrawn_text_goes_from_the_screen(strange, ria, visit):
    page = visit(ria, text_url(strange))
    page.keyboard.press("n")
    expect(page.locator("[data-asks]")).to_be_focused()
    page.keyboard.press("j")
    expect(page.locator("[data-palette-words]")).to_have_text("What got in the way?")
    page.get_by_role("link", name=re.compile("all answers.*What got in the way")).click()
    expect(page.get_by_role("heading", level=1)).to_have_text("What got in the way?")
    expect(page.get_by_text("then hours.")).to_be_visible()
    page = visit(ria, text_url(strange))
    chosen(page, "then hours")
    recruiting.withdraw(strange.interview.participant, by=ria, now=timezone.now())
    page.get_by_role("option", name="Hours").click()
    expect(page.locator("#others")).to_contain_text("P01 has withdrawn")
    expect(page.locator(".words")).to_have_count(0)
    assert not Coding.objects.exists()


EDGES = """([first, from, last, to]) => {
  const words = (number) => document.querySelector(`#turn-${number} [data-at]`).firstChild;
  const at = (node, where) => (where < 0 ? node.data.length : where);
  getSelection().setBaseAndExtent(words(first), at(words(first), from), words(last), at(words(last), to));
}"""


@pytest.mark.parametrize(
    ("drawn", "margin", "words"),
    [
        ((0, -1, 1, 5), 1, "Bo Li"),  # begun behind the last word of the turn before
        ((1, 0, 2, 0), 1, None),  # drawn to the beginning of the next turn; the whole of one
    ],
)
def test_a_selection_that_touches_the_next_turn_takes_nothing_of_it(cleared, ria, visit, drawn, margin, words):
    page = visit(ria, text_url(cleared))
    whole = page.locator(f"#turn-{margin} [data-at]").text_content()
    page.evaluate(EDGES, drawn)
    expect(page.locator("[data-palette-words]")).to_be_visible()
    page.get_by_role("option", name="What helped").click()
    expect(page.locator(f"#margin-{margin} a.code-chip")).to_have_count(1)
    expect(page.locator(".pending")).to_have_count(0)
    made = Coding.objects.get()
    assert cleared.text[made.start : made.end] == (words or whole)


def test_sentences_are_gone_through_from_where_one_has_clicked(cleared, ria, visit):
    page = visit(ria, text_url(cleared))
    page.locator("#turn-1 [data-at]").click(position={"x": 2, "y": 4})
    page.keyboard.press("k")
    expect(page.locator("[data-palette-words]")).to_have_text(page.locator("#turn-0 [data-at]").text_content())
    page.locator("#turn-3 [data-at]").click(position={"x": 2, "y": 4})
    page.keyboard.press("j")
    assert page.evaluate("getSelection().anchorNode.parentElement.closest('li').id") == "turn-3"


AT = """([turn, from, to]) => {
  const words = document.querySelector(`#turn-${turn} [data-at]`).firstChild;
  const range = document.createRange();
  range.setStart(words, from);
  range.setEnd(words, to);
  const box = range.getBoundingClientRect();
  return [box.left, box.right, (box.top + box.bottom) / 2];
}"""


def test_a_passage_within_one_that_is_still_selected_is_drawn_with_the_mouse(cleared, ria, visit):
    page = visit(ria, text_url(cleared))
    whole = page.locator("#turn-1 [data-at]").text_content()
    page.evaluate(EDGES, (1, 0, 1, -1))
    expect(page.locator("[data-palette-words]")).to_be_visible()
    page.get_by_role("option", name="What helped").click()
    expect(page.locator("#margin-1 a.code-chip")).to_have_count(1)
    left, right, middle = page.evaluate(AT, [1, 0, 5])
    page.mouse.move(left + 1, middle)
    page.mouse.down()
    page.mouse.move(right - 1, middle, steps=4)
    page.mouse.up()
    expect(page.locator("[data-palette-words]")).to_have_text(whole[:5].strip())


def test_undo_by_key_goes_back_one_coding_after_the_other(cleared, ria, visit):
    page = visit(ria, text_url(cleared))
    for number in (1, 2):
        code_next(page)
        expect(page.locator("a.code-chip")).to_have_count(number)
    page.keyboard.press("Control+z")
    page.keyboard.press("Control+z")
    expect(page.locator("a.code-chip")).to_have_count(0)
    expect(page.locator("#toasts")).not_to_contain_text("Coded")
    page.locator("#toasts").get_by_role("button", name="Undo").last.click()
    expect(page.locator("a.code-chip")).to_have_count(1)
    expect(page.get_by_text("Taken away")).to_have_count(1)


def test_undo_by_key_stays_on_the_page_however_soon_it_is_pressed(cleared, ria, visit):
    page = visit(ria, text_url(cleared))
    page.evaluate("""() => {
        window.stays = true;
        new MutationObserver((_, watching) => {
            if (!toasts.querySelector("[data-undo]")) return;
            watching.disconnect();
            document.body.dispatchEvent(new KeyboardEvent("keydown", { key: "z", ctrlKey: true, bubbles: true }));
        }).observe(toasts, { childList: true, subtree: true });
    }""")
    code_next(page)
    expect(page.get_by_text("Taken away")).to_be_visible()
    expect(page.locator("a.code-chip")).to_have_count(0)
    assert page.evaluate("window.stays")


def test_a_memo_stays_on_the_page_however_soon_it_is_sent(cleared, ria, visit):
    page = visit(ria, text_url(cleared))
    code_next(page)
    expect(page.locator("#toasts [data-undo]")).to_have_count(1)
    page.evaluate("""() => {
        window.stays = true;
        const send = ({ target }) => {
            if (!target.matches("#coding textarea")) return;
            document.removeEventListener("focusin", send);
            target.value = "Said at once.";
            target.form.requestSubmit();
        };
        document.addEventListener("focusin", send);
    }""")
    page.locator("a.code-chip").focus()
    page.keyboard.press("m")
    expect(page.locator("li:has(> a.code-chip)").first).to_contain_text("with a memo")
    assert page.evaluate("window.stays")
    assert Memo.objects.get().text == "Said at once."


def test_one_is_back_in_the_text_after_coding_on_a_phone_and_after_a_memo(cleared, ria, visit):
    page = visit(ria, text_url(cleared))
    page.set_viewport_size({"width": 360, "height": 500})
    page.evaluate(EDGES, (1, 0, 1, -1))
    page.get_by_role("button", name="Code the selection").click()
    page.get_by_role("option", name="What helped").click()
    expect(page.locator("#turn-1 [data-at]")).to_be_in_viewport()
    chip = page.locator("#margin-1 a.code-chip")
    chip.focus()
    page.keyboard.press("m")
    expect(page.get_by_label("Your memo")).to_be_focused()
    page.keyboard.type("Said twice.")
    page.get_by_role("button", name="Save the memo").press("Enter")
    expect(page.locator("#margin-1")).to_contain_text("with a memo")
    expect(chip).to_be_focused()


def test_the_list_of_keys_is_seen_and_left_for_where_one_was(cleared, ria, visit):
    page = visit(ria, text_url(cleared))
    page.set_viewport_size({"width": 1280, "height": 500})
    page.locator("#turn-1 [data-at]").click()
    before = page.evaluate("scrollY")
    page.keyboard.press("?")
    expect(page.locator("[data-keys-help] dd").last).to_be_in_viewport()
    page.keyboard.press("?")
    page.wait_for_function("(before) => scrollY === before", arg=before)
