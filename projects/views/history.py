"""Everything that happened at a plan."""

from django.http import Http404
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from projects import history
from projects.access import Right, plan_view
from projects.views.answers import page_of


@require_safe
@plan_view(Right.VIEW)
def plan_history(request, plan):
    """Show who did what when and for whom, newest first, paged by key; on wish of one step only."""
    steps = list(plan.steps.select_related("step"))
    step = next((one for one in steps if one.key == request.GET.get("step")), None)
    keys = [step.key, *plan.items.filter(plan_step=step).values_list("key", flat=True)] if step else []
    rows = history.rows_of_plan(plan, keys=keys)
    if cursor := request.GET.get("before", ""):
        try:
            rows = history.before(rows, cursor)
        except ValueError as error:
            raise Http404 from error
    today = plan.program.today(timezone.now())
    lines = history.lines_of(rows[: history.PAGE + 1], today=today)
    more = lines[history.PAGE - 1].cursor if len(lines) > history.PAGE else ""
    context = {**page_of(plan), "steps": steps, "step": step, "cursor": cursor, "today": today}
    return render(request, "projects/plan_history.html", {**context, "lines": lines[: history.PAGE], "more": more})
