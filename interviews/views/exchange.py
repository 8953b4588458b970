"""In and out: bringing files of other programs into a study, and handing it out for them."""

import tempfile
from contextlib import ExitStack

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import FileResponse, Http404, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe
from django_htmx.http import HttpResponseClientRefresh

from accounts import once
from interviews import bringing_in, handing_out
from interviews.access import StudyRight, study_view
from interviews.exchange.beside import beside
from interviews.exchange.intake import WHAT
from interviews.exchange.leaving import leaving
from interviews.exchange.outgoing import Outgoing, Wishes, unquoted
from interviews.forms.exchange import BringForm, ChoicesForm, WishesForm
from interviews.views import downloads
from interviews.views.study import about
from projects.models import Job

SHOWN = 20  # of what was brought in


@require_safe
@study_view(StudyRight.WORK)
def exchange(request, study):
    """Show what can come in and what can leave."""
    return page(request, study, BringForm())


@require_POST
@study_view(StudyRight.RUN)
def exchange_look(request, study):
    """Take a file and have it looked at."""
    form = BringForm(request.POST, request.FILES)
    if not form.is_valid():
        return page(request, study, form)
    job = bringing_in.ask_to_look(study, form.cleaned_data["file"], by=request.user, now=timezone.now())
    return redirect("interviews:exchange_job", study=study.slug, pk=job.pk)


def page(request, study, form):
    found = list(bringing_in.to_be_shown(study)[:SHOWN]) if StudyRight.RUN in request.study_rights else []
    context = {
        **about(request, study),
        "form": form,
        "waiting": [job for job in found if job.kind == bringing_in.LOOK or not job.has_ended],
        "brought": [job for job in found if job.kind == bringing_in.BRING and job.has_ended],
        "has_codes": study.codes.in_use().exists(),
        "downloads": downloads.shown(request, study),
    }
    return render(request, "interviews/exchange.html", context, status=422 if form.errors else 200)


@require_safe
@study_view(StudyRight.RUN)
def exchange_job(request, study, pk):
    """Show how far the work at a file is; then what was seen in it, or what became of it."""
    job = one_of(study, pk)
    if request.htmx and job.has_ended:
        return HttpResponseClientRefresh()
    if after := Job.objects.filter(follows=job).first():
        return redirect("interviews:exchange_job", study=study.slug, pk=after.pk)
    if request.htmx:
        return render(request, "projects/_job_progress.html", {"job": job, "url": request.path})
    return job_page(request, study, job)


@require_POST
@study_view(StudyRight.RUN)
def exchange_bring(request, study, pk):
    """Bring a file in that was looked at. Sent a second time, it does nothing and shows what became of it."""
    job = one_of(study, pk)
    form = ChoicesForm(request.POST, found=job.result or {})
    if not form.is_valid():
        return job_page(request, study, job, form)
    said = {"token": form.cleaned_data["token"], "by": request.user, "now": timezone.now()}
    try:
        made = bringing_in.ask_to_bring(job, form.choices, **said)
    except once.Spent:
        return redirect("interviews:exchange_job", study=study.slug, pk=pk)
    except once.Invalid:
        form.add_error(None, _("This page was open for too long. Look at it once more."))
    except ValidationError as error:
        form.add_error(None, error)
    else:
        return redirect("interviews:exchange_job", study=study.slug, pk=made.pk)
    return job_page(request, study, job, form)


@require_POST
@study_view(StudyRight.RUN)
def exchange_drop(request, study, pk):
    """Forget a file that was looked at."""
    bringing_in.drop(one_of(study, pk))
    messages.success(request, _("The file is forgotten. Nothing of it came in."))
    return redirect("interviews:exchange", study=study.slug)


def job_page(request, study, job, form=None):
    result = job.result or {}
    context = {
        **about(request, study),
        "job": job,
        "is_look": job.kind == bringing_in.LOOK,
        "found": result,
        "only_faults": is_only_faults(result.get("report", {})),
        "counts": [{**one, "name": WHAT[one["what"]]} for one in result.get("counts", [])],
        "form": form or ChoicesForm(found=result, initial={"token": once.token(bringing_in.PURPOSE)}),
        "kept": job.parts.exists(),
    }
    return render(request, "interviews/exchange_job.html", context, status=422 if form and form.errors else 200)


def is_only_faults(report):
    """Tell whether nothing is to be said of a file but which of its rows are wrong."""
    return bool(report.get("faults")) and not any(report[kind] for kind in ("losses", "deviations", "notes"))


def one_of(study, pk):
    return get_object_or_404(bringing_in.jobs_of(study).select_related("program", "by"), pk=pk)


# ---- out


@require_http_methods(["GET", "HEAD", "POST"])
@study_view(StudyRight.WORK)
def project_out(request, study):
    """Say what leaves with a project and what stays here, then hand it out."""
    whole = StudyRight.RUN in request.study_rights and study.open_text
    data = request.POST if request.method == "POST" else None
    form = WishesForm(data, whole=whole, unquoted=unquoted(leaving(study), whole=whole))
    if form.is_valid():
        try:
            return project_file(study, form.wishes, by=request.user)
        except ValidationError as error:
            form.add_error(None, error)
    outgoing = Outgoing(study, reader=request.user, wishes=Wishes())
    context = {**about(request, study), "form": form, **leaves(outgoing)}
    return render(request, "interviews/project_out.html", context, status=422 if form.errors else 200)


def project_file(study, wishes, *, by):
    """Return a project as a download; the file on disk is gone once it was sent."""
    with ExitStack() as stack:
        file = stack.enter_context(tempfile.TemporaryFile())
        handing_out.hand_out(study, wishes, file, by=by, now=timezone.now())
        file.seek(0)
        stack.pop_all()  # the answer closes it
    return FileResponse(file, as_attachment=True, filename=f"{study.slug}.qdpx")


def leaves(outgoing):
    """Return how much leaves with a project, and what is lost."""
    outgoing.project()
    return {
        "texts": len(outgoing.interviews),
        "codings": outgoing.codings.count(),
        "memos": len(outgoing.all_memos),
        "codes": len(outgoing.codes.codes),
        "losses": outgoing.report.data["losses"],
    }


@require_safe
@study_view(StudyRight.WORK)
def codebook_qdc(request, study):
    """Hand out the codebook for other programs; 404 where there is no code yet."""
    try:
        content = handing_out.codebook_file(study)
    except ValidationError as error:
        raise Http404 from error
    headers = {"Content-Disposition": f'attachment; filename="codebook-{study.slug}.qdc"'}
    return HttpResponse(content, content_type="application/xml; charset=utf-8", headers=headers)


@require_safe
@study_view(StudyRight.WORK)
def beside_json(request, study):
    """Hand out what a project has no place for."""
    outgoing = Outgoing(study, reader=request.user, wishes=Wishes())
    headers = {"Content-Disposition": f'attachment; filename="{study.slug}-beside.json"'}
    return JsonResponse(beside(outgoing, now=timezone.now()), headers=headers, json_dumps_params={"indent": 1})
