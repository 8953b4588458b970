"""Each story of the demo shows what it says it shows, on whatever day it is made."""

import csv
import datetime as dt
import io

import pypdf
import pytest
from django.core.management import CommandError, call_command
from PIL import Image

from accounts.models import Activity, User
from accounts.templatetags.people import PASSWORD
from projects import checking
from projects.demo.fitted import ASK, BUDGET
from projects.demo.seeding import Seeder
from projects.demo.stories import PROJECTS
from projects.help_rules import reasons_of
from projects.models import Attachment, County, Membership, Plan, PlanItem, Program, Role, Site

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("counties")]

# site: status, phase, and why it needs help (kind, days) where it does
EXPECTED = {
    "Elm Street Family Health Center": ("active", "implementation", [("late", 9)]),
    "Harbor Family Practice": ("active", "pre_implementation", [("stuck", 34)]),
    "Copper Country Family Practice": ("active", "implementation", []),
    "Riverbend Health Center": ("active", "finished", []),
    "Keweenaw Bay Clinic": ("active", "sustainability", []),
    "Three Rivers Primary Care": ("stopped", "implementation", []),
    "Saginaw Bay Family Health": ("setting_up", "pre_implementation", []),
    "Lakeview High School": ("setting_up", "pre_implementation", []),
    "Maple Hollow Elementary": ("setting_up", "pre_implementation", []),
    "Sturgeon River School": ("active", "pre_implementation", []),
    "Bayside Academy": ("paused", "pre_implementation", []),
    "Marquette Children's Clinic": ("active", "sustainability", []),
    "Genesee Infant Team": ("active", "implementation", [("late", 16)]),
    "Ingham Family Services": ("setting_up", "pre_implementation", []),
    "Downriver Treatment Center": ("active", "implementation", []),
    "Kalamazoo County Health Department": ("active", "implementation", []),
    "Jackson Maternal Health": ("active", "pre_implementation", []),
}
KINDS = {  # where the days follow from the site's pace, the kinds are what the story is about
    "Iron Range Health Center": {"late", "quiet"},
    "Pine Ridge Middle School": {"late", "quiet"},
    "Otsego Teen Health Center": {"late"},
    "Emmet Hospital Youth Clinic": {"stuck", "late"},
    "St. Clair Shore Health Center": {"quiet"},
}


@pytest.fixture
def guidance(db):
    call_command("load_roadmap", verbosity=0)


@pytest.mark.parametrize("day", [dt.date(2026, 11, 22), dt.date(2028, 2, 29)])
def test_every_story_stands_where_it_says(guidance, day):
    now = dt.datetime.combine(day, dt.time(15), tzinfo=dt.UTC)
    program = Seeder(now=now, seed=28).write(sites=28)
    plans = {
        plan.site.name: plan
        for plan in Plan.objects.filter(site__isnull=False).select_related("site", "program", "project")
    }
    assert len(plans) == 28
    for name, expected in EXPECTED.items():
        plan = plans[name]
        reasons = [(reason.kind, reason.days) for reason in reasons_of(plan, day) if reason.counts]
        assert (plan.site.status, plan.current_phase, reasons) == expected, name
    for name, kinds in KINDS.items():
        assert {reason.kind for reason in reasons_of(plans[name], day) if reason.counts} == kinds, name
    helped = set(Site.objects.needs_help(day).values_list("name", flat=True))
    assert helped == {name for name, (_, _, why) in EXPECTED.items() if why} | set(KINDS)
    fitted = set(PlanItem.objects.exclude(own_text="").values_list("plan__site__name", "own_text"))
    assert {("Keweenaw Bay Clinic", ASK), ("Iron Range Health Center", BUDGET)} <= fitted
    assert list(checking.differences()) == []
    assert {plan.active for plan in plans.values() if plan.activated_on} == {True}  # so that one that rests can go on
    assert program.made_up
    assert program.two_step_roles == []  # signing in as one of its people stays one press
    assert not Activity.objects.filter(at__gt=now).exists()


ON_THE_DASHBOARD = {
    "Elm Street Family Health Center": "9 days late",
    "Harbor Family Practice": "stuck 34 days",
    "Genesee Infant Team": "16 days late",
    "Riverbend Health Center": "finished",
    "Three Rivers Primary Care": "stopped",
    "Bayside Academy": "paused",
    "Saginaw Bay Family Health": "setting up",
    "Copper Country Family Practice": "on time",
}


def test_the_dashboard_tells_each_story(guidance, sign_in):
    call_command("demo", verbosity=0)
    client = sign_in(User.objects.get(email="admin@demo.example"))
    table = csv.DictReader(io.StringIO(b"".join(client.get("/dashboard/export.csv")).decode("utf-8-sig")))
    states = {row["Site"]: row["State"] for row in table}
    assert len(states) == 28
    assert {name: states[name] for name in ON_THE_DASHBOARD} == ON_THE_DASHBOARD
    page = client.get("/dashboard/").content.decode()
    cards = page[page.index("Which sites need help?") : page.index("How far the 28 sites have come")]
    for words in ("Stuck for 34 days", "The data sharing agreement waits for county counsel.", "Quiet for"):
        assert words in cards
    assert "The clearinghouse has not sent a test result." not in page  # not shared with the State
    assert "28 of 28 sites" in page


def test_one_site_shows_a_photo_and_pdfs_that_say_they_are_made_up(guidance, sign_in):
    call_command("demo", sites=1, verbosity=0)
    photo, *pdfs = Attachment.objects.order_by("-kind", "pk")
    assert photo.plan.site.name == "Elm Street Family Health Center"
    assert [(pdf.kind, pdf.note is not None) for pdf in pdfs] == [("pdf", False), ("pdf", True)]
    for pdf in pdfs:
        with pdf.file.open() as kept:
            assert "Made up for the demo" in pypdf.PdfReader(kept).pages[0].extract_text()
    with photo.file.open() as kept:
        assert Image.open(kept).size == (960, 640)
    client = sign_in(User.objects.get(email="practitioner@demo.example"))
    shown = client.get(photo.plan.url("plan_step", step="tools")).content.decode()
    assert "Huddle board.jpg" in shown
    assert "Order for a larger board.pdf" in shown


def test_the_demo_grows_and_only_its_cast_can_sign_in(guidance):
    call_command("demo", sites=40, verbosity=0)
    assert Site.objects.count() == 40
    assert list(checking.differences()) == []
    offered = User.objects.exclude(password__startswith="!")
    assert sorted(offered.values_list("email", flat=True)) == [
        f"{name}@demo.example" for name in ("admin", "lead", "newcomer", "observer", "practitioner")
    ]
    assert all(person.check_password(PASSWORD) for person in offered)
    roles = dict(Membership.objects.filter(user__in=offered).values_list("user__email", "role"))
    assert roles["admin@demo.example"] == Role.ADMINISTRATOR
    assert roles["practitioner@demo.example"] == Role.PRACTITIONER
    assert "newcomer@demo.example" not in roles


@pytest.fixture(autouse=True)
def demo_is_asked_for(settings):
    settings.DEMO = True


def test_demo_is_refused_where_it_was_not_asked_for(guidance, settings):
    settings.DEMO = False
    with pytest.raises(CommandError, match="DEMO=on"):
        call_command("demo")
    assert not Program.objects.exists()


def test_demo_is_refused_where_there_is_a_program(world):
    with pytest.raises(CommandError, match="a program already"):
        call_command("demo")


def test_the_stories_are_set_in_real_counties(db):
    fips = {story.county for project in PROJECTS for story in project.sites}
    assert County.objects.filter(fips__in=fips, state="MI").count() == len(fips)
    assert len(fips) >= 19
