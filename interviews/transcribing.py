"""Bringing in a transcript: its file is read, looked at with its speakers, then saved; the file is kept apart."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import PurePosixPath

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from interviews.interviewing import locked
from interviews.models import Interview, Original, Transcript
from interviews.reading.files import ReadFile, read_file
from interviews.reading.turns import Turn, laid_out, renamed, turns_of
from interviews.searching import take_up
from interviews.studying import record

NO_SPEAKER = "-"  # what a person says of a name that is none


@dataclass(frozen=True)
class Preview:
    """A file as it would be saved: its turns, who speaks how often, and what a person should know of it."""

    read: ReadFile
    turns: list[Turn]
    speakers: list[tuple[str, int]]
    notes: list[str]
    characters: int


def preview_of(original: Original, names: Mapping[str, str] | None = None) -> Preview:
    """Read a file that waits, with other names for its speakers (`NO_SPEAKER`: that is none)."""
    return with_names(read_file(original.name, bytes(original.content or b"")), names or {})


def with_names(read: ReadFile, names: Mapping[str, str]) -> Preview:
    """Return a file that was read as it would be saved with these names for its speakers."""
    turns = turns_as(read, names)
    counted = Counter(turn.speaker for turn in turns_of(read) if turn.speaker)
    return Preview(read, turns, counted.most_common(), read.notes, len(laid_out(turns)[0]))


def turns_as(read: ReadFile, names: Mapping[str, str]) -> list[Turn]:
    turns = turns_of(read, no_speakers=[name for name, new in names.items() if new == NO_SPEAKER])
    return renamed(turns, {name: new for name, new in names.items() if new and new != NO_SPEAKER})


@transaction.atomic
def choose_file(interview: Interview, *, name: str, data: bytes, by: User, now: dt.datetime) -> Original:
    """Keep a transcript's file until it is looked at and saved; it takes the place of one chosen before.

    Raises ValidationError for a file that cannot be read, an interview that was not held, one that has a transcript,
    and a participant who has withdrawn.
    """
    read_file(name, data)
    found = locked(interview)
    if not found.held_on and not found.brought_in:
        raise ValidationError(_("Say first on which day the interview was held."))
    if Transcript.objects.filter(interview=found).exists():
        raise ValidationError(_("This interview has a transcript. Remove it first, if another is to take its place."))
    Original.objects.filter(interview=found).delete()
    return Original.objects.create(
        interview=found,
        name=PurePosixPath(name.replace("\\", "/")).name[-200:],
        content=data,
        size=len(data),
        sha256=hashlib.sha256(data).hexdigest(),
        chosen_by=by,
        chosen_at=now,
    )


@transaction.atomic
def save_transcript(
    interview: Interview, *, sha256: str, names: Mapping[str, str], by: User, now: dt.datetime
) -> Transcript:
    """Save the text of the file that was looked at (`sha256`), its speakers by the names given.

    Raises ValidationError where another file was chosen meanwhile, a transcript was saved, or the participant withdrew.
    """
    found = locked(interview)
    original = Original.objects.filter(interview=found, content__isnull=False).first()
    if original is None or original.sha256 != sha256 or Transcript.objects.filter(interview=found).exists():
        raise ValidationError(_("The file has changed since you looked at it. Look at it again."))
    turns = turns_as(read_file(original.name, bytes(original.content or b"")), names)
    text, placed = laid_out(turns)
    transcript = Transcript.objects.create(
        interview=found,
        text=text,
        turns=[[one.start, one.words, one.end, one.speaker, one.seconds] for one in placed],
        saved_by=by,
        saved_at=now,
    )
    take_up(transcript)
    record("transcript_saved", found.study, by=by, now=now, target=found, label=found.participant.pseudonym)
    return transcript


@transaction.atomic
def drop_file(interview: Interview) -> None:
    """Forget a file that was chosen and not saved."""
    found = locked(interview)
    if not Transcript.objects.filter(interview=found).exists():
        Original.objects.filter(interview=found).delete()


@transaction.atomic
def remove_transcript(interview: Interview, *, by: User, now: dt.datetime) -> None:
    """Remove a transcript and its file; summaries stay."""
    found = locked(interview)
    if Transcript.objects.filter(interview=found).delete()[0]:
        Original.objects.filter(interview=found).delete()
        record("transcript_removed", found.study, by=by, now=now, target=found, label=found.participant.pseudonym)
