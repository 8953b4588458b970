"""Memos: what people think about a passage, a code, an interview or a theme, each in their own words."""

from __future__ import annotations

import datetime as dt

from django.db import transaction

from accounts.models import User
from interviews.interviewing import locked
from interviews.models import Code, Coding, Interview, Memo, Study, Theme
from interviews.studying import coder_of

About = Coding | Code | Interview | Theme


def kind_of(about: About) -> str:
    """Return the name of the memo's field that holds such a thing."""
    return str(about._meta.model_name)


@transaction.atomic
def write_memo(study: Study, about: About, *, text: str, by: User, now: dt.datetime) -> Memo | None:
    """Write what a person thinks about a thing of a study; empty words take it away. The same again changes nothing.

    Everybody writes one memo at a thing; where more came in with a file, the newest is changed. Raises ValidationError
    for an interview whose participant has withdrawn.
    """
    if isinstance(about, Interview):
        locked(about)
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


def own_words(study: Study, about: About, person: User) -> str:
    """Return what a person has written about a thing."""
    memo = Memo.objects.filter(study=study, coder__user=person, **{kind_of(about): about}).last()
    return memo.text if memo else ""


def of_others(study: Study, about: About, person: User) -> list[Memo]:
    """Return what others have written about a thing, oldest first."""
    rows = Memo.objects.filter(study=study, **{kind_of(about): about}).select_related("coder__user")
    return list(rows.exclude(coder__user=person))
