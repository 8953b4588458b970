"""What the cells of a table of sites may say, and what they mean: one message in words for each that means nothing."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable
from difflib import get_close_matches

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import User
from projects.counties import Counties, NoCounty
from projects.models import Place, Project, Site
from projects.planning import NewSite
from projects.tables.heads import Column, plain
from roadmap.models import Setting

EARLIEST = dt.date(2000, 1, 1)
FURTHEST = dt.timedelta(days=5 * 366)


SITE_ID, STATUS, CHAMPIONS = "site id", "status", "champion e-mail"
COLUMNS = [
    Column(
        SITE_ID,
        gettext_lazy("By which Milepost knows the site when the table comes back. Empty for a new site."),
        longest=12,
        other_names=("id",),
    ),
    Column("name", gettext_lazy("The site's name."), required=True, other_names=("site", "site name")),
    Column(
        "organization",
        gettext_lazy("The health system, district or agency it belongs to."),
        required=True,
        other_names=("organisation",),
    ),
    Column("place", gettext_lazy("The clinic or school, where it is called otherwise than the site.")),
    Column("setting", gettext_lazy("The kind of place, as in the list on this page."), required=True, longest=60),
    Column("county", gettext_lazy("The county's name or its FIPS code."), required=True, longest=80),
    Column(
        "start date",
        gettext_lazy("A date as 12/4/2026 or 2026-12-04."),
        required=True,
        longest=20,
        other_names=("starts on", "start"),
    ),
    Column(
        CHAMPIONS,
        gettext_lazy("Who will be invited to record there."),
        longest=254,
        other_names=("champion", "champion's e-mail"),
    ),
    Column("address", gettext_lazy("Street and town."), longest=200),
    Column(STATUS, gettext_lazy("Only to read: start, pause or stop a site on its own page."), longest=40),
]


class Meaning:
    """Turns the cells of one file into values, and knows what the project and its program have already."""

    def __init__(self, project: Project, today: dt.date):
        self.project = project
        self.today = today
        self.counties = Counties(project.program.state)
        self.settings = {plain(setting.value): setting.value for setting in Setting}
        self.settings |= {plain(str(setting.label)): setting.value for setting in Setting}
        self.turns: dict[str, Callable[[str], object]] = {
            "setting": self.setting,
            "county": self.county,
            "start date": self.day,
            "champion e-mail": self.email,
        }
        closed = User.objects.filter(is_active=False, anonymised_at__isnull=True)
        self.closed = set(closed.values_list("email", flat=True))
        places = Place.objects.filter(organization__program=project.program)
        places = places.select_related("organization", "county", "merged_into__county")
        self.places = {(place.organization.name.casefold(), place.name.casefold()): place.standing for place in places}
        sites = list(Site.objects.filter(project=project).values_list("place_id", "name"))
        self.taken = {place for place, _name in sites}
        self.names = {name.casefold() for _place, name in sites}
        self.seen: dict[tuple[str, str], int] = {}
        self.seen_names: dict[str, int] = {}

    def of(self, column: Column, value: str) -> object:
        """Return what a cell means; raises ValueError with words for people."""
        if not value:
            if column.required:
                raise ValueError(_("This cell is empty. %(expected)s") % {"expected": column.expected})
            return ""
        check_text(value, column.longest)
        turn = self.turns.get(column.name)
        return turn(value) if turn else value

    def setting(self, value: str) -> str:
        found = self.settings.get(plain(value))
        if found:
            return found
        said = _("“%(value)s” is not a setting.") % {"value": value}
        if close := get_close_matches(plain(value), self.settings, n=1, cutoff=0.6):
            said += " " + _("Did you mean “%(name)s”?") % {"name": Setting(self.settings[close[0]]).label}
        raise ValueError(said)

    def county(self, value: str) -> str:
        try:
            return self.counties.find(value).fips
        except NoCounty as error:
            raise ValueError(str(error)) from error

    def day(self, value: str) -> dt.date:
        day = date_of(value)
        ends_on = self.project.ends_on
        if day < EARLIEST:
            raise ValueError(_("%(value)s is too long ago. Check the year.") % {"value": value})
        if ends_on and day >= ends_on:
            said = _("%(value)s is not before the project ends, on %(end)s.")
            raise ValueError(said % {"value": value, "end": ends_on.isoformat()})
        if day > self.today + FURTHEST:
            raise ValueError(_("%(value)s is more than five years away. Check the year.") % {"value": value})
        return day

    def email(self, value: str) -> str:
        try:
            validate_email(value)
        except ValidationError as error:
            said = _("“%(value)s” is not an e-mail address. An example: maria@clinic.example")
            raise ValueError(said % {"value": value}) from error
        if value.lower() in self.closed:
            said = _("The account of %(value)s is closed. Write another address, or leave the cell empty.")
            raise ValueError(said % {"value": value})
        return value.lower()

    def clash(self, number: int, site: NewSite) -> tuple[str, str] | None:
        """Return (column, words) where a row repeats an earlier one, a site of the project, or denies a known place."""
        key, name = (site.organization.casefold(), site.place.casefold()), site.name.casefold()
        place, twin, namesake = self.places.get(key), self.seen.get(key), self.seen_names.get(name)
        self.seen.setdefault(key, number)
        self.seen_names.setdefault(name, number)
        column = "name" if site.place == site.name else "place"
        if twin:
            return column, _("The same place stands in row %(row)s.") % {"row": twin}
        if namesake:
            return "name", _("The same name stands in row %(row)s.") % {"row": namesake}
        if place and place.pk in self.taken:
            return column, _("This place is already a site of the project.")
        if name in self.names:
            return "name", _("The project already has a site of this name.")
        if place and place.county_id != site.county_id:
            said = _("%(place)s is known in %(county)s. Write that, or give the place another name.")
            return "county", said % {"place": place, "county": place.county}
        if place and place.setting != site.setting:
            said = _("%(place)s is known as: %(setting)s. Write that, or give the place another name.")
            return "setting", said % {"place": place, "setting": place.get_setting_display()}
        if place and site.address and plain(place.address) != plain(site.address):
            if place.address:
                said = _("%(place)s is known at “%(address)s”. Write that, or leave the cell empty.")
            else:
                said = _("%(place)s is known without an address. Leave the cell empty. A State administrator adds it.")
            return "address", said % {"place": place, "address": place.address}
        return None


def check_text(value: str, longest: int) -> None:
    """Raise ValueError in words for text that is too long or not on one line."""
    if len(value) > longest:
        raise ValueError(too_long(longest))
    if re.search(r"[\x00-\x1f\x7f]", value):
        raise ValueError(_("Write this on one line, without special characters."))


def too_long(longest: int) -> str:
    return _("This is too long: at most %(most)s characters.") % {"most": longest}


def date_of(value: str) -> dt.date:
    """Return the day written as 12/4/2026 or 2026-12-04; raises ValueError in words."""
    said = _("“%(value)s” is not a date we can read. Write it as 12/4/2026 or 2026-12-04.") % {"value": value}
    if match := re.fullmatch(r"(\d{1,2})/(\d{1,2})/(\d{4})", value):
        month, day, year = map(int, match.groups())
    elif match := re.fullmatch(r"(\d{4})-(\d{1,2})-(\d{1,2})", value):
        year, month, day = map(int, match.groups())
    else:
        raise ValueError(said)
    try:
        return dt.date(year, month, day)
    except ValueError as error:
        raise ValueError(said) from error
