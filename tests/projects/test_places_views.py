"""The pages of organizations and places: making one of two, and recording once for an organization."""

import pytest

from projects import planning
from projects.models import Merger, Place, PlanItem
from tests.cast import new_site

pytestmark = pytest.mark.django_db


@pytest.fixture
def twice(world):
    row = new_site("The Elm Clinic", organization="Lakeshore Health System")
    [site] = planning.add_sites(world.other_project, [row], by=world.cy, now=world.now)
    return site.place


def page(response, status=200):
    assert response.status_code == status
    return response.content.decode()


def urls(world, twice):
    base = f"/programs/{world.program.slug}/places/"
    return base, f"{base}merge/?what=place&one={world.elm.place_id}&other={twice.pk}"


def test_an_administrator_finds_doubles_makes_them_one_and_takes_it_back(world, twice, sign_in):
    dee = sign_in(world.dee)
    base, merge = urls(world, twice)
    assert "Probably entered twice" in page(dee.get(base))
    assert "Are these one?" in page(dee.get(merge))
    said = {"stays": world.elm.place_id, "name": "on"}
    preview = dee.post(merge, said)
    assert "The site The Elm Clinic of School CBT is at Elm Clinic from now on." in page(preview)
    token = preview.context["token"]
    for _time in range(2):
        assert dee.post(merge, {**said, "stage": "apply", "token": token}).status_code == 302
    assert Merger.objects.count() == 1
    shown = page(dee.get(base))
    assert "Made one lately" in shown
    assert "Probably entered twice" not in shown
    dee.post(f"{base}{Merger.objects.get().pk}/undo/")
    assert "They are two again." in page(dee.get(base))
    assert Place.objects.standing().filter(name="The Elm Clinic").exists()


def test_what_cannot_be_one_is_said_on_the_page(world, twice, sign_in):
    dee = sign_in(world.dee)
    _base, merge = urls(world, twice)
    assert "Choose the one that stays." in page(dee.post(merge, {}), 422)
    Place.objects.filter(pk=twice.pk).update(county="26121")
    assert "are not one place" in page(dee.post(merge, {"stays": twice.pk}), 422)


@pytest.mark.parametrize("query", ["", "?what=place&one=0&other=0", "?what=x", "?what=organization&one=x"])
def test_a_strange_pair_leads_back_to_the_list(world, sign_in, query):
    dee = sign_in(world.dee)
    assert dee.get(f"/programs/{world.program.slug}/places/merge/{query}").status_code == 302


def test_places_of_another_program_cannot_be_chosen(world, twice, sign_in):
    [ohio] = planning.add_sites(world.foreign_project, [new_site("Elm Clinic")], by=world.ed, now=world.now)
    dee = sign_in(world.dee)
    address = f"/programs/{world.program.slug}/places/merge/?what=place&one={world.elm.place_id}&other={ohio.place_id}"
    assert dee.get(address).status_code == 302


@pytest.mark.parametrize("many", [3, 30])
def test_the_list_takes_as_many_statements_however_long_it_is(world, sign_in, many, at_most):
    rows = [new_site(f"Clinic {n}", organization=f"System {n}") for n in range(many)]
    planning.add_sites(world.project, rows, by=world.ana, now=world.now)
    dee = sign_in(world.dee)
    with at_most(12):
        page(dee.get(f"/programs/{world.program.slug}/places/"))


def test_an_agreement_is_recorded_once_for_an_organizations_sites(world, sign_in):
    ana = sign_in(world.ana)
    base = f"/projects/{world.project.slug}/"
    shown = page(ana.get(f"{base}organizations/"))
    assert "Lakeshore Health" in shown
    assert "0 of 2" in shown
    assert "Record it for 2 sites" in shown
    record = page(ana.get(f"{base}record/?what=signed&plans={world.plan.pk}&plans={world.oak.plan.pk}"))
    assert 'value="signed" id="what-signed" checked' in record
    assert f'value="{world.oak.plan.pk}" id="plan-{world.oak.plan.pk}" checked' in record
    said = {"what": "signed", "plans": [world.plan.pk, world.oak.plan.pk], "on": "x"}
    preview = ana.post(f"{base}record/", {**said, "stage": "preview"})
    hidden = {}
    for field in preview.context["hidden"]:
        hidden.setdefault(field["name"], []).append(field["value"])
    ana.post(f"{base}record/", {**hidden, "stage": "apply", "token": preview.context["token"]})
    assert PlanItem.objects.filter(key="signed", done_at__isnull=False).count() == 2
    assert "2 of 2" in page(ana.get(f"{base}organizations/"))
