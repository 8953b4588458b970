"""A nurse signs in for the first time and is shown around."""

import pytest
from playwright.sync_api import expect

from projects.models import Role
from tests.browser.looks import LOOKS, fits, in_look
from tests.cast import join, person

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.mark.parametrize(("width", "scheme"), LOOKS)
def test_four_stops_in_four_presses_on_pages_of_her_own(world, visit, axe, width, scheme):
    nurse = person("Noor Haddad", tour="")
    join(nurse, Role.PRACTITIONER, world.elm)
    page = visit(nurse, "/todo/")
    in_look(page, width, scheme)
    tour = page.get_by_role("region", name="Tour")
    for number, title in enumerate(("Your list", "Your site’s plan", "The Roadmap", "Reminders"), start=1):
        expect(tour).to_contain_text(f"Stop {number} of 4: {title}")
        axe(page)
        assert fits(page)
        tour.get_by_role("button", name="Next stop" if number < 4 else "End of the tour").click()
    expect(page.locator(".messages")).to_contain_text("That was the tour.")
    expect(tour).to_have_count(0)
