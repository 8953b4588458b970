import datetime as dt

import pytest
from django.core.management import call_command

from projects import barriers, contacts, notes, plan_page, progress, tailoring
from projects.models import Duty, Note, Role, Scopes, Site, SiteStatus
from projects.rows import Viewer
from roadmap import road
from tests.cast import join, person

pytestmark = pytest.mark.django_db
TODAY = dt.date(2026, 1, 5)


@pytest.fixture(autouse=True)
def _monday(world, time_machine):
    """All of it happens on the Monday on which the world was set up."""
    time_machine.move_to(world.now, tick=False)


@pytest.fixture
def read(sign_in):
    """Return a function that gives the words of a plan's page as a person sees it."""

    def page(plan, user, name=None, **kwargs):
        url = plan.url(name, **kwargs) if name else plan.get_absolute_url()
        answer = sign_in(user).get(url)
        assert answer.status_code == 200
        return answer.content.decode()

    return page


def view(world, plan=None, today=TODAY, viewer=None):
    plan = plan or world.plan
    plan.refresh_from_db()
    return plan_page.read_view(plan, viewer=viewer or Viewer(world.bo.pk, can_record=True), today=today, page="plan")


def pk(world, key):
    return world.plan.items.get(key=key).pk


def reach(world, *keys, on=TODAY):
    for key in keys:
        progress.set_done(world.plan, pk(world, key), by=world.bo, now=world.now, on=on)


def state(shown, key):
    return next(row.state for step in shown.steps for row in step.rows if row.item.key == key)


def test_each_milestone_stands_on_the_road_in_its_state(world):
    tailoring.set_applicable(world.plan, pk(world, "billing"), False, reason="None.", by=world.bo, now=world.now)
    reach(world, "interest")
    shown = view(world, today=dt.date(2026, 3, 20))
    states = {post.name: post.state for stretch in shown.stretches for post in stretch.mileposts}
    assert states["Interest on record"] == road.REACHED
    assert states["Leader briefing held"] == road.NEXT_LATE
    assert states["Written agreement signed"] == road.AHEAD
    assert states["Billing test passed"] == road.NOT_APPLICABLE
    assert [(stretch.reached, stretch.total) for stretch in shown.stretches] == [(1, 4), (0, 3), (0, 2)]


def test_only_an_active_plan_can_be_late(world):
    later = dt.date(2028, 12, 1)
    reach(world, "interest")
    assert state(view(world, today=later), "funded") == road.LATE
    assert state(view(world, world.oak.plan, today=later), "funded") == road.AHEAD


def test_the_page_unfolds_what_is_to_do_and_folds_the_rest(world):
    reach(world, "interest", "briefing", "signed")
    shown = {step.step.key: step.open for step in view(world).steps}
    assert shown == {"leaders": False, "plan": True, "launch": False, "keep": False}
    barriers.report_barrier(world.plan, "launch", text="No room.", by=world.bo, now=world.now)
    assert view(world).step("launch").open


def test_the_next_box_asks_for_the_next_milestone_and_its_open_actions(world, read):
    page = read(world.plan, world.bo)
    assert "Interest on record" in page.partition('id="next"')[2].partition("</section>")[0]
    reach(world, "interest")
    box = read(world.plan, world.bo).partition('id="next"')[2].partition("</section>")[0]
    assert "2 things are still open" in box
    assert 'value="2026-01-05" max="2026-01-05"' in box
    assert "Mark its 2 open actions done too" in box


def test_who_to_ask_is_the_assignee_then_who_holds_the_job(world):
    rows = {row.item.key: row.who for step in view(world).steps for row in step.rows}
    assert rows["briefing"] == "Site champion"
    Duty.objects.create(key="site_champion", project=world.project, name="Pat Project", since_on=TODAY)
    Duty.objects.create(key="site_champion", site=world.elm, name="Sal Site", since_on=TODAY)
    rows = {row.item.key: row.who for step in view(world).steps for row in step.rows}
    assert rows["briefing"] == "Sal Site"
    world.plan.items.filter(key="briefing").update(assignee=world.bo)
    rows = {row.item.key: row for step in view(world).steps for row in step.rows}
    assert (rows["briefing"].who, rows["briefing"].mine) == ("Bo Lindqvist", True)


def test_the_coach_stands_at_the_top_with_a_phone_number(world, read):
    Duty.objects.create(key="coach", project=world.project, name="Jo Lind", phone="231-555-0142", since_on=TODAY)
    page = read(world.plan, world.bo)
    assert "Coach <strong>Jo Lind" in page
    assert 'href="tel:231-555-0142"' in page
    assert "Your coach" not in read(world.plan, world.dee), "the State reads it too"


def test_what_the_project_team_does_next_stands_beside_the_sites_plan(world, read):
    page = read(world.plan, world.bo)
    assert "Coming to you from the project team" in page
    assert "Short list of measures agreed" in page


def test_the_last_contact_and_when_to_look_again(world, read):
    contacts.log_contact(world.elm, by=world.ana, now=world.now, note="They need help.", next_on=dt.date(2026, 1, 12))
    page = read(world.plan, world.bo)
    assert "Look again on Mon 12 Jan" in page
    assert "They need help." in page
    assert "They need help." not in read(world.plan, world.dee)


def test_a_setting_up_site_says_what_start_will_do(world, read):
    page = read(world.oak.plan, world.ana)
    assert "This site is setting up" in page
    assert "See what Start will do" in page
    assert "due-late" not in page.partition("<aside")[0]
    join(person("Uma Site"), Role.PRACTITIONER, world.oak)
    assert "Your project lead starts the site" in read(world.oak.plan, world.oak.memberships.first().user)


@pytest.mark.parametrize(
    ("status", "words"),
    [(Site.Status.PAUSED, "Paused since"), (Site.Status.STOPPED, "Stopped since"), (Site.Status.FINISHED, "Finished")],
)
def test_a_site_that_does_not_walk_on_says_since_when_and_why(world, read, status, words):
    Site.objects.filter(pk=world.elm.pk).update(status=status)
    SiteStatus.objects.create(site=world.elm, status=status, from_on=TODAY, reason="The grant ended.", by=world.ana)
    page = read(world.plan, world.bo)
    assert words in page
    assert "The grant ended." in page
    assert 'id="next"' not in page
    assert "Next:" not in page
    assert "mp-next" not in page


def test_a_plan_whose_gates_are_all_passed_says_so_and_has_no_sign_for_the_next(world, read):
    assert "Next:" in read(world.plan, world.bo)
    reach(world, "approved", "quality", "kept")
    page = read(world.plan, world.bo)
    assert "reached the end of the road" in page
    assert "Next:" not in page
    assert "Still open" in page


def test_the_teams_plan_is_the_same_page_without_a_road(world, read):
    page = read(world.team_plan, world.ana)
    assert "Short list of measures agreed" in page
    assert "It happened on this day" in page
    assert 'id="road"' not in page
    assert "It happened on this day" not in read(world.team_plan, world.bo)


def test_the_state_reads_that_a_site_is_stuck_and_the_words_only_when_shared(world, read):
    barriers.report_barrier(world.plan, "leaders", text="The director says no.", by=world.bo, now=world.now)
    page = read(world.plan, world.dee)
    assert "Stuck since today" in page
    assert "The director says no." not in page
    assert "The director says no." in read(world.plan, world.vi)
    barriers.report_barrier(world.plan, "leaders", text="No room.", shared=True, by=world.bo, now=world.now)
    assert "No room." in read(world.plan, world.dee)


def test_the_state_reads_shared_notes_and_its_own(world, read):
    for text, by, shared in [("Secret.", world.bo, False), ("Open.", world.bo, True), ("Own.", world.dee, False)]:
        notes.write_note(world.plan, text=text, by=by, now=world.now, shared=shared, step="leaders")
    for name in (None, "note_list"):
        page = read(world.plan, world.dee, name)
        assert "Secret." not in page
        assert "Open." in page
        assert "Own." in page
    step = read(world.plan, world.dee, "plan_step", step="leaders")
    assert "Secret." not in step
    assert "Secret." in read(world.plan, world.vi)


def test_the_step_page_has_checklist_guidance_and_history(world, read, at_most, sign_in):
    reach(world, "interest")
    page = read(world.plan, world.bo, "plan_step", step="leaders")
    for words in ("Your checklist", "Meet with the top leader", "Why win leader support matters.", "Begin small."):
        assert words in page
    assert "Bo Lindqvist recorded <strong>Interest on record</strong>" in page
    url, client = world.plan.url("plan_step", step="leaders"), sign_in(world.bo)
    with at_most(18):
        client.get(url)


def test_a_step_that_is_not_there_is_not_found(world, sign_in):
    assert sign_in(world.bo).get(world.plan.url("plan_step", step="team")).status_code == 404


def test_scopes_of_a_viewer_become_what_they_may_do(world):
    bo = plan_page.viewer_of(Scopes.read(world.bo), world.plan)
    assert (bo.can_record, bo.can_schedule, bo.reads_all) == (True, False, True)
    dee = plan_page.viewer_of(Scopes.read(world.dee), world.plan)
    assert (dee.can_record, dee.can_schedule, dee.reads_all) == (True, True, False)
    vi = plan_page.viewer_of(Scopes.read(world.vi), world.plan)
    assert (vi.can_record, vi.reads_all) == (False, True)


def test_counters_still_agree_after_a_morning_of_work(world, sign_in, client):
    sign_in(world.bo)
    for key in ("meet", "tell", "interest", "briefing"):
        client.post(world.plan.url("item_done", pk=pk(world, key)), {"done": "1"})
    client.post(world.plan.url("barrier_report", step="plan"), {"text": "No room.", "stuck": "on"})
    client.post(world.plan.url("note_write"), {"text": "Fine."})
    assert Note.objects.count() == 1
    call_command("check_counters")


@pytest.mark.parametrize("who", ["bo", "vi", "ana", "dee"])
def test_the_page_of_a_site_leads_to_its_people(world, sign_in, who):
    client, address = sign_in(getattr(world, who)), f"{world.plan.get_absolute_url()}people/"
    assert f'href="{address}"' in client.get(world.plan.get_absolute_url()).content.decode()
    assert client.get(address).status_code == 200
