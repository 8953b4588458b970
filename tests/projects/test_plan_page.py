import datetime as dt

import pytest

from accounts.models import Activity
from projects import barriers, contacts, notes, progress
from projects.models import Barrier, Plan, PlanItem

pytestmark = pytest.mark.django_db
HTMX = {"HX-Request": "true"}


@pytest.fixture(autouse=True)
def monday(world, time_machine):
    """All of it happens on the Monday on which the world was set up."""
    time_machine.move_to(world.now, tick=False)


def item(world, key):
    return world.plan.items.get(key=key)


@pytest.fixture
def press(client, world):
    """Return a function that posts to an item of Elm's plan, as htmx does unless told otherwise."""
    urls = {item.key: world.plan.url("item", pk=item.pk) for item in world.plan.items.all()}

    def post(key, act="done", headers=HTMX, **data):
        return client.post(f"{urls[key]}{act}/", data, headers=headers)

    return post


def test_the_plan_shows_the_road_the_next_thing_and_every_step(world, sign_in):
    page = sign_in(world.bo).get(world.plan.get_absolute_url()).content.decode()
    for words in ("Elm Clinic", "Get ready", "Interest on record", "It happened on this day", "Tailor the plan"):
        assert words in page
    assert 'id="item-' in page


def test_a_tick_answers_with_the_row_and_a_line_that_offers_undo(world, sign_in, press):
    sign_in(world.bo)
    page = press("meet", done="1", page="plan").content.decode()
    assert item(world, "meet").is_done
    assert 'aria-pressed="true"' in page
    assert "/undo/" in page
    assert 'id="road"' in page


def test_a_site_plan_costs_at_most_twelve_statements(world, sign_in, at_most):
    client = sign_in(world.bo)
    client.get(world.plan.get_absolute_url())
    with at_most(12):
        client.get(world.plan.get_absolute_url())


def test_a_tick_costs_at_most_ten_statements_and_a_milestone_twelve(world, sign_in, press, at_most):
    sign_in(world.bo)
    with at_most(10):
        assert press("meet", done="1", page="plan").status_code == 200
    with at_most(12):
        assert press("briefing", page="next", actions_too="on").status_code == 200
    with at_most(10):
        assert press("write", done="1", page="plan").status_code == 200
    with at_most(10):
        assert press("write", done="0", page="plan").status_code == 200
