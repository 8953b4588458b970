"""Catching up: what has happened at sites already, typed or pasted into a grid, looked at, and recorded once."""

from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from accounts import once
from projects import catch_up_grid, history
from projects.access import Right, can, project_view
from projects.forms.catch_up import MOST_LISTED, CatchUpFilter, Sheet, Shown

LINES = 2000  # of a preview; beyond that it counts


@require_http_methods(["GET", "HEAD", "POST"])
@project_view(Right.RECORD_MANY)
def catch_up(request, project):
    """Show the grid; take what was typed, show what would come of it, then do it once."""
    chosen = CatchUpFilter(request.POST if request.method == "POST" else request.GET, project=project)
    if request.method != "POST":
        return page(request, project, chosen)
    sheet, stage = Sheet(request.POST, project=project, own=chosen.own), request.POST.get("stage")
    sheet.spread()
    if stage in ("show", "edit"):
        return page(request, project, chosen, sheet)
    if sheet.block_faults or sheet.gone or not sheet.marks:
        return page(request, project, chosen, sheet, status=422)
    return apply(request, project, chosen, sheet) if stage == "apply" else preview(request, project, chosen, sheet)


def preview(request, project, chosen, sheet, *, status=200, note=""):
    """Show what would come of it, with a token by which it is done once; or the grid with what is wrong in it."""
    now = timezone.now()
    told = sheet.carry_out(by=request.user, now=now, dry_run=True)
    if told.refused or not told.changes:
        return page(request, project, chosen, sheet, told=told, status=409 if told.only_clashes else 422)
    context = {
        **frame(project, chosen, now),
        "sheet": sheet,
        "told": told,
        "detailed": told.changes <= LINES,
        "token": once.token(purpose(project)),
        "note": note,
    }
    return render(request, "projects/catch_up_preview.html", context, status=status)


def apply(request, project, chosen, sheet):
    """Record it, unless this very preview was applied before; a page that is too old shows its preview again."""
    try:
        how = {"by": request.user, "now": timezone.now(), "dry_run": False}
        told = once.carry_out(request, purpose(project), lambda: sheet.carry_out(**how))
    except once.Spent:
        return render(request, "projects/recorded_spent.html", frame(project, chosen, timezone.now()), status=409)
    except once.Invalid:
        return preview(request, project, chosen, sheet, status=422, note=once.TOO_OLD)
    if told.refused or not told.changes:
        return page(request, project, chosen, sheet, told=told, status=409 if told.only_clashes else 422)
    return redirect("projects:recorded", project=project.slug, batch=told.batch)


def page(request, project, chosen, sheet=None, *, told=None, status=200):
    """Show the grid, and over it what was typed and what is wrong with that."""
    now = timezone.now()
    marks = sheet.marks if sheet else {}
    keys = {key for _pk, key in marks}
    columns, alone = chosen.columns_shown(keys), chosen.alone_shown(keys)
    places, total = chosen.places_shown(len(columns) + bool(alone), {pk for pk, _key in marks})
    context = {
        **frame(project, chosen, now),
        "sheet": sheet,
        "told": told,
        "clashes": clashes_in_words(told, today=project.program.today(now)),
        "faults": told.faults[:MOST_LISTED] if told else [],
        "shown": Shown(catch_up_grid.grid_of(columns, places, alone, also=marks), marks),
        "asked": len(marks),
        "total": total,
        "nothing_typed": status == 422,
        "may_set_up": can(request.scopes, Right.SET_UP, project),
    }
    return render(request, "projects/catch_up.html", context, status=status)


def clashes_in_words(told, *, today):
    """Return each cell that somebody else changed, with the line of history that says who and when."""
    found = told.clashes[:MOST_LISTED] if told else []
    return [(clash, history.line_of(clash.change, today=today) if clash.change else None) for clash in found]


def frame(project, chosen, now):
    return {
        "project": project,
        "program": project.program,
        "chosen": chosen,
        "today": project.program.today(now),
    }


def purpose(project):
    return f"catch-up:{project.pk}"
