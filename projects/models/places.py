"""Counties, regions, organizations and places: what exists in the world, counted once however many projects use it."""

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


class Organization(models.Model):
    """A health system, school district or agency that runs places; belongs to the program that entered it."""

    program = models.ForeignKey("Program", models.CASCADE, related_name="organizations")
    name = models.CharField(_("name"), max_length=160)

    class Meta:
        ordering = ["name"]
        constraints = [models.UniqueConstraint("program", Lower("name"), name="projects_organization_name")]

    def __str__(self):
        return self.name


class Place(models.Model):
    """A clinic, school or office of an organization, in a county."""

    organization = models.ForeignKey(Organization, models.PROTECT, related_name="places")
    name = models.CharField(_("name"), max_length=160)
    address = models.CharField(_("address"), max_length=200, blank=True)
    county = models.ForeignKey(County, models.PROTECT, related_name="places")
    setting = models.CharField(_("setting"), max_length=30, choices=Setting.choices)

    class Meta:
        ordering = ["name"]
        constraints = [models.UniqueConstraint("organization", Lower("name"), name="projects_place_name")]
        indexes = [models.Index(fields=["county", "setting"], name="projects_place_county_setting")]

    def __str__(self):
        return self.name
