"""Two rounds of double coding in the demo's study: an early one, and a later one that agrees better."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from random import Random

from accounts.models import User
from interviews import agreeing, coding, settling
from interviews.models import AgreementRound, Code, Coding, Study, Transcript
from interviews.rounds import differences

DAY = dt.timedelta(days=1)
FIRST = 4  # interviews of the first round, taken by hand
SHARE, SEED = 40, 28  # of the second, taken at random
# How often the second coder saw what the first did, and how much of it they marked.
EARLY, LATER = 0.25, 0.75
REASONS = {
    True: ("Said in other words, but it is this.", "The example in the codebook is nearly the same.", ""),
    False: ("She speaks of another site here.", "This is how it was mended, not what was in the way.", ""),
}


def code_twice(study: Study, coders: Sequence[User], *, rng: Random, now: dt.datetime) -> None:
    """Hold both rounds with what is coded by now, and settle a part of where the coders differ in the second."""
    texts = list(agreeing.readable(study).order_by("pk").values_list("pk", flat=True))
    first = agreeing.open_round(
        study,
        name="Pilot",
        unit="paragraph",
        coders=coders,
        transcripts=texts[:FIRST],
        by=coders[0],
        now=now - 90 * DAY,
    )
    finish(first, coders, likely=EARLY, rng=rng, now=now - 80 * DAY)
    second = agreeing.open_round(
        study,
        name="After mending the codebook",
        unit="paragraph",
        coders=coders,
        share=SHARE,
        seed=SEED,
        by=coders[0],
        now=now - 60 * DAY,
    )
    finish(second, coders, likely=LATER, rng=rng, now=now - 45 * DAY)
    settle_some(second, coders, rng=rng, now=now - 44 * DAY)


def finish(found: AgreementRound, coders: Sequence[User], *, likely: float, rng: Random, now: dt.datetime) -> None:
    """Let each coder see some of what the other saw, be through with all interviews, and close the round."""
    for transcript in found.transcripts.order_by("pk"):
        for one in list(Coding.objects.there().filter(transcript=transcript).select_related("coder").order_by("pk")):
            other = coders[1] if one.coder.user_id == coders[0].pk else coders[0]
            if rng.random() < likely:
                again(transcript, one, by=other, rng=rng, now=now - DAY)
        for person in coders:
            agreeing.say_through(found, transcript.pk, through=True, by=person, now=now - DAY)
    agreeing.close_round(found, by=coders[0], now=now)


def again(transcript: Transcript, one: Coding, *, by: User, rng: Random, now: dt.datetime) -> None:
    """Code what somebody coded, from its first or its second sentence on."""
    behind = transcript.text.find(". ", one.start, one.end)
    start = behind + 2 if behind > 0 and rng.random() < 0.3 else one.start
    place = {"start": start, "end": one.end, "revision": transcript.revision}
    coding.apply_code(transcript, one.code_id, **place, by=by, now=now)


def settle_some(found: AgreementRound, coders: Sequence[User], *, rng: Random, now: dt.datetime) -> None:
    """Settle every other place where the coders differ, mostly so that the code stays."""
    found.refresh_from_db()
    in_use = set(Code.objects.in_use().filter(study=found.study).values_list("pk", flat=True))
    for one in [one for one in differences(found.result or {"texts": []}) if one.code in in_use][::2]:
        applies = rng.random() < 0.7
        place = {"transcript": one.transcript, "code": one.code, "start": one.start, "end": one.end}
        why = rng.choice(REASONS[applies])
        settling.settle(found, **place, revision=one.revision, applies=applies, why=why, by=rng.choice(coders), now=now)
