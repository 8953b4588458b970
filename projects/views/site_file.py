"""Sites from a file: uploading it, looking at what it would make, making it, and getting it back with its faults."""

from django.contrib import messages
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts import once
from projects import site_cells, site_files, table_files
from projects.access import Right, project_view
from projects.forms.site_file import CheckedFileForm, SiteFileForm
from projects.spreadsheets import csv_response, xlsx_response
from roadmap.models import Setting


@require_http_methods(["GET", "HEAD", "POST"])
@project_view(Right.SET_UP)
def site_file(request, project):
    """Take a file of sites and show what it would make, or everything that is wrong with it."""
    form = SiteFileForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        sent = form.cleaned_data["file"]
        checked = site_files.add_from_file(project, sent["text"], by=request.user, now=timezone.now(), dry_run=True)
        return look(request, project, sent, checked)
    return page(request, project, form, status=422 if form.is_bound else 200)


@require_POST
@project_view(Right.SET_UP)
def site_file_apply(request, project):
    """Make the sites of a file that was looked at. Sent a second time, it makes nothing and says so."""
    sent = CheckedFileForm(request.POST)
    if not sent.is_valid():
        return page(request, project, SiteFileForm({}), status=422)
    text, token = sent.cleaned_data["text"], sent.cleaned_data["token"]
    try:
        checked = site_files.add_from_file(project, text, by=request.user, now=timezone.now(), token=token)
    except once.Spent:
        messages.info(request, _("These sites were made before. Nothing was made twice."))
        return redirect("projects:project", project=project.slug)
    except once.Invalid:
        checked = site_files.add_from_file(project, text, by=request.user, now=timezone.now(), dry_run=True)
        return look(request, project, sent.cleaned_data, checked, stale=True)
    if checked.faults:
        return look(request, project, sent.cleaned_data, checked)
    messages.success(request, made_in_words(checked))
    return redirect("projects:sites_start", project=project.slug)


@require_safe
@project_view(Right.SET_UP)
def site_file_template(request, project):
    """Hand out the file to begin with: the header and one row to write over."""
    header, *rows = site_files.template_rows()
    return csv_response("milepost-sites.csv", header, rows)


@require_POST
@project_view(Right.SET_UP)
def site_file_faults(request, project):
    """Give a file back with a column that says in each row what is wrong with it."""
    sent = CheckedFileForm(request.POST)
    if not sent.is_valid():
        return page(request, project, SiteFileForm({}), status=422)
    text, kind = sent.cleaned_data["text"], sent.cleaned_data["kind"]
    checked = site_files.add_from_file(project, text, by=request.user, now=timezone.now(), dry_run=True)
    header, *rows = table_files.with_faults(checked.header, checked.rows, checked.faults)
    name = f"{project.slug}-sites-to-mend.{kind}"
    if kind == table_files.XLSX:
        return xlsx_response(name, [(_("Sites"), header, rows)])
    return csv_response(name, header, rows)


def page(request, project, form, *, status):
    """Show the page on which a file is chosen, with what its columns hold."""
    context = {"program": project.program, "project": project, "form": form}
    context |= {"columns": site_cells.COLUMNS, "settings": Setting.choices}
    return render(request, "projects/site_file.html", context, status=status)


def look(request, project, sent, checked, *, stale=False):
    """Show what a file would make, or its faults (422)."""
    context = {
        "program": project.program,
        "project": project,
        "checked": checked,
        "text": sent["text"],
        "kind": sent["kind"],
        "token": once.token(site_files.PURPOSE),
        "stale": stale,
        "form": SiteFileForm(),
    }
    return render(request, "projects/site_file_look.html", context, status=422 if checked.faults else 200)


def made_in_words(checked):
    made = ngettext(
        "%(count)s site is there and setting up.", "%(count)s sites are there and setting up.", len(checked.made)
    )
    asked = ngettext("%(count)s champion is invited.", "%(count)s champions are invited.", checked.invited)
    said = made % {"count": len(checked.made)}
    return f"{said} {asked % {'count': checked.invited}}" if checked.invited else said
