"""All sites of a project against the steps of its Roadmap."""

from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from projects import analytics, exports, matrix, ordering, spreadsheets
from projects.access import Right, can, project_view
from projects.forms.board import BoardFilter

PAGE = 100
EVERYTHING = 5000


def read_filter(request, project, on):
    """Return the filter and all sites of the project."""
    options = analytics.options_of(project.program, project)
    chosen = BoardFilter(request.GET, options=options, program=project.program, on=on)
    return chosen, analytics.site_plans(project=project)


@require_safe
@project_view(Right.BOARD)
def board(request, project):
    """Show the sites that were asked for, a page at a time, each step's state in a cell."""
    now = timezone.now()
    program, on = project.program, project.program.today(now)
    chosen, everything = read_filter(request, project, on)
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
        "tools": [{"url": f"{request.path}export.csv{chosen.adding(size=None)}", "words": _("Download as CSV")}],
        "may_record": can(request.scopes, Right.RECORD_MANY, project),
        "now": now,
        "today": on,
    }
    return render(request, "projects/board.html", context)


@require_safe
@project_view(Right.BOARD)
def board_csv(request, project):
    """Hand out the sites that were asked for, all of them, with the state of each step, in the order of the page."""
    on = project.program.today(timezone.now())
    chosen, everything = read_filter(request, project, on)
    plans = analytics.with_standing(chosen.filter(everything))
    rows = list(ordering.in_order(plans, chosen.order, project.program, on))
    found = matrix.matrix_of(project, rows, on)
    name = f"all-sites-{project.slug}-{on.isoformat()}.csv"
    return spreadsheets.csv_response(name, exports.board_header(found), exports.board_rows(found))
