"""Taking notes into a study as memos, each about the one thing at which it stands first."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from uuid import UUID, uuid5

from django.utils.translation import gettext as _

from interviews.exchange import parts
from interviews.exchange.intake import Coders, Intake
from interviews.models import Code, Coding, Interview, Memo, Theme

About = Code | Coding | Interview | Theme
LONGEST_QUOTE = 200
FIELDS = ("interview", "code", "coding", "theme")


@dataclass(frozen=True)
class Words:
    """A memo to be written: what is said, by whom, and when."""

    guid: UUID
    text: str
    coder: UUID | None
    created: dt.datetime | None = None
    changed: dt.datetime | None = None


class Memos:
    """The notes of a file, and descriptions that have no other place, on their way to becoming memos."""

    def __init__(self, intake: Intake, notes: Iterable[parts.Note], coders: Coders):
        self.intake, self.coders = intake, coders
        self.notes = {one.guid: one for one in notes}
        self.places: dict[UUID, tuple[About, str]] = {}  # where a note stands, and words to be put before it
        self.dropped: set[UUID] = set()
        rows = Memo.objects.filter(study=intake.study)
        self.guids = set(rows.values_list("guid", flat=True))
        others = rows.exclude(guid__in=self.notes)  # what they say, of those that are not in the file by identifier
        self.said: Counter[tuple[Any, ...]] = Counter(others.values_list(*FIELDS, "coder", "text"))
        self.new: list[Memo] = []

    def at(self, guids: Iterable[UUID], about: About, *, quote: str = "") -> None:
        """Say where notes stand. One that stands elsewhere already stays there, and the second place is lost."""
        for guid in guids:
            if guid not in self.notes:
                self.intake.report.deviation(_("A note is not in the project."))
            elif guid in self.places and self.places[guid][0] is not about:
                self.intake.report.loss(_("A note stands at several things; it is kept at one of them."))
            else:
                self.places[guid] = (about, quote)

    def drop(self, guids: Iterable[UUID]) -> None:
        """Leave out notes about a text that is not taken."""
        self.dropped |= set(guids)

    def add(self, guid: UUID, text: str, coder: UUID | None, about: About | None) -> None:
        """Write a description as a memo; nothing for an empty one."""
        if text.strip():
            self.write(Words(guid, text, coder), about)

    def finish(self, project: parts.Project) -> None:
        """Write all notes; those that stand nowhere are about the study."""
        self.add(uuid5(UUID(int=0), f"project {project.name}"), project.description, None, None)
        for guid in project.note_refs:
            if guid in self.places:
                self.intake.report.loss(_("A note stands at several things; it is kept at one of them."))
        for one in self.notes.values():
            if one.guid in self.dropped and one.guid not in self.places:
                continue
            about, quote = self.places.get(one.guid, (None, ""))
            text = f"{quote}\n\n{one.content}" if quote else one.content or ""
            if text.strip():
                self.write(Words(one.guid, text, one.coder, one.created, one.changed), about)
        self.intake.save_all("memos", self.new)

    def write(self, words: Words, about: About | None) -> None:
        """Write one memo, unless it is here by its identifier or by what it says about the same thing."""
        if words.guid in self.guids:
            self.intake.there["memos"] += 1
            return
        coder = self.coders.of(words.coder)
        place: dict[str, Any] = {str(about._meta.model_name): about} if about else {}
        known = tuple(place[name].pk if name in place else None for name in FIELDS)
        said = (*known, coder.pk, words.text)
        if (about is None or about.pk) and coder.pk and self.said[said]:
            self.said[said] -= 1
            self.intake.there["memos"] += 1
            return
        created = words.created or self.intake.now
        memo = Memo(
            study=self.intake.study,
            guid=words.guid,
            coder=coder,
            text=words.text,
            created_at=created,
            changed_at=words.changed or created,
            **place,
        )
        self.new.append(memo)
        self.guids.add(words.guid)


def quoted(words: str) -> str:
    """Return words of a passage in quotation marks, shortened where they are many."""
    plain = " ".join(words.split())
    return f"“{plain[:LONGEST_QUOTE]}{'…' if len(plain) > LONGEST_QUOTE else ''}”"
