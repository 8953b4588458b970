"""The people of a project and its sites as a table, matched by their e-mail addresses.

A row is one role of one person at a site, or at the project where no site is named. Somebody new is invited. Whoever is
missing from a file stays: roles end, and invitations are taken back, on the page of people.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from difflib import get_close_matches
from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from accounts.models import User
from projects import duties, membership
from projects.access import ROLES_ON, Right, roles_with
from projects.duties import Holder
from projects.inviting import Asked, invite_many
from projects.models import Duty, Invitation, Membership, Plan, Project, Role, Site
from projects.people import able_in
from projects.tables.heads import Column, plain
from projects.tables.site_cells import SITE_ID, check_text, too_long
from projects.tables.table import Change, Looked, New, Table, Tell, in_words

NAME, EMAIL, ROLE, SITE, JOBS, STATE = "name", "e-mail", "role", "site", "jobs", "status"
COLUMNS = [
    Column(NAME, gettext_lazy("People with an account write their name themselves: here it is only to read."),
           longest=150),
    Column(EMAIL, gettext_lazy("Who is meant. Empty for somebody without an account who holds a job."), longest=254,
           other_names=("email", "e-mail address", "mail")),
    Column(ROLE, gettext_lazy("What the person is there, as in the list on this page."), longest=60),
    Column(SITE_ID, gettext_lazy("Of the site, as in the table of sites. Empty for the project itself."), longest=12),
    Column(SITE, gettext_lazy("The site's name, where you have no site id."), longest=160, other_names=("site name",)),
    Column(JOBS, gettext_lazy("Jobs of the Roadmap that the person holds there, with a semicolon between them."),
           longest=600, other_names=("job", "duties", "duty")),
    Column(STATE, gettext_lazy("Only to read: on the team, or invited."), longest=40),
]  # fmt: skip
Target = Project | Site
TEAM = gettext_lazy("the project team")
LONGEST_HOLDER = 120  # characters of a name without an account, as Duty keeps it


@dataclass
class Asks:
    """What the rows of a file ask for at one site, or in the project."""

    roles: list[tuple[Membership, str]] = field(default_factory=list)  # to be changed to
    invitations: list[Asked] = field(default_factory=list)
    duties: dict[str, Holder] = field(default_factory=dict)


class PeopleTable(Table):
    key = "people"
    title = gettext_lazy("People")
    about = gettext_lazy("Invite a whole team at once, change roles, and say who does which job.")
    right = Right.INVITE

    def __init__(self, project: Project, *, by: User, now: dt.datetime):
        super().__init__(project, by=by, now=now)
        sites = list(Site.objects.filter(project=project).select_related("project__program").order_by("name", "pk"))
        self.sites = {site.pk: site for site in sites}
        self.by_name: dict[str, list[Site]] = defaultdict(list)
        for site in sites:
            self.by_name[plain(site.name)].append(site)
        self.jobs = {key: str(role["name"]) for key, role in project.version.roles.items()}
        self.members: dict[Target, dict[str, list[Membership]]] = defaultdict(dict)  # by site and address
        here = Q(project=project) | Q(site__project=project)
        held = Membership.objects.current().filter(here, user__is_active=True).select_related("user")
        for one in held.order_by("user__name", "pk"):
            self.members[self.target_of(one)].setdefault(one.user.email, []).append(one)
        self.known = {email for at in self.members.values() for email in at}  # whose names may be told
        self.invited: dict[Target, dict[str, list[Invitation]]] = defaultdict(dict)
        for invitation in Invitation.objects.open().filter(here).order_by("email", "pk"):
            self.invited[self.target_of(invitation)].setdefault(invitation.email, []).append(invitation)
        self.held: dict[Target, dict[str, Duty]] = defaultdict(dict)
        for duty in Duty.objects.held().filter(here).select_related("user"):
            self.held[self.target_of(duty)][duty.key] = duty
        self.asks: dict[Target, Asks] = defaultdict(Asks)
        self.seen: dict[tuple[Target, str, str], int] = {}
        self.given: dict[tuple[Target, str, bool], str] = {}  # whom the file gives a job, or promises it with a role

    def target_of(self, row: Membership | Invitation | Duty) -> Target:
        return self.sites[row.site_id] if row.site_id else self.project

    @property
    def columns(self) -> list[Column]:
        return COLUMNS

    @classmethod
    def count_of_new(cls, count: int) -> str:
        return ngettext("%(n)s invitation", "%(n)s invitations", count) % {"n": count}

    def missing(self, looked: Looked) -> list[Column]:
        return [column for column in COLUMNS if column.name == EMAIL and EMAIL not in looked.heads.at]

    # ---- out

    def content(self) -> Iterator[list[Any]]:
        targets: list[Target] = [self.project, *self.sites.values()]
        for target in targets:
            yield from self.rows_at(target)

    def rows_at(self, target: Target) -> Iterator[list[Any]]:
        """Yield a row for each role, each open invitation, and each holder of a job who has no role there."""
        where = [target.pk, target.name] if isinstance(target, Site) else ["", ""]
        jobs: dict[str, list[str]] = defaultdict(list)
        for key, duty in self.held[target].items():
            if key in self.jobs:
                jobs[duty.user.email if duty.user else duty.holder].append(self.jobs[key])
        for email, found in self.members[target].items():
            for number, one in enumerate(found):
                said = "; ".join(jobs.pop(email, []) if not number else [])
                yield [one.user.name, email, one.get_role_display(), *where, said, _("on the team")]
        for email, asked in self.invited[target].items():
            for invitation in asked:
                said = self.jobs.get(invitation.duty, "")
                yield ["", email, invitation.get_role_display(), *where, said, _("invited")]
        for duty in self.held[target].values():
            said = "; ".join(jobs.pop(duty.user.email if duty.user else duty.holder, []))
            if said:
                email = duty.user.email if duty.user else ""
                yield [duty.holder, email, "", *where, said, ""]

    def examples(self) -> list[list[str]]:
        site = next(iter(self.sites.values()), None)
        where = [str(site.pk), site.name] if site else ["", _("Elm Street Clinic")]
        job = next(iter(self.jobs.values()), "")
        return [["", "maria@clinic.example", str(Role.PRACTITIONER.label), *where, job, ""]]

    # ---- in

    def read(self, looked: Looked) -> None:
        emails = [looked.heads.cells_of(cells)[EMAIL].lower() for _number, cells in looked.rows]
        self.people = {user.email: user for user in User.objects.filter(email__in=emails)}
        self.able = able_in(self.project)
        wanted: dict[tuple[Target, str], set[str]] = defaultdict(set)
        said: list[tuple[int, dict[str, Any]]] = []
        for number, cells in looked.rows:
            raw = looked.heads.cells_of(cells)
            try:
                row = self.meaning_of(raw, number)
            except CellError as error:
                looked.fault(number, error.column, raw.get(error.column, ""), str(error))
                continue
            said.append((number, row))
            wanted[row["at"], row[EMAIL]] |= {row[ROLE]} - {""}
        for number, row in said:
            try:
                if row[EMAIL]:
                    self.require_account(row)
                    self.read_role(looked, number, row, wanted[row["at"], row[EMAIL]])
                self.read_jobs(looked, number, row)
            except CellError as error:
                looked.fault(number, error.column, row[error.column] or "", str(error))
        self.check_able(looked)

    def meaning_of(self, raw: dict[str, str], number: int) -> dict[str, Any]:
        """Return what the cells of a row mean, by column, and `at`: the site or the project. Raises CellError."""
        for column in COLUMNS:
            try:
                check_text(raw.get(column.name, ""), column.longest)
            except ValueError as error:
                raise CellError(column.name, str(error)) from error
        target = self.place_of(raw.get(SITE_ID, ""), raw.get(SITE, ""))
        email, name = raw[EMAIL].lower(), raw.get(NAME, "")
        if email:
            try:
                validate_email(email)
            except ValidationError as error:
                words = _("“%(value)s” is not an e-mail address. An example: maria@clinic.example")
                raise CellError(EMAIL, words % {"value": email}) from error
        elif not name or not raw.get(JOBS):
            raise CellError(EMAIL, _("Write an e-mail address, or a name and the jobs that person holds."))
        role = self.role_of(raw.get(ROLE, ""), target)
        jobs = [self.job_of(one) for one in raw.get(JOBS, "").split(";") if one.strip()]
        if email:
            twin = self.seen.setdefault((target, email, role), number)
            if twin != number:
                raise CellError(EMAIL, _("The same person stands in row %(row)s.") % {"row": twin})
        return {"at": target, EMAIL: email, NAME: name, ROLE: role, JOBS: jobs}

    def place_of(self, pk: str, name: str) -> Target:
        """Return the site that a row names by id or name, the project where it names none. Raises CellError."""
        if pk:
            site = self.sites.get(int(pk)) if pk.isascii() and pk.isdecimal() and len(pk) < 19 else None
            if site is None:
                raise CellError(SITE_ID, _("There is no site of this id in the project."))
            if name and plain(name) != plain(site.name):
                raise CellError(SITE, _("Site %(id)s is called “%(name)s”.") % {"id": pk, "name": site.name})
            return site
        if not name:
            return self.project
        found = self.by_name.get(plain(name), [])
        if len(found) == 1:
            return found[0]
        if found:
            raise CellError(SITE, _("Several sites are called so. Write the site id."))
        words = _("The project has no site of this name.")
        if close := get_close_matches(plain(name), self.by_name, n=1):
            words += " " + _("Did you mean “%(name)s”?") % {"name": self.by_name[close[0]][0].name}
        raise CellError(SITE, words)

    def role_of(self, value: str, target: Target) -> str:
        roles = ROLES_ON[type(target)]
        names = {plain(name): role.value for role in roles for name in (role.value, str(role.label))}
        if not value or plain(value) in names:
            return names.get(plain(value), "")
        words = _("Write one of: %(roles)s.") % {"roles": ", ".join(str(role.label) for role in roles)}
        raise CellError(ROLE, words)

    def job_of(self, value: str) -> str:
        """Return the key of a job by its name. Raises CellError."""
        names = {plain(name): key for key, name in self.jobs.items()} | {plain(key): key for key in self.jobs}
        if key := names.get(plain(value)):
            return key
        words = _("The Roadmap does not name the job “%(job)s”.") % {"job": value.strip()[:60]}
        if close := get_close_matches(plain(value), names, n=1, cutoff=0.6):
            words += " " + _("Did you mean “%(name)s”?") % {"name": self.jobs[names[close[0]]]}
        raise CellError(JOBS, words)

    def require_account(self, row: dict[str, Any]) -> None:
        """Raise CellError for a closed account, unless the row only says which jobs that person still holds."""
        person = self.people.get(row[EMAIL])
        if person and not person.is_active:
            duties_here = [self.held[row["at"]].get(key) for key in row[JOBS]]
            if row[ROLE] or not duties_here or not all(duty and duty.user_id == person.pk for duty in duties_here):
                words = _("The account of %(email)s is closed. Write another address, or delete the row.")
                raise CellError(EMAIL, words % {"email": row[EMAIL]})

    def read_role(self, looked: Looked, number: int, row: dict[str, Any], wanted: set[str]) -> None:
        """Compare the role of a row with what the person is there: the same, another, or nothing yet."""
        target, email, role = row["at"], row[EMAIL], row[ROLE]
        held, asked = self.members[target].get(email, []), self.invited[target].get(email, [])
        if not role and not held and not asked and not (row[JOBS] and self.belongs(target, email)):
            raise CellError(ROLE, _("%(email)s is not on the team here. Write the role too.") % {"email": email})
        roles = {one.role for one in held}
        if role in roles or (not role and (held or not asked)) or role in {one.role for one in asked}:
            return
        if not role:
            raise CellError(ROLE, _("%(email)s is invited here. Write the role too.") % {"email": email})
        if asked:
            words = _("%(email)s is invited in another role. Take that invitation back on the page of people first.")
            raise CellError(ROLE, words % {"email": email})
        before = roles - wanted
        if len(before) == 1:
            [one] = [one for one in held if one.role in before]
            self.asks[target].roles.append((one, role))
            looked.changes.append(Change(number, str(one.user), ROLE, str(Role(one.role).label), str(Role(role).label)))
        elif before:
            raise CellError(ROLE, _("This person has several roles there. Change them on the page of people."))
        else:
            self.ask_in(looked, number, row)

    def ask_in(self, looked: Looked, number: int, row: dict[str, Any]) -> None:
        """Note an invitation, with the job that goes with it."""
        target, role, jobs = row["at"], row[ROLE], row[JOBS]
        if jobs and role not in roles_with(Right.RECORD):
            raise CellError(JOBS, _("Who only looks cannot hold a job. Choose another role, or no job."))
        if len(jobs) > 1:
            raise CellError(JOBS, _("One job goes with an invitation. Give the others when the person has come."))
        holder = self.held[target].get(jobs[0]) if jobs else None
        if holder and holder.user:
            words = _("%(name)s holds this job. Give it on when the new person has come.")
            raise CellError(JOBS, words % {"name": holder.user})
        looked.invited += 1
        self.asks[target].invitations.append(Asked(target, row[EMAIL], role, jobs[0] if jobs else ""))
        words = in_words([Role(role).label, target.name, *(self.jobs[key] for key in jobs)])
        looked.new.append(New(number, row[EMAIL], words))

    def read_jobs(self, looked: Looked, number: int, row: dict[str, Any]) -> None:
        """Compare the jobs of a row with who holds them there."""
        target, email = row["at"], row[EMAIL]
        person = self.people.get(email)
        promised = bool(email) and not (person and (email in self.members[target] or not row[ROLE]))
        team = not email and plain(row[NAME]) == plain(str(TEAM))
        if team and isinstance(target, Project) and row[JOBS]:
            words = _("At the project itself a person holds a job. Write who it is, or name a site.")
            raise CellError(NAME, words)
        name = str(TEAM) if team else row[NAME]
        if not email and len(name) > LONGEST_HOLDER:
            raise CellError(NAME, too_long(LONGEST_HOLDER))
        for key in row[JOBS]:
            who = email or plain(name)
            if self.given.setdefault((target, key, promised), who) != who:
                raise CellError(JOBS, _("The file gives “%(job)s” to two people.") % {"job": self.jobs[key]})
            if promised:  # it goes with the invitation
                asked = self.invited[target].get(email, [])
                if asked and key not in [one.duty for one in asked]:
                    raise CellError(JOBS, _("%(email)s is invited without this job.") % {"email": email})
                continue
            duty = self.held[target].get(key)
            if duty and (duty.user_id == person.pk if person else duty.holder == name):
                continue
            phone = duties.phone_for(str(person) if person else name, duty)
            self.asks[target].duties[key] = Holder(person, "" if email or team else name, phone, team)
            said = str(person) if email in self.known else email or name
            what = f"{self.jobs[key]}, {target.name}"
            looked.changes.append(Change(number, what, _("who does it"), duty.holder if duty else "", said))

    def belongs(self, target: Target, email: str) -> bool:
        """Tell whether somebody is in the project or its program, or holds a job at a place: others are strangers."""
        person = self.people.get(email)
        holds = person and any(duty.user_id == person.pk for duty in self.held[target].values())
        return email in self.known or bool(person and (holds or person.pk in self.able(target)))

    def check_able(self, looked: Looked) -> None:
        """Add a fault for each person who is to hold a job where they may not record."""
        records, changed = roles_with(Right.RECORD), [found for asks in self.asks.values() for found in asks.roles]
        ended, given = {one.pk for one, _role in changed}, [one for one, role in changed if role in records]
        for target, asks in list(self.asks.items()):
            people = {one.user.pk: one.user for one in asks.duties.values() if one.user}
            if not people:
                continue
            places = (None, target.pk) if isinstance(target, Site) else (None, *self.sites)
            able = self.able(target, but=ended) | {one.user_id for one in given if one.site_id in places}
            for pk in people.keys() - able:
                # By the address, which stands in the file: names of people who are not on the team are not told.
                words = _("%(email)s may only look here, or is not on the team. Give a role that records first.")
                number = self.row_of(looked, people[pk].email, target)
                looked.fault(number, JOBS, "", words % {"email": people[pk].email})

    def row_of(self, looked: Looked, email: str, target: Target) -> int:
        rows = [number for (at, who, _role), number in self.seen.items() if at == target and who == email]
        return min(rows, default=looked.rows[0][0])

    def plans(self) -> QuerySet[Plan]:
        """Return the plans of the sites concerned; where a job of the project changes hands, all of the project's."""
        plans = Plan.objects.filter(project=self.project)
        if self.project in self.asks:
            return plans
        return plans.filter(site__in=[site.pk for site in self.asks])

    def write(self, looked: Looked, *, tell: Tell) -> dict[str, Any]:
        for held, role in [found for asks in self.asks.values() for found in asks.roles]:
            membership.change_role(held, role, by=self.by, now=self.now)
        for done, (target, asks) in enumerate(self.asks.items()):
            tell(done, len(self.asks), _("Writing it down"))
            if asks.duties:
                duties.set_duties(target, asks.duties, by=self.by, now=self.now)
        invite_many([one for asks in self.asks.values() for one in asks.invitations], by=self.by, now=self.now)
        return {}


class CellError(ValueError):
    """A cell cannot be taken: in which column, and in words why."""

    def __init__(self, column: str, words: str):
        super().__init__(words)
        self.column = column
