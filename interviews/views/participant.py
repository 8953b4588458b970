"""Participants: the list, one of them, consent and withdrawal."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from interviews import history, recruiting
from interviews.access import StudyRight, study_view
from interviews.forms.people import ConsentForm, ParticipantForm
from interviews.models import Consent
from interviews.views.study import about


@require_safe
@study_view(StudyRight.WORK)
def participant_list(request, study):
    """Show everybody on the list, by pseudonym."""
    found = study.participants.select_related("project", "site").prefetch_related("consents", "interviews")
    return render(
        request, "interviews/participant_list.html", {**about(request, study, "participants"), "participants": found}
    )


@require_http_methods(["GET", "HEAD", "POST"])
@study_view(StudyRight.WORK)
def participant_new(request, study):
    """Put somebody on the list."""
    reach = StudyRight.RUN in request.study_rights
    known = {"pseudonym": recruiting.next_pseudonym(study)}
    form = ParticipantForm(request.POST or None, study=study, reach=reach, initial=known)
    if request.method == "POST" and form.is_valid():
        said = form.said
        contact = said.pop("contact") or {}
        try:
            made = recruiting.list_participant(study, by=request.user, now=timezone.now(), contact=contact, **said)
        except ValidationError as error:
            form.add_error("pseudonym" if getattr(error, "code", "") == "pseudonym" else None, error)
        else:
            return redirect("interviews:participant", study=study.slug, pk=made.pk)
    context = {**about(request, study, "participants"), "form": form}
    return render(request, "interviews/participant_new.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "HEAD", "POST"])
@study_view(StudyRight.WORK)
def participant(request, study, pk):
    """Show a participant and change what is known of them."""
    found = one_of(study, pk)
    form = ParticipantForm(
        request.POST or None, study=study, reach=StudyRight.RUN in request.study_rights, instance=found
    )
    if request.method == "POST" and form.is_valid():
        try:
            recruiting.change_participant(one_of(study, pk), by=request.user, now=timezone.now(), **form.said)
        except ValidationError as error:
            form.add_error("pseudonym" if getattr(error, "code", "") == "pseudonym" else None, error)
        else:
            messages.success(request, _("Saved."))
            return redirect("interviews:participant_list", study=study.slug)
    return page(request, study, one_of(study, pk), form=form)


@require_POST
@study_view(StudyRight.WORK)
def consent(request, study, pk):
    """Record what a participant agreed to."""
    found, form = one_of(study, pk), ConsentForm(request.POST)
    if form.is_valid():
        try:
            recruiting.record_consent(found, by=request.user, now=timezone.now(), **form.cleaned_data)
        except ValidationError as error:
            form.add_error("given_on" if getattr(error, "code", "") == "future" else None, error)
        else:
            messages.success(request, _("The consent of %(who)s is recorded.") % {"who": found})
            if beyond := recruiting.quotes_beyond(found):
                messages.warning(request, beyond_consent(beyond))
            return redirect("interviews:participant", study=study.slug, pk=pk)
    return page(request, study, found, consent_form=form)


@require_http_methods(["GET", "HEAD", "POST"])
@study_view(StudyRight.WORK)
def withdraw(request, study, pk):
    """Take a participant out: say first what goes and what stays, then do it and say what went."""
    found = one_of(study, pk)
    if request.method == "POST":
        removed = recruiting.withdraw(found, by=request.user, now=timezone.now())
        messages.success(request, f"{_('%(who)s has withdrawn.') % {'who': found}} {removed.in_words}")
        return redirect("interviews:participant_list", study=study.slug)
    return render(request, "interviews/withdraw.html", {**about(request, study, "participants"), "participant": found})


def beyond_consent(count):
    """Say of quotes written down before that consent does not cover them any more."""
    said = ngettext(
        "%(n)s quote written down before is not covered by it. It is not shown any more; empty it at its question.",
        "%(n)s quotes written down before are not covered by it. They are not shown any more; empty them at their"
        " questions.",
        count,
    )
    return said % {"n": count}


def one_of(study, pk):
    return get_object_or_404(study.participants.select_related("contact", "project", "site"), pk=pk)


def usual_consent(study):
    """Return what a consent most likely says: today, on the version of the form that was used last in the study."""
    last = Consent.objects.filter(participant__study=study).first()
    return {"given_on": study.program.today(timezone.now()), "form_version": last.form_version if last else ""}


def page(request, study, found, *, form=None, consent_form=None):
    reach = StudyRight.RUN in request.study_rights
    context = {
        **about(request, study, "participants"),
        "participant": found,
        "form": form or ParticipantForm(study=study, reach=reach, instance=found),
        "consent_form": consent_form or ConsentForm(initial=usual_consent(study)),
        "may_plan": found.state not in (found.State.WITHDRAWN, found.State.DECLINED),
        "consents": found.consents.select_related("recorded_by"),
        "interviews": found.interviews.select_related("interviewer"),
        "withdrawn": found.state == found.State.WITHDRAWN,
        "lines": history.lines_about(study, found),
        "today": study.program.today(timezone.now()),
    }
    wrong = (form and form.errors) or (consent_form and consent_form.errors)
    return render(request, "interviews/participant.html", context, status=422 if wrong else 200)
