"""Who is at a program, project or site, which jobs they hold, who is invited, and whose work waits for a new owner."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from itertools import chain

from django.db.models import Q, QuerySet

from accounts.factors import has_second_step
from accounts.models import User
from projects.access import Right, roles_with
from projects.assigning import left_behind, people_in, people_of
from projects.membership import Target, held_on, plans_of
from projects.models import Duty, Invitation, Membership, Program, Project, Site


@dataclass
class Job:
    """A job that the Roadmap names, and who holds it here; at a site also who holds it in the project."""

    key: str
    name: str
    summary: str
    duty: Duty | None = None
    project_duty: Duty | None = None

    @property
    def held(self) -> Duty | None:
        """By whom it is done: whoever holds it here, else in the project. None where nobody does."""
        return self.duty if self.duty and self.duty.holder else self.project_duty

    @property
    def left(self) -> bool:
        """Whether its holder can no longer sign in."""
        return bool(self.held and self.held.user and not self.held.user.is_active)


@dataclass
class Roster:
    """Everything the page of people shows of one program, project or site."""

    members: list[Membership]
    above: list[Membership]  # who belongs here through the project or program
    jobs: list[Job] = field(default_factory=list)
    invitations: list[Invitation] = field(default_factory=list)
    left_over: list[tuple[User, int]] = field(default_factory=list)


def roster_of(target: Target, *, invitations: bool) -> Roster:
    """Read the people of a program, project or site with six statements at most, however many they are."""
    here = held_on(target)
    held = Membership.objects.current().filter(**here).select_related("user").order_by("user__name", "pk")
    members = list(held.annotate(has_second_step=has_second_step("user")))
    above = list(
        Membership.objects.current()
        .filter(above_of(target))
        .select_related("user", "program", "project")
        .order_by("user__name", "pk")
    )
    roster = Roster(members, above)
    if invitations:
        asked = Invitation.objects.open().filter(**here).select_related("invited_by")
        roster.invitations = list(asked.order_by("email", "pk"))
    if not isinstance(target, Program):
        roster.jobs = jobs_at(target)
        roster.left_over = left_behind(plans_of(target))
    return roster


def above_of(target: Target) -> Q:
    """Return the condition for memberships on what a target lies in."""
    if isinstance(target, Site):
        return Q(project=target.project_id) | Q(program=target.project.program_id)
    return Q(program=target.program_id) if isinstance(target, Project) else Q(pk=None)


def jobs_at(target: Project | Site) -> list[Job]:
    """Return the jobs the Roadmap names, each with who holds it at a site or in a project. One statement."""
    project = target if isinstance(target, Project) else target.project
    found = Duty.objects.filter(Q(project=project) | Q(**held_on(target))).select_related("user")
    held = {(duty.site_id, duty.key): duty for duty in found}
    site = None if target == project else target.pk
    return [
        Job(
            key,
            role["name"],
            role.get("summary", ""),
            duty=held.get((site, key)),
            project_duty=held.get((None, key)) if site else None,
        )
        for key, role in project.version.roles.items()
    ]


def takers(target: Project | Site) -> QuerySet[User]:
    """Return who can take over somebody's items: the people who record on the target's teams."""
    if isinstance(target, Project):
        return people_in(target)
    return people_of(target.plan)


def candidates(target: Project | Site) -> QuerySet[User]:
    """Return who can take over a job: people who may sign in, belong here or above, and may record."""
    here = Q(**held_on(target)) | above_of(target)
    if isinstance(target, Project):
        here |= Q(site__project=target)
    held = Membership.objects.current().filter(here, role__in=roles_with(Right.RECORD))
    return User.objects.active().filter(pk__in=held.values("user")).order_by("name", "email")


def able_in(project: Project) -> Callable[..., set[int]]:
    """Return what gives the ids of the `candidates` of a project or of one of its sites; one statement for all.

    Asked with ids of memberships as `but`, it leaves out who is a candidate by one of these alone.
    """
    here = Q(project=project) | Q(site__project=project) | above_of(project)
    held = Membership.objects.current().filter(here, role__in=roles_with(Right.RECORD), user__is_active=True)
    at: dict[int | None, list[tuple[int, int]]] = defaultdict(list)
    for pk, site, person in held.order_by().values_list("pk", "site", "user"):
        at[site].append((pk, person))

    def able(target: Project | Site, but: Collection[int] = ()) -> set[int]:
        here = chain(*at.values()) if isinstance(target, Project) else chain(at[None], at[target.pk])
        return {person for pk, person in here if pk not in but}

    return able
