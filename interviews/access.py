"""Who may do what with a study. Its members read and record interviews; leads and administrators see findings only.

Works as projects/access.py does: a view's decorator finds the object among those the person may see (else 404), asks
for the right (else 403) and hands the object over.
"""

from __future__ import annotations

from collections.abc import Callable
from enum import Enum
from functools import wraps
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db.models import OuterRef, Q, QuerySet, Subquery
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _

from accounts.access import View
from interviews.models import Interview, Original, SearchedTurn, Study, StudyMember, Transcript
from projects.access import Right, rights_of
from projects.models import Program, Project, Scopes


class StudyRight(Enum):
    """What a person can be allowed to do in a study. The value is what a message may call it."""

    FINDINGS = "see what the study found"
    WORK = "read and record its interviews"
    RUN = "say who is in it and see how to reach people"


def rights_in(study: Study, scopes: Scopes) -> frozenset[StudyRight]:
    """Return a person's rights in a study: as its owner, its member, or as a lead or administrator of its program."""
    member = StudyMember.objects.active().filter(study=study, user=scopes.user_id).first()
    if member:
        return rights_of_member(owner=member.owner)
    if Study.objects.filter(overseen_by(scopes), pk=study.pk).exists():
        return frozenset({StudyRight.FINDINGS})
    return frozenset()


def rights_of_member(*, owner: bool) -> frozenset[StudyRight]:
    return frozenset(StudyRight) if owner else frozenset({StudyRight.FINDINGS, StudyRight.WORK})


def overseen_by(scopes: Scopes) -> Q:
    """Return which studies a person sees the findings of from outside: those of programs they run or lead in."""
    programs = [pk for pk, roles in scopes.programs.items() if Right.FINDINGS in rights_of(roles, program=True)]
    projects = [pk for pk, roles in scopes.projects.items() if Right.FINDINGS in rights_of(roles)]
    return Q(program__in=programs) | Q(program__in=Project.objects.filter(pk__in=projects).values("program"))


def is_on(program: Program) -> bool:
    """Tell whether an administrator has switched interviews on for a program. Needs program.interview_approval."""
    approval = getattr(program, "interview_approval", None)
    return bool(approval and approval.on)


def find_study(scopes: Scopes, study: str) -> tuple[Study, frozenset[StudyRight]]:
    """Find a study by its slug with the person's rights in it; 404 to those who have none."""
    own = StudyMember.objects.active().filter(study=OuterRef("pk"), user=scopes.user_id)
    studies = Study.objects.select_related("program__interview_approval")
    found: Any = get_object_or_404(studies.annotate(is_owner=Subquery(own.values("owner"))), slug=study)
    rights = rights_in(found, scopes) if found.is_owner is None else rights_of_member(owner=found.is_owner)
    if not rights:
        raise Http404
    return found, rights


def study_view(right: StudyRight) -> Callable[[View], View]:
    """Open a view on `study`, found by its slug; `request.study_rights` holds what the person may do there.

    While interviews are switched off for the program nothing of the study can be opened, and the page says by whom
    they can be switched on.
    """

    def decorate(view: View) -> View:
        @wraps(view)
        def opened(request: HttpRequest, study: str, **kwargs: Any) -> HttpResponse:
            found, rights = find_study(request.scopes, study)  # type: ignore[attr-defined]  # set by ScopesMiddleware
            if right not in rights:
                raise PermissionDenied(_("Only people in the study may do this. Ask its owner."))
            if not is_on(found.program):
                raise PermissionDenied(
                    _("Interviews are switched off in this program. A State administrator can switch them on.")
                )
            request.study_rights = rights  # type: ignore[attr-defined]  # read by the views below
            return view(request, found, **kwargs)

        opened.action = right  # type: ignore[attr-defined]  # the access walk reads it
        return opened

    return decorate


def may_name(text: Transcript | Original, interview: Interview, scopes: Scopes, rights: frozenset[StudyRight]) -> bool:
    """Tell whether a member may see who is named in a text: owners, its interviewer, and who brought it in.

    Of a file that waits to be looked at and saved it is the same.
    """
    by = text.saved_by_id if isinstance(text, Transcript) else text.chosen_by_id
    knows = scopes.user_id in (by, interview.interviewer_id)
    return StudyRight.RUN in rights or (knows and StudyRight.WORK in rights)


def may_read(transcript: Transcript, study: Study, scopes: Scopes, rights: frozenset[StudyRight]) -> bool:
    """Tell whether a member may read a transcript: once it names nobody or the study leaves it open, else as above."""
    if transcript.cleared_at or study.open_text:
        return StudyRight.WORK in rights
    return may_name(transcript, transcript.interview, scopes, rights)


def readable_transcripts(study: Study, scopes: Scopes, rights: frozenset[StudyRight]) -> QuerySet[Transcript]:
    """Return the transcripts of a study that a person may read: those of which `may_read` says so."""
    found = Transcript.objects.filter(interview__study=study)
    if StudyRight.WORK not in rights:
        return found.none()
    if reads_all(study, rights):
        return found
    knows = Q(saved_by=scopes.user_id) | Q(interview__interviewer=scopes.user_id)
    return found.filter(Q(cleared_at__isnull=False) | knows)


def reads_all(study: Study, rights: frozenset[StudyRight]) -> bool:
    """Tell whether a person may read every transcript of a study, whoever is named in it."""
    return StudyRight.WORK in rights and (StudyRight.RUN in rights or study.open_text)


def readable_turns(study: Study, scopes: Scopes, rights: frozenset[StudyRight]) -> QuerySet[SearchedTurn]:
    """Return the turns of the transcripts of a study that a person may read."""
    found = SearchedTurn.objects.filter(study=study)
    if reads_all(study, rights):
        return found
    return found.filter(transcript__in=readable_transcripts(study, scopes, rights).values("pk"))


def visible_studies(scopes: Scopes) -> QuerySet[Study]:
    """Return the studies a person may know of: those they are in, and those of programs they run or lead in."""
    own = StudyMember.objects.active().filter(user=scopes.user_id).values("study")
    return Study.objects.filter(overseen_by(scopes) | Q(pk__in=own))


def editor_view(view: View) -> View:
    """Open a view to those who edit the Roadmap, on the programs whose findings they hear proposals from.

    Staff edit the Roadmap that programs share, so they hear from all; administrators decide for their programs. For
    everybody else the page does not exist.
    """

    @wraps(view)
    def opened(request: HttpRequest, **kwargs: Any) -> HttpResponse:
        scopes: Scopes = request.scopes  # type: ignore[attr-defined]  # set by ScopesMiddleware
        own = [pk for pk, roles in scopes.programs.items() if Right.EDIT_ROADMAP in rights_of(roles, program=True)]
        staff = request.user.is_authenticated and request.user.is_staff
        programs = Program.objects.all() if staff else Program.objects.filter(pk__in=own)
        if not staff and not own:
            raise Http404
        return view(request, programs, **kwargs)

    opened.action = "editor of the Roadmap"  # type: ignore[attr-defined]  # the access walk reads it
    return opened
