import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from projects import attaching, file_contents
from projects.models import Attachment
from tests.projects.attached import pdf_of, picture_of
from tests.projects.test_attaching import attach
from tests.statements import counted

pytestmark = pytest.mark.django_db


def upload(name="a.jpg", data=None):
    return SimpleUploadedFile(name, picture_of() if data is None else data)


@pytest.fixture
def item(world):
    return world.plan.items.get(key="meet")


def test_a_nurse_adds_two_photos_to_a_milestone(world, sign_in, item):
    client, page = sign_in(world.bo), world.plan.url("item", pk=item.pk)
    files = [upload(), upload("IMG_2.HEIC", picture_of("HEIF"))]
    answer = client.post(world.plan.url("file_add"), {"files": files, "item": item.pk, "next": page}, follow=True)
    assert answer.redirect_chain == [(page, 302)]
    shown = answer.content.decode()
    assert "Added: 2 files" in shown
    assert "IMG_2.jpg" in shown
    assert list(item.attachments.values_list("shared_with_state", flat=True)) == [False, False]


def test_of_two_files_a_wrong_one_is_named_and_none_is_kept(world, sign_in, item):
    files = [upload(), upload("scan.pdf", b"<html></html>")]
    answer = sign_in(world.bo).post(world.plan.url("file_add"), {"files": files, "item": item.pk})
    shown = answer.content.decode()
    assert answer.status_code == 422
    assert "scan.pdf: This is not a PDF" in shown
    assert "None of the files was kept" in shown
    assert f'name="item" value="{item.pk}"' in shown
    assert not Attachment.objects.exists()


@pytest.mark.parametrize(
    ("files", "words"),
    [
        ([], "Choose a photo or file first"),
        ([("a.txt", b"x")] * 11, "at most 10 files"),
        ([("a.txt", b"")], "a.txt: This file is empty"),
        ([("a.txt", b"x" * (file_contents.MOST_BYTES + 1))], "larger than 15 MB"),
    ],
)
def test_what_cannot_be_kept_is_refused_in_words(world, sign_in, files, words):
    sent = [upload(name, data) for name, data in files]
    answer = sign_in(world.bo).post(world.plan.url("file_add"), {"files": sent})
    assert answer.status_code == 422
    assert words in answer.content.decode()


def test_a_full_program_is_said_beside_the_box(world, sign_in, settings):
    settings.EVIDENCE_PROGRAM_MB = 0
    answer = sign_in(world.bo).post(world.plan.url("file_add"), {"files": [upload()]})
    assert answer.status_code == 422
    assert "no room left" in answer.content.decode()


@pytest.mark.parametrize("place", [{"item": "x"}, {"item": "999999"}, {"step": "no-such-step"}])
def test_a_place_that_is_not_there_is_not_found(world, sign_in, place):
    answer = sign_in(world.bo).post(world.plan.url("file_add"), {"files": [upload()], **place})
    assert answer.status_code == 404
    assert not Attachment.objects.exists()


def test_the_lead_downloads_what_the_nurse_added(world, sign_in):
    [file] = attaching.attach(
        world.plan, [file_contents.checked('Größe; "x".pdf', pdf_of())], by=world.bo, now=world.now
    )
    answer = sign_in(world.ana).get(world.plan.url("file_download", pk=file.pk))
    assert b"".join(answer.streaming_content).startswith(b"%PDF-")
    assert answer.headers["Content-Type"] == "application/pdf"
    assert answer.headers["Content-Disposition"].startswith("attachment; filename*=utf-8''Gr%C3%B6%C3%9Fe")
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Content-Security-Policy"].startswith("sandbox")


def test_the_state_gets_only_what_is_shared_with_it(world, sign_in, item):
    [own] = attach(world, "own.jpg", item=item.pk)
    [shared] = attach(world, "shared.jpg", item=item.pk, shared=True)
    client = sign_in(world.dee)
    assert client.get(world.plan.url("file_download", pk=own.pk)).status_code == 404
    handed = client.get(world.plan.url("file_download", pk=shared.pk))
    assert handed.status_code == 200
    assert handed.getvalue()
    assert client.post(world.plan.url("file_remove", pk=own.pk)).status_code == 404
    shown = client.get(world.plan.url("item", pk=item.pk)).content.decode()
    assert "shared.jpg" in shown
    assert "own.jpg" not in shown


def test_a_removed_file_is_gone_for_everybody(world, sign_in, item):
    [file] = attach(world, item=item.pk)
    client, page = sign_in(world.bo), world.plan.url("item", pk=item.pk)
    for _ in range(2):
        assert client.post(world.plan.url("file_remove", pk=file.pk), {"next": page}).status_code == 302
    assert client.get(world.plan.url("file_download", pk=file.pk)).status_code == 404
    assert "a.jpg" not in client.get(page).content.decode()


def test_who_can_only_look_is_offered_no_box(world, sign_in, item):
    attach(world, item=item.pk)
    shown = sign_in(world.vi).get(world.plan.url("item", pk=item.pk)).content.decode()
    assert "a.jpg" in shown
    assert 'type="file"' not in shown


def test_the_step_shows_its_own_files_and_those_of_its_milestones(world, sign_in, item):
    attach(world, "at-item.jpg", item=item.pk)
    attach(world, "at-step.jpg", step=item.plan_step.key)
    shown = sign_in(world.bo).get(world.plan.url("plan_step", step=item.plan_step.key)).content.decode()
    assert "at-item.jpg" in shown
    assert "at-step.jpg" in shown


def test_many_files_cost_no_more_statements(world, sign_in, item):
    client, page = sign_in(world.bo), world.plan.url("item", pk=item.pk)
    attach(world, item=item.pk)
    with counted() as few:
        client.get(page)
    attach(world, *[f"{n}.jpg" for n in range(5)], item=item.pk)
    with counted() as many:
        client.get(page)
    assert len(few) == len(many)
