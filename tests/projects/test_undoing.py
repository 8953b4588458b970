"""An act is taken back whole or not at all, and what cannot be taken back is said in words."""

import datetime as dt

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone

from accounts.models import Activity
from projects import amending, assigning, contacts, duties, progress, tailoring, undoing
from projects.assigning import Job
from projects.choosing import Choice
from projects.models import Duty, Fitting, Plan, PlanItem, Project, Role
from tests.cast import join, person

pytestmark = pytest.mark.django_db
LEADERS = Choice(steps=frozenset({"leaders"}))


def given_to(user):
    return PlanItem.objects.filter(assignee=user).count()


@pytest.fixture
def over_two_sites(world):
    """Ana has given herself a step at Elm and at Oak; the history's batch of it."""
    plans = [world.plan.pk, world.oak.plan.pk]
    return assigning.assign(plans, LEADERS, to=world.ana, by=world.ana, now=world.now).batch


def test_an_act_over_plans_of_which_some_may_no_longer_be_changed_is_not_undone_by_half(world, over_two_sites):
    before = given_to(world.ana)
    with pytest.raises(ValidationError, match="more than you can change now"):
        undoing.undo(over_two_sites, Plan.objects.filter(pk=world.plan.pk), by=world.ana, now=world.now)
    assert given_to(world.ana) == before
    undoing.undo(over_two_sites, Plan.objects.all(), by=world.ana, now=world.now)
    assert given_to(world.ana) == 0


def test_a_lead_who_is_only_at_one_site_now_undoes_nothing_elsewhere(world, over_two_sites, sign_in):
    world.ana.memberships.update(ended_at=timezone.now())
    join(world.ana, Role.PRACTITIONER, world.elm)
    before = given_to(world.ana)
    page = sign_in(world.ana).post(f"/undo/{over_two_sites}/", follow=True)
    assert "more than you can change now" in page.content.decode()
    assert given_to(world.ana) == before > 0


def test_who_belongs_nowhere_any_more_finds_nothing_to_undo(world, over_two_sites):
    with pytest.raises(ValidationError, match="nothing to undo"):
        undoing.undo(over_two_sites, Plan.objects.none(), by=world.ana, now=world.now)


def test_what_followed_a_job_is_not_taken_from_its_new_holder_while_the_job_stays(world):
    assigning.assign([world.plan.pk], LEADERS, to=Job("coach"), by=world.ana, now=world.now)
    duties.set_duty(world.elm, "coach", holder=world.bo, by=world.ana, now=world.now)
    batch = Activity.objects.get(verb="duty_given").batch
    before = given_to(world.bo)
    with pytest.raises(ValidationError, match="cannot be undone"):
        undoing.undo(batch, Plan.objects.all(), by=world.ana, now=world.now)
    assert given_to(world.bo) == before > 0
    assert Duty.objects.get().user == world.bo


def test_a_contact_that_was_logged_cannot_be_undone_and_the_page_says_so(world, sign_in):
    contacts.log_contact(world.elm, by=world.bo, now=world.now)
    batch = Activity.objects.get(verb="contact_logged").batch
    page = sign_in(world.bo).post(f"/undo/{batch}/", follow=True)
    assert page.status_code == 200
    assert "cannot be undone" in page.content.decode()


def test_a_teams_start_is_the_projects_and_is_not_undone_without_it(world):
    moved = dt.date(2025, 10, 6)
    amending.change_project(world.project, starts_on=moved, by=world.ana, now=world.now)
    batch = Activity.objects.get(verb="start_moved").batch
    with pytest.raises(ValidationError, match="cannot be undone"):
        undoing.undo(batch, Plan.objects.all(), by=world.ana, now=world.now)
    assert Project.objects.get(pk=world.project.pk).starts_on == moved
    assert Plan.objects.get(pk=world.team_plan.pk).starts_on == moved


def test_a_sites_start_is_put_back_where_it_was(world):
    amending.change_site(world.plan.site, starts_on=dt.date(2026, 2, 2), by=world.ana, now=world.now)
    batch = Activity.objects.get(verb="start_moved").batch
    undoing.undo(batch, Plan.objects.all(), by=world.ana, now=world.now)
    assert Plan.objects.get(pk=world.plan.pk).starts_on == world.now.date()


def test_who_no_longer_leads_cannot_take_back_work_given_as_a_lead(world, sign_in):
    batch = assigning.assign([world.plan.pk], LEADERS, to=world.bo, by=world.ana, now=world.now).batch
    world.ana.memberships.update(ended_at=timezone.now())
    join(world.ana, Role.PRACTITIONER, world.elm)
    before = given_to(world.bo)
    page = sign_in(world.ana).post(f"/undo/{batch}/", follow=True)
    assert "nothing to undo" in page.text
    assert given_to(world.bo) == before > 0


def test_a_site_team_member_takes_back_that_they_took_something(world, sign_in):
    item = world.plan.items.get(key="meet")
    batch = assigning.take(world.plan, item.pk, by=world.bo, now=world.now).batch
    sign_in(world.bo).post(f"/undo/{batch}/")
    assert given_to(world.bo) == 0


def test_work_is_not_given_back_to_somebody_who_can_no_longer_sign_in(world):
    assigning.assign([world.plan.pk], LEADERS, to=world.bo, by=world.ana, now=world.now)
    batch = assigning.assign([world.plan.pk], LEADERS, to=world.ana, by=world.ana, now=world.now).batch
    world.bo.is_active = False
    world.bo.save()
    with pytest.raises(ValidationError, match="can no longer sign in"):
        undoing.undo(batch, Plan.objects.all(), by=world.ana, now=world.now)
    assert given_to(world.ana) > 0 == given_to(world.bo)


def test_what_was_undone_is_no_news(world):
    later = world.now + dt.timedelta(days=40)
    heard = world.plan.last_progress_at
    done = progress.set_done(
        world.plan, world.plan.items.get(key="interest").pk, by=world.bo, now=later, actions_too=True
    )
    world.plan.refresh_from_db()
    assert world.plan.last_progress_at == later
    undoing.undo(done.batch, Plan.objects.all(), by=world.bo, now=later)
    world.plan.refresh_from_db()
    assert world.plan.last_progress_at == heard


def test_news_that_came_after_what_is_undone_stays_news(world):
    first = progress.set_done(world.plan, world.plan.items.get(key="meet").pk, by=world.bo, now=world.now)
    later = world.now + dt.timedelta(days=4)
    progress.set_done(world.plan, world.plan.items.get(key="tell").pk, by=world.bo, now=later)
    undoing.undo(first.batch, Plan.objects.all(), by=world.bo, now=later)
    world.plan.refresh_from_db()
    assert world.plan.last_progress_at == later


def test_work_put_back_to_a_job_goes_to_whoever_has_the_job_by_now(world):
    una = person("Una Reyes")
    join(una, Role.PRACTITIONER, world.elm)
    duties.set_duty(world.elm, "coach", holder=world.bo, by=world.ana, now=world.now)
    assigning.assign([world.plan.pk], LEADERS, to=Job("coach"), by=world.ana, now=world.now)
    batch = assigning.assign([world.plan.pk], LEADERS, to=world.ana, by=world.ana, now=world.now).batch
    duties.set_duty(world.elm, "coach", holder=una, by=world.ana, now=world.now)
    undoing.undo(batch, Plan.objects.all(), by=world.ana, now=world.now)
    assert given_to(una) > 0 == given_to(world.bo)


def test_a_gate_that_a_lead_set_aside_is_not_brought_back_by_who_no_longer_leads(world, sign_in):
    gate = world.plan.items.get(item__gate=True, plan_step__phase="pre_implementation")
    batch = tailoring.set_applicable(
        world.plan, gate.pk, False, reason="Other way", may_pass_gates=True, by=world.ana, now=world.now
    ).batch
    world.ana.memberships.update(ended_at=timezone.now())
    join(world.ana, Role.PRACTITIONER, world.elm)
    assert "nothing to undo" in sign_in(world.ana).post(f"/undo/{batch}/", follow=True).text
    gate.refresh_from_db()
    assert not gate.applicable


def test_what_sites_to_come_begin_with_is_not_ended_by_who_no_longer_leads(world, sign_in):
    change = tailoring.Change(tailoring.Kind.ASIDE, "meet", reason="Other way")
    batch = tailoring.fit([world.plan.pk], change, keep_for="", by=world.ana, now=world.now).batch
    world.ana.memberships.update(ended_at=timezone.now())
    join(world.ana, Role.PRACTITIONER, world.elm)
    sign_in(world.ana).post(f"/undo/{batch}/")
    assert Fitting.objects.kept().filter(batch=batch).exists()
