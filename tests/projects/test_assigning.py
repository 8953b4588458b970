import datetime as dt

import pytest
from django.core.exceptions import ValidationError

from accounts.models import Activity
from projects import assigning, duties, planning, progress, undoing
from projects.assigning import Job
from projects.choosing import Choice
from projects.models import Duty, Membership, Plan, PlanItem, Role
from tests.cast import join, new_site, person
from tests.statements import counted

pytestmark = pytest.mark.django_db
LEADERS = Choice(steps=frozenset({"leaders"}))


def assign(world, to, choice=LEADERS, *, plans=None, **more):
    plans = plans or [world.plan]
    return assigning.assign(
        [plan.pk for plan in plans], choice, to=to, by=more.pop("by", world.ana), now=world.now, **more
    )


def keys_of(user, plan):
    return set(plan.items.filter(assignee=user).values_list("key", flat=True))


def hold(user, key, site):
    return Duty.objects.create(key=key, site=site, user=user, since_on=dt.date(2026, 1, 1))


def rows():
    return [
        list(PlanItem.objects.order_by("pk").values("assignee", "assigned_duty", "assigned_at", "due_on")),
        Activity.objects.count(),
    ]


def test_a_whole_step_goes_to_a_person(world):
    outcome = assign(world, world.bo)
    assert keys_of(world.bo, world.plan) == {"interest", "briefing", "signed", "meet", "tell"}
    assert outcome.changes == 5
    assert world.plan.steps.get(key="leaders").assignee == world.bo


def test_done_items_stay_with_whoever_had_them(world):
    progress.set_done(world.plan, world.plan.items.get(key="interest").pk, by=world.bo, now=world.now)
    outcome = assign(world, world.bo)
    assert "interest" not in keys_of(world.bo, world.plan)
    assert (outcome.changes, outcome.done) == (4, 1)


def test_a_dry_run_tells_the_same_and_writes_nothing(world):
    before = rows()
    dry = assign(world, world.bo, dry_run=True)
    assert rows() == before
    assert world.plan.steps.get(key="leaders").assignee is None
    wet = assign(world, world.bo)
    assert [(line.item.pk, line.before, line.after) for line in dry.parts[0].lines] == [
        (line.item.pk, line.before, line.after) for line in wet.parts[0].lines
    ]


def test_where_the_person_is_not_on_the_team_nothing_changes_and_it_says_so(world):
    outcome = assign(world, world.bo, plans=[world.plan, world.oak.plan])
    assert [part.plan.site for part in outcome.changing] == [world.elm]
    assert [part.reason for part in outcome.staying] == ["Bo Lindqvist is not on the team here."]
    assert not keys_of(world.bo, world.oak.plan)


def test_the_projects_lead_can_be_given_work_at_every_site_and_in_the_teams_plan(world):
    outcome = assign(
        world,
        world.ana,
        Choice(steps=frozenset({"leaders", "team"})),
        plans=[world.plan, world.oak.plan, world.team_plan],
    )
    assert len(outcome.changing) == 3
    assert keys_of(world.ana, world.team_plan) == {"measures", "pick"}


def test_people_who_only_look_on_are_not_given_work(world):
    assert set(assigning.people_of(world.plan)) == {world.bo, world.ana}
    assert not assign(world, world.vi).changes


def test_an_ended_membership_counts_no_more(world):
    Membership.objects.filter(user=world.bo).update(ended_at=world.now)
    assert set(assigning.people_of(world.plan)) == {world.ana}
    assert not assign(world, world.bo).changes


def test_somebody_who_can_no_longer_sign_in_is_refused_in_words(world):
    world.bo.is_active = False
    world.bo.save()
    before = rows()
    with pytest.raises(ValidationError, match="Bo Lindqvist can no longer sign in"):
        assign(world, world.bo)
    assert rows() == before


def test_a_job_goes_to_whoever_holds_it_at_each_site(world):
    jo = person("Jo Berg")
    join(jo, Role.PRACTITIONER, world.oak)
    hold(world.bo, "site_champion", world.elm)
    hold(jo, "site_champion", world.oak)
    outcome = assign(world, Job("site_champion"), plans=[world.plan, world.oak.plan])
    assert len(keys_of(world.bo, world.plan)) == len(keys_of(jo, world.oak.plan)) == 5
    assert [part.holder for part in outcome.parts] == ["Bo Lindqvist", "Jo Berg"]
    assert set(world.plan.items.exclude(assigned_duty="").values_list("assigned_duty", flat=True)) == {"site_champion"}


def test_a_job_that_nobody_holds_keeps_the_work_for_whoever_will(world):
    outcome = assign(world, Job("coach"))
    assert outcome.parts[0].holder == "no one yet"
    item = world.plan.items.get(key="briefing")
    assert (item.assignee, item.assigned_duty) == (None, "coach")


def test_a_job_held_by_a_name_without_account_says_the_name(world):
    Duty.objects.create(key="coach", site=world.elm, name="Jo Lindqvist", since_on=dt.date(2026, 1, 1))
    outcome = assign(world, Job("coach"))
    assert outcome.parts[0].lines[0].after == "Coach (Jo Lindqvist)"


def test_where_a_site_has_no_holder_of_its_own_the_projects_holder_gets_the_work(world):
    Duty.objects.create(key="coach", project=world.project, user=world.ana, since_on=dt.date(2026, 1, 1))
    hold(world.bo, "coach", world.elm)
    outcome = assign(world, Job("coach"), plans=[world.plan, world.oak.plan, world.team_plan])
    assert [part.holder for part in outcome.parts] == ["Ana Brandt", "Bo Lindqvist", "Ana Brandt"]


def test_work_follows_the_projects_holder_to_every_site_without_one_of_its_own(world):
    hold(world.bo, "coach", world.elm)
    assign(world, Job("coach"), plans=[world.plan, world.oak.plan])
    duties.set_duty(world.project, "coach", holder=world.ana, by=world.ana, now=world.now)
    assert len(keys_of(world.ana, world.oak.plan)) == len(keys_of(world.bo, world.plan)) == 5
    duties.set_duty(world.project, "coach", by=world.ana, now=world.now)
    assert not keys_of(world.ana, world.oak.plan)


def test_a_job_whose_holder_left_is_nobodys_yet(world):
    hold(world.bo, "coach", world.elm)
    world.bo.is_active = False
    world.bo.save()
    assert assign(world, Job("coach")).parts[0].holder == "no one yet"
    assert not keys_of(world.bo, world.plan)


def test_assigning_again_changes_nothing(world):
    assign(world, world.bo)
    before = rows()
    outcome = assign(world, world.bo)
    assert (outcome.changes, outcome.same) == (0, 5)
    assert outcome.parts[0].reason == "Nothing changes: it is like this already."
    assert rows() == before


def test_giving_to_nobody_takes_it_from_its_owner(world):
    assign(world, world.bo)
    assign(world, None)
    assert not keys_of(world.bo, world.plan)
    assert world.plan.steps.get(key="leaders").assignee is None


def test_one_undo_takes_everything_back_at_every_site(world):
    assign(world, world.ana, plans=[world.plan])
    before = rows()[0]
    outcome = assign(world, Job("coach"), plans=[world.plan, world.oak.plan])
    undoing.undo(outcome.batch, Plan.objects.all(), by=world.ana, now=world.now)
    assert rows()[0] == before
    assert world.plan.steps.get(key="leaders").assignee == world.ana


def test_ids_of_another_plan_choose_nothing(world):
    foreign = world.other_site.plan.items.get(key="briefing").pk
    before = rows()
    assign(world, world.ana, Choice(items=frozenset({foreign, 10**9})))
    assert rows() == before


def test_history_says_to_whom(world):
    assign(world, world.bo, Choice(items=frozenset({world.plan.items.get(key="briefing").pk})))
    row = Activity.objects.get(verb="assigned")
    assert (row.actor, row.label, row.person, row.for_label) == (world.ana, "Leader briefing held", world.bo, "")


def test_assigning_is_not_news_from_the_site(world):
    assign(world, world.bo)
    world.plan.refresh_from_db()
    assert world.plan.last_progress_at is None


def take(world, by, key="briefing"):
    return assigning.take(world.plan, world.plan.items.get(key=key).pk, by=by, now=world.now)


def test_an_item_that_nobody_has_can_be_taken(world):
    take(world, world.bo)
    take(world, world.bo)
    assert keys_of(world.bo, world.plan) == {"briefing"}
    assert Activity.objects.filter(verb="assigned").count() == 1


def test_an_item_of_somebody_else_cannot_be_taken(world):
    take(world, world.ana)
    with pytest.raises(ValidationError, match="Ana Brandt has this already"):
        take(world, world.bo)
    assert keys_of(world.ana, world.plan) == {"briefing"}


def test_an_item_of_somebody_who_left_can_be_taken(world):
    take(world, world.ana)
    world.ana.is_active = False
    world.ana.save()
    take(world, world.bo)
    assert keys_of(world.bo, world.plan) == {"briefing"}


def test_a_done_item_cannot_be_taken(world):
    progress.set_done(world.plan, world.plan.items.get(key="briefing").pk, by=world.ana, now=world.now)
    with pytest.raises(ValidationError, match="not open any more"):
        take(world, world.bo)


def test_only_ones_own_item_is_given_back(world):
    item = take(world, world.bo).item
    assigning.give_back(world.plan, item.pk, by=world.ana, now=world.now)
    assert keys_of(world.bo, world.plan) == {"briefing"}
    assigning.give_back(world.plan, item.pk, by=world.bo, now=world.now)
    assert not keys_of(world.bo, world.plan)


def test_an_item_of_another_plan_cannot_be_taken(world):
    with pytest.raises(PlanItem.DoesNotExist):
        assigning.take(world.plan, world.oak.plan.items.first().pk, by=world.bo, now=world.now)


def test_what_belongs_to_people_who_left_is_told(world):
    assert assigning.left_behind(world.project.plans.all()) == []
    assign(world, world.bo)
    take(world, world.ana, key="approved")
    progress.set_done(world.plan, world.plan.items.get(key="meet").pk, by=world.bo, now=world.now)
    world.bo.is_active = False
    world.bo.save()
    assert assigning.left_behind(world.project.plans.all()) == [(world.bo, 4)]


def test_somebody_who_is_off_the_team_counts_as_left_though_they_can_sign_in(world):
    assign(world, world.bo)
    Membership.objects.filter(user=world.bo).update(ended_at=world.now)
    assert assigning.left_behind(world.project.plans.all()) == [(world.bo, 5)]


def test_everything_that_somebody_left_goes_to_another(world):
    assign(world, world.bo)
    world.bo.is_active = False
    world.bo.save()
    assign(world, world.ana, Choice(held_by=world.bo.pk))
    assert assigning.left_behind(world.project.plans.all()) == []
    assert len(keys_of(world.ana, world.plan)) == 5


def test_many_sites_cost_no_more_statements_than_few(world):
    names = [f"Clinic {number}" for number in range(50)]
    sites = planning.add_sites(world.project, [new_site(name) for name in names], by=world.ana, now=world.now)
    choice = Choice(steps=frozenset({"leaders"}))

    def cost(some, **more):
        with counted() as found:
            assign(world, world.ana, choice, plans=[site.plan for site in some], **more)
        return len(found)

    assert cost(sites[:3], dry_run=True) == cost(sites, dry_run=True) <= 6
    batches = 8  # of items, steps and lines of history; SQLite takes few values a statement
    assert cost(sites) <= cost([world.oak]) + batches
