"""Making one of what was entered twice, and two of it again."""

import pytest
from django.core.exceptions import ValidationError
from django.db import transaction

from accounts.models import Activity
from projects import analytics, merging, planning
from projects.models import Merger, Organization, Place, Site
from tests.cast import new_site
from tests.together import at_once, while_held

pytestmark = pytest.mark.django_db


@pytest.fixture
def by(world):
    return {"by": world.dee, "now": world.now}


@pytest.fixture
def twice(world):
    """Elm Clinic once more, as the other project entered it."""
    row = new_site("The Elm Clinic", organization="Lakeshore Health System")
    [site] = planning.add_sites(world.other_project, [row], by=world.cy, now=world.now)
    return site


def place_of(site):
    return Place.objects.get(sites=site)


def test_a_place_entered_twice_becomes_one_and_is_counted_once(world, twice, by):
    def counted():
        plans = analytics.site_plans(program=world.program)
        return analytics.totals_of(plans, world.program, world.now.date()).all

    assert (counted().sites, counted().places) == (4, 4)
    outcome = merging.merge_places(place_of(twice), place_of(world.elm), **by)
    assert place_of(twice) == place_of(world.elm)
    assert (counted().sites, counted().places) == (4, 3)
    assert [str(site) for site in outcome.moving] == ["The Elm Clinic"]
    assert not Place.objects.standing().filter(name="The Elm Clinic").exists()
    assert Activity.objects.filter(verb="merged", label="Elm Clinic").count() == 1


def test_a_preview_says_what_moves_and_changes_nothing(world, twice, by):
    outcome = merging.merge_places(place_of(twice), place_of(world.elm), take=["name"], dry_run=True, **by)
    assert outcome.changes == {"name": ["Elm Clinic", "The Elm Clinic"]}
    assert place_of(twice) != place_of(world.elm)
    assert not Merger.objects.exists()


def test_undo_makes_them_two_again_with_their_own_names(world, twice, by):
    elm, the_elm = place_of(world.elm), place_of(twice)
    Place.objects.filter(pk=the_elm.pk).update(address="12 Elm Street")
    merger = merging.merge_places(the_elm, elm, take=["name", "address"], **by).merger
    elm.refresh_from_db()
    assert (elm.name, elm.address) == ("The Elm Clinic", "12 Elm Street")
    merging.undo_merger(merger, **by)
    elm.refresh_from_db()
    the_elm.refresh_from_db()
    assert (elm.name, elm.address, the_elm.name, the_elm.merged_into) == ("Elm Clinic", "", "The Elm Clinic", None)
    assert place_of(twice) == the_elm
    with pytest.raises(ValidationError, match="taken back already"):
        merging.undo_merger(merger, **by)


def test_places_in_different_counties_are_not_one(world, by):
    row = new_site("Elm Clinic", organization="Other Health", county_id="26121")
    [far] = planning.add_sites(world.other_project, [row], by=world.cy, now=world.now)
    with pytest.raises(ValidationError, match="Kent County.*Muskegon County|Muskegon County.*Kent County"):
        merging.merge_places(place_of(far), place_of(world.elm), **by)
    assert place_of(far) != place_of(world.elm)


def test_two_sites_of_one_project_stay_at_two_places(world, by):
    with pytest.raises(ValidationError, match="has a site at both: Oak Clinic and Elm Clinic"):
        merging.merge_places(place_of(world.oak), place_of(world.elm), **by)


def test_one_with_itself_or_of_another_program_is_refused(world, twice, by):
    elm = place_of(world.elm)
    with pytest.raises(ValidationError, match="two different ones"):
        merging.merge_places(elm, elm, **by)
    [ohio] = planning.add_sites(world.foreign_project, [new_site("Elm Clinic")], by=world.ed, now=world.now)
    with pytest.raises(ValidationError, match="same program"):
        merging.merge_places(place_of(ohio), elm, **by)


def test_organizations_entered_twice_become_one(world, twice, by):
    gone, kept = place_of(twice).organization, place_of(world.elm).organization
    merger = merging.merge_organizations(gone, kept, **by).merger
    assert place_of(twice).organization == kept
    assert list(world.program.organizations.standing().filter(name__startswith="Lakeshore")) == [kept]
    merging.undo_merger(merger, **by)
    assert place_of(twice).organization == gone


def test_organizations_that_both_have_a_place_of_one_name_wait_for_it(world, twice, by):
    Place.objects.filter(pk=place_of(twice).pk).update(name="elm clinic")
    gone, kept = place_of(twice).organization, place_of(world.elm).organization
    with pytest.raises(ValidationError, match="Both have a place called elm clinic"):
        merging.merge_organizations(gone, kept, **by)


def test_the_old_names_still_find_the_one_that_stays(world, twice, by):
    gone, kept = place_of(twice).organization, place_of(world.elm).organization
    merging.merge_places(place_of(twice), place_of(world.elm), **by)
    merging.merge_organizations(gone, kept, **by)
    row = new_site("New Clinic", organization="lakeshore health system")
    [site] = planning.add_sites(world.project, [row], by=world.ana, now=world.now)
    assert place_of(site).organization == kept


def test_what_changed_since_is_not_taken_back(world, twice, by):
    merger = merging.merge_places(place_of(twice), place_of(world.elm), **by).merger
    Site.objects.filter(pk=twice.pk).update(place=place_of(world.oak))
    with pytest.raises(ValidationError, match="has been changed since"):
        merging.undo_merger(merger, **by)


@pytest.mark.django_db(transaction=True)
def test_two_who_merge_at_once_make_one(world, twice, by):
    elm, the_elm = place_of(world.elm), place_of(twice)

    def merge(gone, kept):
        def doing():
            try:
                with transaction.atomic():
                    merging.merge_places(Place.objects.get(pk=gone.pk), Place.objects.get(pk=kept.pk), **by)
            except ValidationError as error:
                return " ".join(error.messages)
            return ""

        return doing

    said = at_once(merge(elm, the_elm), merge(the_elm, elm))
    assert sorted(bool(words) for words in said) == [False, True]
    assert Place.objects.standing().filter(pk__in=[elm.pk, the_elm.pk]).count() == 1


def test_what_was_probably_entered_twice_is_found(world, twice):
    pairs = [{one.name, other.name} for one, other in merging.probably_places(world.program)]
    assert pairs == [{"Elm Clinic", "The Elm Clinic"}]
    Organization.objects.create(program=world.program, name="Lakeshore Hlth.")
    found = [{one.name, other.name} for one, other in merging.probably_organizations(world.program)]
    assert {"Lakeshore Health", "Lakeshore Hlth."} in found


def test_a_name_finds_the_one_that_stays_after_two_mergers(world, twice, by):
    gone, kept = place_of(twice).organization, place_of(world.elm).organization
    merging.merge_places(place_of(twice), place_of(world.elm), **by)
    merging.merge_organizations(gone, kept, **by)
    last = Organization.objects.create(program=world.program, name="Lakeshore")
    merging.merge_organizations(kept, last, **by)
    [site] = planning.add_sites(
        world.project, [new_site("New Clinic", organization=gone.name)], by=world.ana, now=world.now
    )
    assert place_of(site).organization == last


@pytest.mark.django_db(transaction=True)
def test_a_site_added_during_a_merger_is_at_the_place_that_stays(world, twice, by):
    kept, the_elm = place_of(world.elm), place_of(twice)
    row = new_site(the_elm.name, organization=the_elm.organization.name)
    third = planning.create_project(
        program=world.program, name="Third", ebi_name="Third", version=world.version, starts_on=world.now.date(), **by
    )
    [site] = while_held(
        lambda: merging.merge_places(the_elm, kept, **by),
        lambda: planning.add_sites(third, [row], by=world.ana, now=world.now),
        lambda: None,
    )
    assert place_of(site) == kept
