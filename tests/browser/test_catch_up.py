"""A lead takes a running program in: 25 sites from a file, what they have reached from a spreadsheet, then Start."""

import datetime as dt
import re
from pathlib import Path

import pytest
from django.conf import settings
from playwright.sync_api import expect

from projects import planning, tailoring
from projects.models import Fitting, Plan, PlanItem, Project, Site
from tests.browser.looks import LOOKS, fits, in_look
from tests.cast import new_site

pytestmark = pytest.mark.django_db(transaction=True)
FILES = Path(__file__).parent.parent / "projects" / "files"
MOST_INTERACTIONS = 40
GRID = "/projects/collaborative-care/catch-up/"


class Hand:
    """Works a page as a person does, counting each click, each thing typed or pasted and each file chosen."""

    def __init__(self, page):
        self.page, self.interactions = page, 0

    def click(self, role, name, **more):
        self.interactions += 1
        self.page.get_by_role(role, name=name, **more).first.click()

    def fill(self, locator, text):
        self.interactions += 1
        locator.fill(text)

    def choose_file(self, label, path):
        self.interactions += 1
        self.page.get_by_label(label).set_input_files(path)


def paste(page, cell, block):
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.evaluate("block => navigator.clipboard.writeText(block)", block)
    cell.click()
    page.keyboard.press("Control+V")


def cell(page, site, milestone):
    """Return the box of a milestone at a site, found as a screen reader would name it."""
    return page.get_by_role("textbox", name=f"{site} {milestone}")


def test_25_sites_mid_stream_are_taken_in_from_file_to_start_with_few_interactions(world, visit, axe):
    project = planning.create_project(
        program=world.program,
        name="Mid-stream Care",
        ebi_name="Collaborative care",
        lead=world.ana,
        version=world.version,
        by=world.dee,
        now=world.now,
        starts_on=dt.date(2025, 1, 6),
    )
    table = (FILES / "twenty_five_dates.tsv").read_text()
    page = visit(world.ana, f"/projects/{project.slug}/")
    hand = Hand(page)
    hand.click("link", "Add sites from a file")
    hand.choose_file("Your file", FILES / "twenty_five_sites.csv")
    hand.click("button", "Check the file")
    hand.click("button", "Make 25 sites")
    expect(page.get_by_role("heading", name="Now say what already happened")).to_be_visible()
    axe(page)
    hand.click("link", "Catch up")
    hand.interactions += 1
    page.get_by_text("Paste a whole table").click()
    hand.fill(page.get_by_label("Your table"), table.replace("2025-06-05", "6/31/2025"))
    hand.click("button", "Show what will change")
    expect(page.get_by_text("1 of 82 typed cells needs another look.")).to_be_visible()
    axe(page)
    hand.fill(cell(page, "Basswood Clinic", "Interest on record"), "6/5/2025")
    hand.click("button", "Show what will change")
    expect(page.get_by_role("heading", level=1)).to_have_text("82 cells will be recorded")
    axe(page)
    hand.click("button", "Record 82 cells")
    expect(page.get_by_text("25 sites wait for your Start")).to_be_visible()
    axe(page)
    assert not Plan.objects.filter(project=project, active=True, site__isnull=False).exists()
    hand.click("link", "Choose and start sites")
    hand.click("checkbox", "All 25")
    hand.click("button", "Start the chosen sites")
    expect(page.get_by_text("25 sites have started.")).to_be_visible()
    assert hand.interactions < MOST_INTERACTIONS, hand.interactions
    assert Site.objects.filter(project=project, status=Site.Status.ACTIVE).count() == 25
    done = PlanItem.objects.filter(plan__project=project, done_at__isnull=False)
    assert done.count() == done.filter(on_behalf_of__project=project, done_by=world.ana).count() == 82
    assert done.filter(done_precision="month").exists()
    assert done.filter(done_precision="unknown").exists()
    assert Project.objects.get(pk=project.pk).sites.filter(plan__milestones_reached__gt=3).exists()


def test_a_block_pasted_into_a_cell_fills_the_grid_and_survives_a_sign_out(world, visit):
    planning.add_sites(
        world.project, [new_site(name, setting="school") for name in ("Ash", "Birch")], by=world.ana, now=world.now
    )
    page = visit(world.ana, f"{GRID}?columns=pre_implementation")
    paste(page, cell(page, "Ash", "Leader briefing held"), "2/3/2026\tx\tMar 2026\n\t2/9/2026\n4/1/2026\tx\tx\tx\tx\n")
    expect(page.locator("[data-pasted]")).to_contain_text("7 filled in. 2 did not fit")
    expect(cell(page, "Ash", "Written agreement signed")).to_have_value("x")
    expect(cell(page, "Birch", "Written agreement signed")).to_have_value("2/9/2026")
    paste(page, cell(page, "Birch", "Interest on record"), "oak clinic\t1/7/2026\nASH\t1/8/2026")
    expect(cell(page, "Oak Clinic", "Interest on record")).to_have_value("1/7/2026")
    expect(cell(page, "Ash", "Interest on record")).to_have_value("1/8/2026")
    cell(page, "Ash", "Leader briefing held").focus()
    page.keyboard.press("Enter")
    expect(cell(page, "Birch", "Leader briefing held")).to_be_focused()
    page.keyboard.press("ArrowUp")
    expect(cell(page, "Ash", "Leader briefing held")).to_be_focused()
    page.context.clear_cookies(name=settings.SESSION_COOKIE_NAME)
    page.get_by_role("button", name="Show what will change").click()
    expect(page.get_by_role("button", name="Sign in", exact=True)).to_be_visible()
    page = visit(world.ana, f"{GRID}?columns=pre_implementation")
    expect(page.get_by_text("What you had typed before is back in the grid.")).to_be_visible()
    expect(cell(page, "Birch", "Written agreement signed")).to_have_value("2/9/2026")
    page.get_by_role("button", name="Show what will change").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("9 cells will be recorded")


def test_who_goes_back_from_the_preview_finds_what_was_typed(world, visit):
    page = visit(world.ana, f"{GRID}?columns=pre_implementation")
    cell(page, "Oak Clinic", "Interest on record").fill("1/7/2026")
    page.get_by_text("Paste a whole table").click()
    page.get_by_label("Your table").fill("Oak Clinic\t1/8/2026\tx")
    page.get_by_role("button", name="Show what will change").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("2 cells will be recorded")
    page.go_back()
    expect(page.get_by_text("What you had typed before is back in the grid.")).to_be_visible()
    expect(cell(page, "Oak Clinic", "Interest on record")).to_have_value("1/8/2026")
    page.get_by_role("button", name="Show what will change").click()
    page.get_by_role("button", name="Record 2 cells").click()
    expect(page.get_by_role("button", name="Undo")).to_be_visible()
    page.goto(page.url.partition("/recorded/")[0] + "/catch-up/?sites=all&columns=pre_implementation")
    expect(cell(page, "Oak Clinic", "Interest on record")).to_have_value(re.compile("2026"))
    expect(page.get_by_text("What you had typed before")).to_be_hidden()


def add_own(world, text, *sites):
    """Add a milestone of their own to sites."""
    change = tailoring.Change(Fitting.Kind.OWN, step="leaders", item_kind="milestone", text=text)
    tailoring.fit([site.plan.pk for site in sites], change, by=world.ana, now=world.now)


def test_what_a_site_has_alone_is_typed_and_reached_by_keys_but_never_pasted_over(world, visit):
    add_own(world, "Board votes", world.elm, world.oak)
    for site, text in ((world.elm, "Room found"), (world.elm, "Line works"), (world.oak, "Council heard")):
        add_own(world, text, site)
    page = visit(world.ana, f"{GRID}?sites=all&columns=own")
    paste(page, cell(page, "Elm Clinic", "Board votes"), "1/7/2026\t1/8/2026\n1/9/2026\tx\n")
    expect(page.locator("[data-pasted]")).to_contain_text("2 filled in. 2 did not fit")
    expect(cell(page, "Elm Clinic", "Room found")).to_have_value("")
    paste(page, cell(page, "Elm Clinic", "Room found"), "x\nx\n")
    expect(page.locator("[data-pasted]")).to_contain_text("0 filled in. 2 did not fit")
    cell(page, "Elm Clinic", "Room found").fill("Jan 2026")
    for name in ("Elm Clinic Line works", "Oak Clinic Council heard"):
        page.keyboard.press("Enter")
        expect(page.get_by_role("textbox", name=name)).to_be_focused()
    page.keyboard.press("ArrowUp")
    expect(cell(page, "Elm Clinic", "Line works")).to_be_focused()
    page.get_by_role("button", name="Show what will change").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("3 cells will be recorded")


@pytest.mark.parametrize(("width", "scheme"), LOOKS)
def test_the_grid_and_an_event_for_many_hold_in_every_look(world, visit, axe, width, scheme):
    add_own(
        world, "The office of the county has said in writing that nothing more is needed. " * 3, world.elm, world.oak
    )
    add_own(world, "Gemeindeverwaltungszustimmungsbescheinigung" * 3, world.elm, world.oak)
    add_own(world, "Gemeindeverwaltungszustimmungsbescheinigung" * 2, world.oak)
    page = visit(world.ana, f"{GRID}?sites=all&columns=all")
    in_look(page, width, scheme)
    cell(page, "Oak Clinic", "Interest on record").fill("soon")
    page.get_by_role("button", name="Show what will change").click()
    expect(page.get_by_text("“soon” cannot be read.")).to_be_visible()
    axe(page)
    assert fits(page)
    page.goto(page.url.replace("catch-up", "board"))
    page.get_by_role("checkbox", name="Tick Oak Clinic").check()
    axe(page)
    page.get_by_role("button", name="Record for the ticked sites").click()
    page.get_by_text("Start services, small first").click()
    page.get_by_label("Everyone trained").check()
    page.get_by_label("When it happened").fill("Jan 2026")
    axe(page)
    assert fits(page)
    page.get_by_role("button", name="Show what will change").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("1 change will be recorded")
    axe(page)
    assert fits(page)
