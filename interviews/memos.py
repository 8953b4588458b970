"""Memos: what people think about a passage, a code, an interview or a theme, each in their own words."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from interviews.interviewing import locked
from interviews.models import Code, Coding, Interview, Memo, Study, Theme
from interviews.studying import coder_of

About = Coding | Code | Interview | Theme
LONGEST = 10_000


def kind_of(about: About) -> str:
    """Return the name of the memo's field that holds such a thing."""
    return str(about._meta.model_name)


@transaction.atomic
def write_memo(study: Study, about: About, *, text: str, by: User, now: dt.datetime) -> Memo | None:
    """Write what a person thinks about a thing of a study; empty words take it away. The same again changes nothing.

    Everybody writes one memo at a thing; where more came in with a file, the newest is changed. Raises ValidationError
    for an interview whose participant has withdrawn, and for a passage that is not there any more.
    """
    if isinstance(about, Interview | Coding):
        lock_talk(about)
    place = {"study": study, "coder": coder_of(study, by), kind_of(about): about}
    memo = Memo.objects.select_for_update(of=("self",), no_key=True).filter(**place).last()
    text = text.strip()
    if text == (memo.text if memo else ""):
        return memo
    if isinstance(about, Coding):  # so that others who look at the text see it
        Coding.objects.filter(pk=about.pk).update(changed_at=now)
    if memo is None:
        return Memo.objects.create(text=text, created_at=now, changed_at=now, **place)
    if not text:
        memo.delete()
        return None
    memo.text, memo.changed_at = text, now
    memo.save(update_fields=["text", "changed_at"])
    return memo


def lock_talk(about: Interview | Coding) -> None:
    """Lock the interview that a memo is about, as who withdraws does. Raises ValidationError as `write_memo` does."""
    talk = about if isinstance(about, Interview) else Interview.objects.filter(transcript__codings=about).first()
    if talk:
        locked(talk)
    if isinstance(about, Coding) and not Coding.objects.filter(pk=about.pk).exists():
        raise ValidationError(_("This passage is not there any more."))


def hand_over(memos: Iterable[Memo], to: About, *, now: dt.datetime) -> None:
    """Let memos be about another thing, as when two become one; what its writer has there already is put before it."""
    kind = kind_of(to)
    for memo in memos:
        there = Memo.objects.filter(coder=memo.coder_id, **{kind: to}).exclude(pk=memo.pk).last()
        both = f"{there.text}\n\n{memo.text}" if there else ""
        if there and len(both) <= LONGEST:
            there.text, there.changed_at = both, now
            there.save(update_fields=["text", "changed_at"])
            memo.delete()
        else:
            setattr(memo, kind, to)
            memo.save(update_fields=[kind])


@dataclass(frozen=True)
class Written:
    """What was written about a thing: one's own words, "" for none, and the memos of others, oldest first."""

    own: str
    others: list[Memo]


def written_about(study: Study, about: About, *, reader: User) -> Written:
    """Return the memos about a thing that a person may read, in one statement.

    Who codes an interview blind does not read what others think of it until the round is closed.
    """
    rows = Memo.objects.visible_to_coder(reader).filter(study=study, **{kind_of(about): about})
    rows = rows.select_related("coder__user")
    own = [memo for memo in rows if memo.coder.user_id == reader.pk]
    return Written(own[-1].text if own else "", [memo for memo in rows if memo.coder.user_id != reader.pk])
