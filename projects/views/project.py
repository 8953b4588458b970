"""Projects: the list, a project's page, starting one and changing it."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts.access import signed_in
from projects import amending, founding, overview
from projects.access import Right, can, program_view, project_view
from projects.forms.project import ProjectForm, ProjectSettingsForm
from projects.models import Project

GET_POST = ["GET", "HEAD", "POST"]


@require_safe
@signed_in
def project_list(request):
    """Show the projects a person belongs to, with how many sites stand where."""
    context = {
        "programs": overview.projects_with_counts(request.scopes, timezone.now()),
        "scopes": request.scopes,
    }
    return render(request, "projects/project_list.html", context)


@require_safe
@project_view(Right.VIEW)
def project(request, project):
    """Show a project: how far its sites are, what comes next, and for leads how to set up."""
    today = project.program.today(timezone.now())
    team_plan, leads = overview.team_of(project)
    context = {
        "program": project.program,
        "project": project,
        "today": today,
        "counts": overview.counts_of_project(project, request.scopes, today),
        "sites": overview.sites_of(project, request.scopes, today, after=request.GET.get("after", "")),
        "team_plan": team_plan,
        "leads": leads,
        "may_set_up": can(request.scopes, Right.SET_UP, project),
        "may_record_many": can(request.scopes, Right.RECORD_MANY, project),
        "may_see_all": can(request.scopes, Right.BOARD, project),
        "may_see_program": can(request.scopes, Right.VIEW, project.program),
    }
    return render(request, "projects/project.html", context)


@require_http_methods(GET_POST)
@program_view(Right.CREATE_PROJECT)
def project_new(request, program):
    """Start a project from a published version of the Roadmap and name its lead."""
    form = ProjectForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        email, fields = form.cleaned_data["email"], form.fields_of_project()
        try:
            made = founding.found_project(program, email=email, by=request.user, now=timezone.now(), **fields)
        except ValidationError as error:
            form.add_error(None, error)
        else:
            messages.success(request, _("%(project)s has begun. Add its sites next.") % {"project": made})
            return redirect("projects:project", project=made.slug)
    context = {"program": program, "form": form}
    return render(request, "projects/project_new.html", context, status=422 if form.errors else 200)


@require_http_methods(GET_POST)
@project_view(Right.SET_UP)
def project_settings(request, project):
    """Change a project's name, EBI and days."""
    shown = Project.objects.select_related("program").get(pk=project.pk)  # while the form holds other values
    form = ProjectSettingsForm(request.POST or None, instance=project)
    if request.method == "POST" and form.is_valid():
        amending.change_project(project, by=request.user, now=timezone.now(), **form.cleaned_data)
        messages.success(request, _("Saved."))
        return redirect("projects:project", project=project.slug)
    context = {"program": shown.program, "project": shown, "form": form}
    return render(request, "projects/project_settings.html", context, status=422 if form.errors else 200)
