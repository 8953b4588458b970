"""A study in the world's program: Ria, a researcher, owns it; Bo is in it; its guide has three questions."""

import datetime as dt
from types import SimpleNamespace

import pytest

from interviews import (
    approving,
    codebook,
    coding,
    concluding,
    deidentifying,
    guiding,
    interviewing,
    recruiting,
    studying,
    transcribing,
)
from projects.models import Role
from tests.cast import join, person

GUIDE = """\
# Getting started
1. First days: How did your site begin?
- Who decided?
- Who was asked?

# What happened
What got in the way?
What would you tell another site?
"""


@pytest.fixture
def study(world):
    """The study, with `ria`, `kim` (a researcher of the program who is not in it) and `by` for verbs."""
    cast = world
    cast.ria, cast.kim = person("Ria Castellan"), person("Kim Abara")
    join(cast.ria, Role.RESEARCHER, cast.program)
    join(cast.kim, Role.RESEARCHER, cast.program)
    approving.switch_on(cast.program, purpose="quality", by=cast.dee, now=cast.now)
    cast.by = {"by": cast.ria, "now": cast.now}
    made = studying.begin_study(cast.program, name="What helps sites", aim="To learn what helps.", **cast.by)
    studying.take_in(made, email=cast.bo.email, owner=False, **cast.by)
    cast.study = made
    return made


@pytest.fixture
def by(world, study):
    return world.by


@pytest.fixture
def guide(study, by):
    return guiding.write_guide(study, title="Interview guide", text=GUIDE, **by)


def listed(study, pseudonym="P01", *, by, contact=None, **fields):
    """Return somebody on a study's list: project staff unless told otherwise."""
    fields = {"role_group": "staff", "state": "asked", "project": None, "site": None, "setting": "", **fields}
    return recruiting.list_participant(study, pseudonym=pseudonym, contact=contact or {}, **fields, **by)


def agreed(study, pseudonym="P01", *, by, scope="quote", on=dt.date(2026, 1, 2), **fields):
    """Return somebody on the list who has given consent."""
    participant = listed(study, pseudonym, by=by, **fields)
    recruiting.record_consent(participant, form_version="1", given_on=on, scope=scope, **by)
    return participant


@pytest.fixture
def talk(world, study, guide, by):
    """A planned interview with P01, who works at Elm Clinic and agreed to quotes; its guide and its questions."""
    who = agreed(study, by=by, project=world.project, site=world.elm)
    made = interviewing.plan_interview(
        study, who, guide, interviewer=world.ria, mode="phone", planned_for=world.now, **by
    )
    return SimpleNamespace(interview=made, participant=who, questions=list(guide.questions.all()), guide=guide)


SAID = """\
Interviewer: Who helped at Elm Clinic?
Maria Gonzalez: Bo Lindqvist did. Bo wrote to maria@clinic.example on March 3, 2025.
Interviewer: And Elm?
Maria Gonzalez: Elm Clinic was fine. Call Maria at 616-555-0100.
"""


def transcript_of(study, guide, by, pseudonym="P01", said=SAID, name="Maria Gonzalez", **fields):
    """Return the saved transcript of somebody's interview."""
    contact = {"name": name, "email": "maria@clinic.example"} if name else None
    who = agreed(study, pseudonym, by=by, contact=contact, **fields)
    talk = interviewing.plan_interview(study, who, guide, interviewer=by["by"], mode="phone", planned_for=None, **by)
    interviewing.hold(talk, held_on=study.program.today(by["now"]), minutes=30, notes="", **by)
    original = transcribing.choose_file(talk, name="talk.txt", data=said.encode(), **by)
    return transcribing.save_transcript(talk, sha256=original.sha256, names={}, **by)


@pytest.fixture
def transcript(study, guide, by):
    return transcript_of(study, guide, by)


@pytest.fixture
def codes(study, by):
    """Barriers with Time and Space below it, and Helps on top."""
    barriers = codebook.add_code(study, name="Barriers", **by)
    made = {name: codebook.add_code(study, name=name, parent=barriers, **by) for name in ("Time", "Space")}
    return {"Barriers": barriers, **made, "Helps": codebook.add_code(study, name="Helps", **by)}


@pytest.fixture
def coded(transcript, codes, by):
    """Three passages: Time twice by Ria, Space at the first of the two."""
    place = {"revision": 1, **by}
    return [
        coding.apply_code(transcript, codes["Time"].pk, start=0, end=11, **place),
        coding.apply_code(transcript, codes["Time"].pk, start=13, end=30, **place),
        coding.apply_code(transcript, codes["Space"].pk, start=0, end=11, **place),
    ]


WORDS = "We had the time, and no door to close."


def said_by(study, guide, codes, by, group="partner", number=5, *, first=1, cleared=True, scope="quote"):
    """Return codings of as many people of a role group, who each say the same words in a text that names nobody."""
    made = []
    for count in range(first, first + number):
        pseudonym = f"{group}{count}"
        transcript = transcript_of(
            study, guide, by, pseudonym, f"{pseudonym}: {WORDS}", name="", role_group=group, scope=scope
        )
        if cleared:
            deidentifying.say_cleared(transcript, cleared=True, revision=1, **by)
        start = transcript.text.index(WORDS)
        place = {"start": start, "end": start + len(WORDS), "revision": 1}
        made.append(coding.apply_code(transcript, codes["Space"].pk, **place, **by))
    return made


@pytest.fixture
def five(study, guide, codes, by):
    return said_by(study, guide, codes, by)


@pytest.fixture
def finding(study, five, by):
    """A finding at the step of leaders, published, on what five community partners said; the first is quoted."""
    made = concluding.state_finding(study, sentence="A room comes before training.", **by)
    concluding.rest_on(made, codings=[one.pk for one in five], **by)
    concluding.choose_quotes(made, [made.evidence.first().pk], **by)
    concluding.tie(made, step_key="leaders", stance="extends", **by)
    concluding.publish(made, **by)
    made.refresh_from_db()
    return made
