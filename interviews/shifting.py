"""What has a place in a transcript moves with it when its text changes: codings, and what rounds keep of them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Hashable, Iterable
from typing import Any

from django.db.models import F, QuerySet

from interviews.codebook import stand_in
from interviews.models import AgreementRound, Coding, SettledCoding, Settlement, Transcript
from interviews.positions import Shift
from interviews.rounds import shifted

PARKED = 1_000_000_000  # farther than any text reaches; rows wait there, so that none meets another on its way
BATCH = 200


def move_places(transcript: Transcript, shift: Shift, *, now: dt.datetime) -> None:
    """Move all that has a place in a locked transcript, whose text has just changed.

    Where an edit makes two codings one (the same code by the same person), the later one is taken away, and the other
    takes its place in themes, behind findings and under memos.
    """
    if not shift.edits:
        return
    codings = affected(transcript.codings.all(), shift)
    once: dict[Hashable, int] = {}
    for coding in codings:
        place = (coding.code_id, coding.coder_id, coding.start, coding.end)
        if coding.removed_at is None and place in once:
            coding.removed_at = coding.changed_at = now
            stand_in(coding, once[place], now=now)
        elif coding.removed_at is None:
            once[place] = coding.pk
    write(Coding.objects.all(), codings, ["removed_at", "changed_at"])
    settlements = affected(Settlement.objects.filter(transcript=transcript), shift)
    kept = {(one.round_id, one.code_id, one.start, one.end): one for one in reversed(settlements)}
    doubled = [one for one in settlements if kept[one.round_id, one.code_id, one.start, one.end] is not one]
    Settlement.objects.filter(pk__in=[one.pk for one in doubled]).delete()
    write(Settlement.objects.all(), list(kept.values()))
    write(SettledCoding.objects.all(), affected(SettledCoding.objects.filter(coding__transcript=transcript), shift))
    rounds = AgreementRound.objects.filter(transcripts=transcript, closed_at__isnull=False)
    for found in rounds.select_for_update(of=("self",), no_key=True).order_by("pk"):
        found.result = shifted(found.result or {}, transcript, shift)
        found.save(update_fields=["result"])


def affected(rows: QuerySet[Any], shift: Shift) -> list[Any]:
    """Return the rows that lie behind or within the first edit, with their new places."""
    found = list(rows.filter(end__gt=shift.edits[0].start))
    for one in found:
        one.start, one.end = shift.span(one.start, one.end)
    return found


def write(all_rows: QuerySet[Any], rows: Iterable[Any], more: Iterable[str] = ()) -> None:
    """Write new places of rows. Two places may change over, so all of them are taken out of the way first."""
    found = list(rows)
    for at in range(0, len(found), BATCH):
        batch = all_rows.filter(pk__in=[one.pk for one in found[at : at + BATCH]])
        batch.update(start=F("start") + PARKED, end=F("end") + PARKED)
    all_rows.bulk_update(found, ["start", "end", *more], batch_size=BATCH)
