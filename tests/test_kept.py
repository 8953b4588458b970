"""What is put back is what was made, and nothing is put back where it would not be the same."""

import datetime as dt

import pytest
from django.db import connection, transaction

from accounts.models import User
from projects.models import County
from tests import kept
from tests.cast import MONDAY, person, see_to_counties, world_on

pytestmark = pytest.mark.django_db


@pytest.fixture
def made(roadmap, monkeypatch):
    """The world as it was made, with every row there was then; the rows themselves are gone again."""
    monkeypatch.setattr(kept, "kept", {})
    see_to_counties()
    with transaction.atomic():
        world = world_on(roadmap, MONDAY)
        rows = kept.all_rows()
        transaction.set_rollback(True)
    assert not User.objects.exists()
    return world, rows


def test_rows_put_back_are_those_that_were_made_and_objects_are_new(made):
    world, rows = made
    [name] = kept.kept
    back = kept.once(name, lambda: pytest.fail("was made again"))
    assert kept.all_rows() == rows
    assert vars(back).keys() == vars(world).keys()
    assert back.elm == world.elm
    assert back.elm is not world.elm


@pytest.mark.usefixtures("made")
def test_the_world_has_its_counties_after_a_test_that_emptied_every_table(roadmap):
    County.objects.all().delete()
    back = world_on(roadmap, MONDAY)
    connection.check_constraints()
    assert back.elm.place.county.name == "Kent County"


@pytest.mark.usefixtures("made")
def test_what_finds_somebody_there_is_made():
    [name] = kept.kept
    person("Nia Farouk")
    assert kept.once(name, lambda: "made") == "made"


@pytest.mark.usefixtures("made")
def test_what_is_made_on_another_day_is_made(time_machine):
    time_machine.move_to(dt.datetime(2026, 1, 5, tzinfo=dt.UTC))
    [name] = kept.kept
    assert kept.once(name, lambda: "made") == "made"


def test_what_finds_somebody_there_is_not_kept(monkeypatch):
    monkeypatch.setattr(kept, "kept", {})
    person("Nia Farouk")
    kept.once("another", lambda: person("Bo Lindqvist"))
    assert kept.kept == {}


@pytest.mark.django_db(transaction=True)
def test_what_is_made_outside_a_transaction_is_not_kept(monkeypatch):
    monkeypatch.setattr(kept, "kept", {})
    kept.once("somebody", lambda: person("Bo Lindqvist"))
    assert kept.kept == {}
