"""Taking codes and sets of codes into a study's codebook and themes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from interviews.codebook import COLOURS, MARKS, check_size
from interviews.exchange import parts
from interviews.exchange.descriptions import nearest, taken_apart
from interviews.exchange.intake import Intake
from interviews.models import Code, Theme
from roadmap.models import Construct

LONGEST_NAME = 120
LONGEST_THEME = 160
Place = tuple[UUID | None, str]  # the code above, and the name


class Codebook:
    """The study's codes by the identifiers of a file; a code that was merged here stands for what it became."""

    def __init__(self, intake: Intake, codes: Iterable[parts.Code], *, used: Collection[UUID]):
        self.intake = intake
        self.constructs = {one.key: one for one in Construct.objects.all()}
        own = list(intake.study.codes.all())
        by_pk = {code.pk: code for code in own}
        self.by_guid = {code.guid: code for code in own}
        self.by_place: dict[Place, Code] = {}
        self.own_places: dict[Place, Code] = {}  # of codes that were here before, and are not in the file by identifier
        file = {one.guid for one, _over in parts.all_codes(codes)}
        self.last: Counter[UUID | None] = Counter()
        for code in own:
            above = by_pk[code.parent_id].guid if code.parent_id else None
            self.last[above] = max(self.last[above], code.position)
            if code.retired_at is None:
                self.by_place[above, code.name.lower()] = code
                if code.guid not in file:
                    self.own_places[above, code.name.lower()] = code
        self.merged = {code.guid: by_pk[code.merged_into_id] for code in own if code.merged_into_id}
        self.notes: dict[UUID, Code] = {}
        for one, over in parts.all_codes(codes):
            code = self.take(one, self.by_guid[over.guid] if over else None, used=used)
            self.notes |= {guid: code for guid in one.notes if guid not in self.notes}
        if self.intake.new["codes"]:
            check_size(len(self.by_place))

    def take(self, one: parts.Code, above: Code | None, *, used: Collection[UUID]) -> Code:
        """Return the study's code for one of the file, made where there is none."""
        name = one.name or _("Code without a name")
        place = (above.guid if above else None, name[:LONGEST_NAME].lower())
        found = self.by_guid.get(one.guid) or self.own_places.pop(place, None)
        if found is None:
            found = self.make(one, name, above, used=used)
        else:
            self.intake.there["codes"] += 1
            while found.guid in self.merged:
                found = self.merged[found.guid]
        self.by_guid[one.guid] = found
        return found

    def make(self, one: parts.Code, name: str, above: Code | None, *, used: Collection[UUID]) -> Code:
        over = above.guid if above else None
        self.last[over] += 1
        position = self.last[over]
        look: dict[str, Any] = {"mark": MARKS[(position - 1) % len(MARKS)]}
        look["colour"] = above.colour if above else COLOURS[(position - 1) % len(COLOURS)]
        if one.colour:
            look["colour"] = nearest(one.colour)
        if not one.codable and one.guid in used:
            self.intake.report.deviation(_("Passages have a code that should only hold others together."), name)
        code = Code(
            study=self.intake.study,
            guid=one.guid,
            parent=above,
            name=self.free_name(over, name),
            position=position,
            folder=not one.codable and one.guid not in used,
            created_by=self.intake.by,
            created_at=self.intake.now,
            **look,
            **self.meaning(one, name),
        )
        self.intake.save("codes", code)
        self.by_place[over, code.name.lower()] = code
        return code

    def free_name(self, over: UUID | None, name: str) -> str:
        """Return a name as it can stand at a place."""
        short = free_name(name, LONGEST_NAME, {taken for above, taken in self.by_place if above == over})
        if short != name:
            self.intake.report.deviation(_("A code's name is too long or there twice; it was changed."), name)
        return short

    def meaning(self, one: parts.Code, name: str) -> dict[str, Any]:
        """Return what a code means; a name that had to be cut stands in full before it."""
        meaning: dict[str, Any] = dict(taken_apart(one.description, constructs=self.constructs))
        if len(name) > LONGEST_NAME:
            meaning["definition"] = f"{name}\n\n{meaning.get('definition', '')}".strip()
        if meaning.get("construct"):
            meaning["construct"] = self.constructs[meaning["construct"]]
        return meaning


def free_name(name: str, longest: int, taken: set[str]) -> str:
    """Return a name cut where it is too long, and numbered where it is `taken`, in small letters; it is taken then."""
    short, number = name[:longest].strip(), 1
    while short.lower() in taken:
        number += 1
        ending = f" ({number})"
        short = name[: longest - len(ending)].strip() + ending
    taken.add(short.lower())
    return short


class Themes:
    """Sets of codes as themes. A set of texts alone is lost."""

    def __init__(self, intake: Intake, sets: Iterable[parts.Set], codebook: Codebook):
        self.intake = intake
        self.by_guid = {theme.guid: theme for theme in intake.study.themes.all()}
        self.taken = {theme.name.lower() for theme in self.by_guid.values()}
        file = {one.guid for one in sets}
        self.by_name = {theme.name.lower(): theme for theme in self.by_guid.values() if theme.guid not in file}
        self.notes: dict[UUID, Theme] = {}
        for one in sets:
            intake.report.loss(_("That a set holds texts is not kept."), one.name, len(one.sources) and 1)
            if one.sources and not one.codes:
                continue
            theme = self.by_guid.get(one.guid) or self.by_name.pop(one.name[:LONGEST_THEME].lower(), None)
            if theme is None:
                theme = self.make(one, codebook)
            else:
                intake.there["themes"] += 1
            self.notes |= {guid: theme for guid in one.notes if guid not in self.notes}

    def make(self, one: parts.Set, codebook: Codebook) -> Theme:
        name = free_name(one.name or _("Theme without a name"), LONGEST_THEME, self.taken)
        if name != one.name:
            self.intake.report.deviation(_("A set's name is too long or there twice; it was changed."), one.name)
        theme = Theme(
            study=self.intake.study,
            guid=one.guid,
            name=name,
            meaning=one.description,
            position=len(self.taken),
            created_by=self.intake.by,
            created_at=self.intake.now,
        )
        self.intake.save("themes", theme)
        if not self.intake.dry:
            theme.codes.set([codebook.by_guid[guid] for guid in one.codes])
        return theme
