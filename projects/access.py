"""Who may do what. Roles are data here; no other module names one to decide something.

Each view is opened by one decorator, which finds the object among those visible to the person (else 404), asks for the
right (else 403), hands the object to the view and leaves `view.action`, by which a test finds every view that has none.
"""

from __future__ import annotations

from collections.abc import Callable
from enum import Enum
from functools import wraps
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404

from accounts.access import View
from projects.models import Plan, Program, Project, Role, Scopes, Site
from roadmap.published import content_of


class Right(Enum):
    """What a person can be allowed to do. The value is what a message may call it."""

    VIEW = "look at this"
    RECORD = "record progress here"
    BOARD = "look at all sites"
    RECORD_MANY = "record for many sites at once"
    ASSIGN = "assign work"
    SCHEDULE = "change dates"
    TAILOR = "fit plans to their sites"
    SET_UP = "set up sites"
    PEOPLE = "look at who belongs here"
    INVITE = "invite people"
    DASHBOARD = "look at the dashboard"
    CREATE_PROJECT = "start a project"
    STUDY = "begin a study"
    FINDINGS = "see what studies found"
    EDIT_ROADMAP = "decide what goes into the Roadmap"
    RUN_PROGRAM = "change the program's settings"
    RESET_SIGN_IN = "reset how somebody signs in"
    READ_ALL_NOTES = "read every note"  # the State reads only what is shared with it


OF_THE_STATE = {
    Right.DASHBOARD,
    Right.CREATE_PROJECT,
    Right.RUN_PROGRAM,
    Right.STUDY,
    Right.EDIT_ROADMAP,
    Right.RESET_SIGN_IN,
}
RIGHTS: dict[Role, frozenset[Right]] = {
    Role.OBSERVER: frozenset({Right.VIEW, Right.BOARD, Right.PEOPLE, Right.DASHBOARD}),
    Role.RESEARCHER: frozenset({Right.VIEW, Right.BOARD, Right.PEOPLE, Right.STUDY}),
    Role.PRACTITIONER: frozenset({Right.VIEW, Right.RECORD, Right.PEOPLE, Right.READ_ALL_NOTES}),
    Role.LEAD: frozenset(set(Right) - OF_THE_STATE),
    Role.ADMINISTRATOR: frozenset(set(Right) - {Right.READ_ALL_NOTES}),
}
# An observer of a project sees what the site teams see there; one of the whole program sees what the State sees.
BELOW_PROGRAM = {
    Role.OBSERVER: RIGHTS[Role.OBSERVER] | {Right.READ_ALL_NOTES},
    Role.RESEARCHER: RIGHTS[Role.RESEARCHER] | {Right.READ_ALL_NOTES},
}
# The roles that can be held where, the ones given most often first.
ROLES_ON: dict[type, list[Role]] = {
    Program: [Role.ADMINISTRATOR, Role.OBSERVER, Role.RESEARCHER],
    Project: [Role.LEAD, Role.PRACTITIONER, Role.RESEARCHER, Role.OBSERVER],
    Site: [Role.PRACTITIONER, Role.OBSERVER],
}


def roles_to_give(scopes: Scopes, target: Program | Project | Site) -> list[Role]:
    """Return the roles that the person may give, change and end on a program, project or site: never above the own."""
    if not can(scopes, Right.INVITE, target):
        return []
    runs = can(scopes, Right.RUN_PROGRAM, target)
    return [role for role in ROLES_ON[type(target)] if runs or role != Role.ADMINISTRATOR]


def first_role(scopes: Scopes) -> Role | None:
    """Return the role by which a person is mostly here, the one that may do most; None for who belongs nowhere."""
    held = [*scopes.programs.values(), *scopes.projects.values(), *scopes.sites.values()]
    ranked = (Role.ADMINISTRATOR, Role.LEAD, Role.RESEARCHER, Role.PRACTITIONER, Role.OBSERVER)
    return next((role for role in ranked if any(role in roles for roles in held)), None)


def sees_dashboard(scopes: Scopes) -> bool:
    """Return whether navigation offers the State's dashboard: it needs the right on a program."""
    return any(Right.DASHBOARD in rights_of(roles, program=True) for roles in scopes.programs.values())


def comes_for_studies(scopes: Scopes) -> bool:
    """Return whether navigation offers studies: to those who may begin one and do not run the program they are in."""
    held = [rights_of(roles, program=True) for roles in scopes.programs.values()]
    held += [rights_of(roles) for roles in scopes.projects.values()]
    return any(Right.STUDY in rights and Right.RUN_PROGRAM not in rights for rights in held)


def rights_of(roles: frozenset[Role], *, program: bool = False) -> frozenset[Right]:
    """Return the rights that roles give together, held on a program or on something below one."""
    given: set[Right] = set()
    for role in roles:
        given |= RIGHTS[role] if program else BELOW_PROGRAM.get(role, RIGHTS[role])
    return frozenset(given)


def roles_with(right: Right) -> list[Role]:
    """Return the roles that give a right on what they are held on."""
    return [role for role, rights in RIGHTS.items() if right in rights]


def can(scopes: Scopes, right: Right, obj: Any) -> bool:
    """Return whether the person has a right on a program, project, site or plan. The strongest role wins.

    A role holds on its object and everything below. A site member may look at the project's page and its team's plan.
    """
    if isinstance(obj, Plan):
        obj = obj.site if obj.site_id else obj.project
    none: frozenset[Role] = frozenset()
    if isinstance(obj, Program):
        return right in rights_of(scopes.programs.get(obj.pk, none), program=True)
    project = obj.project if isinstance(obj, Site) else obj
    held = rights_of(scopes.programs.get(project.program_id, none), program=True)
    held |= rights_of(scopes.projects.get(project.pk, none))
    if isinstance(obj, Site):
        held |= rights_of(scopes.sites.get(obj.pk, none))
    elif project.pk in scopes.site_projects:
        held |= {Right.VIEW}
    return right in held


def require(scopes: Scopes, right: Right, obj: Any) -> None:
    """Raise PermissionDenied with words for the page unless the person has the right."""
    if not can(scopes, right, obj):
        raise PermissionDenied(f"Your role does not let you {right.value}. Ask your project lead.")


def superuser_view(view: View) -> View:
    """Open a view to those who create programs; for everybody else the page does not exist."""

    @wraps(view)
    def opened(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not request.scopes.superuser:  # type: ignore[attr-defined]  # set by ScopesMiddleware
            raise Http404
        return view(request, *args, **kwargs)

    opened.action = "superuser"  # type: ignore[attr-defined]  # the access walk reads it
    return opened


def scoped(right: Right, find: Callable[..., Any]) -> Callable[[View], View]:
    """Return a decorator that finds an object from the address, asks for the right and hands the object over."""

    def decorate(view: View) -> View:
        @wraps(view)
        def opened(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            obj, kwargs = find(request.scopes, **kwargs)  # type: ignore[attr-defined]  # set by ScopesMiddleware
            require(request.scopes, right, obj)  # type: ignore[attr-defined]  # set by ScopesMiddleware
            return view(request, obj, *args, **kwargs)

        opened.action = right  # type: ignore[attr-defined]  # the access walk reads it
        return opened

    return decorate


def find_program(scopes: Scopes, program: str, **rest: Any) -> tuple[Program, dict]:
    return get_object_or_404(Program.objects.visible_to(scopes), slug=program), rest


def find_project(scopes: Scopes, project: str, **rest: Any) -> tuple[Project, dict]:
    projects = Project.objects.visible_to(scopes).select_related("program", "version")
    return get_object_or_404(projects, slug=project), rest


SITE_PARTS = ("project__program", "place__county", "place__organization")


def find_site(scopes: Scopes, project: str, site: str, **rest: Any) -> tuple[Site, dict]:
    sites = Site.objects.visible_to(scopes).select_related(*SITE_PARTS, "plan")
    return get_object_or_404(sites, project__slug=project, slug=site), rest


def find_plan(scopes: Scopes, project: str, site: str = "", **rest: Any) -> tuple[Plan, dict]:
    """Find a site's plan, or without a site the project team's, in one statement."""
    if not site:
        whole, rest = find_project(scopes, project, **rest)
        plan = get_object_or_404(Plan, project=whole, site=None)
        plan.project, plan.program, plan.version = whole, whole.program, content_of(plan.version_id).version
        return plan, rest
    found, rest = find_site(scopes, project, site, **rest)
    if not hasattr(found, "plan"):
        raise Http404
    plan = found.plan
    plan.project, plan.program = found.project, found.project.program
    plan.version = content_of(plan.version_id).version
    return plan, rest


def find_target(scopes: Scopes, program: str = "", project: str = "", site: str = "", **rest: Any) -> tuple[Any, dict]:
    """Find what an address of people names: a site, a project or a program."""
    if site:
        return find_site(scopes, project, site, **rest)
    if project:
        return find_project(scopes, project, **rest)
    return find_program(scopes, program, **rest)


def program_view(right: Right) -> Callable[[View], View]:
    """Open a view on `program`, found by its slug."""
    return scoped(right, find_program)


def project_view(right: Right) -> Callable[[View], View]:
    """Open a view on `project`, found by its slug."""
    return scoped(right, find_project)


def site_view(right: Right) -> Callable[[View], View]:
    """Open a view on `site`, found by its project's slug and its own."""
    return scoped(right, find_site)


def plan_view(right: Right) -> Callable[[View], View]:
    """Open a view on the plan of a site, or of a project's team where the address names no site."""
    return scoped(right, find_plan)


def target_view(right: Right) -> Callable[[View], View]:
    """Open a view on the program, project or site that people belong to, whichever the address names."""
    return scoped(right, find_target)
