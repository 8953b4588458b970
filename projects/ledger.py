"""The one way to change plans: lock them, change their items in memory, write back what changed and recount.

    with Ledger.open([plan.pk], by=user, now=now) as ledger:
        item = ledger.item(pk)
        item.done_on = day
        ledger.note("reached", item)

On leaving the block due dates are derived anew, counters recounted, and only rows that differ are written: the number
of statements does not depend on how many plans or items are open (design, Locking and counters).
"""

from __future__ import annotations

import datetime as dt
import uuid
from collections import defaultdict
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any

from django.db import transaction
from django.db.models import QuerySet

from accounts.models import Activity, User
from projects import bulk, dates
from projects.models import Barrier, Plan, PlanItem, PlanStep
from projects.reading import read_items
from projects.recount import PLAN_COUNTERS, STEP_COUNTERS, recount

# What verbs change on an item. The diff of these is what history shows and undo takes back.
KEPT_FIELDS = [
    "own_text",
    "applicable",
    "not_applicable_reason",
    "not_applicable_on",
    "removed",
    "baseline_due_on",
    "by_hand",
    "shift_days",
    "assignee_id",
    "assigned_duty",
    "assigned_at",
    "done_on",
    "done_precision",
    "recorded_on",
    "done_at",
    "done_by_id",
    "on_behalf_of_id",
]
DERIVED_FIELDS = ["due_on", "waiting_for"]
STEP_FIELDS = ["assignee_id", "own_name", "blocked_since"]
LAST_NEWS = "last_progress_at"
PLAN_FIELDS = ["starts_on", "active", "activated_on", "duty_open_since", LAST_NEWS]

# What is decided by of a plan's site, project and program. Who has waited for the lock on PostgreSQL gets the plan's
# own row as it is now, but what was joined to it as it was before; so this comes once more, with the items.
READ_AGAIN = [
    *("site__status", "site__last_contact_on", "project__starts_on", "project__ends_on"),
    *("program__late_days", "program__stuck_days", "program__quiet_days", "program__duty_days", "program__time_zone"),
]


def take_over(plan: Plan, item: PlanItem) -> None:
    """Set on a plan's site, project and program what was read again with an item."""
    for path in READ_AGAIN:
        part, name = path.split("__")
        if row := getattr(plan, part):
            setattr(row, name, getattr(item, f"plan__{path}"))


def lock_plans(plans: QuerySet[Plan]) -> list[int]:
    """Lock plans in the order of their ids until the transaction ends; return the ids.

    For a verb that opens several ledgers, or writes rows beside them that other verbs write with the plan locked:
    whoever takes the plans first and in one order waits for nobody in a circle.
    """
    return list(plans.order_by("pk").select_for_update(of=("self",), no_key=True).values_list("pk", flat=True))


def values(row: Any, fields: Iterable[str]) -> dict[str, Any]:
    return {name: getattr(row, name) for name in fields}


class Ledger:
    """Plans locked for change, with all their items and steps in memory. Made by `Ledger.open`."""

    def __init__(self, plans: list[Plan], *, by: User | None, now: dt.datetime, dry_run: bool = False):
        self.plans = {plan.pk: plan for plan in plans}
        self.by = by
        self.now = now
        self.dry_run = dry_run
        self.batch = uuid.uuid4()
        self.activities: list[Activity] = []
        self.items: dict[int, PlanItem] = {}
        self.items_of: dict[int, dict[str, PlanItem]] = defaultdict(dict)
        self.steps: dict[int, PlanStep] = {}
        self._read()

    @classmethod
    @contextmanager
    def open(
        cls, plan_ids: Iterable[int], *, by: User | None, now: dt.datetime, dry_run: bool = False
    ) -> Iterator[Ledger]:
        """Lock the plans in the order of their ids, yield the ledger, and write it back in the same transaction.

        With `dry_run` nothing is locked or written: the rows in memory show what would come of it.
        """
        plans = (
            Plan.objects.filter(pk__in=list(plan_ids))
            .select_related("site__place", "project", "program")
            .order_by("pk")
        )
        if dry_run:
            ledger = cls(list(plans), by=by, now=now, dry_run=True)
            yield ledger
            ledger.derive()
            return
        with transaction.atomic():
            ledger = cls(list(plans.select_for_update(of=("self",), no_key=True)), by=by, now=now)
            yield ledger
            ledger.write()

    def _read(self) -> None:
        items = PlanItem.objects.filter(plan__in=self.plans)
        again = [f"plan__{path}" for path in READ_AGAIN]
        for item in read_items(items, self.plans, people=["assignee"], more=again):
            if item.plan_id not in self.items_of:
                take_over(item.plan, item)
            self.steps[item.plan_step_id] = item.plan_step
            self.items[item.pk] = item
            self.items_of[item.plan_id][item.key] = item
        self._was_item = {pk: values(item, [*KEPT_FIELDS, *DERIVED_FIELDS]) for pk, item in self.items.items()}
        self._was_step = {pk: values(step, [*STEP_FIELDS, *STEP_COUNTERS]) for pk, step in self.steps.items()}
        self._was_plan = {pk: values(plan, [*PLAN_FIELDS, *PLAN_COUNTERS]) for pk, plan in self.plans.items()}

    def today(self, plan: Plan) -> dt.date:
        """Return the plan's program's local day."""
        return plan.program.today(self.now)

    def add(self, items: list[PlanItem]) -> None:
        """Put new items into the plans. They come as removed, so that what brings them in can be taken back."""
        if not self.dry_run:
            PlanItem.objects.bulk_create(items)
            self.items |= {item.pk: item for item in items}
        for item in items:
            self.items_of[item.plan_id][item.key] = item
            self._was_item[item.pk] = values(item, [*KEPT_FIELDS, *DERIVED_FIELDS])

    def progressed(self, plan: Plan, on: dt.date | None = None) -> None:
        """Take the moment, or an earlier day, as that of the last news from the plan's site."""
        heard = self.now if on in (None, self.today(plan)) else plan.program.noon(on)
        plan.last_progress_at = max(heard, plan.last_progress_at or heard)

    def note(
        self,
        verb: str,
        row: Any,
        *,
        label: str = "",
        for_label: str = "",
        person: User | None = None,
        changes: dict | None = None,
    ) -> None:
        """Put a line into the history: what was done to which item, step or plan, for whom, and what it changed."""
        plan = row if isinstance(row, Plan) else row.plan
        if changes is None:
            changes = self.changes(row) if isinstance(row, PlanItem) else {}
        self.activities.append(
            Activity.of(
                verb=verb,
                actor=self.by,
                at=self.now,
                on=self.today(plan),
                target=row,
                program_id=plan.program_id,
                project_id=plan.project_id,
                site_id=plan.site_id,
                plan_id=plan.pk,
                key=getattr(row, "key", ""),
                label=label or str(row),
                for_label=for_label,
                person=person,
                changes=changes,
                batch=self.batch,
            )
        )

    def changes(self, item: PlanItem) -> dict[str, list]:
        """Return {field: [old, new]} of what has changed on an item since the ledger was opened, as JSON values."""
        was = self._was_item[item.pk]
        due = ["due_on"] if item.by_hand or was.get("by_hand") else []
        now = values(item, [*KEPT_FIELDS, *due])
        changed = {name: [plain(was[name]), plain(now[name])] for name in now if was[name] != now[name]}
        heard = self._was_plan[item.plan_id][LAST_NEWS]
        if item.plan.last_progress_at != heard:  # so that undo takes back the news with what was told
            changed[LAST_NEWS] = [plain(heard), plain(item.plan.last_progress_at)]
        return changed

    def redate(self, plan: Plan) -> None:
        """Derive the due dates of one plan anew, for verbs that must tell what becomes of them."""
        dates.redate(self.items_of[plan.pk].values(), dates.starts_of(plan))

    def derive(self) -> None:
        """Derive the dates and counters of every plan anew."""
        for plan in self.plans.values():
            self.redate(plan)
            recount(plan, self.items_of[plan.pk].values())

    def write(self) -> None:
        """Derive dates and counters and write every row that differs, then the history."""
        self.derive()
        save_changed(PlanItem, self.items.values(), self._was_item)
        save_changed(PlanStep, self.steps.values(), self._was_step)
        save_changed(Plan, self.plans.values(), self._was_plan)
        if self.activities:
            Activity.record_many(self.activities)

    def touched(self) -> list[PlanItem]:
        """Return the items that differ from what was read: by the verb itself, or because their dates follow it."""
        return [
            item
            for pk, item in self.items.items()
            if any(getattr(item, name) != value for name, value in self._was_item[pk].items())
        ]

    def read_barriers(self) -> None:
        """Derive each step's blocked_since from its open barriers; for the verbs that change barriers."""
        since: dict[int, list[dt.date]] = defaultdict(list)
        for barrier in Barrier.objects.open().filter(plan__in=self.plans, stuck=True):
            since[barrier.plan_step_id].append(barrier.since)
        for step in self.steps.values():
            step.blocked_since = min(since[step.pk], default=None)


def plain(value: Any) -> Any:
    """Return a field's value as JSON holds it: dates and times in ISO form."""
    return value.isoformat() if isinstance(value, dt.date) else value


def save_changed(model: Any, rows: Iterable[Any], was: dict[int, dict[str, Any]]) -> None:
    """Update the rows of which a watched field differs from what it was, in one statement a batch."""
    changed: list[Any] = []
    names: set[str] = set()
    for row in rows:
        different = [name for name, value in was[row.pk].items() if getattr(row, name) != value]
        if different:
            changed.append(row)
            names.update(different)
    if changed:
        bulk.update_rows(model, changed, sorted(names))
