import pytest

from interviews.models import Participant
from interviews.paging import page_of
from tests.interviews.conftest import listed

pytestmark = pytest.mark.django_db


@pytest.fixture
def people(study, by):
    for group in ("staff", "pi"):
        for number in range(4):
            listed(study, f"{group}{number}", role_group=group, by=by)
    return study.participants.order_by()


def names(page):
    return [one.pseudonym for one in page.rows]


def test_pages_follow_each_other_and_go_back_without_a_gap(people):
    order, size = ["role_group"], 3
    first = page_of(people, order, size=size)
    second = page_of(people, order, after=first.after, size=size)
    last = page_of(people, order, after=second.after, size=size)
    assert names(first) + names(second) + names(last) == [f"{g}{n}" for g in ("pi", "staff") for n in range(4)]
    assert (first.before, last.after) == (None, None)
    back = page_of(people, order, before=last.before, size=size)
    assert names(back) == names(second)
    assert names(page_of(people, order, before=back.before, size=size)) == names(first)


def test_who_comes_and_goes_meanwhile_moves_no_page(people, study, by):
    first = page_of(people, ["pseudonym"], size=3)
    listed(study, "a new one at the top", by=by)
    Participant.objects.filter(pseudonym="pi0").delete()
    assert names(page_of(people, ["pseudonym"], after=first.after, size=3)) == ["pi3", "staff0", "staff1"]


def test_a_row_that_is_gone_begins_at_the_top(people):
    for place in ({"after": 999_999}, {"before": 999_999}):
        page = page_of(people, ["pseudonym"], size=3, **place)
        assert names(page) == ["pi0", "pi1", "pi2"]
        assert page.before is None


def test_a_page_takes_two_statements(people, django_assert_num_queries):
    first = page_of(people, ["pseudonym"], size=3)
    with django_assert_num_queries(2):
        page_of(people, ["pseudonym"], after=first.after, size=3)
