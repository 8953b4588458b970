"""What a person may see: read once a request, asked everywhere. Nothing else reads Membership for rights."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from django.conf import settings
from django.db.models import Exists

from accounts.factors import second_steps_of
from projects.models.people import Membership, Role

NOBODY: Mapping[int, frozenset[Role]] = MappingProxyType({})


# The rules of the program that a membership lies in, by each of the three ways to it.
RULES = [
    f"{way}{name}"
    for way in ("program__", "project__program__", "site__project__program__")
    for name in ("two_step_roles", "idle_minutes")
]


@dataclass(frozen=True)
class Scopes:
    """The programs, projects and sites (by id) on which a person holds roles, and which.

    `site_projects` maps the ids of projects in which the person holds a site to nothing but their being visible:
    a site member sees the project's page and its team plan read-only.

    How the person has to sign in comes with them, so that it costs no statement more: `two_step` says whether one of
    the roles asks for a second step, `has_second_step` whether there is one, `idle_minutes` after how long without a
    sign of life the strictest of the programs signs the person out.
    """

    user_id: int | None = None
    superuser: bool = False
    programs: Mapping[int, frozenset[Role]] = field(default_factory=lambda: NOBODY)
    projects: Mapping[int, frozenset[Role]] = field(default_factory=lambda: NOBODY)
    sites: Mapping[int, frozenset[Role]] = field(default_factory=lambda: NOBODY)
    site_projects: frozenset[int] = frozenset()
    two_step: bool = False
    has_second_step: bool = False
    idle_minutes: int | None = None

    @classmethod
    def read(cls, user) -> Scopes:
        """Read the scopes of a signed-in user in one statement; of anybody else, none."""
        if not user.is_authenticated:
            return cls()
        programs, projects, sites = defaultdict(set), defaultdict(set), defaultdict(set)
        site_projects: set[int] = set()
        two_step = settings.TWO_STEP_FOR_STAFF and (user.is_staff or user.is_superuser)
        has_second_step: bool | None = None
        limits: set[int] = set()
        rows = Membership.objects.current().filter(user=user)
        for role, program, project, site, site_project, found, *rules in (
            rows.annotate(second_step=Exists(second_steps_of(user)))
            .values_list("role", "program_id", "project_id", "site_id", "site__project_id", "second_step", *RULES)
            .order_by()
        ):
            if program:
                programs[program].add(Role(role))
            elif project:
                projects[project].add(Role(role))
            else:
                sites[site].add(Role(role))
                site_projects.add(site_project)
            asked, limit = next(rules[n : n + 2] for n in (0, 2, 4) if rules[n] is not None)
            two_step, has_second_step = two_step or role in asked, found
            if limit:
                limits.add(limit)
        if two_step and has_second_step is None:  # staff who belong nowhere
            has_second_step = second_steps_of(user).exists()
        return cls(
            user_id=user.pk,
            superuser=user.is_superuser,
            programs={pk: frozenset(roles) for pk, roles in programs.items()},
            projects={pk: frozenset(roles) for pk, roles in projects.items()},
            sites={pk: frozenset(roles) for pk, roles in sites.items()},
            site_projects=frozenset(site_projects),
            two_step=two_step,
            has_second_step=bool(has_second_step),
            idle_minutes=min(limits, default=None),
        )

    @property
    def owes_second_step(self) -> bool:
        """Whether the person must set up a second step before anything else."""
        return self.two_step and not self.has_second_step

    @property
    def at_one_site(self) -> bool:
        """Whether the person belongs to one site and nowhere else."""
        return len(self.sites) == 1 and not self.programs and not self.projects

    @property
    def any(self) -> bool:
        """Whether the person belongs anywhere."""
        return bool(self.programs or self.projects or self.sites)
