"""A lead takes the project's tables out and brings them back changed; their own spreadsheet is understood too."""

import csv
import io

import pytest
from playwright.sync_api import expect

from projects.models import PlanItem, Site
from tests.browser.looks import LOOKS, fits, in_look

pytestmark = pytest.mark.django_db(transaction=True)
OWN = "Clinic,Health system,Type,County,Begins,Fax\nAsh Clinic,Lakeshore Health,FQHC,Kent,12/4/2026,616 555 0100\n"


def choose(page, name, text):
    page.get_by_label("Your file").set_input_files({"name": name, "mimeType": "text/csv", "buffer": text.encode()})
    page.get_by_role("button", name="Check the file").click()


@pytest.mark.parametrize(("width", "scheme"), LOOKS)
def test_a_spreadsheet_of_ones_own_is_understood_once_said_and_taken_in(world, visit, axe, width, scheme):
    page = visit(world.ana, f"/projects/{world.project.slug}/spreadsheets/")
    in_look(page, width, scheme)
    axe(page)
    page.get_by_role("link", name="Bring in sites").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Bring in sites")
    axe(page)
    choose(page, "our list.csv", OWN)
    expect(page.get_by_role("heading", level=1)).to_have_text("Which column is which?")
    columns = {"Clinic": "name", "Health system": "organization", "Type": "setting", "Begins": "start date"}
    for heading, column in columns.items():
        page.get_by_label(heading, exact=True).select_option(column)
    axe(page)
    assert fits(page)
    page.get_by_role("button", name="Check the file").click()
    expect(page.get_by_text("Choose a column, or leave it out.").first).to_be_visible()
    axe(page)
    page.get_by_label("Fax").select_option("Leave it out")
    page.get_by_role("button", name="Check the file").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("1 site would be made")
    axe(page)
    assert fits(page)
    page.get_by_role("button", name="Make 1 site").click()
    expect(page.get_by_text("1 site made")).to_be_visible()
    axe(page)
    assert Site.objects.filter(project=world.project, name="Ash Clinic", status=Site.Status.SETTING_UP).exists()


def test_milestones_go_out_are_filled_in_and_come_back_with_one_undo(world, visit, axe):
    page = visit(world.ana, f"/projects/{world.project.slug}/spreadsheets/")
    with page.expect_download() as download:
        page.get_by_role("link", name="All milestones as CSV").click()
    rows = list(csv.reader(io.StringIO(download.value.path().read_text(encoding="utf-8-sig"))))
    at = rows[0].index("Interest on record")
    elm = next(row for row in rows if row[1] == "Elm Clinic")
    elm[at] = "1/20/2026"
    out = io.StringIO()
    csv.writer(out).writerows(rows)
    page.get_by_role("link", name="Bring in milestones").click()
    choose(page, "milestones.csv", out.getvalue())
    expect(page.get_by_role("heading", level=1)).to_have_text("1 change would be made")
    expect(page.get_by_text("20 Jan 2026")).to_be_visible()
    axe(page)
    page.get_by_role("button", name="Make 1 change").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("It is recorded")
    item = PlanItem.objects.get(plan=world.plan, item__text="Interest on record")
    assert item.done_on.isoformat() == "2026-01-20"
    page.get_by_role("button", name="Undo all of it").click()
    expect(page.locator(".messages")).to_contain_text("Taken back: Interest on record")
    item.refresh_from_db()
    assert item.done_on is None
