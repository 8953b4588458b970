"""A row of a site's own stands wherever the Roadmap's rows stand: next, late, mailed, printed, on the board."""

import datetime as dt

import pytest

from projects import assigning, progress, tailoring
from projects.assigning import Job
from projects.choosing import Choice
from projects.models import Fitting
from projects.reminders import digest_of

pytestmark = pytest.mark.django_db
OWN = "The county board votes yes"
PAUSE = dt.timedelta(weeks=4)


@pytest.fixture
def own(world, time_machine):
    """A milestone of Elm's own that was due after two weeks and is late now, the next one of the plan; Bo has it."""
    change = tailoring.Change(Fitting.Kind.OWN, step="leaders", item_kind="milestone", text=OWN, days=14)
    for item in world.plan.items.filter(kind="milestone", due_on__lte=dt.date(2026, 1, 19)):
        progress.set_done(world.plan, item.pk, by=world.bo, now=world.now)
    tailoring.fit([world.plan.pk], change, by=world.ana, now=world.now, keep_for="")
    own = world.plan.items.get(item=None)
    assigning.assign([world.plan.pk], Choice(items=frozenset({own.pk})), to=world.bo, by=world.ana, now=world.now)
    time_machine.move_to(world.now + PAUSE)
    world.plan.refresh_from_db()
    return own


def test_it_is_the_next_thing_and_makes_the_site_late(world, own):
    assert world.plan.next_milestone == own
    assert world.plan.next_milestone_due_on == own.due_on == dt.date(2026, 1, 19)


@pytest.mark.parametrize(
    "path",
    [
        "/todo/",
        "/projects/collaborative-care/sites/elm-clinic/",
        "/projects/collaborative-care/sites/elm-clinic/steps/leaders/",
        "/projects/collaborative-care/sites/elm-clinic/history/",
        "/projects/collaborative-care/sites/elm-clinic/paper/",
        "/projects/collaborative-care/sites/elm-clinic/meeting/",
    ],
)
def test_the_team_meets_it_where_it_works(world, own, sign_in, path):
    assert OWN in sign_in(world.bo).get(path).text


@pytest.mark.parametrize(
    "path",
    [
        "/projects/collaborative-care/",
        "/projects/collaborative-care/board/",
        "/projects/collaborative-care/board/export.csv",
        "/projects/collaborative-care/catch-up/",
        "/projects/collaborative-care/record/?step=leaders",
        "/projects/collaborative-care/assign/?step=leaders",
        "/dashboard/",
        "/dashboard/export.csv",
    ],
)
def test_pages_over_many_sites_bear_it(world, own, sign_in, path):
    assert sign_in(world.dee if "dashboard" in path else world.ana).get(path).status_code == 200


def test_the_states_table_names_it_as_what_comes_next(world, own, sign_in):
    assert OWN in b"".join(sign_in(world.dee).get("/dashboard/export.csv")).decode()


def test_it_is_told_in_the_digest(world, own):
    digest = digest_of(world.bo, now=world.now + PAUSE, lead_days=7, since=None, leads=False)
    assert OWN in [line.title for line in (*digest.late, *digest.due)]


def test_reached_it_is_in_the_story_and_the_count(world, own, sign_in):
    reached = world.plan.milestones_reached
    progress.set_done(world.plan, own.pk, by=world.bo, now=world.now + PAUSE)
    world.plan.refresh_from_db()
    assert world.plan.milestones_reached == reached + 1
    assert OWN in sign_in(world.bo).get("/projects/collaborative-care/sites/elm-clinic/story/").text


def test_it_can_be_given_to_whoever_holds_a_job(world, own):
    choice = Choice(items=frozenset({own.pk}))
    outcome = assigning.assign([world.plan.pk], choice, to=Job("coach"), by=world.ana, now=world.now)
    assert outcome.changes == 1
