"""The page In and out: a file is looked at, brought in once, its report kept; a study is taken out again."""

import json

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from interviews import bringing_in, recruiting
from interviews.forms import exchange as forms
from interviews.models import Coding, Participant, Study, Transcript
from projects import jobs
from projects.models import Job
from tests.interviews.refi import SAID, guid, project_in, qde, qdpx, source, talk, valid
from tests.interviews.test_bringing_in import full
from tests.interviews.test_views import BASE, page

pytestmark = pytest.mark.django_db
URL = f"{BASE}exchange/"


@pytest.fixture
def ria(sign_in, world, study):
    return sign_in(world.ria)


@pytest.fixture
def send(ria, django_capture_on_commit_callbacks):
    """Return a function that sends a file, with a worker that looks at it at once, and gives the page of the job."""

    def sending(data, name="talks.qdpx"):
        with django_capture_on_commit_callbacks(execute=True):
            answer = ria.post(f"{URL}look/", {"file": SimpleUploadedFile(name, data)})
        assert answer.status_code == 302, answer.content.decode()
        return answer["Location"]

    return sending


@pytest.fixture
def bring(ria, django_capture_on_commit_callbacks):
    """Return a function that brings in what was looked at, and gives the page of that job."""

    def bringing(address, **said):
        token = ria.get(address).context["form"]["token"].value()
        with django_capture_on_commit_callbacks(execute=True):
            answer = ria.post(f"{address}bring/", {"token": token, **said})
        assert answer.status_code == 302, answer.content.decode()
        return answer["Location"]

    return bringing


def test_a_project_is_looked_at_brought_in_and_its_report_kept(ria, send, bring):
    address = send(full())
    look = page(ria.get(address))
    for words in ("This would come in", "Coded passages", "made by Other 1.0", "No consent comes with a file"):
        assert words in look
    assert "Job: names one for 1 of 1" in look
    assert not Coding.objects.exists()
    after = bring(address, role_group="staff")
    report = page(ria.get(after))
    for words in ("It is brought in", "See the interviews", "by the words that selections are named after"):
        assert words in report
    assert (Coding.objects.count(), Participant.objects.get().role_group) == (2, "staff")
    assert ria.get(address)["Location"] == after
    assert "talks.qdpx" in page(ria.get(URL))


def test_role_groups_come_from_a_variable(ria, send, bring):
    bring(send(full()), role_variable=guid("job"), role_group="staff")
    assert Participant.objects.get().role_group == "partner"


def test_without_a_role_group_it_is_asked_for(ria, send):
    address = send(talk())
    assert "Looked at, and not brought in yet" in page(ria.get(URL))
    shown = page(ria.post(f"{address}bring/", {}), 422)
    assert "Choose a role group." in shown
    assert not Job.objects.filter(kind=bringing_in.BRING).exists()


def test_the_same_form_sent_twice_brings_in_once(ria, send, bring):
    address = send(talk())
    token = ria.get(address).context["form"]["token"].value()
    for _each in range(2):
        assert ria.post(f"{address}bring/", {"token": token, "role_group": "pi"}).status_code == 302
    assert Job.objects.filter(kind=bringing_in.BRING).count() == 1
    old = page(ria.post(f"{send(talk())}bring/", {"token": "nonsense", "role_group": "pi"}), 422)
    assert "open for too long" in old


def test_the_same_project_twice_is_said_to_be_here(ria, send, bring):
    bring(send(talk()), role_group="pi")
    look = page(ria.get(send(talk())))
    assert "Nothing in this file is new" in look
    assert "Bring it in" not in look


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"", "This file is empty."),
        (b"%PDF-1.4", "none that Milepost can take in"),
        (None, "Choose a file first."),
    ],
)
def test_a_wrong_file_is_answered_in_words(ria, data, said):
    sent = {} if data is None else {"file": SimpleUploadedFile("talks.qdpx", data)}
    assert said in page(ria.post(f"{URL}look/", sent), 422)
    assert not Job.objects.exists()


def test_a_file_that_is_too_large_is_not_even_read(ria, monkeypatch):
    monkeypatch.setattr(forms, "kind_of", lambda file: pytest.fail("it was read"))
    upload = SimpleUploadedFile("talks.qdpx", b"x")
    form = forms.BringForm({}, {"file": upload})
    upload.size = 101 * 1024 * 1024
    assert not form.is_valid()
    assert "larger than 100 MB" in str(form.errors)


def test_what_cannot_be_read_is_said_on_the_page_of_the_job(ria, send):
    shown = page(ria.get(send(qdpx(qde(source("P01")), {"P01": SAID}, more=[("../x", "")]))))
    assert "This file cannot be brought in" in shown
    assert "points outside itself (../x)" in shown


def test_progress_is_shown_in_words_and_the_page_works_without_script(ria, study, by, monkeypatch):
    job = bringing_in.ask_to_look(study, SimpleUploadedFile("talks.qdpx", talk()), **by)
    address = f"{URL}{job.pk}/"
    assert "Waiting for its turn" in page(ria.get(address))
    Job.objects.filter(pk=job.pk).update(done=12, total=50, words="Text 13 of 50")
    whole = page(ria.get(address))
    assert '<meta http-equiv="refresh" content="3">' in whole
    assert "Text 13 of 50" in whole
    part = ria.get(address, headers={"HX-Request": "true", "HX-Target": "progress"})
    assert "12 of 50" in part.content.decode()
    assert "<html" not in part.content.decode()
    jobs.run(job.pk)
    assert ria.get(address, headers={"HX-Request": "true"})["HX-Refresh"] == "true"


def test_a_file_that_was_looked_at_is_forgotten_on_request(ria, send):
    address = send(talk())
    assert "The file is forgotten" in page(ria.post(f"{address}drop/", follow=True))
    assert "not kept any more" in page(ria.get(address))


def test_members_take_out_and_only_owners_bring_in(sign_in, world, study):
    bo = sign_in(world.bo)
    shown = page(bo.get(URL))
    assert "Bring in what another program made" not in shown
    assert "Project (.qdpx)" in shown
    assert bo.post(f"{URL}look/").status_code == 403


def test_a_study_is_taken_out_after_saying_what_stays(ria, send, bring):
    bring(send(full()), role_group="staff", cleared="on")
    shown = page(ria.get(f"{URL}project/"))
    for words in ("1 text", "2 coded passages", "5 memos", "never leave this way"):
        assert words in shown
    answer = ria.post(f"{URL}project/", {})
    assert answer["Content-Disposition"] == 'attachment; filename="what-helps-sites.qdpx"'
    data = b"".join(answer.streaming_content)
    assert b'name="Coder 1"' in valid(project_in(data), "Project.xsd")
    named = b"".join(ria.post(f"{URL}project/", {"names": "on"}).streaming_content)
    assert b'name="Kim"' in project_in(named)


def test_texts_that_may_name_somebody_are_offered_to_owners_of_open_studies_only(ria, sign_in, world, send, bring):
    bring(send(talk()), role_group="staff")
    assert "No text leaves yet" in page(ria.get(f"{URL}project/"))
    assert "all_texts" not in page(ria.get(f"{URL}project/"))
    Study.objects.update(open_text=True)
    assert "all_texts" in page(ria.get(f"{URL}project/"))
    data = b"".join(ria.post(f"{URL}project/", {"all_texts": "on"}).streaming_content)
    assert b"TextSource" in project_in(data)
    bo = sign_in(world.bo)
    data = b"".join(bo.post(f"{URL}project/", {"all_texts": "on"}).streaming_content)
    assert b"TextSource" not in project_in(data)


def test_texts_of_who_agreed_to_no_quotes_are_ticked_each_time_and_say_whose_they_are(ria, send, bring, by):
    bring(send(full()), role_group="staff", cleared="on")
    assert "no_quotes" not in page(ria.get(f"{URL}project/"))
    who = Participant.objects.get()
    recruiting.record_consent(who, form_version="1", given_on=by["now"].date(), scope="no_quotes", **by)
    shown = page(ria.get(f"{URL}project/"))
    assert "It concerns P07." in shown
    assert "own researchers only" in shown
    assert "Texts of people who agreed to no quotes stay here." in shown
    for said, there in (({}, False), ({"no_quotes": "on"}, True), ({}, False)):
        data = b"".join(ria.post(f"{URL}project/", said).streaming_content)
        assert (b"TextSource" in project_in(data)) is there


def test_the_codebook_and_what_has_no_place_are_downloads(ria, send, bring):
    assert ria.get(f"{URL}codebook.qdc").status_code == 404
    bring(send(full()), role_group="staff", cleared="on")
    valid(ria.get(f"{URL}codebook.qdc").content, "Codebook.xsd")
    found = json.loads(ria.get(f"{URL}beside.json").content)
    assert found["transcripts"][0]["guid"] == guid("Talk 1")


def test_the_page_leads_to_it_from_the_study_and_the_codebook(ria, study):
    for path in ("", "codes/"):
        assert URL in page(ria.get(f"{BASE}{path}"))


@pytest.mark.parametrize("brought", [1, 12])
def test_the_page_needs_the_same_statements_however_much_was_brought_in(ria, study, by, at_most, brought):
    for _each in range(brought):
        Job.objects.create(
            kind=bringing_in.BRING, program=study.program, key=study.slug, by=by["by"], state="done", ended_at=by["now"]
        )
    with at_most(13):
        ria.get(URL)


def test_interviews_that_came_in_have_no_guide_and_every_page_says_so(ria, send, bring):
    bring(send(talk()), role_group="staff")
    transcript = Transcript.objects.select_related("interview__participant").get()
    talk_url = f"{BASE}interviews/{transcript.interview_id}/"
    assert "brought in, day not known" in page(ria.get(f"{BASE}interviews/"))
    shown = page(ria.get(talk_url))
    assert "brought in by Ria Castellan" in shown
    assert "follows no guide" in shown
    assert "Somebody rang." in page(ria.get(f"{talk_url}transcript/"))
    assert ria.get(f"{talk_url}questions/1/barriers/").status_code == 404
    assert "1 interview held" in page(ria.get(BASE))
    assert "Planned" not in page(ria.get(BASE))
    refused = page(ria.post(talk_url, {"held_on": "2026-01-05", "minutes": "", "notes": "A word."}), 422)
    assert "There is no consent" in refused
    page(ria.post(talk_url, {"held_on": "", "minutes": "40", "notes": "A word."}, follow=True))
    transcript.interview.refresh_from_db()
    assert (transcript.interview.minutes, transcript.interview.notes) == (40, "A word.")
    for path in ("matrix/", "participants/", f"participants/{transcript.interview.participant_id}/", "codes/"):
        page(ria.get(f"{BASE}{path}"))
