"""Interviews: planning one, and its page, on which the interviewer sums up each answer minutes after talking."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from interviews import interviewing, recruiting
from interviews.access import StudyRight, study_view
from interviews.forms.guides import BarriersForm
from interviews.forms.people import HeldForm, InterviewForm, SummaryForm
from interviews.interviewing import StaleSummary
from interviews.models import Summary
from interviews.views.study import about


@require_http_methods(["GET", "HEAD", "POST"])
@study_view(StudyRight.WORK)
def interview_list(request, study):
    """Show all interviews of a study, and plan one."""
    form = InterviewForm(request.POST or None, study=study, initial={"interviewer": request.user.pk})
    if request.method == "POST" and form.is_valid():
        try:
            made = interviewing.plan_interview(study, by=request.user, now=timezone.now(), **form.cleaned_data)
        except ValidationError as error:
            form.add_error(None, error)
        else:
            return redirect("interviews:interview", study=study.slug, pk=made.pk)
    found = study.interviews.select_related("participant", "interviewer", "guide")
    context = {**about(request, study), "form": form, "interviews": found, "has_guide": study.guides.exists()}
    return render(request, "interviews/interview_list.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "HEAD", "POST"])
@study_view(StudyRight.WORK)
def interview(request, study, pk):
    """Show an interview question by question; record that it was held."""
    found = one_of(study, pk)
    known = {"held_on": found.held_on or study.program.today(timezone.now()), "minutes": found.minutes}
    form = HeldForm(request.POST or None, initial={**known, "notes": found.notes})
    if request.method == "POST" and form.is_valid():
        try:
            interviewing.hold(found, by=request.user, now=timezone.now(), **form.cleaned_data)
        except ValidationError as error:
            form.add_error("held_on" if getattr(error, "code", "") == "future" else None, error)
        else:
            messages.success(request, _("The interview is recorded."))
            return redirect("interviews:interview", study=study.slug, pk=pk)
    return page(request, study, found, form=form)


@require_POST
@study_view(StudyRight.WORK)
def cancel(request, study, pk):
    """Cancel a planned interview."""
    try:
        interviewing.cancel(one_of(study, pk), by=request.user, now=timezone.now())
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    return redirect("interviews:interview_list", study=study.slug)


@require_POST
@study_view(StudyRight.WORK)
def summary(request, study, pk, question):
    """Save what was said to one question; a form without script comes back to its place."""
    found = one_of(study, pk)
    asked = get_object_or_404(found.guide.questions, pk=question)
    form = SummaryForm(request.POST)
    cell, status, kept = Summary(interview=found, question=asked, revision=0), 200, {}
    if form.is_valid():
        try:
            cell = interviewing.sum_up(found, asked, by=request.user, now=timezone.now(), **form.cleaned_data)
        except StaleSummary as stale:
            cell, status = stale.summary, 409
            kept = {"text": stale.text, "quote": stale.quote, "theirs": True}
        except ValidationError as error:
            form.add_error("quote" if getattr(error, "code", "") == "quote" else None, error)
    if form.errors:
        cell = found.summaries.filter(question=asked).first() or cell
        kept, status = {"text": form["text"].value(), "quote": form["quote"].value()}, 422
    if status == 200 and not request.htmx:
        return redirect(f"{reverse('interviews:interview', args=[study.slug, pk])}#question-{asked.pk}")
    card = {"question": asked, "cell": cell, "kept": kept, "form": form, "saved": status == 200}
    if request.htmx:
        context = {**about(request, study), "interview": found, "card": card, "may_quote": may_quote(found)}
        return render(request, "interviews/_card.html", context, status=status)
    return page(request, study, found, cards={asked.pk: card}, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
@study_view(StudyRight.WORK)
def summary_barriers(request, study, pk, question):
    """Say which barriers (CFIR) an answer speaks of."""
    found = one_of(study, pk)
    asked = get_object_or_404(found.guide.questions, pk=question)
    cell = found.summaries.filter(question=asked).first() or Summary(interview=found, question=asked)
    form = BarriersForm(request.POST or None, summary=cell)
    if request.method == "POST" and form.is_valid():
        try:
            interviewing.name_barriers(found, asked, by=request.user, now=timezone.now(), **form.cleaned_data)
        except ValidationError as error:
            form.add_error(None, error)
        else:
            return redirect(f"{reverse('interviews:interview', args=[study.slug, pk])}#question-{asked.pk}")
    context = {**about(request, study), "interview": found, "question": asked, "cell": cell, "form": form}
    return render(request, "interviews/summary_barriers.html", context, status=422 if form.errors else 200)


def one_of(study, pk):
    return get_object_or_404(study.interviews.select_related("participant", "interviewer", "guide"), pk=pk)


def may_quote(found):
    consent = recruiting.consent_of(found.participant)
    return bool(consent and consent.scope != consent.Scope.NO_QUOTES)


def page(request, study, found, *, form=None, cards=None, status=200):
    written = {cell.question_id: cell for cell in found.summaries.select_related("by").prefetch_related("constructs")}
    shown = [
        {"question": question, "cell": written.get(question.pk), "kept": {}, **(cards or {}).get(question.pk, {})}
        for question in found.guide.questions.all()
    ]
    today = study.program.today(timezone.now())
    known = {"held_on": found.held_on or today, "minutes": found.minutes, "notes": found.notes}
    context = {
        **about(request, study),
        "interview": found,
        "cards": shown,
        "form": form or HeldForm(initial=known),
        "consent": recruiting.consent_of(found.participant),
        "may_quote": may_quote(found),
        "withdrawn": found.participant.state == found.participant.State.WITHDRAWN,
    }
    wrong = form is not None and bool(form.errors)
    return render(request, "interviews/interview.html", context, status=422 if wrong else status)
