"""Notes at a plan: reading them, writing one, and editing one that others may be editing too."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from projects import mentioning, notes, plan_page
from projects.access import Right, plan_view
from projects.forms.note import EditNoteForm, NoteForm
from projects.models import PlanItem, PlanStep
from projects.views.answers import back, page_of, safe_next

SHOWN = 50  # on a page


@require_safe
@plan_view(Right.VIEW)
def note_list(request, plan):
    """Show every note of a plan that the person may read, newest first, paged by key."""
    today, viewer = plan.program.today(timezone.now()), plan_page.viewer_of(request.scopes, plan)
    rows, before = plan_page.readable_notes(plan, viewer).order_by("-pk"), request.GET.get("before", "")
    if before.isdecimal():
        rows = rows.filter(pk__lt=before)
    found = list(rows[: SHOWN + 1])
    older = f"?before={found[SHOWN - 1].pk}" if len(found) > SHOWN else ""
    context = {**page_of(plan), "viewer": viewer, "notes": found[:SHOWN], "older": older, "before": before}
    return render(request, "projects/note_list.html", {**context, "today": today})


@require_http_methods(["GET", "POST"])
@plan_view(Right.RECORD)
def note_write(request, plan):
    """Write a note at the plan, or at the step (key) or item (id) that the form names."""
    form = NoteForm(*typed(request))
    if request.method == "POST" and form.is_valid() and write(request, plan, form):
        return back(request, plan)
    context = {**page_of(plan), "form": form, "url": request.path}
    context["next_url"] = safe_next(request, plan.get_absolute_url())
    return render(request, "projects/note_write.html", context, status=422 if form.errors else 200)


def typed(request):
    """Return what was sent as a form takes it: words and files, or nothing where the page is only opened."""
    return (request.POST, request.FILES) if request.method == "POST" else (None, None)


def write(request, plan, form):
    """Return whether the note was written; where there is no room for its files the form says so."""
    said, step, item = form.cleaned_data, request.POST.get("step"), whole_number(request.POST.get("item"))
    place = {"step": step, "item": item, "shared": said["shared_with_state"], "files": said["files"]}
    try:
        note = notes.write_note(plan, text=said["text"], by=request.user, now=timezone.now(), **place)
    except (PlanStep.DoesNotExist, PlanItem.DoesNotExist) as error:
        raise Http404 from error
    except ValidationError as error:
        form.add_error("files", error)
        return False
    say_saved(request, plan, note)
    return True


def say_saved(request, plan, note):
    """Say that a note is saved, and who is told by mail just now that it names them; or that it names nobody."""
    said, mails = [_("Your note is saved.")], mentioning.mails_of(note, plan)
    if told := [mail.person for mail in mails if mail.created_at >= (note.edited_at or note.created_at)]:
        said.append(_("Told by mail: %(names)s.") % {"names": ", ".join(str(one) for one in told)})
    elif not mails and mentioning.names_somebody(note.text):
        said.append(_("Nobody is told by mail: no name after an @ belongs to somebody else who can read this note."))
    messages.success(request, " ".join(said))


@require_http_methods(["GET", "POST"])
@plan_view(Right.RECORD)
def note_edit(request, plan, pk):
    """Change a note. Where somebody else has changed it meanwhile, show both texts and let the person decide."""
    note = get_object_or_404(plan_page.readable_notes(plan, plan_page.viewer_of(request.scopes, plan)), pk=pk)
    form = EditNoteForm(*typed(request), instance=note, initial={"revision": note.revision})
    try:
        if request.method == "POST" and form.is_valid() and change(request, plan, pk, form):
            return back(request, plan)
    except notes.StaleNote as stale:
        mine = EditNoteForm(instance=stale.note, initial={"revision": stale.note.revision, "text": stale.text})
        return edit_page(request, plan, stale.note, mine, status=409, theirs=stale.note)
    return edit_page(request, plan, note, form, status=422 if form.errors else 200)


def change(request, plan, pk, form):
    """Return whether the note was changed; where there is no room for its files the form says so."""
    said = form.cleaned_data
    sent = {"text": said["text"], "shared": said["shared_with_state"], "revision": said["revision"]}
    try:
        note = notes.edit_note(plan, pk, files=said["files"], by=request.user, now=timezone.now(), **sent)
    except ValidationError as error:
        form.add_error("files", error)
        return False
    say_saved(request, plan, note)
    return True


def edit_page(request, plan, note, form, *, status, theirs=None):
    context = {**page_of(plan), "note": note, "form": form, "theirs": theirs, "url": request.path}
    context |= {"today": plan.program.today(timezone.now()), "files_again": bool(request.FILES)}
    context["next_url"] = safe_next(request, plan.get_absolute_url())
    return render(request, "projects/note_edit.html", context, status=status)


def whole_number(text):
    """Return the number a hidden field holds; 404 for anything else, None where the field is left out."""
    if not text:
        return None
    if not text.isdecimal():
        raise Http404
    return int(text)
