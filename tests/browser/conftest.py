import pytest
from django.conf import settings
from django.utils import timezone

from interviews import approving, codebook, deidentifying, guiding, interviewing, recruiting, studying, transcribing
from projects.models import Role
from tests.cast import join, person
from tests.interviews.conftest import GUIDE, SAID


@pytest.fixture
def visit(page, live_server, client, world):
    """Give a function that opens an address as somebody, signed in."""

    def open_as(person, path):
        client.force_login(person, backend="allauth.account.auth_backends.AuthenticationBackend")
        cookie = {"name": settings.SESSION_COOKIE_NAME, "value": client.cookies[settings.SESSION_COOKIE_NAME].value}
        page.context.add_cookies([{**cookie, "url": live_server.url}])
        page.goto(live_server.url + path)
        return page

    return open_as


@pytest.fixture
def ria(world):
    """Ria, a researcher of the program; interviews are switched on."""
    made = person("Ria Castellan")
    join(made, Role.RESEARCHER, world.program)
    approving.switch_on(world.program, purpose="quality", by=world.dee, now=timezone.now())
    return made


@pytest.fixture
def held(world, ria):
    """An interview of Ria's with P01, who agreed to quotes, held today."""
    by = {"by": ria, "now": timezone.now()}
    day = world.program.today(by["now"])
    study = studying.begin_study(world.program, name="What helps sites", aim="To learn what helps.", **by)
    guide = guiding.write_guide(study, title="Interview guide", text=GUIDE, **by)
    who = recruiting.list_participant(
        study,
        pseudonym="P01",
        role_group="staff",
        state="asked",
        project=world.project,
        site=world.elm,
        setting="",
        contact={"name": "Maria Gonzalez", "email": "", "phone": ""},
        **by,
    )
    recruiting.record_consent(who, form_version="1", given_on=day, scope="quote", **by)
    plan = {"interviewer": ria, "mode": "phone", "planned_for": None}
    interview = interviewing.plan_interview(study, who, guide, **plan, **by)
    interviewing.hold(interview, held_on=day, minutes=30, notes="", **by)
    return interview


@pytest.fixture
def bring_in(held, ria):
    """Give a function that makes words the interview's transcript, said to name nobody, and adds codes."""

    def bring(said, *codes):
        by = {"by": ria, "now": timezone.now()}
        original = transcribing.choose_file(held, name="talk.txt", data=said.encode(), **by)
        transcript = transcribing.save_transcript(held, sha256=original.sha256, names={}, **by)
        deidentifying.say_cleared(transcript, cleared=True, revision=1, **by)
        for name in codes:
            codebook.add_code(held.study, name=name, **by)
        return transcript

    return bring


@pytest.fixture
def cleared(bring_in):
    """The interview's transcript, said to name nobody, and a codebook of three codes."""
    return bring_in(SAID, "Available resources", "Tension for change", "What helped")
