"""What is in the way at a step: saying so, and that it is solved."""

from django.core.exceptions import ValidationError
from django.http import Http404
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from projects import barriers
from projects.access import Right, plan_view
from projects.forms.barrier import BarrierForm, SolvedForm
from projects.models import Barrier
from projects.views.answers import back, page_of, safe_next


@require_http_methods(["GET", "POST"])
@plan_view(Right.RECORD)
def barrier_report(request, plan, step):
    """Ask what is in the way at a step, and keep it."""
    found = get_object_or_404(plan.steps.select_related("step"), key=step)
    form = BarrierForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        barriers.report_barrier(plan, found.pk, by=request.user, now=timezone.now(), **form.said())
        return back(request, plan)
    context = {**page_of(plan), "step": found, "form": form, "url": request.path}
    context["next_url"] = safe_next(request, plan.get_absolute_url())
    template = "projects/barrier_report.html" + ("#form" if request.htmx else "")
    return render(request, template, context, status=422 if form.errors else 200)


@require_http_methods(["GET", "POST"])
@plan_view(Right.RECORD)
def barrier_resolve(request, plan, pk):
    """Record that a barrier is solved, today, and what helped."""
    barrier = get_object_or_404(plan.barriers.select_related("plan_step__step"), pk=pk)
    form = SolvedForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            barriers.resolve_barrier(plan, pk, by=request.user, now=timezone.now(), **form.cleaned_data)
            return back(request, plan)
        except ValidationError as error:
            form.add_error(None, error)
    context = {**page_of(plan), "step": barrier.plan_step, "form": form, "url": request.path}
    context["next_url"] = safe_next(request, plan.get_absolute_url())
    context["back_to"] = [{"name": "next", "value": context["next_url"]}]
    return render(request, "projects/barrier_resolve.html", context, status=422 if form.errors else 200)


@require_POST
@plan_view(Right.RECORD)
def barrier_reopen(request, plan, pk):
    """Take back that a barrier is solved."""
    try:
        barriers.reopen_barrier(plan, pk, by=request.user, now=timezone.now())
    except Barrier.DoesNotExist as error:
        raise Http404 from error
    return back(request, plan)
