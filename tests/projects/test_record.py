"""One event at many sites: chosen, looked at, recorded once; what is recorded already stays unless told otherwise."""

import datetime as dt
import html
import re

import pytest
from django.urls import reverse

from accounts.models import Activity
from projects import planning, progress, tailoring
from projects.models import PlanItem
from tests.cast import new_site
from tests.projects.many import add_active_sites
from tests.projects.test_board import address as board

pytestmark = pytest.mark.django_db
MAY_20 = dt.datetime(2026, 5, 20, 15, tzinfo=dt.UTC)


@pytest.fixture(autouse=True)
def later(time_machine, world):
    time_machine.move_to(MAY_20, tick=False)
    world.now = MAY_20


@pytest.fixture
def url(world):
    return reverse("projects:record", args=[world.project.slug])


@pytest.fixture
def ana(sign_in, world):
    return sign_in(world.ana)


@pytest.fixture
def asked(world):
    """What a lead posts: everyone was trained at both sites on one day."""
    return {
        "what": ["trained"],
        "plans": [world.plan.pk, world.oak.plan.pk],
        "on": "2/3/2026",
        "stage": "preview",
    }


def hidden(page):
    """Return what the form of a preview carries on, as a browser would send it."""
    carried = {}
    for name, value in re.findall(r'<input type="hidden" name="([\w-]+)" value="([^"]*)"', page.text):
        carried.setdefault(name, []).append(html.unescape(value))
    carried.pop("csrfmiddlewaretoken", None)
    return carried


def apply(client, url, asked):
    return client.post(url, {**hidden(client.post(url, asked)), "stage": "apply"})


def item_at(site, key):
    return PlanItem.objects.get(plan__site=site, key=key)


def state():
    rows = PlanItem.objects.order_by("pk").values_list("pk", "done_on", "done_precision", "done_at", "due_on")
    return list(rows), Activity.objects.count()


def test_an_event_is_looked_at_and_recorded_at_all_chosen_sites_with_one_date(world, ana, url, asked):
    before = state()
    page = ana.post(url, asked)
    assert page.status_code == 200
    assert "2 changes will be recorded" in page.text
    assert state() == before
    answer = ana.post(url, {**hidden(page), "stage": "apply"})
    for site in (world.elm, world.oak):
        item = item_at(site, "trained")
        assert (item.done_on, item.done_by, item.on_behalf_of) == (dt.date(2026, 2, 3), world.ana, site)
    rows = Activity.objects.filter(verb="reached")
    assert len({row.batch for row in rows}) == 1
    assert {row.plan_id for row in rows} == {world.plan.pk, world.oak.plan.pk}
    assert "2 changes, at 2 sites" in ana.get(answer.url).text


def test_one_undo_takes_all_of_it_back(world, ana, url, asked):
    before = state()[0]
    page = ana.get(apply(ana, url, {**asked, "actions_too": "on"}).url)
    batch = re.search(r"/undo/([0-9a-f-]{36})/", page.text)[1]
    ana.post(reverse("projects:undo", args=[batch]), {"next": url})
    assert state()[0] == before


def test_a_date_beside_a_site_counts_for_that_site_alone_and_chooses_it(world, ana, url, asked):
    apply(ana, url, {**asked, "plans": [world.plan.pk], f"on-{world.oak.plan.pk}": "Mar 2026"})
    assert item_at(world.elm, "trained").done_on == dt.date(2026, 2, 3)
    oak = item_at(world.oak, "trained")
    assert (oak.done_on, oak.done_precision) == (dt.date(2026, 3, 1), "month")


def test_where_each_site_has_its_own_date_none_is_needed_for_all(world, ana, url, asked):
    own = {f"on-{world.plan.pk}": "x", f"on-{world.oak.plan.pk}": "2/9/2026"}
    assert apply(ana, url, {**asked, "on": "", **own}).status_code == 302
    assert item_at(world.elm, "trained").done_precision == "unknown"


def test_who_has_it_already_is_told_with_the_date_and_keeps_it_unless_ticked(world, ana, url, asked):
    by = {"by": world.bo, "now": world.now, "on": dt.date(2026, 2, 1)}
    progress.set_done(world.plan, item_at(world.elm, "trained").pk, **by)
    page = ana.post(url, asked)
    assert "1 change will be recorded" in page.text
    assert "Everyone trained: recorded already, 1 Feb 2026" in page.text
    ana.post(url, {**hidden(page), "stage": "apply"})
    assert item_at(world.elm, "trained").done_on == dt.date(2026, 2, 1)
    page = ana.post(url, {**asked, "redate": "on"})
    assert "1 gets another date." in page.text
    assert "1 Feb 2026 → 3 Feb 2026" in page.text
    ana.post(url, {**hidden(page), "stage": "apply"})
    assert item_at(world.elm, "trained").done_on == dt.date(2026, 2, 3)


def test_a_site_where_it_does_not_apply_is_told_and_left_out(world, ana, url, asked):
    [school] = planning.add_sites(
        world.project, [new_site("Ash School", setting="school")], by=world.ana, now=world.now
    )
    off = item_at(world.oak, "billing")
    tailoring.set_applicable(world.oak.plan, off.pk, False, reason="Grants pay.", by=world.ana, now=world.now)
    page = ana.post(url, {**asked, "what": ["billing"], "plans": [world.plan.pk, world.oak.plan.pk, school.plan.pk]})
    assert "1 change will be recorded" in page.text
    assert page.text.count("Billing test passed: does not apply here") == 2


def test_its_open_actions_are_done_too_where_asked(world, ana, url, asked):
    page = ana.post(url, {**asked, "what": ["briefing"], "actions_too": "on"})
    assert "6 changes will be recorded" in page.text
    ana.post(url, {**hidden(page), "stage": "apply"})
    assert item_at(world.oak, "meet").done_on == dt.date(2026, 2, 3)


def test_actions_are_recorded_like_milestones(world, ana, url, asked):
    apply(ana, url, {**asked, "what": ["meet", "tell"]})
    assert PlanItem.objects.filter(key__in=["meet", "tell"], done_on=dt.date(2026, 2, 3)).count() == 4


def test_where_all_of_it_is_recorded_nothing_can_be_applied(world, ana, url, asked):
    apply(ana, url, asked)
    page = ana.post(url, asked)
    assert "Nothing would change" in page.text
    assert 'value="apply"' not in page.text


def test_one_can_go_back_and_choose_differently(world, ana, url, asked):
    page = ana.post(url, {**hidden(ana.post(url, {**asked, f"on-{world.plan.pk}": "x"})), "stage": "edit"})
    assert page.status_code == 200
    assert re.search(r'value="trained"[^>]* checked', page.text)
    assert len(re.findall(r'name="plans"[^>]* checked', page.text)) == 2
    assert re.search(rf'name="on-{world.plan.pk}" value="x"', page.text)


def test_a_form_sent_twice_records_once_and_says_so(world, ana, url, asked):
    carried = {**hidden(ana.post(url, asked)), "stage": "apply"}
    ana.post(url, carried)
    before = state()
    assert ana.post(url, carried).status_code == 409
    assert state() == before


@pytest.mark.parametrize("token", ["", "made-up", "a:b:c"])
def test_without_a_token_of_ours_one_looks_once_more(world, ana, url, asked, token):
    before = state()
    page = ana.post(url, {**asked, "stage": "apply", "token": token})
    assert page.status_code == 422
    assert "look once more" in page.text
    assert state() == before


def test_what_somebody_recorded_since_the_preview_stops_it_with_both_values(world, ana, url, asked):
    page = ana.post(url, asked)
    progress.set_done(world.plan, item_at(world.elm, "trained").pk, by=world.bo, now=world.now, on=dt.date(2026, 2, 1))
    before = state()
    page = ana.post(url, {**hidden(page), "stage": "apply"})
    assert page.status_code == 409
    for said in ("Elm Clinic", "Bo Lindqvist recorded", "3 Feb 2026", "1 Feb 2026"):
        assert said in page.text
    assert state() == before


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"what": []}, "Choose at least one milestone or action."),
        ({"what": ["nonsense"]}, "not one of the available choices"),
        ({"what": ["exited"]}, "not one of the available choices"),
        ({"what": ["measures"]}, "not one of the available choices"),
        ({"plans": []}, "Choose at least one site."),
        ({"plans": ["999999"]}, "not one of the available choices"),
        ({"plans": ["'"]}, "not one of the available choices"),
        ({"all_plans": "1", "shown": ["999999"]}, "not one of the available choices"),
        ({"on": ""}, "Say when it happened."),
        ({"on": "-"}, "Say when it happened."),
        ({"on": "soon"}, "“soon” cannot be read"),
        ({"on": "5/21/2026"}, "is in the future"),
        ({"on": "1/4/2026"}, "This is before the site’s start, Mon 5 Jan 2026."),
    ],
)
@pytest.mark.parametrize("stage", ["preview", "apply"])
def test_what_is_wrong_is_said_and_nothing_changes(world, ana, url, asked, wrong, said, stage):
    carried = {**hidden(ana.post(url, asked)), **asked, **wrong, "stage": stage}
    before = state()
    page = ana.post(url, carried)
    assert page.status_code == 422
    assert said in page.text
    assert state() == before


def test_a_date_beside_a_site_that_cannot_be_read_is_said_there(world, ana, url, asked):
    page = ana.post(url, {**asked, f"on-{world.oak.plan.pk}": "soon"})
    assert page.status_code == 422
    assert "Look again at the dates of: Oak Clinic." in page.text
    assert f'id="on-{world.oak.plan.pk}-error"' in page.text


def test_sites_of_other_projects_are_like_sites_that_do_not_exist(world, ana, url, asked):
    before = state()
    other = world.other_site.plan.pk
    for wrong in (
        {"plans": [world.plan.pk, other]},
        {"plans": [world.team_plan.pk]},
        {"all_plans": "1", "shown": [world.plan.pk, other]},
    ):
        for stage in ("preview", "apply"):
            assert ana.post(url, {**asked, **wrong, "stage": stage}).status_code == 422
    assert ana.post(url, {**asked, f"on-{other}": "x"}).status_code == 200  # nobody's date
    assert state() == before


# Where one comes from


def test_the_boards_filter_and_ticked_sites_are_taken_along(world, ana, url):
    page = ana.get(board(world.project, "?state=setting_up"))
    assert f'action="{url}"' in page.text
    assert '<input type="hidden" name="state" value="setting_up">' in page.text
    page = ana.get(url, {"state": "setting_up", "plans": [world.oak.plan.pk]})
    assert "1 of 2 sites are shown" in page.text
    assert re.search(rf'value="{world.oak.plan.pk}"[^>]* checked', page.text)
    assert "Elm Clinic" not in page.text


def test_who_may_only_look_ticks_nothing_on_the_board(world, sign_in, url):
    page = sign_in(world.vi).get(board(world.project))
    assert url not in page.text
    assert 'name="plans"' not in page.text


def test_a_step_leads_to_recording_it_for_many(world, ana, sign_in, url):
    step = world.plan.url("plan_step", step="launch")
    link = re.search(rf'href="({url}[^"]+)"', ana.get(step).text)[1]
    page = ana.get(html.unescape(link))
    assert re.search(r"<details[^>]* open><summary>Start services, small first", page.text)
    assert re.search(rf'value="{world.plan.pk}"[^>]* checked', page.text)
    assert url not in sign_in(world.bo).get(step).text


@pytest.mark.parametrize("sites", [3, 60])
def test_the_page_and_the_preview_take_as_many_statements_however_many_sites(world, ana, url, asked, sites, at_most):
    made = add_active_sites(world, sites)
    ana.get(url)
    with at_most(8):
        ana.get(url)
    with at_most(11):
        page = ana.post(url, {**asked, "plans": [site.plan.pk for site in made]})
    assert f"{sites} changes will be recorded" in page.text
