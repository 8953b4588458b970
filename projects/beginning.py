"""What somebody does first whose to do list is empty: one sentence and one place to go, by why it is empty. Reads."""

from __future__ import annotations

from dataclasses import dataclass

from django.urls import reverse
from django.utils.translation import gettext as _

from projects.access import Right, can, comes_for_studies, rights_of, sees_dashboard
from projects.models import Plan, PlanItem, Program, Project, Scopes, Site


@dataclass(frozen=True)
class Advice:
    """Why the list is empty and what to do about it, as components/empty.html takes it."""

    title: str
    text: str
    url: str
    words: str


def first_thing(scopes: Scopes) -> Advice:
    """Return what a person whose list is empty can do first. Three statements at most."""
    if not scopes.any:
        return Advice(
            _("You are not in a project yet"),
            _(
                "You are signed in, but nobody has added you to a project yet. Ask your lead for an invitation, "
                "sent to the address that you sign in with. Until then you can read the Roadmap."
            ),
            reverse("roadmap:guide"),
            _("Read the Roadmap"),
        )
    return at_own_sites(scopes) or for_leads(scopes) or for_programs(scopes) or for_others(scopes)


def comes_for_dashboard(scopes: Scopes) -> bool:
    """Return whether somebody looks at the sites of a program and has nothing to do there: no role below, no work."""
    if not sees_dashboard(scopes) or scopes.projects or scopes.sites:
        return False
    projects = Project.objects.filter(program__in=scopes.programs)
    return projects.exists() and not PlanItem.objects.open().filter(assignee=scopes.user_id).exists()


def at_own_sites(scopes: Scopes) -> Advice | None:
    """Say why nothing is due at the sites on whose team the person is, where these are not at work."""
    team = [pk for pk, roles in scopes.sites.items() if Right.RECORD in rights_of(roles)]
    plans = list(Plan.objects.filter(site__in=team).select_related("site", "project")) if team else []
    if setting_up := next((plan for plan in plans if plan.site.status == Site.Status.SETTING_UP), None):
        return Advice(
            _("Your list begins soon"),
            _(
                "Your site is being set up. When the project lead presses Start, what is due first will stand here. "
                "You can look at the plan now."
            ),
            setting_up.get_absolute_url(),
            _("Look at the plan"),
        )
    if plans and not any(plan.site.status in Site.AT_WORK for plan in plans):
        return Advice(
            _("Nothing is due at your site: %(status)s") % {"status": plans[0].site.get_status_display().lower()},
            _("The plan shows since when and why. Your project lead can let the site go on."),
            plans[0].get_absolute_url(),
            _("Look at the plan"),
        )
    if plans:
        return Advice(
            _("All done for now"),
            _("Nothing is open for you. The plan shows what your site has reached and what comes after."),
            plans[0].get_absolute_url(),
            _("Look at the plan"),
        )
    return None


def for_leads(scopes: Scopes) -> Advice | None:
    """Say what begins a project: its sites."""
    led = [pk for pk, roles in scopes.projects.items() if Right.SET_UP in rights_of(roles)]
    projects = list(Project.objects.filter(pk__in=led).prefetch_related("sites")) if led else []
    if empty := next((one for one in projects if not one.sites.all()), None):
        return Advice(
            _("Bring in your sites"),
            _("%(project)s has no sites yet. Take them from your spreadsheet; nothing is late until you press Start.")
            % {"project": empty},
            reverse("projects:table", args=[empty.slug, "sites"]),
            _("Add sites from a file"),
        )
    if projects:
        return Advice(
            _("Nothing is yours to do"),
            _(
                "Nobody has given you anything, and all the team's own work is done. Beside this you see which sites "
                "need a look."
            ),
            reverse("projects:board", args=[projects[0].slug]),
            _("See all sites"),
        )
    return None


def for_programs(scopes: Scopes) -> Advice | None:
    """Say what begins a program, its projects; then where the State looks first."""
    program = Program.objects.filter(pk__in=scopes.programs).prefetch_related("projects").first()
    if program is None:
        return None
    if can(scopes, Right.CREATE_PROJECT, program) and not program.projects.all():
        return Advice(
            _("Start your first project"),
            _("A project brings one service to many sites. Give it a name and a lead, who then brings in the sites."),
            reverse("projects:project_new", args=[program.slug]),
            _("Start a project"),
        )
    if can(scopes, Right.DASHBOARD, program):
        return Advice(
            _("Nothing is yours to do"),
            _("The dashboard says which sites need help and why."),
            reverse("projects:dashboard"),
            _("Open the dashboard"),
        )
    return None


def for_others(scopes: Scopes) -> Advice:
    if comes_for_studies(scopes):
        return Advice(
            _("Nothing is yours to do"),
            _("Your interviews are under Studies: what is planned next, and what waits to be coded."),
            reverse("interviews:mine"),
            _("Open your studies"),
        )
    return Advice(
        _("Nothing is yours to do"),
        _("What people give you to do will stand here, with its date. You can look at your projects any time."),
        reverse("projects:project_list"),
        _("See your projects"),
    )
