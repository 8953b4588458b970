"""What a person may see: read once a request, asked everywhere. Nothing else reads Membership for rights."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from projects.models.people import Membership, Role

NOBODY: Mapping[int, frozenset[Role]] = MappingProxyType({})


@dataclass(frozen=True)
class Scopes:
    """The programs, projects and sites (by id) on which a person holds roles, and which.

    `site_projects` maps the ids of projects in which the person holds a site to nothing but their being visible:
    a site member sees the project's page and its team plan read-only.
    """

    user_id: int | None = None
    superuser: bool = False
    programs: Mapping[int, frozenset[Role]] = field(default_factory=lambda: NOBODY)
    projects: Mapping[int, frozenset[Role]] = field(default_factory=lambda: NOBODY)
    sites: Mapping[int, frozenset[Role]] = field(default_factory=lambda: NOBODY)
    site_projects: frozenset[int] = frozenset()

    @classmethod
    def read(cls, user) -> Scopes:
        """Read the scopes of a signed-in user in one statement; of anybody else, none."""
        if not user.is_authenticated:
            return cls()
        programs, projects, sites = defaultdict(set), defaultdict(set), defaultdict(set)
        site_projects = set()
        rows = Membership.objects.current().filter(user=user)
        for role, program, project, site, site_project in rows.values_list(
            "role", "program_id", "project_id", "site_id", "site__project_id"
        ):
            if program:
                programs[program].add(Role(role))
            elif project:
                projects[project].add(Role(role))
            else:
                sites[site].add(Role(role))
                site_projects.add(site_project)
        return cls(
            user_id=user.pk,
            superuser=user.is_superuser,
            programs={pk: frozenset(roles) for pk, roles in programs.items()},
            projects={pk: frozenset(roles) for pk, roles in projects.items()},
            sites={pk: frozenset(roles) for pk, roles in sites.items()},
            site_projects=frozenset(site_projects),
        )

    @property
    def any(self) -> bool:
        """Whether the person belongs anywhere."""
        return bool(self.programs or self.projects or self.sites)
