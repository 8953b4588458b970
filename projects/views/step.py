"""One step of a plan: its checklist beside the guidance."""

from django.http import Http404
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from projects import history, plan_page
from projects.access import Right, plan_view
from projects.forms.attachments import FilesForm
from projects.forms.barrier import BarrierForm
from projects.forms.item import DoneForm
from projects.forms.note import NoteForm
from projects.views.answers import page_of
from roadmap.guide import guidance
from roadmap.papers import papers_at
from roadmap.views import paper_response

LINES = 20


@require_safe
@plan_view(Right.VIEW)
def plan_step(request, plan, step):
    """Show a step's rows, what is in its way, its notes and history, and how it is done."""
    today, viewer = plan.program.today(timezone.now()), plan_page.viewer_of(request.scopes, plan)
    view = plan_page.read_view(plan, viewer=viewer, today=today, page="step")
    found = view.step(step)
    if found is None:
        raise Http404
    context = {
        **page_of(plan),
        "view": view,
        "viewer": viewer,
        "today": today,
        "found": found,
        "step": found.step,
        "around": view.around(step),
        "barrier_url": plan.url("barrier_report", step=step),
        "form": DoneForm(),
        "barrier_form": BarrierForm(),
        "note_form": NoteForm(),
        "notes": plan_page.readable_notes(plan, viewer).filter(plan_step=found.step)[: plan_page.NOTES],
        "files": plan_page.readable_files(plan, viewer).filter(plan_step=found.step, note=None)[: plan_page.NOTES],
        "file_form": FilesForm(),
        "lines": history.lines_of(history.rows_of_plan(plan, keys=found.keys)[:LINES], today=today),
        "guidance": guidance_for(plan, found.step),
        "papers": papers_at(found.step.key),
        "papers_url": plan.url("file_add").removesuffix("files/new/") + "templates/",
    }
    return render(request, "projects/plan_step.html", context)


def guidance_for(plan, step):
    """Return what the Roadmap says about a step for a place like this; None for a step of the site's own."""
    setting = plan.site.place.setting if plan.site_id else ""
    return guidance(step.step, plan.version, setting=setting) if step.step_id else None


@require_safe
@plan_view(Right.VIEW)
def paper(request, plan, paper):
    """Hand out a template, with what the plan knows filled in."""
    coach = plan_page.read_coach(plan)
    known = {"Project": plan.project.name, "Name of the program": plan.project.ebi_name}
    if plan.site_id:
        known |= {"Site": plan.site.name, "Organization": plan.site.place.organization.name}
    if coach:
        known |= {"Coach": coach.holder, "Phone of the coach": coach.phone}
    return paper_response(paper, plan.version.roadmap.key, known)
