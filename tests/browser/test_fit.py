"""A lead fits the plan of one site, and three like it, to how things are there."""

import pytest
from playwright.sync_api import expect

from projects import planning
from projects.models import PlanItem
from tests.browser.looks import LOOKS, fits, in_look
from tests.cast import new_site

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.mark.parametrize(("width", "scheme"), LOOKS)
def test_a_lead_adds_a_milestone_here_is_offered_sites_like_it_and_takes_it_back(world, visit, axe, width, scheme):
    more = [new_site(f"{name} Health Center of the Upper Peninsula") for name in ("Ash", "Fir")]
    planning.add_sites(world.project, more, by=world.ana, now=world.now)
    page = visit(world.ana, world.plan.url("plan_step", step="leaders"))
    in_look(page, width, scheme)
    page.get_by_role("link", name="Add a milestone or action of the site’s own").click()
    page.get_by_label("A milestone:").check()
    page.get_by_label("What is to be done, or what happens?").fill("The county board votes yes")
    page.get_by_label("Due how many weeks after the start?").fill("10")
    page.get_by_text("Do the same at other sites").click()
    axe(page)
    assert fits(page)
    page.get_by_role("button", name="Add it").click()
    expect(page.locator(".did")).to_contain_text("The county board votes yes")
    for name in ("Oak Clinic", "Ash Health", "Fir Health"):
        expect(page.get_by_label(name)).to_be_checked()
    page.get_by_label("Yes, those of the same setting").check()
    axe(page)
    assert fits(page)
    page.get_by_role("button", name="See what would change").click()
    expect(page.locator(".lead-line")).to_contain_text("3 plans will change.")
    axe(page)
    assert fits(page)
    page.get_by_role("button", name="Change 3 plans").click()
    expect(page.locator(".callout-good")).to_contain_text("3 plans are changed: The county board votes yes")
    [late] = planning.add_sites(world.project, [new_site("Late Clinic")], by=world.ana, now=world.now)
    assert late.plan.items.filter(own_text="The county board votes yes").exists()
    page.get_by_role("button", name="Undo all of it").click()
    expect(page.locator(".messages")).to_contain_text("All of it is taken back.")
    left = PlanItem.objects.counted().filter(own_text="The county board votes yes")
    assert {str(item.plan) for item in left.select_related("plan__site")} == {"Elm Clinic", "Late Clinic"}
