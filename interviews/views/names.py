"""Names in a transcript: finding and replacing them, saying that none is left; the key and the end of it."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from interviews import deidentifying, history, naming
from interviews.access import StudyRight, may_name, study_view
from interviews.deidentifying import StaleText
from interviews.forms.names import NamesForm, ProtectionForm, TextForm
from interviews.models import Transcript
from interviews.reading.turns import clock
from interviews.views.search import whole
from interviews.views.study import about
from projects import spreadsheets


@require_http_methods(["GET", "HEAD", "POST"])
@study_view(StudyRight.WORK)
def names(request, study, pk):
    """Show what names somebody in a transcript, and replace what is ticked."""
    found = named(request, study, pk)
    also = request.POST.get("also", "")[:200]
    groups = deidentifying.suggestions(found, study, also=also)
    replacing = request.method == "POST" and "look" not in request.POST
    known = {"revision": found.revision, "also": also}
    form, status = NamesForm(request.POST if replacing else None, groups=groups, initial=known), 200
    if replacing and whole(request.POST.get("revision", "")) != found.revision:
        form, status = NamesForm(groups=groups, initial=known), 409
        messages.warning(request, StaleText().messages[0])
    elif replacing and form.is_valid():
        try:
            picks, revision = form.picks(request.POST.get("only", "")), form.cleaned_data["revision"]
            deidentifying.replace(found, picks, revision=revision, by=request.user, now=timezone.now())
        except ValidationError as error:
            form.add_error(None, error)
        else:
            said = ngettext("%(n)s place is replaced.", "%(n)s places are replaced.", len(picks)) % {"n": len(picks)}
            messages.success(request, said)
            return redirect("interviews:names", study=study.slug, pk=pk)
    context = {
        **about(request, study, "interviews"),
        "interview": found.interview,
        "transcript": found,
        "form": form,
        "cards": form.cards,
        "turns": marked(found, groups),
        "replaced": replaced_in(found, study),
        "not_found": naming.listed(deidentifying.not_found(also, groups)),
    }
    return render(request, "interviews/names.html", context, status=422 if form.errors else status)


@require_POST
@study_view(StudyRight.WORK)
def put_back(request, study, pk):
    """Put back the words for which a placeholder stands."""
    found, form = named(request, study, pk), TextForm(request.POST)
    if form.is_valid():
        start, revision = form.cleaned_data["start"] or 0, form.cleaned_data["revision"]
        answer(request, lambda now: deidentifying.put_back(found, start, revision=revision, by=request.user, now=now))
    return redirect("interviews:names", study=study.slug, pk=pk)


@require_POST
@study_view(StudyRight.WORK)
def cleared(request, study, pk):
    """Say that a transcript names nobody any more, or that it does after all."""
    found, form = named(request, study, pk), TextForm(request.POST)
    if form.is_valid():
        said = {"cleared": form.cleaned_data["cleared"], "revision": form.cleaned_data["revision"]}
        answer(request, lambda now: deidentifying.say_cleared(found, by=request.user, now=now, **said))
    return redirect("interviews:transcript", study=study.slug, pk=pk)


@require_safe
@study_view(StudyRight.RUN)
def key_csv(request, study):
    """Hand out the key: which placeholder stands for which words."""
    name = f"key-{study.slug}.csv"
    return spreadsheets.csv_response(name, deidentifying.key_header(), deidentifying.key_rows(study))


@require_http_methods(["GET", "HEAD", "POST"])
@study_view(StudyRight.RUN)
def protection(request, study):
    """Say who reads a text before names are replaced, and when files and key end."""
    known = {"open_text": study.open_text, "destroy_on": study.destroy_on}
    form = ProtectionForm(request.POST or None, initial=known)
    if request.method == "POST" and form.is_valid():
        try:
            deidentifying.protect(study, by=request.user, now=timezone.now(), **form.cleaned_data)
        except ValidationError as error:
            form.add_error("destroy_on", error)
        else:
            messages.success(request, _("Saved."))
            return redirect("interviews:protection", study=study.slug)
    context = {
        **about(request, study, "people"),
        **deidentifying.files_and_key(study),
        "form": form,
        "lines": history.lines_about_files(study),
        "today": study.program.today(timezone.now()),
    }
    return render(request, "interviews/protection.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "HEAD", "POST"])
@study_view(StudyRight.RUN)
def destroy(request, study):
    """Destroy files and key now, after saying what goes."""
    if request.method == "POST":
        count = deidentifying.destroy(study, by=request.user, now=timezone.now())
        said = ngettext("%(n)s file and the key are destroyed.", "%(n)s files and the key are destroyed.", count)
        messages.success(request, said % {"n": count})
        return redirect("interviews:protection", study=study.slug)
    context = {**about(request, study, "people"), **deidentifying.files_and_key(study)}
    return render(request, "interviews/destroy.html", context)


def named(request, study, pk):
    """Return a transcript for somebody who may see whom it names."""
    rows = Transcript.objects.select_related("interview__participant", "interview__study")
    found = get_object_or_404(rows, interview__study=study, interview__pk=pk)
    if not may_name(found, found.interview, request.scopes, request.study_rights):
        raise PermissionDenied(_("Only owners of the study and those who held this interview see whom it names."))
    return found


def answer(request, doing):
    """Do something to a text; say in words why not where it cannot be done."""
    try:
        doing(timezone.now())
    except ValidationError as error:
        messages.warning(request, " ".join(error.messages))


def marked(transcript, groups):
    """Return the turns of a transcript as pieces: (words, whether they were found)."""
    spans = sorted((place.start, place.end) for group in groups for place in group.places)
    turns = []
    for start, _words, end, _speaker, seconds in transcript.turns:
        pieces, at = [], start
        for first, last in [span for span in spans if start <= span[0] < end]:
            pieces += [(transcript.text[at:first], False), (transcript.text[first:last], True)]
            at = last
        turns.append({"clock": clock(seconds), "pieces": [*pieces, (transcript.text[at:end], False)]})
    return turns


def replaced_in(transcript, study):
    """Return what was replaced: where, the words around it, the placeholder, and the words of the key."""
    words = dict(study.aliases.filter(pk__in={mask[2] for mask in transcript.masks}).values_list("pk", "words"))
    return [
        {
            "start": start,
            "before": transcript.text[max(0, start - 30) : start].split("\n")[-1],
            "placeholder": transcript.text[start:end],
            "words": words.get(alias, ""),
        }
        for start, end, alias in transcript.masks
    ]
