"""Two people code the same interview blind in a real browser, see how far they agree, and settle where they do not."""

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from interviews import (
    agreeing,
    approving,
    codebook,
    coding,
    deidentifying,
    guiding,
    interviewing,
    recruiting,
    studying,
    transcribing,
)
from interviews.models import AgreementRound, Coding, Transcript
from projects.models import Role
from tests.browser.looks import LOOKS, fits, in_look
from tests.cast import join, person
from tests.interviews.conftest import GUIDE, SAID

pytestmark = pytest.mark.django_db(transaction=True)
BASE = "/studies/what-helps-sites/"


@pytest.fixture
def ria(world):
    """Ria, who owns a study in which Bo is, with one transcript that names nobody and two codes."""
    made = person("Ria Castellan")
    join(made, Role.RESEARCHER, world.program)
    by = {"by": made, "now": timezone.now()}
    day = world.program.today(by["now"])
    approving.switch_on(world.program, purpose="quality", by=world.dee, now=by["now"])
    study = studying.begin_study(world.program, name="What helps sites", aim="To learn what helps.", **by)
    studying.take_in(study, email=world.bo.email, owner=False, **by)
    guide = guiding.write_guide(study, title="Interview guide", text=GUIDE, **by)
    listed = {"role_group": "staff", "state": "asked", "project": None, "site": None, "setting": "", "contact": {}}
    who = recruiting.list_participant(study, pseudonym="P01", **listed, **by)
    recruiting.record_consent(who, form_version="1", given_on=day, scope="quote", **by)
    plan = {"interviewer": made, "mode": "phone", "planned_for": None}
    talk = interviewing.plan_interview(study, who, guide, **plan, **by)
    interviewing.hold(talk, held_on=day, minutes=30, notes="", **by)
    original = transcribing.choose_file(talk, name="talk.txt", data=SAID.encode(), **by)
    transcript = transcribing.save_transcript(talk, sha256=original.sha256, names={}, **by)
    deidentifying.say_cleared(transcript, cleared=True, revision=1, **by)
    for name in ("Available resources", "What helped"):
        codebook.add_code(study, name=name, **by)
    return made


def put(who, words, name):
    transcript = Transcript.objects.get()
    start = transcript.text.index(words)
    code = transcript.interview.study.codes.get(name=name)
    place = {"start": start, "end": start + len(words), "revision": 1}
    return coding.apply_code(transcript, code.pk, **place, by=who, now=timezone.now())


def test_two_code_blind_see_their_figures_and_settle_a_difference(ria, world, visit, axe):
    page = visit(ria, f"{BASE}agreement/")
    axe(page)
    page.get_by_role("link", name="Open a round").click()
    page.get_by_label("those that I tick").check()
    page.get_by_label("P01").check()
    axe(page)
    page.get_by_role("button", name="Open the round").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Round 1")
    axe(page)
    put(ria, "Bo Lindqvist did.", "What helped")
    put(ria, "Elm Clinic was fine.", "Available resources")

    page = visit(world.bo, f"{BASE}interviews/{Transcript.objects.get().interview_id}/transcript/")
    expect(page.get_by_text("You code this interview blind")).to_be_visible()
    expect(page.locator(".code-chip")).to_have_count(0)
    axe(page)
    page.keyboard.press("j")
    page.keyboard.press("j")
    page.keyboard.press("c")
    page.keyboard.type("wh")
    page.keyboard.press("Enter")
    expect(page.locator("#margin-1 a.code-chip")).to_contain_text("Bo")
    page.get_by_role("button", name="I am through with it").click()
    expect(page.get_by_text("You are through with it")).to_be_visible()

    page = visit(ria, f"{BASE}agreement/")
    page.get_by_role("link", name="Round 1").click()
    page.get_by_role("button", name="I am through").click()
    page.get_by_role("link", name="Close the round").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Close “")
    axe(page)
    page.get_by_role("button", name="Close the round").click()
    expect(page.get_by_text("Krippendorff's alpha").first).to_be_visible()
    expect(page.get_by_role("row", name="What helped")).to_contain_text("1.00")
    axe(page)

    page.get_by_role("link", name="Go through where you differ").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Where you differ")
    axe(page)
    page.get_by_label("Why").fill("She speaks of the building.")
    page.get_by_role("button", name="It does not").click()
    expect(page.get_by_text("She speaks of the building.")).to_be_visible()
    axe(page)
    assert [one.code.name for one in Coding.objects.there()] == ["What helped", "What helped"]
    page.get_by_role("button", name="Undo").click()
    expect(page.get_by_role("button", name="It belongs here")).to_be_visible()
    assert Coding.objects.there().count() == 3


@pytest.mark.parametrize(("width", "scheme"), LOOKS)
def test_rounds_hold_at_every_width(ria, world, visit, axe, width, scheme):
    text = Transcript.objects.get()
    study, by = text.interview.study, {"by": ria, "now": timezone.now()}
    both = {"coders": [ria, world.bo], "transcripts": [text.pk]}
    for name, words in (("First", "Elm Clinic was fine."), ("Second", "Bo Lindqvist did.")):
        found = agreeing.open_round(study, name=name, unit="paragraph", **both, **by)
        put(ria, words, "Available resources")
        for who in both["coders"]:
            agreeing.say_through(found, text.pk, through=True, by=who, now=by["now"])
        agreeing.close_round(found, **by)
        put(world.bo, words, "Available resources")
    still = agreeing.open_round(study, name="Third", unit="paragraph", **both, **by)
    page = visit(ria, "/styleguide/")
    in_look(page, width, scheme)
    closed = AgreementRound.objects.get(name="First").pk
    for path in ("", "new/", f"{closed}/", f"{closed}/differences/", f"{still.pk}/", f"{still.pk}/close/"):
        page = visit(ria, f"{BASE}agreement/{path}")
        axe(page)
        assert fits(page), path
