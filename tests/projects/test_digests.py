"""Who is due to hear when. What a digest says is tested in test_reminders."""

import datetime as dt

import pytest

from accounts.models import User
from outbox import preferences
from outbox.models import Delivery, ReminderPreference
from projects import digests
from projects.digests import LEAD_DIGEST, SITE_DIGEST
from projects.models import Role
from tests.cast import join

pytestmark = pytest.mark.django_db
HOUR = dt.timedelta(hours=1)


def detroit(day, hour, minute=0):
    """Return a moment of January 2026 by Detroit's clock (five hours behind UTC)."""
    return dt.datetime(2026, 1, day, hour, minute, tzinfo=dt.UTC) + 5 * HOUR


def rows_of(person):
    return list(Delivery.objects.filter(person=person).order_by("pk").values_list("kind", "local_day"))


def test_a_site_team_member_hears_on_mondays_from_seven(world):
    digests.write_digests(now=detroit(12, 6, 55))
    assert rows_of(world.bo) == []
    digests.write_digests(now=detroit(12, 7, 0))
    assert rows_of(world.bo) == [(SITE_DIGEST, dt.date(2026, 1, 12))]
    digests.write_digests(now=detroit(13, 7, 0))
    assert len(rows_of(world.bo)) == 1


def test_a_lead_hears_on_working_days(world):
    for day in range(12, 19):  # Monday to Sunday
        digests.write_digests(now=detroit(day, 7, 30))
    assert rows_of(world.ana) == [(LEAD_DIGEST, dt.date(2026, 1, day)) for day in range(12, 17)]


def test_people_who_only_look_or_belong_nowhere_hear_nothing(world):
    digests.write_digests(now=detroit(12, 9))
    assert not Delivery.objects.filter(person__in=[world.vi, world.nia]).exists()


def test_looking_every_five_minutes_writes_one_row_a_day(world):
    for minute in range(0, 60, 5):
        digests.write_digests(now=detroit(12, 7, minute))
    assert len(rows_of(world.bo)) == 1


def test_a_missed_look_is_made_good_the_same_day_and_not_piled_up(world):
    digests.write_digests(now=detroit(5, 9))
    digests.write_digests(now=detroit(26, 22))  # down for three weeks
    assert rows_of(world.bo) == [(SITE_DIGEST, dt.date(2026, 1, 5)), (SITE_DIGEST, dt.date(2026, 1, 26))]
    assert Delivery.objects.get(local_day=dt.date(2026, 1, 26), person=world.bo).window_end == detroit(27, 0)


def test_the_day_ends_at_local_midnight(world):
    digests.write_digests(now=detroit(13, 0, 5))  # Tuesday in Detroit
    assert rows_of(world.bo) == []


def test_moving_to_another_zone_never_opens_a_day_again(world):
    preferences.choose(world.bo, days=[0, 1, 2, 3, 4, 5, 6])
    User.objects.filter(pk=world.bo.pk).update(time_zone="Asia/Tokyo")
    digests.write_digests(now=dt.datetime(2026, 1, 12, 23, 0, tzinfo=dt.UTC))  # Tue 13 Jan, 8:00 in Tokyo
    assert rows_of(world.bo) == [(SITE_DIGEST, dt.date(2026, 1, 13))]
    User.objects.filter(pk=world.bo.pk).update(time_zone="Pacific/Honolulu")
    ReminderPreference.objects.update(next_look_at=None)
    digests.write_digests(now=dt.datetime(2026, 1, 12, 23, 30, tzinfo=dt.UTC))  # Mon 12 Jan, 13:30 in Honolulu
    digests.write_digests(now=dt.datetime(2026, 1, 13, 18, 0, tzinfo=dt.UTC))  # Tue 13 Jan, 8:00 in Honolulu
    assert len(rows_of(world.bo)) == 1
    digests.write_digests(now=dt.datetime(2026, 1, 14, 18, 0, tzinfo=dt.UTC))
    assert rows_of(world.bo)[1:] == [(SITE_DIGEST, dt.date(2026, 1, 14))]


def test_changing_the_hour_never_opens_a_day_again(world):
    digests.write_digests(now=detroit(12, 8))
    preferences.choose(world.bo, hour=10)
    digests.write_digests(now=detroit(12, 10, 30))
    assert len(rows_of(world.bo)) == 1


def test_chosen_days_and_hour_count(world):
    preferences.choose(world.bo, days=[2], hour=16)
    digests.write_digests(now=detroit(12, 17))
    digests.write_digests(now=detroit(14, 15, 59))
    assert rows_of(world.bo) == []
    digests.write_digests(now=detroit(14, 16))
    assert rows_of(world.bo) == [(SITE_DIGEST, dt.date(2026, 1, 14))]


def test_no_days_or_the_kind_turned_off_means_no_mail(world):
    preferences.choose(world.bo, days=[])
    preferences.choose(world.ana, kinds_off=[LEAD_DIGEST])
    digests.write_digests(now=detroit(12, 9))
    assert rows_of(world.bo) == rows_of(world.ana) == []


def test_an_hour_that_the_clock_skips_still_comes(world):
    preferences.choose(world.bo, days=[6], hour=2)  # Sunday 8 March 2026: 2:00 does not exist in Detroit
    digests.write_digests(now=dt.datetime(2026, 3, 8, 6, 30, tzinfo=dt.UTC))  # 1:30
    assert rows_of(world.bo) == []
    digests.write_digests(now=dt.datetime(2026, 3, 8, 7, 5, tzinfo=dt.UTC))  # 3:05
    assert rows_of(world.bo) == [(SITE_DIGEST, dt.date(2026, 3, 8))]


def test_a_deactivated_person_is_not_looked_at(world):
    User.objects.filter(pk=world.bo.pk).update(is_active=False)
    digests.write_digests(now=detroit(12, 9))
    assert rows_of(world.bo) == []


def test_a_look_costs_the_same_for_few_and_for_many(world, at_most):
    digests.write_digests(now=detroit(5, 9))
    for number in range(30):
        join(User.objects.create_user(email=f"p{number}@example.org"), Role.PRACTITIONER, world.elm)
    with at_most(8):
        digests.write_digests(now=detroit(6, 6))  # nobody is due, everybody new is looked at once
