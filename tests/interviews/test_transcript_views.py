import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from interviews import interviewing, recruiting
from interviews.forms.transcripts import FileForm
from interviews.models import Original, Transcript
from tests.interviews.files import TALK, docx_of
from tests.interviews.test_views import BASE, page

pytestmark = pytest.mark.django_db


@pytest.fixture
def ria(sign_in, world, study):
    return sign_in(world.ria)


@pytest.fixture
def url(world, talk, by):
    interviewing.hold(talk.interview, held_on=world.now.date(), minutes=40, notes="", **by)
    return f"{BASE}interviews/{talk.interview.pk}/transcript/"


def upload(name, data):
    return {"file": SimpleUploadedFile(name, data)}


def test_a_transcript_is_chosen_looked_at_and_saved(ria, url):
    assert "Read this file" in page(ria.get(url))
    shown = page(ria.post(url, upload("talk.docx", docx_of(TALK)), follow=True))
    assert "Interviewer (2)" in shown
    assert "Somebody rang." in shown
    assert not Transcript.objects.exists()
    said = {"sha256": Original.objects.get().sha256, "speaker-0": "Interviewer", "speaker-1": "P01"}
    looked = page(ria.post(f"{url}look/", {**said, "speaker-1": "-", "look": "1"}))
    assert looked.count('class="speaker"') == 2
    assert "The transcript is saved." in page(ria.post(f"{url}look/", said, follow=True))
    assert "Then we said yes." in page(ria.get(url))
    assert "Read the transcript" in page(ria.get(url.removesuffix("transcript/")))


def test_of_two_speakers_who_is_not_the_interviewer_is_the_participant(ria, url):
    said = b"Ria Castellan: So?\nGuest: Yes.\nRia Castellan: And?\nGuest: No."
    shown = page(ria.post(url, upload("t.txt", said), follow=True))
    assert '<option value="Interviewer" selected>' in shown
    assert '<option value="P01" selected>' in shown
    assert 'class="speaker">P01' in shown


def test_a_file_that_cannot_be_read_is_said_at_its_field(ria, url):
    assert "damaged" in page(ria.post(url, upload("talk.docx", b"PK nothing")), 422)
    assert "Milepost reads" in page(ria.post(url, upload("talk.exe", b"MZ")), 422)
    assert "Choose a file first." in page(ria.post(url, {"nothing": "chosen"}), 422)
    assert "This file is empty." in page(ria.post(url, upload("a.txt", b"")), 422)
    assert not Original.objects.exists()


def test_a_file_of_200_mb_is_refused_without_being_read():
    large = SimpleUploadedFile("talk.txt", b"x")
    large.size = 200 * 1024 * 1024
    form = FileForm({}, {"file": large})
    assert "larger than 15 MB" in str(form.errors)


def test_a_file_that_was_chosen_can_be_dropped_for_another(ria, url):
    page(ria.post(url, upload("talk.txt", TALK.encode()), follow=True))
    assert "waits to be looked at" in page(ria.get(url))
    page(ria.post(f"{url}drop/", follow=True))
    assert not Original.objects.exists()
    assert "Read this file" in page(ria.get(f"{url}look/", follow=True))


def test_a_file_that_waits_is_seen_by_those_who_may_know_whom_it_names(world, ria, url, sign_in):
    page(ria.post(url, upload("Maria Gonzalez.txt", TALK.encode()), follow=True))
    bo, said = sign_in(world.bo), {"sha256": Original.objects.get().sha256}
    for answer in (bo.get(f"{url}look/"), bo.post(f"{url}look/", said), bo.post(f"{url}drop/")):
        assert answer.status_code == 403
    shown = page(bo.get(url))
    assert "A file that Ria Castellan chose waits" in shown
    assert "Maria" not in shown
    assert Original.objects.exists()
    assert not Transcript.objects.exists()
    page(bo.post(url, upload("other.txt", TALK.encode()), follow=True))
    assert page(bo.get(f"{url}look/")).count("Somebody rang.") == 1


def test_what_changed_since_it_was_looked_at_is_not_saved(ria, url):
    page(ria.post(url, upload("talk.txt", TALK.encode()), follow=True))
    said = {"sha256": "0" * 64, "speaker-0": "", "speaker-1": ""}
    assert "Look at it again." in page(ria.post(f"{url}look/", said), 422)
    assert "Select a valid choice" in page(ria.post(f"{url}look/", {**said, "speaker-0": "Dee"}), 422)
    assert not Transcript.objects.exists()


def test_owners_alone_get_the_file_as_it_was(world, ria, url, sign_in):
    page(ria.post(url, upload("tälk.txt", TALK.encode()), follow=True))
    said = {"sha256": Original.objects.get().sha256}
    ria.post(f"{url}look/", said)
    answer = ria.get(f"{url}file/")
    assert b"".join(answer.streaming_content) == TALK.encode()
    assert answer["Content-Type"] == "application/octet-stream"
    assert "attachment" in answer["Content-Disposition"]
    assert "Remove the transcript" in page(ria.get(url))
    bo = sign_in(world.bo)
    assert bo.get(f"{url}file/").status_code == 403
    assert "Remove the transcript" not in page(bo.get(url))


def test_a_transcript_is_removed_after_saying_what_goes(ria, url):
    page(ria.post(url, upload("talk.txt", TALK.encode()), follow=True))
    ria.post(f"{url}look/", {"sha256": Original.objects.get().sha256})
    assert "This cannot be undone" in page(ria.get(f"{url}remove/"))
    assert "are removed" in page(ria.post(f"{url}remove/", follow=True))
    assert not Transcript.objects.exists()


def test_without_a_day_or_after_withdrawal_no_file_is_asked_for(ria, talk, by):
    url = f"{BASE}interviews/{talk.interview.pk}/transcript/"
    assert "Say when it was held" in page(ria.get(url))
    assert "Not held yet" in page(ria.post(url, upload("a.txt", b"P01: x")), 422)
    recruiting.withdraw(talk.participant, **by)
    assert "has withdrawn" in page(ria.get(url))


def test_words_are_shown_as_words_not_as_markup(ria, url):
    evil = b"P01: <script>alert(1)</script>\nP01: {{ settings }}\n"
    page(ria.post(url, upload("talk.txt", evil), follow=True))
    ria.post(f"{url}look/", {"sha256": Original.objects.get().sha256})
    shown = page(ria.get(url))
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in shown
    assert "<script>alert" not in shown
