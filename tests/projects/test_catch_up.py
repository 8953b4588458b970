"""The grid on which a lead says what has happened at sites already: typed, pasted, looked at, recorded once, undone."""

import datetime as dt
import html
import re

import pytest
from django.urls import reverse

from accounts.models import Activity
from projects import planning, progress
from projects.models import Plan, PlanItem, Site
from tests.cast import new_site
from tests.projects.many import add_active_sites

pytestmark = pytest.mark.django_db
MAY_20 = dt.datetime(2026, 5, 20, 15, tzinfo=dt.UTC)


@pytest.fixture(autouse=True)
def later(time_machine, world):
    time_machine.move_to(MAY_20, tick=False)
    world.now = MAY_20


@pytest.fixture
def url(world):
    return reverse("projects:catch_up", args=[world.project.slug])


@pytest.fixture
def ana(sign_in, world):
    return sign_in(world.ana)


def fields(page):
    """Return what the form of a page would send, with the cells by (plan's id, key)."""
    sent = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', page.text))
    cells = {}
    for name, value in re.findall(r'<input name="([^"]+)" value="([^"]*)"', page.text):
        pk, key, _seen = name.split(":")
        cells[int(pk), key] = name
        sent[name] = html.unescape(value)
    for name, value in re.findall(r'<textarea name="(\w+)"[^>]*hidden[^>]*>\n?([^<]*)</textarea>', page.text):
        sent[name] = html.unescape(value)
    for name, options in re.findall(r'<select[^>]* name="(\w+)"[^>]*>(.*?)</select>', page.text, re.S):
        sent[name] = re.search(r'value="([^"]*)" selected', options)[1]
    sent.pop("csrfmiddlewaretoken", None)
    return sent, cells


def type_in(page, values, stage="preview", **more):
    """Return what is sent once some values, by (site, key), are typed into the grid of a page."""
    sent, cells = fields(page)
    return {
        **sent,
        **{cells[site.plan.pk, key]: value for (site, key), value in values.items()},
        "stage": stage,
        **more,
    }


def grid(client, url, **query):
    return client.get(url, {"sites": "all", "columns": "all", **query})


def record(client, url, values):
    """Type values, look at them and record them; return the answer."""
    looked = client.post(url, type_in(grid(client, url), values))
    assert looked.status_code == 200
    return client.post(url, {**fields(looked)[0], "stage": "apply"})


def state():
    rows = PlanItem.objects.order_by("pk").values_list("pk", "done_on", "done_precision", "done_at", "due_on")
    return list(rows), Activity.objects.count()


def item_at(site, key):
    return PlanItem.objects.get(plan__site=site, key=key)


# What it shows


def test_the_grid_shows_sites_that_set_up_and_headline_milestones_first(world, ana, url):
    page = ana.get(url)
    assert "Oak Clinic" in page.text
    assert "Elm Clinic" not in page.text
    keys = {key for _pk, key in fields(page)[1]}
    assert keys == {"signed", "approved", "served", "quality", "funded"}
    assert "1 of 1 site" in page.text


def test_where_nothing_sets_up_all_sites_are_shown(world, ana, url):
    planning.start_site(world.oak, by=world.ana, now=world.now)
    assert "2 of 2 sites" in ana.get(url).text


@pytest.mark.parametrize(
    ("query", "sites", "keys"),
    [
        ({"sites": "active", "columns": "launch"}, 1, {"signed", "approved", "served", "quality", "funded"}),
        ({"sites": "all", "columns": "step-leaders"}, 2, {"interest", "briefing", "signed"}),
        ({"sites": "all", "columns": "implementation", "q": "elm"}, 1, {"trained", "served", "quality"}),
        ({"q": "nothing like it"}, 0, set()),
    ],
)
def test_sites_and_milestones_are_chosen_in_the_address(world, ana, url, query, sites, keys):
    cells = fields(ana.get(url, query))[1]
    assert len({pk for pk, _key in cells}) == sites
    assert {key for _pk, key in cells} == keys


def test_what_the_plans_say_stands_in_the_cells_and_what_does_not_apply_has_none(world, ana, url):
    [school] = planning.add_sites(
        world.project, [new_site("Ash School", setting="school")], by=world.ana, now=world.now
    )
    by = {"by": world.bo, "now": world.now}
    progress.set_done(world.plan, item_at(world.elm, "interest").pk, on=dt.date(2026, 2, 3), **by)
    progress.set_done(world.plan, item_at(world.elm, "briefing").pk, on=dt.date(2026, 3, 1), precision="month", **by)
    progress.set_done(world.plan, item_at(world.elm, "signed").pk, precision="unknown", **by)
    sent, cells = fields(grid(ana, url))
    shown = [sent[cells[world.plan.pk, key]] for key in ("interest", "briefing", "signed", "approved")]
    assert shown == ["3 Feb 2026", "Mar 2026", "done", ""]
    assert (school.plan.pk, "billing") not in cells
    assert (school.plan.pk, "exited") not in cells


@pytest.mark.parametrize("sites", [3, 60])
def test_the_grid_takes_as_many_statements_however_many_sites(world, ana, url, sites, at_most):
    add_active_sites(world, sites)
    grid(ana, url)
    with at_most(8) as found:
        page = grid(ana, url)
    assert len(found) == 8
    assert f"{sites + 2} of {sites + 2} sites" in page.text


def test_a_page_holds_only_so_many_cells_and_says_so(world, ana, url, monkeypatch):
    monkeypatch.setattr("projects.catch_up_grid.MOST_CELLS", 20)
    add_active_sites(world, 5)
    page = grid(ana, url)
    assert "2 of 7 sites" in page.text
    assert "There are more sites than fit on one page." in page.text


def test_names_and_values_are_escaped(world, ana, url):
    Site.objects.filter(pk=world.oak.pk).update(name='<b>"Oak" & Co</b>')
    page = ana.post(url, type_in(grid(ana, url), {(world.oak, "signed"): '"><script>'}))
    assert "<script>" not in page.text.partition("<tbody>")[2]
    assert "&lt;b&gt;&quot;Oak&quot; &amp; Co&lt;/b&gt;" in page.text


# Looking, recording, undoing


def test_a_preview_says_site_by_site_what_changes_and_changes_nothing(world, ana, url):
    before = state()
    values = {(world.oak, "interest"): "2/3/2026", (world.oak, "briefing"): "Mar 2026", (world.elm, "signed"): "x"}
    page = ana.post(url, type_in(grid(ana, url), values))
    assert page.status_code == 200
    assert "3 cells will be recorded" in page.text
    assert "At 2 sites:" in page.text
    assert "not done → 3 Feb 2026" in page.text
    assert "not done → Mar 2026" in page.text
    assert "not done → done" in page.text
    assert state() == before


def test_what_was_looked_at_is_recorded_once_with_one_undo(world, ana, url):
    before = state()[0]
    answer = record(ana, url, {(world.oak, "interest"): "2/3/2026", (world.elm, "interest"): "x"})
    assert answer.status_code == 302
    assert (item_at(world.oak, "interest").done_on, item_at(world.oak, "interest").on_behalf_of) == (
        dt.date(2026, 2, 3),
        world.oak,
    )
    page = ana.get(answer.url)
    assert "2 changes, at 2 sites" in page.text
    assert "1 site waits for your Start" in page.text
    batch = re.search(r"/undo/([0-9a-f-]{36})/", page.text)[1]
    assert ana.post(reverse("projects:undo", args=[batch]), {"next": url}).url == url
    assert state()[0] == before


def test_a_form_sent_twice_records_once_and_says_so(world, ana, url):
    looked = ana.post(url, type_in(grid(ana, url), {(world.oak, "interest"): "x"}))
    sent = {**fields(looked)[0], "stage": "apply"}
    ana.post(url, sent)
    before = state()
    again = ana.post(url, sent)
    assert again.status_code == 409
    assert "the second time changed nothing" in again.text
    assert state() == before


@pytest.mark.parametrize("token", ["", "made-up", "a:b:c"])
def test_without_a_token_of_ours_one_looks_once_more(world, ana, url, token):
    before = state()
    page = ana.post(url, type_in(grid(ana, url), {(world.oak, "interest"): "x"}, stage="apply", token=token))
    assert page.status_code == 422
    assert "look once more" in page.text
    assert state() == before


def test_from_the_preview_one_goes_back_to_the_grid_with_everything_typed(world, ana, url):
    looked = ana.post(url, type_in(grid(ana, url), {(world.oak, "interest"): "2/3/2026"}))
    sent, cells = fields(ana.post(url, {**fields(looked)[0], "stage": "edit"}))
    assert sent[cells[world.oak.plan.pk, "interest"]] == "2/3/2026"
    assert sent["sites"] == "all"


def test_other_sites_and_milestones_are_shown_without_losing_what_is_typed(world, ana, url):
    sent = type_in(grid(ana, url), {(world.elm, "interest"): "2/3/2026"}, stage="show", sites="setting_up")
    page = ana.post(url, {**sent, "columns": "implementation"})
    sent, cells = fields(page)
    assert sent[cells[world.plan.pk, "interest"]] == "2/3/2026"
    assert {key for _pk, key in cells} == {"interest", "trained", "served", "quality"}


def test_an_emptied_cell_stays_as_it_was_and_a_dash_takes_back(world, ana, url):
    record(ana, url, {(world.oak, "interest"): "x", (world.oak, "briefing"): "x"})
    page = ana.post(url, type_in(grid(ana, url), {(world.oak, "interest"): "", (world.oak, "briefing"): "-"}))
    assert "1 is not done after all." in page.text
    assert "1 cell was emptied and stays as it was." in page.text
    ana.post(url, {**fields(page)[0], "stage": "apply"})
    assert item_at(world.oak, "interest").is_done
    assert not item_at(world.oak, "briefing").is_done


@pytest.mark.parametrize("values", [{}, {"interest": ""}, {"interest": "-"}])
def test_where_nothing_is_new_the_grid_says_so(world, ana, url, values):
    page = ana.post(url, type_in(grid(ana, url), {(world.oak, key): value for key, value in values.items()}))
    assert page.status_code == 422
    assert "Nothing new is typed yet." in page.text or "Nothing would change" in page.text


# A block


def test_a_block_without_script_goes_into_the_grid_by_order(world, ana, url):
    page = ana.post(url, {**type_in(grid(ana, url), {}), "block": "x\t2/3/2026\n\t\t3/1/2026\n"})
    assert "3 cells will be recorded" in page.text
    ana.post(url, {**fields(page)[0], "stage": "apply"})
    assert item_at(world.elm, "briefing").done_on == dt.date(2026, 2, 3)
    assert item_at(world.oak, "signed").done_on == dt.date(2026, 3, 1)


def test_a_table_with_names_goes_where_the_names_say(world, ana, url):
    block = "Where\tEveryone trained\tInterest on record\nOak Clinic\t4/1/2026\tx\nElm Clinic\t\t2/2/2026"
    page = ana.post(url, {**type_in(ana.get(url, {"sites": "all"}), {}), "block": block})
    assert "3 cells will be recorded" in page.text
    assert "Everyone trained" in page.text


def test_a_block_that_does_not_fit_stays_in_its_box_and_nothing_of_it_is_taken(world, ana, url):
    before = state()
    page = ana.post(url, {**type_in(grid(ana, url), {}), "block": "Elm Clinic\tx\nElm Clinc\tx"})
    assert page.status_code == 422
    assert "Line 2: “Elm Clinc” is not a site of this grid. Did you mean “Elm Clinic”?" in page.text
    assert "Elm Clinc\tx</textarea>" in page.text
    assert state() == before


def test_of_5000_pasted_cells_four_are_bad_and_none_is_recorded_until_they_are_mended(world, ana, url):
    add_active_sites(world, 498)
    keys = [key for key in fields(grid(ana, url, q="elm"))[1]]
    assert len(keys) == 10
    rows = [["2/3/2026"] * 10 for _site in range(500)]
    rows[0][0], rows[100][3], rows[250][9], rows[499][5] = "soon", "2/30/2026", "4/1/2027", "1/4/2026"
    block = "\n".join("\t".join(row) for row in rows)
    before = state()
    page = ana.post(url, {**type_in(grid(ana, url), {}), "block": block})
    assert page.status_code == 422
    assert "4 of 5000 typed cells need another look. Nothing was recorded." in page.text
    for said in ("“soon” cannot be read", "There is no such day", "is in the future", "before the site’s start"):
        assert said in page.text
    assert page.text.count('aria-invalid="true"') == 4
    assert state() == before
    sent, _cells = fields(page)
    for name, value in sent.items():
        if value in ("soon", "2/30/2026", "4/1/2027", "1/4/2026"):
            sent[name] = "2/4/2026"
    looked = ana.post(url, {**sent, "stage": "preview"})
    assert "5000 cells will be recorded" in looked.text
    assert "There are too many to list one by one." in looked.text


# What is wrong


def test_what_is_wrong_is_listed_by_site_milestone_and_value_and_marked_in_the_grid(world, ana, url):
    before = state()
    values = {(world.oak, "interest"): "soon", (world.elm, "interest"): "1/4/2026", (world.elm, "signed"): "x"}
    page = ana.post(url, type_in(grid(ana, url), values))
    assert page.status_code == 422
    assert "2 of 3 typed cells need another look. Nothing was recorded." in page.text
    row = re.search(rf'<tr id="f{world.oak.plan.pk}-interest">(.*?)</tr>', page.text, re.S)[1]
    for said in ("Oak Clinic", "Interest on record", "soon", "Write a date as 11/4/2026"):
        assert said in row
    early = re.search(rf'<tr id="f{world.plan.pk}-interest">(.*?)</tr>', page.text, re.S)[1]
    assert "This is before the site’s start, Mon 5 Jan 2026." in early
    assert world.plan.url("site_settings") in early
    cell = re.search(rf'<input name="{world.oak.plan.pk}:interest:" value="soon"[^>]*>', page.text)[0]
    assert f'aria-describedby="f{world.oak.plan.pk}-interest"' in cell
    assert re.search(rf'<input name="{world.plan.pk}:signed:" value="x"', page.text)
    assert state() == before


def test_a_cell_for_what_does_not_apply_is_refused_and_can_be_emptied(world, ana, url):
    [school] = planning.add_sites(
        world.project, [new_site("Ash School", setting="school")], by=world.ana, now=world.now
    )
    sent = {**type_in(grid(ana, url), {}), f"{school.plan.pk}:billing:": "x"}
    page = ana.post(url, sent)
    assert page.status_code == 422
    assert "This does not apply here." in page.text
    assert (school.plan.pk, "billing") in fields(page)[1]


def test_cells_of_other_projects_are_like_cells_that_do_not_exist(world, ana, url):
    before = state()
    for name in (
        f"{world.other_site.plan.pk}:interest:",
        f"{world.team_plan.pk}:measures:",
        f"{10**17}:interest:",
        f"{world.plan.pk}:nonsense:",
        f"{world.plan.pk}:exited:",
    ):
        for stage in ("preview", "apply"):
            page = ana.post(url, {**type_in(grid(ana, url), {}), name: "x", "stage": stage})
            assert page.status_code == 422
            assert "not in this project any more" in page.text
    assert state() == before


@pytest.mark.parametrize(
    "strange",
    [
        {"shown": "1 x 99999999999999999999999"},
        {"heads": "nonsense"},
        {"typed": "nonsense\n\t\n:::"},
        {"sites": "'", "columns": "<", "q": "x" * 500},
        {"9" * 30 + ":interest:": "x"},
        {"1:interest:9999-99-99": "x"},
    ],
)
def test_strange_fields_break_nothing(world, ana, url, strange):
    before = state()
    for stage in ("preview", "apply", "show", "edit", "nonsense"):
        assert ana.post(url, {**strange, "stage": stage}).status_code in (200, 422)
    assert state() == before


# Two people at once


def test_two_people_paste_at_once_and_the_second_sees_both_values_before_writing(world, ana, url, sign_in, client):
    hers = type_in(grid(ana, url), {(world.oak, "interest"): "2/3/2026", (world.elm, "interest"): "x"})
    his = type_in(grid(sign_in(world.dee), url), {(world.oak, "interest"): "2/9/2026"})
    looked = client.post(url, his)
    client.post(url, {**fields(looked)[0], "stage": "apply"})
    before = state()
    page = sign_in(world.ana).post(url, hers)
    assert page.status_code == 409
    assert "Somebody changed 1 of these cells while you typed. Nothing was recorded." in page.text
    row = re.search(rf'<tr id="f{world.oak.plan.pk}-interest">(.*?)</tr>', page.text, re.S)[1]
    for said in ("Oak Clinic", "3 Feb 2026", "9 Feb 2026", "Dee Halvorsen recorded"):
        assert said in row
    assert state() == before
    looked = client.post(url, {**fields(page)[0], "stage": "preview"})
    assert "9 Feb 2026 → 3 Feb 2026" in looked.text
    client.post(url, {**fields(looked)[0], "stage": "apply"})
    assert item_at(world.oak, "interest").done_on == dt.date(2026, 2, 3)


def test_a_change_between_preview_and_apply_is_seen_too_and_the_form_can_be_sent_again(world, ana, url):
    looked = ana.post(url, type_in(grid(ana, url), {(world.elm, "interest"): "2/3/2026", (world.oak, "interest"): "x"}))
    progress.set_done(world.plan, item_at(world.elm, "interest").pk, by=world.bo, now=world.now)
    before = state()
    page = ana.post(url, {**fields(looked)[0], "stage": "apply"})
    assert page.status_code == 409
    assert "Bo Lindqvist recorded" in page.text
    assert state() == before
    sent, cells = fields(page)
    sent[cells[world.plan.pk, "interest"]] = ""  # Ana keeps what Bo said
    looked = ana.post(url, {**sent, "stage": "preview"})
    assert "1 cell will be recorded" in looked.text


# Who may, and what comes next


@pytest.mark.parametrize(
    ("who", "status"), [("dee", 200), ("ana", 200), ("bo", 403), ("vi", 403), ("cy", 404), ("ed", 404), ("nia", 404)]
)
def test_only_those_who_lead_may_catch_up(sign_in, world, url, who, status):
    client = sign_in(getattr(world, who))
    for address in (url, reverse("projects:record", args=[world.project.slug])):
        assert client.get(address).status_code == status
    page = client.get(f"/projects/{world.project.slug}/")
    assert (url in page.text) == (status == 200)


def test_the_page_of_what_was_recorded_is_for_who_did_it(sign_in, world, ana, url):
    done = record(ana, url, {(world.oak, "interest"): "x"}).url
    assert sign_in(world.dee).get(done).status_code == 404
    assert sign_in(world.cy).get(done).status_code == 404


def test_start_says_for_many_sites_what_would_be_late_and_what_is_due_within_a_month(world, ana, at_most):
    [ash] = planning.add_sites(
        world.project, [new_site("Ash Clinic", starts_on=dt.date(2026, 4, 20))], by=world.ana, now=world.now
    )
    start = reverse("projects:sites_start", args=[world.project.slug])
    page = ana.get(start)
    ahead = page.context["ahead"]
    assert {plan.site: rest for plan, *rest in ahead.rows} == {ash: [1, 3], world.oak: [2, 0]}
    assert ahead.milestones == [("Leader briefing held", 1, dt.date(2026, 6, 15))]
    assert "At 2 of 2 sites milestones would be late at once." in page.text
    assert reverse("projects:catch_up", args=[world.project.slug]) in page.text
    planning.add_sites(world.project, [new_site(f"Site {n}") for n in range(20)], by=world.ana, now=world.now)
    with at_most(8):
        ana.get(start)


def test_starting_after_catching_up_leaves_late_only_what_is_still_open(world, ana, url):
    record(ana, url, {(world.oak, "interest"): "1/5/2026", (world.oak, "briefing"): "5/4/2026"})
    planning.start_site(world.oak, by=world.ana, now=world.now)
    plan = Plan.objects.get(pk=world.oak.plan.pk)
    assert plan.next_milestone_due_on > MAY_20.date()
