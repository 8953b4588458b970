"""The catch-up grid as a lead fills it: which sites and milestones it shows, and what was typed or pasted into it."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import User
from projects import catch_up_grid, own_rows, pasting
from projects.catch_up_grid import EVERYTHING, HEADLINES, Column, Grid, Place
from projects.catching_up import Address, Cell, Fault, Told, record_many
from projects.day_cells import NOT_DONE, Said, from_code, read
from projects.models import Project, Site
from projects.own_rows import OwnRow

ALL_SITES = "all"
FIELD = re.compile(r"(\d{1,18}):([-\w]{1,50}):([-\dx]{0,10})")
LONGEST = 200  # characters of a cell that are kept
TYPED, LISTED, UNLISTED = "typed", "listed", "unlisted"  # what is wrong is listed above the grid, up to so many
MOST_LISTED = 200


class CatchUpFilter(forms.Form):
    """Which sites and which milestones the grid shows; those that are not said or not known are the usual ones."""

    sites = forms.ChoiceField(label=gettext_lazy("Sites"), required=False)
    columns = forms.ChoiceField(label=gettext_lazy("Milestones"), required=False)
    q = forms.CharField(label=gettext_lazy("Find a site"), required=False, max_length=80)

    def __init__(self, data: QueryDict, *, project: Project):
        super().__init__(data, auto_id="filter_%s")
        self.project = project
        self.own = own_rows.milestones_of(project)
        self.counts = catch_up_grid.counts_of(project)
        self.fields["sites"].choices = [
            (Site.Status.SETTING_UP, _("Setting up (%(n)s)") % {"n": self.counts["setting_up"]}),
            (Site.Status.ACTIVE, _("Started (%(n)s)") % {"n": self.counts["active"]}),
            (ALL_SITES, _("All sites (%(n)s)") % {"n": self.counts["all"]}),
        ]
        self.fields["columns"].choices = catch_up_grid.choices_of(project, self.own)
        self.is_valid()

    @property
    def status(self) -> str:
        """The sites asked for; where nothing is said, those setting up, and all where none is."""
        usual = Site.Status.SETTING_UP if self.counts["setting_up"] else ALL_SITES
        return self.cleaned_data.get("sites") or usual

    @property
    def milestones(self) -> str:
        return self.cleaned_data.get("columns") or self.usual_columns

    @property
    def usual_columns(self) -> str:
        """The headline milestones, or all where the Roadmap names none."""
        return HEADLINES if any(item.headline for item in catch_up_grid.items_of(self.project)) else EVERYTHING

    @property
    def words(self) -> str:
        return self.cleaned_data.get("q", "")

    @property
    def controls(self) -> list[dict[str, Any]]:
        """The fields with what is chosen, for the page."""
        chosen = {"sites": self.status, "columns": self.milestones, "q": self.words}
        return [
            {
                "name": name,
                "label": field.label,
                "value": chosen[name],
                "choices": getattr(field, "choices", None),
            }
            for name, field in self.fields.items()
        ]

    def columns_shown(self, also: Collection[str] = ()) -> list[Column]:
        return catch_up_grid.columns_of(self.project, self.own, self.milestones, also)

    def alone_shown(self, also: Collection[str] = ()) -> list[OwnRow]:
        """Return what one site has alone of the milestones asked for, and of some keys."""
        return [row for row in catch_up_grid.chosen_of(self.own, self.milestones, also) if row.alone]

    def places_shown(self, columns: int, also: Collection[int] = ()) -> tuple[list[Place], int]:
        """Return the sites asked for and those of some plans' ids, and how many were asked for in all."""
        status = "" if self.status == ALL_SITES else self.status
        return catch_up_grid.places_to_show(self.project, status=status, words=self.words, columns=columns, also=also)


@dataclass(frozen=True)
class Mark:
    """A cell that shows something else than the plan says: what was typed, what had stood there, and why."""

    value: str
    seen: Said
    kind: str = TYPED


@dataclass
class Shown:
    """The grid as a page shows it: what the plans say, and over it what was typed."""

    grid: Grid
    marks: dict[Address, Mark] = field(default_factory=dict)


class Sheet:
    """What came with a form: what each cell says, in the cells themselves, in a block, or carried on by a preview.

    `marks` holds the cells that say something else than had stood in them. A cell that was emptied says nothing; one of
    a site or milestone that is not of this project is left out and counted as `gone`.
    """

    def __init__(self, data: QueryDict, *, project: Project, own: Sequence[OwnRow]):
        self.project = project
        self.marks: dict[Address, Mark] = {}
        self.seen: dict[Address, Said] = {}
        self.emptied = 0
        for name, value in carried(data.get("typed", "")):
            self.take(name, value)
        for name, value in data.items():
            self.take(name, value)
        ids = [int(pk) for pk in data.get("shown", "").split() if pk.isdecimal() and len(pk) < 19]
        ids += [plan_id for plan_id, _key in self.marks]
        self.sites = {place.plan_id: place.name for place in catch_up_grid.places_named(project, set(ids))}
        columns = catch_up_grid.columns_of(project, own, EVERYTHING)
        alone = {row.key: row.text for row in own if row.alone}
        self.texts = alone | {column.key: column.text for column in columns}  # what is said twice means the column
        self.heads = [key for key in data.get("heads", "").split() if key in self.texts]
        gone = [address for address in self.marks if address[0] not in self.sites or address[1] not in self.texts]
        for address in gone:
            del self.marks[address]
        self.gone = len(gone)
        self.block = data.get("block", "")
        self.block_faults: list[str] = []

    def take(self, name: str, value: str) -> None:
        """Take in one cell by its name; what is no cell is left alone."""
        match = FIELD.fullmatch(name)
        if not match:
            return
        address, seen, value = (int(match[1]), match[2]), from_code(match[3]), value.strip()[:LONGEST]
        first_seen = self.seen.setdefault(address, seen)
        if value and value != seen.words:
            self.marks[address] = Mark(value, first_seen)
        self.emptied += not value and seen.done

    def spread(self) -> None:
        """Put the cells of the block where they belong; where one has no place, the block stays as it was."""
        laid = pasting.lay(self.block, self.sites, self.heads, self.texts)
        self.block_faults = laid.faults
        if not laid.faults:
            self.block = ""
            for address, value in laid.values.items():
                self.marks[address] = Mark(value[:LONGEST], self.seen.get(address, NOT_DONE))

    def carry_out(self, *, by: User, now: dt.datetime, dry_run: bool) -> Told:
        """Record what is typed, or with dry_run show what would come of it; nothing while a cell cannot be read."""
        cells, unread = [], []
        for address, mark in self.marks.items():
            plan_id, key = address
            try:
                cells.append(Cell(plan_id, key, read(mark.value), mark.seen, mark.value))
            except ValueError as error:
                unread.append(Fault(address, self.sites[plan_id], self.texts[key], mark.value, str(error)))
        told = record_many(self.project, cells, by=by, now=now, dry_run=dry_run or bool(unread))
        told.faults = [*unread, *told.faults]
        for number, fault in enumerate(told.faults):
            self.mark(fault.address, LISTED if number < MOST_LISTED else UNLISTED)
        for number, clash in enumerate(told.clashes):
            self.mark(clash.address, LISTED if number < MOST_LISTED else UNLISTED, seen=clash.now)
        return told

    def mark(self, address: Address, kind: str, *, seen: Said | None = None) -> None:
        """Note why a cell stops all. Who has been shown what stands there now may write over it."""
        mark = self.marks[address]
        self.marks[address] = Mark(mark.value, mark.seen if seen is None else seen, kind)

    @property
    def typed(self) -> str:
        """All cells that were typed, as a preview carries them on."""
        return lines_of(self.marks)


def lines_of(marks: dict[Address, Mark]) -> str:
    return "\n".join(f"{pk}:{key}:{mark.seen.code}\t{mark.value}" for (pk, key), mark in marks.items())


def carried(lines: str) -> Iterable[tuple[str, str]]:
    """Yield (name, value) of each cell in the lines of a form that carries cells on."""
    for line in lines.replace("\r", "").split("\n"):
        name, _tab, value = line.partition("\t")
        yield name, value
