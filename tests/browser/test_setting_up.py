import pytest
from django.utils import timezone
from playwright.sync_api import expect

from outbox.models import Delivery
from projects import inviting
from projects.models import Project, Role, Site
from tests.browser.looks import LOOKS, fits
from tests.cast import join, person

pytestmark = pytest.mark.django_db(transaction=True)
LONG = "Saint-Ignace-and-Upper-Peninsula-Regional-Community-Mental-Health-and-Recovery-Center-of-Mackinac-County"
FILE = "name,organization,setting,county,start date,champion e-mail\n" + "".join(
    f"Clinic {number},Lakeshore Health,FQHC,Kent,12/4/2026,c{number}@clinic.example\n" for number in range(1, 4)
)


def csv_file(text, name="sites.csv"):
    return {"name": name, "mimeType": "text/csv", "buffer": text.encode()}


def test_an_administrator_starts_a_project_and_adds_its_sites_from_a_file(world, visit, axe):
    page = visit(world.dee, "/programs/michigan/")
    page.get_by_role("link", name="Start a project").click()
    page.get_by_label("Name").fill("Infant Care")
    page.get_by_label("Evidence-based intervention").fill("Infant mental health")
    page.get_by_label("Starts on").fill("2026-11-02")
    page.get_by_label("The project lead's e-mail").fill(world.cy.email)
    axe(page)
    page.get_by_role("button", name="Start the project").click()
    expect(page.get_by_role("heading", level=2, name="Add your sites")).to_be_visible()
    page.get_by_role("link", name="Add sites from a file").first.click()
    expect(page.get_by_label("Your file")).to_be_visible()
    axe(page)
    page.get_by_label("Your file").set_input_files(csv_file(FILE.replace("Kent", "Kentt", 1)))
    page.get_by_role("button", name="Check the file").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("1 thing to mend in this file")
    expect(page.get_by_text("Did you mean Kent?")).to_be_visible()
    axe(page)
    page.get_by_label("Your file").set_input_files(csv_file(FILE))
    page.get_by_role("button", name="Check the file").click()
    expect(page.get_by_text("3 invitations will go out by e-mail.")).to_be_visible()
    axe(page)
    page.get_by_role("button", name="Make 3 sites").click()
    expect(page.get_by_text("3 invitations are on their way.")).to_be_visible()
    axe(page)
    page.get_by_role("link", name="Choose and start sites").click()
    page.get_by_label("All 3").check()
    axe(page)
    page.get_by_role("button", name="Start the chosen sites").click()
    expect(page.get_by_text("3 sites have started.")).to_be_visible()
    axe(page)
    project = Project.objects.get(slug="infant-care")
    assert project.sites.filter(status=Site.Status.ACTIVE).count() == 3
    assert Delivery.objects.filter(kind="invitation").count() == 3


def test_a_champion_comes_in_by_the_link_and_is_at_the_site(world, page, live_server, axe):
    from_link = inviting.invite(
        world.elm, email="maria@clinic.example", role=Role.PRACTITIONER, by=world.ana, now=timezone.now()
    )
    page.goto(live_server.url + inviting.link_of(from_link))
    axe(page)
    page.get_by_label("Your name").fill("Maria Okafor")
    page.get_by_label("Choose a password").fill("a-long-walk-north")
    page.get_by_role("button", name="Make my account and join").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Elm Clinic")
    expect(page.get_by_text("Welcome. You have joined Elm Clinic.")).to_be_visible()


@pytest.mark.parametrize(("width", "scheme"), LOOKS)
def test_the_pages_hold_very_long_names_in_every_look(world, visit, axe, width, scheme):
    world.bo.name = LONG
    world.bo.save()
    Site.objects.filter(pk=world.elm.pk).update(name=LONG)
    Project.objects.filter(pk=world.project.pk).update(name=LONG, ebi_name=LONG)
    join(person(LONG + " Left", email="left@example.org", is_active=False), Role.PRACTITIONER, world.elm)
    inviting.invite(
        world.elm, email=f"{LONG[:60]}@clinic.example".lower(), role=Role.OBSERVER, by=world.ana, now=timezone.now()
    )
    site = "/projects/collaborative-care/sites/elm-clinic/"
    page = visit(world.ana, "/projects/")
    page.set_viewport_size({"width": width, "height": 900})
    page.emulate_media(color_scheme=scheme)
    for path in ("/projects/", "/projects/collaborative-care/", f"{site}people/", f"{site}start/"):
        page.goto(page.url.split("/projects/")[0] + path)
        assert fits(page), path
        axe(page)
