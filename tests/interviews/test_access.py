"""Every address of a study, asked for by everybody: owner, member, lead, administrator and those outside."""

import io
import re
import zipfile

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from interviews import (
    agreeing,
    approving,
    bringing_in,
    codebook,
    coding,
    concluding,
    deidentifying,
    interviewing,
    memos,
    studying,
    theming,
    transcribing,
)
from interviews.access import StudyRight
from interviews.models import Contact
from projects import jobs, membership
from projects.models import Membership, Role
from tests.cast import join, person
from tests.interviews.conftest import agreed, said_by, transcript_of
from tests.interviews.refi import talk as talk_file
from tests.test_access import ADDRESSES, OK, OPENS, answer, asked, enter

pytestmark = pytest.mark.django_db

PEOPLE = "anon nia vi kim ana cy dee ed bo ria".split()
# What each right means to: somebody signed out, a stranger, an observer of the project, a researcher who is not in the
# study, two leads and the administrator of its program, another program's administrator, a member, the owner.
WHO = {
    StudyRight.FINDINGS: "in 404 404 404 ok ok ok 404 ok ok",
    StudyRight.WORK: "in 404 404 404 403 403 403 404 ok ok",
    StudyRight.RUN: "in 404 404 404 403 403 403 404 403 ok",
}
OF_STUDIES = [
    (name, route, view.action) for name, route, view in ADDRESSES if isinstance(getattr(view, "action", 0), StudyRight)
]


@pytest.fixture
def parts(world, study, talk):
    mo = join(person("Mo Ito"), Role.RESEARCHER, world.program).user
    member = studying.take_in(study, email=mo.email, owner=False, **world.by)
    code = codebook.add_code(study, name="Barriers", **world.by)
    finding = published_finding(study, talk, code, **world.by)
    return {
        "study": study.slug,
        "themes": finding.theme_id,
        "findings": finding.pk,
        "tie": finding.steps.get().pk,
        "number": talk.guide.number,
        "question": talk.questions[0].pk,
        "people": member.pk,
        "questions": talk.questions[0].pk,
        "participants": talk.participant.pk,
        "interviews": talk.interview.pk,
        "codes": code.pk,
        "code": code.pk,
        "rows": "participants",
        "agreement": study.agreement_rounds.create(name="First", opened_by=world.ria).pk,
        "settlement": 1,
        "exchange": looked_at(study, world.by).pk,
        "coding": 1,
    }


def looked_at(study, by):
    """Return the look at a project in which something is new."""
    job = bringing_in.ask_to_look(study, SimpleUploadedFile("talks.qdpx", talk_file()), **by)
    jobs.run(job.pk)
    return job


def published_finding(study, talk, code, **by):
    """Return a finding that five people stand behind, so that leads and administrators see it too."""
    said = said_by(study, talk.guide, {"Space": code}, by)
    finding = concluding.state_finding(
        study, sentence="A room comes first.", theme=theming.begin_theme(study, name="Space", **by), **by
    )
    concluding.rest_on(finding, codings=[one.pk for one in said], **by)
    concluding.tie(finding, step_key="leaders", stance="supports", **by)
    concluding.publish(finding, **by)
    return finding


def address_of(route, parts):
    """Fill in the route of an address: an id by the word before it, anything else by its own name."""
    filled = []
    for piece in route.split("/"):
        if piece.startswith("<"):
            name = piece.strip("<>").split(":")[1]
            piece = str(parts[filled[-1] if name == "pk" else name])
        filled.append(piece)
    return "/" + "/".join(filled)


@pytest.mark.parametrize("name", PEOPLE)
def test_each_person_gets_what_the_table_says_at_every_address_of_a_study(client, world, parts, name):
    enter(client, world, name)
    wrong = []
    for url, route, right in OF_STUDIES:
        expected = WHO[right].split()[PEOPLE.index(name)]
        for method, status in OPENS[url].items():
            said = answer(asked(client, method, address_of(route, parts)))
            if said != (str(status) if expected == OK else expected):
                wrong.append(f"{method} {url} ({right.name}): {said}, not {expected} {status}")
    assert not wrong, "\n".join(wrong)


def test_a_method_that_a_page_of_a_study_does_not_have_is_refused(client, world, parts):
    enter(client, world, "ria")
    for url, route, _ in OF_STUDIES:
        for method in {"GET", "POST", "PUT", "DELETE"} - set(OPENS[url]):
            assert asked(client, method, address_of(route, parts)).status_code == 405, (method, url)


def test_while_interviews_are_off_nobody_opens_a_study(client, world, parts):
    approving.switch_off(world.program, by=world.dee, now=world.now)
    for name in ("ria", "bo", "dee"):
        enter(client, world, name)
        page = client.get(f"/studies/{parts['study']}/")
        assert page.status_code == 403
        assert "switched off" in page.content.decode()
    enter(client, world, "kim")
    assert client.get("/programs/michigan/interviews/new/").status_code == 403


def test_objects_of_another_study_are_not_found(client, world, parts, study, by):
    studying.begin_study(world.program, name="Another", aim="To ask.", **by)
    enter(client, world, "ria")
    for url, route, _ in OF_STUDIES:
        if any(piece.startswith("<int") for piece in route.split("/")):
            for method in OPENS[url]:
                address = address_of(route, {**parts, "study": "another"})
                assert asked(client, method, address).status_code == 404, (method, url)


def test_who_left_the_study_reads_it_no_more(client, world, study, parts, by):
    studying.let_go(study, study.members.get(user=world.bo).pk, **by)
    enter(client, world, "bo")
    assert client.get(f"/studies/{study.slug}/matrix/").status_code == 404


@pytest.mark.parametrize("name", ["ria", "bo"])
def test_without_a_role_in_the_program_nothing_of_its_studies_opens(client, world, parts, name):
    """Owner or member: they stay on the list until an owner takes them out, and read again with a new role."""
    who = getattr(world, name)
    for held in Membership.objects.filter(user=who):
        membership.end_membership(held, by=world.dee, now=world.now)
    enter(client, world, name)
    for url, route, _ in OF_STUDIES:
        for method in OPENS[url]:
            assert asked(client, method, address_of(route, parts)).status_code == 404, (method, url)
    assert "What helps sites" not in client.get("/studies/").content.decode()
    assert "in your calendar" not in client.get("/studies/").content.decode()
    join(who, Role.OBSERVER, world.elm)
    assert client.get(f"/studies/{parts['study']}/matrix/").status_code == 200


def test_a_role_in_another_program_opens_no_study_of_this(client, world, study):
    Membership.objects.filter(user=world.bo).update(ended_at=world.now)
    join(world.bo, Role.RESEARCHER, world.other_program)
    enter(client, world, "bo")
    assert client.get(f"/studies/{study.slug}/").status_code == 404


def test_what_somebody_without_a_role_coded_stays_and_the_list_says_who_they_are(
    client, world, study, guide, by, codes
):
    talk = interviewing.plan_interview(
        study, agreed(study, "P40", by=by), guide, interviewer=world.bo, mode="phone", planned_for=None, **by
    )
    interviewing.hold(talk, held_on=world.now.date(), minutes=30, notes="", **by)
    original = transcribing.choose_file(talk, name="talk.txt", data=b"P40: We had no room.", **by)
    text = transcribing.save_transcript(talk, sha256=original.sha256, names={}, **by)
    deidentifying.say_cleared(text, cleared=True, revision=1, **by)
    coding.apply_code(text, codes["Space"].pk, start=5, end=20, revision=1, by=world.bo, now=world.now)
    Membership.objects.filter(user=world.bo).update(ended_at=world.now)
    enter(client, world, "ria")
    base = f"/studies/{study.slug}/"
    assert "Space" in client.get(f"{base}interviews/{talk.pk}/transcript/").content.decode()
    assert "Bo Lindqvist" in client.get(f"{base}passages/?code={codes['Space'].pk}").content.decode()
    said = client.get(f"{base}people/").content.decode()
    assert said.count("has no role in this program any more, and opens nothing here") == 1
    assert f'<option value="{world.bo.pk}">' not in client.get(f"{base}interviews/").content.decode()
    assert "Bo Lindqvist" not in client.get(f"{base}agreement/new/").content.decode()


def test_the_state_and_leads_read_no_words_of_an_interview(client, world, study, talk, by):
    interviewing.sum_up(talk.interview, talk.questions[0], text="A word of theirs.", revision=0, **by)
    for name in ("dee", "ana"):
        enter(client, world, name)
        page = client.get(f"/studies/{study.slug}/").content.decode()
        assert "A word of theirs" not in page
        assert "P01" not in page


def test_how_to_reach_somebody_is_shown_to_owners_only(client, world, study, talk):
    Contact.objects.create(participant=talk.participant, name="Maria Gonzalez", email="maria@clinic.example")
    for name, shown in (("ria", True), ("bo", False)):
        enter(client, world, name)
        page = client.get(f"/studies/{study.slug}/participants/{talk.participant.pk}/").content.decode()
        assert ("maria@clinic.example" in page) is shown


# Marks of a request, and moments: another each time a page is asked for.
VARIES = re.compile(rb"(?<=token\" value=\")[\w:-]+|(?<=X-CSRFToken\": \")\w+|\d{4}-\d\d-\d\dT[\d%.:A-Z+]+")


def content_of(response):
    """Return what an answer says without what varies; of a refusal, that it is one."""
    body = b"".join(response.streaming_content) if response.streaming else response.content
    return VARIES.sub(b"", unpacked(body)) if response.status_code < 400 else response.status_code


def unpacked(body):
    """Return the files of an archive, of archives in it too; anything else as it is."""
    if body[:2] != b"PK":
        return body
    with zipfile.ZipFile(io.BytesIO(body)) as archive:
        return b"".join(unpacked(archive.read(name)) for name in sorted(archive.namelist()))


def test_no_page_of_a_study_tells_who_codes_blind_what_others_coded(client, world, study, parts, talk):
    """For them, here the owner, every page is the same before and after another codes and writes a memo there."""
    text = transcript_of(study, talk.guide, world.by, "P77")
    deidentifying.say_cleared(text, cleared=True, revision=1, **world.by)
    coders = {"coders": [world.ria, world.bo], "transcripts": [text.pk]}
    found = agreeing.open_round(study, name="Blind", unit="paragraph", **coders, **world.by)

    def code_as(person, start, end):
        by = {**world.by, "by": person}
        made = coding.apply_code(text, parts["code"], start=start, end=end, revision=1, **by)
        memos.write_memo(study, made, text="What I think of it.", **by)
        return made

    own = code_as(world.ria, 13, 30)
    places = {**parts, "interviews": text.interview_id, "participants": text.interview.participant_id}
    places |= {"agreement": found.pk, "coding": own.pk}
    addresses = [address_of(route, places) for _url, route, _ in OF_STUDIES]
    addresses.append(
        f"{address_of('studies/<slug:study>/interviews/<int:pk>/codings/since/', places)}?at=2026-01-01T00:00Z"
    )
    enter(client, world, "ria")
    before = {address: content_of(asked(client, "GET", address)) for address in addresses}
    theirs = code_as(world.bo, 40, 60)
    told = [address for address in addresses if content_of(asked(client, "GET", address)) != before[address]]
    assert not told, "\n".join(told)
    for way in ("", "away/", "leads/"):
        address = address_of(f"studies/<slug:study>/interviews/<int:pk>/codings/{theirs.pk}/{way}", places)
        assert asked(client, "POST", address).status_code == 404, way
    agreeing.close_round(found, **world.by)
    for route in ("studies/<slug:study>/interviews/<int:pk>/transcript/", "studies/<slug:study>/codes/"):
        address = address_of(route, places)
        assert content_of(asked(client, "GET", address)) != before[address], address
