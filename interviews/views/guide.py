"""A study's guide: writing it, reading it, tying its questions to the Roadmap and to CFIR."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from interviews import guiding
from interviews.access import StudyRight, study_view
from interviews.forms.guides import TieForm, step_names
from interviews.forms.people import GuideForm
from interviews.models import PartTie, Question
from interviews.views.study import about


@require_http_methods(["GET", "HEAD", "POST"])
@study_view(StudyRight.WORK)
def guide_write(request, study):
    """Write the guide, or its next version, as one piece of text."""
    newest = study.guides.first()
    known = {"title": newest.title, "text": guiding.text_of(newest)} if newest else {"title": _("Interview guide")}
    form = GuideForm(request.POST or None, initial=known)
    if request.method == "POST" and form.is_valid():
        try:
            made = guiding.write_guide(study, by=request.user, now=timezone.now(), **form.cleaned_data)
        except ValidationError as error:
            form.add_error("text", error)
        else:
            messages.success(request, _("%(guide)s is saved.") % {"guide": made})
            return redirect("interviews:guide", study=study.slug, number=made.number)
    used = bool(newest and newest.interviews.exists())
    context = {**about(request, study, "guide"), "form": form, "newest": newest, "used": used}
    return render(request, "interviews/guide_write.html", context, status=422 if form.errors else 200)


@require_safe
@study_view(StudyRight.WORK)
def guide(request, study, number):
    """Show one version of the guide, to read from or to print."""
    found = get_object_or_404(study.guides, number=number)
    names = step_names(study)
    questions = list(found.questions.prefetch_related("constructs"))
    parts = {(one.kind, one.words): one for one in found.part_ties.prefetch_related("constructs")}
    for said in (*questions, *parts.values()):
        said.step_names = [names.get(key, key) for key in said.step_keys]
    for question in questions:
        question.about_section = parts.get((PartTie.Kind.SECTION, question.section))
        question.about_probes = [(words, parts.get((PartTie.Kind.PROBE, words))) for words in question.probes]
    context = {
        **about(request, study, "guide"),
        "guide": found,
        "questions": questions,
        "versions": study.guides.all(),
    }
    return render(request, "interviews/guide.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@study_view(StudyRight.WORK)
def question_tie(request, study, pk):
    """Say which steps and constructs a question is about."""
    question = one_of(study, pk)
    form = TieForm(request.POST or None, study=study, said=question)
    if request.method == "POST" and form.is_valid():
        guiding.tie(question, by=request.user, now=timezone.now(), **form.cleaned_data)
        return redirect("interviews:guide", study=study.slug, number=question.guide.number)
    context = {**about(request, study, "guide"), "form": form, "question": question, "words": question.text}
    return render(request, "interviews/question_tie.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "HEAD", "POST"])
@study_view(StudyRight.WORK)
def part_tie(request, study, pk, number):
    """Say what one of a question's probes is about, or, as number 0, the section in which the question stands."""
    question = one_of(study, pk)
    part = dict(enumerate([question.section, *question.probes])).get(number)
    if not part:
        raise Http404
    guide, kind = question.guide, PartTie.Kind.PROBE if number else PartTie.Kind.SECTION
    form = TieForm(request.POST or None, study=study, said=guide.part_ties.filter(kind=kind, words=part).first())
    if request.method == "POST" and form.is_valid():
        guiding.tie_part(guide, kind, part, by=request.user, now=timezone.now(), **form.cleaned_data)
        return redirect("interviews:guide", study=study.slug, number=guide.number)
    context = {**about(request, study, "guide"), "form": form, "question": question, "words": part, "part": kind}
    return render(request, "interviews/question_tie.html", context, status=422 if form.errors else 200)


def one_of(study, pk):
    return get_object_or_404(Question.objects.select_related("guide__study__program"), guide__study=study, pk=pk)
