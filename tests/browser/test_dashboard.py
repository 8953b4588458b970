import re

import pytest
from playwright.sync_api import expect

from projects import barriers
from projects.models import Place, Site
from tests.browser.looks import LOOKS, fits, in_look
from tests.projects.many import add_active_sites

pytestmark = pytest.mark.django_db(transaction=True)
LONG = "Saint-Ignace-and-Upper-Peninsula-Regional-Community-Mental-Health-and-Recovery-Center-of-Mackinac-County"


def many_troubles(world):
    """Late sites, a stuck one, and one with a name longer than any phone is wide."""
    add_active_sites(world, 6)
    barriers.report_barrier(
        world.plan, "leaders", text="The agreement waits for county counsel.", shared=True, by=world.bo, now=world.now
    )
    Site.objects.filter(pk=world.oak.pk).update(name=LONG)
    Place.objects.filter(pk=world.oak.place_id).update(name=LONG)


def test_the_state_finds_the_site_that_needs_help_and_why_in_one_click(world, visit):
    many_troubles(world)
    page = visit(world.dee, "/roadmap/")
    page.get_by_role("navigation", name="Main", exact=True).get_by_role("link", name="Dashboard").click()
    card = page.locator(".help-card", has_text="Elm Clinic")
    expect(card).to_contain_text("The agreement waits for county counsel.")
    card.get_by_role("link", name="Elm Clinic").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Elm Clinic")


def test_a_choice_applies_at_once_stays_in_the_address_and_comes_off(world, visit):
    many_troubles(world)
    page = visit(world.dee, "/dashboard/")
    page.get_by_label("State", exact=True).focus()
    page.get_by_label("State", exact=True).select_option("stuck")
    expect(page).to_have_url(re.compile("state=stuck"))
    expect(page.locator(".shown")).to_have_text("1 of 9 sites")
    expect(page.get_by_label("State", exact=True)).to_be_focused()
    page.locator(".chip").click()
    expect(page.locator(".shown")).to_have_text("9 of 9 sites")


@pytest.mark.parametrize(("width", "scheme"), LOOKS)
def test_the_dashboard_is_accessible_and_fits(world, visit, axe, width, scheme):
    many_troubles(world)
    page = visit(world.dee, "/roadmap/")
    in_look(page, width, scheme)
    for path in ("/dashboard/", "/dashboard/?q=nothing-like-it", "/dashboard/?state=stuck&milestone=signed&reached=no"):
        visit(world.dee, path)
        axe(page)
        assert fits(page)


@pytest.mark.parametrize(("width", "scheme"), LOOKS)
def test_the_board_is_accessible_and_scrolls_within_itself(world, visit, axe, width, scheme):
    many_troubles(world)
    page = visit(world.ana, "/roadmap/")
    in_look(page, width, scheme)
    visit(world.ana, "/projects/collaborative-care/board/")
    axe(page)
    assert fits(page)


def test_the_boards_first_column_and_head_stay_in_view(world, visit):
    many_troubles(world)
    add_active_sites(world, 30, prefix="Row")
    page = visit(world.ana, "/projects/collaborative-care/board/")
    page.set_viewport_size({"width": 360, "height": 700})
    page.locator(".board-scroll").evaluate("box => box.scrollTo(200, 900)")
    box = page.locator(".board-scroll").bounding_box()
    head = page.locator(".board thead tr").last.locator("th").first.bounding_box()
    name = page.locator(".board tbody th").last.bounding_box()
    assert abs(name["x"] - box["x"]) < 2
    assert box["y"] <= head["y"] < box["y"] + 60
    page.locator(".board a.cell").first.focus()
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile("/sites/.+/steps/.+/"))


def test_a_folded_table_is_unfolded_in_place(world, visit):
    page = visit(world.dee, "/dashboard/")
    table = page.locator("#totals-where table")
    expect(table).to_have_count(0)
    page.locator("#totals-where summary").click()
    expect(table).to_contain_text("Kent County")
    expect(page.locator("#totals-where")).to_have_attribute("open", "")


def test_on_a_phone_the_filters_are_folded_until_asked_for(world, visit):
    page = visit(world.dee, "/dashboard/")
    page.set_viewport_size({"width": 360, "height": 800})
    page.reload()
    expect(page.get_by_label("Project", exact=True)).to_be_hidden()
    page.locator(".filter-fields > summary").click()
    expect(page.get_by_label("Order")).to_be_visible()
    page.get_by_label("Order").select_option("name")
    expect(page).to_have_url(re.compile("sort=name"))
