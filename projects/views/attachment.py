"""Files and photos of a plan: adding them, handing them out to those who may have them, and removing them."""

import logging

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import FileResponse, Http404
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from projects import attaching, plan_page
from projects.access import Right, plan_view
from projects.forms.attachments import FilesForm
from projects.models import PlanItem, PlanStep
from projects.views.answers import back, page_of, safe_next
from projects.views.note import whole_number

logger = logging.getLogger(__name__)


@require_http_methods(["GET", "POST"])
@plan_view(Right.RECORD)
def file_add(request, plan):
    """Add files at the plan, or at the step (key) or item (id) that the form names: all of them or none."""
    form = FilesForm(*((request.POST, request.FILES) if request.method == "POST" else ()))
    if request.method == "POST" and form.is_valid() and keep(request, plan, form):
        return back(request, plan)
    cancel_url = safe_next(request, plan.get_absolute_url())
    context = {**page_of(plan), "file_form": form, "cancel_url": cancel_url}
    return render(request, "projects/file_add.html", context, status=422 if request.method == "POST" else 200)


def keep(request, plan, form):
    """Return whether the files were kept; where there is no room for them the form says so."""
    said, step, item = form.cleaned_data, request.POST.get("step"), whole_number(request.POST.get("item"))
    place = {"step": step, "item": item, "shared": said["shared_with_state"]}
    try:
        kept = attaching.attach(plan, said["files"], by=request.user, now=timezone.now(), **place)
    except (PlanStep.DoesNotExist, PlanItem.DoesNotExist) as error:
        raise Http404 from error
    except ValidationError as error:
        form.add_error("files", error)
        return False
    added = ngettext("Added: %(n)s file", "Added: %(n)s files", len(kept)) % {"n": len(kept)}
    messages.success(request, added if kept else _("Nothing was added: what you chose is there already."))
    return True


@require_safe
@plan_view(Right.VIEW)
def file_download(request, plan, pk):
    """Hand a file out as a download; whoever may not read it finds nothing. 503 where its bytes cannot be reached."""
    file = get_object_or_404(plan_page.readable_files(plan, plan_page.viewer_of(request.scopes, plan)), pk=pk)
    try:
        content = file.file.open("rb")
    except FileNotFoundError as error:
        raise Http404 from error
    except OSError:
        logger.exception("The bytes of file %s cannot be reached", file.pk)
        return render(request, "projects/file_unreachable.html", {**page_of(plan), "file": file}, status=503)
    response = FileResponse(content, as_attachment=True, filename=file.name, content_type=file.content_type)
    response["Content-Security-Policy"] = "sandbox; default-src 'none'"
    return response


@require_POST
@plan_view(Right.RECORD)
def file_remove(request, plan, pk):
    """Take a file out of sight; its bytes are destroyed after 30 days."""
    viewer = plan_page.viewer_of(request.scopes, plan)
    get_object_or_404(plan_page.readable_files(plan, viewer, removed=True), pk=pk)
    attaching.remove(plan, pk, by=request.user, now=timezone.now())
    messages.success(request, _("Removed. Nobody can open the file any more; it is destroyed after 30 days."))
    return back(request, plan)
