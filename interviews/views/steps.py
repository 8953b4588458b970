"""What interviews say about a step, for everybody who walks it: a part of the step's page, or a page of its own."""

from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from interviews import telling
from interviews.access import is_on
from projects.access import Right, project_view
from roadmap.models import Step


@require_safe
@project_view(Right.VIEW)
def step_findings(request, project, step):
    """Show what the program's studies found about a step of the project's Roadmap."""
    steps = Step.objects.filter(version__roadmap=project.version.roadmap_id, key=step).order_by("-version__number")
    found = get_object_or_404(steps[:1])
    on = is_on(project.program)
    told = telling.at_step(project.program, step, scopes=request.scopes) if on else []
    context = {"project": project, "program": project.program, "step": found, "on": on, **telling.as_told(told)}
    return render(request, "interviews/step_findings.html" + ("#step_findings" if request.htmx else ""), context)
