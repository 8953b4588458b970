"""The sites of a project as a table: new ones by their rows, those that are there by their site id.

A row without a site id asks for a new site. A row with one changes the site's name, start, county and address, and
invites a champion where there is none; an empty cell changes nothing.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from django.db.models import QuerySet
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from accounts.models import User
from projects import amending, planning
from projects.access import Right, can
from projects.inviting import CHAMPION, Asked, invite_many
from projects.models import Duty, Invitation, Membership, Plan, Project, Role, Scopes, Site
from projects.planning import NewSite
from projects.tables.heads import Column, plain
from projects.tables.site_cells import CHAMPIONS, COLUMNS, SITE_ID, STATUS, Meaning, date_of
from projects.tables.table import Change, Looked, New, Table, Tell, in_words
from roadmap.models import Setting

FIXED = ("organization", "place", "setting", STATUS)  # of a site that is there: shown, not changed from here


@dataclass
class Wanted:
    """What a row asks of a site that is there: new values of its fields, of its place's, and whom to invite."""

    row: int
    site: Site
    fields: dict[str, Any] = field(default_factory=dict)  # name, starts_on
    place: dict[str, Any] = field(default_factory=dict)  # county_id, address
    champion: str = ""


class SitesTable(Table):
    key = "sites"
    title = gettext_lazy("Sites")
    about = gettext_lazy("Add many sites at once, or change the names, start dates and addresses of those you have.")
    right = Right.SET_UP

    def __init__(self, project: Project, *, by: User, now: dt.datetime):
        super().__init__(project, by=by, now=now)
        rows = Site.objects.filter(project=project).select_related("plan", "place__organization", "place__county")
        self.sites = {site.pk: site for site in rows.order_by("name", "pk")}
        self.champions = champions_of(project)
        members = Membership.objects.current().filter(site__project=project).values_list("site", "user__email")
        asked = Invitation.objects.open().filter(site__project=project).values_list("site", "email")
        self.here = {*members, *asked}
        self.new: list[tuple[NewSite, str]] = []
        self.wanted: list[Wanted] = []

    @property
    def columns(self) -> list[Column]:
        return COLUMNS

    def examples(self) -> list[list[str]]:
        where = ["Elm Street Clinic", "Lakeshore Health", "", "FQHC", "Kent"]
        return [["", *where, "12/4/2026", "maria@clinic.example", "", ""]]

    def content(self) -> Iterator[list[Any]]:
        for site in self.sites.values():
            yield [
                site.pk,
                site.name,
                site.place.organization.name,
                site.place.name,
                site.place.get_setting_display(),
                site.place.county.name,
                site.plan.starts_on,
                self.champions.get(site.pk, ""),
                site.place.address,
                site.get_status_display(),
            ]

    @classmethod
    def count_of_new(cls, count: int) -> str:
        return ngettext("%(n)s site", "%(n)s sites", count) % {"n": count}

    def missing(self, looked: Looked) -> list[Column]:
        """Return the columns that new sites need and the file lacks; none where each row says which site it is."""
        at = looked.heads.at.get(SITE_ID)
        if at is not None and all(at < len(cells) and cells[at] for _number, cells in looked.rows):
            return []
        return super().missing(looked)

    def read(self, looked: Looked) -> None:
        meaning = Meaning(self.project, self.today)
        elsewhere = Site.objects.exclude(project=self.project).filter(place__sites__project=self.project)
        shared = set(elsewhere.values_list("place_id", flat=True))
        if shared and can(Scopes.read(self.by), Right.RUN_PROGRAM, self.project):
            shared = set()
        seen: dict[int, int] = {}
        for number, cells in looked.rows:
            raw = looked.heads.cells_of(cells)
            if not raw.get(SITE_ID):
                self.read_new(looked, meaning, number, raw)
            elif site := self.site_of(looked, number, raw[SITE_ID], seen):
                self.read_known(looked, meaning, number, raw, site, shared)
        self.check_names(looked)

    def read_new(self, looked: Looked, meaning: Meaning, number: int, raw: dict[str, str]) -> None:
        """Turn a row into a new site; what cannot be turned becomes a fault."""
        said: dict[str, Any] = {}
        before = len(looked.faults)
        for column in COLUMNS:
            if column.name in (SITE_ID, STATUS):
                continue
            try:
                said[column.name] = meaning.of(column, raw.get(column.name, ""))
            except ValueError as error:
                looked.fault(number, column.name, raw.get(column.name, ""), str(error))
        if len(looked.faults) > before:
            return
        site = site_of(said)
        if clash := meaning.clash(number, site):
            looked.fault(number, clash[0], raw.get(clash[0], ""), clash[1])
            return
        email = said[CHAMPIONS]
        self.new.append((site, email))
        looked.invited += bool(email)
        county = meaning.counties.by_fips[site.county_id].name
        place = "" if site.place == site.name else site.place
        starts = _("starts %(day)s") % {"day": date_format(site.starts_on, "j M Y")}
        words = in_words([site.organization, place, Setting(site.setting).label, county, starts, email])
        looked.new.append(New(number, site.name, words))

    def site_of(self, looked: Looked, number: int, said: str, seen: dict[int, int]) -> Site | None:
        """Return the site that a row names by its id; that there is none, or that it stood before, is a fault."""
        site = self.sites.get(int(said)) if said.isascii() and said.isdecimal() and len(said) < 19 else None
        if site is None:
            words = _("There is no site of this id in the project. Leave the cell empty for a new site.")
            looked.fault(number, SITE_ID, said, words)
        elif site.pk in seen:
            words = _("The same site stands in row %(row)s.") % {"row": seen[site.pk]}
            looked.fault(number, SITE_ID, said, words)
            return None
        else:
            seen[site.pk] = number
        return site

    def read_known(
        self, looked: Looked, meaning: Meaning, number: int, raw: dict[str, str], site: Site, shared: set[int]
    ) -> None:
        """Compare a row with the site it is about."""
        wanted = Wanted(number, site)
        for column in COLUMNS:
            value = raw.get(column.name, "")
            if not value or column.name == SITE_ID:
                continue
            try:
                if column.name in FIXED:
                    refuse_other(site, column.name, value, meaning)
                elif change := self.changed(wanted, meaning, column, value, shared):
                    looked.changes.append(Change(number, site.name, column.name, *change))
            except ValueError as error:
                looked.fault(number, column.name, value, str(error))
        looked.invited += bool(wanted.champion)
        if wanted.fields or wanted.place or wanted.champion:
            self.wanted.append(wanted)

    def changed(
        self, wanted: Wanted, meaning: Meaning, column: Column, value: str, shared: set[int]
    ) -> tuple[str, str] | None:
        """Note what a cell changes; return how it was and will be in words, None where it is so already.

        Raises ValueError in words for a value that means nothing or cannot be taken from here.
        """
        site, place = wanted.site, wanted.site.place
        if column.name == "name":
            if value == site.name:
                return None
            wanted.fields["name"] = meaning.of(column, value)
            return site.name, value
        if column.name == "start date":
            starts_on = site.plan.starts_on
            if date_of(value) == starts_on:
                return None
            wanted.fields["starts_on"] = day = meaning.day(value)
            return date_format(starts_on, "j M Y"), date_format(day, "j M Y")
        if column.name == CHAMPIONS:
            if value.lower() == self.champions.get(site.pk):
                return None  # also where the account is closed
            return self.champion_wanted(wanted, str(meaning.of(column, value)))
        if column.name == "county":
            if plain(value) == plain(place.county.name):
                return None  # also where the place lies in another state than the program
            kept, said = place.county_id, meaning.of(column, value)
            words = place.county.name, meaning.counties.by_fips[str(said)].name
            name = "county_id"
        else:
            kept, said = place.address, meaning.of(column, value)
            words = place.address, value
            name = "address"
        if kept == said:
            return None
        if place.pk in shared:
            raise ValueError(_("Another project works at this place too. Ask a State administrator to change it."))
        wanted.place[name] = said
        return words

    def champion_wanted(self, wanted: Wanted, email: str) -> tuple[str, str]:
        if known := self.champions.get(wanted.site.pk, ""):
            said = _("%(email)s is the champion here or invited to be. Change that in the table of people.")
            raise ValueError(said % {"email": known})
        if (wanted.site.pk, email) in self.here:
            said = _("%(email)s is on the team here or asked in. Say in the table of people which job is theirs.")
            raise ValueError(said % {"email": email})
        wanted.champion = email
        return "", email

    def check_names(self, looked: Looked) -> None:
        """Add a fault for each site that would be called as another one of the project."""
        renamed = {wanted.site.pk: wanted.fields["name"] for wanted in self.wanted if "name" in wanted.fields}
        called = Counter(renamed.get(pk, site.name).casefold() for pk, site in self.sites.items())
        called.update(site.name.casefold() for site, _email in self.new)
        for wanted in self.wanted:
            if (name := wanted.fields.get("name", "")) and called[name.casefold()] > 1:
                looked.fault(wanted.row, "name", name, _("Another site of the project has this name."))

    def plans(self) -> QuerySet[Plan]:
        return Plan.objects.filter(site__in=[wanted.site.pk for wanted in self.wanted])

    def lock(self) -> None:
        """Lock the program and the project where sites are added, then the plans: who changes those does so too."""
        if self.new:
            planning.lock_to_add(self.project)
        super().lock()

    def write(self, looked: Looked, *, tell: Tell) -> dict[str, Any]:
        said: dict[str, Any] = {"by": self.by, "now": self.now}
        made = planning.add_sites(self.project, [site for site, _email in self.new], **said, tell=tell)
        amending.change_sites(
            self.project, [(wanted.site, wanted.fields) for wanted in self.wanted if wanted.fields], **said
        )
        amending.change_places(
            self.project, [(wanted.site, wanted.place) for wanted in self.wanted if wanted.place], **said
        )
        asked = [(site, email) for site, (_row, email) in zip(made, self.new, strict=True) if email]
        asked += [(wanted.site, wanted.champion) for wanted in self.wanted if wanted.champion]
        duty = CHAMPION if CHAMPION in self.project.version.roles else ""
        invite_many([Asked(site, email, Role.PRACTITIONER, duty) for site, email in asked], **said)
        return {"setting_up": len(made)}


def refuse_other(site: Site, name: str, value: str, meaning: Meaning) -> None:
    """Raise ValueError in words where a cell says something else of a site than is so and cannot be changed by it."""
    place = site.place
    if name == STATUS:
        if plain(value) not in (plain(site.status), plain(site.get_status_display())):
            said = _("The site is %(status)s. Start, pause or stop it on its own page.")
            raise ValueError(said % {"status": site.get_status_display().lower()})
    elif name == "setting":
        if meaning.setting(value) != place.setting:
            said = _("The setting is %(setting)s. It decides what is in the plan, so it stays. Add the site anew.")
            raise ValueError(said % {"setting": place.get_setting_display()})
    elif value.casefold() != (kept := place.organization.name if name == "organization" else place.name).casefold():
        said = _("This site is at “%(kept)s”. Sites do not move from here; say under Places what was entered twice.")
        raise ValueError(said % {"kept": kept})


def champions_of(project: Project) -> dict[int, str]:
    """Return the address of each site's champion by the site's id: who holds the job, else who is invited to it."""
    asked = Invitation.objects.open().filter(site__project=project, duty=CHAMPION).order_by("-pk")
    found = dict(asked.values_list("site", "email"))
    held = Duty.objects.held().filter(site__project=project, key=CHAMPION, user__isnull=False)
    return found | dict(held.values_list("site", "user__email"))


def site_of(said: dict[str, Any]) -> NewSite:
    return NewSite(
        name=said["name"],
        organization=said["organization"],
        place=said["place"] or said["name"],
        setting=said["setting"],
        county_id=said["county"],
        starts_on=said["start date"],
        address=said["address"],
    )
