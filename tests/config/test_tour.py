"""Being shown around: four stops for each role, each a page that opens, skipped or begun again at will."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from config.tour import TOURS
from projects import planning
from projects.access import first_role
from projects.models import Role, Scopes
from tests.cast import join, person

pytestmark = pytest.mark.django_db


@pytest.fixture
def newcomers(world):
    """Somebody of each role who signs in for the first time."""
    where = {
        Role.PRACTITIONER: world.elm,
        Role.LEAD: world.project,
        Role.ADMINISTRATOR: world.program,
        Role.RESEARCHER: world.program,
        Role.OBSERVER: world.project,
    }
    people = {role: person(f"New{role} Doe", tour="") for role in where}
    for role, target in where.items():
        join(people[role], role, target)
    return people


def page(response):
    assert response.status_code == 200
    return response.content.decode()


def go(client, act="next"):
    return client.post("/tour/", {"act": act})


def test_there_are_four_stops_for_every_role():
    assert {role: len(stops) for role, stops in TOURS.items()} == dict.fromkeys(Role, 4)


@pytest.mark.parametrize("role", list(Role))
def test_each_stop_is_on_a_page_that_opens_and_says_what_it_is_for(newcomers, sign_in, role):
    client = sign_in(newcomers[role])
    seen = []
    address = TOURS[role][0].address(Scopes.read(newcomers[role]))
    while address != "/todo/" or not seen:
        shown = page(client.get(address))
        assert f"Stop {len(seen) + 1} of 4" in shown
        seen.append(address)
        address = go(client)["Location"]
    assert len(set(seen)) == 4
    last = page(client.get("/todo/"))
    assert "That was the tour." in last
    assert "Stop " not in page(client.get(seen[0]))


def test_elsewhere_the_tour_is_silent_and_the_list_leads_back_to_it(newcomers, sign_in):
    client = sign_in(newcomers[Role.PRACTITIONER])
    second = go(client)["Location"]
    assert "Stop" not in page(client.get("/accessibility/"))
    assert "You are at stop 2 of 4" in page(client.get("/todo/"))
    assert go(client, "back")["Location"] == second


@pytest.mark.parametrize(("role", "stop"), [(Role.ADMINISTRATOR, 2), (Role.OBSERVER, 1)])
def test_who_lands_on_the_dashboard_is_led_to_the_tour_from_there(newcomers, world, sign_in, role, stop):
    user = newcomers[role]
    user.memberships.update(project=None, program=world.program)
    client = sign_in(user)
    assert client.get("/")["Location"] == "/dashboard/"
    for _stop in range(stop - 1):
        go(client)
    assert f"You are at stop {stop} of 4" in page(client.get("/dashboard/"))


def test_who_skips_it_sees_no_tour_until_they_ask(newcomers, sign_in):
    client = sign_in(newcomers[Role.LEAD])
    go(client, "skip")
    client.get("/todo/")
    assert "Stop 1 of 4" not in page(client.get("/todo/"))
    assert "Show me around" in page(client.get("/profile/"))
    assert go(client, "again")["Location"] == "/todo/"
    assert "Stop 1 of 4: Your list" in page(client.get("/todo/"))


def test_who_gets_another_role_is_shown_around_once_more(newcomers, world, sign_in):
    user = newcomers[Role.PRACTITIONER]
    client = sign_in(user)
    for _stop in range(4):
        go(client)
    assert "Stop" not in page(client.get("/todo/"))
    join(user, Role.LEAD, world.project)
    assert first_role(Scopes.read(user)) == Role.LEAD
    assert "Stop 1 of 4" in page(client.get("/todo/"))


def test_a_stop_without_a_page_is_left_out(world, sign_in):
    alone = person("Alone Doe", tour="")
    program = planning.create_program(
        name="Empty", slug="empty", roadmap=world.version.roadmap, by=world.dee, now=world.now
    )
    join(alone, Role.OBSERVER, program)
    client = sign_in(alone)
    assert [go(client)["Location"] for _stop in range(3)] == ["/projects/", "/roadmap/", "/todo/"]


def test_the_tour_costs_no_statement(newcomers, world, sign_in):
    old = person("Old Doe")
    join(old, Role.PRACTITIONER, world.elm)
    counts = []
    for user in (old, newcomers[Role.PRACTITIONER]):
        client = sign_in(user)
        client.get("/todo/")
        with CaptureQueriesContext(connection) as asked:
            shown = page(client.get("/todo/"))
        counts.append(len(asked))
    assert "Stop 1 of 4" in shown
    assert counts[0] == counts[1]
