"""What every answer carries: pages of somebody who is signed in stay with that person."""

import pytest

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("where", ["/todo/", "/projects/", "/dashboard/", "/dashboard/export.csv", "/profile/"])
def test_a_page_of_a_person_is_kept_by_no_cache_and_no_shared_browser(world, sign_in, where):
    answer = sign_in(world.dee).get(where)
    assert answer.status_code == 200
    assert answer["Cache-Control"] == "private, no-store"


def test_what_is_refused_is_not_kept_either(world, sign_in):
    assert sign_in(world.bo).get("/dashboard/")["Cache-Control"] == "private, no-store"


def test_a_page_for_everybody_may_be_kept(client, db):
    assert "Cache-Control" not in client.get("/")


def test_a_page_that_says_more_keeps_its_own_words(world, sign_in):
    assert "no-cache" in sign_in(world.dee).get("/healthz")["Cache-Control"]
