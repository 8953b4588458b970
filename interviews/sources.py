"""Where the evidence of a finding is chosen from: its theme, any code, any question of the guides. Reads."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Count, Exists, OuterRef, QuerySet, TextField, Value
from django.db.models.functions import Cast, Concat
from django.utils.translation import gettext as _

from interviews.codebook import Row
from interviews.models import Coding, Evidence, Finding, Participant, Study, Summary
from interviews.outline import INDENT
from interviews.retrieving import as_read
from interviews.theming import codings_of

SAID_BY = "interview__participant__pseudonym"
TRANSCRIPT, START, END = (Cast(name, TextField()) for name in ("transcript_id", "start", "end"))
PLACE = Concat(TRANSCRIPT, Value(" "), START, Value(" "), END, output_field=TextField())  # of several coders too
THEME, CODE, QUESTION = "theme", "code-", "question-"


@dataclass(frozen=True)
class Source:
    """A place to choose from, as an address names it, and what the page calls it."""

    key: str
    label: str


def sources_of(finding: Finding, rows: Iterable[Row], readable: QuerySet[Coding]) -> list[Source]:
    """Return the places with something in them, and how much: `rows` is the codebook, `readable` what the reader sees.

    In two statements.
    """
    coded = readable.filter(code__study=finding.study_id).order_by().values_list("code")
    passages = dict(coded.annotate(number=Count(PLACE, distinct=True)))
    found = [Source(THEME, _("Theme: %(name)s") % {"name": finding.theme})] if finding.theme else []
    found += [
        Source(f"{CODE}{row.code.pk}", f"{INDENT * row.depth}{row.code} ({passages[row.code.pk]})")
        for row in rows
        if row.code.pk in passages
    ]
    asked = summaries_in(finding.study).order_by("question__key").values_list("question__key", "question__short")
    counts: dict[str, tuple[str, int]] = {}
    for key, short, number in asked.annotate(number=Count("pk")).order_by("question__guide__number"):
        counts[key] = (short, number + counts.get(key, ("", 0))[1])
    label = _("Summaries: %(question)s (%(n)s)")
    return found + [
        Source(f"{QUESTION}{key}", label % {"question": short, "n": number}) for key, (short, number) in counts.items()
    ]


def summaries_in(study: Study) -> QuerySet[Summary]:
    """Return the summaries of a study that say something, of people who have not withdrawn."""
    rows = Summary.objects.filter(interview__study=study).exclude(text="", quote="")
    return rows.exclude(interview__participant__state=Participant.State.WITHDRAWN)


def passages_from(finding: Finding, source: str, readable: QuerySet[Coding]) -> QuerySet[Coding]:
    """Return the passages at a source that the reader may see; one with several codes or coders there comes once."""
    if source == THEME and finding.theme:
        found = readable.filter(pk__in=codings_of(finding.theme).values("pk"))
    elif source.startswith(CODE) and source.removeprefix(CODE).isdecimal():
        found = readable.filter(code__study=finding.study_id, code=int(source.removeprefix(CODE)[:12]))
    else:
        found = readable.none()
    place = {name: OuterRef(name) for name in ("transcript", "start", "end")}
    return found.filter(~Exists(found.filter(**place, pk__lt=OuterRef("pk"))))


def read_passages(finding: Finding, ids: Iterable[int]) -> list[tuple[Coding, bool]]:
    """Return codings by id as a list shows them, and whether a finding has each passage; three statements."""
    rows = Evidence.objects.there().filter(finding=finding, coding__isnull=False)
    places = set(rows.values_list("coding__transcript", "coding__start", "coding__end"))
    return [(one, (one.transcript_id, one.start, one.end) in places) for one in as_read(ids)]


def summaries_from(finding: Finding, source: str) -> QuerySet[Summary]:
    """Return the summaries at a source, and whether the finding has them."""
    behind = Evidence.objects.filter(finding=finding, summary=OuterRef("pk"))
    found = summaries_in(finding.study).annotate(behind=Exists(behind))
    found = found.filter(question__key=source.removeprefix(QUESTION)) if source.startswith(QUESTION) else found.none()
    return found.select_related("interview__participant", "question").order_by(SAID_BY, "pk")
