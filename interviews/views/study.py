"""A study: its page, who is in it, and whom it wants to hear."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from interviews import matrix, studying
from interviews.access import StudyRight, study_view
from interviews.forms.studies import MemberForm, StudyForm, TargetsForm
from interviews.models import RoleGroup, Study, StudyMember
from projects.access import Right, can


@require_safe
@study_view(StudyRight.FINDINGS)
def study(request, study):
    """Show a study: its aim and how far it has come; to its members also where to go on."""
    works = StudyRight.WORK in request.study_rights
    held = study.interviews.held().count()
    context = {
        **about(request, study),
        "recruitment": matrix.recruitment_of(study),
        "groups": RoleGroup.choices,
        "held": held,
        "ownerless": Study.objects.ownerless().filter(pk=study.pk).exists(),
        "may_name": can(request.scopes, Right.RUN_PROGRAM, study.program),
        "guide": study.guides.first() if works else None,
        "next": next_of(study) if works and not held else "",
        "coming": study.interviews.planned().select_related("participant", "interviewer") if works else [],
    }
    return render(request, "interviews/study.html", context)


def next_of(study):
    """Return what a study that has heard nobody yet needs next: a guide, people, or a plan; "" while one waits."""
    for name, rows in (("guide", study.guides), ("people", study.participants), ("plan", study.interviews)):
        if not rows.exists():
            return name
    return ""


def about(request, study, here="study"):
    """Return what every page of a study needs: which it is, what the person may do, and `here`, the part one is in."""
    return {
        "study": study,
        "here": here,
        "program": study.program,
        "works": StudyRight.WORK in request.study_rights,
        "runs": StudyRight.RUN in request.study_rights,
    }


@require_http_methods(["GET", "HEAD", "POST"])
@study_view(StudyRight.RUN)
def study_change(request, study):
    """Change what the study is called and wants to find out."""
    form = StudyForm(request.POST or None, initial={"name": study.name, "aim": study.aim})
    if request.method == "POST" and form.is_valid():
        studying.change_study(study, by=request.user, now=timezone.now(), **form.cleaned_data)
        messages.success(request, _("Saved."))
        return redirect("interviews:study", study=study.slug)
    context = {**about(request, study), "form": form}
    return render(request, "interviews/study_change.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "HEAD", "POST"])
@study_view(StudyRight.RUN)
def members(request, study):
    """Show who is in a study, and take somebody in."""
    form = MemberForm(request.POST or None, study=study)
    if request.method == "POST" and form.is_valid():
        try:
            member = studying.take_in(study, by=request.user, now=timezone.now(), **form.said)
        except ValidationError as error:
            form.add_error("email" if getattr(error, "code", "") == "unknown" else None, error)
        else:
            messages.success(request, _("%(who)s is in the study.") % {"who": member.user})
            return redirect("interviews:members", study=study.slug)
    found = study.members.current().select_related("user").order_by("user__name", "pk")
    opens = set(study.members.active().values_list("pk", flat=True))
    context = {**about(request, study, "people"), "form": form, "members": found, "opens": opens}
    return render(request, "interviews/members.html", context, status=422 if form.errors else 200)


@require_POST
@study_view(StudyRight.RUN)
def member_end(request, study, pk):
    """End somebody's part in a study."""
    try:
        member = studying.let_go(study, pk, by=request.user, now=timezone.now())
    except StudyMember.DoesNotExist as error:
        raise Http404 from error
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    else:
        messages.success(request, _("%(who)s is no longer in the study.") % {"who": member.user})
        if member.user_id == request.user.pk:
            return redirect("interviews:mine")
    return redirect("interviews:members", study=study.slug)


@require_http_methods(["GET", "HEAD", "POST"])
@study_view(StudyRight.RUN)
def targets(request, study):
    """Say how many people of each role group are to be heard, project by project."""
    form = TargetsForm(request.POST or None, study=study)
    if request.method == "POST" and form.is_valid():
        studying.set_targets(study, form.numbers, by=request.user, now=timezone.now())
        messages.success(request, _("Saved."))
        return redirect("interviews:study", study=study.slug)
    context = {**about(request, study), "form": form, "groups": RoleGroup.choices}
    return render(request, "interviews/targets.html", context, status=422 if form.errors else 200)
