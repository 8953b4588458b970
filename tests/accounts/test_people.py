import datetime as dt
import re

import pytest
from allauth.account.models import EmailAddress
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.db.models import Value

from accounts import leaving
from accounts.models import Activity, User
from accounts.models.people import NeverDeleted
from outbox.forgetting import forget_mail
from outbox.models import Delivery
from tests.cast import person

NOW = dt.datetime(2026, 1, 5, 14, 0, tzinfo=dt.UTC)


@pytest.fixture
def bo(db):
    return person("Bo Lindqvist", phone="616 555 0100")


@pytest.fixture
def ana(db):
    return person("Ana Brandt")


def test_an_address_is_kept_in_lower_case_however_it_is_typed(db):
    bo = User.objects.create_user(email=" Bo@Example.ORG ", name="Bo")
    assert bo.email == "bo@example.org"
    assert User.objects.get(email="BO@example.org") == bo


def test_two_people_cannot_share_an_address_in_another_case(bo):
    with pytest.raises(IntegrityError), transaction.atomic():
        User.objects.create_user(email="BO@EXAMPLE.ORG")


def test_the_database_refuses_capitals_from_any_side(bo):
    with pytest.raises(IntegrityError), transaction.atomic():
        User.objects.filter(pk=bo.pk).update(email=Value("BO@EXAMPLE.ORG"))


def test_a_person_needs_an_address(db):
    with pytest.raises(ValueError, match="e-mail"):
        User.objects.create_user(email="")


def test_without_a_password_nobody_signs_in_by_guessing_none(db):
    assert not User.objects.create_user(email="bo@example.org").has_usable_password()


def test_a_superuser_is_staff_too(db):
    root = User.objects.create_superuser(email="root@example.org", password="walk-the-road-in-tests")
    assert (root.is_staff, root.is_superuser) == (True, True)


@pytest.mark.parametrize(
    ("name", "shown", "first"),
    [("Bo Lindqvist", "Bo Lindqvist", "Bo"), ("", "bo@example.org", "bo"), ("  Bo   L ", "  Bo   L ", "Bo")],
)
def test_a_person_is_shown_by_name_else_by_address(name, shown, first):
    someone = User(email="bo@example.org", name=name)
    assert (str(someone), someone.first_name) == (shown, first)


@pytest.mark.parametrize("zone", ["America/Detroit", "Pacific/Honolulu", ""])
def test_a_real_time_zone_is_taken(bo, zone):
    bo.time_zone = zone
    bo.full_clean()
    assert bo.zone.key == (zone or "America/Detroit")


@pytest.mark.parametrize("zone", ["Detroit", "EST5EDT4", "../../etc/passwd"])
def test_a_zone_that_is_none_is_refused_in_words(bo, zone):
    bo.time_zone = zone
    with pytest.raises(ValidationError, match="is not a time zone"):
        bo.full_clean()


def test_people_are_never_deleted(bo):
    with pytest.raises(NeverDeleted):
        bo.delete()
    with pytest.raises(NeverDeleted):
        User.objects.all().delete()
    assert User.objects.filter(pk=bo.pk).exists()


def test_who_is_deactivated_stays_in_the_record(bo, ana):
    assert leaving.deactivate(bo, by=ana, now=NOW)
    bo.refresh_from_db()
    assert (bo.is_active, bo.name) == (False, "Bo Lindqvist")
    assert not leaving.deactivate(bo, by=ana, now=NOW)
    assert list(Activity.objects.values_list("verb", "actor")) == [("deactivated", ana.pk)]
    assert leaving.reactivate(bo, by=ana, now=NOW)
    bo.refresh_from_db()
    assert bo.is_active


def test_who_is_anonymised_leaves_no_name_address_phone_or_mail(bo, ana):
    EmailAddress.objects.create(user=bo, email=bo.email, primary=True, verified=True)
    Delivery.objects.create(person=bo, address=bo.email, kind="news", text="Hello Bo,", data={"name": "Bo"})
    Activity.record(verb="ticked", actor=bo, label="Agreement signed")
    assert leaving.anonymise(bo, by=ana, now=NOW)
    assert forget_mail(bo, "bo@example.org") == 1
    left = User.objects.get(pk=bo.pk)
    kept = [*left.__dict__.values(), *Delivery.objects.values_list().get(), *Activity.objects.values_list("label")]
    assert not any(re.search(r"bo@|\bBo\b|616\D*555", str(value)) for value in kept)
    assert (left.is_active, left.anonymised_at, str(left)) == (False, NOW, "Someone who has left")
    assert Delivery.objects.get().state == "cancelled"
    assert not EmailAddress.objects.exists()
    assert Activity.objects.get(verb="ticked").actor == left


def test_nobody_comes_back_from_being_anonymised(bo, ana):
    leaving.anonymise(bo, by=ana, now=NOW)
    assert not leaving.anonymise(bo, by=ana, now=NOW)
    assert not leaving.reactivate(bo, by=ana, now=NOW)
    with pytest.raises(IntegrityError), transaction.atomic():
        User.objects.filter(pk=bo.pk).update(is_active=True)


def test_two_people_can_be_anonymised(bo, ana):
    leaving.anonymise(bo, by=None, now=NOW)
    leaving.anonymise(ana, by=None, now=NOW)
    assert User.objects.filter(anonymised_at=NOW).count() == 2
