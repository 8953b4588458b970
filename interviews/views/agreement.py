"""Rounds of double coding: the list, one round, and settling where coders differ."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from interviews import agreeing, comparing, differing, settling
from interviews.access import StudyRight, readable_transcripts, study_view
from interviews.forms.agreement import PlacesForm, RoundForm, SettleForm
from interviews.models import AgreementRound, Code, Settlement, Transcript
from interviews.views.search import whole
from interviews.views.study import about
from projects import spreadsheets


@require_safe
@study_view(StudyRight.WORK)
def agreement(request, study):
    """Show the rounds of a study, and how agreement went over time."""
    rounds = comparing.rounds_of(study)
    context = {**part(request, study), "rounds": rounds, "drawn": comparing.drawn(rounds)}
    return render(request, "interviews/agreement.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@study_view(StudyRight.RUN)
def agreement_new(request, study):
    """Open a round."""
    form = RoundForm(request.POST or None, study=study)
    if request.method == "POST" and form.is_valid():
        try:
            made = agreeing.open_round(study, by=request.user, now=timezone.now(), **form.said)
        except ValidationError as error:
            form.add_error(error.code if error.code in form.fields else None, error)
        else:
            return redirect("interviews:agreement_round", study=study.slug, pk=made.pk)
    context = {**part(request, study), "form": form}
    return render(request, "interviews/agreement_new.html", context, status=422 if form.errors else 200)


@require_safe
@study_view(StudyRight.WORK)
def agreement_round(request, study, pk):
    """Show a round: how far its coders are, or what it came to."""
    found = one_of(study, pk)
    context = {
        **part(request, study),
        "round": found,
        "unit_name": comparing.UNIT_NAMES[found.unit],
        "unit_words": comparing.UNITS[found.unit],
        "compared": comparing.compared(found) if found.closed_at else None,
        "progress": None if found.closed_at else comparing.progress_of(found),
    }
    return render(request, "interviews/agreement_round.html", context)


@require_safe
@study_view(StudyRight.WORK)
def agreement_csv(request, study, pk):
    """Hand out the figures of a closed round, a row for each code and two coders."""
    found = one_of(study, pk)
    if not found.closed_at:
        raise Http404
    name = f"agreement-{study.slug}-{found.pk}.csv"
    return spreadsheets.csv_response(name, comparing.file_header(), comparing.file_rows(comparing.compared(found)))


@require_POST
@study_view(StudyRight.WORK)
def agreement_through(request, study, pk):
    """Say that one is through with an interview of a round, or not after all; go back to where one was."""
    found, number = one_of(study, pk), whole(request.POST.get("transcript", ""))
    talk = get_object_or_404(Transcript, pk=number or 0, agreement_rounds=found)
    through = request.POST.get("through") == "1"
    try:
        agreeing.say_through(found, talk.pk, through=through, by=request.user, now=timezone.now())
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    if "transcript_page" in request.POST:
        return redirect("interviews:transcript", study=study.slug, pk=talk.interview_id)
    return redirect("interviews:agreement_round", study=study.slug, pk=pk)


@require_http_methods(["GET", "HEAD", "POST"])
@study_view(StudyRight.RUN)
def agreement_close(request, study, pk):
    """Close a round, after saying who is not through yet."""
    found = one_of(study, pk)
    if found.closed_at:
        return redirect("interviews:agreement_round", study=study.slug, pk=pk)
    if request.method == "POST":
        agreeing.close_round(found, by=request.user, now=timezone.now())
        return redirect("interviews:agreement_round", study=study.slug, pk=pk)
    context = {**part(request, study), "round": found, "progress": comparing.progress_of(found)}
    return render(request, "interviews/agreement_close.html", context)


@require_POST
@study_view(StudyRight.RUN)
def agreement_drop(request, study, pk):
    """End an open round without figures."""
    found = one_of(study, pk)
    try:
        agreeing.drop_round(found, by=request.user, now=timezone.now())
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
        return redirect("interviews:agreement_round", study=study.slug, pk=pk)
    messages.success(request, _("“%(round)s” is ended without figures. All codings stay.") % {"round": found})
    return redirect("interviews:agreement", study=study.slug)


@require_safe
@study_view(StudyRight.WORK)
def differences(request, study, pk):
    """Show the places where the coders of a closed round differ, side by side."""
    found, form = one_of(study, pk), PlacesForm(request.GET)
    if not found.closed_at:
        raise Http404
    reader = reader_of(request, found)
    places = reader.page(**form.asked)
    context = {
        **part(request, study),
        "round": found,
        "places": places,
        "reader": reader,
        "bar": bar_of(reader, form),
        "pages": pages_of(reverse("interviews:differences", args=[study.slug, pk]), form, places),
    }
    return render(request, "interviews/differences.html", context)


@require_POST
@study_view(StudyRight.WORK)
def settle(request, study, pk):
    """Decide whether a code belongs at a place; answer with the place."""
    found, form = one_of(study, pk), SettleForm(request.POST)
    if not form.is_valid():
        raise Http404
    said = form.cleaned_data
    get_object_or_404(readable_transcripts(study, request.scopes, request.study_rights), pk=said["transcript"])
    refusal = ""
    try:
        settling.settle(found, by=request.user, now=timezone.now(), **said)
    except (Transcript.DoesNotExist, Code.DoesNotExist) as error:
        raise Http404 from error
    except ValidationError as error:
        refusal = " ".join(error.messages)
    return answer(request, study, found, (said["transcript"], said["start"], said["end"]), refusal)


@require_POST
@study_view(StudyRight.WORK)
def unsettle(request, study, pk, settlement):
    """Undo a settlement; answer with its place."""
    found = one_of(study, pk)
    one = get_object_or_404(Settlement, pk=settlement, round=found)
    get_object_or_404(readable_transcripts(study, request.scopes, request.study_rights), pk=one.transcript_id)
    refusal = ""
    try:
        settling.unsettle(found, one.pk, by=request.user, now=timezone.now())
    except ValidationError as error:
        refusal = " ".join(error.messages)
    return answer(request, study, found, (one.transcript_id, one.start, one.end), refusal)


def answer(request, study, found, key, refusal):
    """Answer to script with the place as it stands now, to a form with the page at that place."""
    place = reader_of(request, found).at(key)
    if not request.htmx or place is None:
        if refusal:
            messages.error(request, refusal)
        back = reverse("interviews:differences", args=[study.slug, found.pk])
        return redirect(f"{back}?show=all&after={place.number - 1}#place-{place.number}" if place else back)
    context = {"study": study, "round": found, "place": place, "refusal": refusal}
    return render(request, "interviews/_place.html", context, status=422 if refusal else 200)


def reader_of(request, found):
    return differing.Reader(found, readable_transcripts(found.study, request.scopes, request.study_rights))


def part(request, study):
    """Return what every page of agreement needs."""
    return {**about(request, study, "analysis"), "part": "agreement"}


def one_of(study, pk):
    rows = AgreementRound.objects.select_related("study__program", "opened_by", "closed_by")
    return get_object_or_404(rows, study=study, pk=pk)


def bar_of(reader, form):
    """Return the filters above the places."""
    codes = [("", _("all"))] + [(code.pk, f"{code} ({times})") for code, times in reader.codes]
    return [
        {"name": "code", "label": _("Code"), "value": form.asked["code"] or "", "choices": codes},
        {"name": "show", "label": _("Places"), "value": form.shown, "choices": form.fields["show"].choices},
    ]


def pages_of(url, form, places):
    """Return the addresses of the pages before and behind this one."""
    said = {"code": form.asked["code"], "show": form.shown}
    kept = "".join(f"&{name}={value}" for name, value in said.items() if value)
    return {
        "previous": f"{url}?before={places.before}{kept}" if places.before else "",
        "next": f"{url}?after={places.after}{kept}" if places.after else "",
    }
