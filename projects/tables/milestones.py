"""What sites have reached, as a table: a row a site, a column a milestone, in each cell when it was reached.

A cell says a day, a month, or "done" where nobody knows the day (day_cells.py); an empty one says nothing. It is taken
in as the catch-up grid is (catching_up.py): on behalf of the sites, as one act that can be taken back. More sites than
a grid holds are several acts: who takes one back waits for it.

What sites share of their own is a column like the Roadmap's. What one site has alone stands in pairs of columns at the
end, its words and when it was reached: as many as one site has, not as many as there are sites.
"""

from __future__ import annotations

import datetime as dt
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from itertools import chain
from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from accounts.models import User
from projects import catch_up_grid, own_rows, pasting
from projects.access import Right
from projects.analytics import site_plans
from projects.bulk import batches
from projects.catch_up_grid import EVERYTHING
from projects.catching_up import Address, Cell, not_so, record_many
from projects.day_cells import EXPECTED, LONGEST, Said, from_code, read
from projects.models import Plan, Project
from projects.own_rows import OwnRow
from projects.table_files import is_faults
from projects.tables.heads import Column, plain
from projects.tables.site_cells import SITE_ID
from projects.tables.table import CHANGED, Change, Looked, Table, Tell

NAME = "site"
SITES_AN_ACT = catch_up_grid.MOST_SITES
APART = gettext_lazy("does not apply")  # what a cell says of a milestone that is not in a site's plan
OF_ONE = gettext_lazy("A milestone that no other site has, in the words of the site's plan.")
PAIR = re.compile(r"ownmilestone\d+(reached)?")  # the columns of such milestones, as they are compared
ABOUT_SITES = [
    Column(SITE_ID, gettext_lazy("As in the table of sites."), longest=12, other_names=("id",)),
    Column(NAME, gettext_lazy("The site's name, where you have no site id."), other_names=("name", "site name")),
]


class MilestonesTable(Table):
    key = "milestones"
    title = gettext_lazy("Milestones")
    about = gettext_lazy(
        "When each site reached each milestone, the Roadmap’s and your own: a row a site, a column a milestone."
    )
    right = Right.RECORD_MANY

    def __init__(self, project: Project, *, by: User, now: dt.datetime):
        super().__init__(project, by=by, now=now)
        plans = site_plans(project=project).select_related("site").order_by("site__name", "pk")
        self.plans_by_id = {plan.pk: plan for plan in plans}
        self.plan_of = {plan.site_id: pk for pk, plan in self.plans_by_id.items()}
        self.name_of = {pk: plan.site.name for pk, plan in self.plans_by_id.items()}
        self.named = pasting.Names(self.name_of)
        own = own_rows.milestones_of(project)
        self.milestones = catch_up_grid.columns_of(project, own, EVERYTHING)
        self.key_of: dict[str, str] = {}  # by the column's name, which is the milestone's text
        taken = {plain(name) for column in ABOUT_SITES for name in (column.name, *column.other_names)}
        for one in self.milestones:
            keyed = plain(one.text) in taken or is_faults(one.text) or bool(PAIR.fullmatch(plain(one.text)))
            self.key_of[f"{one.key}: {one.text}" if keyed else one.text] = one.key
            taken.add(plain(one.text))
        self.shared = {one.key for one in self.milestones if one.own}
        self.alone = alone_of(own)
        self.texts = {one.key: one.text for one in self.milestones}
        self.texts |= {key: words for here in self.alone.values() for words, key in here.items()}
        most = max(map(len, self.alone.values()), default=0)
        self.pairs = [(f"own milestone {number}", f"own milestone {number} reached") for number in range(1, most + 1)]
        self.cells: list[Cell] = []

    @property
    def columns(self) -> list[Column]:
        return [
            *ABOUT_SITES,
            *(Column(name, EXPECTED, longest=200, other_names=(key,)) for name, key in self.key_of.items()),
            *(Column(name, said) for pair in self.pairs for name, said in zip(pair, (OF_ONE, EXPECTED), strict=True)),
        ]

    @classmethod
    def count_of_new(cls, count: int) -> str:
        return ngettext("%(n)s milestone", "%(n)s milestones", count) % {"n": count}

    def missing(self, looked: Looked) -> list[Column]:
        at = looked.heads.at
        if SITE_ID not in at and NAME not in at:
            return ABOUT_SITES[1:]
        return [] if set(at).intersection([*self.key_of, *chain(*self.pairs)]) else self.columns[2:3]

    def known(self) -> dict[int, dict[str, str]]:
        """Read what the plans say, as catch_up_grid.known_of does; one statement."""
        alone = [key for here in self.alone.values() for key in here.values()]
        return catch_up_grid.known_of(self.name_of, [*self.key_of.values(), *alone])

    def content(self) -> Iterator[list[Any]]:
        known = self.known()
        for site, plan_id in self.plan_of.items():
            codes = known[plan_id]
            cells = [shown(codes[key]) if key in codes else str(APART) for key in self.key_of.values()]
            alone = [(words, shown(codes[key])) for words, key in self.alone.get(plan_id, {}).items() if key in codes]
            empty = [("", "")] * (len(self.pairs) - len(alone))
            yield [site, self.name_of[plan_id], *cells, *chain(*alone, *empty)]

    def read(self, looked: Looked) -> None:
        known = self.known()
        columns = {name: key for name, key in self.key_of.items() if name in looked.heads.at}
        rows: dict[int, int] = {}
        for number, cells in looked.rows:
            raw = looked.heads.cells_of(cells)
            try:
                plan_id = self.plan_named(raw)
            except ValueError as error:
                column = SITE_ID if raw.get(SITE_ID) else NAME
                looked.fault(number, column, raw.get(column, ""), str(error))
                continue
            if rows.setdefault(plan_id, number) != number:
                words = _("The same site stands in row %(row)s.") % {"row": rows[plan_id]}
                looked.fault(number, NAME, raw.get(NAME, ""), words)
                continue
            for name, key in columns.items():
                if raw[name]:
                    self.read_cell(looked, number, (plan_id, key), name, raw[name], known[plan_id].get(key))
            self.read_alone(looked, number, plan_id, raw, known[plan_id])

    def plan_named(self, raw: dict[str, str]) -> int:
        """Return the plan's id of the site that a row names; raises ValueError in words."""
        pk, name = raw.get(SITE_ID, ""), raw.get(NAME, "")
        if not pk:
            if not name:
                raise ValueError(_("Write which site this is."))
            return self.named.find(name)
        plan_id = self.plan_of.get(int(pk)) if pk.isascii() and pk.isdecimal() and len(pk) < 19 else None
        if plan_id is None:
            raise ValueError(_("There is no site of this id in the project."))
        if name and plain(name) != plain(self.name_of[plan_id]):
            raise ValueError(_("Site %(id)s is called “%(name)s”.") % {"id": pk, "name": self.name_of[plan_id]})
        return plan_id

    def read_alone(
        self, looked: Looked, number: int, plan_id: int, raw: dict[str, str], known: Mapping[str, str]
    ) -> None:
        """Note what a row says of the site's own milestones, each found by its words."""
        shared = {name: key for name, key in self.key_of.items() if key in self.shared and key in known}
        keys = {plain(words): key for words, key in (shared | self.alone.get(plan_id, {})).items()}
        found = {key for name, key in shared.items() if raw.get(name)}
        for what, when in self.pairs:
            words, value = raw.get(what, ""), raw.get(when, "")
            if not words and not value:
                continue
            key = keys.get(plain(words))
            if not words:
                looked.fault(number, what, "", _("Write which milestone of the site’s own this is."))
            elif key is None:
                said = _("%(site)s has no milestone of its own in these words. Add it on the site’s plan first.")
                looked.fault(number, what, words[:LONGEST], said % {"site": self.name_of[plan_id]})
            elif key in found:
                looked.fault(number, what, words[:LONGEST], _("This milestone stands twice in this row."))
            elif value:
                self.read_cell(looked, number, (plan_id, key), when, value, known.get(key))
            found.add(key or "")

    def read_cell(self, looked: Looked, number: int, address: Address, name: str, value: str, code: str | None) -> None:
        """Note what a cell would change, or what is wrong with it; nothing where the plan says it already."""
        if plain(value) == plain(str(APART)):
            if code is not None:
                words = _("It applies at this site. Say on the site's plan that it does not, with the reason.")
                looked.fault(number, name, value, words)
            return
        try:
            said = read(value)
        except ValueError as error:
            looked.fault(number, name, value[:LONGEST], str(error))
            return
        seen = from_code(code or "")
        if code is not None and said == seen:
            return
        plan = self.plans_by_id[address[0]]
        own = address[1] in self.shared
        if error := not_so(said, plan, applies=code is not None, own=own, today=self.today):
            looked.fault(number, name, value[:LONGEST], " ".join(error.messages))
            return
        self.cells.append(Cell(*address, said, seen, value))
        what, after = self.texts[address[1]], said.words or _("not done")
        looked.changes.append(Change(number, plan.site.name, what, seen.words, after))

    def plans(self) -> QuerySet[Plan]:
        return Plan.objects.filter(pk__in={cell.plan_id for cell in self.cells})

    def write(self, looked: Looked, *, tell: Tell) -> dict[str, Any]:
        by_plan: dict[int, list[Cell]] = defaultdict(list)
        for cell in self.cells:
            by_plan[cell.plan_id].append(cell)
        acts: list[tuple[str, int]] = []
        for number, some in enumerate(batches(sorted(by_plan), SITES_AN_ACT)):
            tell(number * SITES_AN_ACT, len(by_plan), _("Recording at the sites"))
            cells = [cell for plan_id in some for cell in by_plan[plan_id]]
            told = record_many(self.project, cells, by=self.by, now=self.now)
            if told.refused:
                raise ValidationError([fault.message for fault in told.faults] or str(CHANGED))
            acts.append((told.batch, len(told.changing)))
        return {"acts": acts}


def alone_of(own: Iterable[OwnRow]) -> dict[int, dict[str, str]]:
    """Return the keys of what one site has alone, by the plan's id and by words that no other has at that site."""
    by_plan: dict[int, list[OwnRow]] = {}
    for row in own:
        if row.alone:
            by_plan.setdefault(row.alone, []).append(row)
    return {
        plan_id: {name: row.key for row, name in zip(rows, own_rows.told_apart(rows), strict=True)}
        for plan_id, rows in by_plan.items()
    }


def shown(code: str) -> Any:
    """Return what a cell shows: a day, the month or "done" in words, nothing for what is open."""
    said: Said = from_code(code)
    return said.on if len(code) == len("2026-01-01") else said.words
