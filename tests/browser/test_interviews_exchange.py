"""A researcher who comes from another program, in a real browser: a project in, its codings read, the study out."""

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from interviews import bringing_in, deidentifying, studying
from interviews.models import Coding, Transcript
from projects import jobs
from tests.browser.looks import LOOKS, fits, in_look
from tests.browser.test_interviews import BASE
from tests.interviews.refi import project_in, qde, qdpx, source, talk, valid
from tests.interviews.test_bringing_in import full

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def study(world, ria):
    by = {"by": ria, "now": timezone.now()}
    return studying.begin_study(world.program, name="What helps sites", aim="To learn what helps.", **by)


def choose(page, data):
    page.get_by_label("The file").set_input_files(
        {"name": "talks.qdpx", "mimeType": "application/octet-stream", "buffer": data}
    )
    page.get_by_role("button", name="Look at this file").click()


def holds(page, axe):
    """Check a page at each width and in each color scheme."""
    for width, scheme in LOOKS:
        in_look(page, width, scheme)
        page.reload()
        axe(page)
        assert fits(page)


def test_a_project_comes_in_is_read_with_its_codings_and_goes_out_again(study, ria, visit, axe):
    page = visit(ria, f"{BASE}")
    page.get_by_role("link", name="Bring in or take out what is coded").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("In and out")
    axe(page)
    choose(page, qdpx(qde(source("P01")), {}, more=[("../outside.txt", "x")]))
    expect(page.get_by_text("points outside itself (../outside.txt)")).to_be_visible()
    axe(page)
    page.get_by_role("link", name="Choose another file").click()
    choose(page, full())
    expect(page.get_by_role("heading", level=1)).to_have_text("This would come in")
    expect(page.get_by_role("row", name="Coded passages 2")).to_be_visible()
    assert not Coding.objects.exists()
    holds(page, axe)
    page.get_by_label("Take role groups from").select_option(label="Job: names one for 1 of 1")
    page.get_by_label("Project staff").check()
    page.get_by_role("button", name="Bring it in").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("It is brought in")
    holds(page, axe)
    page.get_by_role("link", name="See the interviews").click()
    page.get_by_role("link", name="P07").click()
    page.get_by_role("link", name="Read the transcript").click()
    expect(page.locator("#margin-1 a.code-chip")).to_have_count(2)
    expect(page.locator("#margin-1")).to_contain_text("Time")
    transcript = Transcript.objects.get()
    deidentifying.say_cleared(transcript, cleared=True, revision=1, by=ria, now=timezone.now())
    page = visit(ria, f"{BASE}exchange/project/")
    holds(page, axe)
    with page.expect_download() as download:
        page.get_by_role("button", name="Download the project").click()
    markup = valid(project_in(download.value.path().read_bytes()), "Project.xsd")
    assert markup.count(b"<Coding ") == 2


def test_progress_moves_by_itself_until_the_look_is_there(study, ria, visit, axe, monkeypatch):
    monkeypatch.setattr(jobs, "nudge", lambda pk: None)  # no worker has time yet
    page = visit(ria, f"{BASE}exchange/")
    choose(page, talk())
    expect(page.get_by_text("Waiting for its turn")).to_be_visible()
    job = bringing_in.jobs_of(study).get()
    bringing_in.jobs_of(study).update(done=12, total=50, words="Text 13 of 50")
    expect(page.get_by_text("Text 13 of 50")).to_be_visible()
    axe(page)
    jobs.run(job.pk)
    expect(page.get_by_role("heading", level=1)).to_have_text("This would come in")
