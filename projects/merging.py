"""Making one of two places, or of two organizations, that were entered twice; and taking that back.

Nothing is deleted: the double keeps its row and points at the one that stays, so that its name still finds it.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass, field
from itertools import islice
from typing import TypeVar

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.models import Activity, User
from projects import doubles
from projects.ledger import lock_plans
from projects.models import Merger, Organization, Place, Plan, Program, Site

One = TypeVar("One", Place, Organization)
TAKEN_OVER = ("name", "address")  # what the one that stays may take from the double


@dataclass(frozen=True)
class Merged:
    """What comes, or would come, of a merger: which rows move to the one that stays, and what changes on it."""

    kept: Place | Organization
    gone: Place | Organization
    moving: list[Site] | list[Place]
    changes: dict[str, list[str]] = field(default_factory=dict)
    merger: Merger | None = None


@transaction.atomic
def merge_places(
    gone: Place, kept: Place, *, take: Iterable[str] = (), by: User, now: dt.datetime, dry_run: bool = False
) -> Merged:
    """Give the sites of a place to another of the same program; `take` names fields that it takes over from it.

    Raises ValidationError, and nothing changes: for one place with itself, one that was merged before, places in
    different counties, and where a project has a site at both.
    """
    program = check_pair(gone, kept, gone.organization.program, kept.organization.program)
    found = Place.objects.select_related("county", "organization").in_bulk([gone.pk, kept.pk])
    gone, kept = check_standing(found[gone.pk]), check_standing(found[kept.pk])
    if gone.county_id != kept.county_id:
        raise ValidationError(
            _(
                "%(one)s is in %(county)s, %(other)s in %(other_county)s, so they are not one place. If one of these "
                "is wrong, have it put right first."
            )
            % {"one": gone, "county": gone.county, "other": kept, "other_county": kept.county}
        )
    moving = list(Site.objects.filter(place=gone).select_related("project"))
    there = dict(Site.objects.filter(place=kept).values_list("project_id", "name"))
    for site in moving:
        if site.project_id in there:
            raise ValidationError(
                _("%(project)s has a site at both: %(one)s and %(other)s. Stop one of them; they stay two places.")
                % {"project": site.project, "one": site, "other": there[site.project_id]}
            )
    changes = taken_over(gone, kept, take)
    twin = "name" in changes and kept.organization.places.filter(name__iexact=gone.name).exclude(pk=gone.pk)
    if twin and twin.exclude(pk=kept.pk).exists():
        raise ValidationError(
            _("%(organization)s has another place with this name.") % {"organization": kept.organization}
        )
    if dry_run:
        return Merged(kept, gone, moving, changes)
    lock_plans(Plan.objects.filter(site__in=moving))  # before the sites' rows, as every verb does
    Site.objects.filter(pk__in=[site.pk for site in moving]).update(place=kept)
    return close(gone, kept, moving, changes, program=program, by=by, now=now)


@transaction.atomic
def merge_organizations(
    gone: Organization,
    kept: Organization,
    *,
    take: Iterable[str] = (),
    by: User,
    now: dt.datetime,
    dry_run: bool = False,
) -> Merged:
    """Give the places of an organization to another of the same program; `take` as in `merge_places`.

    Raises ValidationError, and nothing changes: for one with itself, one that was merged before, and where both have
    a place of the same name, which may be one place and is merged first.
    """
    program = check_pair(gone, kept, gone.program, kept.program)
    found = Organization.objects.in_bulk([gone.pk, kept.pk])
    gone, kept = check_standing(found[gone.pk]), check_standing(found[kept.pk])
    moving = list(gone.places.all())
    there = {name.casefold() for name in kept.places.values_list("name", flat=True)}
    if both := [place for place in moving if place.name.casefold() in there]:
        names = ", ".join(str(place) for place in both[:5])
        raise ValidationError(
            ngettext(
                "Both have a place called %(names)s. Make these one first, or give one another name.",
                "Both have places called %(names)s. Make these one first, or give them other names.",
                len(both),
            )
            % {"names": names}
        )
    changes = taken_over(gone, kept, [name for name in take if name == "name"])
    if dry_run:
        return Merged(kept, gone, moving, changes)
    Place.objects.filter(pk__in=[place.pk for place in moving]).update(organization=kept)
    return close(gone, kept, moving, changes, program=program, by=by, now=now)


def check_pair(gone: Place | Organization, kept: Place | Organization, program: Program, other: Program) -> Program:
    """Return the program of two that can be made one, locked: nobody adds a site at either in the meantime."""
    if gone.pk == kept.pk:
        raise ValidationError(_("Choose two different ones."))
    if program.pk != other.pk:
        raise ValidationError(_("Both must belong to the same program."))
    return Program.objects.locked(program.pk)


def check_standing(one: One) -> One:
    if one.merged_into_id:
        raise ValidationError(_("%(one)s has been made one with another in the meantime.") % {"one": one})
    return one


def taken_over(gone: Place | Organization, kept: Place | Organization, take: Iterable[str]) -> dict[str, list[str]]:
    """Return what changes on the one that stays: {field: [old, new]}."""
    wanted = [name for name in TAKEN_OVER if name in set(take)]
    return {
        name: [getattr(kept, name), getattr(gone, name)]
        for name in wanted
        if getattr(kept, name) != getattr(gone, name)
    }


def close(
    gone: Place | Organization,
    kept: Place | Organization,
    moving: list[Site] | list[Place],
    changes: dict[str, list[str]],
    *,
    program: Program,
    by: User,
    now: dt.datetime,
) -> Merged:
    """Let the double point at the one that stays, which takes over what it was to; keep what moved."""
    give_fields(kept, gone, {name: new for name, (_old, new) in changes.items()})
    gone.merged_into = kept
    gone.save(update_fields=["merged_into"])
    merger = Merger.objects.create(
        program=program,
        moved=[row.pk for row in moving],
        changes=changes,
        at=now,
        by=by,
        **{str(gone._meta.model_name): gone},
    )
    record("merged", merger, kept, by=by, now=now)
    return Merged(kept, gone, moving, changes, merger)


def give_fields(kept: Place | Organization, gone: Place | Organization, fields: dict[str, str]) -> None:
    """Set fields of the one that stays. Where that is the name, the double takes the one that is left.

    Two rows cannot have one name even for a moment, and somebody else may have the one that is left by now: the double
    then goes by its number.
    """
    if not fields:
        return
    if "name" in fields:
        left, numbered = kept.name, f"{gone.name[:140]} ({gone.pk})"
        beside = gone.organization.places if isinstance(gone, Place) else gone.program.organizations
        type(gone).objects.filter(pk=gone.pk).update(name=numbered)
        taken = beside.filter(name__iexact=left).exclude(pk__in=[gone.pk, kept.pk]).exists()
        gone.name = numbered if taken else left
    for name, value in fields.items():
        setattr(kept, name, value)
    kept.save(update_fields=list(fields))
    if "name" in fields:
        gone.save(update_fields=["name"])


def record(verb: str, merger: Merger, kept: Place | Organization, *, by: User, now: dt.datetime) -> None:
    program = merger.program
    Activity.record(
        verb=verb, actor=by, at=now, on=program.today(now), program_id=program.pk, target=kept, label=str(kept)
    )


@transaction.atomic
def undo_merger(merger: Merger, *, by: User, now: dt.datetime) -> Merger:
    """Make two again of what was made one. Raises ValidationError where it was undone before, or changed since."""
    program = Program.objects.locked(merger.program_id)
    merger = program.mergers.get(pk=merger.pk)
    if merger.undone_at:
        raise ValidationError(_("This was taken back already."))
    gone = merger.gone
    kept = gone.merged_into
    model, name = (Site, "place") if merger.place_id else (Place, "organization")
    moved = model.objects.filter(pk__in=merger.moved)
    stand = moved.filter(**{name: kept}).count() == len(merger.moved)
    if (
        kept.merged_into_id
        or not stand
        or any(getattr(kept, key) != new for key, (_old, new) in merger.changes.items())
    ):
        raise ValidationError(_("%(kept)s has been changed since, so this cannot be taken back.") % {"kept": kept})
    give_fields(kept, gone, {key: old for key, (old, _new) in merger.changes.items()})
    if "name" in merger.changes:
        gone.name = merger.changes["name"][1]
    gone.merged_into = None
    gone.save(update_fields=["merged_into", "name"])
    if merger.place_id:
        lock_plans(Plan.objects.filter(site__in=merger.moved))
    moved.update(**{name: gone})
    merger.undone_at = now
    merger.save(update_fields=["undone_at"])
    record("merger_undone", merger, kept, by=by, now=now)
    return merger


def probably_places(program: Program) -> list[tuple[Place, Place]]:
    """Return pairs of places in one county whose names are probably one, at most doubles.MOST."""
    places = Place.objects.standing().filter(organization__program=program).select_related("organization", "county")
    return list(islice(doubles.pairs((one, one.name, one.county_id) for one in places), doubles.MOST))


def probably_organizations(program: Program) -> list[tuple[Organization, Organization]]:
    """Return pairs of organizations whose names are probably one, at most doubles.MOST."""
    rows = program.organizations.standing()
    return list(islice(doubles.pairs((one, one.name, None) for one in rows), doubles.MOST))
