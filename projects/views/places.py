"""The organizations and places of a program, and making one of what was entered twice."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db.models import Count, Q
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts import once
from projects import merging
from projects.access import Right, program_view
from projects.forms.merge import MergeForm, PairForm
from projects.models import Place

MERGERS = 10  # that are listed, the newest first


@require_safe
@program_view(Right.RUN_PROGRAM)
def places(request, program):
    """List a program's organizations with their places, and what was probably entered twice."""
    standing = Q(places__merged_into=None)
    counted = program.organizations.standing().annotate(
        place_count=Count("places", filter=standing, distinct=True),
        site_count=Count("places__sites", distinct=True),
        project_count=Count("places__sites__project", distinct=True),
    )
    rows = Place.objects.standing().filter(organization__program=program).select_related("organization", "county")
    context = {
        "program": program,
        "organizations": counted.order_by("name"),
        "places": rows.annotate(site_count=Count("sites")).order_by("organization__name", "name"),
        "place_pairs": merging.probably_places(program),
        "organization_pairs": merging.probably_organizations(program),
        "mergers": program.mergers.select_related("place__merged_into", "organization__merged_into", "by")[:MERGERS],
    }
    return render(request, "projects/places.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@program_view(Right.RUN_PROGRAM)
def places_merge(request, program):
    """Show two that may be one side by side; then what would come of making them one; then do it once."""
    chosen = PairForm(request.GET, program=program)
    if not chosen.is_valid():
        messages.warning(request, " ".join(error for errors in chosen.errors.values() for error in errors))
        return redirect("projects:places", program=program.slug)
    form = MergeForm(request.POST if request.method == "POST" else None, pair=chosen.pair)
    context = {"program": program, "form": form, "pair": chosen.pair, "token": once.token(purpose(program))}
    if request.method != "POST" or request.POST.get("stage") == "edit" or not form.is_valid():
        status = 422 if request.method == "POST" and form.errors else 200
        return render(request, "projects/places_merge.html", context, status=status)
    if request.POST.get("stage") == "apply":
        return apply(request, program, form, context)
    return preview(request, form, context)


def preview(request, form, context, *, status=200, note=""):
    outcome = form.carry_out(by=request.user, now=timezone.now(), dry_run=True)
    if outcome is None:
        return render(request, "projects/places_merge.html", context, status=422)
    return render(request, "projects/places_preview.html", {**context, "outcome": outcome, "note": note}, status=status)


def apply(request, program, form, context):
    """Make them one, unless this very preview was applied before."""
    try:
        how = {"by": request.user, "now": timezone.now()}
        outcome = once.carry_out(request, purpose(program), lambda: form.carry_out(**how))
    except once.Spent:
        return redirect("projects:places", program=program.slug)
    except once.Invalid:
        return preview(request, form, context, status=422, note=once.TOO_OLD)
    if outcome is None:
        return render(request, "projects/places_merge.html", context, status=422)
    messages.success(request, _("%(kept)s is one now. You can take this back below.") % {"kept": outcome.kept})
    return redirect("projects:places", program=program.slug)


def purpose(program):
    return f"merge:{program.pk}"


@require_POST
@program_view(Right.RUN_PROGRAM)
def merger_undo(request, program, pk):
    """Make two again of what was made one."""
    merger = get_object_or_404(program.mergers, pk=pk)
    try:
        merging.undo_merger(merger, by=request.user, now=timezone.now())
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    else:
        messages.success(request, _("They are two again."))
    return redirect("projects:places", program=program.slug)
