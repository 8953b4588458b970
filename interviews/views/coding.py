"""Coding a transcript: putting codes to passages, their memos, and what others do meanwhile."""

import datetime as dt

from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from interviews import codebook, margins, memos
from interviews import coding as verbs
from interviews.access import StudyRight, may_read, study_view
from interviews.forms.codes import CodingForm, MemoForm
from interviews.models import Code, Coding, Transcript
from interviews.views.study import about

LOOKS_BACK = dt.timedelta(seconds=2)  # so that what is being written while we read is seen by the next look


@require_POST
@study_view(StudyRight.WORK)
def coding_new(request, study, pk):
    """Put a code, one that there is or a new one, to a passage; answer with the margin of its turn."""
    transcript, form = text_of(request, study, pk), CodingForm(request.POST)
    if not form.is_valid():
        return refused(request, study, transcript, " ".join(words for each in form.errors.values() for words in each))
    said, by = form.cleaned_data, {"by": request.user, "now": timezone.now()}
    try:
        code = said["code"] or codebook.add_code(study, name=said["name"], **by).pk
        place = {"start": said["start"], "end": said["end"], "revision": said["revision"]}
        made = verbs.apply_code(transcript, code, **place, **by)
    except Code.DoesNotExist as error:
        raise Http404 from error
    except ValidationError as error:
        return refused(request, study, transcript, " ".join(error.messages))
    said_so = _("Coded: %(code)s") % {"code": made.code}
    return answer(request, study, transcript, made, said=said_so, fresh=not said["code"])


@require_http_methods(["GET", "HEAD", "POST"])
@study_view(StudyRight.WORK)
def coding(request, study, pk, coding):
    """Show one coding with its words and memo; write the memo."""
    transcript = text_of(request, study, pk)
    found = one_of(request, transcript, coding)
    form = MemoForm(request.POST or None, initial={"text": memos.own_words(study, found, request.user)})
    if request.method == "POST" and form.is_valid():
        memos.write_memo(study, found, by=request.user, now=timezone.now(), **form.cleaned_data)
        return redirect(f"{address_of(study, pk)}#turn-{margins.turn_of(transcript, found.start)}")
    context = {
        **about(request, study, "interviews"),
        "transcript": transcript,
        "coding": found,
        "words": transcript.text[found.start : found.end],
        "form": form,
        "memos": memos.of_others(study, found, request.user),
        "own": found.coder.user_id == request.user.pk,
    }
    template = "interviews/coding.html" + ("#coding" if request.htmx else "")
    return render(request, template, context, status=422 if form.errors else 200)


@require_POST
@study_view(StudyRight.WORK)
def coding_away(request, study, pk, coding):
    """Take a coding away, or bring one back that was taken away."""
    transcript = text_of(request, study, pk)
    found, by = one_of(request, transcript, coding), {"by": request.user, "now": timezone.now()}
    try:
        if found.removed_at:
            found, said = verbs.bring_back(transcript, found.pk, **by), _("Coded: %(code)s")
        else:
            found, said = verbs.take_away(transcript, found.pk, **by), _("Taken away: %(code)s")
    except ValidationError as error:
        return refused(request, study, transcript, " ".join(error.messages))
    return answer(request, study, transcript, found, said=said % {"code": found.code})


@require_safe
@study_view(StudyRight.WORK)
def codings_since(request, study, pk):
    """Answer with the margins in which others changed something since the last look."""
    transcript, now = text_of(request, study, pk), timezone.now()
    since = parse_datetime(request.GET.get("at", "")) or now
    if timezone.is_naive(since):
        raise Http404
    changed = margins.changed_by_others(transcript, since=since, person=request.user)
    context = {
        "study": study,
        "transcript": transcript,
        "margins": changed,
        "now": now - LOOKS_BACK,
        "stale": request.GET.get("revision", "") != str(transcript.revision),
    }
    return render(request, "interviews/_others.html", context)


def text_of(request, study, pk):
    """Return a transcript for somebody who may read it."""
    rows = Transcript.objects.select_related("interview__participant", "interview__study__program")
    found = get_object_or_404(rows, interview__study=study, interview=pk)
    if not may_read(found, study, request.scopes, request.study_rights):
        raise PermissionDenied(_("Names are still in this text. It can be read once they are replaced."))
    return found


def one_of(request, transcript, coding):
    rows = Coding.objects.visible_to_coder(request.user).select_related("code", "coder__user")
    return get_object_or_404(rows, pk=coding, transcript=transcript)


def address_of(study, pk):
    return redirect("interviews:transcript", study=study.slug, pk=pk).url


def answer(request, study, transcript, made, *, said, fresh=False):
    """Answer to script with the margin of the turn and a toast with Undo, to a form with its place in the page."""
    number = margins.turn_of(transcript, made.start)
    if not request.htmx:
        return redirect(f"{address_of(study, transcript.interview_id)}#turn-{number}")
    context = {
        "study": study,
        "transcript": transcript,
        "number": number,
        "codings": margins.margin(transcript, number, reader=request.user),
        "made": made,
        "said": said,
        "fresh": fresh,
    }
    return render(request, "interviews/_margin_answer.html", context)


def refused(request, study, transcript, words):
    """Say why something could not be done: to script as a toast, to a form on a page with the way back."""
    context = {"study": study, "transcript": transcript, "words": words, **about(request, study, "interviews")}
    template = "interviews/_refused.html" if request.htmx else "interviews/refused.html"
    return render(request, template, context, status=422)
