import datetime as dt

import pytest

from projects import barriers, paper, plan_page, planning, progress
from projects.models import Duty
from projects.rows import Viewer
from tests.cast import begun
from tests.projects.test_setting_up import text_of

pytestmark = pytest.mark.django_db
ELM = "/projects/collaborative-care/sites/elm-clinic/"
TODAY = dt.date(2026, 1, 5)


@pytest.fixture(autouse=True)
def _monday(world, time_machine):
    time_machine.move_to(world.now, tick=False)
    planning.start_site(world.elm, by=world.ana, now=world.now)
    Duty.objects.create(key="coach", project=world.project, name="Jo Lindqvist", phone="231-555-0142", since_on=TODAY)


def meeting(world, since):
    world.plan.refresh_from_db()
    view = plan_page.read_view(world.plan, viewer=Viewer(None), today=TODAY, page="plan")
    return paper.meeting_of(view, since)


def reach(world, on, *, milestone=True):
    kind = "milestone" if milestone else "action"
    item = world.plan.items.open().filter(kind=kind).order_by("position").first()
    return progress.set_done(world.plan, item.pk, by=world.bo, now=world.now, on=on).item


def test_a_meeting_hears_what_was_done_since_and_what_comes_next(world):
    begun(world.elm, dt.date(2025, 12, 1))
    early, late = reach(world, dt.date(2025, 12, 1)), reach(world, dt.date(2026, 1, 2))
    found = meeting(world, dt.date(2026, 1, 1))
    assert [item.key for item in found.milestones] == [late.key]
    assert len(found.ahead) <= paper.NEXT
    assert not {early.key, late.key} & {one.row.item.key for one in found.ahead}
    assert [item.key for item in meeting(world, dt.date(2025, 12, 1)).milestones] == [late.key, early.key]


def test_what_was_done_on_an_unknown_day_counts_when_it_was_recorded(world):
    item = world.plan.items.open().filter(kind="milestone").first()
    progress.set_done(world.plan, item.pk, by=world.bo, now=world.now, precision="unknown")
    assert [one.key for one in meeting(world, TODAY).milestones] == [item.key]


def test_the_page_names_the_coach_what_is_in_the_way_and_what_is_open(world, sign_in):
    done = reach(world, TODAY)
    step = world.plan.steps.first()
    said = {"text": "No room.", "stuck": True, "shared": False, "by": world.bo, "now": world.now}
    barriers.report_barrier(world.plan, step.pk, **said)
    page = text_of(sign_in(world.bo).get(f"{ELM}meeting/"))
    for words in ("Your coach <strong>Jo Lindqvist", "231-555-0142", "No room.", str(done), "What we ask for"):
        assert words in page
    assert "No room." not in text_of(sign_in(world.dee).get(f"{ELM}meeting/")), "the State reads only what is shared"


def test_a_day_that_is_none_is_said(world, sign_in):
    bo = sign_in(world.bo)
    assert "Enter a valid date." in text_of(bo.get(f"{ELM}meeting/?since=soon"))
    assert bo.get(f"{ELM}meeting/?since=2025-12-01").status_code == 200


def test_the_whole_plan_has_a_box_for_every_row_that_applies(world, sign_in):
    reach(world, TODAY)
    page = text_of(sign_in(world.bo).get(f"{ELM}paper/"))
    assert page.count('<span class="box') == world.plan.items.counted().count()
    assert page.count('<span class="box ticked"') == 1
    assert "Jo Lindqvist" in page


@pytest.mark.parametrize("path", ["", "notes/", "history/", "contact/", "steps/leaders/"])
def test_every_page_of_a_site_says_whom_to_call(world, sign_in, path):
    assert "231-555-0142" in text_of(sign_in(world.bo).get(ELM + path))


def test_the_team_s_own_plan_names_no_coach(world, sign_in):
    assert "231-555-0142" not in text_of(sign_in(world.ana).get("/projects/collaborative-care/plan/"))


def test_the_story_says_what_helped_to_who_reads_the_words_and_a_barrier_is_opened_again_from_there(world, sign_in):
    said = {"text": "No room.", "by": world.bo, "now": world.now}
    barrier = barriers.report_barrier(world.plan, "leaders", **said)
    bo, story = sign_in(world.bo), f"{ELM}story/"
    bo.post(f"{ELM}barriers/{barrier.pk}/solved/", {"resolution": "The school lent us one."})
    page = text_of(bo.get(story))
    assert "The school lent us one." in page
    assert "Not solved after all" in page
    assert "The school lent us one." not in text_of(sign_in(world.dee).get(story))
    vi = text_of(sign_in(world.vi).get(story))
    assert ("The school lent us one." in vi, "Not solved after all" in vi) == (True, False)
    answer = sign_in(world.bo).post(f"{ELM}barriers/{barrier.pk}/open/", {"next": story})
    assert answer["Location"] == story
    assert world.plan.barriers.open().get() == barrier


def test_a_newcomers_own_work_begins_with_what_is_due_first(world):
    world.plan.items.filter(key__in=["interest", "briefing", "write"]).update(assignee=world.bo)
    world.plan.items.filter(key="interest").update(due_on=dt.date(2027, 1, 1))
    world.plan.items.filter(key="write").update(due_on=TODAY, waiting_for="signed")
    view = plan_page.read_view(world.plan, viewer=Viewer(world.bo.pk), today=TODAY, page="plan")
    assert [one.key for one in paper.story_of(view).own] == ["briefing", "interest", "write"]
