"""What findings propose for the Roadmap: the list for those who edit it, and what they decide.

There is no editor in the application yet. What is taken is recorded, and comes as a row for the content file.
"""

from __future__ import annotations

import datetime as dt
from typing import Any

import yaml
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import F, QuerySet
from django.utils.text import slugify
from django.utils.translation import gettext as _

from accounts.models import User
from interviews.models import FindingStep
from interviews.studying import record
from projects.models import Program
from roadmap.models import Roadmap

State, Proposal = FindingStep.State, FindingStep.Proposal
TO_FILL = None  # what a finding does not say; the loader refuses a row in which it is left so


def proposals_of(programs: QuerySet[Program]) -> QuerySet[FindingStep]:
    """Return what published findings of programs propose, undecided ones first; nothing where interviews are off."""
    found = FindingStep.objects.filter(
        stance=FindingStep.Stance.PROPOSES,
        finding__published_at__isnull=False,
        finding__study__program__in=programs,
        finding__study__program__interview_approval__on=True,
    )
    rows = found.select_related("finding__study__program__roadmap", "decided_by")
    return rows.order_by("finding__study__program__name", F("decided_at").asc(nulls_first=True), "step_key", "pk")


@transaction.atomic
def take_in(proposal: FindingStep, *, reply: str = "", by: User, now: dt.datetime) -> FindingStep:
    """Record that a proposal goes into the draft of the Roadmap. Raises ValidationError where it was decided before."""
    return decide(proposal, State.TAKEN, reply=reply, by=by, now=now)


@transaction.atomic
def decline(proposal: FindingStep, *, reply: str, by: User, now: dt.datetime) -> FindingStep:
    """Record that a proposal does not go into the draft, and why. Raises ValidationError without a reason, as above."""
    if not reply.strip():
        raise ValidationError(_("Say why, so that the study can learn from it."), code="reply")
    return decide(proposal, State.DECLINED, reply=reply, by=by, now=now)


def decide(proposal: FindingStep, state: str, *, reply: str, by: User, now: dt.datetime) -> FindingStep:
    rows = FindingStep.objects.select_for_update(of=("self",), no_key=True)
    found = rows.select_related("finding__study__program", "decided_by").get(pk=proposal.pk)
    if found.finding.published_at is None:
        raise ValidationError(_("The study has taken this finding back."))
    if found.state != State.OPEN:
        raise ValidationError(
            _("%(who)s decided this before: %(state)s.")
            % {"who": found.decided_by, "state": found.get_state_display().lower()}
        )
    found.state, found.reply, found.decided_by, found.decided_at = state, reply.strip(), by, now
    found.save(update_fields=["state", "reply", "decided_by", "decided_at"])
    changes = {"state": [State.OPEN.value, state], "reply": ["", found.reply]}
    study = found.finding.study
    record("proposal_decided", study, by=by, now=now, target=found, label=found.text, changes=changes)
    return found


@transaction.atomic
def open_again(proposal: FindingStep, *, by: User, now: dt.datetime) -> FindingStep:
    """Take a decision back. Open already, nothing changes."""
    rows = FindingStep.objects.select_for_update(of=("self",), no_key=True)
    found = rows.select_related("finding__study__program").get(pk=proposal.pk)
    if found.state != State.OPEN:
        changes = {"state": [found.state, State.OPEN.value]}
        found.state, found.reply, found.decided_by, found.decided_at = State.OPEN, "", None, None
        found.save(update_fields=["state", "reply", "decided_by", "decided_at"])
        study = found.finding.study
        record("proposal_opened_again", study, by=by, now=now, target=found, label=found.text, changes=changes)
    return found


def file_of(roadmap: Roadmap) -> str:
    """Return the content file from which a Roadmap is loaded: the general one's, or that of a pack on top of it."""
    return f"pack_{roadmap.key}.yaml" if roadmap.derived_from_id else "roadmap.yaml"


def row_of(proposal: FindingStep) -> str:
    """Return a proposal as a row to paste into the content file; what it does not say is left to fill in."""
    key = slugify(proposal.text).replace("-", "_")[:30].strip("_")
    step = proposal.step_key.replace("-", "_")
    row: dict[str, Any]
    if proposal.proposal == Proposal.STEP:
        row = {"key": key, "name": proposal.text[:120], "short_name": TO_FILL, "worked_by": "site", "why": TO_FILL}
        row |= {"how": TO_FILL, "source": ["own"], "milestones": [], "actions": []}
    elif proposal.proposal == Proposal.MILESTONE:
        row = {"key": f"{step}_m_{key}"[:50], "name": proposal.text, "evidence": TO_FILL, "due": None, "source": "own"}
    else:
        row = {"key": f"{step}_a_{key}"[:50], "text": proposal.text, "suggested_role": TO_FILL, "milestone": TO_FILL}
        row |= {"minutes": TO_FILL, "source": "own"}
    return yaml.safe_dump([row], allow_unicode=True, sort_keys=False, width=110)
