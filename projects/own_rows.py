"""Rows that the Roadmap does not have, over all sites of a project: which sites share, which one has alone. Reads.

The same row has the same key at each site: it was added at all of them at once, offered by one site to others, or kept
for sites that come later (tailoring.py). What sites to come begin with is shared while only one site has it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Sequence
from operator import itemgetter
from typing import NamedTuple

from django.db.models import Count, Exists, Min, OuterRef, Q
from django.utils.translation import gettext as _

from projects.models import Fitting, PlanItem, Project
from projects.tables.heads import plain
from roadmap.models import Item, Phase, Step
from roadmap.published import content_of


class OwnRow(NamedTuple):
    """A row of the sites' own, in the words that most of them use; `alone` is the plan's id where one site has it.

    The words of what sites share are told apart from those of the Roadmap's rows and of each other.
    """

    key: str
    kind: str
    text: str
    step: Step
    alone: int | None = None


def own_rows_of(project: Project, kind: str = "") -> list[OwnRow]:
    """Return the own rows (of a kind) that apply at one site at least, in the Roadmap's order; one statement."""
    kept = Fitting.objects.kept().filter(project=project, kind=Fitting.Kind.OWN, key=OuterRef("key"))
    rows = PlanItem.objects.filter(plan__project=project, plan__site__isnull=False, item=None, removed=False)
    if kind:
        rows = rows.filter(kind=kind)
    worded = (
        rows.order_by()
        .values_list("key", "kind", "own_text", "plan_step__step")
        .annotate(
            sites=Count("pk"),
            applies=Count("pk", filter=Q(applicable=True)),
            first=Min("plan"),
            place=Min("position"),
            oldest=Min("pk"),
            kept=Exists(kept),
        )
    )
    by_key: dict[str, list[tuple]] = {}
    for row in worded:
        by_key.setdefault(row[0], []).append(row)
    steps, phases = content_of(project.version_id).steps, Phase.values
    found = []
    for words in by_key.values():
        sites, applies = sum(row[4] for row in words), sum(row[5] for row in words)
        key, kind, text, step, *_counts, plan, place, oldest, for_all = min(words, key=lambda row: (-row[4], row[6]))
        if applies and step in steps:
            alone = None if sites > 1 or for_all else plan
            order = phases.index(steps[step].phase), steps[step].position, place, oldest
            found.append((order, OwnRow(key, kind, text, steps[step], alone)))
    in_order = [row for _order, row in sorted(found, key=itemgetter(0))]
    names = names_of(project, [row for row in in_order if not row.alone])
    return [row._replace(text=names.get(row.key, row.text)) for row in in_order]


def names_of(project: Project, shared: Sequence[OwnRow]) -> dict[str, str]:
    """Return the words by which rows that sites share are told apart from the Roadmap's and each other, by key."""
    items = content_of(project.version_id).items.values()
    taken = {plain(name) for item in items for name in (item.text, item.key)}
    return {row.key: name for row, name in zip(shared, told_apart(shared, taken), strict=True)}


def told_apart(rows: Sequence[OwnRow], taken: Collection[str] = ()) -> list[str]:
    """Return a name for each row that no other has and that is not taken: where its words are not, with its key.

    None of two rows in the same words keeps them: a file that names one must not mean the other once one is gone.
    """
    often = Counter(plain(row.text) for row in rows)
    used, names = set(taken), []
    for row in rows:
        keyed = f"{row.key}: {row.text}"
        tried = [row.text, _("Own: %(words)s") % {"words": row.text}] if often[plain(row.text)] == 1 else []
        names.append(next((name for name in tried if plain(name) not in used), keyed))
        used.add(plain(names[-1]))
    return names


def milestones_of(project: Project) -> list[OwnRow]:
    return own_rows_of(project, Item.Kind.MILESTONE)
