"""Which names are probably one."""

import pytest

from projects.doubles import alike, pairs, plain


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("St. Mary's Health Center", "Saint Marys Health Ctr"),
        ("The Elm Clinic", "Elm Clinic"),
        ("Community Health Center of Muskegon", "Muskegon Community Health Center"),
        ("Riverbend Elementary School", "Riverbend Elem. School"),
        ("Keweenaw Bay Clinic", "Keweenaw Bay Clinc"),
        ("Réunion Family Practice", "Reunion Family Practice"),
        ("Public Elementary School No. 7", "Public Elementary School No. 07"),
    ],
)
def test_the_same_in_other_words_is_alike(one, other):
    assert alike(plain(one), plain(other))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("North Elm Clinic", "South Elm Clinic"),
        ("Elm Clinic", "Oak Clinic"),
        ("Pine School", "Pine Clinic"),
        ("Clinic 1", "Clinic 10"),
        ("Public Elementary School 12", "Public Elementary School 17"),
        ("Public Elementary School", "Public Elementary School 2"),
        ("", ""),
        ("The", "Of"),
    ],
)
def test_what_differs_in_a_word_is_not(one, other):
    assert not alike(plain(one), plain(other))


def test_only_names_at_the_same_place_are_compared():
    rows = [(1, "Elm Clinic", "Kent"), (2, "The Elm Clinic", "Kent"), (3, "Elm Clinic", "Wayne"), (4, "Oak", "Kent")]
    assert list(pairs(rows)) == [(1, 2)]
