import datetime as dt
import re

import pytest
from django.core.management import call_command

from accounts.models import Activity
from outbox.models import Delivery
from projects import amending, founding, overview, planning
from projects.models import Duty, Invitation, Membership, Plan, Program, Project, Role, Scopes, Site
from projects.recount import help_day
from roadmap.models import RoadmapVersion
from tests.cast import join, new_site, person
from tests.small_roadmap import make_small_roadmap
from tests.together import while_held

pytestmark = pytest.mark.django_db
PROJECT = "/projects/collaborative-care/"
NEW_PROJECT = {"name": "Infant Care", "ebi_name": "Infant mental health", "starts_on": "2026-02-02", "ends_on": ""}
NEW_SITE = {
    "name": "Ash Clinic",
    "organization": "lakeshore HEALTH",
    "setting": "fqhc",
    "county": "26081",
    "starts_on": "2026-02-02",
    "email": "",
}


def text_of(answer):
    return re.sub(r"\s+", " ", answer.content.decode())


@pytest.fixture
def root(world):
    return person("Root", email="root@example.org", is_superuser=True, is_staff=True)


# Programs


@pytest.mark.parametrize("who", ["dee", "ana", "bo", "vi", "nia"])
def test_the_list_of_programs_exists_only_for_who_creates_them(world, sign_in, who):
    assert sign_in(getattr(world, who)).get("/programs/").status_code == 404


def new_program(roadmap, **fields):
    said = {"name": "Ohio", "state": "OH", "roadmap": roadmap.roadmap_id, "time_zone": "America/New_York"}
    return {**said, "fiscal_year_starts": 7, "email": "u@c.example", **fields}


def test_a_superuser_creates_a_program_whose_administrator_is_invited(world, root, sign_in):
    answer = sign_in(root).post("/programs/", new_program(world.version))
    assert answer.status_code == 302
    invitation = Invitation.objects.get()
    assert (invitation.program.state, invitation.role, invitation.email) == ("OH", "administrator", "u@c.example")
    assert Delivery.objects.get().address == "u@c.example"


def test_an_administrator_with_an_account_can_begin_at_once(world, root, sign_in):
    sign_in(root).post("/programs/", new_program(world.version, email=world.nia.email))
    assert Scopes.read(world.nia).programs == {Program.objects.get(name="Ohio").pk: frozenset({Role.ADMINISTRATOR})}
    assert not Invitation.objects.exists()


def test_a_program_in_a_zone_that_is_none_is_refused_and_nothing_is_made(world, root, sign_in):
    answer = sign_in(root).post("/programs/", new_program(world.version, time_zone="Mars/Olympus"))
    assert answer.status_code == 422
    assert not Program.objects.filter(name="Ohio").exists()


def test_new_thresholds_move_the_day_from_which_sites_need_help(world, sign_in):
    assert Plan.objects.get(pk=world.plan.pk).needs_help_from == dt.date(2026, 1, 12)  # due on the 5th, a week late
    said = {"name": "Michigan", "time_zone": "America/Detroit", "fiscal_year_starts": 10}
    said |= {"late_days": 1, "stuck_days": 1, "quiet_days": 5, "duty_days": 14}
    assert sign_in(world.dee).post("/programs/michigan/settings/", said).status_code == 302
    plan = Plan.objects.select_related("site", "program").get(pk=world.plan.pk)
    assert plan.needs_help_from == help_day(plan)
    assert plan.needs_help_from == dt.date(2026, 1, 6)
    assert Activity.objects.get(verb="program_changed").changes["quiet_days"] == [30, 5]


@pytest.mark.parametrize(("who", "status"), [("dee", 200), ("ed", 404), ("ana", 404), ("bo", 404)])
def test_a_program_is_seen_by_those_who_belong_to_it(world, sign_in, who, status):
    client = sign_in(getattr(world, who))
    assert client.get("/programs/michigan/").status_code == status
    assert client.get("/programs/michigan/settings/").status_code == status


def test_an_observer_of_the_program_may_look_and_not_change(world, sign_in):
    join(world.nia, Role.OBSERVER, world.program)
    client = sign_in(world.nia)
    assert client.get("/programs/michigan/").status_code == 200
    assert client.get("/programs/michigan/settings/").status_code == 403
    assert client.get("/programs/michigan/projects/new/").status_code == 403


# Projects


def test_an_administrator_starts_a_project_and_its_lead_is_there(world, sign_in):
    said = {**NEW_PROJECT, "version": world.version.pk, "email": world.cy.email}
    answer = sign_in(world.dee).post("/programs/michigan/projects/new/", said)
    assert answer.headers["Location"] == "/projects/infant-care/"
    project = Project.objects.get(slug="infant-care")
    assert project.plans.get(site=None).active
    assert Membership.objects.get(project=project).user == world.cy


def test_a_draft_is_no_choice_for_a_project(world, sign_in):
    draft = make_small_roadmap(2, status="draft")
    said = {**NEW_PROJECT, "version": draft.pk, "email": world.cy.email}
    assert sign_in(world.dee).post("/programs/michigan/projects/new/", said).status_code == 422
    assert not Project.objects.filter(slug="infant-care").exists()


def test_a_project_that_ends_before_it_starts_is_refused_in_words(world, sign_in):
    said = {**NEW_PROJECT, "ends_on": "2026-01-01", "version": world.version.pk, "email": world.cy.email}
    answer = sign_in(world.dee).post("/programs/michigan/projects/new/", said)
    assert answer.status_code == 422
    assert answer.content.decode().count("The project must end after it starts.") == 1, (
        "what is said above is not repeated"
    )


def test_a_grant_that_ends_later_moves_what_counts_back_from_its_end(world):
    end = dt.date(2029, 9, 30)
    amending.change_project(world.project, ends_on=end, by=world.ana, now=world.now)
    assert world.plan.items.get(key="funded").due_on == end - dt.timedelta(weeks=13)
    assert world.plan.items.get(key="briefing").due_on == dt.date(2026, 3, 2)


def test_the_teams_plan_begins_with_the_project(world):
    amending.change_project(world.project, starts_on=dt.date(2025, 10, 1), by=world.ana, now=world.now)
    team = Plan.objects.get(pk=world.team_plan.pk)
    assert team.starts_on == dt.date(2025, 10, 1)
    assert team.items.get(key="measures").due_on == dt.date(2026, 1, 7)


def test_the_list_counts_only_sites_that_the_person_sees(world, sign_in):
    assert "2 sites" in text_of(sign_in(world.ana).get("/projects/"))
    seen = text_of(sign_in(world.bo).get("/projects/"))
    assert "1 site" in seen
    assert "2 sites" not in seen


def test_who_is_in_no_project_is_told_how_to_begin(world, sign_in):
    assert "You are not in a project yet" in text_of(sign_in(world.nia).get("/projects/"))


def test_a_project_without_sites_says_how_to_add_them(world, sign_in):
    page = text_of(sign_in(world.dee).get("/projects/school-cbt/"))
    assert "Add one site" in page
    Site.objects.filter(project=world.other_project).delete()
    assert "Add your sites" in text_of(sign_in(world.cy).get("/projects/school-cbt/"))


def test_a_site_member_sees_the_project_without_what_is_not_theirs(world, sign_in):
    page = text_of(sign_in(world.bo).get(PROJECT))
    assert "Your sites" in page
    assert "Elm Clinic" in page
    assert "Oak Clinic" not in page
    for hidden in ("/board/", "/people/", "/settings/", "/sites/new/", "/programs/"):
        assert hidden not in page


@pytest.mark.parametrize("number", [3, 120])
def test_the_pages_of_projects_cost_the_same_however_many_sites(world, sign_in, at_most, number):
    planning.add_sites(
        world.project, [new_site(f"S{count:03}") for count in range(number)], by=world.ana, now=world.now
    )
    client = sign_in(world.ana)
    with at_most(9):
        page = client.get(PROJECT)
    with at_most(6):
        client.get("/projects/")
    if number > 100:
        assert "More sites" in page.content.decode()
        following = client.get(PROJECT, {"after": page.context["sites"].next_after}).content.decode()
        assert "S119" in following
        assert "Elm Clinic" not in following


# Sites


def test_a_lead_adds_a_site_whose_organization_is_known(world, sign_in):
    answer = sign_in(world.ana).post(PROJECT + "sites/new/", {**NEW_SITE, "email": "u@c.example"})
    assert answer.headers["Location"] == PROJECT + "sites/ash-clinic/start/"
    site = Site.objects.get(slug="ash-clinic")
    assert site.place.organization.name == "Lakeshore Health"
    assert Invitation.objects.get().site == site


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"name": "Elm Clinic"}, "Elm Clinic is already a site of this project."),
        ({"county": "39049"}, "Select a valid choice"),
        ({"setting": "moon"}, "Select a valid choice"),
        ({"starts_on": "soon"}, "Enter a valid date"),
    ],
)
def test_a_site_that_cannot_be_is_refused_in_words_and_nothing_is_made(world, sign_in, wrong, words):
    answer = sign_in(world.ana).post(PROJECT + "sites/new/", {**NEW_SITE, **wrong})
    assert answer.status_code == 422
    assert words in answer.content.decode()
    assert Site.objects.filter(project=world.project).count() == 2


@pytest.mark.parametrize("name", ["New", "File", "Start"])
def test_a_site_may_be_called_like_a_page_beside_the_sites(world, sign_in, name):
    client = sign_in(world.ana)
    client.post(PROJECT + "sites/new/", {**NEW_SITE, "name": name})
    site = Site.objects.get(name=name)
    assert client.get(site.plan.get_absolute_url()).context["site"] == site


def test_the_page_before_start_says_what_would_be_late_at_once(world, sign_in):
    page = text_of(sign_in(world.ana).get(PROJECT + "sites/oak-clinic/start/"))
    assert "would be late at once" in page  # it was to begin in January 2026
    assert "Interest on record" in page
    assert Site.objects.get(slug="oak-clinic").status == Site.Status.SETTING_UP


def test_start_is_a_post_and_harmless_when_pressed_twice(world, sign_in):
    client = sign_in(world.ana)
    for _count in range(2):
        assert client.post(PROJECT + "sites/oak-clinic/start/").status_code == 302
    assert Site.objects.get(slug="oak-clinic").statuses.filter(status="active").count() == 1


def test_a_stopped_site_cannot_be_started(world, sign_in):
    Site.objects.filter(pk=world.oak.pk).update(status=Site.Status.STOPPED)
    answer = sign_in(world.ana).post(PROJECT + "sites/oak-clinic/start/")
    assert answer.status_code == 422
    assert "Only a site that is setting up can be started." in answer.content.decode()


def test_many_chosen_sites_start_together_with_as_many_statements_as_few(world, sign_in):
    sites = planning.add_sites(
        world.project, [new_site(f"S{number}") for number in range(12)], by=world.ana, now=world.now
    )
    chosen = [site.plan.pk for site in sites[:10]]
    answer = sign_in(world.ana).post(PROJECT + "sites/start/", {"plans": chosen}, follow=True)
    assert "10 sites have started." in text_of(answer)
    assert Site.objects.filter(project=world.project, status=Site.Status.ACTIVE).count() == 11  # and Elm


def test_a_site_of_another_project_cannot_be_started_along(world, sign_in):
    answer = sign_in(world.ana).post(PROJECT + "sites/start/", {"plans": [world.oak.plan.pk, world.other_site.plan.pk]})
    assert answer.status_code == 422
    assert not Site.objects.filter(status=Site.Status.ACTIVE).exclude(pk=world.elm.pk).exists()


def test_choosing_no_site_is_answered_in_words(world, sign_in):
    answer = sign_in(world.ana).post(PROJECT + "sites/start/", {})
    assert answer.status_code == 422
    assert "Choose at least one site." in answer.content.decode()


def test_changing_a_sites_start_moves_its_dates(world, sign_in):
    said = {"name": "Elm Street Clinic", "starts_on": "2026-02-02"}
    assert sign_in(world.ana).post(PROJECT + "sites/elm-clinic/settings/", said).status_code == 302
    assert world.plan.items.get(key="briefing").due_on == dt.date(2026, 3, 30)
    assert Site.objects.get(pk=world.elm.pk).name == "Elm Street Clinic"


@pytest.mark.parametrize("who", ["bo", "vi"])
@pytest.mark.parametrize("url", ["settings/", "sites/new/", "sites/start/", "sites/elm-clinic/start/"])
def test_only_leads_and_administrators_set_up(world, sign_in, who, url):
    client = sign_in(getattr(world, who))
    assert client.get(PROJECT + url).status_code == 403
    assert client.post(PROJECT + url, {"name": "x"}).status_code == 403


@pytest.mark.parametrize("url", ["", "settings/", "sites/new/", "sites/start/", "sites/elm-clinic/settings/"])
def test_another_projects_lead_finds_nothing_here(world, sign_in, url):
    assert sign_in(world.cy).get(PROJECT + url).status_code == 404


def test_markup_and_very_long_words_in_names_are_shown_as_text(world, sign_in):
    name = "<b>Elm</b>" + "W" * 140
    Site.objects.filter(pk=world.elm.pk).update(name=name)
    Project.objects.filter(pk=world.project.pk).update(name="<script>x</script>")
    client = sign_in(world.ana)
    for url in ("/projects/", PROJECT, PROJECT + "people/", PROJECT + "sites/elm-clinic/people/"):
        page = client.get(url).content.decode()
        assert "<b>Elm" not in page
        assert "<script>x" not in page


@pytest.mark.django_db(transaction=True)
def test_who_changes_a_site_and_who_starts_it_do_not_wait_in_a_circle(world):
    plan = world.oak.plan

    def change():
        site = Site.objects.select_related("plan", "project__program").get(pk=world.oak.pk)
        amending.change_site(site, name="Oak", starts_on=plan.starts_on, by=world.ana, now=world.now)

    while_held(
        lambda: list(Plan.objects.select_for_update(no_key=True).filter(pk=plan.pk)),  # as Start does
        change,
        lambda: Site.objects.filter(pk=world.oak.pk).update(status=Site.Status.ACTIVE),
    )
    assert Site.objects.filter(pk=world.oak.pk, name="Oak", status=Site.Status.ACTIVE).exists()


@pytest.mark.django_db(transaction=True)
def test_a_site_added_while_the_projects_days_change_is_dated_by_the_new_ones(world):
    ends_on = dt.date(2029, 9, 30)
    project, stale = (Project.objects.select_related("program").get(pk=world.project.pk) for _copy in range(2))
    [site] = while_held(
        lambda: amending.change_project(project, ends_on=ends_on, by=world.ana, now=world.now),
        lambda: planning.add_sites(stale, [new_site("Ash Clinic")], by=world.ana, now=world.now),
        lambda: None,
    )
    dated = {item.key: item.due_on for item in site.plan.items.all()}
    assert dated == {item.key: item.due_on for item in world.oak.plan.items.all()}


def test_a_site_that_was_stopped_while_the_page_was_read_is_not_started_and_the_page_says_so(
    world, sign_in, monkeypatch
):
    waiting = overview.setting_up(world.project)
    Site.objects.filter(pk=world.oak.pk).update(status=Site.Status.STOPPED)
    monkeypatch.setattr(overview, "setting_up", lambda project: waiting)
    answer = sign_in(world.ana).post(PROJECT + "sites/start/", {"all": "on"})
    assert (answer.status_code, "Only a site that is setting up can be started." in text_of(answer)) == (422, True)


def test_who_leads_a_new_project_holds_the_job_of_its_lead_at_once_or_when_they_come(world):
    call_command("load_roadmap", verbosity=0)
    said = {
        "program": world.program,
        "by": world.dee,
        "now": world.now,
        "ebi_name": "CBT",
        "starts_on": world.now.date(),
    }
    said["version"] = RoadmapVersion.objects.published().get(roadmap__key="general")
    project = founding.found_project(name="Calm Classrooms", email=world.ana.email, **said)
    assert Duty.objects.held().get(project=project, key="project_lead").user == world.ana
    project = founding.found_project(name="Calm Homes", email="jo@example.org", **said)
    assert Invitation.objects.get(project=project).duty == "project_lead"
