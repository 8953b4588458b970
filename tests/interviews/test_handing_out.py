"""What leaves a study as REFI-QDA is valid, comes back as it was, and holds only what may leave."""

import datetime as dt
import io
import json
import uuid
import zipfile
from pathlib import Path

import pytest
from django.conf import settings
from django.core.files.base import ContentFile
from hypothesis import HealthCheck, given
from hypothesis import settings as trying
from hypothesis import strategies as st
from lxml import etree
from pyrefiqda import RefiProject

from accounts.models import Activity
from interviews import bringing_in, codebook, coding, handing_out, history, memos, recruiting, studying
from interviews.exchange import descriptions
from interviews.exchange.beside import beside
from interviews.exchange.outgoing import Outgoing, Wishes
from interviews.exchange.pseudonyms import names_nobody, person_in
from interviews.models import (
    AgreementRound,
    Code,
    Coder,
    Coding,
    Interview,
    Memo,
    Participant,
    Study,
    Theme,
    Transcript,
    Variable,
    VariableValue,
)
from interviews.studying import coder_of
from projects import jobs
from roadmap.models import Construct
from tests.interviews.conftest import transcript_of
from tests.interviews.refi import NOW, project_in, valid

pytestmark = pytest.mark.django_db
ALL = Wishes(places=True)
QDA = "{urn:QDA-XML:project:1.0}"


def out(study, by, wishes=ALL):
    """Return the archive of a study, after the schema found nothing wrong with its project."""
    file = io.BytesIO()
    handing_out.hand_out(study, wishes, file, **by)
    valid(project_in(file.getvalue()), "Project.xsd")
    return file.getvalue()


def back(study, data, by):
    """Bring an archive into another study of the same name, and give that study."""
    other = studying.begin_study(study.program, name=study.name, aim="Again.", **by)
    return other, brought(other, data, by)


def brought(study, data, by):
    """Bring an archive into a study, and give the job."""
    file = ContentFile(data, name="talks.qdpx")
    said = {"role_group": "staff", "cleared": True}
    job = jobs.queue(bringing_in.BRING, study.program, key=study.slug, data=said, file=file, **by)
    jobs.run(job.pk)
    job.refresh_from_db()
    assert job.state == "done", job.reason
    return job


def compared(data):
    """Return what two archives of the same study have in common: the project without its date, and all texts."""
    root = etree.fromstring(project_in(data))
    del root.attrib["creationDateTime"]
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        texts = {name: archive.read(name) for name in archive.namelist() if name != "project.qde"}
    return etree.tostring(root, method="c14n"), texts


@pytest.fixture
def filled(world, study, guide, codes, by):
    """The study with two texts that name nobody, coded by two people, memos, a theme, variables and a third text."""
    first = transcript_of(study, guide, by, project=world.project, site=world.elm, setting="fqhc")
    transcript_of(study, guide, by, "P02", said="Interviewer: And?\nP02: Fine 👩‍🔬, thanks.", name="", role_group="pi")
    transcript_of(study, guide, by, "P03", said="Interviewer: Who?\nP03: Somebody.", name="", scope="no_quotes")
    Transcript.objects.exclude(interview__participant__pseudonym="P03").update(cleared_at=by["now"])
    place = {"start": 0, "end": 11, "revision": 1}
    one = coding.apply_code(first, codes["Time"].pk, **place, **by)
    coding.apply_code(first, codes["Helps"].pk, **place, **by)
    coding.apply_code(first, codes["Time"].pk, start=13, end=30, revision=1, by=world.bo, now=by["now"])
    memos.write_memo(study, one, text="A thought.\nIn two lines.", **by)
    memos.write_memo(study, codes["Time"], text="About time.", **by)
    memos.write_memo(study, first.interview, text="About the talk.", by=world.bo, now=by["now"])
    theme = Theme.objects.create(study=study, name="Scarcity", meaning="Too little.", created_by=by["by"])
    theme.codes.set([codes["Time"], codes["Space"]])
    memos.write_memo(study, theme, text="About the theme.", **by)
    Memo.objects.create(study=study, coder=coder_of(study, by["by"]), text="About all of it.", created_at=NOW)
    years = Variable.objects.create(study=study, name="Years", kind="Integer")
    VariableValue.objects.create(variable=years, participant=first.interview.participant, value="7")
    code = codes["Space"]
    code.definition, code.use_when, code.construct = "Room.", "Rooms are named.", Construct.objects.first()
    code.save()
    return study


# ---- there and back


def test_out_in_and_out_again_is_the_same(filled, by):
    first = out(filled, by)
    other, job = back(filled, first, by)
    assert compared(out(other, by)) == compared(first)
    assert job.result["report"]["deviations"] == []
    assert {one["what"]: one["new"] for one in job.result["counts"]} == {
        "participants": 2,
        "interviews": 2,
        "codes": 4,
        "codings": 3,
        "memos": 5,
        "themes": 1,
        "variables": 1,
        "coders": 2,
    }
    space = other.codes.get(name="Space")
    assert (space.definition, space.use_when) == ("Room.", "Rooms are named.")
    assert space.construct == Construct.objects.first()
    who = other.participants.get(pseudonym="P01")
    assert (who.role_group, who.setting, who.project.name) == ("staff", "fqhc", "Collaborative Care")
    assert who.site.name == "Elm Clinic"
    assert other.participants.get(pseudonym="P02").role_group == "pi"
    assert other.interviews.get(participant=who).held_on == by["now"].date()


def test_brought_back_into_the_same_study_it_changes_nothing(filled, by):
    data = out(filled, by)
    assert brought(filled, data, by).result["new"] == 0
    assert compared(out(filled, by)) == compared(data)


WORDS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00"), max_size=12)
SAID = WORDS.filter(str.strip)
TEXTS = st.text("ab \n.é👩\u0301世", min_size=1, max_size=60).filter(str.strip)
NUMBER = st.integers(0, 60)
MOMENTS = st.integers(0, 10**9).map(lambda tenths: NOW - dt.timedelta(seconds=tenths / 10))
STUDIES = st.fixed_dictionaries(
    {
        "codes": st.lists(st.tuples(WORDS, WORDS, WORDS, NUMBER, st.integers(1, 8), st.booleans()), max_size=6),
        "texts": st.lists(TEXTS, min_size=1, max_size=3),
        "codings": st.lists(st.tuples(NUMBER, NUMBER, NUMBER, NUMBER, MOMENTS, st.integers(0, 2)), max_size=10),
        "memos": st.lists(st.tuples(SAID, NUMBER, NUMBER, MOMENTS), max_size=5),
        "themes": st.lists(st.tuples(WORDS, st.lists(NUMBER, max_size=3)), max_size=3),
        "values": st.lists(st.tuples(st.sampled_from(["Text", "Integer", "Date"]), SAID, st.booleans()), max_size=3),
    }
)


class Drawn:
    """A study as drawn: codes in a tree, texts, codings by two coders, memos at anything, themes, values."""

    def __init__(self, world, drawn, by):
        self.by = by
        self.study = studying.begin_study(world.program, name="Drawn", aim="To try.", **by)
        self.coders = [coder_of(self.study, world.ria), Coder.objects.create(study=self.study, name="Else")]
        self.codes, self.texts, self.codings = [], [], []
        for what, make in (
            ("codes", self.code),
            ("texts", self.text),
            ("codings", self.coding),
            ("memos", self.memo),
            ("themes", self.theme),
            ("values", self.value),
        ):
            for number, row in enumerate(drawn[what]):
                make(number, row)

    def code(self, number, row):
        name, definition, examples, above, colour, retired = row
        fields = {"definition": definition, "examples": examples, "colour": colour, "position": number}
        fields["parent"] = self.codes[above % number] if number and above % 3 else None
        fields["retired_at"] = self.by["now"] if retired else None
        name = f"{name.strip()} {number}".strip()
        self.codes.append(Code.objects.create(study=self.study, name=name, created_by=self.by["by"], **fields))

    def text(self, number, text):
        who = Participant.objects.create(study=self.study, pseudonym=f"P{number:02}", role_group="staff")
        talk = Interview.objects.create(study=self.study, participant=who, interviewer=self.by["by"])
        saved = {"saved_by": self.by["by"], "cleared_at": self.by["now"], "turns": [[0, 0, len(text), "", None]]}
        self.texts.append(Transcript.objects.create(interview=talk, text=text, **saved))

    def coding(self, number, row):
        text, code, start, end, at, shared = row
        transcript = self.texts[text % len(self.texts)]
        length = len(transcript.text)
        start, end = sorted((start % length, end % (length + 1)))
        if not self.codes or start == end:
            return
        place = {"transcript": transcript, "code": self.codes[code % len(self.codes)], "start": start, "end": end}
        place["coder"] = self.coders[shared % 2]
        if Coding.objects.filter(**place).exists():
            return
        selection = self.codings[-1].selection_guid if shared == 2 and self.codings else uuid.uuid4()
        self.codings.append(Coding.objects.create(**place, selection_guid=selection, created_at=at))

    def memo(self, number, row):
        text, kind, which, at = row
        things = [[None], self.codes, self.codings, [one.interview for one in self.texts]][kind % 4] or [None]
        about = things[which % len(things)]
        field = {str(about._meta.model_name): about} if about else {}
        coder = self.coders[which % 2]
        Memo.objects.create(study=self.study, coder=coder, text=text, created_at=at, changed_at=at, **field)

    def theme(self, number, row):
        meaning, members = row
        fields = {"meaning": meaning, "position": number, "created_by": self.by["by"]}
        theme = Theme.objects.create(study=self.study, name=f"Theme {number}", **fields)
        theme.codes.set({self.codes[one % len(self.codes)] for one in members} if self.codes else set())

    def value(self, number, row):
        kind, value, of_person = row
        variable = Variable.objects.create(study=self.study, name=f"Variable {number}", kind=kind)
        talk = self.texts[0].interview
        holder = {"participant": talk.participant} if of_person else {"interview": talk}
        VariableValue.objects.create(variable=variable, value=value, **holder)


@trying(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(drawn=STUDIES)
def test_any_study_comes_back_as_it_was(world, study, by, drawn):
    one = Drawn(world, drawn, by).study
    first = out(one, by)
    other, _job = back(one, first, by)
    assert compared(out(other, by)) == compared(first)


# ---- what leaves, and what stays


def outgoing(study, reader, **wishes):
    return Outgoing(study, reader=reader, wishes=Wishes(**wishes))


def lost(found):
    found.project()
    return {remark.words: remark.times for remark in found.report.losses.values()}


def test_only_texts_leave_that_name_nobody_unless_the_study_leaves_them_open(filled, by, world):
    names = etree.fromstring(project_in(out(filled, by))).xpath("//*[local-name()='TextSource']/@name")
    assert names == ["P01", "P02"]
    assert lost(outgoing(filled, world.ria))["Texts that nobody has said name nobody stay here."] == 1
    assert len(outgoing(filled, world.ria, all_texts=True).interviews) == 2
    Study.objects.update(open_text=True)
    filled.refresh_from_db()
    assert len(outgoing(filled, world.ria).interviews) == 2
    assert len(outgoing(filled, world.ria, no_quotes=True).interviews) == 2
    assert len(outgoing(filled, world.ria, all_texts=True).interviews) == 2  # P03 agreed to no quotes
    assert len(outgoing(filled, world.ria, all_texts=True, no_quotes=True).interviews) == 3


def test_nothing_of_those_who_withdrew_leaves(filled, by):
    recruiting.withdraw(filled.participants.get(pseudonym="P01"), **by)
    markup = project_in(out(filled, by)).decode()
    assert "P01" not in markup
    assert "About the talk" not in markup


def test_coders_go_by_number_and_where_people_were_stays_unless_asked_for(filled, by, world):
    plain = project_in(out(filled, by, Wishes())).decode()
    assert "Ria" not in plain
    assert 'name="Coder 1"' in plain
    for words in ("Elm Clinic", "Collaborative Care", "Held on"):
        assert words not in plain
    told = project_in(out(filled, by, Wishes(names=True, places=True))).decode()
    for words in ("Ria Castellan", "Elm Clinic", "Collaborative Care", "2026-01-05</DateValue>"):
        assert words in told


def test_of_people_quoted_by_role_only_no_place_leaves(filled, by):
    who, said = filled.participants.get(pseudonym="P01"), {"form_version": "2", "given_on": by["now"].date()}
    recruiting.record_consent(who, scope="role_only", **said, **by)
    assert "Elm Clinic" not in project_in(out(filled, by)).decode()


def test_texts_of_who_agreed_to_no_quotes_leave_only_where_somebody_says_so(filled, by):
    who, said = filled.participants.get(pseudonym="P01"), {"form_version": "2", "given_on": by["now"].date()}
    before = project_in(out(filled, by)).decode()
    recruiting.record_consent(who, scope="no_quotes", **said, **by)
    plain = project_in(out(filled, by)).decode()
    assert 'name="P01"' in before
    assert 'name="P01"' not in plain
    (loss,) = [one for one in outgoing(filled, by["by"]).report.data["losses"] if "no quotes" in one["words"]]
    assert loss["places"] == ["P01"]
    assert 'name="P01"' in project_in(out(filled, by, Wishes(no_quotes=True))).decode()
    told = Activity.objects.filter(verb="study_handed_out").latest("pk")
    assert told.changes["texts_without_quotes"] == [None, 1]


def test_who_codes_blind_takes_only_their_own_out(filled, by, world):
    found = AgreementRound.objects.create(study=filled, name="First", opened_by=world.ria)
    found.coders.set(filled.coders.all())
    found.transcripts.set(Transcript.objects.filter(interview__participant__pseudonym="P01"))
    markup = etree.fromstring(project_in(out(filled, by)))
    assert len(markup.findall(f".//{QDA}Coding")) == 2
    said = "What others coded in interviews that you code blind stays here until the round is closed."
    assert lost(outgoing(filled, world.ria))[said] == 1


def test_what_is_left_behind_is_named(filled, by, world, codes):
    Theme.objects.get().codings.set(Coding.objects.all()[:2])
    Code.objects.create(study=filled, name="Old", retired_at=by["now"], created_by=world.ria)
    third = Interview.objects.get(participant__pseudonym="P03")
    memos.write_memo(filled, third, text="About P03.", **by)
    found = lost(outgoing(filled, world.ria))
    assert found["Passages that belong to a theme by themselves are in the file beside."] == 2
    assert found["Retired codes that no passage has stay here."] == 1
    assert found["Memos about what stays here stay too."] == 1
    assert "About P03" not in project_in(out(filled, by)).decode()


def test_a_retired_code_that_passages_have_leaves_with_a_word_of_it(filled, by, codes):
    codebook.retire_code(codes["Helps"], **by)
    codebook.add_code(filled, name="Helps (retired)", **by)
    names = etree.fromstring(project_in(out(filled, by))).xpath("//*[local-name()='Code']/@name")
    assert {"Helps (retired)", "Helps (retired) (2)"} <= set(names)


def test_it_is_recorded_who_took_it(filled, by, world):
    out(filled, by)
    told = Activity.objects.get(verb="study_handed_out")
    assert (told.actor, told.changes) == (world.ria, {"texts": [None, 2]})
    line = history.line_of(told)
    assert (line.did, line.what, line.change) == ("took out as a project", "What helps sites", "Texts: 2")


def test_a_second_reader_of_refi_qda_finds_the_same_words(filled, by, tmp_path):
    path = tmp_path / "study.qdpx"
    path.write_bytes(out(filled, by))
    project = RefiProject.load(path, extract_dir=str(tmp_path / "out"))
    found = set()
    for source in project.sources.text_source:
        text = RefiProject.resolve_source_path(source.plain_text_path, tmp_path / "out").read_text(encoding="utf-8")
        found |= {text[one.start_position : one.end_position] for one in source.plain_text_selection}
    assert found == {one.transcript.text[one.start : one.end] for one in Coding.objects.select_related("transcript")}
    assert [one.name for one in project.cases.case] == ["P01", "P02"]
    assert len(project.notes.note) == 5


def test_a_codebook_leaves_by_itself(filled, by):
    markup = etree.fromstring(valid(handing_out.codebook_file(filled), "Codebook.xsd"))
    assert markup.xpath("//*[local-name()='Code']/@name") == ["Barriers", "Time", "Space", "Helps"]
    assert markup.xpath("//*[local-name()='Set']/@name") == ["Scarcity"]


def test_what_the_format_has_no_place_for_is_beside(filled, by, world):
    found = json.loads(json.dumps(beside(outgoing(filled, world.ria), now=by["now"])))
    assert found["format"] == "milepost-study-1"
    assert [turn[3] for turn in found["transcripts"][0]["turns"]][:2] == ["Interviewer", "Maria Gonzalez"]
    assert len(found["transcripts"]) == 2
    assert [one["key"] for one in found["guides"][0]["questions"]]
    assert "Elm" not in json.dumps(found["framework"])


@pytest.mark.parametrize("texts", [1, 6])
def test_a_study_leaves_in_as_many_statements_however_many_texts(study, guide, codes, by, at_most, texts):
    for number in range(texts):
        made = transcript_of(study, guide, by, f"P{number:02}", name="")
        coding.apply_code(made, codes["Time"].pk, start=0, end=11, revision=1, **by)
    Transcript.objects.update(cleared_at=by["now"])
    with at_most(23):
        out(study, by)


# ---- small parts


@given(st.dictionaries(st.sampled_from(["definition", *descriptions.LABELS]), WORDS))
def test_a_description_comes_apart_as_it_was_put_together(meaning):
    text = descriptions.composed(meaning).strip()
    assert descriptions.composed(descriptions.taken_apart(text, constructs={"available-resources"})) == text


def test_a_description_that_only_looks_like_ours_stays_whole():
    text = "A thing.\n\nStep of the Roadmap: two words\n\nCFIR 2.0: no-such-construct"
    assert descriptions.taken_apart(text, constructs=set()) == {"definition": text}


@pytest.mark.parametrize(
    "name", ["P01", "Interview 3", "PI_2.docx", "Focus group B", "id-0042", "S3", "Site A, talk 2"]
)
def test_names_that_name_nobody_are_pseudonyms(name):
    assert names_nobody(name)


@pytest.mark.parametrize(
    "name",
    [
        "Maria",
        "Maria Gonzalez",
        "Interview Maria",
        "ann1",
        "Elm Clinic",
        "616-555-0100",
        "20251103",
        "",
        "x 2025-11-03",
    ],
)
def test_other_names_may_tell_who_somebody_is(name):
    assert not names_nobody(name)


def test_the_person_in_a_name_is_found():
    assert person_in("Interview_Maria Gonzalez (2).docx") == "Maria Gonzalez"
    assert person_in("P01") == "P01"


def test_colours_of_others_become_the_nearest_of_ours():
    assert [descriptions.nearest(one) for one in descriptions.PALETTE] == list(range(1, 9))
    assert descriptions.nearest("#ff0000") == 5
    sheet = (Path(settings.BASE_DIR) / "static" / "milepost.css").read_text(encoding="utf-8")
    assert all(f"--code-{number}: {colour};" in sheet for number, colour in enumerate(descriptions.PALETTE, start=1))
