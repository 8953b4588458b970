"""Putting codes to passages, taking them away again, and undoing either."""

from __future__ import annotations

import datetime as dt

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from accounts.models import User
from interviews.codebook import add_code, code_named, code_of, holds_others
from interviews.deidentifying import locked_text
from interviews.models import Coding, Transcript
from interviews.studying import coder_of


@transaction.atomic
def apply_code(
    transcript: Transcript, code: int, *, start: int, end: int, revision: int, by: User, now: dt.datetime
) -> Coding:
    """Put a code (by id) to [start, end) of a text read at `revision`; spaces at either end are left out.

    Done before by the same person, it changes nothing. Raises StaleText where the text has changed, ValidationError for
    a passage outside the text or of spaces only and a code that is retired or only holds others, Code.DoesNotExist for
    one of another study.
    """
    found = locked_text(transcript, revision)
    chosen = code_of(found.interview.study, code)
    if chosen.folder:
        raise ValidationError(holds_others(chosen))
    if not 0 <= start < end <= len(found.text):
        raise ValidationError(_("This passage lies outside the text. Look at the text again."))
    words = found.text[start:end]
    start, end = start + len(words) - len(words.lstrip()), end - len(words) + len(words.rstrip())
    if start >= end:
        raise ValidationError(_("There are no words in this passage."))
    coder = coder_of(found.interview.study, by)
    place = {"transcript": found, "code": chosen, "coder": coder, "start": start, "end": end}
    there = Coding.objects.there().filter(**place).first()
    return there or Coding.objects.create(**place, created_at=now, changed_at=now)


@transaction.atomic
def apply_named_code(
    transcript: Transcript, name: str, *, start: int, end: int, revision: int, by: User, now: dt.datetime
) -> Coding:
    """Put the code of a name to a passage, one that is added where there is none; both or neither.

    Somebody else may have made it since the page was read. Raises as `add_code` and `apply_code` do.
    """
    found = locked_text(transcript, revision)  # before the study is: who replaces names locks in this order
    study = found.interview.study
    code = code_named(study, name) or add_code(study, name=name, by=by, now=now)
    return apply_code(transcript, code.pk, start=start, end=end, revision=revision, by=by, now=now)


@transaction.atomic
def take_away(transcript: Transcript, pk: int, *, by: User, now: dt.datetime) -> Coding:
    """Take a coding away; taken away before, nothing changes. Everybody takes away what they put there themselves.

    Raises Coding.DoesNotExist elsewhere, ValidationError for somebody else's.
    """
    coding = own(transcript, pk, by)
    if coding.removed_at is None:
        coding.removed_at = coding.changed_at = now
        coding.save(update_fields=["removed_at", "changed_at"])
    return coding


@transaction.atomic
def bring_back(transcript: Transcript, pk: int, *, by: User, now: dt.datetime) -> Coding:
    """Bring back a coding that was taken away. Raises as `take_away` does, and for a code that is retired by now."""
    before = Coding.objects.select_related("code__study").get(pk=pk, transcript=transcript)
    if before.removed_at is None:
        return own(transcript, pk, by)
    code = code_of(before.code.study, before.code_id)  # before the coding, as those who change the codebook lock
    coding = own(transcript, pk, by)
    if coding.code_id != code.pk:
        raise ValidationError(_("This passage was given another code meanwhile. Look at it again."))
    coding.removed_at, coding.changed_at = None, now
    try:
        with transaction.atomic():
            coding.save(update_fields=["removed_at", "changed_at"])
    except IntegrityError as error:
        raise ValidationError(_("This passage has this code already.")) from error
    return coding


def own(transcript: Transcript, pk: int, by: User) -> Coding:
    """Return a coding of a person's own, locked. Raises Coding.DoesNotExist and ValidationError as `take_away` does."""
    rows = Coding.objects.select_for_update(of=("self",), no_key=True).select_related("code__study", "coder__user")
    coding = rows.get(pk=pk, transcript=transcript)
    if coding.coder.user_id != by.pk:
        raise ValidationError(_("%(who)s put this code there. Only they can change it.") % {"who": coding.coder})
    return coding
