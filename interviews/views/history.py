"""What happened in a study."""

from django.http import Http404
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from interviews import history as reading
from interviews.access import StudyRight, study_view
from interviews.views.study import about
from projects.history import PAGE, before


@require_safe
@study_view(StudyRight.WORK)
def history(request, study):
    """Show who did what when in a study, newest first, paged by key; on wish of one part of it only."""
    part = request.GET.get("part", "")
    part = part if part in reading.PARTS else ""
    rows = reading.rows_of(study, part=part)
    if cursor := request.GET.get("before", ""):
        try:
            rows = before(rows, cursor)
        except ValueError as error:
            raise Http404 from error
    lines = reading.lines_of(rows[: PAGE + 1])
    context = {
        **about(request, study),
        "part": part,
        "bar": [{"name": "part", "label": reading.LABEL, "value": part, "choices": reading.CHOICES}],
        "lines": lines[:PAGE],
        "more": lines[PAGE - 1].cursor if len(lines) > PAGE else "",
        "cursor": cursor,
        "today": study.program.today(timezone.now()),
    }
    return render(request, "interviews/history.html", context)
