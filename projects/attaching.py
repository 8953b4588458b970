"""Adding files and photos to a plan, removing them, and destroying what was removed long enough ago."""

from __future__ import annotations

import datetime as dt
import logging
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any
from uuid import uuid4

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from django.db.models import Sum
from django.utils.translation import gettext as _

from accounts.models import User
from projects.barriers import step_of
from projects.file_contents import Checked
from projects.ledger import Ledger
from projects.models import Attachment, Plan, PlanItem, PlanStep
from projects.models.attachments import evidence_storage
from projects.progress import item_of

MOST_AT_ONCE = 10
MOST_PER_PLAN = 500
KEPT_REMOVED = dt.timedelta(days=30)
logger = logging.getLogger(__name__)


def attach(
    plan: Plan,
    files: Sequence[Checked],
    *,
    by: User,
    now: dt.datetime,
    shared: bool = False,
    step: str | int | None = None,
    item: int | None = None,
) -> list[Attachment]:
    """Keep checked files at a step (key or id) or an item (id) of the plan: all or none. It is news from the site.

    Returns what was added: not a file that is there already, sent twice. The bytes are written before the plan is
    locked, and taken away again where the rows are not written. Raises ValidationError where the plan or its program
    holds as much as it may, and PlanStep.DoesNotExist or PlanItem.DoesNotExist for an id of another plan.
    """
    with stored(plan, files) as paths, Ledger.open([plan.pk], by=by, now=now) as ledger:
        at_item = item_of(ledger, plan, item) if item else None
        place = at_item.plan_step if at_item else step_of(ledger, plan, step) if step else None
        rows = put(ledger, plan, files, paths, plan_step=place, plan_item=at_item, shared_with_state=shared)
        if not rows:
            return []
        ledger.progressed(ledger.plans[plan.pk])
        photos = all(row.kind == Attachment.Kind.PHOTO for row in rows)
        ledger.note("photo_added" if photos else "file_added", at_item or place or ledger.plans[plan.pk])
    return rows


@contextmanager
def stored(plan: Plan, files: Sequence[Checked]) -> Iterator[list[str]]:
    """Write the bytes of files and yield where they lie; where what follows fails, take them away again.

    Raises ValidationError where they cannot be written: a disk is full, a store of files does not answer.
    """
    paths: list[str] = []
    try:
        for one in files:
            paths.append(write(plan, one))
        yield paths
    except BaseException:
        for path in paths:
            take_away(path)
        raise


def write(plan: Plan, one: Checked) -> str:
    """Write one file's bytes under a name that tells nothing, and return it."""
    try:
        return evidence_storage().save(f"{plan.pk}/{uuid4().hex}", ContentFile(one.data))
    except OSError as error:
        logger.exception("A file of plan %s could not be written", plan.pk)
        raise ValidationError(
            _("Photos and files cannot be kept at this moment, and none was. Try again in a few minutes.")
        ) from error


def take_away(path: str) -> None:
    try:
        evidence_storage().delete(path)
    except OSError:
        logger.exception("Bytes without a row were left behind at %s", path)


def put(ledger: Ledger, plan: Plan, files: Sequence[Checked], paths: list[str], **place: Any) -> list[Attachment]:
    """Write the rows of files whose bytes are stored, at a place of a locked plan. Raises ValidationError: no room.

    What stands at the place already, by its name and content, is not written again: somebody pressed twice.
    """
    own = ledger.plans[plan.pk]
    standing = own.attachments.kept().filter(**{"note": None, **place})
    there = set(standing.values_list("name", "sha256"))
    new = []
    for one, path in zip(files, paths, strict=True):
        if (one.name, one.sha256) in there:
            take_away(path)
        else:
            there.add((one.name, one.sha256))
            new.append((one, path))
    check_room(own, [one for one, _path in new])
    rows = [row_of(own, one, path, by=ledger.by, now=ledger.now, **place) for one, path in new]
    return Attachment.objects.bulk_create(rows)


def row_of(plan: Plan, one: Checked, path: str, *, by: User | None, now: dt.datetime, **place: Any) -> Attachment:
    kept = {"name": one.name, "kind": one.kind, "content_type": one.content_type, "size": len(one.data)}
    seen = {"width": one.width, "height": one.height, "sha256": one.sha256}
    return Attachment(
        plan=plan, program_id=plan.program_id, file=path, added_by=by, added_at=now, **kept, **seen, **place
    )


def check_room(plan: Plan, files: Sequence[Checked]) -> None:
    """Raise ValidationError where the plan has too many files or the program too many bytes."""
    if plan.attachments.kept().count() + len(files) > MOST_PER_PLAN:
        raise ValidationError(_("This plan holds 500 files, which is all it can. Remove some first."))
    there = Attachment.objects.filter(program=plan.program_id, destroyed_at__isnull=True)
    held = there.aggregate(size=Sum("size"))["size"] or 0
    if held + sum(len(one.data) for one in files) > settings.EVIDENCE_PROGRAM_MB * 1024 * 1024:
        raise ValidationError(_("Your program has no room left for files. Ask whoever runs Milepost for more."))


def remove(plan: Plan, pk: int, *, by: User, now: dt.datetime) -> None:
    """Take a file out of sight. Doing it twice is no error. Raises Attachment.DoesNotExist for one of another plan."""
    with Ledger.open([plan.pk], by=by, now=now) as ledger:
        file = Attachment.objects.get(plan=plan, pk=pk)
        if file.removed_at:
            return
        file.removed_at, file.removed_by = now, by
        file.save(update_fields=["removed_at", "removed_by"])
        ledger.note("file_removed", place_of(ledger, file))


def destroy_removed(*, now: dt.datetime) -> int:
    """Destroy the bytes of what was removed 30 days ago, and say so in each plan's history. Return how many.

    The bytes go first: where that is cut off, the row still says that there is something to destroy.
    """
    due = Attachment.objects.filter(removed_at__lte=now - KEPT_REMOVED, destroyed_at__isnull=True)
    files = list(due.order_by("pk")[:500])
    for file in files:
        evidence_storage().delete(file.file.name)
        with Ledger.open([file.plan_id], by=None, now=now) as ledger:
            if Attachment.objects.filter(pk=file.pk, destroyed_at__isnull=True).update(destroyed_at=now):
                ledger.note("file_destroyed", place_of(ledger, file))
    return len(files)


def place_of(ledger: Ledger, file: Attachment) -> PlanItem | PlanStep | Plan:
    return (
        ledger.items.get(file.plan_item_id or 0)
        or ledger.steps.get(file.plan_step_id or 0)
        or ledger.plans[file.plan_id]
    )
