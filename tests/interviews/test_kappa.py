"""Figures of agreement against published examples, and what must hold for any codings."""

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from interviews.kappa import Figure, Table, Why, cohens_kappa, krippendorffs_alpha, percent_agreement, table_of

# Krippendorff's example of four observers and twelve units (2011); a point is what an observer did not see.
OBSERVERS = ("1 2 3 3 2 1 4 1 2 . . .", "1 2 3 3 2 2 4 1 2 5 . 3", ". 3 3 3 2 3 4 2 2 5 1 .", "1 2 3 3 2 4 4 1 2 5 1 .")
TWELVE = Counter(
    zip(*([None if value == "." else int(value) for value in line.split()] for line in OBSERVERS), strict=True)
)
decisions = st.dictionaries(
    st.tuples(*[st.sampled_from([True, False, None])] * 3), st.integers(min_value=0, max_value=500), max_size=27
)
tables = st.builds(Table, *[st.integers(min_value=0, max_value=300_000)] * 4)


def rows(table):
    return {
        (True, True): table.both,
        (True, False): table.first,
        (False, True): table.second,
        (False, False): table.neither,
    }


@pytest.mark.parametrize(
    ("table", "kappa"),
    [
        (Table(20, 5, 10, 15), 0.400),
        (Table(45, 15, 25, 15), 0.1304),
        (Table(25, 35, 5, 35), 0.2593),
        (Table(30, 10, 5, 955), 0.792),  # 1,000 characters, 40 and 35 coded, 30 of them by both
        (Table(0, 0, 8, 2), 0.0),  # used by one of them only: as good as chance, and defined
    ],
)
def test_kappa_of_published_examples(table, kappa):
    figure = cohens_kappa(table)
    assert figure.value == pytest.approx(kappa, abs=0.0005)
    assert figure.units == table.units


def test_alpha_of_krippendorffs_example():
    figure = krippendorffs_alpha(TWELVE)
    assert figure.value == pytest.approx(0.743, abs=0.0005)
    assert figure.units == 11  # the twelfth was seen by one observer only


def test_agreement_in_percent_counts_pairs_of_coders():
    assert percent_agreement(rows(Table(20, 5, 10, 15))) == Figure(0.7, 50)
    assert percent_agreement({(True, True, False): 1, (False, False, None): 1}) == Figure(4 / 8, 2)


@pytest.mark.parametrize(
    ("table", "why"),
    [
        (Table(0, 0, 0, 0), Why.NO_UNIT),
        (Table(1, 0, 0, 0), Why.ONE_UNIT),
        (Table(0, 1, 0, 0), Why.ONE_UNIT),
        (Table(0, 0, 0, 9), Why.NOBODY),
        (Table(9, 0, 0, 0), Why.EVERYBODY),
    ],
)
def test_what_is_not_defined_says_why(table, why):
    for figure in (cohens_kappa(table), krippendorffs_alpha(rows(table))):
        assert figure == Figure(None, table.units, why)
    assert why.words


def test_alpha_of_other_values_that_are_all_alike_is_not_defined():
    assert krippendorffs_alpha({(1, 1): 4}).why is Why.ALIKE
    assert percent_agreement({(True, None): 4}).why is Why.NO_UNIT


def test_units_that_one_coder_did_not_look_at_are_left_out_of_the_pair():
    found = table_of({(True, None, True): 3, (False, True, True): 2, (True, True, None): 1}, 0, 1)
    assert found == Table(both=1, first=0, second=2, neither=0)


@given(tables)
def test_kappa_lies_between_minus_one_and_one_and_does_not_mind_who_is_first(table):
    figure = cohens_kappa(table)
    assert figure == cohens_kappa(Table(table.both, table.second, table.first, table.neither))
    if figure.value is None:
        assert figure.why
    else:
        assert -1 <= figure.value <= 1
        assert (figure.value == 1) is (table.first == table.second == 0)


@given(decisions, st.permutations(range(3)))
def test_alpha_and_percent_do_not_mind_the_order_of_coders(counted, order):
    turned = Counter()
    for row, times in counted.items():
        turned[tuple(row[place] for place in order)] += times
    assert krippendorffs_alpha(counted) == krippendorffs_alpha(turned)
    assert percent_agreement(counted) == percent_agreement(turned)
    alpha = krippendorffs_alpha(counted)
    assert (alpha.value is None) is (alpha.why is not None)
    assert alpha.value is None or alpha.value <= 1


@given(st.dictionaries(st.integers(1, 5), st.integers(1, 50), min_size=2), st.integers(2, 4))
def test_alpha_of_perfect_agreement_with_variation_is_one(values, coders):
    assert krippendorffs_alpha({(value,) * coders: times for value, times in values.items()}).value == 1
