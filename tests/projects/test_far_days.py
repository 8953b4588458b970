"""Days that nobody means, typed by mistake: answered beside their field, never an error page."""

import pytest

from projects.models import Contact, Plan, Project, Site

pytestmark = pytest.mark.django_db
PROJECT = "/projects/collaborative-care/"
FAR = ["9999-12-31", "0001-01-01"]


@pytest.mark.parametrize("day", FAR)
def test_a_site_does_not_start_in_another_age(world, sign_in, day):
    said = {"name": "Elm Clinic", "starts_on": day}
    assert sign_in(world.ana).post(world.plan.url("site_settings"), said).status_code == 422
    assert Plan.objects.get(pk=world.plan.pk).starts_on == world.plan.starts_on


@pytest.mark.parametrize("day", FAR)
def test_a_new_site_does_not_start_in_another_age(world, sign_in, day):
    said = {
        "name": "Ash Clinic",
        "organization": "Lakeshore Health",
        "setting": "fqhc",
        "county": "26081",
        "starts_on": day,
    }
    assert sign_in(world.ana).post(f"{PROJECT}sites/new/", said).status_code == 422
    assert not Site.objects.filter(name="Ash Clinic").exists()


@pytest.mark.parametrize(("starts_on", "ends_on"), [("9999-12-01", "9999-12-31"), ("0001-01-01", "0001-01-02")])
def test_a_project_does_not_begin_in_another_age(world, sign_in, starts_on, ends_on):
    said = {"name": "Collaborative Care", "ebi_name": "CoCM", "starts_on": starts_on, "ends_on": ends_on}
    assert sign_in(world.ana).post(f"{PROJECT}settings/", said).status_code == 422
    assert Project.objects.get(pk=world.project.pk).starts_on == world.project.starts_on


@pytest.mark.parametrize("day", FAR)
def test_nothing_is_due_in_another_age(world, sign_in, day):
    item = world.plan.items.get(key="briefing")
    said = {"act": "set", "on": day}
    assert sign_in(world.ana).post(world.plan.url("item_assign", pk=item.pk), said).status_code == 422
    item.refresh_from_db()
    assert not item.by_hand


def test_nothing_happened_in_another_age(world, sign_in):
    item = world.plan.items.get(key="briefing")
    answer = sign_in(world.bo).post(world.plan.url("item_done", pk=item.pk), {"on": "0001-01-01"})
    assert answer.status_code == 422
    item.refresh_from_db()
    assert not item.is_done


@pytest.mark.parametrize("said", [{"on": "0001-01-01"}, {"on": "2026-01-05", "next_on": "9999-12-31"}])
def test_nobody_was_spoken_with_in_another_age(world, sign_in, said):
    assert sign_in(world.bo).post(world.plan.url("contact_log"), said).status_code == 422
    assert not Contact.objects.exists()
