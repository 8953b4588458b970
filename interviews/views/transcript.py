"""A transcript: choosing its file, looking at what was read, saving it, reading it."""

import io
import re

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import FileResponse, Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from interviews import answering, asking, comparing, margins, transcribing
from interviews.access import StudyRight, may_name, may_read, study_view
from interviews.forms.transcripts import FileForm, SpeakersForm
from interviews.models import Original, Transcript
from interviews.outline import outline
from interviews.views import memo
from interviews.views.coding import LOOKS_BACK
from interviews.views.study import about

LOOKED_AT = 40  # turns of a file that are shown before it is saved
PLACE = re.compile(r"(\d{1,8})-(\d{1,8})", re.ASCII)


@require_http_methods(["GET", "HEAD", "POST"])
@study_view(StudyRight.WORK)
def transcript(request, study, pk):
    """Show the transcript of an interview, or ask for its file."""
    found = one_of(study, pk)
    form = FileForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        name, data = form.cleaned_data["file"]
        try:
            transcribing.choose_file(found, name=name, data=data, by=request.user, now=timezone.now())
        except ValidationError as error:
            form.add_error("file", error)
        else:
            return redirect("interviews:transcript_preview", study=study.slug, pk=pk)
    context = {
        **about(request, study, "interviews"),
        "interview": found,
        "transcript": Transcript.objects.filter(interview=found).select_related("saved_by").first(),
        "original": Original.objects.filter(interview=found).defer("content").first(),
        "form": form,
        "withdrawn": found.participant.state == found.participant.State.WITHDRAWN,
    }
    context["looks"] = looks_at(request, context["original"], found)
    if saved := context["transcript"]:
        saved.interview = found
        readable = may_read(saved, study, request.scopes, request.study_rights)
        names = may_name(saved, found, request.scopes, request.study_rights)
        context |= {"readable": readable, "names": names, "now": timezone.now() - LOOKS_BACK}
        if readable:
            context["blind"] = comparing.coded_blind(saved, request.user)
            context |= to_code(request, study, saved)
    return render(request, "interviews/transcript.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "HEAD", "POST"])
@study_view(StudyRight.WORK)
def transcript_preview(request, study, pk):
    """Show how a chosen file was read and who speaks in it; save it when it is right."""
    found = one_of(study, pk)
    original = Original.objects.filter(interview=found, content__isnull=False).first()
    if original is None or Transcript.objects.filter(interview=found).exists():
        return redirect("interviews:transcript", study=study.slug, pk=pk)
    check_looks(request, original, found)
    preview = transcribing.preview_of(original)
    known = {"sha256": original.sha256}
    form = SpeakersForm(request.POST or None, interview=found, preview=preview, initial=known)
    if request.method == "POST" and form.is_valid() and "look" not in request.POST:
        said = {"sha256": form.cleaned_data["sha256"], "names": form.names}
        try:
            transcribing.save_transcript(found, by=request.user, now=timezone.now(), **said)
        except ValidationError as error:
            form.add_error(None, error)
        else:
            messages.success(request, _("The transcript is saved."))
            return redirect("interviews:transcript", study=study.slug, pk=pk)
    names = form.names if form.is_bound and not form.errors else form.guessed
    shown = transcribing.with_names(preview.read, names)
    context = {
        **about(request, study, "interviews"),
        "interview": found,
        "original": original,
        "form": form,
        "preview": shown,
        "turns": shown.turns[:LOOKED_AT],
        "more": max(0, len(shown.turns) - LOOKED_AT),
    }
    return render(request, "interviews/transcript_preview.html", context, status=422 if form.errors else 200)


@require_POST
@study_view(StudyRight.WORK)
def transcript_drop(request, study, pk):
    """Forget a file that was chosen and not saved."""
    found = one_of(study, pk)
    check_looks(request, Original.objects.filter(interview=found).defer("content").first(), found)
    transcribing.drop_file(found)
    return redirect("interviews:transcript", study=study.slug, pk=pk)


@require_http_methods(["GET", "HEAD", "POST"])
@study_view(StudyRight.RUN)
def transcript_remove(request, study, pk):
    """Remove a transcript with its file, after saying what goes."""
    found = one_of(study, pk)
    if request.method == "POST":
        transcribing.remove_transcript(found, by=request.user, now=timezone.now())
        messages.success(request, _("The transcript and its file are removed."))
        return redirect("interviews:transcript", study=study.slug, pk=pk)
    return render(request, "interviews/transcript_remove.html", {**about(request, study), "interview": found})


@require_safe
@study_view(StudyRight.RUN)
def original(request, study, pk):
    """Hand out a transcript's file as it was chosen, to owners, as a download."""
    found = Original.objects.filter(interview=one_of(study, pk), content__isnull=False).first()
    if found is None:
        raise Http404
    return FileResponse(
        io.BytesIO(found.content), as_attachment=True, filename=found.name, content_type="application/octet-stream"
    )


def looks_at(request, original, interview):
    """Tell whether somebody sees a file that waits: whom it names shows in it, and often in what it is called."""
    return original is None or may_name(original, interview, request.scopes, request.study_rights)


def check_looks(request, original, interview):
    if not looks_at(request, original, interview):
        said = _("Only owners of the study, who held this interview and who chose the file see it before it is saved.")
        raise PermissionDenied(said)


def to_code(request, study, found):
    """Return what the page of a transcript shows to somebody who codes it."""
    codes = list(study.codes.all())
    turns = margins.margins_of(found, reader=request.user, codes=codes)
    questions = answering.Guides(study).of(found.interview)
    asked = asking.asked_in(found.text, found.turns, questions)
    for number, question in asked.items():
        turns[number].asks = question
    return {
        "turns": turns,
        "newest": max((code.pk for code in codes), default=0),
        "rows": outline(code for code in codes if not code.retired_at),
        "at": chosen(request, found, turns),
        "questions": answering.places_of(questions, asked),
        "memo": memo.box_of(request, study, found.interview),
    }


def one_of(study, pk):
    return get_object_or_404(study.interviews.select_related("participant", "interviewer", "guide"), pk=pk)


def chosen(request, transcript, turns):
    """Return the passage that the address asks to be coded, a turn or a place; None where it asks for none."""
    number, place = request.GET.get("turn", ""), PLACE.fullmatch(request.GET.get("at", ""))
    if place and int(place[1]) < int(place[2]) <= len(transcript.text):
        start, end = int(place[1]), int(place[2])
        return {"start": start, "end": end, "words": transcript.text[start:end]}
    if not number.isdecimal() or len(number) > 6 or int(number) >= len(turns):
        return None
    turn = turns[int(number)]
    return {"start": turn.start, "end": turn.end, "words": turn.text}
