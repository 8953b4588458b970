import datetime as dt

import pytest

from projects import assigning, duties, planning, who
from projects.choosing import Choice
from projects.duties import Holder
from projects.models import Duty
from tests.cast import new_site
from tests.projects.test_setting_up import PROJECT, text_of

pytestmark = pytest.mark.django_db
JOBS = f"{PROJECT}sites/elm-clinic/jobs/"


@pytest.fixture
def ana(world, sign_in):
    return sign_in(world.ana)


def test_every_job_of_the_roadmap_is_asked_for_and_saved_together(world, ana):
    needed = who.needed_at(world.plan)
    page = text_of(ana.get(JOBS))
    assert page.count('name="who-') == len(needed)
    said = {f"who-{key}": "" for key in needed} | {"who-site_champion": world.bo.pk}
    assert ana.post(JOBS, said).status_code == 302
    held = {duty.key: duty.holder for duty in Duty.objects.filter(site=world.elm)}
    assert held == {**dict.fromkeys(needed, ""), "site_champion": "Bo Lindqvist"}


def test_a_name_must_be_written_and_strangers_are_no_choice(world, ana):
    key = who.needed_at(world.plan)[0]
    assert "Write the name." in text_of(ana.post(JOBS, {f"who-{key}": "name"}))
    answer = ana.post(JOBS, {f"who-{key}": world.ed.pk})
    assert answer.status_code == 422
    assert not Duty.objects.exists()
    ana.post(JOBS, {f"who-{key}": "name", f"name-{key}": "Una", f"phone-{key}": "616-555-0100"})
    assert (Duty.objects.get(key=key).holder, Duty.objects.get(key=key).phone) == ("Una", "616-555-0100")


def test_start_says_which_jobs_have_no_one(world, ana):
    [ash] = planning.add_sites(world.project, [new_site("Ash Clinic")], by=world.ana, now=world.now)
    assert "no one here yet" in text_of(ana.get(f"{PROJECT}sites/ash-clinic/start/"))
    answers = {key: Holder(team=True) for key in who.needed_at(ash.plan)}
    duties.set_duties(ash, answers, by=world.ana, now=world.now)
    assert "Every job of the Roadmap has somebody." in text_of(ana.get(f"{PROJECT}sites/ash-clinic/start/"))


def test_a_lead_sees_all_open_jobs_in_one_list(world, ana):
    duties.set_duties(world.elm, {"site_champion": Holder()}, by=world.ana, now=world.now)
    [elm] = [gap for gap in who.gaps_in(world.project) if gap.site == world.elm]
    assert [since for _name, since in elm.said] == [world.now.date()]
    assert "No one yet" in text_of(ana.get(f"{PROJECT}jobs/"))
    duties.set_duties(world.project, {"site_champion": Holder(user=world.ana)}, by=world.ana, now=world.now)
    assert not any(gap.said for gap in who.gaps_in(world.project))


def test_load_is_counted_per_person_at_active_sites(world):
    planning.start_site(world.elm, by=world.ana, now=world.now)
    choice = Choice(steps=frozenset(["leaders"]))
    plans = [world.plan.pk, world.oak.plan.pk]
    assigning.assign(plans, choice, to=world.bo, by=world.ana, now=world.now)
    today = dt.date(2027, 1, 5)
    [load] = who.loads_in(world.project, today)
    assert load.person == world.bo
    assert load.sites == 1, "a site that is setting up is not counted"
    assert load.open >= load.late > 0


def test_the_page_takes_as_many_statements_for_many_sites(world, ana, django_assert_max_num_queries):
    by = {"by": world.ana, "now": world.now}
    planning.add_sites(world.project, [new_site(f"Clinic {number}") for number in range(12)], **by)
    ana.get(f"{PROJECT}jobs/")
    with django_assert_max_num_queries(12):
        assert text_of(ana.get(f"{PROJECT}jobs/")).count("data-row") >= 12
