"""Sites from a spreadsheet: the whole file is read and checked, every fault is named, and all or nothing is made.

Preview and apply are one path: `add_from_file(…, dry_run=True)` stops before the first row is written.
"""

from __future__ import annotations

import csv
import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, field
from difflib import get_close_matches
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from accounts import once
from accounts.models import User
from projects.inviting import CHAMPION, Asked, invite_many
from projects.models import County, Project, Role, Site
from projects.planning import NewSite, add_sites
from projects.site_cells import COLUMNS, Meaning, plain
from projects.table_files import Fault, is_faults, read_rows
from roadmap.models import Setting

MOST_ROWS = 2000
PURPOSE = "site-file"
OTHER_NAMES = {
    "site": "name",
    "sitename": "name",
    "organisation": "organization",
    "startson": "start date",
    "start": "start date",
    "champion": "champion e-mail",
    "championsemail": "champion e-mail",
}
KNOWN = {plain(column.name): column.name for column in COLUMNS}
ENOUGH = 3  # columns by which a table of sites is known


@dataclass
class Checked:
    """A file that was read: its header and rows as they stand in it, what is wrong, and the sites it asks for."""

    header: list[str] = field(default_factory=list)
    rows: list[tuple[int, list[str]]] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)
    sites: list[NewSite] = field(default_factory=list)
    champions: list[str] = field(default_factory=list)
    counties: dict[str, County] = field(default_factory=dict)
    made: list[Site] = field(default_factory=list)

    @property
    def invited(self) -> int:
        """How many sites have somebody to invite."""
        return sum(bool(email) for email in self.champions)

    @property
    def preview(self) -> list[dict[str, Any]]:
        """What would be made, in the words of a list."""
        return [
            {
                "site": site,
                "setting": Setting(site.setting).label,
                "county": self.counties[site.county_id].name,
                "champion": email,
            }
            for site, email in zip(self.sites, self.champions, strict=True)
        ]

    @property
    def bad_rows(self) -> int:
        return len({fault.row for fault in self.faults})


def add_from_file(
    project: Project, text: str, *, by: User, now: dt.datetime, token: str = "", dry_run: bool = False
) -> Checked:
    """Make the sites of a file and invite their champions, or say everything that is wrong with it and do nothing.

    Raises once.Spent when the same form was applied before, once.Invalid for a token that is not ours.
    """
    if dry_run:
        return check(project, text, today=project.program.today(now))
    with transaction.atomic():
        once.spend(token, purpose=PURPOSE, by=by)
        # Two people may apply at once: the second waits here and then finds the first one's sites.
        Project.objects.select_for_update(no_key=True).get(pk=project.pk)
        checked = check(project, text, today=project.program.today(now))
        if checked.faults:
            transaction.set_rollback(True)
            return checked
        checked.made = add_sites(project, checked.sites, by=by, now=now)
        asked = [
            Asked(site, email, Role.PRACTITIONER, CHAMPION if CHAMPION in project.version.roles else "")
            for site, email in zip(checked.made, checked.champions, strict=True)
            if email
        ]
        invite_many(asked, by=by, now=now)
    return checked


def check(project: Project, text: str, *, today: dt.date) -> Checked:
    """Read a whole file and find everything that is wrong with it. Reads the database, with a few statements."""
    checked = Checked()
    try:
        checked.header, checked.rows = read_rows(text)
    except csv.Error:
        checked.faults = [
            Fault(1, "", "", _("This is not a table. Save it as “CSV UTF-8” or .xlsx and choose that file."))
        ]
        return checked
    columns = check_header(checked)
    if not checked.faults:
        check_rows(project, checked, columns, today)
    return checked


def is_sites(header: Sequence[str]) -> bool:
    """Tell whether a sheet of a workbook looks like a table of sites by its first row."""
    found = {plain(name) for name in header}
    return len(found & (KNOWN.keys() | OTHER_NAMES.keys())) >= ENOUGH


def check_header(checked: Checked) -> dict[str, int]:
    """Return {column: position}; what is missing, unknown or there twice becomes a fault."""
    known = KNOWN | OTHER_NAMES
    columns: dict[str, int] = {}
    for position, header in enumerate(checked.header):
        name = known.get(plain(header))
        if is_faults(header) or not header:
            continue
        if name is None:
            hint = get_close_matches(plain(header), known, n=1, cutoff=0.7)
            said = _("There is no such column.")
            if hint:
                said += " " + _("Did you mean “%(name)s”?") % {"name": known[hint[0]]}
            checked.faults.append(Fault(1, header, header, said))
        elif name in columns:
            checked.faults.append(Fault(1, name, header, _("This column is there twice.")))
        else:
            columns[name] = position
    checked.faults += [
        Fault(1, column.name, "", _("This column is missing."))
        for column in COLUMNS
        if column.required and column.name not in columns
    ]
    if not checked.rows and not checked.faults:
        checked.faults.append(Fault(2, "", "", _("There are no rows below the header.")))
    if len(checked.rows) > MOST_ROWS:
        said = _("At most %(most)s rows at once. Split the file.") % {"most": f"{MOST_ROWS:,}"}
        checked.faults.append(Fault(checked.rows[MOST_ROWS][0], "", "", said))
    return columns


def check_rows(project: Project, checked: Checked, columns: dict[str, int], today: dt.date) -> None:
    """Turn every row into a site; what cannot be turned becomes a fault."""
    meaning = Meaning(project, today)
    checked.counties = meaning.counties.by_fips
    for number, cells in checked.rows:
        raw = {name: cells[at] if at < len(cells) else "" for name, at in columns.items()}
        said, faults = read_row(meaning, number, raw)
        if any(cells[len(checked.header) :]):
            words = _("This row has more cells than the header. Put text that holds a comma between quotes.")
            faults.append(Fault(number, "", cells[len(checked.header)], words))
        if not faults:
            site = site_of(said)
            if clash := meaning.clash(number, site):
                faults.append(Fault(number, clash[0], raw.get(clash[0], ""), clash[1]))
            checked.sites.append(site)
            checked.champions.append(str(said["champion e-mail"]))
        checked.faults += faults


def read_row(meaning: Meaning, number: int, raw: dict[str, str]) -> tuple[dict[str, Any], list[Fault]]:
    """Return what the cells of a row mean, by column, and a fault for each that means nothing."""
    said: dict[str, Any] = {}
    faults = []
    for column in COLUMNS:
        value = raw.get(column.name, "")
        try:
            said[column.name] = meaning.of(column, value)
        except ValueError as error:
            faults.append(Fault(number, column.name, value, str(error)))
    return said, faults


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


def template_rows() -> list[list[str]]:
    """Return the header and one row to write over, for the file that people download to begin with."""
    example = ["Elm Street Clinic", "Lakeshore Health", "", "FQHC", "Kent", "12/4/2026", "maria@clinic.example", ""]
    return [[column.name for column in COLUMNS], example]
