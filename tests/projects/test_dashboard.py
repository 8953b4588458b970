import csv
import datetime as dt
import io
import re
from html import unescape

import pytest
import time_machine

from projects import barriers, contacts, planning, progress
from projects.models import Membership, Program, Role, Site
from tests.cast import join, new_site
from tests.projects.many import add_active_sites

pytestmark = pytest.mark.django_db
FEB_20 = dt.datetime(2026, 2, 20, 15, tzinfo=dt.UTC)


@pytest.fixture(autouse=True)
def february():
    with time_machine.travel(FEB_20, tick=False):
        yield


def names(response):
    return [plan.site.name for plan, _standing in response.context["rows"]]


def table(response):
    text = b"".join(response.streaming_content).decode("utf-8")
    assert text.startswith("\ufeff")
    return list(csv.DictReader(io.StringIO(text.removeprefix("\ufeff"))))


def varied(world):
    """Let the program's sites stand in every way the dashboard counts."""
    add_active_sites(world, 4, prefix="Fir")
    far = add_active_sites(
        world, 3, prefix="Far", county_id="26121", setting="primary_care", starts_on=dt.date(2025, 9, 1)
    )
    planning.add_sites(world.other_project, [new_site("Elm Clinic")], by=world.cy, now=world.now)
    progress.set_done(world.plan, world.plan.items.get(key="signed").pk, by=world.bo, now=world.now)
    pk = far[0].plan.items.get(key="approved").pk
    progress.set_done(far[0].plan, pk, by=world.ana, now=world.now, on=dt.date(2025, 10, 1))
    barriers.report_barrier(far[1].plan, "leaders", text="Stuck here.", by=world.ana, now=world.now)
    for site, status in ((far[2], "paused"), (world.oak, "stopped")):
        Site.objects.filter(pk=site.pk).update(status=status)
    contacts.log_contact(world.elm, by=world.dee, now=FEB_20, next_on=dt.date(2026, 3, 2))


def test_only_people_with_a_role_on_the_program_find_it(world, sign_in):
    join(world.vi, Role.OBSERVER, world.program)
    for person in (world.dee, world.vi):
        assert sign_in(person).get("/dashboard/").status_code == 200
    for person in (world.ana, world.bo, world.cy, world.nia):
        assert sign_in(person).get("/dashboard/").status_code == 404
        assert sign_in(person).get("/dashboard/export.csv").status_code == 404


def test_a_contact_is_logged_from_the_card_and_leads_back_to_the_dashboard(world, sign_in, time_machine):
    time_machine.move_to(FEB_20, tick=False)
    client = sign_in(world.dee)
    link = client.get("/dashboard/?state=help").text.partition("/contact/?next=")
    assert link[1]
    path = f"{world.plan.get_absolute_url()}contact/"
    form = client.get(f"{path}?next=/dashboard/%3Fstate=help").text
    assert 'name="next" value="/dashboard/?state=help"' in form
    answer = client.post(path, {"on": "2026-02-20", "next": "/dashboard/?state=help"})
    assert (answer.status_code, answer.url) == (302, "/dashboard/?state=help")


def test_who_may_only_look_is_not_offered_to_log_a_contact(world, sign_in, time_machine):
    time_machine.move_to(FEB_20, tick=False)
    join(world.vi, Role.OBSERVER, world.program)
    page = sign_in(world.vi).get("/dashboard/").text
    assert "help-card" in page
    assert "Log a contact" not in page


def test_another_program_is_not_found(world, sign_in):
    client = sign_in(world.ed)
    assert client.get("/dashboard/?program=michigan").status_code == 404
    assert client.get("/dashboard/export.csv?program=michigan").status_code == 404
    assert client.get("/dashboard/?program=ohio").context["program"] == world.other_program


def test_a_role_that_does_not_see_the_dashboard_is_refused(world, sign_in):
    Membership.objects.filter(user=world.dee).update(role=Role.RESEARCHER)
    assert sign_in(world.dee).get("/dashboard/").status_code == 403


def test_who_holds_several_programs_chooses(world, sign_in):
    join(world.dee, Role.OBSERVER, world.other_program)
    client = sign_in(world.dee)
    page = client.get("/dashboard/?program=ohio")
    assert page.context["program"] == world.other_program
    assert "?program=michigan" in page.content.decode()
    assert 'name="program" value="ohio"' in page.content.decode()


def test_it_answers_only_to_reading(world, sign_in):
    assert sign_in(world.dee).post("/dashboard/").status_code == 405


def test_which_sites_need_help_and_why_stands_first(world, sign_in):
    page = sign_in(world.dee).get("/dashboard/").content.decode()
    assert "46 days late:" in page
    assert "Interest on record. Quiet for 46 days." in page
    assert page.index("46 days late:") < page.index("How far the") < page.index("All sites")
    assert "It needs help once it is 7 days late." in page


def test_a_barrier_that_is_not_shared_is_not_told(world, sign_in):
    barriers.report_barrier(world.plan, "leaders", text="The boss is ill.", by=world.bo, now=world.now)
    assert "The boss is ill." not in sign_in(world.dee).get("/dashboard/").content.decode()
    barriers.report_barrier(world.plan, "plan", text="The lawyer is away.", shared=True, by=world.bo, now=world.now)
    page = sign_in(world.dee).get("/dashboard/").content.decode()
    assert "The boss is ill." not in page


def test_every_number_on_the_page_is_the_length_of_the_list_it_opens(world, sign_in):
    varied(world)
    client = sign_in(world.dee)
    for start in ("", "?project=collaborative-care&state=late&milestone=signed&reached=no"):
        page = client.get(f"/dashboard/{start}")
        numbers = page_numbers(page)
        for group in page.context["groups"]:
            numbers |= page_numbers(client.get(f"/dashboard/{group['url']}")) if group["url"] else {}
        assert len(numbers) > 15, (start, len(numbers))
        for url, number in numbers.items():
            found = client.get(f"/dashboard/{url}")
            assert len(names(found)) == number, (start, url)


def page_numbers(page):
    """Return {address: number} of each number that the page shows with a link to a list."""
    found = {}
    for group in page.context["groups"]:
        for _name, numbers in group["rows"]:
            found |= {url: count for count, url in numbers}
    found |= {standing["url"]: standing["count"] for standing in page.context["standings"]}
    for headline in page.context["headlines"]:
        for reached, number in (
            ("yes", headline.reached),
            ("lately", headline.lately),
            ("left_out", headline.left_out),
        ):
            pattern = rf'href="(\?[^"]*milestone={headline.key}&amp;reached={reached}[^"]*)#sites"'
            for url in re.findall(pattern, page.content.decode()):
                found[unescape(url)] = number
    return {url.removesuffix("#sites"): number for url, number in found.items()}


def test_a_folded_table_of_totals_brings_its_rows_when_it_is_unfolded(world, sign_in):
    client = sign_in(world.dee)
    folded = client.get("/dashboard/").text.partition('id="totals-where"')[2].partition("</details>")[0]
    assert 'hx-get="?unfold=where#totals-where"' in folded
    assert "<table" not in folded
    page = client.get("/dashboard/?unfold=where&state=late")
    unfolded = page.text.partition('id="totals-where"')[2].partition("</details>")[0]
    assert "Kent County" in unfolded
    assert "unfold" not in unfolded
    assert [chip["words"] for chip in page.context["chosen"].chips] == ["Late"]


def test_a_headline_says_how_many_of_how_many_and_what_is_new(world, sign_in):
    varied(world)
    page = re.sub(r"\s+", " ", sign_in(world.dee).get("/dashboard/").content.decode())
    assert "Written agreement signed" in page
    assert '<span class="count">1 of 11</span>' in page
    assert "than on Sat 22 Nov 2025" in page


def test_filters_narrow_the_whole_page_and_say_how_many_of_how_many(world, sign_in):
    varied(world)
    page = sign_in(world.dee).get("/dashboard/?where=26121&state=stuck")
    assert names(page) == ["Far 002"]
    assert "1 of 11 sites" in page.content.decode()
    assert [card.plan.site.name for card in page.context["cards"]] == ["Far 002"]


def test_more_sites_than_fit_are_counted_and_one_click_away(world, sign_in):
    add_active_sites(world, 9)
    client = sign_in(world.dee)
    page = client.get("/dashboard/")
    assert (len(page.context["cards"]), page.context["counts"]["help"]) == (5, 10)
    assert "All 10 sites that need help" in page.content.decode()
    assert len(client.get("/dashboard/?state=help").context["cards"]) == 10


def test_the_file_is_what_the_page_shows_in_the_same_order(world, sign_in):
    varied(world)
    client = sign_in(world.dee)
    for query in ("", "?state=late&sort=-name", "?q=far&sort=contact", "?milestone=signed&reached=no"):
        assert [row["Site"] for row in table(client.get(f"/dashboard/export.csv{query}"))] == names(
            client.get(f"/dashboard/{query}")
        )


def test_the_files_days_are_iso_its_numbers_plain_and_its_addresses_whole(world, sign_in, settings):
    row = next(row for row in table(sign_in(world.dee).get("/dashboard/export.csv")) if row["Site"] == "Elm Clinic")
    assert row["Address of the site in Milepost"] == f"{settings.BASE_URL}{world.plan.get_absolute_url()}"
    assert row["Next milestone"] == "Interest on record"
    assert row["Next milestone due"] == "2026-01-05"
    assert (row["Days late"], row["Days quiet"], row["Days stuck"]) == ("46", "46", "")
    assert (row["Needs help since"], row["County FIPS"]) == ("2026-01-12", "26081")
    assert row["State"] == "46 days late, quiet 46 days"


def test_the_file_runs_no_formula(world, sign_in):
    add_active_sites(world, 1, prefix="=HYPERLINK(1)", organization="@SUM(A1)")
    row = next(row for row in table(sign_in(world.dee).get("/dashboard/export.csv")) if "HYPERLINK" in row["Site"])
    assert row["Site"] == "'=HYPERLINK(1) 001"
    assert row["Organization"] == "'@SUM(A1)"


def test_the_file_is_named_for_program_and_day(world, sign_in):
    response = sign_in(world.dee).get("/dashboard/export.csv")
    assert response["Content-Disposition"] == 'attachment; filename="sites-michigan-2026-02-20.csv"'
    assert response["Content-Type"] == "text/csv; charset=utf-8"


def test_a_program_without_sites_says_what_will_be_here(world, sign_in):
    page = sign_in(world.ed).get("/dashboard/").content.decode()
    assert "There are no sites yet" in page


def test_when_nobody_needs_help_it_says_so(world, sign_in):
    Site.objects.filter(pk=world.elm.pk).update(status="paused")
    assert "No site needs help today" in sign_in(world.dee).get("/dashboard/").content.decode()


def test_when_no_site_fits_it_offers_all(world, sign_in):
    assert "No site fits these choices" in sign_in(world.dee).get("/dashboard/?q=zzz").content.decode()


def test_as_of_is_told_in_the_programs_day(world, sign_in):
    Program.objects.filter(pk=world.program.pk).update(time_zone="Pacific/Auckland")
    page = sign_in(world.dee).get("/dashboard/")
    assert page.context["today"] == dt.date(2026, 2, 21)
    assert "47 days late:" in page.content.decode()


@pytest.mark.parametrize("sites", [1, 297])
def test_the_dashboard_needs_fourteen_statements_however_many_sites(world, sign_in, at_most, sites):
    add_active_sites(world, sites)
    barriers.report_barrier(world.plan, "leaders", text="Stuck.", by=world.bo, now=world.now)
    join(world.dee, Role.OBSERVER, world.other_program)
    client = sign_in(world.dee)
    with at_most(14):
        assert client.get("/dashboard/?program=michigan").status_code == 200
    with at_most(14):
        client.get(f"/dashboard/?state=late&after={world.plan.pk}")
    with at_most(6):
        rows = table(client.get("/dashboard/export.csv"))
    assert len(rows) == sites + 3
