"""Recording at one item: what people press, and what they must not be able to."""

import datetime as dt
import re

import pytest

from accounts.models import Activity
from projects import progress, tailoring
from projects.models import Role, Site
from tests.cast import begun, join, person

pytestmark = pytest.mark.django_db
HTMX = {"HX-Request": "true"}
NOBODY = {}


@pytest.fixture(autouse=True)
def _monday(world, time_machine):
    """All of it happens on the Monday on which the world was set up."""
    time_machine.move_to(world.now, tick=False)


@pytest.fixture
def press(client, world):
    """Return a function that posts to an item of Elm's plan, as htmx does unless told otherwise."""
    urls = {item.key: world.plan.url("item", pk=item.pk) for item in world.plan.items.all()}

    def post(key, act="done", headers=HTMX, **data):
        return client.post(f"{urls[key]}{act}/", data, headers=headers)

    return post


def item(world, key):
    return world.plan.items.get(key=key)


def test_a_tick_answers_with_the_row_what_moved_and_undo(world, sign_in, press):
    sign_in(world.bo)
    page = press("meet", done="1", page="plan").content.decode()
    assert item(world, "meet").is_done
    assert 'aria-pressed="true"' in page
    assert "1 of 5" in page
    assert "/undo/" in page


def test_ticking_again_with_done_0_takes_it_back(world, sign_in, press):
    sign_in(world.bo)
    press("meet", done="1")
    page = press("meet", done="0").content.decode()
    assert not item(world, "meet").is_done
    assert 'aria-pressed="false"' in page


def test_without_script_the_same_form_leads_back_to_its_row(world, sign_in, press):
    client = sign_in(world.bo)
    answer = press("meet", headers=NOBODY, done="1")
    assert answer.status_code == 302
    assert answer.url.startswith(f"{world.plan.get_absolute_url()}?did=")
    assert answer.url.endswith(f"#item-{item(world, 'meet').pk}")
    assert "Bo Lindqvist did <strong>Meet with" in client.get(answer.url).content.decode()


def test_it_leads_back_to_a_page_of_ours_only(world, sign_in, press):
    sign_in(world.bo)
    ours = press("meet", headers=NOBODY, done="1", next="/todo/?page=2")
    assert ours.url.startswith("/todo/?page=2&did=")
    theirs = press("tell", headers=NOBODY, done="1", next="https://elsewhere.example/")
    assert theirs.url.startswith("/projects/")


def test_a_milestone_is_recorded_for_its_day_with_its_open_actions(world, sign_in, press):
    begun(world.elm, dt.date(2026, 1, 2))
    sign_in(world.bo)
    page = press("briefing", page="next", on="2026-01-02", actions_too="on").content.decode()
    assert item(world, "briefing").done_on == dt.date(2026, 1, 2)
    assert item(world, "meet").is_done
    assert item(world, "tell").is_done
    # the box shows the next milestone, the rows of milestone and actions settle wherever they are
    assert 'id="next"' in page
    assert f'id="item-{item(world, "tell").pk}"' in page
    assert "Reached Fri 2 Jan, recorded by Bo Lindqvist" in page


def test_recording_an_anchor_shows_the_new_date_of_what_waited_for_it(world, sign_in, press):
    sign_in(world.bo)
    page = press("briefing", page="plan").content.decode()
    assert "Due Mon 6 Jul, in 5 months" in page or "Due Mon 6 Jul, in 6 months" in page


@pytest.mark.parametrize(("precision", "words"), [("month", "Reached in December 2025"), ("unknown", "day not known")])
def test_a_day_that_is_not_known_is_said_so(world, sign_in, press, precision, words):
    begun(world.elm, dt.date(2025, 12, 17))
    sign_in(world.bo)
    assert words in press("briefing", on="2025-12-17", precision=precision).content.decode()


def test_somebody_from_outside_the_team_records_for_the_site(world, sign_in, press):
    sign_in(world.ana)
    page = press("briefing").content.decode()
    assert item(world, "briefing").on_behalf_of == world.elm
    assert "recorded by Ana Brandt for Elm Clinic" in page
    sign_in(world.bo)
    press("interest")
    assert item(world, "interest").on_behalf_of is None


@pytest.mark.parametrize("page", ["plan", "next", "step", "item", "todo", ""])
def test_a_day_in_the_future_is_refused_beside_its_field(world, sign_in, press, page):
    sign_in(world.bo)
    answer = press("briefing", on="2026-01-06", page=page)
    assert answer.status_code == 422
    assert "6 Jan 2026 is in the future. Choose today or an earlier day." in answer.content.decode()
    assert re.search(r'<input[^>]* type="date" name="on"[^>]* autofocus>', answer.content.decode()), "focus is not lost"
    assert not item(world, "briefing").is_done


def test_what_is_not_a_date_is_refused_on_a_whole_page_without_script(world, sign_in, press):
    sign_in(world.bo)
    answer = press("briefing", headers=NOBODY, on="last week")
    assert answer.status_code == 422
    assert "This is not a date" in answer.content.decode()
    assert "<html" in answer.content.decode()


def test_a_day_before_the_sites_start_is_refused_beside_its_field(world, sign_in, press):
    sign_in(world.bo)
    answer = press("briefing", on="2025-12-17", precision="month")
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "This is before the site’s start, Mon 5 Jan 2026. Check the date." in page
    assert 'value="2025-12-17"' in page
    assert re.search(r'value="month"[^>]* checked', page), "what was chosen stays"
    assert "Change the start" not in page, "a site's people cannot"
    sign_in(world.ana)
    page = press("briefing", on="2026-01-04").content.decode()
    assert f'href="{world.plan.url("site_settings")}"' in page
    assert not item(world, "briefing").is_done


def test_a_replayed_form_records_once(world, sign_in, press):
    sign_in(world.bo)
    for _ in range(3):
        assert press("briefing", on="2026-01-05").status_code == 200
    assert Activity.objects.filter(verb="reached").count() == 1


def test_a_site_of_others_is_not_found(world, sign_in, client):
    stranger = person("Uma Site")
    join(stranger, Role.PRACTITIONER, world.oak)
    sign_in(stranger)
    url = world.plan.url("item_done", pk=item(world, "meet").pk)
    assert client.post(url, {"done": "1"}).status_code == 404
    assert not item(world, "meet").is_done


@pytest.mark.parametrize("act", ["item_done", "item_open", "item_applies"])
def test_an_item_of_another_plan_is_not_found(world, sign_in, client, act):
    foreign = world.oak.plan.items.get(key="briefing")
    sign_in(world.bo)
    answer = client.post(world.plan.url(act, pk=foreign.pk), {"done": "1", "reason": "No."}, headers=HTMX)
    assert answer.status_code == 404
    foreign.refresh_from_db()
    assert not foreign.is_done
    assert foreign.applicable


def test_an_observer_may_look_but_not_record(world, sign_in, press, client):
    sign_in(world.vi)
    assert press("meet", done="1").status_code == 403
    assert not item(world, "meet").is_done
    page = client.get(world.plan.get_absolute_url()).content.decode()
    assert "It happened on this day" not in page
    assert "items/" not in page.replace('class="items', "")


def test_what_does_not_apply_cannot_be_recorded(world, sign_in, press):
    tailoring.set_applicable(world.plan, item(world, "billing").pk, False, reason="None.", by=world.bo, now=world.now)
    sign_in(world.bo)
    answer = press("billing", on="2026-01-05")
    assert answer.status_code == 422
    assert "This does not apply to the plan" in answer.content.decode()


def test_an_item_is_set_aside_with_a_reason_and_brought_back(world, sign_in, press):
    sign_in(world.bo)
    assert "Say in a few words" in press("billing", "applies", reason=" ").content.decode()
    page = press("billing", "applies", reason="We bill elsewhere.").content.decode()
    assert "Does not apply here since Mon 5 Jan: We bill elsewhere." in page
    press("billing", "applies", applicable="on")
    assert item(world, "billing").applicable


def test_a_gate_is_set_aside_by_a_lead_only(world, sign_in, press):
    sign_in(world.bo)
    assert press("approved", "applies", reason="No.").status_code == 403
    sign_in(world.ana)
    assert press("approved", "applies", reason="No.").status_code == 200
    world.plan.refresh_from_db()
    assert world.plan.current_phase == "implementation"


def test_the_items_page_offers_everything_without_script(world, sign_in, client):
    sign_in(world.bo)
    page = client.get(world.plan.url("item", pk=item(world, "briefing").pk)).content.decode()
    for words in ("How you know it is done", "Mark its 2 open actions done too", "It does not apply here"):
        assert words in page
    assert client.get(world.plan.url("item", pk=world.oak.plan.items.first().pk)).status_code == 404


def test_undo_takes_back_the_act_and_says_so(world, sign_in, client):
    done = progress.set_done(world.plan, item(world, "meet").pk, by=world.bo, now=world.now)
    sign_in(world.ana)
    client.post(f"/undo/{done.batch}/")
    assert item(world, "meet").is_done
    sign_in(world.bo)
    page = client.post(f"/undo/{done.batch}/", {"next": world.plan.get_absolute_url()}, follow=True)
    assert not item(world, "meet").is_done
    assert "Taken back: Meet with the top leader" in page.content.decode()
    again = client.post(f"/undo/{done.batch}/", {"next": world.plan.get_absolute_url()}, follow=True)
    assert "has been changed since" in again.content.decode()


def test_undo_by_htmx_fetches_the_page_anew(world, sign_in, client):
    done = progress.set_done(world.plan, item(world, "meet").pk, by=world.bo, now=world.now)
    sign_in(world.bo)
    assert client.post(f"/undo/{done.batch}/", headers=HTMX)["HX-Refresh"] == "true"


def test_names_with_markup_are_shown_as_they_are(world, sign_in, client, press):
    name = "<script>alert(1)</script>" + "W" * 80
    Site.objects.filter(pk=world.elm.pk).update(name=name)
    sign_in(world.ana)
    pages = [client.get(world.plan.get_absolute_url()).content.decode(), press("briefing").content.decode()]
    for page in pages:
        assert "<script>alert" not in page
        assert "&lt;script&gt;alert(1)" in page


@pytest.mark.parametrize("rows", [3, 40])
def test_statements_do_not_grow_with_the_rows(world, sign_in, press, at_most, rows):
    base = item(world, "meet")
    world.plan.items.bulk_create(
        [
            type(base)(
                plan=base.plan,
                plan_step=base.plan_step,
                program=base.program,
                item=base.item,
                key=f"more-{number}",
                kind=base.kind,
                position=500 + number,
                leads_to="briefing",
            )
            for number in range(rows)
        ]
    )
    client = sign_in(world.bo)
    with at_most(12):
        client.get(world.plan.get_absolute_url())
    with at_most(10):
        assert press("meet", done="1", page="plan").status_code == 200
    with at_most(12):
        assert press("briefing", page="next", actions_too="on").status_code == 200
    with at_most(12):
        client.get(world.plan.get_absolute_url())


def test_other_people_find_the_same_number_of_statements(world, sign_in, at_most):
    pages = [plan.get_absolute_url() for plan in (world.plan, world.oak.plan, world.team_plan)]
    for who in (world.ana, world.dee, world.vi):
        client = sign_in(who)
        for page in pages:
            with at_most(12):
                assert client.get(page).status_code == 200


def test_a_sister_site_is_not_found(world, sign_in, client):
    sign_in(world.bo)
    assert client.get(world.oak.plan.get_absolute_url()).status_code == 404
