"""From a theme to a finding on a step's page: the researcher by keyboard alone, then the site team that reads it."""

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from interviews import (
    approving,
    codebook,
    coding,
    concluding,
    deidentifying,
    guiding,
    interviewing,
    recruiting,
    studying,
    transcribing,
)
from interviews.models import Finding
from projects.models import Role
from tests.browser.looks import LOOKS, fits, in_look
from tests.cast import join, person
from tests.interviews.conftest import GUIDE, WORDS

pytestmark = pytest.mark.django_db(transaction=True)
BASE = "/studies/what-helps-sites/"


@pytest.fixture
def heard(world):
    """Five community partners who each said the same, in transcripts that name nobody, coded by Ria."""
    ria = person("Ria Castellan")
    join(ria, Role.RESEARCHER, world.program)
    by = {"by": ria, "now": timezone.now()}
    day = world.program.today(by["now"])
    approving.switch_on(world.program, purpose="quality", **by)
    study = studying.begin_study(world.program, name="What helps sites", aim="To learn what helps.", **by)
    guide = guiding.write_guide(study, title="Interview guide", text=GUIDE, **by)
    code = codebook.add_code(study, name="No room", **by)
    place = {"role_group": "partner", "state": "asked", "project": None, "site": None, "setting": "", "contact": {}}
    for number in range(1, 6):
        who = recruiting.list_participant(study, pseudonym=f"P{number}", **place, **by)
        recruiting.record_consent(who, form_version="1", given_on=day, scope="role_only", **by)
        plan = {"interviewer": ria, "mode": "phone", "planned_for": None}
        talk = interviewing.plan_interview(study, who, guide, **plan, **by)
        interviewing.hold(talk, held_on=day, minutes=30, notes="", **by)
        original = transcribing.choose_file(talk, name="talk.txt", data=f"P{number}: {WORDS}".encode(), **by)
        transcript = transcribing.save_transcript(talk, sha256=original.sha256, names={}, **by)
        deidentifying.say_cleared(transcript, cleared=True, revision=1, **by)
        start = transcript.text.index(WORDS)
        coding.apply_code(transcript, code.pk, start=start, end=start + len(WORDS), revision=1, **by)
    return study


@pytest.fixture
def published(heard):
    by = {"by": heard.created_by, "now": timezone.now()}
    finding = concluding.state_finding(heard, sentence="A room with a door comes before any training.", **by)
    codings = heard.codes.get().codings.values_list("pk", flat=True)
    concluding.rest_on(finding, codings=codings, **by)
    concluding.choose_quotes(finding, [finding.evidence.first().pk], **by)
    concluding.tie(finding, step_key="leaders", stance="contrasts", **by)
    concluding.publish(finding, **by)
    return finding


def on(page, role, name):
    """Go to a control with the keyboard's Tab alone, wherever it stands behind the focus."""
    target = page.get_by_role(role, name=name)
    for _press in range(120):
        page.keyboard.press("Tab")
        if target.evaluate("one => one === document.activeElement"):
            return
    pytest.fail(f"Tab does not reach {role} {name!r}.")


def test_a_researcher_goes_by_keyboard_from_a_theme_to_a_published_finding(heard, visit, axe):
    page = visit(heard.created_by, f"{BASE}findings/")
    axe(page)
    on(page, "textbox", "Name of the theme")
    page.keyboard.type("Rooms")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Rooms")
    on(page, "link", "Choose codes")
    page.keyboard.press("Enter")
    on(page, "checkbox", "No room")
    page.keyboard.press("Space")
    on(page, "button", "Save")
    page.keyboard.press("Enter")
    expect(page.get_by_text("5 passages")).to_be_visible()
    axe(page)
    on(page, "link", "State a finding")
    page.keyboard.press("Enter")
    on(page, "textbox", "What you found, in one sentence")
    page.keyboard.type("A room with a door comes before any training.")
    axe(page)
    on(page, "button", "State it")
    page.keyboard.press("Enter")
    expect(page.get_by_text("Before it can be published:")).to_be_visible()
    on(page, "button", "Take all passages of its theme")
    page.keyboard.press("Enter")
    expect(page.get_by_text("5 more stand behind it.")).to_be_visible()
    page.get_by_role("checkbox", name="Quote it").first.focus()
    page.keyboard.press("Space")
    on(page, "button", "Save the quotes")
    page.keyboard.press("Enter")
    page.get_by_text("Tie it to a step", exact=True).focus()
    page.keyboard.press("Enter")
    on(page, "combobox", "Step of the Roadmap")
    page.keyboard.type("Win")
    on(page, "radio", "Supports the guidance")
    page.keyboard.press("ArrowDown")
    axe(page)
    on(page, "button", "Tie it to the step")
    page.keyboard.press("Enter")
    expect(page.get_by_text("Contrasts with the guidance at “Win leader support”").first).to_be_visible()
    on(page, "button", "Publish to site teams")
    page.keyboard.press("Enter")
    expect(page.get_by_text("Site teams see it on the pages of its steps.")).to_be_visible()
    axe(page)
    assert Finding.objects.published().get().evidence.filter(quoted=True).count() == 1


@pytest.mark.parametrize(("width", "scheme"), LOOKS)
def test_a_site_team_reads_it_on_the_steps_page_beside_what_was_published(published, world, visit, axe, width, scheme):
    page = visit(world.bo, "/styleguide/")
    in_look(page, width, scheme)
    page = visit(world.bo, f"{world.plan.get_absolute_url()}steps/leaders/")
    told = page.locator("#guidance .step-findings")
    expect(told.get_by_text(published.sentence)).to_be_visible()
    expect(told.get_by_text(f"“{WORDS}” [Partner]")).to_be_visible()
    expect(told.get_by_text("Contrasts with the guidance.")).to_be_visible()
    expect(told.get_by_text("Heard from 5 of 5 community partners.")).to_be_visible()
    expect(told.get_by_role("link")).to_have_count(0)
    axe(page)
    assert fits(page)
    for path in ("findings/", f"findings/{published.pk}/", f"findings/{published.pk}/evidence/"):
        page = visit(published.created_by, f"{BASE}{path}")
        axe(page)
        assert fits(page), path


def test_from_the_step_back_to_the_passage_and_forward_again(published, visit, world):
    page = visit(published.created_by, f"{world.plan.get_absolute_url()}steps/leaders/")
    page.get_by_role("link", name="P1, in the transcript").click()
    expect(page.locator("[data-coding-text]")).to_contain_text(WORDS)
    page.locator("a.code-chip", has_text="No room").first.click()
    expect(page.locator(".leads").get_by_text(published.sentence)).to_be_visible()
    expect(page.locator(".leads").get_by_text("Heard from 5 of 5 community partners.")).to_be_visible()
