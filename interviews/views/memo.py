"""Memos about an interview and about a code. Those about a coding are written on its card, views/coding.py."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from interviews import memos
from interviews.access import StudyRight, study_view
from interviews.forms.codes import MemoForm


@require_POST
@study_view(StudyRight.WORK)
def interview_memo(request, study, pk):
    """Write what one thinks about an interview."""
    return write(request, study, get_object_or_404(study.interviews.select_related("participant"), pk=pk))


@require_POST
@study_view(StudyRight.WORK)
def code_memo(request, study, pk):
    """Write what one thinks about a code."""
    return write(request, study, get_object_or_404(study.codes, pk=pk))


def write(request, study, thing):
    """Write a memo about a thing; answer to script with its box, to a form with the page of the thing."""
    form = MemoForm(request.POST)
    if form.is_valid():
        try:
            memos.write_memo(study, thing, by=request.user, now=timezone.now(), **form.cleaned_data)
        except ValidationError as error:
            form.add_error(None, error)
    faults = [words for each in form.errors.values() for words in each]
    if request.htmx:
        context = {"study": study, "memo": box_of(request, study, thing, form=form), "saved": not faults}
        return render(request, "interviews/_memos.html", context, status=422 if faults else 200)
    messages.error(request, " ".join(faults)) if faults else messages.success(request, _("The memo is saved."))
    return redirect(f"interviews:{memos.kind_of(thing)}", study=study.slug, pk=thing.pk)


def box_of(request, study, thing, *, form=None):
    """Return what the box of memos about a thing shows: one's own words to change, and what others wrote."""
    kind, written = memos.kind_of(thing), memos.written_about(study, thing, reader=request.user)
    return {
        "id": f"memo-{kind}-{thing.pk}",
        "kind": kind,
        "url": reverse(f"interviews:{kind}_memo", args=[study.slug, thing.pk]),
        "form": form or MemoForm(initial={"text": written.own}),
        "others": written.others,
    }
