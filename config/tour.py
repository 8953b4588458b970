"""A tour of four stops for each role: on which page each stop is, and what it says there.

Where a person stands in it is kept with the person (`User.tour`): "" before the first stop, "lead.2" at a stop,
"lead.done" behind the last, "off" once it was skipped. Who gets another role is shown around once more.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from projects.access import first_role
from projects.models import Program, Project, Role, Scopes, Site

OFF, DONE = "off", "done"


@dataclass(frozen=True)
class Stop:
    """One stop: the page it is on (its name among the addresses), what that page is for, and how to find it."""

    view: str
    title: object
    text: object
    address: Callable[[Scopes], str | None]


def plain(view: str) -> Callable[[Scopes], str | None]:
    return lambda scopes: reverse(view)


def of_site(view: str) -> Callable[[Scopes], str | None]:
    """Return what finds a page of the first site that the person is on the team of, or may see."""

    def address(scopes: Scopes) -> str | None:
        sites = Site.objects.visible_to(scopes).select_related("project")
        site = sites.filter(pk__in=scopes.sites).first() or sites.first()
        return reverse(view, args=[site.project.slug, site.slug]) if site else None

    return address


def of_project(view: str) -> Callable[[Scopes], str | None]:
    """Return what finds a page of the first project that the person belongs to, or may see."""

    def address(scopes: Scopes) -> str | None:
        projects = Project.objects.visible_to(scopes)
        project = projects.filter(pk__in=scopes.projects).first() or projects.first()
        return reverse(view, args=[project.slug]) if project else None

    return address


def of_program(view: str) -> Callable[[Scopes], str | None]:
    def address(scopes: Scopes) -> str | None:
        program = Program.objects.filter(pk__in=scopes.programs).first()
        return reverse(view, kwargs={"program": program.slug}) if program else None

    return address


TODO = "projects:todo"
LANDINGS = (TODO, "projects:dashboard")  # after signing in: views/front.py
GUIDE = Stop(
    "roadmap:guide",
    _("The Roadmap"),
    _("Every step, why it is there and how others do it. You can read it any time, and share it: it needs no account."),
    plain("roadmap:guide"),
)
PROJECTS = Stop(
    "projects:project_list",
    _("Your projects"),
    _("Each project has a page: where its sites stand, who leads it, and the plan of its team."),
    plain("projects:project_list"),
)
TOURS: dict[Role, list[Stop]] = {
    Role.PRACTITIONER: [
        Stop(
            TODO,
            _("Your list"),
            _("The box at the top is the one next thing for your site. Tick what is done. That is all most days need."),
            plain(TODO),
        ),
        Stop(
            "projects:site_plan",
            _("Your site’s plan"),
            _("All steps in order, with what is done and what comes. Say here when something is in the way."),
            of_site("projects:site_plan"),
        ),
        GUIDE,
        Stop(
            "outbox:preferences",
            _("Reminders"),
            _("You get a short list by e-mail on Mondays. Choose another day or hour here, or fewer kinds."),
            plain("outbox:preferences"),
        ),
    ],
    Role.LEAD: [
        Stop(
            TODO,
            _("Your list"),
            _("What is yours to do, and which of your sites need help, late ones first."),
            plain(TODO),
        ),
        Stop(
            "projects:board",
            _("All sites"),
            _("One row a site, one column a step. Filter by what is late, stuck or quiet. Take it home as a file."),
            of_project("projects:board"),
        ),
        Stop(
            "projects:catch_up",
            _("Catch up"),
            _("Sites in the middle of their road: paste the dates you have from your spreadsheet, then start them."),
            of_project("projects:catch_up"),
        ),
        Stop(
            "projects:assign",
            _("Give work and set dates"),
            _("Choose steps, sites, and who does it or when. You see what changes before it does, and can undo it."),
            of_project("projects:assign"),
        ),
    ],
    Role.ADMINISTRATOR: [
        Stop(
            "projects:dashboard",
            _("The dashboard"),
            _("Which sites need help and why. Each number opens the list behind it; each table is there as a file."),
            plain("projects:dashboard"),
        ),
        Stop(
            "projects:program",
            _("Your program"),
            _("Its projects and regions. New projects begin here."),
            of_program("projects:program"),
        ),
        Stop(
            "projects:people",
            _("People"),
            _("Who belongs here, in which role. Invite people by e-mail; they choose their own password."),
            of_program("projects:people"),
        ),
        Stop(
            "projects:program_settings",
            _("Settings"),
            _("When a site counts as late, stuck or quiet for so long that it needs help."),
            of_program("projects:program_settings"),
        ),
    ],
    Role.RESEARCHER: [
        Stop(TODO, _("Your list"), _("What people give you to do stands here. Most days it is empty."), plain(TODO)),
        Stop(
            "interviews:mine",
            _("Your studies"),
            _("Interviews, from the guide to findings at steps of the Roadmap. Begin a study once they are on."),
            plain("interviews:mine"),
        ),
        PROJECTS,
        GUIDE,
    ],
    Role.OBSERVER: [
        Stop(TODO, _("Your list"), _("You can look at everything here. Nothing waits for you."), plain(TODO)),
        PROJECTS,
        Stop(
            "projects:project",
            _("A project"),
            _("Where its sites stand on the road, and which need help. Each site’s name opens its plan."),
            of_project("projects:project"),
        ),
        GUIDE,
    ],
}


@dataclass(frozen=True)
class Standing:
    """Where somebody stands in the tour of their role: at the stop of that number, counted from 0."""

    role: Role
    number: int

    @property
    def stop(self) -> Stop:
        return TOURS[self.role][self.number]

    @property
    def of(self) -> int:
        return len(TOURS[self.role])

    @property
    def ordinal(self) -> int:
        return self.number + 1

    @property
    def is_last(self) -> bool:
        return self.ordinal == self.of


def standing_of(user: User, scopes: Scopes) -> Standing | None:
    """Return at which stop a person is; None for who has seen it, skipped it or belongs nowhere."""
    if user.tour == OFF or (role := first_role(scopes)) is None:
        return None
    of, _dot, place = user.tour.partition(".")
    if of != role:
        return Standing(role, 0)
    return None if place == DONE else Standing(role, int(place))


def go_on(user: User, scopes: Scopes) -> str | None:
    """Take a person to the next stop that has a page for them; return its address, None behind the last."""
    standing = standing_of(user, scopes)
    while standing and not standing.is_last:
        standing = Standing(standing.role, standing.number + 1)
        if address := standing.stop.address(scopes):
            return keep(user, f"{standing.role}.{standing.number}", address)
    return keep(user, f"{standing.role}.{DONE}" if standing else user.tour, None)


def begin_again(user: User, scopes: Scopes) -> str | None:
    """Take a person to the first stop once more."""
    role = first_role(scopes)
    return keep(user, f"{role}.0", TOURS[role][0].address(scopes)) if role else None


def skip(user: User) -> None:
    """Show a person no tour any more, whatever role they get."""
    keep(user, OFF, None)


def keep(user: User, place: str, address: str | None) -> str | None:
    user.tour = place
    user.save(update_fields=["tour"])
    return address
