"""Searching the transcripts of a study, and giving what was found a code."""

from urllib.parse import urlencode

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db import transaction
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from accounts import once
from interviews import coding_hits, searching
from interviews.access import StudyRight, readable_transcripts, readable_turns, reads_all, study_view
from interviews.forms.searching import HitsForm
from interviews.models import Code, Coding, Question
from interviews.reading.words import terms_of
from interviews.views.coding import moment_of
from interviews.views.study import about

PAGE = 25
LONGEST = 500  # characters of what is asked for


@require_safe
@study_view(StudyRight.WORK)
def search(request, study):
    """Show where words and phrases stand in the transcripts that one may read, a page at a time."""
    return page(request, study, asked=request.GET.get("q", ""))


@require_POST
@study_view(StudyRight.WORK)
def search_code(request, study):
    """Show what it would come to if ticked hits had a code; then put it there, once."""
    form = HitsForm(request.POST, codes=study.codes.in_use(), readable=readable(request, study))
    asked = request.POST.get("q", "")
    if form.is_valid():
        try:
            return carry_out(request, study, asked, form)
        except ValidationError as error:
            form.add_error(None, error)
        except once.Spent:
            messages.info(
                request, _("This form was sent twice. The first time did all of it, the second time nothing.")
            )
            return redirect(address_of(study, asked))
        except once.Invalid:
            messages.warning(request, _("This page had been open for too long. Please tick the passages again."))
            return redirect(address_of(study, asked))
    return page(request, study, asked=asked, form=form)


def carry_out(request, study, asked, form):
    """Code what was ticked, with the token of its preview; without one show the preview. Raises as both do."""
    code, now = form.cleaned_data["code"], timezone.now()
    by = {"by": request.user, "now": now}
    if request.POST.get("stage") == "apply":
        with transaction.atomic():
            once.spend(request.POST.get("token", ""), purpose=purpose(study), by=request.user)
            coding_hits.code_stretches(form.stretches, code, **by)
        return redirect(address_of(study, asked, made=now.isoformat()))
    outcome = coding_hits.code_stretches(form.stretches, code, **by, dry_run=True)
    token = once.token(purpose(study))
    words = {"asked": asked, "form": form, "outcome": outcome, "code": study.codes.get(pk=code), "token": token}
    return render(request, "interviews/search_preview.html", {**about(request, study, "interviews"), **words})


@require_POST
@study_view(StudyRight.WORK)
def search_undo(request, study):
    """Take away all that one coded at one moment from a search."""
    made_at = moment_of(request.POST.get("made", ""))
    count = coding_hits.take_back(study, made_at=made_at, by=request.user, now=timezone.now()) if made_at else 0
    said = ngettext("%(n)s coding is taken away again.", "%(n)s codings are taken away again.", count) % {"n": count}
    messages.success(request, said)
    return redirect(address_of(study, request.POST.get("q", "")))


def page(request, study, *, asked, form=None):
    """Show the search with what it found; where it found something with the form by which that gets a code."""
    asked = asked[:LONGEST]
    terms = terms_of(asked)
    context = {**about(request, study, "interviews"), "asked": asked, "terms": terms}
    if terms:
        context |= hits_of(request, study, terms)
    if context.get("hits"):
        context["form"] = form or HitsForm(codes=study.codes.in_use())
    else:
        context |= {"form": form, "questions": newest_questions(study), "unread": unread(request, study)}
    if made_at := moment_of(request.GET.get("made", "")):
        context |= {"made_at": made_at, "made": made(request, study, made_at)}
    return render(request, "interviews/search.html", context, status=422 if form and form.errors else 200)


def hits_of(request, study, terms):
    """Return a page of hits and how many there are."""
    turns = readable_turns(study, request.scopes, request.study_rights)
    place = {name: whole(request.GET.get(name, "")) for name in ("after", "before")}
    found = searching.search(turns, terms, size=PAGE, **place)
    return {"hits": [searching.hit_of(row, terms) for row in found.page.rows], "found": found}


def readable(request, study):
    return readable_transcripts(study, request.scopes, request.study_rights)


def unread(request, study):
    """Return how many transcripts are not searched, because the person may not read them yet."""
    if reads_all(study, request.study_rights):
        return 0
    return study.interviews.filter(transcript__isnull=False).count() - readable(request, study).count()


def made(request, study, moment):
    """Return what one coded at a moment and has not taken away: how many codings, and the code."""
    rows = Coding.objects.there().filter(code__study=study, coder__user=request.user, created_at=moment)
    return {"codings": rows.count(), "code": Code.objects.filter(codings__in=rows).first()}


def newest_questions(study):
    return Question.objects.filter(guide__in=study.guides.all()[:1])


def whole(said):
    return int(said) if said.isdecimal() and said.isascii() and len(said) < 16 else None


def purpose(study):
    return f"code_hits:{study.pk}"


def address_of(study, asked, **more):
    return f"{reverse('interviews:search', args=[study.slug])}?{urlencode({'q': asked, **more})}"
