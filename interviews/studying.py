"""Beginning a study, and saying who is in it."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from accounts.models import Activity, User
from interviews.models import Coder, RoleGroup, Study, StudyMember, Target
from projects.models import Membership, Program, Project, Role
from projects.planning import free_slug

ADDRESSES_BESIDE_STUDIES = {"calendar"}  # interviews/urls.py: no study may be called so in its address


def record(
    verb: str,
    study: Study,
    *,
    by: User | None,
    now: dt.datetime,
    target: models.Model | None = None,
    person: User | None = None,
    label: str = "",
    changes: dict[str, list[Any]] | None = None,
) -> None:
    """Put into the history what happened in a study. A participant is named by pseudonym only, words never."""
    Activity.record(
        verb=verb,
        actor=by,
        at=now,
        on=study.program.today(now),
        target=target or study,
        program_id=study.program_id,
        key=study.slug,
        label=label or study.name,
        person=person,
        changes=changes,
    )


@transaction.atomic
def begin_study(program: Program, *, name: str, aim: str, by: User, now: dt.datetime) -> Study:
    """Begin a study; who begins it owns it."""
    Program.objects.select_for_update(no_key=True).get(pk=program.pk)  # so that two do not take one address
    taken = ADDRESSES_BESIDE_STUDIES | set(Study.objects.values_list("slug", flat=True))
    slug = free_slug(name, taken, longest=60)
    study = Study.objects.create(program=program, name=name, slug=slug, aim=aim, created_by=by, created_at=now)
    StudyMember.objects.create(study=study, user=by, owner=True, since=now)
    record("study_begun", study, by=by, now=now)
    return study


@transaction.atomic
def change_study(study: Study, *, name: str, aim: str, by: User, now: dt.datetime) -> None:
    """Change what a study is called and wants to find out; its address stays. The same again changes nothing."""
    found = Study.objects.select_for_update(no_key=True).get(pk=study.pk)
    pairs: dict[str, list[Any]] = {"name": [found.name, name], "aim": [found.aim, aim]}
    changes = {field: pair for field, pair in pairs.items() if pair[0] != pair[1]}
    if changes:
        study.name, study.aim = name, aim
        study.save(update_fields=list(changes))
        record("study_changed", study, by=by, now=now, changes=changes)


@transaction.atomic
def take_in(study: Study, *, email: str, owner: bool, by: User, now: dt.datetime) -> StudyMember:
    """Take somebody into a study, or change whether they own it.

    Only people who belong to the program can be taken in: raises ValidationError in words for anybody else, and where
    the study would be left without an owner.
    """
    person = User.objects.active().filter(email=email.strip().lower()).first()
    if person is None or not belongs_to(study.program, person):
        raise ValidationError(
            _("Nobody with %(email)s belongs to this program. Invite them on the program's page of people first.")
            % {"email": email},
            code="unknown",
        )
    member = next((one for one in locked_members(study) if one.user_id == person.pk), None)
    if member is None:
        member = StudyMember.objects.create(study=study, user=person, owner=owner, since=now)
        record("study_joined", study, by=by, now=now, person=person)
    elif member.owner != owner:
        if not owner:
            keep_an_owner(study, without=member)
        member.owner = owner
        member.save(update_fields=["owner"])
        record("study_owner_changed", study, by=by, now=now, person=person, changes={"owner": [not owner, owner]})
    return member


@transaction.atomic
def let_go(study: Study, pk: int, *, by: User, now: dt.datetime) -> StudyMember:
    """End somebody's part in a study. Raises ValidationError for its last owner, StudyMember.DoesNotExist elsewhere."""
    member = next((one for one in locked_members(study) if one.pk == pk), None)
    if member is None:
        raise StudyMember.DoesNotExist
    keep_an_owner(study, without=member)
    member.ended_at = now
    member.save(update_fields=["ended_at"])
    record("study_left", study, by=by, now=now, person=member.user)
    return member


@transaction.atomic
def name_owner(study: Study, person: User, *, by: User, now: dt.datetime) -> StudyMember:
    """Give an owner to a study that everybody who owned it has left; an administrator does so, and reads no more by it.

    Raises ValidationError while somebody owns it, and for whoever is not among `heirs`.
    """
    member = next((one for one in locked_members(study) if one.user_id == person.pk), None)
    if not Study.objects.ownerless().filter(pk=study.pk).exists():
        raise ValidationError(_("“%(study)s” has an owner.") % {"study": study}, code="owned")
    if not heirs(study, by=by).filter(pk=person.pk).exists():
        raise ValidationError(
            _("Choose somebody else than yourself, who is in the study or a researcher of the program."), code="person"
        )
    if member is None:
        member = StudyMember.objects.create(study=study, user=person, owner=True, since=now)
    else:
        member.owner = True
        member.save(update_fields=["owner"])
    record("study_owner_named", study, by=by, now=now, person=person)
    return member


def heirs(study: Study, *, by: User) -> QuerySet[User]:
    """Return whom an administrator may name as a study's owner: those in it, and researchers; never themselves.

    Whoever could name themselves could read any interview of the program.
    """
    known = models.Q(pk__in=study.members.active().values("user")) | models.Q(pk__in=researchers_of(study))
    return User.objects.active().filter(known).exclude(pk=by.pk).order_by("name", "pk")


def locked_members(study: Study) -> list[StudyMember]:
    """Return who is in a study, locked in one order, so that two changes at once wait for each other."""
    rows = study.members.current().select_for_update(of=("self",), no_key=True)
    return list(rows.select_related("user").order_by("pk"))


def keep_an_owner(study: Study, *, without: StudyMember) -> None:
    """Raise ValidationError when nobody who can open the study would own it any more."""
    if not study.members.active().filter(owner=True).exclude(pk=without.pk).exists():
        raise ValidationError(_("A study needs an owner. Make somebody else one first."))


def belongs_to(program: Program, person: User) -> bool:
    """Tell whether a person holds a role on the program or below it."""
    held = Membership.objects.current().filter(user=person)
    below = models.Q(program=program) | models.Q(project__program=program) | models.Q(site__project__program=program)
    return held.filter(below).exists()


def researchers_outside(study: Study) -> QuerySet[User]:
    """Return the researchers of a study's program who are not in the study."""
    inside = study.members.current().values("user")
    return User.objects.active().filter(pk__in=researchers_of(study)).exclude(pk__in=inside).order_by("name", "pk")


def researchers_of(study: Study) -> QuerySet[Membership, dict[str, Any]]:
    """Return the ids of who is a researcher of a study's program, or of a project in it."""
    held = Membership.objects.current().filter(role=Role.RESEARCHER)
    held = held.filter(models.Q(program=study.program_id) | models.Q(project__program=study.program_id))
    return held.values("user")


def coder_of(study: Study, person: User) -> Coder:
    """Return as whom a person codes and writes memos in a study; in the caller's transaction."""
    return Coder.objects.get_or_create(study=study, user=person)[0]


@transaction.atomic
def set_targets(
    study: Study, numbers: dict[tuple[int | None, str], int], *, by: User, now: dt.datetime
) -> list[Target]:
    """Say how many people of each role group are to be heard in each project (None: anywhere in the program).

    Zero takes a target away. Raises ValidationError for a project of another program or an unknown role group.
    """
    own = set(Project.objects.filter(program=study.program_id).values_list("pk", flat=True))
    for project, group in numbers:
        if group not in RoleGroup.values or (project is not None and project not in own):
            raise ValidationError(_("Choose a project and a role group of this program."))
    study.targets.all().delete()
    made = Target.objects.bulk_create(
        Target(study=study, project_id=project, role_group=group, number=number)
        for (project, group), number in numbers.items()
        if number
    )
    record("study_targets_set", study, by=by, now=now)
    return made
