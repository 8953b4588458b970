import datetime as dt

import pytest
from django.core.exceptions import ValidationError

from accounts.models import Activity
from projects import assigning, contacts, duties, handing_over, progress
from projects.assigning import Job
from projects.choosing import Choice
from projects.duties import Holder
from projects.models import Contact, Duty, Membership, Plan, PlanItem, Role
from tests.cast import join, person
from tests.projects.test_setting_up import PROJECT, text_of
from tests.together import while_held

pytestmark = pytest.mark.django_db
ELM = f"{PROJECT}sites/elm-clinic/"


@pytest.fixture
def una(world):
    nurse = person("Una Reyes", phone="616-555-0101")
    join(nurse, Role.PRACTITIONER, world.elm)
    return nurse


@pytest.fixture
def bo(world):
    """Bo has work, a job and a call to make at Elm, and has done something there."""
    by = {"by": world.ana, "now": world.now}
    done = world.plan.items.open().filter(kind="action").first()
    progress.set_done(world.plan, done.pk, by=world.bo, now=world.now)
    assigning.assign([world.plan.pk], Choice(steps=frozenset(["leaders"])), to=world.bo, **by)
    duties.set_duties(world.elm, {"site_champion": Holder(user=world.bo)}, **by)
    contacts.log_contact(world.elm, by=world.bo, now=world.now, next_on=dt.date(2026, 2, 2))
    return world.bo


def hand(world, giver, taker, **fields):
    fields = {"leaves": True, "by": world.ana, "now": world.now, **fields}
    return handing_over.hand_everything(world.elm, giver, taker, **fields)


def test_one_move_hands_over_work_jobs_and_calls_and_history_stays(world, bo, una):
    open_items = PlanItem.objects.open().filter(assignee=bo).count()
    done = hand(world, bo, una)
    assert (done.items, done.jobs, done.calls) == (open_items, 1, 1)
    assert not PlanItem.objects.open().filter(assignee=bo).exists()
    assert PlanItem.objects.filter(done_by=bo).exists()
    assert Duty.objects.get(key="site_champion").user == una
    assert (Contact.objects.get().by, Contact.objects.get().next_by) == (bo, una)
    assert not Membership.objects.current().filter(user=bo, site=world.elm).exists()
    assert Activity.objects.filter(verb="membership_ended", person=bo).exists()


def test_somebody_who_stays_keeps_their_role(world, bo, una):
    hand(world, bo, una, leaves=False)
    assert Membership.objects.current().filter(user=bo, site=world.elm).exists()


def test_a_person_is_not_handed_over_to_herself_nor_to_somebody_who_is_gone(world, bo, una):
    with pytest.raises(ValidationError, match="somebody else than Bo"):
        hand(world, bo, bo)
    una.is_active = False
    una.save()
    with pytest.raises(ValidationError, match="can no longer sign in"):
        hand(world, bo, una)
    assert Duty.objects.get(key="site_champion").user == bo


def test_where_the_taker_is_on_no_team_nothing_is_handed_over(world, bo):
    with pytest.raises(ValidationError):
        hand(world, bo, world.nia)
    assert Duty.objects.get(key="site_champion").user == bo
    assert Membership.objects.current().filter(user=bo, site=world.elm).exists()


def test_a_lead_hands_over_on_the_page_of_people_and_the_new_one_reads_the_story(world, bo, una, sign_in):
    ana, held = sign_in(world.ana), Membership.objects.current().get(user=bo, site=world.elm)
    assert "Hand over everything" in text_of(ana.get(f"{ELM}people/"))
    address = f"{ELM}people/{held.pk}/hand-everything/"
    assert "Choose somebody else" in text_of(ana.post(address, {"taker": bo.pk}))
    page = text_of(ana.post(address, {"taker": una.pk, "leaves": "on"}, follow=True))
    assert "Una Reyes has it now. Open items: " in page
    assert "“The story so far” on the site’s page" in page
    story = text_of(sign_in(una).get(f"{ELM}story/"))
    for words in ("the story so far", "What you have to do", "What has been reached", "Who does what", "Una Reyes"):
        assert words in story


def test_words_the_state_may_not_read_are_not_in_its_story(world, bo, sign_in):
    contacts.log_contact(world.elm, by=world.bo, now=world.now, note="She was upset.")
    assert "She was upset." in text_of(sign_in(world.ana).get(f"{ELM}story/"))
    assert "She was upset." not in text_of(sign_in(world.dee).get(f"{ELM}story/"))


def test_work_that_belongs_to_a_job_goes_on_following_the_job(world, bo, una):
    assigning.assign(
        [world.plan.pk], Choice(steps=frozenset(["leaders"])), to=Job("site_champion"), by=bo, now=world.now
    )
    open_items = PlanItem.objects.open().filter(assignee=bo).count()
    assert hand(world, bo, una).items == open_items > 0
    assert set(PlanItem.objects.open().filter(assignee=una).values_list("assigned_duty", flat=True)) == {
        "site_champion"
    }


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("job_first", [True, False])
def test_handing_over_waits_for_nobody_in_a_circle(world, una, job_first):
    elm, oak = world.plan, world.oak.plan
    at_job, at_item = (elm, oak) if job_first else (oak, elm)
    for who in (world.bo, una):
        join(who, Role.PRACTITIONER, world.project)
    duties.set_duty(at_job.site, "coach", holder=world.bo, by=world.ana, now=world.now)
    some = Choice(items=frozenset([at_item.items.open().first().pk]))
    assigning.assign([at_item.pk], some, to=world.bo, by=world.ana, now=world.now)

    def hand_all():
        return handing_over.hand_everything(world.project, world.bo, una, leaves=False, by=world.ana, now=world.now)

    def lock(plan):
        return lambda: list(Plan.objects.select_for_update(no_key=True).filter(pk=plan.pk))

    done = while_held(lock(elm), hand_all, lock(oak))  # as whoever assigns at both sites takes them
    assert (done.items, done.jobs) == (1, 1)
