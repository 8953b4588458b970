"""Filling some cells of the demo's framework matrix, as its two researchers would have."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import yaml

from accounts.models import User
from interviews.filling import fill_cell
from interviews.models import Code, Coding, Participant, Study
from projects.models import Site

WORDS = Path(__file__).parent / "framework.yaml"
CODED_AT = "transcript__interview__participant"


def fill_framework(study: Study, codes: dict[str, Code], coders: tuple[User, User], *, now: dt.datetime) -> int:
    """Write the made-up summaries where something is coded; return how many. Codes by CFIR key, "" is what helps."""
    told = yaml.safe_load(WORDS.read_text(encoding="utf-8"))
    cells: list[tuple[Code, Participant | Site, str]] = []
    for key, groups in told["participants"].items():
        code = codes["" if key == "helps" else key]
        for group, summaries in groups.items():
            people = Participant.objects.filter(study=study, role_group=group, pk__in=coded(code, CODED_AT))
            cells += zip_cells(code, people.order_by("pseudonym"), summaries)
    for key, summaries in told["sites"].items():
        code = codes["" if key == "helps" else key]
        sites = Site.objects.filter(pk__in=coded(code, f"{CODED_AT}__site")).select_related("project")
        cells += zip_cells(code, sites.order_by("name", "pk"), summaries)
    for number, (code, row, text) in enumerate(cells):
        fill_cell(study, code, row, text=text, revision=0, by=coders[number % 3 == 2], now=now)
    return len(cells)


def coded(code: Code, what: str) -> Any:
    """Return a subquery of the participants or sites at which a code was used."""
    return Coding.objects.there().filter(code=code, **{f"{what}__isnull": False}).values(what)


def zip_cells(code: Code, rows: Any, summaries: list[str]) -> list[tuple[Code, Any, str]]:
    return [(code, row, text) for row, text in zip(rows, summaries, strict=False)]
