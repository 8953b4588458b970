"""Putting stable placeholders where a transcript names somebody, and keeping the key to them apart.

Every change of the text goes through `change_text`, which moves with it all that has a place in the text.
"""

from __future__ import annotations

import datetime as dt
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from string import ascii_uppercase
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from interviews.finding import PLACEHOLDER, Found, Known, find, folded
from interviews.interviewing import locked
from interviews.models import Alias, Original, Study, Transcript
from interviews.naming import names_known
from interviews.positions import Clash, Edit, Shift, applied, checked
from interviews.searching import take_up
from interviews.shifting import move_places
from interviews.studying import record
from projects import jobs

Kind = Alias.Kind
LABELS = {  # what a placeholder of a kind is called, as the English text of a transcript has it
    Kind.PARTICIPANT: "Participant",
    Kind.PERSON: "Person",
    Kind.SITE: "Site",
    Kind.PROJECT: "Project",
    Kind.ORGANIZATION: "Organization",
    Kind.EMAIL: "Email",
    Kind.PHONE: "Phone",
    Kind.DATE: "Date",
    Kind.NUMBER: "Number",
    Kind.OTHER: "Name",
}
LETTERED = {Kind.SITE, Kind.PROJECT, Kind.ORGANIZATION}
AROUND = 50  # characters of context on each side of a candidate


class StaleText(ValidationError):
    """The text has changed since it was read, so that its positions are no longer right."""

    def __init__(self) -> None:
        super().__init__(_("Somebody changed this text meanwhile. Here it is as it is now; nothing of yours was done."))


@dataclass(frozen=True)
class Place:
    """A candidate as a person sees it, with the words around it."""

    start: int
    end: int
    before: str
    words: str
    after: str


@dataclass
class Suggestion:
    """The same words at one or several places, and the placeholder that would take their place."""

    kind: str
    words: str
    placeholder: str
    fresh: bool  # the placeholder is a new one: the key has neither these words nor the name they are of
    sure: bool
    places: list[Place] = field(default_factory=list)

    @property
    def kind_name(self) -> str:
        return str(Kind(self.kind).label)


@dataclass(frozen=True)
class Pick:
    """A place to be replaced. `fresh`: its placeholder was proposed as a new one, and nobody typed another."""

    start: int
    end: int
    kind: str
    placeholder: str
    fresh: bool


def suggestions(transcript: Transcript, study: Study, *, also: str = "") -> list[Suggestion]:
    """Return what could tell who somebody is in a transcript, the words grouped, in the order of their first place.

    `also` are words that a person wants to be found besides, with commas between; or a name that has a comma in it.
    """
    known = names_known(study)
    known += [Known(Kind.OTHER, words, words) for words in dict.fromkeys([also.strip(), *apart(also)]) if words]
    key = Key(study)
    groups: dict[str, Suggestion] = {}
    ends = sorted({at for turn in transcript.turns for at in turn[:2]})
    for one in find(transcript.text, known, ends=ends):
        words = folded(one.words)
        if words not in groups:
            placeholder, fresh = key.suggest(one)
            groups[words] = Suggestion(one.kind, one.words, placeholder, fresh, one.sure)
        groups[words].places.append(place_of(transcript.text, one))
    return list(groups.values())


def apart(also: str) -> list[str]:
    """Return the words that a person wants to be found besides, one by one."""
    return list(dict.fromkeys(words for words in map(str.strip, re.split("[,;]", also)) if words))


def not_found(also: str, groups: Iterable[Suggestion]) -> list[str]:
    """Return those of the words that a person wanted to be found besides that were not."""
    found = [folded(group.words) for group in groups]
    return [words for words in apart(also) if not any(folded(words) in each for each in found)]


def place_of(text: str, one: Found) -> Place:
    """Return a candidate with the words before and behind it, whole words of its own line."""
    before = text[max(0, one.start - AROUND) : one.start].rpartition("\n")[2]
    after = text[one.end : one.end + AROUND].partition("\n")[0]
    if len(before) == AROUND:
        before = before.partition(" ")[2]
    if len(after) == AROUND:
        after = after.rpartition(" ")[0]
    return Place(one.start, one.end, before, one.words, after)


class Key:
    """A study's key in memory: which placeholders are taken, and the next free one of each label."""

    def __init__(self, study: Study):
        self.by_words: dict[str, str] = {}
        self.taken: dict[str, set[str]] = defaultdict(set)  # placeholder: the words it stands for, folded
        for row in study.aliases.order_by("pk"):
            if row.folded:
                self.by_words.setdefault(row.folded, row.placeholder)
            self.taken[row.placeholder].add(row.folded)
        self.proposed: dict[str, str] = {}  # whole name: the placeholder proposed for it

    def suggest(self, one: Found) -> tuple[str, bool]:
        """Return the placeholder for a candidate, and whether it is a new one."""
        words, whole = folded(one.words), folded(one.whole)
        if placeholder := self.by_words.get(words) or self.by_words.get(whole):
            return placeholder, False
        if whole not in self.proposed:
            self.proposed[whole] = self.free(one.kind, one.label or LABELS[Kind(one.kind)])
        return self.proposed[whole], True

    def still_free(self, placeholder: str, words: str, kind: str) -> str:
        """Return a placeholder that was proposed as a new one, or another where it stands for other words by now."""
        if self.taken.get(placeholder, set()) <= {folded(words)}:
            return placeholder
        return self.free(kind, placeholder.strip("[]").rpartition(" ")[0])

    def free(self, kind: str, label: str) -> str:
        """Return a placeholder that stands for nothing yet, and keep it from being given again."""
        number = 1
        while (placeholder := f"[{label} {lettered(number) if kind in LETTERED else number}]") in self.taken:
            number += 1
        self.taken[placeholder] = set()
        return placeholder


def lettered(number: int) -> str:
    """Return 1 as A, 26 as Z, 27 as AA."""
    letters = ""
    while number:
        number, rest = divmod(number - 1, 26)
        letters = ascii_uppercase[rest] + letters
    return letters


def bracketed(placeholder: str) -> str:
    """Return a placeholder as it stands in a text. Raises ValidationError for what cannot be one."""
    made = f"[{placeholder.strip().strip('[]').strip()}]"
    if not PLACEHOLDER.fullmatch(made):
        raise ValidationError(
            _("“%(words)s” cannot be a placeholder. Write a word with a capital and a number, such as Person 3.")
            % {"words": placeholder}
        )
    return made


@transaction.atomic
def replace(transcript: Transcript, picks: Sequence[Pick], *, revision: int, by: User, now: dt.datetime) -> Transcript:
    """Put placeholders in the place of words, and the words into the study's key.

    Raises StaleText where the text is no longer that of `revision`, ValidationError for places that overlap or lie
    outside, and for what cannot be a placeholder.
    """
    found = locked_text(transcript, revision)
    study = Study.objects.select_for_update(no_key=True).get(pk=found.interview.study_id)  # one numbering at a time
    key, given = Key(study), dict[str, str]()
    edits, rows = [], {}
    for pick in picks:
        words = found.text[pick.start : pick.end]
        placeholder = bracketed(pick.placeholder)
        if pick.fresh:
            if placeholder not in given:
                given[placeholder] = key.still_free(placeholder, words, pick.kind)
            placeholder = given[placeholder]
        edits.append(Edit(pick.start, pick.end, placeholder))
        rows[folded(words), placeholder] = (pick.kind, words)
    aliases = {}
    for (words_folded, placeholder), (kind, words) in rows.items():
        defaults = {"kind": kind, "words": words[:300]}
        alias, _made = Alias.objects.get_or_create(
            study=study, folded=words_folded[:300], placeholder=placeholder, defaults=defaults
        )
        aliases[words_folded, placeholder] = alias.pk
    masks = [aliases[folded(found.text[edit.start : edit.end]), edit.text] for edit in edits]
    change_text(found, edits, masks=masks, now=now)
    record("transcript_deidentified", study, by=by, now=now, target=found.interview, label=label_of(found))
    return found


@transaction.atomic
def put_back(transcript: Transcript, start: int, *, revision: int, by: User, now: dt.datetime) -> Transcript:
    """Put the words of the key back where a placeholder stands.

    Raises StaleText as `replace` does, ValidationError where no placeholder of ours stands or its words are destroyed.
    """
    found = locked_text(transcript, revision)
    mask = next((one for one in found.masks if one[0] == start), None)
    alias = Alias.objects.filter(pk=mask[2], study=found.interview.study_id).exclude(words="").first() if mask else None
    if mask is None or alias is None:
        raise ValidationError(_("The words that stood here are not in the key any more."))
    found.masks = [one for one in found.masks if one is not mask]
    change_text(found, [Edit(mask[0], mask[1], alias.words)], now=now)
    record("transcript_put_back", found.interview.study, by=by, now=now, target=found.interview, label=label_of(found))
    return found


def change_text(transcript: Transcript, edits: Sequence[Edit], *, masks: Sequence[int] = (), now: dt.datetime) -> None:
    """Change the text of a locked transcript, and all that has a place in it. `masks`: an alias an edit.

    A text that has changed is no longer said to name nobody. Raises ValidationError for edits that clash.
    """
    try:
        ordered = checked(edits, len(transcript.text))
    except Clash as error:
        raise ValidationError(_("These places overlap or lie outside the text. Look at the text again.")) from error
    shift = Shift(ordered)
    aliases = dict(zip(edits, masks, strict=True)) if masks else {}
    transcript.turns = [
        [
            shift.start(start),
            shift.start(words),
            shift.end(end),
            renamed(speaker, start, words, transcript, ordered),
            at,
        ]
        for start, words, end, speaker, at in transcript.turns
    ]
    kept = [[*shift.span(start, end), alias] for start, end, alias in transcript.masks]
    new = [[*shift.span(edit.start, edit.end), aliases[edit]] for edit in ordered if edit in aliases]
    transcript.masks = sorted(kept + new)
    transcript.text = applied(transcript.text, ordered)
    transcript.revision += 1
    transcript.cleared_at = transcript.cleared_by = None
    transcript.save(update_fields=["text", "turns", "masks", "revision", "cleared_at", "cleared_by"])
    take_up(transcript)
    move_places(transcript, shift, now=now)


def renamed(speaker: str, start: int, words: int, transcript: Transcript, edits: Iterable[Edit]) -> str:
    """Return the name of a turn's speaker after edits of its label."""
    inside = [Edit(one.start - start, one.end - start, one.text) for one in edits if start <= one.start < words]
    return applied(transcript.text[start:words], inside).removesuffix(": ") if inside else speaker


@transaction.atomic
def say_cleared(transcript: Transcript, *, cleared: bool, revision: int, by: User, now: dt.datetime) -> None:
    """Say that a text names nobody any more, or that it does after all. Raises StaleText as `replace` does."""
    found = locked_text(transcript, revision)
    if bool(found.cleared_at) == cleared:
        return
    found.cleared_at, found.cleared_by = (now, by) if cleared else (None, None)
    found.save(update_fields=["cleared_at", "cleared_by"])
    verb = "transcript_cleared" if cleared else "transcript_not_cleared"
    record(verb, found.interview.study, by=by, now=now, target=found.interview, label=label_of(found))


def locked_text(transcript: Transcript, revision: int) -> Transcript:
    """Return a transcript as it is now, locked after its participant. Raises StaleText for another revision."""
    interview = locked(transcript.interview)
    found = Transcript.objects.select_for_update(of=("self",), no_key=True).filter(interview=interview).first()
    if found is None or found.revision != revision:
        raise StaleText
    found.interview = interview
    return found


def label_of(transcript: Transcript) -> str:
    return transcript.interview.participant.pseudonym


def key_header() -> list[Any]:
    return [_("Placeholder"), _("Kind"), _("Words")]


def key_rows(study: Study) -> Iterator[list[Any]]:
    """Yield the rows of a study's key."""
    for row in study.aliases.exclude(words="").order_by("placeholder", "pk"):
        yield [row.placeholder, row.get_kind_display(), row.words]


# ---- the end of files and key


@transaction.atomic
def protect(study: Study, *, open_text: bool, destroy_on: dt.date | None, by: User, now: dt.datetime) -> None:
    """Say whether a text is read before it names nobody, and on which day files and key are destroyed (None: on none).

    Raises ValidationError for a day that is over.
    """
    current = Study.objects.select_for_update(no_key=True).get(pk=study.pk)
    if destroy_on and destroy_on != current.destroy_on and destroy_on <= study.program.today(now):
        raise ValidationError(_("Choose a day that is still to come."))
    days = [day and day.isoformat() for day in (current.destroy_on, destroy_on)]
    pairs: dict[str, list[Any]] = {"open_text": [current.open_text, open_text], "destroy_on": days}
    if changes := {name: pair for name, pair in pairs.items() if pair[0] != pair[1]}:
        record("study_protection_changed", study, by=by, now=now, changes=changes)
    study.open_text, study.destroy_on = open_text, destroy_on
    if destroy_on != current.destroy_on:
        study.destroyed_at = None  # files brought in after an earlier end have an end of their own
    study.save(update_fields=["open_text", "destroy_on", "destroyed_at"])


def files_and_key(study: Study) -> dict[str, int]:
    """Return how many files of transcripts there are, and how many rows the key has."""
    files = Original.objects.filter(interview__study=study, content__isnull=False)
    return {"files": files.count(), "key_rows": study.aliases.exclude(words="").count()}


def destroy_due(*, now: dt.datetime) -> int:
    """Destroy the files and keys whose day has come, each study by itself; return how many studies that were."""
    due = Study.objects.filter(destroy_on__isnull=False, destroyed_at=None).select_related("program", "created_by")
    ready = [study for study in due if study.destroy_on and study.destroy_on <= study.program.today(now)]
    for study in ready:
        destroy(study, by=None, now=now)
    return len(ready)


@transaction.atomic
def destroy(study: Study, *, by: User | None, now: dt.datetime) -> int:
    """Empty the files of a study's transcripts and the words of its key; return how many files those were.

    What stays says that there was a file of that name, with that checksum, and when it was destroyed.
    """
    Study.objects.select_for_update(no_key=True).get(pk=study.pk)
    files = Original.objects.filter(interview__study=study, content__isnull=False)
    count = files.update(content=None, destroyed_at=now)
    words = study.aliases.exclude(words="").update(words="", folded="")
    study.destroyed_at = now
    study.save(update_fields=["destroyed_at"])
    jobs.forget_waiting(study.program, key=study.slug)
    changes = {"destroyed": [None, {"files": count, "words": words}]}
    record("study_files_destroyed", study, by=by, now=now, changes=changes)
    return count
