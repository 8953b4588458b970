"""A small cast that everybody knows, and the world they live in.

Dee administers the State's program. Ana leads the project, Bo works at Elm Clinic, Vi can look at it. Cy leads another
project of the program, Ed administers another program, Nia belongs nowhere. Elm is active since 5 January 2026, its
sister site Oak is setting up. The Roadmap is a small one, so that dates can be told by hand (tests/small_roadmap.py).
"""

import datetime as dt
from importlib import import_module
from types import SimpleNamespace

import pytest
from allauth.mfa.models import Authenticator
from django.apps import apps

from accounts.models import User
from projects import planning
from projects.models import County, Membership, Plan, Project, Role
from tests.small_roadmap import make_small_roadmap

MONDAY = dt.datetime(2026, 1, 5, 14, 0, tzinfo=dt.UTC)  # 9 in the morning in Detroit
PASSWORD = "walk-the-road-in-tests"


def person(name, *, email=None, **fields):
    """Return a person with an account who wants no tour; the address is made from the name where none is given.

    Who is staff has a second step, because they must.
    """
    fields = {"tour": "off", **fields}
    made = User.objects.create_user(
        email=email or f"{name.split()[0].lower()}@example.org", password=PASSWORD, name=name, **fields
    )
    if made.is_staff or made.is_superuser:
        second_step(made)
    return made


def second_step(user):
    """Give a person an authenticator app, unless they have one."""
    Authenticator.objects.get_or_create(
        user=user, type=Authenticator.Type.TOTP, defaults={"data": {"secret": "JBSWY3DPEHPK3PXP"}}
    )


def join(user, role, target):
    """Give a person a role on a program, project or site; an administrator also gets the second step they must have."""
    if role == Role.ADMINISTRATOR:
        second_step(user)
    return Membership.objects.create(user=user, role=role, **{target._meta.model_name: target})


def new_site(place, *, organization="Lakeshore Health", setting="fqhc", **fields):
    """Return the row of a site to be added, in Kent County unless told otherwise."""
    fields = {"county_id": "26081", "starts_on": MONDAY.date(), **fields}
    return planning.NewSite(organization=organization, place=place, setting=setting, **fields)


def begun(site, day):
    """Let a site's start have been an earlier day: before it nothing is recorded there. Its due dates stay."""
    Plan.objects.filter(site=site).update(starts_on=day)


@pytest.fixture
def now():
    """The moment at which the world was set up: a Monday, 5 January 2026, 9:00 in Detroit."""
    return MONDAY


@pytest.fixture
def roadmap(kept_world):
    return kept_world.version if kept_world else make_small_roadmap()


@pytest.fixture
def counties(db):
    """All counties, as the migration brings them: a test that commits empties every table, this one too."""
    if County.objects.count() < 3000:
        import_module("projects.migrations.0002_counties").load_counties(apps, None)


@pytest.fixture
def world(kept_world, roadmap, now):
    """Two programs, three projects, three sites and seven people, as the module says."""
    return kept_world or make_world(roadmap, now)


def make_world(roadmap, now):
    """Write the world and return its people and rows by name."""
    for fips, name in (("26081", "Kent County"), ("26121", "Muskegon County"), ("26163", "Wayne County")):
        County.objects.get_or_create(fips=fips, defaults={"name": name, "state": "MI"})
    cast = SimpleNamespace(
        dee=person("Dee Halvorsen"),
        ana=person("Ana Brandt"),
        bo=person("Bo Lindqvist"),
        vi=person("Vi Okafor"),
        cy=person("Cy Moreno"),
        ed=person("Ed Tanaka"),
        nia=person("Nia Farouk"),
        version=roadmap,
        now=now,
    )
    shared = {"roadmap": roadmap.roadmap, "by": cast.dee, "now": now}
    second_step(cast.dee)
    second_step(cast.ed)
    cast.program = planning.create_program(name="Michigan Program", slug="michigan", administrator=cast.dee, **shared)
    cast.other_program = planning.create_program(name="Ohio Program", slug="ohio", administrator=cast.ed, **shared)
    project = {"version": roadmap, "by": cast.dee, "now": now, "starts_on": dt.date(2025, 9, 1)}
    cast.project = planning.create_project(
        program=cast.program,
        name="Collaborative Care",
        ebi_name="Collaborative care",
        lead=cast.ana,
        ends_on=dt.date(2028, 9, 30),
        **project,
    )
    cast.other_project = planning.create_project(
        program=cast.program, name="School CBT", ebi_name="School CBT", lead=cast.cy, **project
    )
    cast.foreign_project = planning.create_project(
        program=cast.other_program, name="Ohio Care", ebi_name="Collaborative care", **project
    )
    cast.elm, cast.oak = planning.add_sites(
        cast.project, [new_site("Elm Clinic"), new_site("Oak Clinic")], by=cast.ana, now=now
    )
    [cast.other_site] = planning.add_sites(
        cast.other_project, [new_site("Pine School", setting="school")], by=cast.cy, now=now
    )
    planning.start_site(cast.elm, by=cast.ana, now=now)
    cast.elm.refresh_from_db()
    cast.plan = cast.elm.plan
    cast.plan.refresh_from_db()
    cast.team_plan = Project.objects.get(pk=cast.project.pk).plans.get(site=None)
    join(cast.bo, Role.PRACTITIONER, cast.elm)
    join(cast.vi, Role.OBSERVER, cast.project)
    return cast


@pytest.fixture
def sign_in(client):
    """Return a function that signs a person in and gives back the client."""

    def enter(user):
        client.force_login(user, backend="allauth.account.auth_backends.AuthenticationBackend")
        return client

    return enter
