"""The framework matrix, its cells one by one, and its workbook."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from interviews import counting, filling, naming
from interviews import framework as reading
from interviews.access import StudyRight, study_view
from interviews.exchange.leaving import leaving, left_out
from interviews.forms.analysis import CellForm, FrameworkForm
from interviews.interviewing import StaleSummary
from interviews.models import Participant
from interviews.outline import families
from interviews.retrieving import as_read
from interviews.views.analysis import material, named, part
from projects import spreadsheets
from projects.models import Site

SHOWN = 50  # passages beside one box


@require_safe
@study_view(StudyRight.WORK)
def framework(request, study):
    """Show participants or sites against codes, each cell a box with its passages behind it."""
    found = material(request, study)
    outline = counting.codes_of(found)
    form = FrameworkForm(request.GET, outline=outline, first=reading.codes_with_cells(study, outline))
    table = reading.framework_of(found, form.kind, form.codes, families(outline), **form.place)
    context = {
        **part(request, found, "framework"),
        **form.around(table.page),
        "form": form,
        "framework": table,
        "has_codes": bool(form.codes_in_use),
        "left_out": left_out(leaving(study)),
    }
    return render(request, "interviews/framework.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@study_view(StudyRight.WORK)
def framework_cell(request, study, rows, pk, code):
    """Show one cell with its passages beside it, and save its summary. Script asks for the passages, or what became."""
    of, column = row_of(study, rows, pk), get_object_or_404(study.codes.in_use(), pk=code)
    cell = study.framework_cells.filter(code=column, **{reading.OF[rows]: of}).select_related("by").first()
    form, status = CellForm(request.POST or None, initial=read_at(cell)), 200
    context = {"study": study, "rows": rows, "of": of, "code": column, "cell": cell, "form": form}
    if request.method == "POST" and form.is_valid():
        try:
            said = {"by": request.user, "now": timezone.now(), **form.cleaned_data}
            context["cell"] = filling.fill_cell(study, column, of, **said)
        except StaleSummary as stale:
            context |= {"cell": stale.summary, "theirs": stale.summary}
            form.data, status = {"text": stale.text, "revision": stale.summary.revision}, 409
        except ValidationError as error:
            form.add_error(None, error)
        else:
            context |= {"saved": True, "caution": naming.caution(study, form.cleaned_data["text"])}
            if not request.htmx:
                if context["caution"]:
                    messages.warning(request, context["caution"])
                return redirect(f"{matrix_of(request, study)}#cell-{pk}-{code}")
    return cell_page(request, study, context, status=422 if form.errors else status)


def cell_page(request, study, context, *, status):
    """Answer with the cell's page, or to script with what became of the words, or with the passages behind them."""
    if request.htmx and request.method == "POST":
        return render(request, "interviews/_cell_state.html", context, status=status)
    found = material(request, study)
    outline = counting.codes_of(found)
    passages = reading.behind(found, context["rows"], context["of"].pk, context["code"].pk, families(outline))
    shown = as_read(passages.values_list("pk", flat=True)[:SHOWN])
    context |= {"passages": shown, "more": passages.count() - len(shown)}
    if request.htmx:
        return render(request, "interviews/_cell_passages.html", context, status=status)
    context |= {**part(request, found, "framework"), "matrix_url": matrix_of(request, study)}
    return render(request, "interviews/framework_cell.html", context, status=status)


def row_of(study, rows, pk):
    """Return whom a row stands for, where it is one of the study: a site only while not all there withdrew."""
    if rows == "participants":
        return get_object_or_404(study.participants, pk=pk)
    if rows != "sites":
        raise Http404
    people = study.participants.exclude(state=Participant.State.WITHDRAWN)
    sites = Site.objects.filter(pk__in=people.values("site")).select_related("project")
    return get_object_or_404(sites, pk=pk)


def read_at(cell):
    return {"text": cell.text if cell else "", "revision": cell.revision if cell else 0}


def matrix_of(request, study):
    """Return the address of the matrix with the rows and columns from which one came to a cell."""
    query = request.GET.urlencode()
    return f"{reverse('interviews:framework', args=[study.slug])}{'?' if query else ''}{query}"


@require_safe
@study_view(StudyRight.WORK)
def framework_xlsx(request, study):
    """Hand out the matrix as a workbook, with the passages whose words may leave the study on a sheet of their own."""
    found = material(request, study)
    outline = counting.codes_of(found)
    form = FrameworkForm(request.GET, outline=outline, first=reading.codes_with_cells(study, outline))
    kind, codes = form.kind, form.codes
    passages = reading.passage_rows(found, kind, codes, families(outline))
    sheets = [
        (_("Matrix"), reading.file_header(kind, codes), reading.file_rows(study, kind, codes)),
        (_("Passages"), reading.passage_header(), passages),
        (_("About this file"), *reading.about(study, left_out(leaving(study)))),
    ]
    return spreadsheets.xlsx_response(named(study, "framework", "xlsx"), sheets)
