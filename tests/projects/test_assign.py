"""The pages by which leads give work and change dates, and by which a team takes an item."""

import datetime as dt
import re

import pytest
from django.urls import reverse

from accounts.models import Activity
from projects import amending, assigning, planning, progress
from projects.choosing import Choice
from projects.models import Duty, PlanItem, Role
from tests.cast import join, new_site, person

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def today(time_machine, world):
    time_machine.move_to(world.now, tick=False)


@pytest.fixture
def url(world):
    return reverse("projects:assign", args=[world.project.slug])


@pytest.fixture
def asked(world):
    """What a lead posts to give one step at both sites to the site champion."""
    return {
        "steps": ["leaders"],
        "plans": [world.plan.pk, world.oak.plan.pk],
        "act": "who",
        "to": "job-site_champion",
        "stage": "preview",
    }


def state():
    rows = PlanItem.objects.order_by("pk").values("assignee", "assigned_duty", "due_on", "by_hand", "shift_days")
    return list(rows), Activity.objects.count()


def hidden(page):
    """Return what the form of a preview carries on, as a browser would send it."""
    carried = {}
    for name, value in re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', page.text):
        carried.setdefault(name, []).append(value)
    carried.pop("csrfmiddlewaretoken", None)
    return carried


def apply(client, url, asked):
    return client.post(url, {**hidden(client.post(url, asked)), "stage": "apply"})


def test_a_preview_tells_what_changes_where_and_changes_nothing(sign_in, world, url, asked):
    Duty.objects.create(key="site_champion", site=world.elm, user=world.bo, since_on=world.now.date())
    before = state()
    page = sign_in(world.ana).post(url, asked)
    assert page.status_code == 200
    assert "10 items will change" in page.text
    assert 'Elm Clinic</strong> <span class="note">5 items: Bo Lindqvist' in page.text
    assert "no one yet" in page.text
    assert state() == before


def test_applying_a_preview_changes_it_once_and_offers_to_undo_it(sign_in, world, url, asked):
    client, before = sign_in(world.ana), state()[0]
    answer = apply(client, url, asked)
    assert answer.status_code == 302
    assert PlanItem.objects.filter(assigned_duty="site_champion").count() == 10
    page = client.get(answer.url)
    assert "10 items" in page.text
    batch = re.search(r"/undo/([0-9a-f-]{36})/", page.text)[1]
    client.post(reverse("projects:undo", args=[batch]), {"next": url})
    assert state()[0] == before


def test_a_replayed_apply_changes_nothing_and_says_so(sign_in, world, url, asked):
    client = sign_in(world.ana)
    carried = {**hidden(client.post(url, asked)), "stage": "apply"}
    client.post(url, carried)
    assigning.assign([world.plan.pk], Choice(steps=frozenset({"leaders"})), to=None, by=world.ana, now=world.now)
    before = state()
    again = client.post(url, carried)
    assert again.status_code == 409
    assert "the second time changed nothing" in again.text
    assert state() == before


@pytest.mark.parametrize("token", ["", "made-up", "a:b:c"])
def test_an_apply_without_a_token_of_ours_shows_the_preview_again(sign_in, world, url, asked, token):
    before = state()
    page = sign_in(world.ana).post(url, {**asked, "stage": "apply", "token": token})
    assert page.status_code == 422
    assert "look once more" in page.text
    assert state() == before


def test_a_person_gets_work_only_at_their_sites_and_the_preview_says_where_not(sign_in, world, url, asked):
    page = sign_in(world.ana).post(url, {**asked, "to": f"person-{world.bo.pk}"})
    assert "5 items will change" in page.text
    assert "Bo Lindqvist is not on the team here." in page.text


def test_all_sites_that_are_shown_can_be_chosen_at_once(sign_in, world, url, asked):
    client = sign_in(world.ana)
    shown = hidden(client.get(url, {"setting": "fqhc"}))["shown"]
    page = client.post(url, {**asked, "plans": [], "all_plans": "1", "shown": shown})
    assert set(hidden(page)["plans"]) == {str(world.plan.pk), str(world.oak.plan.pk)}


def test_the_offer_is_narrowed_by_setting(sign_in, world, url):
    planning.add_sites(world.project, [new_site("Ash School", setting="school")], by=world.ana, now=world.now)
    page = sign_in(world.ana).get(url, {"setting": "school"})
    assert "Ash School" in page.text
    assert "Elm Clinic" not in page.text
    assert "1 of 4 plans are shown" in page.text


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"steps": []}, "Choose at least one step"),
        ({"plans": []}, "Choose at least one site"),
        ({"to": ""}, "Choose a person or a job"),
        ({"to": "job-nonsense"}, "not one of the available choices"),
        ({"to": "person-999999"}, "not one of the available choices"),
        ({"steps": ["nonsense"]}, "not one of the available choices"),
        ({"all_plans": "1", "shown": ["999999"]}, "not one of the available choices"),
        ({"all_plans": "1", "shown": []}, "Choose at least one site"),
        ({"plans": ["999999"]}, "not one of the available choices"),
        ({"plans": ["'"]}, "not one of the available choices"),
        ({"act": "burn"}, "not one of the available choices"),
        ({"held_by": "999999"}, "not one of the available choices"),
        ({"act": "set", "on": ""}, "Choose a day"),
        ({"act": "set", "on": "soon"}, "Enter a valid date"),
        ({"act": "set", "on": "2026-01-04"}, "Choose dates from that day on"),
        ({"act": "shift", "days": "0"}, "other than 0"),
        ({"act": "shift", "days": "99999"}, "less than or equal to 1000"),
    ],
)
@pytest.mark.parametrize("stage", ["preview", "apply"])
def test_what_is_wrong_is_said_beside_its_field_and_nothing_changes(sign_in, world, url, asked, wrong, said, stage):
    client = sign_in(world.ana)
    carried = {**hidden(client.post(url, asked)), **asked, **wrong, "stage": stage}
    amending.change_site(world.oak.plan.site, starts_on=dt.date(2026, 1, 1), by=world.ana, now=world.now)
    before = state()
    page = client.post(url, carried)
    assert page.status_code == 422
    assert said in page.text
    assert state() == before


def test_ids_of_other_projects_are_like_ids_that_do_not_exist(sign_in, world, url, asked):
    client, before = sign_in(world.ana), state()
    for wrong in (
        {"plans": [world.plan.pk, world.other_site.plan.pk]},
        {"to": f"person-{world.cy.pk}"},
        {"held_by": world.cy.pk},
        {"all_plans": "1", "shown": [world.plan.pk, world.other_site.plan.pk]},
    ):
        for stage in ("preview", "apply"):
            assert client.post(url, {**asked, **wrong, "stage": stage}).status_code == 422
    assert state() == before


@pytest.mark.parametrize(
    ("who", "status"), [("dee", 200), ("ana", 200), ("bo", 403), ("vi", 403), ("cy", 404), ("ed", 404), ("nia", 404)]
)
def test_only_those_who_lead_may_give_work(sign_in, world, url, asked, who, status):
    client = sign_in(getattr(world, who))
    assert client.get(url).status_code == client.post(url, asked).status_code == status
    item = world.plan.items.first()
    for address in (world.plan.url("item_assign", pk=item.pk), world.plan.url("step_assign", step="leaders")):
        assert client.get(address).status_code == status


def test_dates_move_over_many_sites_with_what_follows_told(sign_in, world, url, asked):
    client = sign_in(world.ana)
    page = client.post(url, {**asked, "act": "shift", "days": "14"})
    assert "10 items will change" in page.text
    assert "move along" in page.text
    before = dict(world.plan.items.values_list("key", "due_on"))
    apply(client, url, {**asked, "act": "shift", "days": "14"})
    assert world.plan.items.get(key="signed").due_on == before["signed"] + dt.timedelta(days=14)


def test_one_can_go_back_and_choose_differently(sign_in, world, url, asked):
    client = sign_in(world.ana)
    page = client.post(url, {**hidden(client.post(url, asked)), "stage": "edit"})
    assert page.status_code == 200
    assert re.search(r'value="leaders"[^>]* checked', page.text)
    assert len(re.findall(r'name="plans"[^>]* checked', page.text)) == 2


def test_what_belongs_to_somebody_who_left_is_told_and_handed_on(sign_in, world, url):
    assigning.assign([world.plan.pk], Choice(steps=frozenset({"leaders"})), to=world.bo, by=world.ana, now=world.now)
    world.bo.is_active = False
    world.bo.save()
    client = sign_in(world.ana)
    page = client.get(url)
    assert "5 open items belong to Bo Lindqvist, who is not on the team any more" in page.text
    assert "Hand on what Bo Lindqvist had" in client.get(url, {"held_by": world.bo.pk}).text
    asked = {"held_by": world.bo.pk, "act": "who", "to": f"person-{world.ana.pk}", "stage": "preview"}
    assert "5 items will change" in client.post(url, asked).text
    apply(client, url, asked)
    assert world.plan.items.filter(assignee=world.ana).count() == 5


def test_somebody_deactivated_since_the_preview_gets_nothing(sign_in, world, url, asked):
    client = sign_in(world.ana)
    carried = {**hidden(client.post(url, {**asked, "to": f"person-{world.bo.pk}"})), "stage": "apply"}
    world.bo.is_active = False
    world.bo.save()
    before = state()
    assert client.post(url, carried).status_code == 422
    assert state() == before


def test_the_page_of_what_was_done_is_for_who_did_it(sign_in, world, url, asked):
    done = apply(sign_in(world.ana), url, asked).url
    assert sign_in(world.dee).get(done).status_code == 404
    assert sign_in(world.cy).get(done).status_code == 404


# One item or step


def test_an_item_goes_to_a_person_from_its_plan(sign_in, world):
    item = world.plan.items.get(key="briefing")
    address = world.plan.url("item_assign", pk=item.pk)
    client = sign_in(world.ana)
    assert "Nobody has it yet" in client.get(address).text
    answer = client.post(address, {"act": "who", "to": f"person-{world.bo.pk}"})
    assert answer.status_code == 302
    assert answer.url.startswith(world.plan.get_absolute_url())
    item.refresh_from_db()
    assert item.assignee == world.bo


def test_a_step_goes_to_a_job_from_its_plan(sign_in, world):
    answer = sign_in(world.ana).post(world.plan.url("step_assign", step="leaders"), {"act": "who", "to": "job-coach"})
    assert answer.status_code == 302
    assert world.plan.items.filter(assigned_duty="coach").count() == 5


def test_an_item_of_the_teams_plan_gets_a_date(sign_in, world):
    item = world.team_plan.items.get(key="measures")
    sign_in(world.ana).post(world.team_plan.url("item_assign", pk=item.pk), {"act": "set", "on": "2026-02-02"})
    item.refresh_from_db()
    assert (item.due_on, item.by_hand) == (dt.date(2026, 2, 2), True)


def test_people_of_other_sites_cannot_be_chosen_at_a_plan(sign_in, world):
    jo = person("Jo Berg")
    join(jo, Role.PRACTITIONER, world.oak)
    address = world.plan.url("item_assign", pk=world.plan.items.first().pk)
    page = sign_in(world.ana).get(address)
    assert "Bo Lindqvist" in page.text
    assert "Jo Berg" not in page.text
    before = state()
    assert sign_in(world.ana).post(address, {"act": "who", "to": f"person-{jo.pk}"}).status_code == 422
    assert state() == before


def test_an_item_of_another_plan_is_not_found(sign_in, world):
    foreign = world.oak.plan.items.first().pk
    for name in ("item_assign", "item_take"):
        assert sign_in(world.ana).post(world.plan.url(name, pk=foreign), {"act": "clear"}).status_code == 404


def test_next_leads_only_to_addresses_of_ours(sign_in, world):
    address = world.plan.url("step_assign", step="leaders")
    asked = {"act": "who", "to": "job-coach", "next": "https://elsewhere.example/"}
    assert sign_in(world.ana).post(address, asked).url.startswith("/projects/")


# Taking


def take(client, world, **said):
    return client.post(world.plan.url("item_take", pk=world.plan.items.get(key="briefing").pk), said)


def test_a_team_member_takes_an_item_and_gives_it_back(sign_in, world):
    client = sign_in(world.bo)
    assert take(client, world, take="1").status_code == 302
    assert world.plan.items.get(key="briefing").assignee == world.bo
    assert take(client, world, take="0").status_code == 302
    assert world.plan.items.get(key="briefing").assignee is None


def test_an_item_that_somebody_else_took_first_is_refused_in_words(sign_in, world):
    take(sign_in(world.ana), world)
    answer = take(sign_in(world.bo), world)
    assert answer.status_code == 422
    assert "Ana Brandt has this already" in answer.text


def test_taking_is_for_those_who_may_record_here(sign_in, world):
    assert [take(sign_in(who), world).status_code for who in (world.vi, world.cy, world.nia)] == [403, 404, 404]
    assert world.plan.items.get(key="briefing").assignee is None


def test_a_taken_item_stays_taken_when_it_is_done(sign_in, world):
    take(sign_in(world.bo), world)
    item = world.plan.items.get(key="briefing")
    progress.set_done(world.plan, item.pk, by=world.ana, now=world.now)
    item.refresh_from_db()
    assert item.assignee == world.bo


def test_the_page_costs_no_more_statements_with_fifty_sites(sign_in, world, url, asked, at_most):
    client = sign_in(world.ana)
    client.get(url)
    with at_most(14) as few:
        client.post(url, asked)
    names = [f"Clinic {number}" for number in range(50)]
    sites = planning.add_sites(world.project, [new_site(name) for name in names], by=world.ana, now=world.now)
    with at_most(len(few)):
        page = client.post(url, {**asked, "plans": [site.plan.pk for site in sites]})
    assert "250 items will change" in page.text
