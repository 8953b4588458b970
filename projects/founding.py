"""Beginning: a program with its first administrator, a project with its lead, a site with its champion."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from accounts.models import User
from projects.inviting import CHAMPION, LEAD, appoint, invite
from projects.models import Program, Project, Role, Site
from projects.planning import NewSite, add_sites, create_program, create_project, free_slug


@contextmanager
def one_of_a_name() -> Iterator[None]:
    """Say in words that somebody else has taken the same address at the same moment; raises ValidationError."""
    try:
        with transaction.atomic():
            yield
    except IntegrityError as error:
        said = _("Somebody else made one with this name at the same moment. Look whether it is what you wanted.")
        raise ValidationError(said) from error


@transaction.atomic
def found_program(*, email: str, by: User, now: dt.datetime, **fields: Any) -> Program:
    """Make a program and let an address administer it: at once where there is an account, else by an invitation.

    Raises ValidationError where somebody takes the same address at the same moment.
    """
    with one_of_a_name():
        slug = free_slug(fields["name"], Program.objects.all(), longest=60)
        program = create_program(by=by, now=now, slug=slug, **fields)
    appoint(program, email=email, role=Role.ADMINISTRATOR, by=by, now=now)
    return program


@transaction.atomic
def found_project(program: Program, *, email: str, by: User, now: dt.datetime, **fields: Any) -> Project:
    """Make a project and let an address lead it and hold that job, as `found_program` does. Raises ValidationError."""
    with one_of_a_name():
        project = create_project(program=program, by=by, now=now, **fields)
    duty = LEAD if LEAD in project.version.roles else ""
    appoint(project, email=email, role=Role.LEAD, duty=duty, by=by, now=now)
    return project


@transaction.atomic
def found_site(project: Project, row: NewSite, *, email: str, by: User, now: dt.datetime) -> Site:
    """Make one site and invite its champion where an address is given. Raises ValidationError."""
    [site] = add_sites(project, [row], by=by, now=now)
    if email:
        duty = CHAMPION if CHAMPION in project.version.roles else ""
        invite(site, email=email, role=Role.PRACTITIONER, duty=duty, by=by, now=now)
    return site
