import csv

import pytest

from projects.counties import STATES, Counties, NoCounty
from projects.models import County
from tests.statements import counted

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("counties")]


@pytest.fixture
def michigan():
    return Counties("MI")


def test_every_county_of_the_file_is_there_once_with_a_state_we_can_name():
    assert County.objects.count() == 3233
    assert set(County.objects.values_list("state", flat=True)) == set(STATES)
    assert County.objects.filter(state="MI").count() == 83


def test_the_file_is_sorted_by_fips_so_that_a_change_shows_as_one_line(settings):
    with (settings.BASE_DIR / "projects/data/counties.csv").open(encoding="utf-8", newline="") as file:
        codes = [row["fips"] for row in csv.DictReader(file)]
    assert codes == sorted(set(codes))
    assert all(len(code) == 5 and code.isdigit() for code in codes)


@pytest.mark.parametrize(
    ("text", "fips"),
    [
        ("26081", "26081"),
        ("26081.0", "26081"),
        ("81", "26081"),
        ("Kent", "26081"),
        (" kent county ", "26081"),
        ("KENT CO.", "26081"),
        ("Kent County, MI", "26081"),
        ("Kent, Michigan", "26081"),
        ("St. Clair", "26147"),
        ("Saint Clair", "26147"),
        ("st clair county", "26147"),
        ("St Joseph", "26149"),
        ("Grand Traverse", "26055"),
        ("Presque  Isle", "26141"),
    ],
)
def test_a_county_is_found_as_people_write_it(michigan, text, fips):
    assert michigan.find(text).fips == fips


@pytest.mark.parametrize(
    ("state", "text", "fips"),
    [
        ("AL", "1001", "01001"),  # a spreadsheet has taken the leading zero
        ("LA", "Saint Tammany", "22103"),
        ("LA", "La Salle", "22059"),
        ("IL", "De Kalb", "17037"),
        ("MO", "Sainte Genevieve", "29186"),
        ("NM", "Dona Ana", "35013"),
        ("PR", "Bayamon", "72021"),
        ("MD", "Prince Georges", "24033"),
        ("MD", "Baltimore City", "24510"),
        ("VA", "James City", "51095"),
        ("NV", "Carson City", "32510"),
        ("AK", "Juneau", "02110"),
    ],
)
def test_other_states_names_are_found_too(state, text, fips):
    assert Counties(state).find(text).fips == fips


def test_a_misspelled_county_is_answered_with_the_nearest_one(michigan):
    with pytest.raises(NoCounty, match="“Kentt” is not a county in Michigan. Did you mean Kent?"):
        michigan.find("Kentt")


def test_a_name_unlike_any_county_is_answered_without_a_guess(michigan):
    with pytest.raises(NoCounty) as error:
        michigan.find("xyzzy")
    assert "Did you mean" not in str(error.value)


def test_a_code_of_another_state_is_refused(michigan):
    with pytest.raises(NoCounty, match="“39049” is not the FIPS code of a county in Michigan"):
        michigan.find("39049")


def test_a_name_that_two_counties_bear_is_asked_back():
    with pytest.raises(NoCounty, match="“Baltimore” can be Baltimore County or Baltimore city. Write which."):
        Counties("MD").find("Baltimore")


def test_finding_many_counties_takes_one_statement():
    with counted() as found:
        counties = Counties("MI")
        for name in ("Kent", "Wayne", "Alger"):
            counties.find(name)
    assert len(found) == 1
