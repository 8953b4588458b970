"""Whole jobs, from the first page to the last, as people do them."""

import datetime as dt
import re

import pytest
from django.core import mail
from playwright.sync_api import expect

from outbox.delivering import deliver
from outbox.models import Delivery
from projects import digests
from projects.models import Site
from tests.browser.looks import LOOKS, fits, in_look
from tests.cast import PASSWORD

pytestmark = pytest.mark.django_db(transaction=True)
HEADER = "name,organization,setting,county,start date,champion's e-mail\n"


def csv(tmp_path, rows, name="sites.csv"):
    path = tmp_path / name
    path.write_text(HEADER + "".join(rows), encoding="utf-8")
    return path


@pytest.mark.parametrize(("width", "scheme"), LOOKS)
def test_a_newcomer_signs_in_and_finds_the_guide(world, page, live_server, axe, width, scheme):
    in_look(page, width, scheme)
    page.goto(live_server.url)
    axe(page)
    page.get_by_role("link", name="Sign in").first.click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Sign in")
    axe(page)
    page.get_by_label("E-mail").fill(world.nia.email)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in", exact=True).click()
    expect(page.get_by_role("heading", level=1)).not_to_have_text("Sign in")
    axe(page)
    page.get_by_role("link", name="Roadmap", exact=True).locator("visible=true").first.click()
    expect(page).to_have_url(re.compile("/roadmap/"))
    axe(page)
    page.get_by_role("link", name="Win leader support").locator("visible=true").first.click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Win leader support")
    axe(page)
    assert fits(page)


@pytest.mark.parametrize(("width", "scheme"), LOOKS)
def test_a_lead_sets_sites_up_from_a_file_after_mending_it(world, visit, axe, tmp_path, width, scheme):
    page = visit(world.ana, f"/projects/{world.project.slug}/")
    in_look(page, width, scheme)
    good = [f"Clinic {number},Lakeshore Health,fqhc,Kent,12/4/2025,\n" for number in range(6)]
    broken = [*good, "School 1,Lakeview District,shcool,Kentt,2026-13-01,\n"]
    page.goto(page.url + "spreadsheets/sites/")
    page.get_by_label("Your file").set_input_files(csv(tmp_path, broken))
    page.get_by_role("button", name="Check the file").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("3 things to mend")
    expect(page.locator("body")).to_contain_text("Did you mean Kent")
    axe(page)
    assert Site.objects.filter(project=world.project).count() == 2
    page.get_by_label("Your file").set_input_files(csv(tmp_path, good, "mended.csv"))
    page.get_by_role("button", name="Check the file").click()
    expect(page.get_by_role("button", name="Make 6 sites")).to_be_visible()
    axe(page)
    page.get_by_role("button", name="Make 6 sites").click()
    expect(page.locator("body")).to_contain_text("6 sites made")
    assert Site.objects.filter(project=world.project, status=Site.Status.SETTING_UP).count() == 7
    axe(page)
    assert fits(page)


def test_from_the_digests_link_to_done_in_two_clicks(world, page, live_server, settings, monkeypatch):
    settings.BASE_URL = live_server.url
    monkeypatch.setattr("outbox.queueing.nudge", lambda pk: None)  # sent below, on the Monday of this test
    monday = dt.datetime(2026, 2, 23, 14, 0, tzinfo=dt.UTC)
    digests.write_digests(now=monday)
    deliver(Delivery.objects.get(person=world.bo).pk, now=monday)
    [message] = mail.outbox
    link = next(word for word in message.body.split() if "#item-" in word)
    page.goto(link)
    page.get_by_label("E-mail").fill(world.bo.email)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in", exact=True).click()
    item = world.plan.items.get(key="interest")
    expect(page.locator(f"#item-{item.pk}")).to_be_visible()
    clicks = 0
    row = page.locator(f"#item-{item.pk}")
    if row.get_by_role("link", name="Record it").count():
        row.get_by_role("link", name="Record it").click()
        clicks += 1
    page.locator(f"#item-{item.pk}").get_by_role("button", name="It happened on this day").click()
    clicks += 1
    expect(page.locator(f"#item-{item.pk}")).to_contain_text("Reached")
    item.refresh_from_db()
    assert item.is_done
    assert clicks <= 2
