"""All sites of a project against the steps of its Roadmap."""

from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from projects import analytics, matrix, ordering
from projects.access import Right, project_view
from projects.forms.board import BoardFilter

PAGE = 100
EVERYTHING = 5000


@require_safe
@project_view(Right.BOARD)
def board(request, project):
    """Show the sites that were asked for, a page at a time, each step's state in a cell."""
    now = timezone.now()
    program, on = project.program, project.program.today(now)
    options = analytics.options_of(program, project)
    chosen = BoardFilter(request.GET, options=options, program=program, on=on)
    everything = analytics.site_plans(project=project)
    plans = analytics.with_standing(chosen.filter(everything))
    size = EVERYTHING if chosen.all_rows else PAGE
    page = ordering.page_of(plans, chosen.order, program, on, after=chosen.begins_after, size=size)
    context = {
        "program": program,
        "project": project,
        "chosen": chosen,
        "counts": analytics.counts_of(everything, chosen=chosen.conditions()),
        "matrix": matrix.matrix_of(project, page.rows, on),
        "legend": matrix.LEGEND,
        "page": page,
        "first_url": chosen.adding(),
        "next_url": chosen.adding(after=page.next_after),
        "all_url": chosen.adding(size="all"),
        "now": now,
        "today": on,
    }
    return render(request, "projects/board.html", context)
