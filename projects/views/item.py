"""One item of a plan: its own page, and what people record there or in any list that shows it."""

from django.core.exceptions import ValidationError
from django.http import Http404
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from projects import history, plan_page, progress, tailoring
from projects.access import Right, can, plan_view
from projects.forms.attachments import FilesForm
from projects.forms.item import ApplicableForm, DoneForm
from projects.models import PlanItem
from projects.views.answers import answer, page_of, refuse


@require_safe
@plan_view(Right.VIEW)
def item(request, plan, pk):
    """Show one item with everything that can be done about it; a list fetches the same row unfolded."""
    today = plan.program.today(timezone.now())
    viewer = plan_page.viewer_of(request.scopes, plan)
    page = request.GET.get("page", "") if request.htmx else "item"
    view = plan_page.read_view(plan, viewer=viewer, today=today, page=page)
    row = view.row(pk)
    if row is None:
        raise Http404
    context = {**page_of(plan), "view": view, "row": row, "form": DoneForm(), "expanded": True, "today": today}
    if request.htmx:
        return render(request, "projects/_item_row.html", context)
    lines = history.lines_of(history.rows_of_plan(plan, keys=[row.item.key])[:20], today=today)
    notes = plan_page.readable_notes(plan, viewer).filter(plan_item=pk)
    files = plan_page.readable_files(plan, viewer).filter(plan_item=pk, note=None)
    on_the_way = [view.row(action.pk) for action in row.open_actions]
    more = {
        "lines": lines,
        "notes": notes,
        "viewer": viewer,
        "on_the_way": on_the_way,
        "files": files,
        "file_form": FilesForm(),
    }
    return render(request, "projects/item.html", {**context, **more})


@require_POST
@plan_view(Right.RECORD)
def item_done(request, plan, pk):
    """Record that an item is done; with done=0 take it back, so that a tick box is one form either way."""
    if request.POST.get("done") == "0":
        return take_back(request, plan, pk)
    form, now = DoneForm(request.POST), timezone.now()
    if not form.is_valid():
        return refuse(request, plan, pk, form)
    try:
        done = progress.set_done(
            plan, pk, by=request.user, now=now, on_behalf_of=on_behalf(request, plan), **form.said()
        )
    except PlanItem.DoesNotExist as error:
        raise Http404 from error
    except ValidationError as error:
        form.add_error("on" if error.code in {"future", "before_start"} else None, error)
        return refuse(request, plan, pk, form)
    return answer(request, plan, done, said=_("Done: %(what)s"), now=now)


@require_POST
@plan_view(Right.RECORD)
def item_open(request, plan, pk):
    """Take back that an item is done ("Not done after all")."""
    return take_back(request, plan, pk)


def take_back(request, plan, pk):
    now = timezone.now()
    try:
        opened = progress.set_open(plan, pk, by=request.user, now=now)
    except PlanItem.DoesNotExist as error:
        raise Http404 from error
    return answer(request, plan, opened, said=_("Not done: %(what)s"), now=now)


@require_POST
@plan_view(Right.RECORD)
def item_applies(request, plan, pk):
    """Say that an item does not apply here, or bring it back."""
    form, now = ApplicableForm(request.POST), timezone.now()
    if not form.is_valid():
        return refuse(request, plan, pk, form)
    try:
        done = tailoring.set_applicable(
            plan,
            pk,
            form.cleaned_data["applicable"],
            reason=form.cleaned_data["reason"],
            by=request.user,
            now=now,
            may_pass_gates=can(request.scopes, Right.SCHEDULE, plan),
        )
    except PlanItem.DoesNotExist as error:
        raise Http404 from error
    except ValidationError as error:
        form.add_error(None, error)
        return refuse(request, plan, pk, form)
    said = _("Applies again: %(what)s") if form.cleaned_data["applicable"] else _("Does not apply here: %(what)s")
    return answer(request, plan, done, said=said, now=now)


def on_behalf(request, plan):
    """Return the site for which somebody from outside its team records; None for the team's own people."""
    return plan.site if plan.site_id and plan.site_id not in request.scopes.sites else None
