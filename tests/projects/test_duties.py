import datetime as dt

import pytest
from django.core.exceptions import ValidationError

from accounts.models import Activity
from projects import assigning, duties, planning
from projects.assigning import Job
from projects.choosing import Choice
from projects.duties import Holder
from projects.help_rules import JOB_OPEN, reasons_of
from projects.models import Duty, Plan, Role
from projects.recount import help_day
from tests.cast import join, person
from tests.together import while_held

pytestmark = pytest.mark.django_db
DAY = dt.timedelta(days=1)


@pytest.fixture
def today(world):
    return world.program.today(world.now)


@pytest.fixture
def say(world):
    """Give what Ana says about jobs at a place: `say(site, coach=Holder(...))`, some days later."""

    def do(target, later=0, **wanted):
        return duties.set_duties(target, wanted, by=world.ana, now=world.now + later * DAY)

    return do


def plan_of(site):
    return Plan.objects.select_related("site", "program").get(site=site)


def test_a_job_goes_to_a_person_a_name_the_team_or_no_one_yet(world, say):
    say(world.elm, site_champion=Holder(user=world.bo), coach=Holder(team=True))
    assert {duty.key: duty.holder for duty in Duty.objects.all()} == {
        "site_champion": "Bo Lindqvist",
        "coach": "the project team",
    }
    say(world.elm, coach=Holder())
    assert [duty.key for duty in Duty.objects.open()] == ["coach"]
    assert Duty.objects.get(key="coach").holder == ""


def test_a_job_that_nobody_has_makes_a_site_need_help_after_the_programs_days(world, say, today):
    planning.start_site(world.elm, by=world.ana, now=world.now)
    say(world.elm, coach=Holder())
    plan = plan_of(world.elm)
    assert plan.duty_open_since == today
    assert plan.needs_help_from == help_day(plan)
    assert JOB_OPEN not in [reason.kind for reason in reasons_of(plan, today + 13 * DAY)]
    [reason] = [reason for reason in reasons_of(plan, today + 20 * DAY) if reason.kind == JOB_OPEN]
    assert (reason.days, reason.counts, reason.sentence) == (20, True, "A job has no one for 20 days")
    say(world.elm, coach=Holder(name="Jo"), later=20)
    assert plan_of(world.elm).duty_open_since is None


def test_saying_again_that_no_one_has_it_keeps_the_day(world, say, today):
    say(world.elm, coach=Holder())
    say(world.elm, coach=Holder(), later=9)
    assert Duty.objects.get().since_on == today
    assert plan_of(world.elm).duty_open_since == today


def test_the_projects_holder_fills_the_gap_of_its_sites(world, say):
    say(world.elm, coach=Holder())
    say(world.project, coach=Holder(name="Jo"))
    assert plan_of(world.elm).duty_open_since is None
    say(world.project, coach=Holder())
    assert plan_of(world.elm).duty_open_since is not None
    assert not Duty.objects.filter(project=world.project).exists()


def test_an_unfilled_job_never_falls_to_the_champion(world, say):
    say(world.elm, site_champion=Holder(user=world.bo), coach=Holder())
    assert not plan_of(world.elm).items.filter(assignee=world.bo).exists()


def test_all_or_nothing_is_written(world, say):
    with pytest.raises(ValidationError, match="does not name this job"):
        say(world.elm, coach=Holder(name="Jo"), juggler=Holder(name="Jo"))
    world.bo.is_active = False
    world.bo.save()
    with pytest.raises(ValidationError, match="can no longer sign in"):
        say(world.elm, coach=Holder(name="Jo"), site_champion=Holder(user=world.bo))
    assert not Duty.objects.exists()


def test_who_only_looks_takes_no_job(world):
    with pytest.raises(ValidationError, match="may only look"):
        duties.set_duty(world.elm, "coach", holder=world.vi, by=world.ana, now=world.now)
    assert not Duty.objects.exists()


def test_a_job_that_goes_to_somebody_of_the_same_name_is_in_the_history(world, say):
    twin = person("Bo Lindqvist", email="other-bo@example.org")
    join(twin, Role.PRACTITIONER, world.elm)
    say(world.elm, site_champion=Holder(user=world.bo))
    say(world.elm, later=3, site_champion=Holder(user=twin))
    assert [row.person for row in Activity.objects.filter(verb="duty_given").order_by("pk")] == [world.bo, twin]
    assert Duty.objects.get().since_on == (world.now + 3 * DAY).date()


@pytest.mark.django_db(transaction=True)
def test_work_given_to_a_job_while_the_projects_holder_changes_follows_the_new_one(world):
    by = {"by": world.ana, "now": world.now}
    coach = person("Una Reyes")
    join(coach, Role.LEAD, world.project)
    duties.set_duty(world.project, "coach", holder=world.ana, **by)
    while_held(
        lambda: assigning.assign([world.plan.pk], Choice(steps=frozenset(["leaders"])), to=Job("coach"), **by),
        lambda: duties.set_duty(world.project, "coach", holder=coach, **by),
        lambda: None,
    )
    given = world.plan.items.filter(assigned_duty="coach")
    assert {item.assignee for item in given} == {coach}
