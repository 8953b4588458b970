import datetime as dt

import pytest
from django.core.exceptions import ValidationError

from projects import contacts
from projects.models import Contact

pytestmark = pytest.mark.django_db
JAN_5 = dt.date(2026, 1, 5)


def log(world, **more):
    return contacts.log_contact(world.elm, by=world.ana, now=world.now, **more)


def test_the_site_keeps_its_newest_contact(world):
    log(world, on=dt.date(2026, 1, 4), note="Called.")
    log(world, on=dt.date(2025, 12, 1), note="Visited.")
    world.elm.refresh_from_db()
    assert world.elm.last_contact_on == dt.date(2026, 1, 4)


def test_a_contact_is_news_as_of_its_day(world):
    log(world, on=dt.date(2025, 12, 1))
    world.plan.refresh_from_db()
    assert world.plan.last_progress_at.date() == dt.date(2025, 12, 1)
    log(world)
    world.plan.refresh_from_db()
    assert world.plan.last_progress_at == world.now
    log(world, on=dt.date(2025, 12, 2))
    world.plan.refresh_from_db()
    assert world.plan.last_progress_at == world.now


def test_days_that_cannot_be_are_refused(world):
    with pytest.raises(ValidationError, match="in the future"):
        log(world, on=dt.date(2026, 1, 6))
    with pytest.raises(ValidationError, match="after the contact"):
        log(world, next_on=JAN_5)
    assert not Contact.objects.exists()


def test_the_same_contact_sent_twice_is_kept_once(world):
    assert log(world, note="Called.") == log(world, note="Called.")
    assert Contact.objects.count() == 1
