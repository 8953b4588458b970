"""Counties, regions, organizations and places: what exists in the world, counted once however many projects use it."""

from django.conf import settings
from django.db import models
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _

from roadmap.models import Setting


class County(models.Model):
    """A county or county equivalent of the United States, by its FIPS code (five digits, state first)."""

    fips = models.CharField(_("FIPS code"), max_length=5, primary_key=True)
    name = models.CharField(_("name"), max_length=80)  # "Kent County"
    state = models.CharField(_("state"), max_length=2)  # postal code

    class Meta:
        ordering = ["state", "name"]
        verbose_name_plural = _("counties")
        indexes = [models.Index(fields=["state", "name"], name="projects_county_in_state")]

    def __str__(self):
        return f"{self.name}, {self.state}"


class Region(models.Model):
    """A program's own name for a list of counties."""

    program = models.ForeignKey("Program", models.CASCADE, related_name="regions")
    name = models.CharField(_("name"), max_length=80)
    counties = models.ManyToManyField(County, related_name="regions")

    class Meta:
        ordering = ["name"]
        constraints = [models.UniqueConstraint(fields=["program", "name"], name="projects_region_name")]

    def __str__(self):
        return self.name


class EnteredQuerySet(models.QuerySet):
    def standing(self):
        """Leave out what was entered twice and is one with another now."""
        return self.filter(merged_into__isnull=True)


class Entered:
    """What people enter by name, sometimes twice."""

    @property
    def standing(self):
        """What it is one with now, itself where it was never merged. Wants merged_into read along."""
        return self.merged_into.standing if self.merged_into_id else self


class Organization(Entered, models.Model):
    """A health system, school district or agency that runs places; belongs to the program that entered it.

    One that was entered twice points at the one it is now (projects/merging.py). Its name still finds that one.
    """

    program = models.ForeignKey("Program", models.CASCADE, related_name="organizations")
    name = models.CharField(_("name"), max_length=160)
    merged_into = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="doubles")

    objects = EnteredQuerySet.as_manager()

    class Meta:
        ordering = ["name"]
        constraints = [models.UniqueConstraint("program", Lower("name"), name="projects_organization_name")]

    def __str__(self):
        return self.name


class Place(Entered, models.Model):
    """A clinic, school or office of an organization, in a county. One that was entered twice: as organizations."""

    organization = models.ForeignKey(Organization, models.PROTECT, related_name="places")
    merged_into = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="doubles")
    name = models.CharField(_("name"), max_length=160)
    address = models.CharField(_("address"), max_length=200, blank=True)
    county = models.ForeignKey(County, models.PROTECT, related_name="places")
    setting = models.CharField(_("setting"), max_length=30, choices=Setting.choices)

    objects = EnteredQuerySet.as_manager()

    class Meta:
        ordering = ["name"]
        constraints = [models.UniqueConstraint("organization", Lower("name"), name="projects_place_name")]
        indexes = [models.Index(fields=["county", "setting"], name="projects_place_county_setting")]

    def __str__(self):
        return self.name


class Merger(models.Model):
    """Two places, or two organizations, that turned out to be one: what moved, so that it can be taken back."""

    program = models.ForeignKey("Program", models.CASCADE, related_name="mergers")
    organization = models.ForeignKey(
        Organization, models.PROTECT, null=True, blank=True, related_name="+"
    )  # the double
    place = models.ForeignKey(Place, models.PROTECT, null=True, blank=True, related_name="+")
    moved = models.JSONField(default=list)  # ids: of a place its sites, of an organization its places
    changes = models.JSONField(default=dict)  # {field: [old, new]} of the one that stays
    at = models.DateTimeField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    undone_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-pk"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(organization__isnull=True, place__isnull=False)
                | models.Q(organization__isnull=False, place__isnull=True),
                name="projects_merger_one_kind",
            )
        ]

    def __str__(self):
        return str(self.gone)

    @property
    def gone(self):
        """The double: it is one with another now."""
        return self.place or self.organization
