import pytest

from projects.duties import set_duty
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


def test_the_teams_plan_leaves_the_site_blank(world, sign_in):
    words = words_of(sign_in(world.ana).get("/projects/collaborative-care/plan/templates/huddle-agenda/").content)
    assert any(line.startswith("[Site].") for line in words)
