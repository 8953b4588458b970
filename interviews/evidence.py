"""What stands behind findings: how many people of which role groups, and what of their words may be quoted. Reads.

Nothing of it is kept. Whether somebody may be quoted is decided each time their words are read, so that a consent that
becomes narrower, a withdrawal or a coding that is taken away holds at once, wherever the finding stands.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.db.models import BooleanField, Exists, F, OuterRef, Q, QuerySet, Value
from django.db.models.functions import Substr
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from interviews.models import (
    Coding,
    Evidence,
    Finding,
    FindingStep,
    Interview,
    Participant,
    RoleGroup,
    Study,
    Theme,
)
from interviews.recruiting import consent_of

FEWEST = 5  # people of a role group in a study, below which site teams see neither its number nor its quotes
MOST_QUOTES = 3
GROUPS = {
    RoleGroup.PI: gettext_lazy("principal investigators"),
    RoleGroup.STAFF: gettext_lazy("project staff"),
    RoleGroup.PARTNER: gettext_lazy("community partners"),
    RoleGroup.STATE: gettext_lazy("people from the State"),
}
BULKY = tuple(f"coding__transcript__{name}" for name in ("text", "turns", "masks"))


@dataclass(frozen=True)
class Heard:
    """How many people of a role group stand behind a finding, of those the study heard."""

    group: RoleGroup
    said: int
    of: int

    def __str__(self) -> str:
        return _("%(said)s of %(of)s %(group)s") % {"said": self.said, "of": self.of, "group": GROUPS[self.group]}


@dataclass(frozen=True)
class Strength:
    """Who stands behind a finding. `left_out`: some role groups of the study are too small to be told of."""

    heard: list[Heard] = field(default_factory=list)
    left_out: bool = False

    @property
    def groups(self) -> list[Heard]:
        """The role groups of which somebody said it."""
        return [one for one in self.heard if one.said]

    @property
    def people(self) -> int:
        """How many people said it, of the groups that may be told of."""
        return sum(one.said for one in self.heard)

    @property
    def for_site_teams(self) -> Strength:
        """The same without small role groups; whether they said it cannot be told from what is left."""
        shown = [one for one in self.heard if one.of >= FEWEST]
        return Strength(shown, left_out=len(shown) < len(self.heard))

    def __str__(self) -> str:
        if not self.groups:
            return ""
        return _("Heard from %(who)s.") % {"who": ", ".join(map(str, self.groups))}


@dataclass(frozen=True)
class People:
    """Who took part in studies, by id: they were interviewed, and have not withdrawn."""

    known: Mapping[int, Participant]
    sizes: Mapping[tuple[int, str], int]  # by study and role group

    def strength(self, study: int, said: Iterable[int]) -> Strength:
        """Count who of a study said something, by role group; groups nobody was heard of are left out."""
        by_group = Counter(self.known[pk].role_group for pk in set(said) if pk in self.known)
        heard = [Heard(group, by_group[group], self.sizes.get((study, group), 0)) for group in RoleGroup]
        return Strength([one for one in heard if one.of])

    def is_small(self, person: Participant) -> bool:
        """Tell whether somebody's role group is too small to be told of."""
        return self.sizes[person.study_id, person.role_group] < FEWEST


def people_of(studies: Iterable[int]) -> People:
    """Read who took part in studies (by id), with what they consented to; two statements."""
    talks = Interview.objects.filter(participant=OuterRef("pk")).filter(
        Q(held_on__isnull=False) | Q(transcript__isnull=False) | Q(summaries__isnull=False)
    )
    people = Participant.objects.filter(Exists(talks), study__in=list(studies))
    people = people.exclude(state=Participant.State.WITHDRAWN).prefetch_related("consents")
    known = {one.pk: one for one in people}
    return People(known, Counter((one.study_id, one.role_group) for one in known.values()))


def strengths_of(findings: Iterable[Finding], people: People) -> dict[int, Strength]:
    """Count who stands behind each finding, by its id, in one statement. A person counts once, whatever they said."""
    findings = list(findings)
    said: dict[int, set[int]] = defaultdict(set)
    rows = Evidence.objects.there().with_person().filter(finding__in=findings).order_by()
    for finding, person in rows.values_list("finding", "person").distinct():
        said[finding].add(person)
    return {one.pk: people.strength(one.study_id, said[one.pk]) for one in findings}


@dataclass(frozen=True)
class Piece:
    """A passage or a summary behind a finding, and who said it. `words` is what would be quoted, word for word."""

    evidence: Evidence
    person: Participant
    words: str
    visible: bool = True  # to the reader: may they read the text, and are they not coding it blind

    @property
    def names_nobody(self) -> bool:
        """Whether the text was said to name nobody; a quote at a summary was typed to be one."""
        coding = self.evidence.coding
        return coding is None or coding.transcript.cleared_at is not None

    def hindrance(self, *, open_text: bool = False) -> str:
        """Say why it cannot be quoted, "" where it can. `open_text`: within the study, although names may be in it."""
        consent = consent_of(self.person)
        if not self.words:
            return _("A summary without a quote, word for word.")
        if consent is None:
            return _("No consent is recorded.")
        if consent.scope == consent.Scope.NO_QUOTES:
            return _("%(who)s did not agree to quotes.") % {"who": self.person}
        if not self.names_nobody and not open_text:
            return _("Nobody has said yet that this text names nobody.")
        return ""


def pieces_of(
    findings: Iterable[Finding], people: People, *, quoted: bool = False, readable: QuerySet[Coding] | None = None
) -> dict[int, list[Piece]]:
    """Read what stands behind findings, by their ids, in one statement, whatever the length of transcripts.

    `quoted` reads only what was chosen to be quoted. `readable`: the codings that the reader may see, where not all.
    """
    seen: Exists | Value = Value(True, BooleanField())
    if readable is not None:
        seen = Exists(readable.filter(pk=OuterRef("coding")))
    words = Substr("coding__transcript__text", F("coding__start") + 1, F("coding__end") - F("coding__start"))
    rows = Evidence.objects.there().with_person().filter(finding__in=list(findings))
    rows = rows.filter(quoted=True) if quoted else rows
    rows = rows.annotate(passage=words, seen=seen).defer(*BULKY)
    rows = rows.select_related("coding__code", "coding__transcript__interview", "summary__question")
    found: dict[int, list[Piece]] = defaultdict(list)
    for row in rows:
        if row.person in people.known:
            said = row.passage if row.coding_id else row.summary.quote
            visible = row.seen or row.coding_id is None
            found[row.finding_id].append(Piece(row, people.known[row.person], said or "", visible))
    return found


def quotes_for_site_teams(pieces: Iterable[Piece], people: People) -> list[Piece]:
    """Return the quotes that may leave the study, at most three: by consent, naming nobody, of no small role group."""
    chosen = [one for one in pieces if one.evidence.quoted]
    return [one for one in chosen if not one.hindrance() and not people.is_small(one.person)][:MOST_QUOTES]


@dataclass(frozen=True)
class Stated:
    """A finding in the study's own list: who stands behind it, and what it means for steps."""

    finding: Finding
    strength: Strength
    ties: list[FindingStep]


@dataclass(frozen=True)
class Chapter:
    """A theme with its findings; without a theme, the findings that belong to none."""

    theme: Theme | None
    findings: list[Stated]


def stated(findings: QuerySet[Finding], study: Study) -> list[Stated]:
    """Return findings of a study with their strength, all groups counted, in five statements."""
    found = list(findings.select_related("theme").prefetch_related("steps"))
    strengths = strengths_of(found, people_of([study.pk]))
    return [Stated(one, strengths[one.pk], list(one.steps.all())) for one in found]


def chapters_of(study: Study) -> list[Chapter]:
    """Return all that a study found, theme by theme, in seven statements."""
    found = stated(study.findings.all(), study)
    themes = [
        Chapter(theme, [one for one in found if one.finding.theme_id == theme.pk])
        for theme in study.themes.prefetch_related("codes")
    ]
    alone = [one for one in found if one.finding.theme_id is None]
    return [*themes, Chapter(None, alone)] if alone else themes


def leads_of(coding: Coding, study: Study) -> dict[str, Any]:
    """Return where a coding leads: the themes it stands in, by its code or by itself, and the findings on it."""
    themes = Theme.objects.filter(Q(codings=coding) | Q(codes=coding.code_id), study=study).distinct()
    found = study.findings.filter(evidence__coding=coding).prefetch_related("constructs", "strategies")
    return {"themes": list(themes), "stated": stated(found, study)}
