"""How the verbs on one item answer: to htmx with the row and whatever else moved, to a plain form with a redirect."""

import uuid

from django.http import Http404, HttpResponseRedirect
from django.shortcuts import render
from django.utils import timezone
from django.utils.functional import SimpleLazyObject
from django.utils.http import url_has_allowed_host_and_scheme

from accounts.models import Activity
from projects import history, plan_page
from projects.forms.item import DoneForm

PLAN_PAGES = {"plan", "next"}  # shown with the road and all steps; "next" is the box at the top of it
ROWS_ELSEWHERE = PLAN_PAGES | {"step"}  # pages on which other rows of the plan may have to be mended too


def page_of(plan):
    """Return what every page below a plan needs to know: whose it is and where its other pages are."""
    return {
        "plan": plan,
        "program": plan.program,
        "project": plan.project,
        "site": plan.site,
        "history_url": plan.url("plan_history"),
        "notes_url": plan.url("note_list"),
        "file_add_url": plan.url("file_add"),
        "files_url": plan.url("file_add").removesuffix("new/"),
        "note_write_url": plan.url("note_write"),
        "coach": SimpleLazyObject(lambda: plan_page.read_coach(plan)),  # read where a page names them
    }


def answer(request, plan, recorded, *, said, now):
    """Answer after a verb on an item: its settled row, whatever moved with it, and a line that offers Undo.

    All of it comes from the ledger's memory. Only a milestone costs two statements more, for whom its row names.
    """
    if not request.htmx:
        return back(request, plan, pk=recorded.item.pk, batch=recorded.batch)
    ledger, page = recorded.ledger, request.POST.get("page", "")
    own = ledger.plans[plan.pk]
    own.version, own.project, own.program = plan.version, plan.project, plan.program
    moved = recorded.item.is_milestone or not recorded.item.is_counted
    touched = {one.pk: one for one in ledger.touched() if one.is_open or one.done_at == now}
    touched[recorded.item.pk] = recorded.item
    view = plan_page.view_of(
        own,
        ledger.items_of[plan.pk].values(),
        viewer=plan_page.viewer_of(request.scopes, plan),
        today=own.program.today(now),
        duties=plan_page.read_duties(plan) if recorded.item.is_milestone else {},
        page="plan" if page in PLAN_PAGES else page,
        only_steps=None if moved and page in PLAN_PAGES else {one.plan_step_id for one in touched.values()},
    )
    row = view.row(recorded.item.pk)
    return render(
        request,
        "projects/item_answer.html",
        {
            "plan": own,
            "view": view,
            "row": row,
            "form": DoneForm(),
            "undo_fields": [{"name": "next", "value": request.htmx.current_url_abs_path or plan.get_absolute_url()}],
            "page": page,
            "said": said % {"what": row.item.text},
            "batch": recorded.batch,
            "others": [view.row(pk) for pk in sorted(touched) if pk != row.item.pk] if page in ROWS_ELSEWHERE else [],
            "steps": view.steps_of(touched) if page in ROWS_ELSEWHERE else [],
            "whole_plan": moved and page in PLAN_PAGES,
            "on_the_way": page == "plan" and view.next and view.next.item.key == recorded.item.leads_to,
        },
    )


def refuse(request, plan, pk, form):
    """Answer 422: the row, box or page where the form was, with what is wrong beside its field."""
    today = plan.program.today(timezone.now())
    viewer, page = plan_page.viewer_of(request.scopes, plan), request.POST.get("page", "")
    view = plan_page.read_view(plan, viewer=viewer, today=today, page=page)
    row = view.row(pk)
    if row is None:
        raise Http404
    if not request.htmx:
        template = "projects/item.html"
    else:
        template = "projects/_next.html" if page == "next" else "projects/_item_row.html"
    context = {**page_of(plan), "view": view, "row": row, "viewer": viewer, "expanded": True, "today": today}
    if form.has_error("on", "before_start") and viewer.can_set_up:
        context["start_url"] = plan.url("site_settings")
    forms = {"form": form} if isinstance(form, DoneForm) else {"form": DoneForm(), "applies_form": form}
    return render(request, template, {**context, **forms}, status=422)


def back(request, plan, *, pk=None, batch=""):
    """Redirect to where the form was (`next`, checked), else to the plan; to the row, with the act to be undone."""
    to = safe_next(request, plan.get_absolute_url())
    mark = "&" if "?" in to else "?"
    return HttpResponseRedirect(f"{to}{mark}did={batch}#item-{pk}" if batch else f"{to}#item-{pk}" if pk else to)


def just_did(request, *, today):
    """Return the line of the act that a plain form was redirected from, so that a page can offer to undo it."""
    try:
        batch = uuid.UUID(request.GET.get("did", ""))
    except ValueError:
        return None
    rows = Activity.objects.filter(batch=batch, actor=request.user).select_related("actor", "person")
    row = rows.newest_first().first()
    return history.line_of(row, today=today) if row else None


def safe_next(request, fallback):
    """Return the posted `next` if it is an address of ours, without its fragment, else the fallback."""
    to = request.POST.get("next", "").partition("#")[0]
    allowed = url_has_allowed_host_and_scheme(to, {request.get_host()}, require_https=request.is_secure())
    return to if to and allowed else fallback
