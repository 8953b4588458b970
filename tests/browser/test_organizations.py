"""An agreement recorded once for an organization, and a place that was entered twice."""

import pytest
from playwright.sync_api import expect

from projects import planning
from projects.models import PlanItem, Site
from tests.browser.looks import LOOKS, fits, in_look
from tests.cast import new_site

pytestmark = pytest.mark.django_db(transaction=True)
LONG = "Keweenaw-Ontonagon-Gogebic Intermediate School District Behavioral Health Partnership"


@pytest.mark.parametrize(("width", "scheme"), LOOKS)
def test_a_lead_records_an_agreement_for_four_sites_and_an_administrator_makes_one_of_two(
    world, visit, axe, width, scheme
):
    rows = [new_site("Ash Clinic"), new_site("Fir Clinic"), new_site("Low Clinic", organization=LONG)]
    planning.add_sites(world.project, rows, by=world.ana, now=world.now)
    twice = new_site("The Elm Clinic", organization="Lakeshore Health System")
    planning.add_sites(world.other_project, [twice], by=world.cy, now=world.now)
    page = visit(world.ana, f"/projects/{world.project.slug}/organizations/")
    in_look(page, width, scheme)
    axe(page)
    assert fits(page)
    page.get_by_role("link", name="Record it for 4 sites").click()
    page.get_by_label("When it happened").fill("x")
    page.get_by_role("button", name="Show what will change").click()
    page.get_by_role("button", name="Record").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("It is recorded")
    assert PlanItem.objects.filter(key="signed", done_at__isnull=False).count() == 4
    page.get_by_role("button", name="Undo all of it").click()
    expect(page.locator(".messages")).to_contain_text("All of it is taken back.")
    assert not PlanItem.objects.filter(key="signed", done_at__isnull=False).exists()
    visit(world.dee, f"/programs/{world.program.slug}/places/")
    axe(page)
    assert fits(page)
    page.get_by_role("link", name="Look at both").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Are these one?")
    axe(page)
    page.get_by_label("Elm Clinic Lakeshore Health,").check()
    page.get_by_role("button", name="Show what will change").click()
    expect(page.locator(".rows")).to_contain_text("The site The Elm Clinic of School CBT is at Elm Clinic")
    page.get_by_role("button", name="Make them one").click()
    expect(page.locator(".messages")).to_contain_text("Elm Clinic is one now.")
    assert Site.objects.filter(place__name="Elm Clinic").count() == 2
    page.get_by_role("button", name="Take it back").click()
    expect(page.locator(".messages")).to_contain_text("They are two again.")
