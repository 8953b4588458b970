"""Interviews of a program: whether they are on, which studies there are, beginning one."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.access import public, signed_in
from interviews import approving, calendars, studying
from interviews.access import is_on, visible_studies
from interviews.forms.studies import ApprovalForm, OwnerForm, StudyForm
from interviews.models import CalendarFeed, Study, StudyMember
from outbox import links
from projects.access import Right, can, program_view
from projects.models import Membership, Program, Project


@require_safe
@signed_in
def mine(request):
    """List the studies the person may open; a page that only wants to mention them gets a block, or nothing.

    The page of a project mentions those of its program.
    """
    found = visible_studies(request.scopes).filter(program__interview_approval__on=True).select_related("program")
    if project := request.GET.get("project"):
        found = found.filter(program__in=Project.objects.filter(slug=project).values("program"))
    if request.htmx:
        return render(request, "interviews/_mine.html", {"studies": found})
    feed = CalendarFeed.objects.filter(user=request.user).first()
    context = {
        "studies": found,
        "holds": StudyMember.objects.active().filter(user=request.user).exists(),
        "address": links.absolute(reverse("interviews:calendar", args=[feed.token])) if feed else "",
        "programs": begins_in(request.scopes),
    }
    return render(request, "interviews/mine.html", context)


def begins_in(scopes):
    """Return the programs in which a person may begin a study, each with whether interviews are on there."""
    programs = Program.objects.filter(pk__in=scopes.programs).select_related("interview_approval").order_by("name")
    return [(program, is_on(program)) for program in programs if can(scopes, Right.STUDY, program)]


@require_POST
@signed_in
def calendar_new(request):
    """Give the person an address for their calendar, in the place of an older one."""
    calendars.new_address(request.user, now=timezone.now())
    messages.success(request, _("This is the address of your calendar. Keep it to yourself."))
    return redirect("interviews:mine")


@require_safe
@public
def calendar(request, token):
    """Hand out the calendar at a secret address to the program that subscribed to it."""
    try:
        content = calendars.calendar_of(token, now=timezone.now())
    except CalendarFeed.DoesNotExist as error:
        raise Http404 from error
    return HttpResponse(content, content_type="text/calendar; charset=utf-8", headers={"Cache-Control": "private"})


@require_safe
@program_view(Right.VIEW)
def studies(request, program):
    """Show whether interviews are on in a program, and its studies."""
    return page(request, program)


@require_POST
@program_view(Right.RUN_PROGRAM)
def switch_on(request, program):
    """Switch interviews on, with the statement as what they are held."""
    form = ApprovalForm(request.POST)
    if not form.is_valid():
        return page(request, program, form=form, status=422)
    approving.switch_on(program, by=request.user, now=timezone.now(), **form.cleaned_data)
    messages.success(request, _("Interviews are switched on."))
    return redirect("interviews:studies", program=program.slug)


@require_POST
@program_view(Right.RUN_PROGRAM)
def switch_off(request, program):
    """Switch interviews off; nothing is removed."""
    approving.switch_off(program, by=request.user, now=timezone.now())
    messages.success(request, _("Interviews are switched off. Nothing is removed; nobody can open a study."))
    return redirect("interviews:studies", program=program.slug)


@require_http_methods(["GET", "HEAD", "POST"])
@program_view(Right.STUDY)
def study_new(request, program):
    """Begin a study."""
    if not is_on(program):
        raise PermissionDenied(
            _("Interviews are switched off in this program. A State administrator can switch them on.")
        )
    form = StudyForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        made = studying.begin_study(program, by=request.user, now=timezone.now(), **form.cleaned_data)
        return redirect("interviews:study", study=made.slug)
    context = {"program": program, "form": form}
    return render(request, "interviews/study_new.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "HEAD", "POST"])
@program_view(Right.RUN_PROGRAM)
def owner_new(request, program, study):
    """Name the owner of a study that everybody who owned it has left; nothing of the study is shown."""
    found = get_object_or_404(program.studies.ownerless(), slug=study)
    form = OwnerForm(request.POST or None, study=found, by=request.user)
    if request.method == "POST" and form.is_valid():
        person = form.cleaned_data["person"]
        try:
            studying.name_owner(found, person, by=request.user, now=timezone.now())
        except ValidationError as error:
            form.add_error(None, error)
        else:
            messages.success(request, _("%(who)s owns “%(study)s” now.") % {"who": person, "study": found})
            return redirect("interviews:studies", program=program.slug)
    owners = found.members.current().filter(owner=True).select_related("user").order_by("user__name", "pk")
    context = {"program": program, "study": found, "form": form, "owners": owners}
    return render(request, "interviews/owner_new.html", context, status=422 if form.errors else 200)


@require_safe
@program_view(Right.RUN_PROGRAM)
def owned(request, program, pk):
    """Name the studies that nobody but a person owns, for the page on which an administrator closes the account."""
    person = get_object_or_404(Membership.objects.in_program(program).select_related("user"), pk=pk).user
    found = Study.objects.hanging_on(person).select_related("program")
    studies = [study for study in found if can(request.scopes, Right.RUN_PROGRAM, study.program)]
    return render(request, "interviews/_owned.html", {"person": person, "studies": studies})


def page(request, program, *, form=None, status=200):
    approval = getattr(program, "interview_approval", None)
    known = {"purpose": approval.purpose, "decision": approval.decision, "number": approval.number} if approval else {}
    context = {
        "program": program,
        "approval": approval,
        "is_on": is_on(program),
        "form": form or ApprovalForm(initial=known),
        "studies": visible_studies(request.scopes).filter(program=program),
        "ownerless": set(program.studies.ownerless().values_list("pk", flat=True)),
        "may_switch": can(request.scopes, Right.RUN_PROGRAM, program),
        "may_begin": can(request.scopes, Right.STUDY, program) and is_on(program),
        "may_decide": can(request.scopes, Right.EDIT_ROADMAP, program),
    }
    return render(request, "interviews/studies.html", context, status=status)
