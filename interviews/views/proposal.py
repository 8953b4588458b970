"""What findings propose for the Roadmap, for those who edit it."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from interviews import evidence, proposing
from interviews.access import editor_view
from interviews.forms.findings import DecisionForm
from interviews.models import FindingStep
from roadmap.models import Step

State = FindingStep.State


@require_safe
@editor_view
def proposals(request, programs):
    """List what published findings propose, undecided first, each with its row for the content file."""
    return page(request, programs)


@require_POST
@editor_view
def proposal_decide(request, programs, pk):
    """Take a proposal into the draft, decline it with a reason, or open it again."""
    proposal = get_object_or_404(proposing.proposals_of(programs), pk=pk)
    form = DecisionForm(request.POST)
    if not form.is_valid():
        return page(request, programs, wrong=form, at=pk)
    said, by = form.cleaned_data, {"by": request.user, "now": timezone.now()}
    try:
        if said["state"] == State.OPEN:
            proposing.open_again(proposal, **by)
        elif said["state"] == State.TAKEN:
            proposing.take_in(proposal, reply=said["reply"], **by)
        else:
            proposing.decline(proposal, reply=said["reply"], **by)
    except ValidationError as error:
        form.add_error("reply" if error.code == "reply" else None, error)
        return page(request, programs, wrong=form, at=pk)
    messages.success(request, _("Recorded."))
    return redirect("interviews:proposals")


def page(request, programs, *, wrong=None, at=None):
    found = list(proposing.proposals_of(programs))
    findings = [one.finding for one in found]
    strengths = evidence.strengths_of(findings, evidence.people_of({one.study_id for one in findings}))
    names = names_of(found)
    rows = [
        {
            "proposal": one,
            "strength": strengths[one.finding_id].for_site_teams,
            "step": names.get((one.finding.study.program.roadmap_id, one.step_key), one.step_key),
            "file": proposing.file_of(one.finding.study.program.roadmap),
            "row": proposing.row_of(one),
            "form": wrong if one.pk == at else None,
        }
        for one in found
    ]
    context = {"rows": rows, "states": State}
    return render(request, "interviews/proposals.html", context, status=422 if wrong else 200)


def names_of(proposals):
    """Return the names of the steps that proposals are about, by Roadmap and key, as the newest version has them."""
    keys = {one.step_key for one in proposals}
    steps = Step.objects.filter(key__in=keys, version__status="published").order_by("version__number")
    return {(roadmap, key): name for roadmap, key, name in steps.values_list("version__roadmap", "key", "name")}
