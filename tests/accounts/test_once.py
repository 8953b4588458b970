import datetime as dt

import pytest
import time_machine
from django.db import transaction

from accounts import once
from accounts.models import UsedToken
from tests.cast import person
from tests.together import at_once


@pytest.fixture
def bo(db):
    return person("Bo Lindqvist")


def test_a_token_is_spent_once(bo):
    token = once.token("add-sites")
    once.spend(token, purpose="add-sites", by=bo)
    with pytest.raises(once.Spent):
        once.spend(token, purpose="add-sites", by=bo)


def test_a_replay_does_not_break_the_transaction_it_happens_in(bo):
    token = once.token("add-sites")
    once.spend(token, purpose="add-sites", by=bo)
    with transaction.atomic():
        with pytest.raises(once.Spent):
            once.spend(token, purpose="add-sites", by=bo)
        person("Ana Brandt")
    assert UsedToken.objects.count() == 1


def test_a_token_may_be_tried_again_when_what_it_was_for_failed(bo):
    token = once.token("add-sites")

    @transaction.atomic
    def fails():
        once.spend(token, purpose="add-sites", by=bo)
        raise ValueError

    with pytest.raises(ValueError):  # noqa: PT011 - raised three lines above
        fails()
    once.spend(token, purpose="add-sites", by=bo)


@pytest.mark.parametrize("garbage", ["", "nonsense", "a:b:c", "WzEsIm5ld3MiXQ:1abc:forged"])
def test_what_is_not_ours_is_invalid(bo, garbage):
    with pytest.raises(once.Invalid):
        once.spend(garbage, purpose="add-sites", by=bo)


def test_a_token_is_good_for_its_own_purpose_only(bo):
    with pytest.raises(once.Invalid):
        once.spend(once.token("add-sites"), purpose="assign", by=bo)
    assert not UsedToken.objects.exists()


def test_a_token_is_good_for_twelve_hours(bo):
    with time_machine.travel(dt.datetime(2026, 1, 5, 9, tzinfo=dt.UTC), tick=False) as clock:
        early, late = once.token("add-sites"), once.token("add-sites")
        clock.shift(dt.timedelta(hours=11, minutes=59))
        once.spend(early, purpose="add-sites", by=bo)
        clock.shift(dt.timedelta(minutes=2))
        with pytest.raises(once.Invalid):
            once.spend(late, purpose="add-sites", by=bo)


def test_tokens_too_old_to_be_valid_are_forgotten(bo):
    once.spend(once.token("add-sites"), purpose="add-sites", by=bo)
    used_at = UsedToken.objects.get().used_at
    assert once.sweep(now=used_at + dt.timedelta(hours=23)) == 0
    assert once.sweep(now=used_at + dt.timedelta(hours=25)) == 1


@pytest.mark.django_db(transaction=True)
def test_of_two_forms_sent_at_the_same_moment_one_is_carried_out(transactional_db):
    bo, token = person("Bo Lindqvist"), once.token("add-sites")

    def spend():
        with transaction.atomic():
            try:
                once.spend(token, purpose="add-sites", by=bo)
            except once.Spent:
                return "spent"
        return "done"

    assert sorted(at_once(spend, spend)) == ["done", "spent"]


def test_an_act_that_is_refused_uses_up_no_token(bo, rf):
    request = rf.post("/", {"token": once.token("add-sites")})
    request.user = bo

    def rename():
        type(bo).objects.filter(pk=bo.pk).update(name="Bob")

    assert once.carry_out(request, "add-sites", rename) is None
    bo.refresh_from_db()
    assert bo.name == "Bo Lindqvist"
    assert once.carry_out(request, "add-sites", lambda: "done") == "done"
    with pytest.raises(once.Spent):
        once.carry_out(request, "add-sites", lambda: "done")
