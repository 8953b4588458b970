"""Filling the framework matrix: summing up what a participant, or a site, said to a code."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _

from accounts.models import User
from interviews.interviewing import put_words
from interviews.models import Code, FrameworkCell, Participant, Study
from projects.models import Site


@transaction.atomic
def fill_cell(
    study: Study, code: Code, row: Participant | Site, *, text: str, revision: int, by: User, now: dt.datetime
) -> FrameworkCell:
    """Write a cell's summary, read at `revision` (0: nothing yet). The same words change nothing.

    Raises StaleSummary where somebody else wrote meanwhile, ValidationError for a code that is out of use, for what is
    of another study, and for somebody who has withdrawn.
    """
    place: dict[str, Any] = locked_row(study, row)
    codes = study.codes.in_use().select_for_update(no_key=True)  # nobody retires it while its cell is filled
    if (column := codes.filter(pk=code.pk).first()) is None:
        raise ValidationError(_("Choose a code of this study that is in use."))
    place["code"] = column
    text = text.strip()
    cell = FrameworkCell.objects.filter(study=study, **place).select_related("by").first()
    if cell is None:
        if not text:
            return FrameworkCell(study=study, by=by, at=now, revision=0, **place)
        return FrameworkCell.objects.create(study=study, text=text, by=by, at=now, **place)
    put_words(cell, {"text": text}, revision=revision, by=by, now=now)
    return cell


def locked_row(study: Study, row: Participant | Site) -> dict[str, Participant | Site]:
    """Lock what a row stands for, so that nobody fills what is being withdrawn and two do not make one cell.

    A site belongs to its project; its cells wait for each other at the study. Raises ValidationError as `fill_cell`.
    """
    if isinstance(row, Participant):
        found = Participant.objects.select_for_update(no_key=True).get(pk=row.pk)
        if found.study_id != study.pk or found.state == Participant.State.WITHDRAWN:
            raise ValidationError(_("%(who)s has withdrawn. Nothing can be added.") % {"who": found})
        return {"participant": found}
    Study.objects.select_for_update(no_key=True).get(pk=study.pk)
    if row.project.program_id != study.program_id:
        raise ValidationError(_("Choose a site of this program."))
    return {"site": row}


def give_cells(code: Code, target: Code, *, by: User, now: dt.datetime) -> None:
    """Give what was summed up of a code to the code it is merged into; two texts at one row stand below each other."""
    there = {(cell.participant_id, cell.site_id): cell for cell in target.framework_cells.all()}
    for cell in code.framework_cells.all():
        other = there.get((cell.participant_id, cell.site_id))
        if other is None:
            FrameworkCell.objects.filter(pk=cell.pk).update(code=target, revision=F("revision") + 1)
            continue
        both = "\n\n".join(filter(None, (other.text, cell.text)))
        put_words(other, {"text": both}, revision=other.revision, by=by, now=now)
        cell.delete()
