"""A researcher's first week and a lead's look at it, in a real browser."""

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from interviews import approving, codebook, guiding, studying
from interviews.models import Interview, Study
from projects.models import Role
from tests.browser.looks import LOOKS, fits, in_look
from tests.cast import join, person
from tests.interviews.conftest import GUIDE

pytestmark = pytest.mark.django_db(transaction=True)
LONG = "How clinics, schools and home visitors keep screening going after the grant ends"


@pytest.fixture
def ria(world):
    made = join(person("Ria Castellan"), Role.RESEARCHER, world.program).user
    approving.switch_on(world.program, purpose="quality", by=world.dee, now=timezone.now())
    return made


@pytest.fixture
def study(world, ria):
    by = {"by": ria, "now": timezone.now()}
    made = studying.begin_study(world.program, name=LONG, aim="To learn who pays then.", **by)
    guiding.write_guide(made, title="Interview guide", text=GUIDE, **by)
    code = codebook.add_code(made, name="Tension for change", **by)
    codebook.change_code(code, definition="People say that it cannot go on so.", revision=1, **by)
    return made


def test_from_the_first_page_to_a_summed_up_interview(world, ria, visit):
    page = visit(ria, "/todo/")
    page.get_by_role("navigation", name="Main", exact=True).get_by_role("link", name="Studies").click()
    page.get_by_role("link", name="Begin one in").click()
    page.get_by_label("Name").fill(LONG)
    page.get_by_label("What you want to find out").fill("To learn who pays then.")
    page.get_by_role("button", name="Begin the study").click()
    page.get_by_role("link", name="Write the guide").click()
    page.get_by_label("Questions").fill(GUIDE)
    page.get_by_role("button", name="Save the guide").click()
    page.get_by_role("link", name="Overview").click()
    page.get_by_role("link", name="Add a participant").click()
    expect(page.get_by_label("Pseudonym")).to_have_value("P01")
    page.get_by_label("Role group").select_option("partner")
    page.get_by_label("Site").select_option(label="Elm Clinic")
    page.get_by_role("button", name="Add to the list").click()
    page.get_by_label("Version of the form").fill("1")
    page.get_by_label("Quotes by role group only").check()
    page.get_by_role("button", name="Record consent").click()
    page.get_by_role("link", name="Plan an interview").click()
    expect(page.get_by_label("Participant")).to_have_value(str(Study.objects.get().participants.get().pk))
    page.get_by_label("Planned for").fill(f"{timezone.localdate():%Y-%m-%d}T00:00")
    page.get_by_role("button", name="Plan it").click()
    page.get_by_label("Summary: First days").fill("By a call from the county.")
    page.get_by_role("button", name="Save all of it").click()
    expect(page.get_by_text("Saved.")).to_be_visible()
    interview = Interview.objects.get()
    assert interview.held_on is not None
    assert interview.participant.project == world.project


def test_a_lead_finds_the_study_from_the_project_and_reads_nobodys_words(world, study, visit):
    page = visit(world.ana, f"/projects/{world.project.slug}/")
    page.get_by_role("link", name=LONG).click()
    expect(page.get_by_role("heading", name="Whom the study has heard")).to_be_visible()
    expect(page.get_by_role("link", name="Participants")).to_have_count(0)


@pytest.mark.parametrize(("width", "scheme"), LOOKS)
def test_pages_of_a_young_study_hold_at_every_width(ria, study, visit, axe, width, scheme):
    page = visit(ria, "/styleguide/")
    in_look(page, width, scheme)
    code, base = study.codes.get(), f"/studies/{study.slug}/"
    question = study.guides.get().questions.first()
    pages = ["", "history/", "targets/", "people/", "change/", "interviews/", f"codes/{code.pk}/", "guide/1/"]
    for path in (*pages, f"questions/{question.pk}/parts/1/"):
        page = visit(ria, f"{base}{path}")
        axe(page)
        assert fits(page), path
    expect(visit(ria, f"{base}history/?part=codebook").get_by_text("What it means: nothing → People")).to_be_visible()
