"""The matrix of rapid analysis."""

from django.http import Http404
from django.shortcuts import render
from django.utils import timezone
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
    guide, by = asked_for(request, study)
    if guide is None:
        raise Http404
    found = reading.matrix_of(guide, by=by)
    name = f"matrix-{study.slug}-{study.program.today(timezone.now()).isoformat()}.csv"
    return spreadsheets.csv_response(name, reading.file_header(found), reading.file_rows(found))


def asked_for(request, study):
    """Return the guide and the grouping that the address asks for, else the newest and by site."""
    number, by = request.GET.get("guide", ""), request.GET.get("by", "")
    guides = study.guides.all()
    chosen = guides.filter(number=int(number)).first() if number.isdecimal() and len(number) < 6 else None
    return chosen or guides.first(), by if by in reading.GROUPS else "site"
