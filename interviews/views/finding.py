"""A finding: stating it, what it rests on, what it means for the Roadmap, and publishing it."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from interviews import codebook, concluding, evidence, naming, paging, retrieving, sources, telling
from interviews.access import StudyRight, study_view
from interviews.forms.findings import (
    EvidenceForm,
    FindingBarriersForm,
    FindingForm,
    FindingStrategiesForm,
    SourceForm,
    TieForm,
)
from interviews.models import Finding, FindingStep
from interviews.views.search import whole
from interviews.views.study import about
from interviews.views.theme import name_ties, readable_codings, told_page

PAGE = 50


@require_http_methods(["GET", "HEAD", "POST"])
@study_view(StudyRight.WORK)
def finding_new(request, study):
    """State a finding."""
    form = FindingForm(request.POST or None, study=study, initial={"theme": request.GET.get("theme", "")})
    if request.method == "POST" and form.is_valid():
        said = {name: form.cleaned_data[name] for name in ("sentence", "theme")}
        made = concluding.state_finding(study, by=request.user, now=timezone.now(), **said)
        return redirect("interviews:finding", study=study.slug, pk=made.pk)
    context = {**about(request, study, "findings"), "form": form}
    return render(request, "interviews/finding_edit.html", context, status=422 if form.errors else 200)


@require_safe
@study_view(StudyRight.FINDINGS)
def finding(request, study, pk):
    """Show a finding: to those in the study with all that is behind it, to others as site teams see it."""
    if StudyRight.WORK in request.study_rights:
        return finding_page(request, study, one_of(study, pk))
    told = [one for one in telling.of_study(study) if one.finding.pk == pk]
    if not told:
        raise Http404
    return told_page(request, study, told)


def finding_page(request, study, found, *, tie=None, faults=()):
    """Show all of a finding; `tie` is a form that needs another look, `faults` what is wrong with chosen quotes."""
    people = evidence.people_of([study.pk])
    pieces = evidence.pieces_of([found], people, readable=readable_codings(request, study))[found.pk]
    [told] = telling.tell(Finding.objects.filter(pk=found.pk))
    name_ties(study, told.steps)
    context = {
        **about(request, study, "findings"),
        "finding": found,
        "pieces": [(one, one.hindrance(open_text=study.open_text)) for one in pieces],
        "strength": evidence.strengths_of([found], people)[found.pk],
        "told": told,
        "missing": [] if found.published_at else concluding.missing(found),
        "named": naming.names_told(study, found.sentence),
        "tie_form": tie or TieForm(study=study),
        "faults": faults,
        "most": evidence.MOST_QUOTES,
        "fewest": evidence.FEWEST,
    }
    wrong = faults or (tie and tie.errors)
    return render(request, "interviews/finding.html", context, status=422 if wrong else 200)


@require_http_methods(["GET", "HEAD", "POST"])
@study_view(StudyRight.WORK)
def finding_edit(request, study, pk):
    """Change what a draft says, and its theme."""
    found, status = one_of(study, pk), 200
    form = FindingForm(request.POST or None, study=study, finding=found)
    if request.method == "POST" and form.is_valid():
        try:
            concluding.change_finding(found, by=request.user, now=timezone.now(), **form.cleaned_data)
        except ValidationError as error:
            form.add_error(None, error)
            if error.code == "stale":
                found, status = one_of(study, pk), 409
                form.show_theirs(found)
        else:
            return redirect("interviews:finding", study=study.slug, pk=pk)
    named = naming.names_told(study, found.sentence)
    context = {**about(request, study, "findings"), "finding": found, "form": form, "named": named}
    wrong = status == 200 and form.errors
    return render(request, "interviews/finding_edit.html", context, status=422 if wrong else status)


@require_http_methods(["GET", "HEAD", "POST"])
@study_view(StudyRight.WORK)
def finding_barriers(request, study, pk):
    """Say which barriers (CFIR) a finding speaks of; then come the strategies."""
    found = one_of(study, pk)
    form = FindingBarriersForm(request.POST or None, finding=found)
    if named(request, form, concluding.name_barriers, found):
        return redirect("interviews:finding_strategies", study=study.slug, pk=pk)
    context = {**about(request, study, "findings"), "finding": found, "form": form}
    return render(request, "interviews/finding_barriers.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "HEAD", "POST"])
@study_view(StudyRight.WORK)
def finding_strategies(request, study, pk):
    """Say which strategies (ERIC) a finding speaks of; those that experts would choose come first."""
    found = one_of(study, pk)
    form = FindingStrategiesForm(request.POST or None, finding=found)
    if named(request, form, concluding.name_strategies, found):
        return redirect("interviews:finding", study=study.slug, pk=pk)
    context = {**about(request, study, "findings"), "finding": found, "form": form}
    return render(request, "interviews/finding_strategies.html", context, status=422 if form.errors else 200)


def named(request, form, naming, found):
    """Tell whether what was ticked is named by a finding now; put the reason above the form where it cannot be."""
    if request.method != "POST" or not form.is_valid():
        return False
    try:
        naming(found, *form.cleaned_data.values(), by=request.user, now=timezone.now())
    except ValidationError as error:
        form.add_error(None, error)
    return not form.errors


# ---- what it rests on


@require_http_methods(["GET", "HEAD", "POST"])
@study_view(StudyRight.WORK)
def finding_evidence(request, study, pk):
    """Choose the passages and summaries that a finding rests on, from one place at a time."""
    found, readable = one_of(study, pk), readable_codings(request, study)
    form = EvidenceForm(request.POST or None, codings=readable, summaries=sources.summaries_in(study))
    if request.method == "POST" and form.is_valid():
        return put_behind(request, study, found, **form.chosen)
    chosen = SourceForm(
        request.GET, sources=sources.sources_of(found, codebook.tree(study, reader=request.user), readable)
    )
    passages = sources.passages_from(found, chosen.chosen, readable)
    page = paging.page_of(passages.only("pk"), retrieving.ORDER, size=PAGE, **chosen.place)
    context = {
        **about(request, study, "findings"),
        **chosen.around(page),
        "finding": found,
        "form": form,
        "chosen": chosen,
        "passages": sources.read_passages(found, [one.pk for one in page.rows]),
        "summaries": sources.summaries_from(found, chosen.chosen),
    }
    return render(request, "interviews/finding_evidence.html", context, status=422 if form.errors else 200)


@require_POST
@study_view(StudyRight.WORK)
def evidence_theme(request, study, pk):
    """Put all passages of its theme that the person may read behind a finding."""
    found = one_of(study, pk)
    passages = sources.passages_from(found, sources.THEME, readable_codings(request, study))
    return put_behind(request, study, found, codings=[one.pk for one in passages])


def put_behind(request, study, found, **chosen):
    try:
        count = concluding.rest_on(found, by=request.user, now=timezone.now(), **chosen)
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    else:
        said = ngettext("%(n)s more stands behind it.", "%(n)s more stand behind it.", count) % {"n": count}
        messages.success(request, said if count else _("Nothing new: all of it stands behind it already."))
    return redirect("interviews:finding", study=study.slug, pk=found.pk)


@require_POST
@study_view(StudyRight.WORK)
def evidence_away(request, study, pk):
    """Take a piece of evidence away from behind a finding."""
    found = one_of(study, pk)
    return acted(request, study, pk, concluding.rest_no_more_on, found, picked(request, "away"))


@require_POST
@study_view(StudyRight.WORK)
def finding_quotes(request, study, pk):
    """Choose what site teams read word for word."""
    found = one_of(study, pk)
    try:
        concluding.choose_quotes(found, picked(request, "evidence"), by=request.user, now=timezone.now())
    except ValidationError as error:
        return finding_page(request, study, found, faults=error.messages)
    messages.success(request, _("Saved."))
    return redirect("interviews:finding", study=study.slug, pk=pk)


def picked(request, name):
    """Return the ids of what was ticked; the verbs leave out those of other findings, and of what is gone meanwhile."""
    return [pk for one in request.POST.getlist(name) if (pk := whole(one))]


# ---- what it means for the Roadmap, and publishing


@require_POST
@study_view(StudyRight.WORK)
def finding_tie(request, study, pk):
    """Say how a finding stands to the guidance of a step, or what it proposes there."""
    found, form = one_of(study, pk), TieForm(request.POST, study=study)
    if form.is_valid():
        try:
            concluding.tie(found, by=request.user, now=timezone.now(), **form.cleaned_data)
        except ValidationError as error:
            form.add_error(error.code if error.code in form.fields else None, error)
        else:
            return redirect("interviews:finding", study=study.slug, pk=pk)
    return finding_page(request, study, found, tie=form)


@require_POST
@study_view(StudyRight.WORK)
def finding_untie(request, study, pk, tie):
    """Take back what a finding means for a step."""
    found = one_of(study, pk)
    try:
        return acted(request, study, pk, concluding.untie, found, tie)
    except FindingStep.DoesNotExist as error:
        raise Http404 from error


@require_POST
@study_view(StudyRight.RUN)
def finding_publish(request, study, pk):
    """Show a finding to site teams at its steps."""
    said = _("Published. Site teams see it on the pages of its steps.")
    return acted(request, study, pk, concluding.publish, one_of(study, pk), said=said)


@require_POST
@study_view(StudyRight.RUN)
def finding_take_back(request, study, pk):
    """Show a finding to site teams no longer."""
    said = _("Taken back. Site teams no longer see it.")
    return acted(request, study, pk, concluding.take_back, one_of(study, pk), said=said)


@require_POST
@study_view(StudyRight.WORK)
def finding_remove(request, study, pk):
    """Remove a draft."""
    found = one_of(study, pk)
    try:
        concluding.remove_finding(found, by=request.user, now=timezone.now())
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
        return redirect("interviews:finding", study=study.slug, pk=pk)
    messages.success(request, _("The draft is removed."))
    return redirect("interviews:findings", study=study.slug)


def acted(request, study, pk, doing, *what, said=""):
    """Do something to a finding and go back to its page, where it says so, or why it could not be done."""
    try:
        doing(*what, by=request.user, now=timezone.now())
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    else:
        if said:
            messages.success(request, said)
    return redirect("interviews:finding", study=study.slug, pk=pk)


def one_of(study, pk):
    return get_object_or_404(study.findings.select_related("theme", "study__program", "published_by"), pk=pk)
