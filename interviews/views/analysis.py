"""Analysis of what was coded: counts, codes beside each other, and whether new interviews bring new codes."""

import datetime as dt

from django.shortcuts import render
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from interviews import counting, retrieving
from interviews import saturation as new_codes
from interviews.access import StudyRight, readable_transcripts, study_view
from interviews.forms.analysis import CountsForm, TogetherForm
from interviews.views.study import about
from projects import spreadsheets

NUMBERS = (1, 3, 4)  # columns of new codes that hold numbers


@require_safe
@study_view(StudyRight.WORK)
def counts(request, study):
    """Show how often each code was applied, by role group or project, and in how many interviews."""
    found = material(request, study)
    form = CountsForm(request.GET, study=study)
    context = {
        **part(request, found, "counts"),
        "form": form,
        "counted": counting.counted(found, counting.codes_of(found), by=form.by_what, **form.how),
        "filter_by": {"role": "group", "project": "project"}[form.by_what],
        "all_url": form.query(empty="" if form.how["empty"] else "on"),
        "query": form.query(),
    }
    return render(request, "interviews/counts.html", context)


@require_safe
@study_view(StudyRight.WORK)
def counts_csv(request, study):
    """Hand out the counts as they are shown."""
    found, form = material(request, study), CountsForm(request.GET, study=study)
    table = counting.counted(found, counting.codes_of(found), by=form.by_what, **form.how)
    return spreadsheets.csv_response(
        named(study, "counts", "csv"), counting.file_header(table), counting.file_rows(table)
    )


@require_safe
@study_view(StudyRight.WORK)
def counts_xlsx(request, study):
    """Hand out the counts as a workbook: a sheet by role group, and one by project."""
    found, form = material(request, study), CountsForm(request.GET, study=study)
    rows = counting.codes_of(found)
    tables = [(words, counting.counted(found, rows, by=by, **form.how)) for by, words in counting.BY.items()]
    sheets = [(str(words), counting.file_header(table), counting.file_rows(table)) for words, table in tables]
    return spreadsheets.xlsx_response(named(study, "counts", "xlsx"), sheets)


@require_safe
@study_view(StudyRight.WORK)
def co_occurrence(request, study):
    """Show of the passages of each code how many also have each other code."""
    found, form = material(request, study), TogetherForm(request.GET)
    context = {
        **part(request, found, "co_occurrence"),
        "form": form,
        "together": counting.together(found, counting.codes_of(found), near=form.how_near),
        "query": form.query(),
    }
    return render(request, "interviews/co_occurrence.html", context)


@require_safe
@study_view(StudyRight.WORK)
def co_occurrence_csv(request, study):
    """Hand out the codes beside each other as a table."""
    header, rows = together_table(request, study)
    return spreadsheets.csv_response(named(study, "codes-together", "csv"), header, rows)


@require_safe
@study_view(StudyRight.WORK)
def co_occurrence_xlsx(request, study):
    """Hand out the codes beside each other as a workbook."""
    table = (_("Together"), *together_table(request, study))
    return spreadsheets.xlsx_response(named(study, "codes-together", "xlsx"), [table])


def together_table(request, study):
    found = material(request, study)
    table = counting.together(found, counting.codes_of(found), near=TogetherForm(request.GET).how_near)
    return counting.together_header(table), counting.together_rows(table)


@require_safe
@study_view(StudyRight.WORK)
def saturation(request, study):
    """Show which codes each interview brought that none before it had."""
    found = material(request, study)
    told = new_codes.saturation_of(found, counting.codes_of(found))
    context = {
        **part(request, found, "saturation"),
        "saturation": told,
        "drawn": new_codes.drawn(told) if told.steps else None,
        "columns": [{"words": words, "num": n in NUMBERS} for n, words in enumerate(new_codes.file_header())],
        "rows": [
            [{"words": shown(cell), "num": n in NUMBERS} for n, cell in enumerate(row)]
            for row in new_codes.file_rows(told)
        ],
    }
    return render(request, "interviews/saturation.html", context)


@require_safe
@study_view(StudyRight.WORK)
def saturation_csv(request, study):
    """Hand out the new codes of each interview as a table."""
    found = material(request, study)
    told = new_codes.saturation_of(found, counting.codes_of(found))
    return spreadsheets.csv_response(
        named(study, "new-codes", "csv"), new_codes.file_header(), new_codes.file_rows(told)
    )


def shown(cell):
    """Return a cell of a file as the page's table shows it."""
    return date_format(cell, _("D j M Y")) if isinstance(cell, dt.date) else "" if cell is None else cell


def material(request, study):
    """Return what the person looks at: transcripts they may read and codings they may see."""
    readable = readable_transcripts(study, request.scopes, request.study_rights)
    return retrieving.Material(study, request.user, readable)


def part(request, found, name):
    """Return what every page of the analysis needs; `name` is the part one is in."""
    return {**about(request, found.study, "analysis"), "part": name, "bounds": retrieving.bounds_of(found)}


def named(study, what, kind):
    return f"{what}-{study.slug}-{study.program.today(timezone.now()).isoformat()}.{kind}"
