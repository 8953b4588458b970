"""What somebody does first whose list is empty."""

import pytest

from projects import planning
from projects.beginning import first_thing
from projects.models import Plan, PlanItem, Role, Scopes, Site
from tests.cast import join

pytestmark = pytest.mark.django_db


@pytest.fixture
def empty_program(world):
    return planning.create_program(
        name="Empty", slug="empty", roadmap=world.version.roadmap, by=world.dee, now=world.now
    )


@pytest.fixture
def empty_project(world, empty_program):
    return planning.create_project(
        program=empty_program,
        name="New Care",
        ebi_name="Care",
        version=world.version,
        starts_on=world.now.date(),
        by=world.dee,
        now=world.now,
    )


def advice(user, role=None, target=None):
    if role:
        join(user, role, target)
    found = first_thing(Scopes.read(user))
    return found.title, found.url


def test_somebody_without_a_team_reads_the_roadmap(world):
    assert advice(world.nia) == ("You are not in a project yet", "/roadmap/")


def test_the_team_of_a_site_that_is_setting_up_looks_at_its_plan(world):
    assert advice(world.nia, Role.PRACTITIONER, world.oak) == (
        "Your list begins soon",
        world.oak.plan.get_absolute_url(),
    )


@pytest.mark.parametrize("status", ["paused", "stopped", "finished"])
def test_the_team_of_a_site_at_rest_is_told_so(world, status):
    Site.objects.filter(pk=world.elm.pk).update(status=status)
    assert advice(world.bo)[0] == f"Nothing is due at your site: {status}"


def test_a_team_that_has_done_everything_sees_what_comes_after(world):
    assert advice(world.bo) == ("All done for now", world.plan.get_absolute_url())


def test_a_lead_without_sites_brings_them_in(world, empty_project):
    assert advice(world.nia, Role.LEAD, empty_project) == (
        "Bring in your sites",
        "/projects/new-care/spreadsheets/sites/",
    )


def test_a_lead_with_sites_looks_at_all_of_them(world):
    assert advice(world.ana)[1] == f"/projects/{world.project.slug}/board/"


def test_an_administrator_begins_a_project_then_has_the_dashboard(world, empty_program):
    assert advice(world.nia, Role.ADMINISTRATOR, empty_program) == (
        "Start your first project",
        "/programs/empty/projects/new/",
    )
    assert advice(world.dee)[1] == "/dashboard/"


def test_a_researcher_goes_to_the_studies_and_an_observer_to_the_projects(world):
    assert advice(world.nia, Role.RESEARCHER, world.project)[1] == "/studies/"
    assert advice(world.vi)[1] == "/projects/"


def test_an_empty_list_says_it_with_one_place_to_go(world, sign_in):
    PlanItem.objects.filter(plan__project=world.project).update(removed=True)
    shown = sign_in(world.bo).get("/todo/").content.decode()
    assert "All done for now" in shown
    assert shown.count('class="empty"') == 1


def test_everybody_of_the_world_is_told_something(world):
    for name in "dee ana bo vi cy ed nia".split():
        assert all(advice(getattr(world, name)))


def test_a_person_in_two_places_is_told_of_the_one_at_work(world):
    Site.objects.filter(pk=world.elm.pk).update(status="paused")
    plan = Plan.objects.get(site=world.oak)
    assert advice(world.bo, Role.PRACTITIONER, world.oak) == ("Your list begins soon", plan.get_absolute_url())
