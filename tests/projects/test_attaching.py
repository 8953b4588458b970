import datetime as dt

import pytest
from django.core.exceptions import ValidationError

from accounts.models import Activity
from projects import attaching, file_contents
from projects.models import Attachment, PlanItem
from projects.models.attachments import evidence_storage
from tests.projects.attached import pdf_of, picture_of

pytestmark = pytest.mark.django_db


def attach(world, *names, **more):
    files = [file_contents.checked(name, picture_of()) for name in names or ["a.jpg"]]
    more = {"by": world.bo, "now": world.now, **more}
    return attaching.attach(more.pop("plan", world.plan), files, **more)


def held(plan):
    try:
        return evidence_storage().listdir(str(plan.pk))[1]
    except FileNotFoundError:
        return []


def test_a_photo_at_a_milestone_is_news_and_history(world):
    item = world.plan.items.get(key="meet")
    [photo] = attach(world, item=item.pk)
    photo.refresh_from_db()
    assert (photo.plan_item, photo.plan_step, photo.kind) == (item, item.plan_step, "photo")
    with photo.file.open() as kept:
        assert len(kept.read()) == photo.size
    world.plan.refresh_from_db()
    assert world.plan.last_progress_at == world.now
    row = Activity.objects.get(verb="photo_added")
    assert (row.key, "a.jpg" in str(row.changes)) == ("meet", False)


def test_nothing_is_kept_at_a_place_of_another_plan(world):
    before = held(world.plan)
    with pytest.raises(PlanItem.DoesNotExist):
        attach(world, item=world.oak.plan.items.first().pk)
    assert not Attachment.objects.exists()
    assert held(world.plan) == before


def test_a_full_program_is_told_so_and_nothing_is_kept(world, settings):
    settings.EVIDENCE_PROGRAM_MB = 0
    before = held(world.plan)
    with pytest.raises(ValidationError, match="no room"):
        attach(world)
    assert held(world.plan) == before


def test_a_full_plan_is_told_so(world, monkeypatch):
    monkeypatch.setattr(attaching, "MOST_PER_PLAN", 1)
    with pytest.raises(ValidationError, match="all it can"):
        attach(world, "a.jpg", "b.jpg")
    assert not Attachment.objects.exists()


def test_the_same_file_sent_twice_is_there_once(world):
    before = len(held(world.plan))
    first = attach(world, "a.jpg", "b.jpg", step="plan")
    assert attach(world, "a.jpg", "b.jpg", step="plan") == []
    assert list(Attachment.objects.order_by("pk")) == first
    assert len(held(world.plan)) == before + 2
    assert Activity.objects.filter(verb="photo_added").count() == 1


def test_the_same_file_may_stand_at_two_places_and_come_back_after_it_was_removed(world):
    [photo] = attach(world, step="plan")
    assert attach(world)
    assert attach(world, step="plan", shared=True)
    attaching.remove(world.plan, photo.pk, by=world.bo, now=world.now)
    assert attach(world, step="plan")


def test_removing_twice_is_one_line_of_history(world):
    [photo] = attach(world)
    for _ in range(2):
        attaching.remove(world.plan, photo.pk, by=world.bo, now=world.now)
    assert Activity.objects.filter(verb="file_removed").count() == 1
    assert not Attachment.objects.kept().exists()


def test_what_was_removed_is_destroyed_after_30_days_and_that_is_recorded(world):
    [photo, other] = attach(world, "a.jpg", "b.jpg")
    attaching.remove(world.plan, photo.pk, by=world.bo, now=world.now)
    assert attaching.destroy_removed(now=world.now + dt.timedelta(days=29)) == 0
    later = world.now + dt.timedelta(days=30)
    assert attaching.destroy_removed(now=later) == 1
    assert attaching.destroy_removed(now=later) == 0
    photo.refresh_from_db()
    assert photo.destroyed_at == later
    assert not evidence_storage().exists(photo.file.name)
    assert evidence_storage().exists(other.file.name)
    assert Activity.objects.get(verb="file_destroyed").actor is None


def test_a_pdf_is_a_file_and_not_a_photo_in_history(world):
    attaching.attach(world.plan, [file_contents.checked("a.pdf", pdf_of())], by=world.bo, now=world.now, step="plan")
    assert Activity.objects.get(verb="file_added").label == "Tailor the plan"
