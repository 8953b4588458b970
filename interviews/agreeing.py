"""Coding the same interviews twice, blind: opening a round, being through with an interview, closing the round."""

from __future__ import annotations

import datetime as dt
import hashlib
import secrets
from collections.abc import Sequence
from math import ceil
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from accounts.models import User
from interviews.codebook import locked_study
from interviews.models import AgreementRound, Completion, Study, Transcript
from interviews.rounds import cut, taken_down
from interviews.studying import coder_of, record

SEEDS = 1_000_000


@transaction.atomic
def open_round(
    study: Study,
    *,
    name: str,
    unit: str,
    coders: Sequence[User],
    transcripts: Sequence[int] = (),
    share: int | None = None,
    seed: int | None = None,
    by: User,
    now: dt.datetime,
) -> AgreementRound:
    """Open a round: these people code these transcripts (ids), or a `share` in percent chosen at random, blind.

    Raises ValidationError for fewer than two coders, somebody who is not in the study, no interview, one that cannot be
    read by all or cut into such units, and one that is in another open round.
    """
    locked_study(study)
    check_coders(study, coders)
    pool = 0
    if share is not None:
        fresh = never_double_coded(study)
        pool, seed = len(fresh), secrets.randbelow(SEEDS) if seed is None else seed
        transcripts = drawn(fresh, share, seed)
        if not fresh:
            raise ValidationError(
                _("Every interview that can be read was in a round already. Choose them one by one."),
                code="transcripts",
            )
    chosen = list(with_questions(readable(study).filter(pk__in=transcripts)))
    check_transcripts(chosen, len(set(transcripts)), unit)
    made = AgreementRound.objects.create(
        study=study,
        name=name.strip(),
        unit=unit,
        share=share,
        pool=pool or None,
        seed=seed if share is not None else None,
        opened_by=by,
        opened_at=now,
    )
    made.coders.set([coder_of(study, person) for person in coders])
    made.transcripts.set(chosen)
    changes: dict[str, list[Any]] = {"interviews": [None, len(chosen)]}
    if share is not None:
        changes |= {"share": [None, share], "pool": [None, pool], "seed": [None, seed]}
    record("agreement_opened", study, by=by, now=now, target=made, label=made.name, changes=changes)
    return made


def check_coders(study: Study, coders: Sequence[User]) -> None:
    """Raise ValidationError for fewer than two different people, or one who is not in the study."""
    people = {person.pk for person in coders}
    if len(people) < 2:
        raise ValidationError(_("Choose at least two people who code."), code="coders")
    if study.members.active().filter(user__in=people).count() != len(people):
        raise ValidationError(_("Choose people who are in this study."), code="coders")


def check_transcripts(chosen: Sequence[Transcript], asked_for: int, unit: str) -> None:
    """Raise ValidationError for transcripts that cannot be coded blind now, or not be cut into such units."""
    if not chosen:
        raise ValidationError(_("Choose at least one interview."), code="transcripts")
    if len(chosen) != asked_for:
        raise ValidationError(
            _("Some of these interviews cannot be read by everybody yet. Choose again."), code="transcripts"
        )
    taken = set(AgreementRound.objects.filter(closed_at=None).values_list("transcripts", flat=True))
    if busy := [one for one in chosen if one.pk in taken]:
        raise ValidationError(_("In a round that is open already: %(who)s.") % {"who": named(busy)}, code="transcripts")
    uncut = [one for one in chosen if not cut(one, unit)]
    if uncut:
        raise ValidationError(
            _("No question of the guide is recognised in %(who)s, so there are no answers. Compare another unit.")
            % {"who": named(uncut)},
            code="unit",
        )


def named(transcripts: Sequence[Transcript]) -> str:
    return ", ".join(str(one.interview.participant) for one in transcripts)


def readable(study: Study) -> QuerySet[Transcript]:
    """Return the transcripts of a study that everybody in it may read."""
    rows = Transcript.objects.filter(interview__study=study).select_related(
        "interview__participant", "interview__guide"
    )
    return rows if study.open_text else rows.filter(cleared_at__isnull=False)


def with_questions(transcripts: QuerySet[Transcript]) -> QuerySet[Transcript]:
    """Return transcripts in order, with what they are cut into answers by."""
    return transcripts.prefetch_related("interview__guide__questions").order_by("pk")


def never_double_coded(study: Study) -> list[Transcript]:
    """Return the transcripts that a share is chosen from: readable ones that were in no round yet."""
    return list(readable(study).filter(agreement_rounds=None).defer("text", "turns", "masks").order_by("pk"))


def drawn(transcripts: Sequence[Transcript], share: int, seed: int) -> list[int]:
    """Choose a share in percent, rounded up. The same seed chooses the same again: their GUIDs' order by SHA-256."""
    count = ceil(len(transcripts) * share / 100)
    lot = sorted(transcripts, key=lambda one: hashlib.sha256(f"{seed} {one.guid}".encode()).digest())
    return [one.pk for one in lot[:count]]


@transaction.atomic
def say_through(found: AgreementRound, transcript: int, *, through: bool, by: User, now: dt.datetime) -> AgreementRound:
    """Say that one is through with coding an interview (a transcript's id) of a round, or not after all.

    Raises ValidationError for a round that is closed and somebody who does not code in it, Transcript.DoesNotExist for
    an interview of another round.
    """
    current = locked_round(found)
    coder = current.coders.filter(user=by).first()
    if current.closed_at:
        raise ValidationError(_("This round is closed. Its figures stay."))
    if coder is None:
        raise ValidationError(_("You do not code in this round."))
    place = {"round": current, "transcript": current.transcripts.get(pk=transcript), "coder": coder}
    if through:
        Completion.objects.get_or_create(**place, defaults={"at": now})
    else:
        Completion.objects.filter(**place).delete()
    return current


def locked_round(found: AgreementRound) -> AgreementRound:
    return AgreementRound.objects.select_for_update(of=("self",), no_key=True).select_related("study").get(pk=found.pk)


@transaction.atomic
def close_round(found: AgreementRound, *, by: User, now: dt.datetime) -> AgreementRound:
    """Close a round: what its coders coded until now is kept, and they see each other's codings again.

    An interview counts for those who said that they are through with it. Closed before, nothing changes.
    """
    # Transcripts before the round, as everybody locks them who changes a text.
    texts = found.transcripts.select_for_update(of=("self",), no_key=True).select_related("interview__guide")
    transcripts = list(with_questions(texts))
    current = locked_round(found)
    if current.closed_at:
        return current
    current.result = taken_down(current, transcripts)
    current.closed_at, current.closed_by = now, by
    current.save(update_fields=["result", "closed_at", "closed_by"])
    changes = {"alpha": [None, current.result["overall"]["alpha"]], "interviews": [None, len(transcripts)]}
    record("agreement_closed", current.study, by=by, now=now, target=current, label=current.name, changes=changes)
    return current


@transaction.atomic
def drop_round(found: AgreementRound, *, by: User, now: dt.datetime) -> None:
    """End an open round without figures, as if it had not been; codings stay.

    Raises ValidationError for a round that is closed.
    """
    current = locked_round(found)
    if current.closed_at:
        raise ValidationError(_("This round is closed. Its figures stay."))
    record("agreement_dropped", current.study, by=by, now=now, target=current, label=current.name)
    current.delete()
