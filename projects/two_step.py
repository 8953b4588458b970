"""Who has to sign in in two steps, and why. The rule is each program's; what people sign in with is in accounts."""

from __future__ import annotations

from dataclasses import dataclass

from django.conf import settings
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from accounts import factors
from accounts.models import User
from projects.membership import program_of
from projects.models import Membership, Program, Role


@dataclass(frozen=True)
class Concerned:
    """How many people hold a role in a program, and which of them have no second step yet."""

    role: Role
    people: int
    without: list[User]


def concerned(program: Program) -> list[Concerned]:
    """Return for each role whom the rule would concern, with two statements however many people there are."""
    held = Membership.objects.current().in_program(program).filter(user__is_active=True)
    people: dict[str, dict[int, User]] = {}
    for one in held.select_related("user").order_by("user__name", "user__email"):
        people.setdefault(one.role, {})[one.user_id] = one.user
    have = set(factors.with_second_step().filter(user__in=held.values("user")).values_list("user", flat=True))
    return [
        Concerned(role, len(found := people.get(role, {})), [user for pk, user in found.items() if pk not in have])
        for role in Role
    ]


def asking(user: User) -> list[str]:
    """Return in words which of a person's roles ask for a second step."""
    said = []
    if settings.TWO_STEP_FOR_STAFF and (user.is_staff or user.is_superuser):
        said.append(_("You look after this installation of Milepost."))
    for held in memberships_of(user):
        program = program_of(held.target)
        if held.role in program.two_step_roles:
            words = {"role": held.get_role_display(), "program": program}
            said.append(_("%(program)s asks for it from everybody in this role: %(role)s.") % words)
    return list(dict.fromkeys(said))


def memberships_of(user: User) -> QuerySet[Membership]:
    held = Membership.objects.current().filter(user=user)
    return held.select_related("program", "project__program", "site__project__program").order_by("pk")
