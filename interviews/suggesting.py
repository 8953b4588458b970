"""Which strategies experts would choose against barriers: suggestions for a finding, opinion and no proof. Reads."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from roadmap.guide import WORTH_NAMING
from roadmap.models import Construct, ConstructStrategy, Strategy

MOST = 12


@dataclass(frozen=True)
class Endorsed:
    """A strategy, with the largest share of experts who would choose it against one of the barriers (Waltz 2019)."""

    strategy: Strategy
    percent: int
    barrier: str  # by its name of 2009, which the experts judged


def endorsed_for(constructs: Iterable[Construct]) -> list[Endorsed]:
    """Return the strategies that most experts would choose against barriers, the most chosen first; one statement."""
    rows = ConstructStrategy.objects.filter(construct__in=list(constructs), percent__gte=WORTH_NAMING)
    found: dict[int, Endorsed] = {}
    for row in rows.select_related("strategy").order_by("-percent", "strategy__number"):
        found.setdefault(row.strategy_id, Endorsed(row.strategy, row.percent or 0, row.barrier_2009))
    return list(found.values())[:MOST]
