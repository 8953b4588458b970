"""What leaves a study as tables and documents: its codings, coded transcripts, the codebook."""

from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpResponse, StreamingHttpResponse
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from interviews import bringing_in, codebook
from interviews.access import StudyRight, study_view
from interviews.exchange import coding_table, transcript_files, word_files
from interviews.exchange.coded_text import Documents
from interviews.exchange.leaving import WHY, blind_to, leaving, left_out
from projects import spreadsheets
from projects.models import Job


@require_safe
@study_view(StudyRight.WORK)
def codings_csv(request, study):
    """Hand out all codings as a table."""
    rows = coding_table.coding_rows(study, **who(request))
    return spreadsheets.csv_response(f"codings-{dated(study)}.csv", coding_table.COLUMNS, rows)


@require_safe
@study_view(StudyRight.WORK)
def codings_xlsx(request, study):
    """Hand out all codings as a workbook, with a sheet that says what is in it and what is left out."""
    rows = coding_table.coding_rows(study, **who(request))
    about = coding_table.about_rows(study, reader=request.user, today=today(study))
    tables = [("codings", coding_table.COLUMNS, rows), ("about", [_("About this file")], about)]
    return spreadsheets.xlsx_response(f"codings-{dated(study)}.xlsx", tables)


@require_safe
@study_view(StudyRight.WORK)
def transcripts(request, study, kind):
    """Hand out all coded transcripts that may leave, in one archive that is written while it is read."""
    files = transcript_files.all_files(study, kind, today=today(study), **who(request))
    headers = {"Content-Disposition": f'attachment; filename="transcripts-{kind}-{dated(study)}.zip"'}
    return StreamingHttpResponse(transcript_files.archived(files), content_type="application/zip", headers=headers)


@require_safe
@study_view(StudyRight.WORK)
def coded_transcript(request, study, pk, kind):
    """Hand out one coded transcript; 404 where there is none, 403 where its words stay here."""
    one = next((each for each in leaving(study) if each.interview.pk == pk), None)
    if one is None:
        raise Http404
    if one.kept:
        raise PermissionDenied(_("These words stay in Milepost: %(why)s.") % {"why": WHY[one.kept]})
    document = Documents(study, **who(request)).of(one)
    content = transcript_files.as_file(study, document, kind, today=today(study))
    return download(transcript_files.name_of(one, kind), content, transcript_files.KINDS[kind])


@require_safe
@study_view(StudyRight.WORK)
def codebook_docx(request, study):
    """Hand out the codebook for Word, with retired codes at its end."""
    rows = codebook.tree(study, reader=request.user, retired=True)
    content = word_files.codebook_file(study, rows, today=today(study))
    return download(f"codebook-{dated(study)}.docx", content, word_files.DOCX)


@require_safe
@study_view(StudyRight.RUN)
def table_back(request, study, pk):
    """Hand a table back that was looked at, in its own kind, with a column that says in each row what is wrong."""
    rows = Job.objects.filter(program=study.program_id, key=study.slug, kind=bringing_in.LOOK)
    try:
        kind, (header, *lines) = bringing_in.table_of(get_object_or_404(rows, pk=pk))
    except ValidationError as error:
        raise Http404 from error
    name = f"{study.slug}-rows-to-mend.{kind}"
    if kind == "xlsx":
        return spreadsheets.xlsx_response(name, [("codings", header, lines)])
    return spreadsheets.csv_response(name, header, lines)


def shown(request, study):
    """Return what the page says of downloads: which texts there are, and what of them stays here and why."""
    texts = leaving(study)
    return {"texts": texts, "out": [*left_out(texts), *blind_to(study, request.user)]}


def download(name, content, kind):
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return HttpResponse(content, content_type=kind, headers=headers)


def who(request):
    """Return for whom something is read, and whether coders go by name: only where the address asks for it."""
    return {"reader": request.user, "named": request.GET.get("coders") == "names"}


def today(study):
    return study.program.today(timezone.now())


def dated(study):
    return f"{study.slug}-{today(study).isoformat()}"
