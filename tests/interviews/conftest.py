"""A study in the world's program: Ria, a researcher, owns it; Bo is in it; its guide has three questions."""

import datetime as dt
from types import SimpleNamespace

import pytest

from interviews import approving, guiding, interviewing, recruiting, studying
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
