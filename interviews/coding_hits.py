"""Putting one code to many passages that a search found, and taking all of it away again."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

from django.db import transaction

from accounts.models import User
from interviews.coding import apply_code
from interviews.models import Coding, Participant, Study, Transcript


@dataclass(frozen=True)
class Stretch:
    """A passage of a transcript, of the text it had at `revision`."""

    transcript: Transcript
    start: int
    end: int
    revision: int


@dataclass(frozen=True)
class Outcome:
    """What came of coding many passages, or would come of it: new codings, those that were there, and interviews."""

    made: int
    there: int
    interviews: int


@transaction.atomic
def code_stretches(
    stretches: Iterable[Stretch], code: int, *, by: User, now: dt.datetime, dry_run: bool = False
) -> Outcome:
    """Put a code (by id) to passages of one study, or say what would come of it; to all of them or to none.

    Their transcripts come with interview and participant. Raises as `coding.apply_code` does.
    """
    made: set[int] = set()
    there: set[int] = set()
    ordered = sorted(stretches, key=lambda one: (one.transcript.interview.participant_id, one.transcript.pk, one.start))
    # Participants are locked in one order, and all before the code, so that nobody ever waits in a circle.
    people = {one.transcript.interview.participant_id for one in ordered}
    list(Participant.objects.select_for_update(no_key=True).filter(pk__in=people).order_by("pk").values_list("pk"))
    for one in ordered:
        place = {"start": one.start, "end": one.end, "revision": one.revision}
        coding = apply_code(one.transcript, code, **place, by=by, now=now)
        (made if coding.created_at == now else there).add(coding.pk)
    if dry_run:
        transaction.set_rollback(True)
    return Outcome(len(made), len(there), len({one.transcript.pk for one in ordered}))


@transaction.atomic
def take_back(study: Study, *, made_at: dt.datetime, by: User, now: dt.datetime) -> int:
    """Take away all that somebody coded in a study at one moment, as `code_stretches` does; return how much it was."""
    codings = Coding.objects.there().filter(code__study=study, coder__user=by, created_at=made_at)
    return codings.update(removed_at=now, changed_at=now)
