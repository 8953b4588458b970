"""A nurse's morning at the plan of one site, in a real browser."""

import pytest
from playwright.sync_api import expect

from projects import barriers, notes
from projects.models import Site
from tests.browser.looks import LOOKS, fits, in_look

pytestmark = pytest.mark.django_db(transaction=True)
MEET = "Meet with the top leader and the direct supervisors."
LONG = "Saint-Ignace-and-Upper-Peninsula-Regional-Community-Mental-Health-and-Recovery-Center-of-Mackinac-County"


def test_a_tick_is_one_click_keeps_focus_and_can_be_undone(world, visit):
    page = visit(world.bo, world.plan.get_absolute_url())
    tick = page.get_by_role("button", name=MEET, exact=True)
    counter = page.locator("#step-leaders .sum").first
    expect(counter).to_contain_text("0 of 5")
    tick.focus()
    page.keyboard.press("Enter")
    expect(tick).to_have_attribute("aria-pressed", "true")
    expect(tick).to_be_focused()
    expect(counter).to_contain_text("1 of 5")
    expect(page.locator("#toasts")).to_contain_text("Done: Meet with the top leader")
    page.locator("#toasts").get_by_role("button", name="Undo").click()
    expect(page.locator(".messages")).to_contain_text("Taken back")
    expect(page.get_by_role("button", name=MEET, exact=True)).to_have_attribute("aria-pressed", "false")


@pytest.mark.parametrize("width", [360, 800])
def test_a_long_name_of_the_person_signed_in_stays_in_the_head_and_is_whole_in_the_menu(world, visit, width):
    world.bo.name = "Wilhelmina-Alexandrina Featherstonehaugh-Cholmondeley"
    world.bo.save()
    page = visit(world.bo, "/styleguide/")
    in_look(page, width, "light")
    page = visit(world.bo, "/todo/")
    assert fits(page)
    page.locator("details.account > summary").click()
    expect(page.locator(".menu")).to_contain_text(world.bo.name)
    assert fits(page)


@pytest.mark.parametrize(("width", "scheme"), LOOKS)
def test_a_milestone_is_recorded_and_the_next_one_is_shown(world, visit, axe, width, scheme):
    page = visit(world.bo, "/styleguide/")
    in_look(page, width, scheme)
    page = visit(world.bo, world.plan.get_absolute_url())
    box = page.locator("#next")
    expect(box.get_by_role("heading")).to_have_text("Interest on record")
    axe(page)
    box.get_by_role("button", name="It happened on this day").click()
    expect(box.get_by_role("heading")).to_have_text("Leader briefing held")
    expect(box.get_by_role("heading")).to_be_focused()
    expect(page.locator("#phase-pre_implementation")).to_contain_text("1 of 5 milestones")
    axe(page)
    assert fits(page)


def test_the_same_forms_work_without_script(world, live_server, browser, client, visit):
    visit(world.bo, "/styleguide/")
    cookies = [{"name": name, "value": morsel.value, "url": live_server.url} for name, morsel in client.cookies.items()]
    context = browser.new_context(java_script_enabled=False)
    context.add_cookies(cookies)
    page = context.new_page()
    page.goto(live_server.url + world.plan.get_absolute_url())
    page.get_by_role("button", name="It happened on this day").click()
    expect(page.locator("#did")).to_contain_text("Bo Lindqvist recorded Interest on record")
    page.locator("#did").get_by_role("button", name="Undo").click()
    expect(page.locator("#next").get_by_role("heading")).to_have_text("Interest on record")
    context.close()


def test_a_row_unfolds_for_another_day_and_says_what_is_wrong_in_place(world, visit, axe):
    page = visit(world.bo, world.plan.get_absolute_url())
    row = page.locator(f"#item-{world.plan.items.get(key='briefing').pk}")
    row.get_by_role("link", name="Record it").click()
    day = row.get_by_label("Day it happened")
    day.evaluate("field => { field.removeAttribute('max'); field.value = '2099-01-01'; }")
    row.get_by_role("button", name="It happened on this day").click()
    expect(row.locator(".field-error")).to_contain_text("is in the future")
    axe(page)
    day.fill("2026-01-05")
    row.get_by_role("button", name="It happened on this day").click()
    expect(row).to_contain_text("Reached Mon 5 Jan")


def test_something_is_in_the_way_is_said_and_solved_where_one_is(world, visit, axe):
    page = visit(world.bo, world.plan.get_absolute_url())
    page.locator("#next").get_by_role("link", name="Something is in the way").click()
    page.get_by_label("What is in the way?").fill("IT moved the build.")
    axe(page)
    page.get_by_role("button", name="Say it is in the way").click()
    stuck = page.locator("aside .callout-bad")
    expect(stuck).to_contain_text("IT moved the build.")
    stuck.get_by_text("It is solved", exact=True).click()
    stuck.get_by_label("What helped").fill("A new date.")
    stuck.get_by_role("button", name="Say it is solved").click()
    expect(page.locator("aside .callout-bad")).to_have_count(0)


@pytest.mark.parametrize(("width", "scheme"), LOOKS)
def test_every_page_of_a_plan_fits_and_breaks_no_rule(world, visit, axe, width, scheme):
    page = visit(world.bo, "/styleguide/")
    in_look(page, width, scheme)
    Site.objects.filter(pk=world.elm.pk).update(name=LONG)
    world.plan.items.filter(key="briefing").update(own_text=LONG)
    barrier = barriers.report_barrier(world.plan, "leaders", text=LONG * 3, by=world.bo, now=world.now)
    note = notes.write_note(world.plan, text=LONG, by=world.bo, now=world.now, step="leaders")
    briefing = world.plan.items.get(key="briefing")
    for who, url in [
        (world.bo, world.plan.get_absolute_url()),
        (world.vi, world.plan.get_absolute_url()),
        (world.ana, world.oak.plan.get_absolute_url()),
        (world.ana, world.team_plan.get_absolute_url()),
        (world.bo, world.plan.url("plan_step", step="leaders")),
        (world.bo, world.plan.url("item", pk=briefing.pk)),
        (world.bo, world.plan.url("plan_history")),
        (world.bo, world.plan.url("note_list")),
        (world.bo, world.plan.url("note_edit", pk=note.pk)),
        (world.bo, world.plan.url("contact_log")),
        (world.bo, world.plan.url("barrier_report", step="leaders")),
        (world.bo, world.plan.url("barrier_resolve", pk=barrier.pk)),
    ]:
        page = visit(who, url)
        axe(page)
        assert fits(page), url
