"""Coding a transcript: putting codes to passages, their memos, and what is done elsewhere meanwhile."""

import datetime as dt
import re
from functools import wraps

from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from interviews import coding as verbs
from interviews import margins, memos
from interviews.access import StudyRight, may_read, study_view
from interviews.forms.codes import CodingForm, MemoForm
from interviews.models import Code, Coding, Transcript
from interviews.views.study import about

KNOWN = re.compile(r"[0-9]{1,18}")  # the id of the newest code that a page knows
LOOKS_BACK = dt.timedelta(seconds=2)  # so that what is being written while we read is seen by the next look


def on_text(view):
    """Hand a view the transcript of an interview, for somebody who may read it.

    Who still has the text open when its participant withdraws is told so, and the text goes from the page.
    """

    @wraps(view)
    def opened(request, study, pk, **kwargs):
        try:
            found = text_of(request, study, pk)
        except Http404:
            return gone(request, study, get_object_or_404(study.interviews.select_related("participant"), pk=pk))
        return view(request, study, found, **kwargs)

    return opened


@require_POST
@study_view(StudyRight.WORK)
@on_text
def coding_new(request, study, transcript):
    """Put a code, one that there is or a new one, to a passage; answer with the margin of its turn."""
    form = CodingForm(request.POST)
    if not form.is_valid():
        return refused(request, study, transcript, " ".join(words for each in form.errors.values() for words in each))
    said = form.cleaned_data
    apply, code = (verbs.apply_code, said["code"]) if said["code"] else (verbs.apply_named_code, said["name"])
    place = {"start": said["start"], "end": said["end"], "revision": said["revision"]}
    try:
        made = apply(transcript, code, **place, by=request.user, now=timezone.now())
    except Code.DoesNotExist as error:
        raise Http404 from error
    except ValidationError as error:
        return refused(request, study, transcript, " ".join(error.messages))
    said_so = _("Coded: %(code)s") % {"code": made.code}
    fresh = not said["code"] and made.code.created_by_id == request.user.pk  # others' come with the next look
    return answer(request, study, transcript, made, said=said_so, fresh=fresh)


@require_http_methods(["GET", "HEAD", "POST"])
@study_view(StudyRight.WORK)
@on_text
def coding(request, study, transcript, coding):
    """Show one coding with its words and memos; write one's own memo."""
    found = one_of(request, transcript, coding)
    written = memos.written_about(study, found, reader=request.user)
    form = MemoForm(request.POST or None, initial={"text": written.own})
    saved = request.method == "POST" and form.is_valid()
    if saved:
        try:
            memos.write_memo(study, found, by=request.user, now=timezone.now(), **form.cleaned_data)
        except ValidationError as error:
            return refused(request, study, transcript, " ".join(error.messages))
        if not request.htmx:
            return redirect(f"{address_of(study, transcript)}#turn-{margins.turn_of(transcript, found.start)}")
    context = {
        **about(request, study, "interviews"),
        "transcript": transcript,
        "coding": found,
        "words": transcript.text[found.start : found.end],
        "form": form,
        "memos": written.others,
        "own": found.coder.user_id == request.user.pk,
    }
    if saved:
        context |= margin_of(request, transcript, found, said=_("The memo is saved."))
    template = "interviews/coding.html" + ("#coding" if request.htmx else "")
    return render(request, template, context, status=422 if form.errors else 200)


@require_POST
@study_view(StudyRight.WORK)
@on_text
def coding_away(request, study, transcript, coding):
    """Take a coding away, or bring one back that was taken away."""
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
@on_text
def codings_since(request, study, transcript):
    """Answer with the margins in which something changed since the last look, and the codes that others made.

    What one did oneself comes too: there may be a second window. One's own codes come as their name is typed there.
    """
    now = timezone.now()
    since = moment_of(request.GET["at"]) if "at" in request.GET else now
    if since is None:
        raise Http404
    changed = margins.changed_since(transcript, since=since, reader=request.user)
    known = request.GET.get("codes", "")
    if known and not KNOWN.fullmatch(known):
        raise Http404
    codes = list(study.codes.in_use().filter(pk__gt=known).order_by("pk")) if known else []
    context = {
        "study": study,
        "transcript": transcript,
        "margins": changed,
        "codes": [code for code in codes if not code.folder and code.created_by_id != request.user.pk],
        "newest": codes[-1].pk if codes else known,
        "now": now - LOOKS_BACK,
        "stale": request.GET.get("revision", "") != str(transcript.revision),
    }
    return render(request, "interviews/_others.html", context)


def text_of(request, study, pk):
    """Return a transcript for somebody who may read it."""
    rows = Transcript.objects.select_related("interview__participant", "interview__study__program")
    found = get_object_or_404(rows, interview__study=study, interview__pk=pk)
    if not may_read(found, study, request.scopes, request.study_rights):
        raise PermissionDenied(_("Names are still in this text. It can be read once they are replaced."))
    return found


def one_of(request, transcript, coding):
    rows = Coding.objects.visible_to_coder(request.user).select_related("code", "coder__user")
    return get_object_or_404(rows, pk=coding, transcript=transcript)


def address_of(study, transcript):
    return reverse("interviews:transcript", args=[study.slug, transcript.interview_id])


def moment_of(said):
    """Return a moment from an address or a form; None for what is none, or in a year that has no other beside it."""
    try:
        moment = parse_datetime(said)
    except ValueError:
        return None
    return moment if moment and timezone.is_aware(moment) and dt.MINYEAR < moment.year < dt.MAXYEAR else None


def answer(request, study, transcript, made, *, said, fresh=False):
    """Answer to script with the margin of the turn and a toast with Undo, to a form with its place in the page."""
    if not request.htmx:
        return redirect(f"{address_of(study, transcript)}#turn-{margins.turn_of(transcript, made.start)}")
    context = {"study": study, "transcript": transcript, "made": made, "fresh": fresh, "undo": True}
    context |= margin_of(request, transcript, made, said=said)
    return render(request, "interviews/_margin_answer.html", context)


def margin_of(request, transcript, made, *, said):
    """Return what the margin beside a coding shows, and what is said of it."""
    number = margins.turn_of(transcript, made.start)
    return {"number": number, "codings": margins.margin(transcript, number, reader=request.user), "said": said}


def refused(request, study, transcript, words):
    """Say why something could not be done: to script as a toast, to a form on a page with the way back."""
    back = address_of(study, transcript)
    context = {"study": study, "back": back, "words": words, **about(request, study, "interviews")}
    template = "interviews/_refused.html" if request.htmx else "interviews/refused.html"
    return render(request, template, context, status=422)


def gone(request, study, interview):
    """Say that a participant has withdrawn, and take the text from a page that still shows it; 404 for any other."""
    if interview.participant.state != interview.participant.State.WITHDRAWN:
        raise Http404
    words = _("%(who)s has withdrawn. What was said and coded here is removed.") % {"who": interview.participant}
    back = reverse("interviews:interview", args=[study.slug, interview.pk])
    context = {"words": words, "back": back, "post": request.method == "POST", **about(request, study, "interviews")}
    template = "interviews/_gone.html" if request.htmx else "interviews/refused.html"
    return render(request, template, context, status=422 if request.method == "POST" else 200)
