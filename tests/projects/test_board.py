import csv
import datetime as dt
import io
import re

import pytest
import time_machine

from projects import barriers, matrix, progress, tailoring
from projects.models import Project, Region, Site
from projects.views import board
from tests.projects.many import add_active_sites

pytestmark = pytest.mark.django_db
FEB_20 = dt.datetime(2026, 2, 20, 15, tzinfo=dt.UTC)


@pytest.fixture(autouse=True)
def february():
    with time_machine.travel(FEB_20, tick=False):
        yield


def address(project, query=""):
    return f"/projects/{project.slug}/board/{query}"


def shown(response):
    return [row.plan.site.name for row in response.context["matrix"].rows]


def cells(response, site):
    columns = [column.key for column in response.context["matrix"].columns]
    row = next(row for row in response.context["matrix"].rows if row.plan.site_id == site.pk)
    return dict(zip(columns, row.cells, strict=True))


def reach(world, *keys):
    for key in keys:
        progress.set_done(world.plan, world.plan.items.get(key=key).pk, by=world.bo, now=world.now)


def test_the_lead_an_observer_and_the_state_see_all_sites(world, sign_in):
    for person in (world.ana, world.vi, world.dee):
        assert sign_in(person).get(address(world.project)).status_code == 200


def test_a_site_member_may_not_and_a_stranger_finds_nothing(world, sign_in):
    assert sign_in(world.bo).get(address(world.project)).status_code == 403
    for person in (world.cy, world.ed, world.nia):
        assert sign_in(person).get(address(world.project)).status_code == 404


def test_columns_are_the_steps_that_sites_work_in_the_roadmaps_order(world, sign_in):
    found = sign_in(world.ana).get(address(world.project)).context["matrix"]
    assert [column.key for column in found.columns] == ["leaders", "plan", "launch", "keep"]
    assert [column.starts for column in found.columns] == [True, False, True, True]
    assert [(name, columns) for _phase, name, columns in found.stretches] == [
        ("Get ready", 2),
        ("Do it", 1),
        ("Keep it going", 1),
    ]


def test_each_cell_leads_to_the_step_at_its_site(world, sign_in):
    client = sign_in(world.ana)
    cell = cells(client.get(address(world.project)), world.elm)["launch"]
    assert cell.url == "/projects/collaborative-care/sites/elm-clinic/steps/launch/"
    assert client.get(cell.url).status_code == 200


def test_a_cell_says_by_shape_and_words_how_a_step_stands(world, sign_in):
    client = sign_in(world.ana)
    found = cells(client.get(address(world.project)), world.elm)
    assert (found["leaders"].state, found["leaders"].text) == ("late", "46 days late")
    assert (found["plan"].state, found["plan"].text) == ("waiting", "Waiting")
    reach(world, "interest", "tell")
    found = cells(client.get(address(world.project)), world.elm)
    assert (found["leaders"].state, found["leaders"].text) == ("started", "2 of 5")
    assert (found["keep"].state, found["keep"].text) == ("open", "by Jul 2028")
    barriers.report_barrier(world.plan, "leaders", text="Nobody signs.", by=world.bo, now=world.now)
    assert cells(client.get(address(world.project)), world.elm)["leaders"].text == "Stuck"
    reach(world, "briefing", "signed")
    assert cells(client.get(address(world.project)), world.elm)["leaders"].state == "done"


def test_a_step_that_does_not_apply_is_a_gap_without_a_link(world, sign_in):
    for key in ("funded", "kept"):
        pk = world.plan.items.get(key=key).pk
        tailoring.set_applicable(
            world.plan, pk, applicable=False, reason="Not here", by=world.ana, now=world.now, may_pass_gates=True
        )
    response = sign_in(world.ana).get(address(world.project))
    assert cells(response, world.elm)["keep"] == matrix.Cell("", "na", "")
    assert "does not apply" in response.content.decode().lower()


def test_a_site_that_is_not_active_is_never_late_or_stuck(world, sign_in):
    response = sign_in(world.ana).get(address(world.project))
    assert {cell.state for cell in cells(response, world.oak).values()} <= {"open", "waiting", "started"}
    Site.objects.filter(pk=world.elm.pk).update(status="paused")
    response = sign_in(world.ana).get(address(world.project))
    assert "late" not in {cell.state for cell in cells(response, world.elm).values()}
    assert "paused" in response.content.decode()


@pytest.mark.parametrize(
    ("query", "names"),
    [
        ("?state=late", ["Elm Clinic"]),
        ("?state=setting_up", ["Oak Clinic"]),
        ("?state=stuck", []),
        ("?q=OAK", ["Oak Clinic"]),
        ("?q=lakeshore", ["Elm Clinic", "Oak Clinic"]),
        ("?where=26081", ["Elm Clinic", "Oak Clinic"]),
        ("?phase=implementation", []),
        ("?setting=fqhc&state=quiet", ["Elm Clinic"]),
        ("?sort=-name", ["Oak Clinic", "Elm Clinic"]),
        ("?sort=late", ["Elm Clinic", "Oak Clinic"]),
    ],
)
def test_filters_and_order_live_in_the_address(world, sign_in, query, names):
    response = sign_in(world.ana).get(address(world.project, query))
    assert shown(response) == names
    if "sort" not in query:
        assert f"{len(names)} of 2 sites" in response.content.decode()


def test_a_region_is_its_counties(world, sign_in):
    add_active_sites(world, 1, prefix="Far", county_id="26121", organization="Muskegon Health")
    region = Region.objects.create(program=world.program, name="Shore")
    region.counties.set(["26121"])
    assert shown(sign_in(world.ana).get(address(world.project, f"?where=region-{region.pk}"))) == ["Far 001"]


@pytest.mark.parametrize(
    "query",
    ["?state=asleep", "?where=99999", "?phase=x", "?sort=money", "?after=-1", f"?after={10**30}", "?q=%00", "?size=7"],
)
def test_what_the_address_asks_wrongly_is_left_out_and_said(world, sign_in, query):
    response = sign_in(world.ana).get(address(world.project, query))
    assert response.status_code == 200
    assert "is not known here" in response.content.decode()
    assert len(shown(response)) == 2


def test_another_programs_region_is_like_one_that_does_not_exist(world, sign_in):
    foreign = Region.objects.create(program=world.other_program, name="Ohio West")
    foreign.counties.set(["26081"])
    response = sign_in(world.ana).get(address(world.project, f"?where=region-{foreign.pk}"))
    assert "is not known here" in response.content.decode()
    assert "Ohio West" not in response.content.decode()


def test_the_page_says_in_what_order_it_lists(world, sign_in):
    assert "by the next milestone&#x27;s date, the earliest first" in (
        sign_in(world.ana).get(address(world.project, "?sort=next")).content.decode()
    )


def test_names_with_markup_are_words(world, sign_in):
    add_active_sites(world, 1, prefix="<script>alert(1)</script>" + "Long" * 25)
    page = sign_in(world.ana).get(address(world.project)).content.decode()
    assert "<script>alert" not in page
    assert "&lt;script&gt;alert" in page


def test_a_project_without_sites_says_how_to_begin(world, sign_in):
    page = sign_in(world.ed).get(address(Project.objects.get(pk=world.foreign_project.pk))).content.decode()
    assert "No sites yet" in page


def test_a_search_that_finds_nothing_offers_all_sites(world, sign_in):
    page = sign_in(world.ana).get(address(world.project, "?q=zzz")).content.decode()
    assert "No site fits these choices" in page


@pytest.mark.parametrize("sites", [1, 298])
def test_the_board_needs_ten_statements_however_many_sites(world, sign_in, at_most, sites):
    add_active_sites(world, sites)
    client = sign_in(world.ana)
    with at_most(10):
        page = client.get(address(world.project, "?size=all&state=&q=&where=26081"))
    assert page.status_code == 200
    assert len(shown(page)) == sites + 2
    with at_most(10):
        client.get(address(world.project, f"?after={world.plan.pk}&sort=-late"))


def test_a_hundred_sites_a_page_are_light_and_lead_on(world, sign_in):
    add_active_sites(world, 148)
    client = sign_in(world.ana)
    first = client.get(address(world.project))
    assert len(first.content) < 40_000 + 100 * 4 * 250
    following = re.search(r'rel="next" href="(\?[^"]+)"', first.content.decode())[1].replace("&amp;", "&")
    second = client.get(address(world.project, following))
    assert len(shown(first)) == 100
    assert len({*shown(first), *shown(second)}) == 150
    assert "Back to the first page" in second.content.decode()
    assert len(shown(client.get(address(world.project, "?size=all")))) == 150


def test_the_board_as_a_file_is_what_the_page_shows(world, sign_in, at_most):
    barriers.report_barrier(world.plan, "leaders", text="No time.", by=world.bo, now=world.now)
    client = sign_in(world.ana)
    with at_most(8):
        answer = client.get("/projects/collaborative-care/board/export.csv?q=elm")
        rows = list(csv.reader(io.StringIO(answer.getvalue().decode("utf-8-sig"))))
    assert answer["Content-Type"] == "text/csv; charset=utf-8"
    page = client.get(address(world.project, "?q=elm"))
    columns = [column.name for column in page.context["matrix"].columns]
    assert rows[0] == ["Site", "State", "Last news", *columns]
    assert [row[0] for row in rows[1:]] == ["Elm Clinic"]
    assert rows[1][3] == "Stuck"
    assert "/board/export.csv?q=elm" in page.text


def test_the_file_holds_all_sites_however_many_a_page_shows(world, sign_in, monkeypatch):
    monkeypatch.setattr(board, "EVERYTHING", 1)
    answer = sign_in(world.ana).get("/projects/collaborative-care/board/export.csv")
    rows = list(csv.reader(io.StringIO(answer.getvalue().decode("utf-8-sig"))))
    assert [row[0] for row in rows[1:]] == ["Elm Clinic", "Oak Clinic"]
