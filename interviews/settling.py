"""Settling where coders of a closed round differed, and undoing it."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from interviews.codebook import code_of
from interviews.deidentifying import locked_text
from interviews.models import AgreementRound, Coding, SettledCoding, Settlement, Transcript
from interviews.rounds import Difference, differences
from interviews.studying import coder_of, record
from interviews.units import trimmed


@transaction.atomic
def settle(
    found: AgreementRound,
    *,
    transcript: int,
    code: int,
    start: int,
    end: int,
    revision: int,
    applies: bool,
    why: str = "",
    by: User,
    now: dt.datetime,
) -> Settlement:
    """Decide whether a code belongs at a place where coders differed, and bring what stands there now in line.

    Where it belongs and nobody's coding stands there any more, one by who settles is put over the words that were
    marked; else nothing changes. Where it does not belong, the round's coders lose it there: what lies within the place
    is taken away, what reaches beyond is cut back to the rest. Settled otherwise before, that is undone first.

    Raises Transcript.DoesNotExist and Code.DoesNotExist for those of other rounds and studies, StaleText where the text
    has changed since `revision`, ValidationError where nobody differed or an open round is being coded blind there.
    """
    text = locked_text(found.transcripts.select_related("interview__study__program").get(pk=transcript), revision)
    current = AgreementRound.objects.select_related("study__program").get(pk=found.pk)
    of_study = code_of(current.study, code)
    place = difference_at(current, (text.pk, code, start, end))
    check_nobody_codes_blind(text)
    known = {"round": current, "transcript": text, "code": of_study, "start": start, "end": end}
    before = Settlement.objects.filter(**known).first()
    if before and (before.applies, before.why) == (applies, why.strip()):
        return before
    if before:
        undo(before, now=now)
    made = Settlement.objects.create(**known, applies=applies, why=why.strip(), by=by, at=now)
    if applies:
        put_where_missing(made, place, by=by, now=now)
    else:
        take_from(made, text, now=now)
    changes: dict[str, list[Any]] = {"code": [None, of_study.name], "applies": [before and before.applies, applies]}
    record("agreement_settled", current.study, by=by, now=now, target=current, label=current.name, changes=changes)
    return made


def difference_at(current: AgreementRound, place: tuple[int, int, int, int]) -> Difference:
    """Return where coders differed at a place. Raises ValidationError for an open round and where nobody did."""
    found = next((one for one in differences(current.result or {"texts": []}) if one.place == place), None)
    if found is None:
        raise ValidationError(_("Nobody differed at this place. Look at the round again."))
    return found


def check_nobody_codes_blind(text: Transcript) -> None:
    """Raise ValidationError while a transcript is in an open round."""
    busy = text.agreement_rounds.filter(closed_at=None).first()
    if busy:
        raise ValidationError(
            _("This interview is being coded blind in “%(round)s”. Settle when that round is closed.") % {"round": busy}
        )


def put_where_missing(made: Settlement, place: Difference, *, by: User, now: dt.datetime) -> None:
    standing = Coding.objects.there().filter(transcript=made.transcript, code=made.code)
    if standing.filter(start__lt=made.end, end__gt=made.start).exists():
        return
    start = max(made.start, min(start for _coder, start, _end in place.marked))
    end = min(made.end, max(end for _coder, _start, end in place.marked))
    coder = coder_of(made.round.study, by)
    new = {"transcript": made.transcript, "code": made.code, "coder": coder, "start": start, "end": end}
    put = Coding.objects.create(**new, created_at=now, changed_at=now)
    SettledCoding.objects.create(settlement=made, coding=put)


def take_from(made: Settlement, text: Transcript, *, now: dt.datetime) -> None:
    """Take the code from the place where it stands by the round's coders, cutting what reaches beyond."""
    rows = Coding.objects.there().filter(transcript=text, code=made.code, coder__in=made.round.coders.all())
    for coding in rows.filter(start__lt=made.end, end__gt=made.start).select_for_update(of=("self",), no_key=True):
        SettledCoding.objects.create(settlement=made, coding=coding, start=coding.start, end=coding.end)
        sides = ((coding.start, made.start), (made.end, coding.end))
        rest = [span for side in sides if side[0] < side[1] and (span := trimmed(text.text, *side))]
        rest = [span for span in rest if not stands(coding, *span)]
        coding.changed_at = now
        if rest:
            coding.start, coding.end = rest[0]
        else:
            coding.removed_at = now
        coding.save(update_fields=["start", "end", "removed_at", "changed_at"])
        for start, end in rest[1:]:
            new = {"transcript": text, "code": coding.code, "coder": coding.coder, "start": start, "end": end}
            put = Coding.objects.create(**new, created_at=now, changed_at=now)
            SettledCoding.objects.create(settlement=made, coding=put)


def stands(coding: Coding, start: int, end: int) -> bool:
    """Tell whether another coding says the same of [start, end): this code by this person."""
    same = Coding.objects.there().filter(transcript=coding.transcript_id, code=coding.code_id, coder=coding.coder_id)
    return same.filter(start=start, end=end).exclude(pk=coding.pk).exists()


@transaction.atomic
def unsettle(found: AgreementRound, pk: int, *, by: User, now: dt.datetime) -> Settlement:
    """Undo a settlement (its id), with what it did to codings.

    Raises Settlement.DoesNotExist for one of another round, ValidationError while the interview is coded blind.
    """
    settled = found.settlements.select_related("transcript__interview__study__program", "code").get(pk=pk)
    text = locked_text(settled.transcript, settled.transcript.revision)
    check_nobody_codes_blind(text)
    undo(settled, now=now)
    changes: dict[str, list[Any]] = {"code": [None, settled.code.name]}
    study = text.interview.study
    record("agreement_unsettled", study, by=by, now=now, target=found, label=found.name, changes=changes)
    return settled


def undo(settled: Settlement, *, now: dt.datetime) -> None:
    """Bring codings back to where they stood before a settlement, take away what it put, and forget it."""
    for one in settled.codings.select_related("coding").order_by("-pk"):
        coding = one.coding
        if coding.removed_at and coding.removed_at != settled.at:
            continue  # its coder took it away since
        coding.changed_at = now
        if one.start is None or one.end is None or stands(coding, one.start, one.end):
            coding.removed_at = now
        else:
            coding.start, coding.end, coding.removed_at = one.start, one.end, None
        coding.save(update_fields=["start", "end", "removed_at", "changed_at"])
    settled.delete()
