"""Files of other programs come into a study whole or not at all; twice changes nothing; nobody is named silently."""

import datetime as dt
import re

import pytest
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from accounts import once
from accounts.models import Activity
from interviews import bringing_in, deidentifying, history, recruiting, studying
from interviews.exchange.intake_people import Choices
from interviews.models import (
    Code,
    Coder,
    Coding,
    Contact,
    Interview,
    Memo,
    Participant,
    Theme,
    Transcript,
    Variable,
    VariableValue,
)
from interviews.recruiting import consent_of
from projects import jobs
from projects.models import Job, JobPart, Membership
from tests.interviews.conftest import listed
from tests.interviews.refi import CODES, SAID, guid, project_in, qde, qdpx, selection, source, talk
from tests.interviews.test_qde import codebook
from tests.together import at_once

pytestmark = pytest.mark.django_db
PLAIN = SAID.replace("\r\n", "\n")
STAFF = Choices(role_group="staff")


@pytest.fixture
def look(study, by):
    """Return a function that has a file looked at, and gives the job."""

    def looking(data, name="talks.qdpx", study=study):
        job = bringing_in.ask_to_look(study, SimpleUploadedFile(name, data), **by)
        jobs.run(job.pk)
        job.refresh_from_db()
        return job

    return looking


@pytest.fixture
def bring(look, by):
    """Return a function that brings a file in and gives the job."""

    def bringing(data, choices=STAFF, **where):
        job = bringing_in.ask_to_bring(look(data, **where), choices, token=once.token(bringing_in.PURPOSE), **by)
        jobs.run(job.pk)
        job.refresh_from_db()
        return job

    return bringing


def counts(job):
    return {one["what"]: (one["new"], one["there"]) for one in job.result["counts"]}


def remarks(job, kind):
    found = job.result["report"][kind]
    return "\n".join(f"{one['words']} ({one['times']}) {'; '.join(one['places'])}" for one in found)


def note(name, text, coder="ria", **more):
    about = "".join(f' {key}="{value}"' for key, value in more.items())
    return (
        f'<Note guid="{guid(name)}" creatingUser="{guid(coder)}"{about}>'
        f"<PlainTextContent>{text}</PlainTextContent></Note>"
    )


def ref(name):
    return f'<NoteRef targetGUID="{guid(name)}"/>'


def full():
    """Return a project with a case, variables, notes at everything, a set, two coders and overlapping codings."""
    before = f"""<Variables>
        <Variable guid="{guid("years")}" name="Years" typeOfVariable="Integer"/>
        <Variable guid="{guid("job")}" name="Job" typeOfVariable="Text"/></Variables>
      <Cases><Case guid="{guid("case")}" name="P07">
        <VariableValue><VariableRef targetGUID="{guid("years")}"/><IntegerValue>7</IntegerValue></VariableValue>
        <VariableValue><VariableRef targetGUID="{guid("job")}"/><TextValue>Community partner</TextValue></VariableValue>
        <SourceRef targetGUID="{guid("Talk 1")}"/></Case></Cases>"""
    after = f"""<Notes>{note("n1", "About the passage.", creationDateTime="2025-11-03T10:00:00Z")}
        {note("n2", "About the code.")}{note("n3", "About the talk.", "kim")}{note("n4", "About all.")}
        {note("n5", "About the theme.")}</Notes>
      <Sets><Set guid="{guid("set")}" name="Scarcity"><Description>Too little.</Description>
        <MemberCode targetGUID="{guid("time")}"/><MemberNote targetGUID="{guid("n5")}"/></Set></Sets>
      <NoteRef targetGUID="{guid("n4")}"/>"""
    inner = selection(PLAIN, "Somebody rang. We met", more=ref("n1"))
    inner += selection(PLAIN, "We met", code="helps", coder="kim")
    meaning = "<Description>Too few hours.</Description>"
    codes = CODES.replace(meaning, meaning + ref("n2"))
    text = source("Talk 1", inner + ref("n3"))
    return qdpx(qde(text, codes=codes, before=before, after=after), {"Talk 1": SAID})


# ---- looking


def test_a_look_says_what_would_come_in_and_writes_nothing(look, study):
    job = look(full())
    assert job.state == "done"
    assert counts(job) == {
        "participants": (1, 0),
        "interviews": (1, 0),
        "codes": (4, 0),
        "codings": (2, 0),
        "memos": (5, 0),
        "themes": (1, 0),
        "variables": (2, 0),
        "coders": (2, 0),
    }
    assert job.result["variables"] == [{"guid": guid("job"), "name": "Job", "meant": 1, "all": 1}]
    assert (job.result["name"], job.result["origin"], job.result["without_role"]) == ("Talks", "Other 1.0", 1)
    for model in (Code, Coder, Coding, Interview, Memo, Participant, Theme, Variable):
        assert not model.objects.exists()
    assert JobPart.objects.filter(job=job).exists()


def test_a_file_of_no_kind_is_refused_at_once(study, by):
    with pytest.raises(ValidationError, match="none that Milepost can take in"):
        bringing_in.ask_to_look(study, SimpleUploadedFile("a.qdpx", b"%PDF-1.4"), **by)
    assert not Job.objects.exists()


def test_what_cannot_be_read_is_refused_with_the_reason_and_forgotten(look):
    job = look(qdpx(qde().replace("</Project>", "")))
    assert job.state == "failed"
    assert "broken in line" in job.reason
    assert not JobPart.objects.exists()


# ---- bringing in


def test_all_of_a_project_comes_in_and_keeps_its_identifiers(bring, study, by, world):
    job = bring(full(), Choices(role_variable=guid("job")))
    assert job.state == "done", job.reason
    who = study.participants.get()
    assert (who.pseudonym, who.role_group, str(who.guid), who.state) == ("P07", "partner", guid("case"), "listed")
    assert consent_of(who) is None
    transcript = Transcript.objects.get()
    assert (transcript.text, str(transcript.guid), transcript.cleared_at) == (PLAIN, guid("Talk 1"), None)
    assert [turn[3] for turn in transcript.turns] == ["Interviewer", "P01", "Interviewer", "P01"]
    assert (transcript.interview.guide, transcript.interview.interviewer) == (None, world.ria)
    found = {PLAIN[one.start : one.end]: one for one in Coding.objects.select_related("code", "coder")}
    assert {words: (one.code.name, one.coder.name) for words, one in found.items()} == {
        "Somebody rang. We met": ("Time", "Ria"),
        "We met": ("Helps", "Kim"),
    }
    assert found["We met"].created_at == dt.datetime(2025, 11, 3, 10, tzinfo=dt.UTC)
    time = Code.objects.get(name="Time")
    assert (str(time.guid), time.parent.name, time.colour) == (guid("time"), "Barriers", 2)
    assert (time.definition, time.parent.folder) == ("Too few hours.", True)
    assert {
        memo.text: (memo.code or memo.coding or memo.interview or memo.theme, memo.coder.name)
        for memo in Memo.objects.all()
    } == {
        "About the passage.": (found["Somebody rang. We met"], "Ria"),
        "About the code.": (time, "Ria"),
        "About the talk.": (transcript.interview, "Kim"),
        "About the theme.": (Theme.objects.get(), "Ria"),
        "About all.": (None, "Ria"),
    }
    theme = Theme.objects.get()
    assert (theme.name, theme.meaning, list(theme.codes.all())) == ("Scarcity", "Too little.", [time])
    values = dict(VariableValue.objects.values_list("variable__name", "value"))
    assert values == {"Years": "7", "Job": "Community partner"}
    line = history.line_of(Activity.objects.get(verb="study_brought_in", key=study.slug))
    assert (line.did, line.what) == ("brought in what another program made for", "What helps sites")
    assert line.change == "Interviews: 1. Passages: 2. Codes: 4. Memos: 5"


def test_the_file_and_what_was_seen_in_it_are_forgotten_and_the_report_stays(bring):
    job = bring(full())
    assert not JobPart.objects.exists()
    assert job.follows.result == {}
    assert "by the words that selections are named after" in remarks(job, "notes")
    assert counts(job)["codings"] == (2, 0)


def test_texts_are_read_by_others_once_somebody_says_that_they_name_nobody(bring, study, world):
    bring(talk())
    assert Transcript.objects.get().cleared_at is None
    bring(talk(SAID.replace("rang", "came"), name="P02"), Choices(role_group="pi", cleared=True))
    assert Transcript.objects.get(interview__participant__pseudonym="P02").cleared_by == world.ria


def test_the_same_project_twice_changes_nothing_and_says_so(bring, study):
    first = bring(full())
    before = [list(model.objects.order_by("pk").values()) for model in (Code, Coder, Coding, Memo, Participant, Theme)]
    again = bring(full())
    assert again.result["new"] == 0
    assert {what: there for what, (_new, there) in counts(again).items()} == {
        what: new for what, (new, _there) in counts(first).items()
    }
    assert before == [
        list(model.objects.order_by("pk").values()) for model in (Code, Coder, Coding, Memo, Participant, Theme)
    ]
    assert (Interview.objects.count(), VariableValue.objects.count()) == (1, 2)


def renamed(data):
    """Return a project with other identifiers for everything, as some programs write at each export."""
    markup = project_in(data).decode()
    markup = re.sub(r'"([0-9a-f]{8})-', lambda match: f'"{int(match[1], 16) ^ 0xFFFFFFFF:08x}-', markup)
    return qdpx(markup, {"Talk 1": SAID})


def test_with_new_identifiers_it_is_known_by_names_and_places(bring, study):
    bring(full())
    again = bring(renamed(full()))
    assert again.state == "done", again.reason
    assert again.result["new"] == 0, counts(again)


def test_the_same_file_goes_into_two_studies(bring, study, by, world):
    bring(full())
    other = studying.begin_study(world.program, name="Another", aim="To learn.", **by)
    job = bring(full(), study=other)
    assert job.state == "done", job.reason
    assert counts(job)["codings"] == (2, 0)
    assert Code.objects.filter(guid=guid("time")).count() == 2


def test_what_is_here_already_is_left_as_it_is_and_what_is_new_comes_in(bring, study, by):
    bring(talk())
    transcript = Transcript.objects.get()
    taken = transcript.codings.get()
    Coding.objects.update(removed_at=by["now"])
    Code.objects.filter(guid=guid("time")).update(name="Hours")
    more = selection(PLAIN, "We met on a Tuesday.") + selection(PLAIN, "Somebody rang.", coder="kim")
    job = bring(qdpx(qde(source("P01", more)), {"P01": SAID}))
    assert counts(job)["codings"] == (1, 1)
    assert set(transcript.codings.there().values_list("code__name", "coder__name")) == {("Hours", "Kim")}
    taken.refresh_from_db()
    assert taken.removed_at


def test_codings_of_a_code_that_was_merged_go_to_what_it_became(bring, study, by):
    bring(talk())
    time, helps = Code.objects.get(name="Time"), Code.objects.get(name="Helps")
    Code.objects.filter(pk=time.pk).update(retired_at=by["now"], merged_into=helps)
    bring(qdpx(qde(source("P01", selection(PLAIN, "Yes."))), {"P01": SAID}))
    assert Coding.objects.get(start=PLAIN.index("Yes.")).code == helps


def test_a_text_whose_names_were_replaced_here_gets_no_new_codings_and_it_is_said(bring, study, by):
    bring(talk())
    transcript = Transcript.objects.select_related("interview").get()
    at = transcript.text.index("Tuesday")
    pick = deidentifying.Pick(at, at + 7, "date", "[Date 1]", True)
    deidentifying.replace(transcript, [pick], revision=1, **by)
    more = selection(PLAIN, "We met on a Tuesday.") + selection(PLAIN, "Somebody rang.", more=ref("n"))
    job = bring(qdpx(qde(source("P01", more), after=f"<Notes>{note('n', 'A thought.')}</Notes>"), {"P01": SAID}))
    assert counts(job)["codings"] == (0, 1)
    assert "its new codings have no place in it. (1) P01" in remarks(job, "losses")
    assert Memo.objects.get().text == "“Somebody rang.”\n\nA thought."


# ---- people


def test_names_that_may_tell_who_somebody_is_are_never_pseudonyms(bring, study):
    texts = {"Maria Gonzalez.docx": SAID, "P01": SAID + "a", "Interview 12": SAID + "b", "Elm nurse": SAID + "c"}
    sources = [source(name, path=f"internal://{n}.txt") for n, name in enumerate(texts)]
    job = bring(qdpx(qde(*sources), {f"{n}.txt": text for n, text in enumerate(texts.values())}))
    assert set(study.participants.values_list("pseudonym", flat=True)) == {"P01", "P02", "Interview 12", "P03"}
    assert "Maria" not in str(job.result)
    assert "Owners see who is who. (2) P02; P03" in remarks(job, "notes")
    known = set(Contact.objects.values_list("participant__pseudonym", "name"))
    assert known == {("P02", "Maria Gonzalez"), ("P03", "Elm")}


def test_a_pseudonym_that_is_taken_is_not_taken_for_the_same_person(bring, study, by):
    listed(study, by=by, role_group="pi")
    bring(talk())
    assert set(study.participants.values_list("pseudonym", "role_group")) == {("P01", "pi"), ("P02", "staff")}


def test_who_has_withdrawn_does_not_come_back(bring, study, by):
    bring(full())
    recruiting.withdraw(study.participants.get(), **by)
    job = bring(full())
    assert "has withdrawn from this study: nothing of theirs is taken in. (1) P07" in remarks(job, "losses")
    assert not Transcript.objects.exists()
    assert not Coding.objects.exists()
    assert set(Memo.objects.values_list("text", flat=True)) == {"About the code.", "About all.", "About the theme."}
    assert Interview.objects.get().cancelled_at is None


@pytest.mark.parametrize("name", ["P01", "p01"])
def test_who_has_withdrawn_does_not_come_back_under_another_identifier(bring, study, by, name):
    recruiting.withdraw(listed(study, "P01", by=by), **by)
    job = bring(talk(name=name))
    assert "Somebody of this name has withdrawn" in remarks(job, "losses")
    assert study.participants.count() == 1
    assert not Transcript.objects.exists()
    assert not Coding.objects.exists()


def test_a_role_group_is_needed(bring):
    job = bring(talk(), Choices())
    assert job.state == "failed"
    assert "Choose a role group" in job.reason
    assert not Interview.objects.exists()


# ---- passages


@pytest.mark.parametrize(
    ("start", "end", "kept", "said"),
    [
        (3, 3, None, "A passage has no length"),
        (900, 950, None, "A passage lies outside its text"),
        (-9, -2, None, "A passage lies outside its text"),
        (-5, 11, PLAIN[:11], "goes beyond its text; it was cut there"),
        (80, 990, PLAIN[80:], "goes beyond its text; it was cut there"),
        (11, 0, PLAIN[:11], "ends before it begins; it was turned round"),
    ],
)
def test_passages_outside_the_text_are_lost_or_cut_and_said(bring, start, end, kept, said):
    at = PLAIN.index("We met")
    words = selection(PLAIN, "We met", name="x").replace(f'startPosition="{at}"', f'startPosition="{start}"')
    words = words.replace(f'endPosition="{at + 6}"', f'endPosition="{end}"')
    job = bring(qdpx(qde(source("P01", words)), {"P01": PLAIN}))
    assert said in remarks(job, "losses") + remarks(job, "deviations")
    assert [PLAIN[one.start : one.end] for one in Coding.objects.all()] == ([] if kept is None else [kept])


def test_texts_with_anything_in_them_keep_their_places(bring):
    text = "\ufeffI: Café\u0301 👩\u200d🔬, שלום, 世界?\r\n\x00P01: Ja\x0b — nee.\r\nI: Ok."
    plain = "I: Café\u0301 👩\u200d🔬, שלום, 世界?\n\ufffdP01: Ja\n — nee.\nI: Ok."
    words = {"Café\u0301 👩\u200d🔬, שלום", "— nee.", "Ok.", "I: "}
    job = bring(qdpx(qde(source("P01", "".join(selection(plain, one) for one in words))), {"P01": text}))
    assert job.state == "done", job.reason
    assert Transcript.objects.get().text == plain
    assert {plain[one.start : one.end] for one in Coding.objects.all()} == words
    assert "Characters that cannot be kept were replaced, one for one. (1) P01" in remarks(job, "deviations")


def test_other_forms_of_coding_and_noting_are_kept_as_well_as_may_be(bring):
    whole = f'<Coding guid="{guid("c")}"><CodeRef targetGUID="{guid("helps")}"/></Coding>'
    bare = (
        selection(PLAIN, "Yes.").split("<Coding")[0] + "<Description>Sounds tired.</Description></PlainTextSelection>"
    )
    nothing = selection(PLAIN, "And").split("<Coding")[0] + "</PlainTextSelection>"
    described = selection(PLAIN, "We met").replace("<Coding", "<Description>At last.</Description><Coding", 1)
    described_text = "<Description>A short one.</Description>"
    job = bring(qdpx(qde(source("P01", described_text + bare + nothing + described + whole)), {"P01": PLAIN}))
    assert job.state == "done", job.reason
    assert {PLAIN[one.start : one.end] for one in Coding.objects.all()} == {PLAIN, "We met"}
    assert set(Memo.objects.values_list("text", flat=True)) == {"“Yes.”\n\nSounds tired.", "At last.", "A short one."}
    assert Memo.objects.get(text="At last.").coding
    assert "coded as a whole" in remarks(job, "deviations")
    assert "neither coded nor noted are not kept. (1) P01" in remarks(job, "losses")
    assert "does not say who coded" in remarks(job, "deviations")
    assert Coder.objects.filter(name="Unknown").count() == 1


def test_names_of_codes_that_clash_or_are_too_long_are_changed_and_said(bring):
    long = "x" * 130
    codes = [f'<Code guid="{guid(name)}" name="{name}" isCodable="true"/>' for name in ("Time", "time", long)]
    codes = f"<CodeBook><Codes>{''.join(codes)}</Codes></CodeBook>"
    job = bring(qdpx(qde(source("P01"), codes=codes), {"P01": SAID}))
    assert set(Code.objects.values_list("name", flat=True)) == {"Time", "time (2)", "x" * 120}
    assert Code.objects.get(name__startswith="x").definition == long
    assert "too long or there twice" in remarks(job, "deviations")


def test_sets_and_variables_of_one_name_stay_two(bring, study):
    sets = "".join(f'<Set guid="{guid(n)}" name="Scarcity"/>' for n in ("a", "b"))
    ages = [f'<Variable guid="{guid(n)}" name="Age" typeOfVariable="Text"/>' for n in ("c", "d")]
    before, after = f"<Variables>{''.join(ages)}</Variables>", f"<Sets>{sets}</Sets>"
    data = qdpx(qde(source("P01"), before=before, after=after), {"P01": SAID})
    bring(data)
    assert set(Theme.objects.values_list("name", flat=True)) == {"Scarcity", "Scarcity (2)"}
    assert Variable.objects.filter(name="Age").count() == 2
    assert bring(data).result["new"] == 0


def test_a_missing_text_is_said_and_the_rest_comes_in(bring):
    job = bring(qdpx(qde(source("P01"), source("P02")), {"P02": SAID}))
    said = f"A text is missing. (1) P01: internal://{guid('P01')}.txt is not in the archive"
    assert said in remarks(job, "losses")
    assert counts(job)["interviews"] == (1, 0)


def test_an_empty_text_is_said(bring):
    job = bring(qdpx(qde(source("P01")), {"P01": "\n"}))
    assert "A text is empty. (1) P01" in remarks(job, "losses")


def test_a_text_longer_than_any_interview_is_refused_with_its_name(bring, look):
    job = look(qdpx(qde(source("P01")), {"P01": "".join(f"word {n} " for n in range(160_000))}))
    assert job.state == "failed"
    assert "“P01” has" in job.reason


# ---- at the same time, and again


@pytest.mark.django_db(transaction=True)
def test_two_at_once_bring_the_same_project_in_once(look, study, by, monkeypatch):
    monkeypatch.setattr(jobs, "nudge", lambda pk: None)
    data = full()
    asked = []
    for _each in range(2):
        job = look(data)
        asked.append(bringing_in.ask_to_bring(job, STAFF, token=once.token(bringing_in.PURPOSE), **by))
    said = at_once(*[lambda pk=job.pk: jobs.run(pk) for job in asked])
    assert said == ["done", "done"]
    assert (Transcript.objects.count(), Coding.objects.count(), Memo.objects.count()) == (1, 2, 5)
    results = [Job.objects.get(pk=job.pk).result["new"] for job in asked]
    assert min(results) == 0


@pytest.mark.django_db(transaction=True)
def test_who_withdraws_while_their_texts_come_in_leaves_nothing_behind(look, bring, study, by, monkeypatch):
    bring(talk())
    who = study.participants.get()
    monkeypatch.setattr(jobs, "nudge", lambda pk: None)
    more = selection(PLAIN, "Somebody rang.", more=ref("n"))
    job = look(qdpx(qde(source("P01", more), after=f"<Notes>{note('n', 'A thought.')}</Notes>"), {"P01": SAID}))
    asked = bringing_in.ask_to_bring(job, STAFF, token=once.token(bringing_in.PURPOSE), **by)
    at_once(lambda: recruiting.withdraw(who, **by), lambda: jobs.run(asked.pk))
    assert not Transcript.objects.exists()
    assert not Coding.objects.exists()
    assert not Memo.objects.exists()


def test_while_many_texts_are_written_nobody_else_takes_the_job(bring, by, monkeypatch):
    """Nothing can be said of progress meanwhile, so the lease is long enough for all of them."""
    left, lock = [], bringing_in.lock

    def locking(study):
        left.append(Job.objects.get(kind=bringing_in.BRING).lease_until - timezone.now())
        lock(study)

    monkeypatch.setattr(bringing_in, "lock", locking)
    monkeypatch.setattr(bringing_in, "WRITING", dt.timedelta(hours=2))
    assert bring(qdpx(qde(source("P01"), source("P02")), {"P01": SAID, "P02": SAID})).state == "done"
    assert left[0] > dt.timedelta(hours=4)


def test_a_form_sent_twice_asks_once(look, by):
    job, token = look(talk()), once.token(bringing_in.PURPOSE)
    bringing_in.ask_to_bring(job, STAFF, token=token, **by)
    with pytest.raises(once.Spent):
        bringing_in.ask_to_bring(job, STAFF, token=token, **by)
    with pytest.raises(ValidationError, match="not kept any more"):
        bringing_in.ask_to_bring(job, STAFF, token=once.token(bringing_in.PURPOSE), **by)


def test_a_file_that_was_looked_at_can_be_dropped(look, by):
    job = look(talk())
    bringing_in.drop(job)
    job.refresh_from_db()
    assert job.result == {}
    with pytest.raises(ValidationError, match="not kept any more"):
        bringing_in.ask_to_bring(job, STAFF, token=once.token(bringing_in.PURPOSE), **by)


def test_a_worker_that_dies_leaves_nothing_and_another_begins_anew(look, by, monkeypatch):
    asked = bringing_in.ask_to_bring(look(full()), STAFF, token=once.token(bringing_in.PURPOSE), **by)
    with monkeypatch.context() as patched:
        patched.setattr(bringing_in, "record", lambda *args, **kwargs: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            jobs.run(asked.pk)
    assert not Coding.objects.exists()
    assert jobs.run(asked.pk) == "done"
    assert Coding.objects.count() == 2


@pytest.mark.parametrize("what", ["no owner", "no role"])
def test_who_is_no_owner_any_more_brings_nothing_in(look, study, by, world, what):
    asked = bringing_in.ask_to_bring(look(talk()), STAFF, token=once.token(bringing_in.PURPOSE), **by)
    if what == "no owner":
        study.members.filter(user=world.ria).update(owner=False)
    else:
        Membership.objects.filter(user=world.ria).update(ended_at=world.now)
    assert jobs.run(asked.pk) == "failed"
    asked.refresh_from_db()
    assert "Only owners of the study" in asked.reason


def test_a_withdrawal_forgets_a_file_that_waits(look, study, by):
    look(talk())
    assert JobPart.objects.exists()
    recruiting.withdraw(listed(study, "P55", by=by), **by)
    assert not JobPart.objects.exists()


def test_destroying_files_and_key_forgets_a_file_that_waits(look, study, by):
    job = look(talk())
    deidentifying.destroy(study, **by)
    job.refresh_from_db()
    assert job.result == {}
    assert not JobPart.objects.exists()


def test_a_codebook_comes_in_the_same_way(bring, study):
    inside = CODES.removeprefix("<CodeBook>").removesuffix("</CodeBook>")
    job = bring(codebook(inside).encode(), name="codes.qdc")
    assert counts(job) == {"codes": (4, 0)}
    assert Code.objects.get(name="Time").definition == "Too few hours."


def test_statements_grow_with_texts_and_not_with_what_is_coded(bring, at_most, study):
    words = [one for one in PLAIN.replace("\n", " ").split(" ") if PLAIN.count(one) == 1]
    data = qdpx(qde(source("P01", "".join(selection(PLAIN, word) for word in words))), {"P01": SAID})
    with at_most(80):
        bring(data)
    assert Coding.objects.count() == len(words)
