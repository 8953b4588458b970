"""What a site prints: a page for its staff meeting, and its whole plan with boxes to tick."""

from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from projects import paper, plan_page
from projects.access import Right, plan_view
from projects.forms.paper import SinceForm
from projects.views.answers import page_of


@require_safe
@plan_view(Right.VIEW)
def site_meeting(request, plan):
    """Show what a site's staff meeting needs on one page: done since a day, the next three, what is asked for."""
    today, viewer = plan.program.today(timezone.now()), plan_page.viewer_of(request.scopes, plan)
    view = plan_page.read_view(plan, viewer=viewer, today=today, page="plan")
    form = SinceForm(request.GET or None, initial={"since": today - paper.USUALLY_SINCE})
    since = (form.is_valid() and form.cleaned_data["since"]) or today - paper.USUALLY_SINCE
    context = {
        **page_of(plan),
        "today": today,
        "view": view,
        "form": form,
        "meeting": paper.meeting_of(view, since),
        "barriers": [barrier for step in view.steps for barrier in step.barriers],
        "coming": plan_page.read_coming(plan) if plan.walks_on else [],
    }
    return render(request, "projects/site_meeting.html", context, status=422 if form.errors else 200)


@require_safe
@plan_view(Right.VIEW)
def site_story(request, plan):
    """Show somebody new what happened at a site so far, on one page."""
    today, viewer = plan.program.today(timezone.now()), plan_page.viewer_of(request.scopes, plan)
    view = plan_page.read_view(plan, viewer=viewer, today=today, page="plan")
    context = {**page_of(plan), "today": today, "view": view, "viewer": viewer, "story": paper.story_of(view)}
    return render(request, "projects/site_story.html", context)


@require_safe
@plan_view(Right.VIEW)
def plan_paper(request, plan):
    """Show a whole plan with boxes to tick on paper and room for a date."""
    today, viewer = plan.program.today(timezone.now()), plan_page.viewer_of(request.scopes, plan)
    view = plan_page.read_view(plan, viewer=viewer, today=today, page="plan")
    return render(request, "projects/plan_paper.html", {**page_of(plan), "today": today, "view": view})
