"""Interviews: planning one, and its page, on which the interviewer sums up each answer minutes after talking."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from interviews import interviewing, naming, recruiting
from interviews.access import StudyRight, study_view
from interviews.forms.guides import BarriersForm
from interviews.forms.people import InterviewForm, PlanForm, WriteUpForm
from interviews.interviewing import StaleWriteUp
from interviews.models import Question, Summary, Transcript
from interviews.views import memo
from interviews.views.study import about


@require_http_methods(["GET", "HEAD", "POST"])
@study_view(StudyRight.WORK)
def interview_list(request, study):
    """Show all interviews of a study, and plan one; the address may say with whom."""
    known = {"interviewer": request.user.pk, "participant": request.GET.get("participant")}
    form = InterviewForm(request.POST or None, study=study, initial=known)
    if request.method == "POST" and form.is_valid():
        try:
            made = interviewing.plan_interview(study, by=request.user, now=timezone.now(), **form.cleaned_data)
        except ValidationError as error:
            form.add_error(None, error)
        else:
            return redirect("interviews:interview", study=study.slug, pk=made.pk)
    found = list(study.interviews.select_related("participant", "interviewer", "guide"))
    context = {
        **about(request, study, "interviews"),
        "form": form,
        "coming": [one for one in found if is_to_come(one)],
        "over": sorted((one for one in found if not is_to_come(one)), key=last_day, reverse=True),
        "has_guide": study.guides.exists(),
        "has_people": study.participants.exists(),
    }
    return render(request, "interviews/interview_list.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "HEAD", "POST"])
@study_view(StudyRight.WORK)
def interview(request, study, pk):
    """Show an interview question by question, and write down all of it at once."""
    found = as_it_was_shown(one_of(study, pk), study, request.POST.get("guide", ""))
    proposed = day_to_propose(found, timezone.now())
    form = WriteUpForm(request.POST or None, interview=found, quotes=may_quote(found), held_on=proposed)
    status = 200
    if request.method == "POST" and form.is_valid():
        said = {name: form.cleaned_data[name] for name in ("held_on", "minutes", "notes")}
        try:
            interviewing.write_up(found, form.words, by=request.user, now=timezone.now(), **said)
        except StaleWriteUp as stale:
            form.show_theirs(stale.theirs)
            status = 409
        except ValidationError as error:
            form.add_error(field_of(error), error)
        else:
            messages.success(request, _("Saved."))
            if form.words and not said["held_on"]:
                messages.info(request, _("Say also on which day it was held: until then it counts as planned."))
            if caution := naming.caution(study, "\n".join(one.text for one in form.words)):
                messages.warning(request, caution)
            return redirect("interviews:interview", study=study.slug, pk=pk)
    context = {
        **about(request, study, "interviews"),
        "interview": found,
        "form": form,
        "proposed": proposed,
        "consent": recruiting.consent_of(found.participant),
        "has_transcript": Transcript.objects.filter(interview=found).exists(),
        "memo": memo.box_of(request, study, found),
        "withdrawn": found.participant.state == found.participant.State.WITHDRAWN,
    }
    return render(request, "interviews/interview.html", context, status=422 if form.errors else status)


@require_http_methods(["GET", "HEAD", "POST"])
@study_view(StudyRight.WORK)
def interview_plan(request, study, pk):
    """Change who holds an interview, how and when."""
    found = one_of(study, pk)
    form = PlanForm(request.POST or None, study=study, instance=found)
    if request.method == "POST" and form.is_valid():
        try:
            interviewing.plan_anew(one_of(study, pk), by=request.user, now=timezone.now(), **form.cleaned_data)
        except ValidationError as error:
            form.add_error(None, error)
        else:
            return redirect("interviews:interview", study=study.slug, pk=pk)
    context = {**about(request, study, "interviews"), "interview": found, "form": form}
    return render(request, "interviews/interview_plan.html", context, status=422 if form.errors else 200)


@require_POST
@study_view(StudyRight.WORK)
def cancel(request, study, pk):
    """Cancel a planned interview."""
    try:
        interviewing.cancel(one_of(study, pk), by=request.user, now=timezone.now())
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    return redirect("interviews:interview_list", study=study.slug)


@require_http_methods(["GET", "HEAD", "POST"])
@study_view(StudyRight.WORK)
def summary_barriers(request, study, pk, question):
    """Say which barriers (CFIR) an answer speaks of."""
    found = one_of(study, pk)
    asked = get_object_or_404(Question, guide=found.guide_id, pk=question)
    cell = found.summaries.filter(question=asked).first() or Summary(interview=found, question=asked)
    form = BarriersForm(request.POST or None, summary=cell)
    if request.method == "POST" and form.is_valid():
        try:
            interviewing.name_barriers(found, asked, by=request.user, now=timezone.now(), **form.cleaned_data)
        except ValidationError as error:
            form.add_error(None, error)
        else:
            return redirect(f"{reverse('interviews:interview', args=[study.slug, pk])}#question-{asked.pk}")
    context = {**about(request, study, "interviews"), "interview": found, "question": asked, "cell": cell, "form": form}
    return render(request, "interviews/summary_barriers.html", context, status=422 if form.errors else 200)


def one_of(study, pk):
    rows = study.interviews.select_related("participant", "interviewer", "guide", "study__program")
    return get_object_or_404(rows, pk=pk)


def is_to_come(found):
    """Tell whether an interview is still to be held; one without a guide was brought in from elsewhere."""
    return not found.held_on and not found.cancelled_at and found.guide_id is not None


def last_day(found):
    """Return the day of an interview that is over: on which it was held, cancelled, or brought in."""
    return found.held_on or timezone.localdate(found.cancelled_at or found.created_at)


def day_to_propose(found, now):
    """Return the day on which an interview was most likely held: as planned, once that time has passed."""
    planned = found.planned_for
    return found.study.program.today(planned) if planned and planned <= now else None


def as_it_was_shown(found, study, number):
    """Return an interview with the version of the guide whose questions stood on the page when it was filled in."""
    if number.isdecimal() and len(number) < 6 and found.guide_id and int(number) != found.guide.number:
        found.guide = study.guides.filter(number=int(number)).first() or found.guide
    return found


def may_quote(found):
    consent = recruiting.consent_of(found.participant)
    return bool(consent and consent.scope != consent.Scope.NO_QUOTES)


def field_of(error):
    """Return the field of the write-up at which an error is to be shown; None: above the form."""
    if error.code == "quote":
        return f"quote-{error.params['question']}"
    return "held_on" if error.code in ("future", "held") else None
