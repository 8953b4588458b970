"""What a published version says, kept in the process: it can never change, so it is read from the database once."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

from roadmap.models import Item, RoadmapVersion, Step


@dataclass(frozen=True)
class Content:
    """A version with its steps and items by id, each item with its step and milestone. For reading only.

    Its status may have moved on from published to retired since it was read; what it says cannot.
    """

    version: RoadmapVersion
    steps: Mapping[int, Step]
    items: Mapping[int, Item]


@lru_cache(maxsize=32)
def content_of(version_id: int) -> Content:
    """Return what a published or retired version says (plans are pinned to no other).

    Three statements the first time a process asks for a version, none afterwards. The rows are shared between requests:
    nobody changes them, and the guards of roadmap/guards.py would refuse to save them.
    """
    version = RoadmapVersion.objects.get(pk=version_id)
    steps = {step.pk: step for step in version.steps.all()}
    items = {item.pk: item for item in version.items.all()}
    for item in items.values():
        item.step = steps[item.step_id]
        item.milestone = items[item.milestone_id] if item.milestone_id else None
    return Content(version, steps, items)
