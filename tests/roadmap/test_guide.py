"""The public guide as a reader without an account meets it."""

import re
from html import unescape

import pytest
from django.urls import reverse

from roadmap import guide
from roadmap.models import Item, RoadmapVersion
from roadmap.timing import when_words
from tests.small_roadmap import make_small_roadmap

GUIDE = "/roadmap/"


def words(response):
    """Return a page's words as one line."""
    page = re.sub(r"<(script|style)\b.*?</\1>", " ", response.content.decode(), flags=re.S)
    return re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]+>", " ", page)))


# ---- the whole road


def test_anybody_reads_the_whole_road_on_one_page(client, loaded):
    response = client.get(GUIDE)
    said = words(response)
    assert response.status_code == 200
    for phase in ("Get ready", "Do it", "Keep it going"):
        assert phase in said
    for step in loaded.steps.all():
        assert step.name in said
        assert f'href="{reverse("roadmap:guide_step", args=[step.key])}"' in response.content.decode()
    for milestone in loaded.items.filter(kind="milestone"):
        assert milestone.text in said


def test_the_whole_road_takes_four_statements_however_much_is_on_it(client, loaded, at_most):
    with at_most(4):
        client.get(GUIDE)


def test_a_school_sees_what_applies_to_a_school(client, loaded):
    said = words(client.get(GUIDE, {"setting": "school"}))
    assert "Source of money written down" in said
    assert "First claim paid" not in said
    assert "For: School" in said
    clinic = words(client.get(GUIDE, {"setting": "fqhc"}))
    assert "First claim paid" in clinic
    assert "Source of money written down" not in clinic


def test_without_a_setting_rows_say_for_whom_they_are(client, loaded):
    assert "Only for: School, Local health department, Other community setting" in words(client.get(GUIDE))


def test_links_keep_the_setting_and_the_roadmap(client, loaded):
    page = client.get(GUIDE, {"setting": "fqhc", "roadmap": "cocm"}).content.decode()
    assert 'href="/roadmap/pay/?roadmap=cocm&amp;setting=fqhc"' in page


def test_the_derived_roadmap_shows_its_rows_among_the_others(client, loaded):
    said = words(client.get(GUIDE, {"roadmap": "cocm"}))
    assert "20 steps, 75 milestones" in said
    assert "Care manager hired or assigned" in said
    assert "Supervisor chosen" in said
    assert "99492." in said
    assert "Care manager hired or assigned" not in words(client.get(GUIDE))


@pytest.mark.parametrize("query", [{"setting": "spaceship"}, {"roadmap": "nowhere"}])
def test_what_does_not_exist_is_not_found(client, loaded, query):
    assert client.get(GUIDE, query).status_code == 404


def test_an_empty_installation_says_how_the_roadmap_gets_there(client, db):
    response = client.get(GUIDE)
    assert response.status_code == 200
    assert "No Roadmap is published yet" in words(response)


def test_a_draft_is_not_shown(client, db):
    make_small_roadmap(status=RoadmapVersion.Status.DRAFT)
    assert "No Roadmap is published yet" in words(client.get(GUIDE))
    assert client.get("/roadmap/leaders/").status_code == 404


def test_the_newest_published_version_is_shown(client, db):
    make_small_roadmap(1)
    make_small_roadmap(2)
    assert "Small Roadmap, version 2" in words(client.get(GUIDE))


@pytest.mark.parametrize("address", [GUIDE, "/roadmap/leaders/"])
def test_the_guide_is_only_read(client, loaded, address):
    assert client.post(address).status_code in (403, 405)
    assert client.head(address).status_code == 200


# ---- one step


def test_a_step_says_why_how_what_and_how_you_know(client, loaded):
    said = words(client.get("/roadmap/leaders/"))
    for expected in (
        "Leaders control time, space, and money.",
        "Ask for thirty minutes with the top leader",
        "Meet with the top leader and the direct supervisors on the need",
        "Usually: Project lead. Template: Leader briefing slides.",
        "Leader briefing held",
        "You have: Date, agenda, and which roles came.",
        "Often 4 to 8 weeks after the site's start",
        "Leaders leave too.",
        "Top leaders say yes but do not free up time or money.",
        "CFIR: High-level Leaders.",
        "Involve executive boards.",
        "Done by each site",
        "About 5 and a half hours in all",
        "Site leader or supervisor. Controls time, space, and staff duties.",
        "Before: Invite sites and get a clear start",
        "Next: Engage partners and build the team",
    ):
        assert expected in said


def test_a_step_says_what_it_rests_on_and_how_each_source_stands_to_it(client, loaded):
    said = words(client.get("/roadmap/plan/"))
    assert "Supports this. Rusch 2021, abstract : The program and the way it is brought in" in said
    assert "Contrasts with this. Waltz 2019 (CFIR-ERIC)" in said
    assert "Only mentions this." in words(client.get("/roadmap/engage/"))


def test_rows_say_whether_they_are_mips_or_our_own_advice(client, loaded):
    said = words(client.get("/roadmap/engage/"))
    assert "Source: Rusch 2021, Table 3." in said
    assert "Our own advice." in said
    assert "In the MIP paper: Engage stakeholders" in said
    coach = words(client.get("/roadmap/coach/"))
    assert "No row here comes from MIP's published Roadmap." in coach
    assert "In the MIP paper" not in coach


def test_experts_opinion_is_shown_with_its_share_and_called_opinion(client, loaded):
    said = words(client.get("/roadmap/leaders/"))
    assert "Most named by experts for “Networks & Communications”: Promote network weaving (57%)" in said
    assert "this is expert opinion, not proof" in said


def test_what_could_not_be_checked_says_so(client, loaded):
    assert "We could not check this well enough." in words(client.get("/roadmap/pay/", {"roadmap": "cocm"}))


def test_each_item_has_an_anchor_of_its_own(client, loaded):
    page = client.get("/roadmap/leaders/").content.decode()
    ids = re.findall(r'\sid="([^"]+)"', page)
    assert "leaders_m_briefing" in ids
    assert len(ids) == len(set(ids))


def test_a_step_takes_seven_statements(client, loaded, at_most):
    for step in ("leaders", "pay", "keep"):
        with at_most(7):
            client.get(f"/roadmap/{step}/", {"roadmap": "cocm"})


def test_a_setting_leaves_out_what_is_not_for_such_a_place(client, loaded):
    said = words(client.get("/roadmap/agree/", {"setting": "fqhc"}))
    assert "Agree with the district which records fall under FERPA" not in said
    assert "Agree with the district which records fall under FERPA" in words(client.get("/roadmap/agree/"))


def test_the_first_and_the_last_step_have_one_neighbour(client, loaded):
    first, last = words(client.get("/roadmap/needs/")), words(client.get("/roadmap/keep/"))
    assert "Before:" not in first
    assert "Next: Choose the program" in first
    assert "Next:" not in last


def test_an_unknown_step_is_not_found_in_our_words(client, loaded):
    response = client.get("/roadmap/levitate/")
    assert response.status_code == 404
    assert "No step is called “levitate”." in words(response)
    assert 'href="/roadmap/leaders/"' in response.content.decode()


def test_guidance_of_an_older_version_stays_readable_for_the_plans_pinned_to_it(db, at_most):
    old, _ = make_small_roadmap(1), make_small_roadmap(2)
    step = old.steps.get(key="leaders")
    with at_most(6):
        shown = guide.guidance(step, old)
    assert [row.item.version_id for row in shown.milestones] == [old.pk] * 3
    assert shown.roles == [old.roles["site_champion"]]


# ---- words for weeks


@pytest.mark.parametrize(
    ("anchors", "weeks", "expected"),
    [
        (["site_start"], (4, 8), "4 to 8 weeks after the site's start"),
        (["site_start"], (0, 0), "on the day of the site's start"),
        (["site_start"], (3, 3), "3 weeks after the site's start"),
        (["briefing"], (0, 1), "within 1 week after “Leader briefing held”"),
        (["grant_end"], (-44, -40), "40 to 44 weeks before the end of the grant"),
        (["a", "b", "c"], (2, 6), "2 to 6 weeks after the last of “A”, “B” and “C”"),
        ([], (None, None), ""),
    ],
)
def test_weeks_are_said_as_people_would(anchors, weeks, expected):
    item = Item(anchors=anchors, weeks_from=weeks[0], weeks_to=weeks[1])
    assert when_words(item, {"briefing": "Leader briefing held", "a": "A", "b": "B", "c": "C"}) == expected
