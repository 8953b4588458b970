"""The codebook and the themes of a study as they leave it. Reads."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from uuid import UUID

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from interviews.exchange import parts
from interviews.exchange.descriptions import PALETTE, composed
from interviews.exchange.intake_codes import LONGEST_NAME
from interviews.exchange.remarks import Report
from interviews.models import Code, Coding, Study

RETIRED = " (retired)"  # the same in every language: what goes out can come in again
Notes = Mapping[int, Sequence[UUID]]


class CodesOut:
    """The codes that leave: those in use, and retired ones that passages still have, with what stands above them."""

    def __init__(self, study: Study, codings: QuerySet[Coding], report: Report):
        self.study, self.report = study, report
        codes = {code.pk: code for code in study.codes.select_related("construct")}
        used = set(codings.values_list("code", flat=True).distinct().order_by())
        self.leaving: set[int] = set()
        for code in codes.values():
            if code.retired_at is None or code.pk in used:
                self.add(code, codes)
        self.codes = {pk: code for pk, code in codes.items() if pk in self.leaving}
        self.guids = {pk: code.guid for pk, code in self.codes.items()}
        self.order: list[int] = []
        report.loss(_("Retired codes that no passage has stay here."), times=len(codes) - len(self.codes))
        retired = sum(code.retired_at is not None for code in self.codes.values())
        report.loss(_("That a code is retired is only said in its name."), times=retired)
        report.loss(_("The marks beside codes stay here; their colors leave."), times=len(self.codes))

    def add(self, code: Code, codes: Mapping[int, Code]) -> None:
        """Let a code leave, and those above it."""
        one: Code | None = code
        while one and one.pk not in self.leaving:
            self.leaving.add(one.pk)
            one = codes.get(one.parent_id) if one.parent_id else None

    def tree(self, notes: Notes) -> list[parts.Code]:
        """Return the codes from the top, each with those below it."""
        below: dict[int | None, list[Code]] = {}
        for code in sorted(self.codes.values(), key=lambda code: (code.position, code.pk)):
            below.setdefault(code.parent_id, []).append(code)
        self.order = []
        return self.level(below, None, notes)

    def level(self, below: Mapping[int | None, list[Code]], above: int | None, notes: Notes) -> list[parts.Code]:
        level = below.get(above, [])
        taken = {code.name.lower() for code in level if code.retired_at is None}
        made = []
        for code in level:
            self.order.append(code.pk)
            made.append(
                parts.Code(
                    code.guid,
                    retired_name(code.name, taken) if code.retired_at else code.name,
                    codable=not code.folder,
                    colour=PALETTE[(code.colour - 1) % len(PALETTE)],
                    description=composed(meaning_of(code)).strip(),
                    notes=list(notes.get(code.pk, ())),
                    below=self.level(below, code.pk, notes),
                )
            )
        return made

    def sets(self, notes: Notes) -> list[parts.Set]:
        """Return the themes as sets of codes; needs the tree to be made before."""
        places = {pk: place for place, pk in enumerate(self.order)}
        found = []
        for theme in self.study.themes.prefetch_related("codes", "codings"):
            codes = sorted((code.pk for code in theme.codes.all() if code.pk in places), key=places.__getitem__)
            said = _("Passages that belong to a theme by themselves are in the file beside.")
            self.report.loss(said, theme.name, len(theme.codings.all()))
            found.append(
                parts.Set(
                    theme.guid,
                    theme.name,
                    theme.meaning.strip(),
                    [self.guids[pk] for pk in codes],
                    notes=list(notes.get(theme.pk, ())),
                )
            )
        return found


def meaning_of(code: Code) -> dict[str, str]:
    return {
        "definition": code.definition,
        "use_when": code.use_when,
        "not_when": code.not_when,
        "examples": code.examples,
        "construct": code.construct.key if code.construct else "",
        "step_key": code.step_key,
    }


def retired_name(name: str, taken: set[str]) -> str:
    """Return the name of a retired code, which no other code of its level has."""
    number, ending = 1, RETIRED
    while (made := name[: LONGEST_NAME - len(ending)].strip() + ending).lower() in taken:
        number += 1
        ending = f"{RETIRED} ({number})"
    taken.add(made.lower())
    return made
