import datetime as dt

import pytest

from accounts.models import Activity
from outbox.models import Delivery
from projects import file_contents, notes
from projects.models import Note, PlanItem, PlanStep
from tests.projects.attached import picture_of

pytestmark = pytest.mark.django_db


def write(world, text="Called the clinic.", **more):
    return notes.write_note(world.plan, text=text, by=world.bo, now=world.now, **more)


def test_a_note_stands_where_it_was_written(world):
    item = world.plan.items.get(key="meet")
    assert write(world).plan_step is None
    assert write(world, step="plan").plan_step.key == "plan"
    at_item = write(world, item=item.pk)
    assert (at_item.plan_item, at_item.plan_step) == (item, item.plan_step)


def test_a_note_is_news_from_the_site(world):
    write(world)
    world.plan.refresh_from_db()
    assert world.plan.last_progress_at == world.now
    assert world.plan.needs_help_from == dt.date(2026, 1, 12)


def test_places_of_another_plan_are_not_found(world):
    with pytest.raises(PlanStep.DoesNotExist):
        write(world, step=world.oak.plan.steps.first().pk)
    with pytest.raises(PlanItem.DoesNotExist):
        write(world, item=world.oak.plan.items.first().pk)
    assert not Note.objects.exists()


def test_an_edit_raises_the_revision(world):
    note = write(world)
    edited = notes.edit_note(world.plan, note.pk, text="Called twice.", revision=1, by=world.ana, now=world.now)
    assert (edited.revision, edited.text, edited.edited_by, edited.author) == (2, "Called twice.", world.ana, world.bo)


def test_of_two_edits_the_later_is_refused_with_both_texts(world):
    note = write(world)
    notes.edit_note(world.plan, note.pk, text="By Ana.", revision=1, by=world.ana, now=world.now)
    with pytest.raises(notes.StaleNote) as stale:
        notes.edit_note(world.plan, note.pk, text="By Bo.", revision=1, by=world.bo, now=world.now)
    assert (stale.value.note.text, stale.value.text) == ("By Ana.", "By Bo.")
    note.refresh_from_db()
    assert note.text == "By Ana."


def test_the_same_edit_sent_twice_is_no_conflict(world):
    note = write(world)
    for _ in range(2):
        notes.edit_note(world.plan, note.pk, text="By Bo.", revision=1, by=world.bo, now=world.now)
    note.refresh_from_db()
    assert note.revision == 2


def test_an_edit_with_a_file_sent_twice_adds_it_once(world):
    note = write(world)
    photo = file_contents.checked("a.jpg", picture_of())
    for _ in range(2):
        said = {"text": "With a photo.", "revision": 1, "files": [photo]}
        notes.edit_note(world.plan, note.pk, by=world.bo, now=world.now, **said)
    assert note.attachments.count() == 1
    assert Activity.objects.filter(verb="note_edited").count() == 1


def test_a_note_sent_twice_in_a_row_is_written_once(world):
    photo = file_contents.checked("a.jpg", picture_of())
    first = write(world, "Called @Ana Brandt.", files=[photo])
    again = notes.write_note(
        world.plan, text=" Called @Ana Brandt.\r\n", by=world.bo, now=world.now + dt.timedelta(minutes=1), files=[photo]
    )
    assert again == first
    assert (Note.objects.count(), first.attachments.count()) == (1, 1)
    assert Delivery.objects.filter(kind="mention").count() == 1
    assert Activity.objects.filter(verb="note_written").count() == 1


def test_the_same_words_of_another_day_place_or_person_are_another_note(world):
    write(world)
    write(world, step="plan")
    write(world, shared=True)
    notes.write_note(world.plan, text="Called the clinic.", by=world.ana, now=world.now)
    notes.write_note(world.plan, text="Called the clinic.", by=world.bo, now=world.now + dt.timedelta(days=1))
    assert Note.objects.count() == 5


def test_a_note_of_another_plan_is_not_found(world):
    note = write(world)
    with pytest.raises(Note.DoesNotExist):
        notes.edit_note(world.oak.plan, note.pk, text="x", revision=1, by=world.bo, now=world.now)


def test_history_says_where_and_not_what(world):
    write(world, "A private thought.", step="plan")
    row = Activity.objects.get(verb="note_written")
    assert row.label == "Tailor the plan"
    assert "private" not in str(row.changes)
