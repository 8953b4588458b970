"""Recording for many sites at once: what had happened before they came, and one event that many took part in.

Preview and apply are one path: `record_many(…, dry_run=True)` says what would come of it and writes nothing. All cells
are looked at before anything is written: one that is wrong, or that somebody changed since it was seen, stops all.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from accounts.models import Activity, User
from projects import progress
from projects.choosing import Line, Outcome, Part
from projects.day_cells import Said, said_of
from projects.ledger import Ledger
from projects.models import Plan, PlanItem, Project
from roadmap.published import content_of

Address = tuple[int, str]  # of a cell: the plan's id and the item's key


@dataclass(frozen=True)
class Cell:
    """What is said of one item at one site, and what the person saw there (None: whatever stands there).

    `value` is what is said, as it was typed.
    """

    plan_id: int
    key: str
    said: Said
    seen: Said | None
    value: str = ""

    @property
    def address(self) -> Address:
        return self.plan_id, self.key


@dataclass(frozen=True)
class Manner:
    """How to take the cells: a grid is meant cell by cell, "these milestones at these sites" only where it fits."""

    keeps_done: bool = False  # what is done already keeps its date
    skips_others: bool = False  # what does not apply somewhere is left out there, and no fault
    actions_too: bool = False  # the open actions that lead to a milestone are done with it


CELL_BY_CELL = Manner()


@dataclass(frozen=True)
class Fault:
    """A cell that is wrong: where, what was typed, and in words what was expected."""

    address: Address
    site: str
    what: str
    value: str
    message: str
    mend_url: str = ""  # where the site's start is changed, if that may be what is wrong


@dataclass(frozen=True)
class Clash:
    """A cell that somebody else changed since it was seen: what stands there now, and what was to be written."""

    address: Address
    item: PlanItem
    now: Said
    said: Said
    change: Activity | None = None  # of the history: who changed it last, and when


@dataclass
class SitePart(Part):
    """What comes of it at one site; of what stays, which items have another date and which do not apply."""

    stays: list[Line] = field(default_factory=list)
    left_out: list[str] = field(default_factory=list)


@dataclass
class Told(Outcome):
    """What was recorded or would be; where `refused`, nothing was, and `faults` and `clashes` say why."""

    faults: list[Fault] = field(default_factory=list)
    clashes: list[Clash] = field(default_factory=list)
    found: dict[Address, Said] = field(default_factory=dict)  # what stood in the cells that were not open

    @property
    def refused(self) -> bool:
        return bool(self.faults or self.clashes)

    @property
    def only_clashes(self) -> bool:
        return bool(self.clashes) and not self.faults

    @property
    def settled(self) -> list[SitePart]:
        """The sites at which something that was asked for stays as it is."""
        sites = [part for part in self.parts if isinstance(part, SitePart)]
        return [part for part in sites if part.same or part.stays or part.left_out]

    @property
    def lines(self) -> list[Line]:
        return [line for part in self.parts for line in part.lines]

    @property
    def recorded(self) -> int:
        """How many items are done that were not."""
        return sum(not line.before.done for line in self.lines)

    @property
    def taken_back(self) -> int:
        """How many items are not done after all."""
        return sum(not line.after.done for line in self.lines)

    @property
    def redated(self) -> int:
        """How many items were done before and get another date."""
        return self.changes - self.recorded - self.taken_back


def record_many(
    project: Project,
    cells: Iterable[Cell],
    *,
    by: User,
    now: dt.datetime,
    manner: Manner = CELL_BY_CELL,
    dry_run: bool = False,
) -> Told:
    """Record what cells say of items at sites of a project, on behalf of each site, as one act that undo takes back.

    Refused whole, with what is wrong, where a cell is for a site of another project, for an item that does not apply
    there, for a day in the future or before the site's start, or where what was `seen` has changed since to something
    else than is said. It is not taken for news from the sites (design, Locking and counters).
    """
    cells = list(cells)
    ours = Plan.objects.filter(project=project, site__isnull=False, pk__in={cell.plan_id for cell in cells})
    with Ledger.open(list(ours.values_list("pk", flat=True)), by=by, now=now, dry_run=dry_run) as ledger:
        by_name = sorted(ledger.plans.values(), key=lambda plan: (str(plan).casefold(), plan.pk))
        parts = {plan.pk: SitePart(plan) for plan in by_name}
        told = Told(list(parts.values()))
        texts = texts_of(project, {cell.key for cell in cells})
        fitting = [cell for cell in cells if fits(told, parts, ledger, cell, manner, texts)]
        if told.refused:
            told.clashes = with_change(told.clashes)
            return told
        for cell in fitting:
            write(parts[cell.plan_id], ledger, cell, manner)
    told.batch = str(ledger.batch) if told.changes else ""
    return told


def texts_of(project: Project, keys: Collection[str]) -> dict[str, str]:
    """Return the words of rows by key, for sites that lack them; one statement where some are the sites' own."""
    texts = {item.key: item.text for item in content_of(project.version_id).items.values()}
    own = set(keys).difference(texts)
    rows = PlanItem.objects.filter(plan__project=project, plan__site__isnull=False, item=None, key__in=own)
    return texts | (dict(rows.order_by("-pk").values_list("key", "own_text")) if own else {})


def fits(
    told: Told,
    parts: Mapping[int, SitePart],
    ledger: Ledger,
    cell: Cell,
    manner: Manner,
    texts: Mapping[str, str],
) -> bool:
    """Return whether a cell is to be written; what is wrong with it, or has changed since, is told."""
    part = parts.get(cell.plan_id)
    item = ledger.items_of[cell.plan_id].get(cell.key) if part else None
    what = item.text if item else texts.get(cell.key, cell.key)
    if part and (item is None or not item.is_counted) and manner.skips_others:
        part.left_out.append(what)
        return False
    error = wrong(part, item, cell, ledger)
    if error or item is None:
        url = part.plan.url("site_settings") if part and error and error.code == "before_start" else ""
        message = " ".join(error.messages) if error else ""
        told.faults.append(Fault(cell.address, str(part.plan) if part else "", what, cell.value, message, url))
        return False
    found = said_of(item)
    if found.done:
        told.found[cell.address] = found
    if cell.seen is not None and found not in (cell.seen, cell.said):
        told.clashes.append(Clash(cell.address, item, found, cell.said))
    return True


def with_change(clashes: Sequence[Clash]) -> list[Clash]:
    """Return the clashes, each with the last change in the history of its item; one statement."""
    items = {clash.item.pk: clash.item for clash in clashes}
    rows = Activity.objects.filter(
        plan_id__in={item.plan_id for item in items.values()},
        target_type=PlanItem._meta.label_lower,
        target_id__in=list(items),
    )
    last = {row.target_id: row for row in rows.select_related("actor", "person").order_by("at", "pk")}
    return [replace(clash, change=last.get(clash.item.pk)) for clash in clashes]


def wrong(part: Part | None, item: PlanItem | None, cell: Cell, ledger: Ledger) -> ValidationError | None:
    """Return what is wrong with a cell and what to do about it, None where nothing is."""
    if part is None:
        return ValidationError(_("This site is not in the project any more. Open the page again."))
    own = item is None or item.item_id is None
    return not_so(cell.said, part.plan, applies=bool(item and item.is_counted), own=own, today=ledger.today(part.plan))


def not_so(said: Said, plan: Plan, *, applies: bool, own: bool, today: dt.date) -> ValidationError | None:
    """Return why something cannot have happened at a site, None where it can. Of the plan its start is enough.

    `own`: it is none of the Roadmap's, so a plan may not have it at all.
    """
    if not applies and own:
        return ValidationError(
            _("This does not apply here. Leave the cell empty, or add it or bring it back on the site’s plan first.")
        )
    if not applies:
        return ValidationError(
            _("This does not apply here. Leave the cell empty, or bring it back on the site’s plan first.")
        )
    try:
        if said.done:
            progress.happened_on(said.on, plan=plan, today=today, precision=said.precision)
    except ValidationError as error:
        return error
    return None


def write(part: SitePart, ledger: Ledger, cell: Cell, manner: Manner) -> None:
    """Set an item, and where asked the actions that lead to it, to what its cell says."""
    item = ledger.items_of[cell.plan_id][cell.key]
    before = said_of(item)
    if before == cell.said:
        part.same += 1
    elif before.done and manner.keeps_done:
        part.done += 1
        part.stays.append(Line(item, before, before))
    else:
        put(part, ledger, item, cell.said)
    if manner.actions_too and cell.said.done and item.is_milestone:
        for action in progress.open_actions(ledger, item):
            put(part, ledger, action, cell.said)


def put(part: SitePart, ledger: Ledger, item: PlanItem, said: Said) -> None:
    part.lines.append(Line(item, said_of(item), said))
    if said.done:
        progress.mark(item, said.on, said.precision, ledger, part.plan.site)
        ledger.note("reached" if item.is_milestone else "done", item, for_label=str(part.plan.site))
    else:
        progress.unmark(item)
        ledger.note("reopened", item)
