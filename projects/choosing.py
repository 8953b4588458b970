"""Which items an act on many plans is about, and what comes of it. Assigning and scheduling share both."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from projects.ledger import Ledger
from projects.models import Plan, PlanItem


@dataclass(frozen=True)
class Choice:
    """The items an act is about: those of whole steps (by key), single ones (by id), and all that a person holds.

    Ids and keys that are not in the plans of the act choose nothing.
    """

    steps: frozenset[str] = frozenset()
    items: frozenset[int] = frozenset()
    held_by: int | None = None

    def takes(self, item: PlanItem) -> bool:
        return (
            item.pk in self.items
            or item.plan_step.key in self.steps
            or (self.held_by is not None and item.assignee_id == self.held_by)
        )


@dataclass(frozen=True)
class Line:
    """One item that changes: who had it or when it was due before, and after."""

    item: PlanItem
    before: Any
    after: Any


@dataclass
class Part:
    """What comes of an act in one plan. `reason` says why nothing changes there at all."""

    plan: Plan
    lines: list[Line] = field(default_factory=list)
    done: int = 0  # chosen, but done already: they stay
    same: int = 0  # chosen, but as wished already
    following: int = 0  # not chosen; their dates move along
    reason: str = ""
    holder: str = ""  # who holds the job here, where work goes to a job


@dataclass
class Outcome:
    """What an act did, or with dry_run would do, plan by plan, and the history's batch by which to undo it."""

    parts: list[Part]
    batch: str = ""

    @property
    def changing(self) -> list[Part]:
        return [part for part in self.parts if part.lines]

    @property
    def staying(self) -> list[Part]:
        return [part for part in self.parts if not part.lines]

    @property
    def changes(self) -> int:
        """How many items change."""
        return sum(len(part.lines) for part in self.parts)

    @property
    def done(self) -> int:
        """How many of the chosen items are done already."""
        return sum(part.done for part in self.parts)

    @property
    def same(self) -> int:
        """How many of the chosen items are as wished already."""
        return sum(part.same for part in self.parts)

    @property
    def following(self) -> int:
        """How many items that were not chosen get another date all the same."""
        return sum(part.following for part in self.parts)


def chosen(ledger: Ledger, plan: Plan, choice: Choice) -> list[PlanItem]:
    """Return the counted items of a plan that were chosen, done ones among them, in the plan's order."""
    return [item for item in ledger.items_of[plan.pk].values() if item.is_counted and choice.takes(item)]


def open_ones(part: Part, items: list[PlanItem]) -> Iterator[PlanItem]:
    """Yield the items that are open and count the others as staying."""
    for item in items:
        if item.is_done:
            part.done += 1
        else:
            yield item
