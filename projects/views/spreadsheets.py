"""A project's sites, people and milestones as tables: handed out, looked at when they come back, and taken in."""

from functools import wraps

from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe
from django_htmx.http import HttpResponseClientRefresh

from accounts import once
from projects import overview, table_files
from projects.access import Right, project_view, require
from projects.forms.table import CheckedTableForm, ColumnsForm, TableFileForm
from projects.spreadsheets import csv_response, xlsx_response
from projects.tables import heads, taking_in
from projects.tables.taking_in import TABLES
from roadmap.models import Setting

SHOWN = 10  # of what was taken in
LISTED = 500  # rows of a look


def table_view(view):
    """Open a view on one of the tables of a project, to those who may change what it holds."""

    @project_view(Right.SET_UP)
    @wraps(view)
    def opened(request, project, table, **kwargs):
        if table not in TABLES:
            raise Http404
        require(request.scopes, TABLES[table].right, project)
        return view(request, project, TABLES[table](project, by=request.user, now=timezone.now()), **kwargs)

    return opened


@require_safe
@project_view(Right.SET_UP)
def spreadsheets(request, project):
    """Show which tables there are, and which were taken in lately."""
    context = {
        "program": project.program,
        "project": project,
        "tables": TABLES.values(),
        "has_sites": project.sites.exists(),
        "jobs": [(job, TABLES[job.data["table"]].title) for job in taking_in.jobs_of(project)[:SHOWN]],
    }
    return render(request, "projects/spreadsheets.html", context)


@require_safe
@table_view
def hand_out(request, project, table, ending):
    """Hand out all rows of a table, as CSV or XLSX."""
    name = f"{project.slug}-{table.key}.{ending}"
    if ending == table_files.XLSX:
        return xlsx_response(name, [(table.title, table.names, table.content())])
    if ending == table_files.CSV:
        return csv_response(name, table.names, table.content())
    raise Http404


@require_safe
@table_view
def begin(request, project, table):
    """Hand out a workbook to begin with: the header and a row to write over."""
    rows = table.examples()
    if not rows:
        raise Http404
    return xlsx_response(f"{project.slug}-{table.key}.xlsx", [(table.title, table.names, rows)])


@require_http_methods(["GET", "HEAD", "POST"])
@table_view
def table(request, project, table):
    """Take a file and show what it would bring, or everything that is wrong with it."""
    form = TableFileForm(request.POST or None, request.FILES or None, table=table)
    if request.method == "POST" and form.is_valid():
        return look(request, project, table, form.cleaned_data["file"])
    return page(request, project, table, form, status=422 if form.is_bound else 200)


@require_POST
@table_view
def columns(request, project, table):
    """Keep for the program which column a heading stands for, and look once more; or ask about all of them again."""
    sent = CheckedTableForm(request.POST)
    if not sent.is_valid():
        return page(request, project, table, TableFileForm({}, table=table), status=422)
    looked = taking_in.look(table, sent.cleaned_data["text"])
    asked = "again" in request.POST
    form = ColumnsForm(None if asked else request.POST, table=table, looked=looked)
    if asked or not form.is_valid():
        return ask(request, project, table, sent.cleaned_data, form)
    heads.remember(project.program, table.key, form.said)
    anew = TABLES[table.key](project, by=request.user, now=table.now)
    return look(request, project, anew, sent.cleaned_data)


@require_POST
@table_view
def apply(request, project, table):
    """Have a table taken in that was looked at. Sent a second time, it does nothing and says so."""
    sent = CheckedTableForm(request.POST)
    if not sent.is_valid():
        return page(request, project, table, TableFileForm({}, table=table), status=422)
    said = sent.cleaned_data
    try:
        job = taking_in.ask(table, said["text"], name=said["name"], digest=said["digest"], token=said["token"])
    except once.Spent:
        job = taking_in.asked_before(table, digest=said["digest"])
        if job is None:
            return redirect("projects:spreadsheets", project=project.slug)
    except once.Invalid:
        return look(request, project, table, said, stale=True)
    return redirect("projects:table_job", project=project.slug, pk=job.pk)


@require_POST
@table_view
def to_mend(request, project, table):
    """Give a file back with a column that says in each row what is wrong with it."""
    sent = CheckedTableForm(request.POST)
    if not sent.is_valid():
        return page(request, project, table, TableFileForm({}, table=table), status=422)
    kind, looked = sent.cleaned_data["kind"], taking_in.look(table, sent.cleaned_data["text"])
    header, *rows = table_files.with_faults(looked.header, looked.rows, looked.faults)
    name = f"{project.slug}-{table.key}-to-mend.{kind}"
    if kind == table_files.XLSX:
        return xlsx_response(name, [(table.title, header, rows)])
    return csv_response(name, header, rows)


@require_safe
@project_view(Right.SET_UP)
def table_job(request, project, pk):
    """Show how far the work at a table is; then what became of it."""
    job = get_object_or_404(taking_in.jobs_of(project), pk=pk)
    if request.htmx and job.has_ended:
        return HttpResponseClientRefresh()
    result = job.result or {}
    acts = result.get("acts", []) if job.by == request.user else []  # what one recorded oneself one can take back
    if len(acts) == 1:
        return redirect("projects:recorded", project=project.slug, batch=acts[0][0])
    if request.htmx:
        return render(request, "projects/_job_progress.html", {"job": job, "url": request.path})
    table = TABLES[job.data["table"]]
    context = {
        "program": project.program,
        "project": project,
        "job": job,
        "table": table,
        "found": result,
        "acts": acts,
        "brought": brought(table, result.get("new", 0), result.get("changes", 0)),
        "waiting": len(overview.setting_up(project)) if result.get("setting_up") else 0,
    }
    return render(request, "projects/table_job.html", context)


def page(request, project, table, form, *, status):
    """Show the page on which a file is chosen, with what its columns hold."""
    context = {"program": project.program, "project": project, "table": table, "form": form}
    context |= {"settings": Setting.choices if table.key == "sites" else None, "has_examples": bool(table.examples())}
    return render(request, "projects/table.html", context, status=status)


def look(request, project, table, sent, *, stale=False):
    """Show what a file would bring, or its faults (422); first ask what a heading stands for that nobody knows."""
    looked = taking_in.look(table, sent["text"])
    if looked.heads.unknown and not looked.faults:
        return ask(request, project, table, sent, ColumnsForm(table=table, looked=looked))
    context = {
        "program": project.program,
        "project": project,
        "table": table,
        "looked": looked,
        "sent": sent,
        "listed": LISTED,
        "token": once.token(taking_in.purpose(project, table)),
        "brings": brought(table, len(looked.new), len(looked.changes)),
        "read_as": [(looked.header[at], name) for name, at in looked.heads.at.items() if looked.header[at] != name],
        "left_out": [looked.header[at] for at in looked.heads.left_out],
        "stale": stale,
        "form": TableFileForm(table=table),
    }
    return render(request, "projects/table_look.html", context, status=422 if looked.faults else 200)


def ask(request, project, table, sent, form):
    """Ask which column each heading of a file stands for."""
    context = {"program": project.program, "project": project, "table": table, "sent": sent, "form": form}
    return render(request, "projects/table_columns.html", context, status=422 if form.errors else 200)


def brought(table, new, changes):
    """Return how much is new and changes, in words: "25 sites and 3 changes"."""
    said = [table.count_of_new(new)] if new else []
    if changes:
        said.append(ngettext("%(n)s change", "%(n)s changes", changes) % {"n": changes})
    return _("%(one)s and %(other)s") % {"one": said[0], "other": said[1]} if len(said) > 1 else "".join(said)
