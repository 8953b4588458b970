"""Analysing what was coded, in a real browser: counts, passages by keyboard, the framework matrix, its workbook."""

import io

import pytest
from django.utils import timezone
from openpyxl import load_workbook
from playwright.sync_api import expect

from interviews import approving, codebook, filling, guiding, studying
from interviews.models import FrameworkCell
from projects.models import Role
from tests.browser.looks import LOOKS, fits, in_look
from tests.cast import join, person
from tests.interviews.analysed import talk_of
from tests.interviews.conftest import GUIDE

pytestmark = pytest.mark.django_db(transaction=True)
BASE = "/studies/what-helps-sites/"


@pytest.fixture
def by(world):
    """Ria, a researcher of the program; interviews are switched on."""
    ria = person("Ria Castellan")
    join(ria, Role.RESEARCHER, world.program)
    approving.switch_on(world.program, purpose="quality", by=world.dee, now=timezone.now())
    return {"by": ria, "now": timezone.now()}


@pytest.fixture
def study(world, by):
    """A study with three coded interviews, and Bo in it."""
    study = studying.begin_study(world.program, name="What helps sites", aim="To learn what helps.", **by)
    studying.take_in(study, email=world.bo.email, owner=False, **by)
    guide = guiding.write_guide(study, title="Interview guide", text=GUIDE, **by)
    barriers = codebook.add_code(study, name="Barriers", **by)
    time = codebook.add_code(study, name="Time", parent=barriers, **by)
    space = codebook.add_code(study, name="A room of one's own", **by)
    for who, group in (("P01", "staff"), ("P02", "partner"), ("P03", "partner")):
        marks = [("Time was short", time), ("short and the room was cold", space)]
        place = {"project": world.project, "site": world.elm}
        talk_of(study, guide, by, who, *marks[: 1 if who == "P03" else 2], role_group=group, **place)
    return study


def tab_to(page, target, most=60):
    """Press Tab until the focus is on an element."""
    for _ in range(most):
        if target.evaluate("element => element === document.activeElement"):
            return
        page.keyboard.press("Tab")
    raise AssertionError("The focus never came there.")


def test_passages_are_narrowed_and_a_cell_is_filled_and_exported_by_keyboard(world, study, by, visit):
    page = visit(by["by"], f"{BASE}counts/")
    tab_to(page, page.get_by_role("link", name="Time, Community partner: 2 passages in 2 of 2 interviews"))
    page.keyboard.press("Enter")
    expect(page.get_by_text("2 of 5 passages, in 2 interviews")).to_be_visible()
    tab_to(page, page.get_by_label("Also coded with"))
    page.keyboard.type("A room")
    page.keyboard.press("Enter")
    expect(page.get_by_text("1 of 5 passages, in 1 interview")).to_be_visible()
    expect(page.locator(".passages blockquote")).to_have_text(["Time was short"])
    tab_to(page, page.get_by_role("link", name="Take away the filter: also A room of one's own"))
    page.keyboard.press("Enter")
    expect(page.get_by_text("2 of 5 passages, in 2 interviews")).to_be_visible()

    tab_to(page, page.get_by_role("link", name="Framework"))
    page.keyboard.press("Enter")
    tab_to(page, page.get_by_label("Add a column"))
    page.keyboard.type("Barriers")
    page.keyboard.press("Enter")
    box = page.get_by_label("P02: Barriers")
    tab_to(page, box)
    page.keyboard.type("Hours are promised and taken back.")
    state = page.locator("form", has=box).locator(".cell-state")
    expect(state).to_contain_text("Saved. Ria Castellan")
    expect(box).to_be_focused()
    tab_to(page, page.locator("td", has=box).get_by_text("1 passage"))
    page.keyboard.press("Enter")
    expect(page.locator("td", has=box).locator("blockquote")).to_have_text(["Time was short"])

    cell = FrameworkCell.objects.get()
    said = {"text": "Bo's words.", "revision": cell.revision, **by, "by": world.bo}
    filling.fill_cell(study, cell.code, cell.participant, **said)
    tab_to(page, page.get_by_label("P01: Barriers"))
    tab_to(page, box)
    page.keyboard.press("Control+End")
    page.keyboard.type(" In winter.")
    expect(state).to_contain_text("Bo Lindqvist wrote here while you were writing")
    expect(state).to_contain_text("Bo's words.")
    page.keyboard.type(" Bo saw it too.")
    expect(state).to_contain_text("Saved. Ria Castellan")

    export = page.get_by_role("link", name="Download as XLSX")
    export.focus()
    with page.expect_download() as download:
        page.keyboard.press("Enter")
    book = load_workbook(io.BytesIO(download.value.path().read_bytes()))
    assert book["Matrix"]["E3"].value == "Hours are promised and taken back. In winter. Bo saw it too."
    assert book["Passages"].max_row == 1 + 3


@pytest.mark.parametrize(("width", "scheme"), LOOKS)
def test_the_analysis_holds_at_every_width(study, by, visit, axe, width, scheme):
    page = visit(by["by"], "/styleguide/")
    in_look(page, width, scheme)
    code, who = study.codes.get(name="Barriers"), study.participants.first()
    filling.fill_cell(study, code, who, text="Hours are promised and taken back.", revision=0, **by)
    cell = f"framework/participants/{who.pk}/{code.pk}/"
    for path in ("counts/", "together/", f"passages/?code={code.pk}", "framework/", cell, "new-codes/"):
        page = visit(by["by"], f"{BASE}{path}")
        axe(page)
        assert fits(page), path
        current = page.locator(".tabs [aria-current]")
        assert current.count() == 2
        for place in [one.bounding_box() for one in current.all()]:
            assert place["x"] >= 0, path
            assert place["x"] + place["width"] <= width, path
