"""What was said to one question of the guide, in all transcripts that one may read."""

from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from interviews import answering, paging
from interviews.access import StudyRight, readable_transcripts, study_view
from interviews.models import Question
from interviews.views.search import whole
from interviews.views.study import about

PAGE = 20
ORDER = ("interview__participant__pseudonym",)


@require_safe
@study_view(StudyRight.WORK)
def answers(request, study, pk):
    """Show the answers to a question, interview by interview; say in which it was not recognised."""
    question = get_object_or_404(Question.objects.select_related("guide"), guide__study=study, pk=pk)
    readable = readable_transcripts(study, request.scopes, request.study_rights)
    rows = readable.select_related("interview__participant").defer("masks")
    place = {name: whole(request.GET.get(name, "")) for name in ("after", "before")}
    listed = paging.page_of(rows, ORDER, size=PAGE, **place)
    guides = answering.Guides(study)
    told = answering.told(listed.rows, question, guides)
    context = {
        **about(request, study, "interviews"),
        "question": question,
        "questions": guides.questions[question.guide_id],
        "told": [one for one in told if one.stretches],
        "not_found": [one.interview for one in told if one.in_guide and not one.stretches],
        "not_in_guide": [one.interview for one in told if not one.in_guide],
        "before": listed.before,
        "after": listed.after,
    }
    return render(request, "interviews/answers.html", context)
