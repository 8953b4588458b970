"""Writing what the files say: vocabularies brought up to date, new versions written as drafts and then published."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.db import models, transaction

from roadmap.models import (
    Citation,
    Construct,
    ConstructStrategy,
    Item,
    Roadmap,
    RoadmapVersion,
    Step,
    StepBarrier,
    StepCitation,
    StepStrategy,
    Strategy,
)

from .assembling import Edition, differences, stored
from .reading import Fault
from .vocabularies import Vocabularies

Status = RoadmapVersion.Status


def outdated(editions: Iterable[Edition]) -> tuple[list[Edition], list[Fault]]:
    """Return the editions that are not in the database yet, and what forbids writing them."""
    new, faults = [], []
    for edition in editions:
        versions = {row.number: row for row in RoadmapVersion.objects.filter(roadmap__key=edition.key)}
        row = f"version {edition.number}"
        present = versions.get(edition.number)
        draft = next((number for number, version in versions.items() if version.status == Status.DRAFT), None)
        if present and present.status != Status.DRAFT:
            if present.content_hash != edition.content.hash:
                changed = differences(stored(present), edition.content)
                rule = f"It is {present.status} and never changes, but the file differs in: {'; '.join(changed)}."
                faults.append(Fault(edition.file, row, f"{rule} Give the file a new version number."))
        elif draft is not None:
            rule = f"Version {draft} of this Roadmap is being edited as a draft. Publish or delete it first."
            faults.append(Fault(edition.file, row, rule))
        elif versions and edition.number < max(versions):
            faults.append(
                Fault(edition.file, row, f"It is older than version {max(versions)}, which is there already.")
            )
        else:
            new.append(edition)
    return new, faults


@transaction.atomic
def write(vocabularies: Vocabularies, editions: list[Edition], *, now: datetime) -> list[str]:
    """Bring everything up to date in one transaction and say in words what changed."""
    said = write_vocabularies(vocabularies)
    for edition in editions:
        said.append(publish(edition, now=now))
    return said


def write_vocabularies(vocabularies: Vocabularies) -> list[str]:
    """Add and correct rows. None is deleted but endorsements, which nothing points at."""
    parents = {key: row["parent"] for key, row in vocabularies.constructs.items()}
    counts = {
        "citations": bring_up_to_date(Citation, "key", vocabularies.citations),
        "CFIR constructs": bring_up_to_date(Construct, "key", without(vocabularies.constructs, "parent")),
        "ERIC strategies": bring_up_to_date(Strategy, "number", vocabularies.strategies),
    }
    constructs = {construct.key: construct for construct in Construct.objects.select_related("parent")}
    moved = [
        construct
        for key, construct in constructs.items()
        if key in parents and (construct.parent.key if construct.parent else None) != parents[key]
    ]
    for construct in moved:
        construct.parent = constructs[parents[construct.key]] if parents[construct.key] else None
    Construct.objects.bulk_update(moved, ["parent"])
    counts["endorsements"] = write_endorsements(vocabularies, constructs)
    return [f"{number} {name} brought up to date." for name, number in counts.items() if number]


def without(rows: dict[str, dict[str, Any]], name: str) -> dict[str, dict[str, Any]]:
    return {key: {column: value for column, value in row.items() if column != name} for key, row in rows.items()}


def bring_up_to_date(model: type[models.Model], key: str, rows: dict[Any, dict[str, Any]]) -> int:
    """Create the rows that are missing and correct those that differ; return how many of both."""
    present = {getattr(obj, key): obj for obj in model._default_manager.all()}
    fresh = [model(**{key: name}, **columns) for name, columns in rows.items() if name not in present]
    changed = []
    for name, columns in rows.items():
        obj = present.get(name)
        if obj and any(not same(getattr(obj, column), value) for column, value in columns.items()):
            for column, value in columns.items():
                setattr(obj, column, value)
            changed.append(obj)
    model._default_manager.bulk_create(fresh)
    if changed:
        model._default_manager.bulk_update(changed, list(next(iter(rows.values()))))
    return len(fresh) + len(changed)


def same(stored_value: Any, value: Any) -> bool:
    """Return whether a stored value equals one from a file; ratings are decimals there and floats here."""
    if isinstance(value, float) and stored_value is not None:
        return round(float(stored_value), 2) == round(value, 2)
    return bool(stored_value == value)


def write_endorsements(vocabularies: Vocabularies, constructs: dict[str, Construct]) -> int:
    strategies = {strategy.number: strategy for strategy in Strategy.objects.all()}
    present = {
        (row.construct.key, row.strategy.number, row.barrier_2009): row
        for row in ConstructStrategy.objects.select_related("construct", "strategy")
    }
    gone = [row.pk for key, row in present.items() if key not in vocabularies.endorsements]
    ConstructStrategy.objects.filter(pk__in=gone).delete()
    fresh, changed = [], []
    for key, columns in vocabularies.endorsements.items():
        construct, number, barrier = key
        if key not in present:
            fresh.append(
                ConstructStrategy(
                    construct=constructs[construct], strategy=strategies[number], barrier_2009=barrier, **columns
                )
            )
        elif any(getattr(present[key], name) != value for name, value in columns.items()):
            present[key].percent, present[key].source = columns["percent"], columns["source"]
            changed.append(present[key])
    ConstructStrategy.objects.bulk_create(fresh)
    ConstructStrategy.objects.bulk_update(changed, ["percent", "source"])
    return len(gone) + len(fresh) + len(changed)


def publish(edition: Edition, *, now: datetime) -> str:
    """Write an edition's rows while it is a draft, then flip its status: from there the database guards it."""
    base = Roadmap.objects.get(key=edition.derived_from) if edition.derived_from else None
    roadmap, _ = Roadmap.objects.update_or_create(
        key=edition.key,
        defaults={
            "name": edition.name,
            "summary": edition.summary,
            "derived_from": base,
            "applies_to": edition.applies_to,
        },
    )
    content = edition.content
    version = RoadmapVersion.objects.create(
        roadmap=roadmap,
        number=edition.number,
        title=content.title,
        phases=content.phases,
        meta=content.meta,
        content_hash=content.hash,
    )
    steps = {
        step.key: step
        for step in Step.objects.bulk_create(
            Step(version=version, key=key, **columns) for key, columns in content.steps.items()
        )
    }
    milestones = write_items(version, content.items, steps, {}, kind=Item.Kind.MILESTONE)
    write_items(version, content.items, steps, milestones, kind=Item.Kind.ACTION)
    write_what_steps_rest_on(edition, steps)
    version.status, version.published_at = Status.PUBLISHED, now
    version.save(update_fields=["status", "published_at"])
    kinds = [row["kind"] for row in content.items.values()]
    return (
        f"{edition.name}: version {edition.number} published ({len(steps)} steps, "
        f"{kinds.count('milestone')} milestones, {kinds.count('action')} actions)."
    )


def write_items(
    version: RoadmapVersion,
    rows: dict[str, dict[str, Any]],
    steps: dict[str, Step],
    milestones: dict[str, Item],
    *,
    kind: str,
) -> dict[str, Item]:
    items = [
        Item(
            version=version,
            key=key,
            **row | {"step": steps[row["step"]], "milestone": milestones.get(row["milestone"])},
        )
        for key, row in rows.items()
        if row["kind"] == kind
    ]
    return {item.key: item for item in Item.objects.bulk_create(items)}


def write_what_steps_rest_on(edition: Edition, steps: dict[str, Step]) -> None:
    content = edition.content
    citations = {citation.ref: citation for citation in Citation.objects.all()}
    constructs = {construct.key: construct for construct in Construct.objects.all()}
    strategies = {strategy.name: strategy for strategy in Strategy.objects.all()}
    StepCitation.objects.bulk_create(
        StepCitation(
            step=steps[key],
            citation=citations[row["ref"]],
            position=position,
            **{name: row[name] for name in ("stance", "says", "verify")},
        )
        for key, rows in content.citations.items()
        for position, row in enumerate(rows, start=1)
    )
    StepBarrier.objects.bulk_create(
        StepBarrier(step=steps[key], text=row["text"], construct=constructs[row["construct"]], position=position)
        for key, rows in content.barriers.items()
        for position, row in enumerate(rows, start=1)
    )
    StepStrategy.objects.bulk_create(
        StepStrategy(step=steps[key], strategy=strategies[name], position=position)
        for key, names in content.strategies.items()
        for position, name in enumerate(names, start=1)
    )
