import pytest

from projects.duties import set_duty
from projects.models import Project
from roadmap.models import Roadmap
from tests.roadmap.test_papers import words_of

pytestmark = pytest.mark.django_db
ELM = "/projects/collaborative-care/sites/elm-clinic/"


def test_a_plan_offers_templates_at_the_step_with_its_own_names(world, sign_in):
    set_duty(world.elm, "coach", name="Jo Field", phone="616 555 0100", by=world.ana, now=world.now)
    bo = sign_in(world.bo)
    page = bo.get(f"{ELM}steps/leaders/").content.decode()
    assert f'href="{ELM}templates/agreement-letter/"' in page
    words = " ".join(words_of(bo.get(f"{ELM}templates/agreement-letter/").content))
    assert "Between Lakeshore Health, for Elm Clinic, and Collaborative Care" in words
    assert "Jo Field, 616 555 0100" in words


def test_a_template_names_the_intervention_of_the_project(world, sign_in):
    Project.objects.filter(pk=world.project.pk).update(ebi_name="School CBT")
    words = " ".join(words_of(sign_in(world.ana).get(f"{ELM}templates/directors-case/").content))
    assert "A yes to School CBT at Elm Clinic" in words
    assert "Psychiatric" not in words


def test_a_plan_on_the_roadmap_of_collaborative_care_has_its_words(world, sign_in):
    Roadmap.objects.filter(versions=world.plan.version_id).update(key="cocm")
    words = words_of(sign_in(world.ana).get(f"{ELM}templates/directors-case/").content)
    assert "Psychiatric consultant" in words


def test_the_teams_plan_leaves_the_site_blank(world, sign_in):
    words = words_of(sign_in(world.ana).get("/projects/collaborative-care/plan/templates/huddle-agenda/").content)
    assert any(line.startswith("[Site].") for line in words)


def test_a_name_with_what_no_document_may_hold_stops_no_template(world, sign_in):
    Project.objects.filter(pk=world.project.pk).update(name="Care\uffff\x0b")
    words = " ".join(words_of(sign_in(world.ana).get(f"{ELM}templates/agreement-letter/").content))
    assert "and Care," in words
