"""What a study found, theme by theme, and each of its themes."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from interviews import evidence, memos, paging, retrieving, telling, theming
from interviews.access import StudyRight, readable_transcripts, study_view
from interviews.forms.analysis import PlaceForm
from interviews.forms.codes import MemoForm
from interviews.forms.findings import IntoThemeForm, NewThemeForm, ThemeCodesForm, ThemeForm
from interviews.forms.guides import step_names
from interviews.models import Coding
from interviews.views.search import whole
from interviews.views.study import about

PAGE = 30


@require_safe
@study_view(StudyRight.FINDINGS)
def findings(request, study):
    """Show what a study found: to those in it everything, to leads and administrators what is published."""
    if StudyRight.WORK not in request.study_rights:
        return told_page(request, study, telling.of_study(study))
    return findings_page(request, study, NewThemeForm())


def told_page(request, study, told):
    """Show findings to somebody outside the study, as site teams are told of them."""
    name_ties(study, [tie for one in told for tie in one.steps])
    context = {**about(request, study, "findings"), **telling.as_told(told)}
    return render(request, "interviews/findings_told.html", context)


@require_POST
@study_view(StudyRight.WORK)
def theme_new(request, study):
    """Begin a theme."""
    form = NewThemeForm(request.POST)
    if form.is_valid():
        try:
            made = theming.begin_theme(study, by=request.user, now=timezone.now(), **form.cleaned_data)
        except ValidationError as error:
            form.add_error("name", error)
        else:
            return redirect("interviews:theme", study=study.slug, pk=made.pk)
    return findings_page(request, study, form)


def findings_page(request, study, form):
    chapters = evidence.chapters_of(study)
    name_ties(study, [tie for chapter in chapters for one in chapter.findings for tie in one.ties])
    context = {**about(request, study, "findings"), "chapters": chapters, "form": form}
    return render(request, "interviews/findings.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "HEAD", "POST"])
@study_view(StudyRight.WORK)
def theme(request, study, pk):
    """Show a theme with what it gathers and what was found in it, and change its name and meaning."""
    found = one_of(study, pk)
    form, status = ThemeForm(request.POST or None, theme=found), 200
    if request.method == "POST" and form.is_valid():
        try:
            theming.change_theme(found, by=request.user, now=timezone.now(), **form.cleaned_data)
        except ValidationError as error:
            form.add_error("name" if error.code == "name" else None, error)
            if error.code == "stale":
                found, status = one_of(study, pk), 409
                form.show_theirs(found)
        else:
            messages.success(request, _("Saved."))
            return redirect("interviews:theme", study=study.slug, pk=pk)
    return theme_page(request, study, found, form=form, status=status)


def theme_page(request, study, found, *, form=None, status=200):
    written = memos.written_about(study, found, reader=request.user)
    stated = evidence.stated(found.findings.all(), study)
    name_ties(study, [tie for one in stated for tie in one.ties])
    context = {
        **about(request, study, "findings"),
        **gathered(request, study, found),
        "gathering": found,
        "form": form or ThemeForm(theme=found),
        "stated": stated,
        "memo_form": MemoForm(initial={"text": written.own}),
        "memos": written.others,
    }
    wrong = status == 200 and form and form.errors
    return render(request, "interviews/theme.html", context, status=422 if wrong else status)


def gathered(request, study, found):
    """Return the codes of a theme and a page of its passages, as far as the reader may see them."""
    place = PlaceForm(request.GET)
    passages = readable_codings(request, study).filter(pk__in=theming.codings_of(found).values("pk"))
    page = paging.page_of(passages.only("pk"), retrieving.ORDER, size=PAGE, **place.place)
    codings, interviews = retrieving.how_many(passages)
    return {
        **place.around(page),
        "codes": found.codes.all(),
        "single": set(found.codings.values_list("pk", flat=True)),
        "passages": retrieving.as_read(one.pk for one in page.rows),
        "codings": codings,
        "interviews": interviews,
    }


@require_http_methods(["GET", "HEAD", "POST"])
@study_view(StudyRight.WORK)
def theme_codes(request, study, pk):
    """Choose the codes of the codebook that belong to a theme."""
    found = one_of(study, pk)
    form = ThemeCodesForm(request.POST or None, theme=found)
    if request.method == "POST" and form.is_valid():
        theming.choose_codes(found, form.cleaned_data["codes"], by=request.user, now=timezone.now())
        return redirect("interviews:theme", study=study.slug, pk=pk)
    context = {**about(request, study, "findings"), "gathering": found, "form": form}
    return render(request, "interviews/theme_codes.html", context, status=422 if form.errors else 200)


@require_POST
@study_view(StudyRight.WORK)
def theme_let_go(request, study, pk):
    """Let a single passage go out of a theme."""
    found, coding = one_of(study, pk), whole(request.POST.get("coding", ""))
    theming.let_go(found, codings=[coding] if coding else [], by=request.user, now=timezone.now())
    return redirect("interviews:theme", study=study.slug, pk=pk)


@require_POST
@study_view(StudyRight.WORK)
def theme_memo(request, study, pk):
    """Write what one thinks about a theme."""
    found, form = one_of(study, pk), MemoForm(request.POST)
    if form.is_valid():
        memos.write_memo(study, found, by=request.user, now=timezone.now(), **form.cleaned_data)
    else:
        messages.error(request, " ".join(form.errors["text"]))
    return redirect("interviews:theme", study=study.slug, pk=pk)


@require_POST
@study_view(StudyRight.WORK)
def theme_remove(request, study, pk):
    """Remove a theme that holds nothing."""
    found = one_of(study, pk)
    try:
        theming.remove_theme(found, by=request.user, now=timezone.now())
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
        return redirect("interviews:theme", study=study.slug, pk=pk)
    messages.success(request, _("“%(theme)s” is removed.") % {"theme": found})
    return redirect("interviews:findings", study=study.slug)


@require_http_methods(["GET", "HEAD", "POST"])
@study_view(StudyRight.WORK)
def coding_leads(request, study, pk, coding):
    """Show where a coding leads: themes, findings, steps, barriers and strategies; put it into a theme."""
    rows = readable_codings(request, study).select_related("code", "transcript__interview")
    found = get_object_or_404(rows.defer("transcript__text"), pk=coding, transcript__interview__pk=pk)
    form = IntoThemeForm(request.POST or None, study=study)
    if request.method == "POST" and form.is_valid():
        theming.gather(form.cleaned_data["theme"], codings=[found.pk], by=request.user, now=timezone.now())
        if not request.htmx:
            return redirect("interviews:coding", study=study.slug, pk=pk, coding=coding)
    leads = evidence.leads_of(found, study)
    name_ties(study, [tie for one in leads["stated"] for tie in one.ties])
    context = {
        **about(request, study, "interviews"),
        **leads,
        "transcript": found.transcript,
        "coding": found,
        "form": form,
    }
    template = "interviews/coding_leads.html" + ("#leads" if request.htmx else "")
    return render(request, template, context, status=422 if form.errors else 200)


def name_ties(study, ties):
    """Give ties to steps the names of their steps, as the Roadmap has them now."""
    names = step_names(study) if ties else {}
    for tie in ties:
        tie.step_name = names.get(tie.step_key, tie.step_key)


def one_of(study, pk):
    return get_object_or_404(study.themes.select_related("study__program"), pk=pk)


def readable_codings(request, study):
    """Return the codings of a study whose words the person may read, and which they do not code blind."""
    texts = readable_transcripts(study, request.scopes, request.study_rights)
    return Coding.objects.there().visible_to_coder(request.user).filter(transcript__in=texts.values("pk"))
