"""Fitting plans to their sites: one row or a new one, here and elsewhere; and what sites to come begin with."""

from django.contrib import messages
from django.db.models import Count
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts import once
from accounts.models import Activity
from projects import tailoring
from projects.access import Right, plan_view, project_view
from projects.forms.fit import Kind, OwnForm, RowForm, SameForm, Stale
from projects.models import Fitting, PlanItem
from projects.reading import read_items
from projects.views.answers import back, just_did, page_of


@require_http_methods(["GET", "HEAD", "POST"])
@plan_view(Right.TAILOR)
def item_fit(request, plan, pk):
    """Say what is different with one row of a plan: it does not apply, has other words or another date."""
    found = read_row(plan, pk)
    form = RowForm(request.POST or None, plan=plan, item=found)
    return fit(request, plan, form, {"item": found, "step": found.plan_step, "what": found.text})


@require_http_methods(["GET", "HEAD", "POST"])
@plan_view(Right.TAILOR)
def item_same(request, plan, pk, kind):
    """Do at other sites, and at those to come, what was changed of a row here, while it is changed here."""
    found = read_row(plan, pk)
    if kind not in Kind.values:
        raise Http404
    if kind not in found.differences:
        messages.warning(request, _("This is not different here any more. Nothing was changed at other sites."))
        return redirect(plan.url("item", pk=pk))
    form = SameForm(request.POST or None, plan=plan, item=found, kind=Kind(kind))
    did = just_did(request, today=plan.program.today(timezone.now()))
    context = {"item": found, "step": found.plan_step, "what": found.text, "did": did}
    return fit(request, plan, form, {**context, "same": form.kind})


def read_row(plan, pk):
    """Return a row of a plan, 404 where it has none of that id."""
    found = read_items(plan.items.filter(pk=pk, removed=False), {plan.pk: plan})
    if not found:
        raise Http404
    return found[0]


@require_http_methods(["GET", "HEAD", "POST"])
@plan_view(Right.TAILOR)
def step_own(request, plan, step):
    """Add a milestone or action of the site's own to a step."""
    found = get_object_or_404(plan.steps.select_related("step"), key=step)
    form = OwnForm(request.POST or None, plan=plan, step=found)
    return fit(request, plan, form, {"step": found, "what": _("Add to: %(step)s") % {"step": found}})


def fit(request, plan, form, context):
    """Show the form; where other sites are concerned show first what comes of it; then do it once."""
    context = {**page_of(plan), **context, "form": form, "token": once.token(purpose(plan))}
    stage = request.POST.get("stage")
    if request.method != "POST" or stage == "edit" or not form.is_valid():
        status = 422 if request.method == "POST" and stage != "edit" else 200
        return render(request, "projects/fit.html", context, status=status)
    try:
        return (apply if stage == "apply" or form.only_here else look)(request, plan, form, context)
    except Stale:
        form.add_error(None, _("Somebody changed this row since you opened the page. Here it is as it is now."))
        return render(request, "projects/fit.html", context, status=409)


def look(request, plan, form, context):
    """Show what would come of it, while the row is still what the person saw."""
    form.refuse_stale()
    return preview(request, form, context)


def preview(request, form, context, *, status=200, note=""):
    """Show at which sites it changes what, and where it cannot."""
    outcome = form.carry_out(by=request.user, now=timezone.now(), dry_run=True)
    if outcome is None:
        return render(request, "projects/fit.html", context, status=422)
    return render(request, "projects/fit_preview.html", {**context, "outcome": outcome, "note": note}, status=status)


def apply(request, plan, form, context):
    """Do it, unless this very form was carried out before; where it changes nothing say why."""

    def act():
        form.refuse_stale()
        return form.carry_out(by=request.user, now=timezone.now())

    try:
        outcome = once.carry_out(request, purpose(plan), act)
    except once.Spent:
        return back(request, plan)
    except once.Invalid:
        return preview(request, form, context, status=422, note=once.TOO_OLD)
    if outcome is None:
        return render(request, "projects/fit.html", context, status=422)
    if not outcome.changes and form.keep_for is not None:
        return redirect("projects:fittings", project=plan.project.slug)
    if not outcome.changes:
        form.add_error(None, outcome.parts[0].reason)
        return render(request, "projects/fit.html", context, status=409)
    if form.only_here:
        return offer(request, plan, form, outcome)
    return redirect("projects:fitted", project=plan.project.slug, batch=outcome.batch)


def offer(request, plan, form, outcome):
    """Go on to do the same at other sites, where there are some and it is something that they can have."""
    item, kind = outcome.changing[0].lines[0].item, form.change.kind
    if not form.others or kind not in item.differences:
        return back(request, plan, pk=item.pk, batch=outcome.batch)
    return redirect(f"{plan.url('item_same', pk=item.pk, kind=kind)}?did={outcome.batch}")


def purpose(plan):
    return f"fit:{plan.pk}"


@require_safe
@project_view(Right.TAILOR)
def fitted(request, project, batch):
    """Say at how many sites plans were changed, and offer to undo it."""
    rows = Activity.objects.filter(batch=batch, project_id=project.pk, actor=request.user).exclude(verb="undone")
    rows = rows.filter(target_type=PlanItem._meta.label_lower)
    counts = rows.aggregate(plans=Count("plan_id", distinct=True))
    if not counts["plans"]:
        raise Http404
    context = {
        "project": project,
        "program": project.program,
        "batch": batch,
        "first": rows.order_by("pk").first(),
        "kept": Fitting.objects.kept().filter(batch=batch).first(),
        **counts,
    }
    return render(request, "projects/fitted.html", context)


@require_safe
@project_view(Right.TAILOR)
def fittings(request, project):
    """List what sites added later begin with."""
    kept = Fitting.objects.kept().filter(project=project).select_related("made_by")
    context = {"project": project, "program": project.program, "kept": kept}
    return render(request, "projects/fittings.html", context)


@require_POST
@project_view(Right.TAILOR)
def fitting_end(request, project, pk):
    """Let sites to come begin without a change; those that have it keep it."""
    found = get_object_or_404(Fitting.objects.select_related("project__program"), project=project, pk=pk)
    tailoring.end_fitting(found, by=request.user, now=timezone.now())
    return redirect("projects:fittings", project=project.slug)
