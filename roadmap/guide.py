"""What the public guide shows, read in a fixed number of statements. Plans show the same guidance beside their rows.

A setting ("" is any) leaves out what is not for such a place.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field

from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from .models import (
    ConstructStrategy,
    Item,
    Phase,
    Roadmap,
    RoadmapVersion,
    Setting,
    Step,
    StepBarrier,
    StepCitation,
    Strategy,
    WorkedBy,
)
from .timing import when_words

MIP_TAGS = ("MIP-T3", "MIP-abstract")
OWN = "own"
WORTH_NAMING = 20  # per cent; the study calls pairs below it neither level 1 nor 2 (Waltz 2019)


@dataclass(frozen=True)
class Row:
    """A milestone or action with what stands around it on a page."""

    item: Item
    when: str = ""
    role: str = ""
    only_for: str = ""
    own: bool = False
    source: str = ""


@dataclass(frozen=True)
class StepCard:
    """A step in the whole Roadmap on one page."""

    step: Step
    milestones: list[Row]
    actions: int


@dataclass(frozen=True)
class PhaseCard:
    """A stretch of the road with its steps."""

    phase: Phase
    summary: str
    steps: list[StepCard]

    @property
    def milestone_count(self) -> int:
        return sum(len(card.milestones) for card in self.steps)


@dataclass(frozen=True)
class BarrierRow:
    """What gets in the way, and the strategies that most experts would choose against it."""

    barrier: StepBarrier
    endorsed: list[ConstructStrategy]


@dataclass(frozen=True)
class Guidance:
    """Everything the guide says about one step."""

    step: Step
    milestones: list[Row]
    actions: list[Row]
    roles: list[dict[str, str]]
    barriers: list[BarrierRow]
    strategies: list[Strategy]
    citations: list[StepCitation]
    rests: list[str]
    minutes: int
    when: str
    sources: dict[str, str] = field(default_factory=dict)

    @property
    def teams(self) -> list[tuple[str, list[Row]]]:
        """Actions by whose plan they stand in: the step's own team first, without a heading where there is only one."""
        return split(self.actions, self.step.worked_by)

    @property
    def milestone_teams(self) -> list[tuple[str, list[Row]]]:
        return split(self.milestones, self.step.worked_by)


def split(rows: list[Row], first: str) -> list[tuple[str, list[Row]]]:
    order = sorted(WorkedBy, key=lambda who: who != first)
    parts = [(str(who.label), [row for row in rows if row.item.worked_by == who]) for who in order]
    return [(name, part) for name, part in parts if part]


def newest_published(key: str = "") -> RoadmapVersion | None:
    """Return the newest published version of a Roadmap; without a key, of the first Roadmap that has one."""
    versions = RoadmapVersion.objects.published().select_related("roadmap", "roadmap__derived_from")
    if key:
        versions = versions.filter(roadmap__key=key)
    return versions.newest_first().first()


def published_roadmaps() -> QuerySet[Roadmap]:
    """Return the Roadmaps that have a published version, the general one first."""
    published = RoadmapVersion.objects.published().values("roadmap")
    return Roadmap.objects.filter(pk__in=published).order_by("pk")


def whole_road(version: RoadmapVersion, *, setting: str = "") -> list[PhaseCard]:
    """Return the three stretches with their steps and milestones."""
    items: dict[int, list[Item]] = {}
    every = list(version.items.all())
    names = {item.key: item.text for item in every if item.kind == Item.Kind.MILESTONE}
    for item in every:
        if item.is_for(setting=setting):
            items.setdefault(item.step_id, []).append(item)
    cards: dict[str, list[StepCard]] = {}
    for step in version.steps.all():
        own = items.get(step.pk, [])
        milestones = [as_row(item, version, names, setting=setting) for item in own if item.kind == Item.Kind.MILESTONE]
        cards.setdefault(step.phase, []).append(StepCard(step, milestones, len(own) - len(milestones)))
    return [
        PhaseCard(phase, version.phases.get(phase, {}).get("summary", ""), cards[phase])
        for phase in Phase
        if phase in cards
    ]


def as_row(item: Item, version: RoadmapVersion, names: dict[str, str], *, setting: str = "") -> Row:
    settings = item.applies_to.get("settings", [])
    labels = dict(Setting.choices)
    return Row(
        item,
        when=when_words(item, names),
        role=version.roles.get(item.duty, {}).get("name", ""),
        only_for="" if setting else ", ".join(str(labels.get(key, key)) for key in settings),
        own=item.source == OWN,
        source=str(version.meta.get("source_tags", {}).get(item.source, item.source)).partition(":")[0],
    )


def guidance(step: Step, version: RoadmapVersion, *, setting: str = "") -> Guidance:
    """Return what the guide says about a step of a version, in six statements."""
    every = list(version.items.all())
    names = {item.key: item.text for item in every if item.kind == Item.Kind.MILESTONE}
    own = [item for item in every if item.step_id == step.pk and item.is_for(setting=setting)]
    rows = [as_row(item, version, names, setting=setting) for item in own]
    milestones = [row for row in rows if row.item.kind == Item.Kind.MILESTONE]
    actions = [row for row in rows if row.item.kind == Item.Kind.ACTION]
    barriers = list(step.barriers.select_related("construct"))
    strategies = [use.strategy for use in step.strategies.select_related("strategy")]
    citations = list(step.citations.select_related("citation"))
    duties = dict.fromkeys(row.item.duty for row in actions if row.item.duty)
    dated = [row.when for row in milestones if row.when and row.item.worked_by == step.worked_by]
    return Guidance(
        step=step,
        milestones=milestones,
        actions=actions,
        roles=[version.roles[duty] for duty in duties if duty in version.roles],
        barriers=with_endorsements(barriers),
        strategies=strategies,
        citations=citations,
        rests=rests_on(rows, version),
        minutes=in_half_hours(sum(row.item.minutes or 0 for row in actions if not row.item.on_exit)),
        when=dated[0] if dated else "",
        sources=version.meta.get("source_tags", {}),
    )


def in_half_hours(minutes: int) -> int:
    """Round a sum of guesses to half hours: it is not known more exactly."""
    return max(30, round(minutes / 30) * 30) if minutes else 0


def with_endorsements(barriers: Iterable[StepBarrier], *, most: int = 3) -> list[BarrierRow]:
    """Add to each barrier the strategies that the most experts chose for its construct (Waltz 2019)."""
    barriers = list(barriers)
    chosen: dict[int, dict[int, ConstructStrategy]] = {}
    endorsements = ConstructStrategy.objects.filter(
        construct__in={barrier.construct_id for barrier in barriers}, percent__gte=WORTH_NAMING
    )
    for row in endorsements.select_related("strategy").order_by("-percent", "strategy__number"):
        chosen.setdefault(row.construct_id, {}).setdefault(row.strategy_id, row)
    return [
        BarrierRow(barrier, list(chosen.get(barrier.construct_id or 0, {}).values())[:most]) for barrier in barriers
    ]


def rests_on(rows: list[Row], version: RoadmapVersion) -> list[str]:
    """Say in a sentence each how many rows follow which source, and that the rest is our own advice."""
    tags = version.meta.get("source_tags", {})
    counts = {tag: sum(row.item.source == tag for row in rows) for tag in tags}
    said = [
        ngettext(
            "%(count)s of %(all)s rows follows: %(source)s.", "%(count)s of %(all)s rows follow: %(source)s.", count
        )
        % {"count": count, "all": len(rows), "source": str(tags[tag]).rstrip(".")}
        for tag, count in counts.items()
        if count and tag != OWN
    ]
    if own := counts.get(OWN, 0):
        said.append(
            ngettext(
                "%(count)s of %(all)s rows is our own advice.", "%(count)s of %(all)s rows are our own advice.", own
            )
            % {"count": own, "all": len(rows)}
        )
    if rows and not any(row.item.source in MIP_TAGS for row in rows):
        said.append(_("No row here comes from MIP's published Roadmap."))
    return said
