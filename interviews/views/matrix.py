"""The matrix of rapid analysis."""

from django.http import Http404
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from interviews import matrix as reading
from interviews.access import StudyRight, study_view
from interviews.views.study import about
from projects import spreadsheets


@require_safe
@study_view(StudyRight.WORK)
def matrix(request, study):
    """Show what each interview said to each question of a guide, by site, role group or project."""
    guide, by = asked_for(request, study)
    context = {
        **about(request, study, "matrix"),
        "matrix": reading.matrix_of(guide, by=by) if guide else None,
        "bar": [
            {"name": "by", "label": reading.LABEL, "value": by, "choices": list(reading.GROUPS.items())},
            {
                "name": "guide",
                "label": reading.GUIDE_LABEL,
                "value": guide.number if guide else "",
                "choices": [(one.number, str(one)) for one in study.guides.all()],
            },
        ],
        "query": request.GET.urlencode(),
    }
    return render(request, "interviews/matrix.html", context)


@require_safe
@study_view(StudyRight.WORK)
def matrix_csv(request, study):
    """Hand out the matrix as a table, by pseudonym."""
    name, _sheet, header, rows = table_of(request, study)
    return spreadsheets.csv_response(f"{name}.csv", header, rows)


@require_safe
@study_view(StudyRight.WORK)
def matrix_xlsx(request, study):
    """Hand out the matrix as a workbook, by pseudonym."""
    name, *table = table_of(request, study)
    return spreadsheets.xlsx_response(f"{name}.xlsx", [table])


def table_of(request, study):
    """Return the name of a file of the matrix, of its sheet, and the header and rows; 404 before there is a guide."""
    guide, by = asked_for(request, study)
    if guide is None:
        raise Http404
    found = reading.matrix_of(guide, by=by)
    name = f"matrix-{study.slug}-{study.program.today(timezone.now()).isoformat()}"
    return name, _("What people said"), reading.file_header(found), reading.file_rows(found)


def asked_for(request, study):
    """Return the guide and the grouping that the address asks for, else the newest and by site."""
    number, by = request.GET.get("guide", ""), request.GET.get("by", "")
    guides = study.guides.all()
    chosen = guides.filter(number=int(number)).first() if number.isdecimal() and len(number) < 6 else None
    return chosen or guides.first(), by if by in reading.GROUPS else "site"
