"""Recording one event at many sites, and what a record for many changed."""

from django.db.models import Count
from django.http import Http404
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from accounts import once
from accounts.models import Activity
from projects import analytics, by_organization
from projects.access import Right, can, project_view
from projects.forms.catch_up import MOST_LISTED
from projects.forms.record import RecordFilter, RecordForm
from projects.models import Site
from projects.views.catch_up import LINES, clashes_in_words


@require_http_methods(["GET", "HEAD", "POST"])
@project_view(Right.RECORD_MANY)
def record(request, project):
    """Choose what happened, where and when; show what would come of it; then record it once."""
    form, context = asked(request, project)
    stage = request.POST.get("stage")
    if request.method != "POST" or stage == "edit" or not form.is_valid():
        status = 422 if request.method == "POST" and stage != "edit" else 200
        return render(request, "projects/record.html", context, status=status)
    return apply(request, project, form, context) if stage == "apply" else preview(request, project, form, context)


def asked(request, project):
    """Return the form over the project's sites and what its page shows."""
    on = project.program.today(timezone.now())
    chosen = RecordFilter(
        request.GET, options=analytics.options_of(project.program, project), program=project.program, on=on
    )
    plans = list(analytics.site_plans(project=project).select_related("site").order_by("site__name", "pk"))
    found = set(chosen.filter(analytics.site_plans(project=project)).values_list("pk", flat=True))
    shown, picked = set(request.POST.getlist("shown")), request.GET.getlist("plans")
    form = RecordForm(
        request.POST if request.method == "POST" else None,
        project=project,
        plans=plans,
        offered=[plan for plan in plans if (str(plan.pk) in shown if shown else plan.pk in found)],
        initial={"plans": picked, "what": request.GET.getlist("what"), "step": request.GET.get("step", "")},
    )
    return form, {
        "project": project,
        "program": project.program,
        "form": form,
        "chosen": chosen,
        "plans": plans,
        "today": on,
    }


def preview(request, project, form, context, *, status=200, note=""):
    """Show what would come of it, with a token by which it is done once."""
    told = form.carry_out(by=request.user, now=timezone.now(), dry_run=True)
    if told.refused:
        return refuse(request, project, form, context, told)
    more = {
        "told": told,
        "detailed": told.changes <= LINES,
        "hidden": form.carried_on(told),
        "token": once.token(purpose(project)),
        "note": note,
    }
    return render(request, "projects/record_preview.html", {**context, **more}, status=status)


def apply(request, project, form, context):
    """Record it, unless this very preview was applied before; a page that is too old shows its preview again."""
    try:
        how = {"by": request.user, "now": timezone.now()}
        told = once.carry_out(request, purpose(project), lambda: form.carry_out(**how))
    except once.Spent:
        return render(request, "projects/recorded_spent.html", context, status=409)
    except once.Invalid:
        return preview(request, project, form, context, status=422, note=once.TOO_OLD)
    if told.refused or not told.changes:
        return refuse(request, project, form, context, told)
    return redirect("projects:recorded", project=project.slug, batch=told.batch)


def refuse(request, project, form, context, told):
    """Show what is wrong, or what somebody changed since the preview, with everything that was chosen."""
    clashes = clashes_in_words(told, today=context["today"])
    more = {"told": told, "faults": told.faults[:MOST_LISTED], "clashes": clashes, "asked": len(form.cells)}
    return render(request, "projects/record.html", {**context, **more}, status=409 if told.only_clashes else 422)


def purpose(project):
    return f"record:{project.pk}"


@require_safe
@project_view(Right.RECORD_MANY)
def organizations(request, project):
    """Show at how many sites of each organization a milestone is reached, and lead to recording it for the others."""
    items = by_organization.milestones_of(project)
    keys = [item.key for item in items]
    asked = request.GET.get("milestone", "")
    milestone = asked if asked in keys else keys[0] if keys else ""
    context = {
        "project": project,
        "program": project.program,
        "choices": [(item.key, item.text) for item in items],
        "milestone": milestone,
        "groups": by_organization.groups_of(project, milestone),
    }
    return render(request, "projects/organizations.html", context)


@require_safe
@project_view(Right.RECORD_MANY)
def recorded(request, project, batch):
    """Say at how many sites how much was recorded, and offer to undo it."""
    rows = Activity.objects.filter(
        batch=batch, project_id=project.pk, actor=request.user, verb__in=["reached", "done", "reopened"]
    )
    counts = rows.aggregate(items=Count("target_id", distinct=True), plans=Count("plan_id", distinct=True))
    if not counts["items"]:
        raise Http404
    waiting = project.sites.filter(status=Site.Status.SETTING_UP).count()
    context = {
        "project": project,
        "program": project.program,
        "batch": batch,
        "waiting": waiting if can(request.scopes, Right.SET_UP, project) else 0,
        **counts,
    }
    return render(request, "projects/recorded.html", context)
