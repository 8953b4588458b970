"""The codebook and each of its codes."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST

from interviews import codebook as verbs
from interviews import history, margins
from interviews.access import StudyRight, readable_transcripts, study_view
from interviews.forms.codes import BeginForm, CodeForm, NewCodeForm, OtherCodeForm, SplitForm
from interviews.views import memo
from interviews.views.study import about


@require_http_methods(["GET", "HEAD", "POST"])
@study_view(StudyRight.WORK)
def codebook(request, study):
    """Show the codebook as a tree, and add a code to it."""
    form = NewCodeForm(request.POST or None, study=study)
    if request.method == "POST" and form.is_valid():
        parent = study.codes.filter(pk=form.cleaned_data["parent"] or 0).first()
        try:
            verbs.add_code(study, name=form.cleaned_data["name"], parent=parent, by=request.user, now=timezone.now())
        except ValidationError as error:
            form.add_error("name", error)
        else:
            return redirect("interviews:codebook", study=study.slug)
    return page(request, study, form)


def page(request, study, form, begin=None):
    rows = verbs.tree(study, reader=request.user)
    context = {
        **about(request, study, "codes"),
        "rows": rows,
        "retired": study.codes.exclude(retired_at=None).select_related("merged_into"),
        "form": form,
        "begin": begin or BeginForm(),
        "empty": not rows and not study.codes.exists(),
    }
    wrong = form.errors or context["begin"].errors
    return render(request, "interviews/codebook.html", context, status=422 if wrong else 200)


@require_POST
@study_view(StudyRight.WORK)
def codebook_begin(request, study):
    """Begin the codebook from CFIR or the Roadmap, or take codes from a file."""
    form, by = BeginForm(request.POST, request.FILES), {"by": request.user, "now": timezone.now()}
    if form.is_valid():
        source = form.cleaned_data["source"]
        try:
            if source == "file":
                count = verbs.take_file(study, form.cleaned_data["file"].read(), **by)
            elif source == "cfir":
                count = verbs.begin_from_cfir(study, **by)
            else:
                count = verbs.begin_from_roadmap(study, **by)
        except ValidationError as error:
            form.add_error("file" if source == "file" else None, error)
        else:
            said = ngettext("%(n)s code is added.", "%(n)s codes are added.", count) % {"n": count}
            messages.success(request, said)
            return redirect("interviews:codebook", study=study.slug)
    return page(request, study, NewCodeForm(study=study), form)


@require_http_methods(["GET", "HEAD", "POST"])
@study_view(StudyRight.WORK)
def code(request, study, pk):
    """Show a code with its passages, and change what it means."""
    found = one_of(study, pk)
    form = CodeForm(request.POST or None, instance=one_of(study, pk))
    if request.method == "POST" and form.is_valid():
        try:
            verbs.change_code(found, by=request.user, now=timezone.now(), **form.cleaned_data)
        except ValidationError as error:
            form.add_error("name" if error.code == "name" else None, error)
        else:
            messages.success(request, _("Saved."))
            return redirect("interviews:code", study=study.slug, pk=pk)
    return code_page(request, study, found, form=form)


@require_POST
@study_view(StudyRight.WORK)
def code_move(request, study, pk):
    """Put a code under another or on top."""
    found = one_of(study, pk)
    form = OtherCodeForm(request.POST, code=found, label=_("Under"), top=True)
    if form.is_valid():
        parent = study.codes.filter(pk=form.cleaned_data["code"] or 0).first()
        if done(form, lambda: verbs.move_code(found, parent, by=request.user, now=timezone.now())):
            return redirect("interviews:codebook", study=study.slug)
    return code_page(request, study, found, move=form)


@require_POST
@study_view(StudyRight.WORK)
def code_merge(request, study, pk):
    """Give all that is coded with a code to another, and retire it."""
    found = one_of(study, pk)
    form = OtherCodeForm(request.POST, code=found, label=_("Into"), top=False)
    if form.is_valid():
        into = one_of(study, form.cleaned_data["code"])
        if done(form, lambda: verbs.merge_codes(found, into, by=request.user, now=timezone.now())):
            messages.success(request, _("“%(code)s” is now part of “%(into)s”.") % {"code": found, "into": into})
            return redirect("interviews:code", study=study.slug, pk=into.pk)
    return code_page(request, study, found, merge=form)


@require_POST
@study_view(StudyRight.WORK)
def code_split(request, study, pk):
    """Give chosen passages of a code to a new one beside it."""
    found = one_of(study, pk)
    form = SplitForm(request.POST, passages=readable_passages(request, study, found))
    if form.is_valid():
        said = {"name": form.cleaned_data["name"], "by": request.user, "now": timezone.now()}
        if done(form, lambda: verbs.split_code(found, form.cleaned_data["codings"], **said)):
            messages.success(request, _("“%(name)s” is made.") % said)
            return redirect("interviews:codebook", study=study.slug)
    return code_page(request, study, found, split=form)


@require_POST
@study_view(StudyRight.WORK)
def code_retire(request, study, pk):
    """Take a code out of use, or back into it."""
    found = one_of(study, pk)
    doing = verbs.take_back if found.retired_at else verbs.retire_code
    try:
        doing(found, by=request.user, now=timezone.now())
    except ValidationError as error:
        messages.warning(request, " ".join(error.messages))
        return redirect("interviews:code", study=study.slug, pk=pk)
    return redirect("interviews:codebook", study=study.slug)


def one_of(study, pk):
    return get_object_or_404(study.codes.select_related("parent", "merged_into", "construct", "study__program"), pk=pk)


def done(form, doing):
    """Do something to a code; where it cannot be done, put the reason above the form."""
    try:
        doing()
    except ValidationError as error:
        form.add_error(None, error)
        return False
    return True


def readable_passages(request, study, found):
    readable = readable_transcripts(study, request.scopes, request.study_rights)
    return margins.passages_of(found, readable, reader=request.user)


def code_page(request, study, found, *, form=None, move=None, merge=None, split=None):
    passages = readable_passages(request, study, found)
    context = {
        **about(request, study, "codes"),
        "code": found,
        "form": form or CodeForm(instance=found),
        "move": move or OtherCodeForm(code=found, label=_("Under"), top=True),
        "merge": merge or OtherCodeForm(code=found, label=_("Into"), top=False),
        "split": split or SplitForm(passages=passages),
        "passages": passages,
        "memo": memo.box_of(request, study, found),
        "lines": history.lines_about(study, found),
        "today": study.program.today(timezone.now()),
    }
    wrong = any(one and one.errors for one in (form, move, merge, split))
    return render(request, "interviews/code.html", context, status=422 if wrong else 200)
