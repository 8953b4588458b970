import re

import pytest
from playwright.sync_api import expect

from projects import assigning, barriers, planning
from projects.choosing import Choice
from projects.models import PlanItem, Role, Site
from tests.browser.looks import LOOKS, fits, in_look
from tests.cast import join, new_site, person

pytestmark = pytest.mark.django_db(transaction=True)
LONG = "Saint-Ignace-and-Upper-Peninsula-Regional-Community-Mental-Health-and-Recovery-Center-of-Mackinac-County"
ASSIGN = "/projects/collaborative-care/assign/"


def everything_late(world):
    """A stuck site with a name longer than any phone is wide, a second site of Bo's, and work of somebody who left."""
    barriers.report_barrier(world.plan, "leaders", text="W" * 300, by=world.bo, now=world.now)
    Site.objects.filter(pk=world.elm.pk).update(name=LONG)
    [ash] = planning.add_sites(world.project, [new_site("Ash Clinic")], by=world.ana, now=world.now)
    planning.start_site(ash, by=world.ana, now=world.now)
    join(world.bo, Role.PRACTITIONER, ash)
    jo = person("Jo Berg")
    join(jo, Role.PRACTITIONER, ash)
    assigning.assign([ash.plan.pk], Choice(steps=frozenset({"plan"})), to=jo, by=world.ana, now=world.now)
    jo.is_active = False
    jo.save()


def test_from_the_list_to_done_is_one_click_and_the_next_one_follows(world, visit):
    page = visit(world.bo, "/todo/")
    expect(page.locator("#next-name")).to_have_text("Interest on record")
    page.get_by_role("button", name="It happened on this day").click()
    row = page.locator(f"#item-{world.plan.items.get(key='interest').pk}")
    expect(row).to_contain_text("Reached")
    expect(row).to_be_focused()
    expect(page.locator("#toasts")).to_contain_text("Done: Interest on record")
    page.get_by_role("link", name="Show what comes next").click()
    expect(page.locator("#next-name")).to_have_text("Leader briefing held")
    assert world.plan.items.get(key="interest").done_by == world.bo


def test_an_action_is_ticked_in_place_and_undone_from_the_line_at_the_foot(world, visit):
    page = visit(world.bo, "/todo/")
    item = world.plan.items.get(key="meet")
    page.locator(f"#tick-{item.pk}").click()
    expect(page.locator(f"#tick-{item.pk}")).to_have_attribute("aria-pressed", "true")
    expect(page.locator(f"#tick-{item.pk}")).to_be_focused()
    page.locator("#toasts").get_by_role("button", name="Undo").click()
    expect(page.locator(f"#tick-{item.pk}")).to_have_attribute("aria-pressed", "false")
    item.refresh_from_db()
    assert not item.is_done


def test_what_nobody_has_is_taken_in_place(world, visit):
    page = visit(world.bo, "/todo/")
    row = page.locator(f"#item-{world.plan.items.get(key='meet').pk}")
    row.get_by_role("button", name="Take it").click()
    expect(row.locator(".side")).to_have_text("You")
    assert world.plan.items.get(key="meet").assignee == world.bo


def test_a_lead_gives_one_step_at_the_sites_that_a_filter_shows_and_takes_it_back(world, visit):
    planning.add_sites(world.project, [new_site("Ash School", setting="school")], by=world.ana, now=world.now)
    page = visit(world.ana, ASSIGN)
    page.get_by_label("Setting", exact=True).select_option("fqhc")
    expect(page.locator("#assign-places")).to_contain_text("2 of 4 plans are shown")
    page.get_by_label("Win leader support").check()
    page.get_by_label("All 2 that are shown here").check()
    page.get_by_label("To whom?").select_option(label="Coach")
    page.get_by_role("button", name="Show what will change").click()
    expect(page.locator(".main")).to_contain_text("10 items will change in 2 plans")
    page.get_by_role("button", name="Change 10 items").click()
    expect(page.locator(".main")).to_contain_text("10 items now belong to Coach (no one yet), in 2 plans.")
    assert PlanItem.objects.filter(assigned_duty="coach").count() == 10
    page.get_by_role("button", name="Undo all of it").click()
    expect(page).to_have_url(re.compile(f"{ASSIGN}$"))
    assert not PlanItem.objects.filter(assigned_duty="coach").exists()


@pytest.mark.parametrize(("width", "scheme"), LOOKS)
def test_the_pages_are_accessible_and_fit(world, visit, axe, page, width, scheme):
    everything_late(world)
    in_look(page, width, scheme)
    item = world.plan.items.get(key="briefing")
    for who, path in (
        (world.bo, "/todo/"),
        (world.bo, "/todo/?list=waiting"),
        (world.nia, "/todo/"),
        (world.ana, "/todo/"),
        (world.ana, ASSIGN),
        (world.ana, world.plan.url("item_assign", pk=item.pk)),
    ):
        visit(who, path)
        axe(page)
        assert fits(page), path


def test_a_folded_group_is_unfolded_in_place_and_what_it_brings_can_be_ticked(world, visit):
    page = visit(world.bo, "/todo/")
    rows = page.locator("#waiting [data-row]")
    expect(rows).to_have_count(0)
    page.locator("#waiting summary").click()
    expect(rows).to_have_count(9)
    item = world.plan.items.get(key="train")
    page.locator(f"#tick-{item.pk}").click()
    expect(page.locator(f"#tick-{item.pk}")).to_have_attribute("aria-pressed", "true")
    item.refresh_from_db()
    assert item.is_done
