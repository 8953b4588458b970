"""Search over the guide: case, accents, ranking, where it matched, and what to do when nothing does."""

import pytest

from roadmap.models import RoadmapVersion, Step
from roadmap.searching import fold, search
from tests.small_roadmap import make_small_roadmap


def places(found):
    return [(hit.step.key, hit.anchor) for hit in found]


def text(hit):
    return "".join(part for part, _ in hit.snippet)


def marked(hit):
    return [part for part, is_match in hit.snippet if is_match]


def test_steps_come_before_rows_and_rows_before_running_text(loaded):
    ranks = [hit.rank for hit in search(loaded, "train")]
    assert ranks == sorted(ranks, reverse=True)
    assert set(ranks) == {1, 2, 3}
    assert places(search(loaded, "train"))[0] == ("train", "")


def test_case_and_accents_do_not_matter(db):
    version = make_small_roadmap(status=RoadmapVersion.Status.DRAFT)
    Step.objects.filter(key="plan").update(how=["Meet at the CAFÉ of the Straße."])
    for words in ("café", "CAFE", "cafe", "strasse", "STRASSE"):
        assert places(search(version, words)) == [("plan", "how")]
    assert marked(search(version, "cafe")[0]) == ["CAFÉ"]
    assert marked(search(version, "strasse")[0]) == ["Straße"]


def test_all_words_must_stand_together_in_any_order(loaded):
    assert ("leaders", "leaders_a7") in places(search(loaded, "template agreement"))
    assert all("agreement" in text(hit).lower() for hit in search(loaded, "template agreement"))


def test_milestones_actions_and_barriers_are_found_with_their_anchor(loaded):
    assert ("engage", "engage_m_champion") in places(search(loaded, "champion named"))
    assert ("engage", "engage_a4") in places(search(loaded, "whom staff trust"))
    assert ("agree", "barriers") in places(search(loaded, "legal review takes months"))


def test_a_setting_leaves_out_rows_for_other_places(loaded):
    assert places(search(loaded, "FERPA which under HIPAA")) == [("agree", "agree_a3")]
    assert search(loaded, "FERPA which under HIPAA", setting="fqhc") == []


def test_a_long_text_is_cut_around_the_match(loaded):
    hit = next(hit for hit in search(loaded, "phone signal") if hit.anchor == "how")
    assert marked(hit) == ["phone", "signal"] or marked(hit) == ["phone signal"]
    assert len(text(hit)) < 260
    assert text(hit).startswith("…")


@pytest.mark.parametrize("words", ["", "   ", "\u0301"])
def test_nothing_is_searched_for_nothing(loaded, words):
    assert search(loaded, words) == []


def test_folding_keeps_the_place_of_each_letter():
    folded, places = fold("Éß!")
    assert folded == "ess!"
    assert places == [0, 1, 1, 2]


def test_the_page_shows_results_with_their_place_and_marks_them(client, loaded):
    page = client.get("/roadmap/", {"q": "champion"}).content.decode()
    assert 'href="/roadmap/engage/#engage_m_champion"' in page
    assert "<mark>Champion</mark> named" in page
    assert "What to do" in page


def test_what_is_searched_for_is_escaped(client, loaded):
    page = client.get("/roadmap/", {"q": "<script>alert(1)</script>"}).content.decode()
    assert "<script>alert(1)" not in page
    assert "&lt;script&gt;alert(1)" in page


def test_a_search_without_a_result_says_what_to_do(client, loaded):
    page = client.get("/roadmap/", {"q": "zebra", "setting": "school"}).content.decode()
    assert "Nothing in the Roadmap matches" in page
    assert "Try one word instead of several" in page
    assert 'href="/roadmap/?q=zebra"' in page


def test_a_search_takes_five_statements(client, loaded, at_most):
    for words in ("champion", "a", "zebra"):
        with at_most(5):
            client.get("/roadmap/", {"q": words})


def test_a_very_long_search_is_cut_and_answered(client, loaded):
    assert client.get("/roadmap/", {"q": "word " * 5000}).status_code == 200
