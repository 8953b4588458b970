"""Writing notes at a plan, a step or an item, and editing them without losing anybody's words."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from accounts.models import User
from projects import attaching
from projects.barriers import step_of
from projects.file_contents import Checked
from projects.ledger import Ledger
from projects.mentioning import tell_named
from projects.models import Attachment, Note, Plan
from projects.progress import item_of

SENT_TWICE = dt.timedelta(minutes=10)  # the same words of one person at one place: a button pressed twice


class StaleNote(Exception):
    """Somebody else has edited the note since it was read. Carries the note as it stands and the words not saved."""

    def __init__(self, note: Note, text: str):
        super().__init__(note.pk)
        self.note = note
        self.text = text


def write_note(
    plan: Plan,
    *,
    text: str,
    by: User,
    now: dt.datetime,
    shared: bool = False,
    step: str | int | None = None,
    item: int | None = None,
    files: Sequence[Checked] = (),
) -> Note:
    """Write a Markdown note at the plan, or at one of its steps (key or id) or items (id). It is news from the site.

    `shared` lets the State read it, and open the checked files that come with it. Whom it names with @ is told by
    mail. The very same note once more within ten minutes was sent twice: it is kept once. The history names where it
    was written, never what. Raises PlanStep.DoesNotExist or PlanItem.DoesNotExist for an id of another plan, and
    ValidationError where there is no room for the files: then nothing is kept.
    """
    with attaching.stored(plan, files) as paths, Ledger.open([plan.pk], by=by, now=now) as ledger:
        own = ledger.plans[plan.pk]
        place = step_of(ledger, plan, step) if step else None
        at_item = item_of(ledger, plan, item) if item else None
        said = {
            "plan": own,
            "plan_step": at_item.plan_step if at_item else place,
            "plan_item": at_item,
            "text": text.strip(),
            "shared_with_state": shared,
            "author": by,
        }
        if same := Note.objects.filter(created_at__gt=now - SENT_TWICE, **said).first():
            put_files(ledger, same, files, paths)
            return same
        note = Note.objects.create(created_at=now, **said)
        put_files(ledger, note, files, paths)
        ledger.progressed(own)
        ledger.note("note_written", at_item or place or own)
        tell_named(note, own, by=by, now=now)
    return note


def edit_note(
    plan: Plan,
    pk: int,
    *,
    text: str,
    revision: int,
    by: User,
    now: dt.datetime,
    shared: bool | None = None,
    files: Sequence[Checked] = (),
) -> Note:
    """Change the words of a note of the plan that its editor read at `revision`; None leaves the sharing as it is.

    Checked files are added to those it has; one that it has already, sent twice, is not. Raises StaleNote where it has
    been edited since, with both texts; saving the very same words twice is no conflict. Raises Note.DoesNotExist for a
    note of another plan, and ValidationError where there is no room for the files. Whatever is raised, nothing is kept.
    """
    with attaching.stored(plan, files) as paths, Ledger.open([plan.pk], by=by, now=now) as ledger:
        note = Note.objects.select_related("plan_step__step", "plan_item__item", "edited_by", "author").get(
            plan=plan, pk=pk
        )
        text, shared = text.strip(), note.shared_with_state if shared is None else shared
        same = (note.text, note.shared_with_state) == (text, shared)
        if not same and note.revision != revision:
            raise StaleNote(note, text)
        if not put_files(ledger, note, files, paths) and same:
            return note
        note.text, note.shared_with_state = text, shared
        note.revision += not same
        note.edited_by, note.edited_at = by, now
        note.save(update_fields=["text", "shared_with_state", "revision", "edited_by", "edited_at"])
        ledger.progressed(ledger.plans[plan.pk])
        place = (
            ledger.items.get(note.plan_item_id or 0)
            or ledger.steps.get(note.plan_step_id or 0)
            or ledger.plans[plan.pk]
        )
        ledger.note("note_edited", place)
        tell_named(note, ledger.plans[plan.pk], by=by, now=now)
    return note


def put_files(ledger: Ledger, note: Note, files: Sequence[Checked], paths: list[str]) -> list[Attachment]:
    """Keep files with a note, where it stands; return those that it did not have."""
    if not files:
        return []
    place = {"plan_step_id": note.plan_step_id, "plan_item_id": note.plan_item_id}
    return attaching.put(ledger, note.plan, files, paths, note=note, **place)
