"""Whoever waits for a plan finds it, and all that belongs to it, as the one before has left it."""

import datetime as dt
import threading
import time
from contextlib import contextmanager
from functools import partial

import pytest
from django.db import connection, transaction

from projects import amending, checking, contacts, planning, progress
from projects.models import Organization, Plan, Site
from tests.cast import new_site

pytestmark = pytest.mark.django_db(transaction=True)
LONG_ENOUGH = 0.4  # for the other one to arrive at the lock


@contextmanager
def while_another_waits(doing):
    """Do what the block does in a transaction in which, meanwhile, somebody else begins and waits."""
    failures = []

    def wait():
        try:
            doing()
        except Exception as error:  # noqa: BLE001 - a thread's error must reach the test
            failures.append(error)
        finally:
            connection.close()

    other = threading.Thread(target=wait)
    with transaction.atomic():
        yield
        other.start()
        time.sleep(LONG_ENOUGH)
    other.join()
    assert failures == []


def test_a_tick_that_waits_for_start_counts_an_active_site(world):
    plan = world.oak.plan
    meet = plan.items.get(key="meet").pk
    with while_another_waits(partial(progress.set_done, plan, meet, by=world.ana, now=world.now)):
        planning.start_site(world.oak, by=world.ana, now=world.now)
    assert [str(found) for found in checking.differences()] == []
    assert Plan.objects.get(pk=plan.pk).needs_help_from is not None


def test_start_pressed_twice_at_the_same_moment_starts_once(world):
    with while_another_waits(partial(planning.start_site, world.oak, by=world.ana, now=world.now)):
        planning.start_site(world.oak, by=world.ana, now=world.now)
    assert world.oak.statuses.filter(status=Site.Status.ACTIVE).count() == 1


def test_a_contact_that_waits_for_a_later_one_leaves_it_the_last(world):
    yesterday = world.now.date() - dt.timedelta(days=1)
    with while_another_waits(partial(contacts.log_contact, world.elm, on=yesterday, by=world.ana, now=world.now)):
        contacts.log_contact(world.elm, by=world.bo, now=world.now)
    assert Site.objects.get(pk=world.elm.pk).last_contact_on == world.now.date()


def test_a_tick_that_waits_for_new_thresholds_counts_by_them(world):
    meet = world.plan.items.get(key="meet").pk
    with while_another_waits(partial(progress.set_done, world.plan, meet, by=world.bo, now=world.now)):
        amending.change_program(world.program, by=world.dee, now=world.now, quiet_days=3)
    assert [str(found) for found in checking.differences()] == []


def test_two_leads_who_add_a_site_of_the_same_new_organization_make_it_once(world):
    add = partial(planning.add_sites, by=world.ana, now=world.now)
    rows = [new_site("Maple Clinic", organization="Northern Health")]
    with while_another_waits(partial(add, world.other_project, rows)):
        add(world.project, rows)
    assert Organization.objects.filter(name="Northern Health").count() == 1
    assert Site.objects.filter(name="Maple Clinic").values("place").distinct().count() == 1


def test_two_projects_of_one_name_begun_at_the_same_moment_have_an_address_each(world):
    begin = partial(
        planning.create_project,
        program=world.program,
        name="Screening",
        ebi_name="SBIRT",
        version=world.version,
        starts_on=world.now.date(),
        by=world.dee,
        now=world.now,
    )
    with while_another_waits(begin):
        begin()
    assert set(world.program.projects.filter(name="Screening").values_list("slug", flat=True)) == {
        "screening",
        "screening-2",
    }
