"""What site teams are told: published findings at a step of the Roadmap, with who said it and what they allow to quote.

Leads and administrators are told the same. A finding that nobody stands behind any more, or only people whose role
group is too small to be told of, is left out, although it is published.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any

from django.db.models import Prefetch, QuerySet

from interviews.access import visible_studies
from interviews.evidence import FEWEST, Piece, Strength, people_of, pieces_of, quotes_for_site_teams, strengths_of
from interviews.models import Finding, FindingStep, Study, StudyMember
from projects.models import Program, Scopes


@dataclass(frozen=True)
class Told:
    """A finding as it is told outside its study. `opens`: the reader may look at it there; `works`: at its passages."""

    finding: Finding
    steps: list[FindingStep]
    strength: Strength
    quotes: list[Piece]
    opens: bool = False
    works: bool = False


def tell(findings: QuerySet[Finding], *, step: str = "") -> list[Told]:
    """Return how findings are told, in at most nine statements; of each what it says of `step`, or of all its steps."""
    ties = FindingStep.objects.filter(step_key=step) if step else FindingStep.objects.all()
    found = list(
        findings.select_related("study", "theme").prefetch_related(
            Prefetch("steps", ties, to_attr="ties"), "constructs", "strategies"
        )
    )
    if not found:
        return []
    people = people_of({one.study_id for one in found})
    strengths, pieces = strengths_of(found, people), pieces_of(found, people, quoted=True)
    return [
        Told(one, one.ties, strengths[one.pk].for_site_teams, quotes_for_site_teams(pieces[one.pk], people))
        for one in found
    ]


def has_a_voice(told: Told) -> bool:
    return told.strength.people > 0


def at_step(program: Program, step: str, *, scopes: Scopes) -> list[Told]:
    """Return what the studies of a program found about a step, newest first; nothing while interviews are off."""
    here = FindingStep.objects.filter(step_key=step).values("finding")
    found = Finding.objects.published().filter(study__program=program, pk__in=here)
    found = found.filter(study__program__interview_approval__on=True).order_by("-published_at", "-pk")
    return with_ways_in(filter(has_a_voice, tell(found, step=step)), scopes)


def of_study(study: Study) -> list[Told]:
    """Return all findings that a study has published, theme by theme, as they are told outside it."""
    rows = Finding.objects.published().filter(study=study).order_by("theme__position", "theme", "pk")
    return list(filter(has_a_voice, tell(rows)))


def as_told(told: list[Told]) -> dict[str, Any]:
    """Return what a list of findings says: the findings, and whether groups below `fewest` people are left out."""
    return {"told": told, "left_out": any(one.strength.left_out for one in told), "fewest": FEWEST}


def with_ways_in(told: Iterable[Told], scopes: Scopes) -> list[Told]:
    """Say of each finding whether the reader may open it in its study, and its passages there; two statements."""
    told = list(told)
    if not told:
        return []
    studies = {one.finding.study_id for one in told}
    opens = set(visible_studies(scopes).filter(pk__in=studies).values_list("pk", flat=True))
    members = StudyMember.objects.active().filter(user=scopes.user_id, study__in=studies)
    works = set(members.values_list("study", flat=True))
    return [replace(one, opens=one.finding.study_id in opens, works=one.finding.study_id in works) for one in told]
