"""Passages from all transcripts, by any combination of codes, people and words."""

from django.shortcuts import render
from django.views.decorators.http import require_safe

from interviews import counting, paging, retrieving
from interviews.access import StudyRight, study_view
from interviews.forms.analysis import PassageFilter
from interviews.outline import families
from interviews.views.analysis import material, part

PAGE = 50


@require_safe
@study_view(StudyRight.WORK)
def passages(request, study):
    """Show the passages that were asked for, a page at a time, each leading to its place in the transcript."""
    found = material(request, study)
    outline = counting.codes_of(found)
    chosen = PassageFilter(request.GET, study=study, outline=outline)
    asked = retrieving.passages(found, chosen.asked, families(outline))
    page = paging.page_of(asked.only("pk"), retrieving.ORDER, size=PAGE, **chosen.place)
    codings, interviews = retrieving.how_many(asked)
    context = {
        **part(request, found, "passages"),
        **chosen.around(page),
        "chosen": chosen,
        "codings": codings,
        "interviews": interviews,
        "all": found.codings.count(),
        "rows": retrieving.as_read(one.pk for one in page.rows),
    }
    return render(request, "interviews/passages.html", context)
