"""A nurse keeps a photo and a PDF at a step, in a real browser: added, seen, downloaded, removed."""

import io

import pytest
from PIL import Image
from playwright.sync_api import expect

from projects.models import Attachment
from tests.browser.looks import LOOKS, fits, in_look
from tests.projects.attached import pdf_of, picture_of

pytestmark = pytest.mark.django_db(transaction=True)
LONG = "Agreement-with-the-regional-community-mental-health-authority-signed-by-both-sides.pdf"


def chosen(*files):
    """Return files as a person would choose them: (name, content)."""
    return [{"name": name, "mimeType": "application/octet-stream", "buffer": data} for name, data in files]


@pytest.mark.parametrize(("width", "scheme"), LOOKS)
def test_a_nurse_adds_a_photo_and_a_pdf_at_a_step_downloads_and_removes_one(world, visit, axe, width, scheme):
    page = visit(world.bo, world.plan.url("plan_step", step="leaders"))
    in_look(page, width, scheme)
    box = page.locator("#files-here")
    expect(box).to_contain_text("Nothing here yet.")
    box.get_by_text("Add photos or files").click()
    expect(box).to_contain_text("No photos of people you serve")
    box.get_by_label("Photos and files").set_input_files(
        chosen(("IMG_0042.HEIC", picture_of("HEIF", size=(90, 60))), (LONG, pdf_of()))
    )
    axe(page)
    assert fits(page)
    box.get_by_role("button", name="Add photos and files").click()
    expect(page.locator(".messages")).to_contain_text("Added: 2 files")
    expect(box.get_by_role("listitem")).to_have_count(2)
    expect(box.get_by_role("link", name=LONG)).to_be_visible()
    expect(page.locator("#lately")).to_contain_text("Bo")
    axe(page)
    assert fits(page)
    with page.expect_download() as download:
        box.get_by_role("link", name="IMG_0042.jpg").click()
    assert download.value.suggested_filename == "IMG_0042.jpg"
    with Image.open(io.BytesIO(download.value.path().read_bytes())) as photo:
        assert (photo.format, photo.size, dict(photo.getexif())) == ("JPEG", (90, 60), {})
    box.get_by_text("Remove IMG_0042.jpg").click()
    expect(box).to_contain_text("It is destroyed after 30 days.")
    axe(page)
    box.get_by_role("button", name="Remove it IMG_0042.jpg").click()
    expect(page.locator(".messages")).to_contain_text("Nobody can open the file any more")
    expect(box.get_by_role("listitem")).to_have_count(1)
    assert Attachment.objects.kept().get().name == LONG


@pytest.mark.parametrize(("width", "scheme"), LOOKS)
def test_a_photo_comes_with_a_note_and_the_state_sees_neither_until_both_are_shared(world, visit, axe, width, scheme):
    page = visit(world.bo, world.plan.url("plan_step", step="leaders"))
    in_look(page, width, scheme)
    notes = page.locator("#notes")
    notes.get_by_text("Write a note", exact=True).click()
    notes.get_by_label("Note", exact=True).fill("The board hangs by the back door.")
    notes.get_by_text("Add photos or files to it").click()
    notes.get_by_label("Photos and files with the note").set_input_files(chosen(("board.jpg", picture_of())))
    expect(notes).to_contain_text("Whoever reads the note can open these.")
    axe(page)
    assert fits(page)
    notes.get_by_role("button", name="Save the note").click()
    expect(notes.get_by_role("article")).to_contain_text("board.jpg")
    axe(page)
    assert fits(page)
    page = visit(world.dee, world.plan.url("note_list"))
    expect(page.get_by_role("article")).to_have_count(0)
    page = visit(world.bo, world.plan.url("note_list"))
    page.get_by_role("link", name="Change this note").click()
    page.get_by_label("Share with the State").check()
    page.get_by_role("button", name="Save the note").click()
    page = visit(world.dee, world.plan.url("note_list"))
    axe(page)
    assert fits(page)
    with page.expect_download() as download:
        page.get_by_role("link", name="board.jpg").click()
    assert download.value.suggested_filename == "board.jpg"


@pytest.mark.parametrize(("width", "scheme"), LOOKS)
def test_a_file_that_is_not_what_it_says_is_named_beside_the_box(world, visit, axe, width, scheme):
    page = visit(world.bo, world.plan.url("plan_step", step="leaders"))
    in_look(page, width, scheme)
    box = page.locator("#files-here")
    box.get_by_text("Add photos or files").click()
    box.get_by_label("Photos and files").set_input_files(chosen(("a.jpg", picture_of()), (LONG, b"<html></html>")))
    box.get_by_role("button", name="Add photos and files").click()
    field = page.get_by_label("Photos and files")
    expect(field).to_have_attribute("aria-invalid", "true")
    expect(page.locator("#files-error")).to_contain_text(f"{LONG}: This is not a PDF")
    axe(page)
    assert fits(page)
    field.set_input_files(chosen((LONG, pdf_of())))
    page.get_by_role("button", name="Add photos and files").click()
    expect(page.get_by_role("heading", name="Your checklist")).to_be_visible()
    expect(page.locator("#files-here").get_by_role("listitem")).to_have_count(1)
