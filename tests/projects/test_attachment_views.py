import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from projects import attaching, file_contents, notes
from projects.models import Attachment, Note
from tests.projects.attached import pdf_of, picture_of
from tests.projects.test_attaching import attach, held
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


def test_a_photo_sent_twice_is_said_to_be_there(world, sign_in, item):
    client, page = sign_in(world.bo), world.plan.url("item", pk=item.pk)
    for words in ("Added: 1 file", "there already"):
        sent = {"files": [upload()], "item": item.pk, "next": page}
        assert words in client.post(world.plan.url("file_add"), sent, follow=True).content.decode()
    assert item.attachments.count() == 1


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


def send_note(client, world, files, **more):
    said = {"text": "The board hangs.", "step": "leaders", "files": files, **more}
    return client.post(world.plan.url("note_write"), said)


def test_a_photo_comes_with_a_note_and_stands_there_only(world, sign_in):
    client, page = sign_in(world.bo), world.plan.url("plan_step", step="leaders")
    assert send_note(client, world, [upload("board.jpg")], next=page).status_code == 302
    note = Note.objects.get()
    [photo] = note.attachments.all()
    assert (photo.plan_step, photo.shared_with_state) == (note.plan_step, False)
    shown = client.get(page).content.decode()
    assert shown.count(">board.jpg</a>") == 1
    assert shown.index('id="notes"') < shown.index(">board.jpg</a>") < shown.index('id="files-here"')


def test_a_note_that_the_state_does_not_read_keeps_its_files_from_it_and_sharing_gives_both(world, sign_in):
    send_note(sign_in(world.bo), world, [upload("board.jpg")])
    note, photo = Note.objects.get(), Attachment.objects.get()
    step, opened = world.plan.url("plan_step", step="leaders"), world.plan.url("file_download", pk=photo.pk)
    dee = sign_in(world.dee)
    assert dee.get(opened).status_code == 404
    assert dee.post(world.plan.url("file_remove", pk=photo.pk)).status_code == 404
    assert "board.jpg" not in dee.get(step).content.decode()
    notes.edit_note(world.plan, note.pk, text=note.text, shared=True, revision=1, by=world.bo, now=world.now)
    assert dee.get(opened).getvalue()
    assert "board.jpg" in dee.get(step).content.decode()
    notes.edit_note(world.plan, note.pk, text=note.text, shared=False, revision=2, by=world.bo, now=world.now)
    assert dee.get(opened).status_code == 404


def test_who_added_a_file_to_a_shared_note_loses_it_when_the_note_is_not_shared_any_more(world, sign_in):
    note = notes.write_note(world.plan, text="Hello", shared=True, by=world.bo, now=world.now)
    files = [file_contents.checked("a.pdf", pdf_of())]
    more = {"text": "Hello", "now": world.now}
    notes.edit_note(world.plan, note.pk, shared=True, revision=1, files=files, by=world.dee, **more)
    opened, dee = world.plan.url("file_download", pk=note.attachments.get().pk), sign_in(world.dee)
    assert dee.get(opened).getvalue()
    notes.edit_note(world.plan, note.pk, shared=False, revision=1, by=world.bo, **more)
    assert dee.get(opened).status_code == 404


def test_a_wrong_file_keeps_the_note_open_with_its_words(world, sign_in):
    answer = send_note(sign_in(world.bo), world, [upload("scan.pdf", b"<html></html>")])
    shown = answer.content.decode()
    assert answer.status_code == 422
    assert "scan.pdf: This is not a PDF" in shown
    assert "The board hangs." in shown
    assert 'name="step" value="leaders"' in shown
    assert not Note.objects.exists()


def test_files_of_an_empty_note_have_to_be_chosen_again_and_that_is_said(world, sign_in):
    answer = send_note(sign_in(world.bo), world, [upload()], text=" ")
    assert answer.status_code == 422
    assert "Choose the files again" in answer.content.decode()


@pytest.mark.parametrize("known", [True, False])
def test_a_note_without_room_or_place_leaves_nothing_behind(world, sign_in, settings, known):
    before = held(world.plan)
    settings.EVIDENCE_PROGRAM_MB = 0 if known else 1
    answer = send_note(sign_in(world.bo), world, [upload()], step="leaders" if known else "no-such-step")
    assert answer.status_code == (422 if known else 404)
    assert ("no room left" in answer.content.decode()) == known
    assert not Note.objects.exists()
    assert held(world.plan) == before


def test_a_photo_is_added_to_a_note_that_is_there(world, sign_in):
    note = notes.write_note(world.plan, text="Hello", by=world.bo, now=world.now)
    said = {"text": "Hello", "revision": 1, "files": [upload("board.jpg")]}
    client, page = sign_in(world.ana), f"{world.plan.url('note_list')}{note.pk}/"
    assert client.post(page, said).status_code == 302
    note.refresh_from_db()
    assert (note.attachments.get().name, note.revision) == ("board.jpg", 1)


def test_a_stale_edit_keeps_no_file_and_says_so(world, sign_in):
    note = notes.write_note(world.plan, text="Hello", by=world.bo, now=world.now)
    notes.edit_note(world.plan, note.pk, text="By Ana", revision=1, by=world.ana, now=world.now)
    before = held(world.plan)
    said = {"text": "By Bo", "revision": 1, "files": [upload()]}
    answer = sign_in(world.bo).post(f"{world.plan.url('note_list')}{note.pk}/", said)
    assert answer.status_code == 409
    assert "Choose your photos and files once more" in answer.content.decode()
    assert not Attachment.objects.exists()
    assert held(world.plan) == before


def test_an_edit_without_room_is_said_beside_the_box(world, sign_in, settings):
    note = notes.write_note(world.plan, text="Hello", by=world.bo, now=world.now)
    settings.EVIDENCE_PROGRAM_MB = 0
    said = {"text": "Hello again", "revision": 1, "files": [upload()]}
    answer = sign_in(world.bo).post(f"{world.plan.url('note_list')}{note.pk}/", said)
    assert answer.status_code == 422
    assert "no room left" in answer.content.decode()
    note.refresh_from_db()
    assert note.text == "Hello"


def test_a_removed_file_leaves_its_note(world, sign_in):
    client, page = sign_in(world.bo), world.plan.url("note_list")
    send_note(client, world, [upload("board.jpg")])
    photo = Attachment.objects.get()
    assert client.post(world.plan.url("file_remove", pk=photo.pk), {"next": page}).status_code == 302
    shown = client.get(page).content.decode()
    assert "The board hangs." in shown
    assert "board.jpg" not in shown


def test_many_notes_with_files_cost_no_more_statements(world, sign_in):
    client, page = sign_in(world.bo), world.plan.url("note_list")
    send_note(client, world, [upload()])
    with counted() as few:
        client.get(page)
    for _ in range(4):
        send_note(client, world, [upload(), upload("b.jpg")])
    with counted() as many:
        client.get(page)
    assert len(few) == len(many)
