"""The page of a whole plan: a site's, or the project team's."""

from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from projects import plan_page
from projects.access import Right, plan_view
from projects.forms.item import DoneForm
from projects.models import Site
from projects.views.answers import just_did, page_of


@require_safe
@plan_view(Right.VIEW)
def site_plan(request, plan):
    """Show a site's plan: the road, the one next thing, the three phases, and beside them what helps today."""
    today, viewer = plan.program.today(timezone.now()), plan_page.viewer_of(request.scopes, plan)
    running = plan.site.status in Site.AT_WORK
    context = {
        **rows_of(plan, viewer=viewer, today=today),
        "contact": plan_page.read_contact(plan.site),
        "coming": plan_page.read_coming(plan) if running else [],
        "status": None if running else plan_page.read_status(plan.site),
    }
    return render(request, "projects/site_plan.html", {**context, "did": just_did(request, today=today)})


@require_safe
@plan_view(Right.VIEW)
def team_plan(request, plan):
    """Show the project team's plan: the same page without a site's road."""
    today, viewer = plan.program.today(timezone.now()), plan_page.viewer_of(request.scopes, plan)
    context = rows_of(plan, viewer=viewer, today=today)
    return render(request, "projects/site_plan.html", {**context, "did": just_did(request, today=today)})


def rows_of(plan, *, viewer, today):
    """Return what both plans show, read in seven statements."""
    view = plan_page.read_view(plan, viewer=viewer, today=today, page="plan")
    return {
        **page_of(plan),
        "view": view,
        "viewer": viewer,
        "today": today,
        "form": DoneForm(),
        "coach": view.duties.get("coach") if plan.site_id else None,
        "barriers": [barrier for step in view.steps for barrier in step.barriers],
        "notes": plan_page.readable_notes(plan, viewer)[: plan_page.NOTES],
        "lately": plan_page.read_lately(plan, today=today),
    }
