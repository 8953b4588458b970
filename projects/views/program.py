"""Programs: creating them, their page and their settings."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from projects import amending, founding, help_rules, overview, two_step
from projects.access import Right, can, program_view, superuser_view
from projects.forms.program import ProgramForm, ProgramSettingsForm
from projects.models import Program


@require_http_methods(["GET", "HEAD", "POST"])
@superuser_view
def program_list(request):
    """Show all programs to those who create them, and create one with its first administrator."""
    form = ProgramForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        said = dict(form.cleaned_data)
        email = said.pop("email")
        try:
            program = founding.found_program(email=email, by=request.user, now=timezone.now(), **said)
        except ValidationError as error:
            form.add_error(None, error)
        else:
            said = _("%(program)s is there. %(email)s runs it.") % {"program": program, "email": email}
            messages.success(request, said)
            return redirect("projects:program_list")
    context = {"form": form, "programs": overview.programs()}
    return render(request, "projects/program_list.html", context, status=422 if form.errors else 200)


@require_safe
@program_view(Right.VIEW)
def program(request, program):
    """Show a program: its projects, its people and by which rules a site needs help."""
    now = timezone.now()
    context = {
        "program": program,
        "projects": overview.projects_of(program, request.scopes, program.today(now)),
        "administrators": overview.administrators_of(program),
        "rules": help_rules.rules_in_words(program),
        "may_create": can(request.scopes, Right.CREATE_PROJECT, program),
        "may_run": can(request.scopes, Right.RUN_PROGRAM, program),
    }
    return render(request, "projects/program.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@program_view(Right.RUN_PROGRAM)
def program_settings(request, program):
    """Change a program's name, clock and thresholds."""
    shown = Program.objects.get(pk=program.pk)  # what the page says while the form holds other values
    form = ProgramSettingsForm(request.POST or None, instance=program)
    if request.method == "POST" and form.is_valid():
        amending.change_program(program, by=request.user, now=timezone.now(), **form.cleaned_data)
        messages.success(request, _("Saved."))
        return redirect("projects:program", program=program.slug)
    context = {"program": shown, "form": form, "concerned": two_step.concerned(program)}
    return render(request, "projects/program_settings.html", context, status=422 if form.errors else 200)
