import datetime as dt

import pytest

from accounts.models import User
from projects import assigning, duties, planning, who
from projects.choosing import Choice
from projects.duties import Holder
from projects.models import Duty, Membership, Role
from tests import small_roadmap
from tests.cast import join, new_site
from tests.projects.test_setting_up import PROJECT, text_of

pytestmark = pytest.mark.django_db
JOBS = f"{PROJECT}sites/elm-clinic/jobs/"


@pytest.fixture
def ash(world, monkeypatch):
    """A site of another project of Ana's, whose Roadmap names two jobs for sites. Bo is on its team."""
    actions = [(*row[:4], row[4] | ({"duty": "coach"} if row[1] == "train" else {})) for row in small_roadmap.ACTIONS]
    monkeypatch.setattr(small_roadmap, "ACTIONS", actions)
    project = planning.create_project(
        program=world.program,
        name="Two Jobs",
        ebi_name="Two jobs",
        version=small_roadmap.make_small_roadmap(key="two-jobs"),
        starts_on=dt.date(2025, 9, 1),
        lead=world.ana,
        by=world.dee,
        now=world.now,
    )
    [site] = planning.add_sites(project, [new_site("Ash Clinic")], by=world.ana, now=world.now)
    join(world.bo, Role.PRACTITIONER, site)
    return site


ASH = "/projects/two-jobs/sites/ash-clinic/jobs/"


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


def test_a_job_that_the_project_holds_is_not_called_open_at_a_site_that_left_it_so(world, ana):
    needed = who.needed_at(world.plan)
    duties.set_duties(world.project, {needed[0]: Holder(user=world.ana)}, by=world.ana, now=world.now)
    ana.post(JOBS, {f"who-{key}": "" for key in needed})
    page = text_of(ana.get(JOBS))
    assert f"As in the project: {world.ana}" in page
    assert page.count("No one since") == len(needed) - 1


def test_a_name_must_be_written_and_strangers_are_no_choice(world, ana):
    key = who.needed_at(world.plan)[0]
    assert "Write the name." in text_of(ana.post(JOBS, {f"who-{key}": "name"}))
    answer = ana.post(JOBS, {f"who-{key}": world.ed.pk})
    assert answer.status_code == 422
    assert not Duty.objects.exists()
    ana.post(JOBS, {f"who-{key}": "name", f"name-{key}": "Una", f"phone-{key}": "616-555-0100"})
    assert (Duty.objects.get(key=key).holder, Duty.objects.get(key=key).phone) == ("Una", "616-555-0100")


def shown(answer):
    """Return what a browser would send of the page as it stands."""
    form = answer.context["form"]
    return {field.html_name: "" if field.value() is None else str(field.value()) for field in form}


def test_who_saves_second_is_told_what_changed_and_keeps_what_was_chosen(world, ash, ana):
    champion, coach = "site_champion", "coach"
    duties.set_duties(ash, {coach: Holder(name="Jo", phone="616-555-0100")}, by=world.ana, now=world.now)
    of_ana = shown(ana.get(ASH))
    duties.set_duties(ash, {champion: Holder(name="Una", phone="1")}, by=world.dee, now=world.now)
    duties.set_duties(ash, {coach: Holder(name="Al")}, by=world.dee, now=world.now)
    answer = ana.post(ASH, of_ana | {f"who-{champion}": str(world.bo.pk)})
    assert answer.status_code == 409
    page = text_of(answer)
    assert "Dee Halvorsen has said who does what while you had this page open" in page
    assert "now Una, 1" in page
    assert "now Al" in page
    assert {duty.key: duty.holder for duty in Duty.objects.held()} == {champion: "Una", coach: "Al"}
    again = shown(answer)
    assert again[f"who-{champion}"] == str(world.bo.pk), "what was chosen stays"
    assert (again[f"who-{coach}"], again[f"name-{coach}"]) == ("name", "Al"), "what was not touched is as it stands now"
    assert ana.post(ASH, again).status_code == 302
    assert {duty.key: duty.holder for duty in Duty.objects.held()} == {champion: "Bo Lindqvist", coach: "Al"}


def test_two_who_say_the_same_are_no_conflict_and_nothing_said_is_none_either(world, ash, ana):
    of_ana = shown(ana.get(ASH))
    duties.set_duties(ash, {"site_champion": Holder(user=world.bo)}, by=world.dee, now=world.now)
    duties.set_duties(ash, {"coach": Holder()}, by=world.dee, now=world.now)
    assert ana.post(ASH, of_ana | {"who-site_champion": str(world.bo.pk)}).status_code == 302
    assert [duty.holder for duty in Duty.objects.held()] == ["Bo Lindqvist"]


def test_another_phone_is_a_change_too(world, ash, ana):
    said = {"by": world.dee, "now": world.now}
    duties.set_duties(ash, {"coach": Holder(name="Jo", phone="616-555-0100")}, **said)
    of_ana = shown(ana.get(ASH))
    duties.set_duties(ash, {"coach": Holder(name="Jo", phone="616-555-0199")}, **said)
    answer = ana.post(ASH, of_ana | {"who-site_champion": str(world.bo.pk)})
    assert answer.status_code == 409
    assert "now Jo, 616-555-0199" in text_of(answer)
    assert "Somebody has said who does what while you had this page open" in text_of(answer), "history does not say who"
    assert Duty.objects.get(key="coach").phone == "616-555-0199"


@pytest.mark.parametrize("how", ["closed", "only looks"])
def test_a_holder_who_cannot_do_it_any_more_is_shown_and_not_dropped_by_saving_another_job(world, ash, ana, how):
    duties.set_duties(ash, {"site_champion": Holder(user=world.bo)}, by=world.ana, now=world.now)
    if how == "closed":
        User.objects.filter(pk=world.bo.pk).update(is_active=False)
    else:
        Membership.objects.filter(user=world.bo).update(role="observer")
    page = ana.get(ASH)
    assert "Bo Lindqvist (cannot do it any more)" in text_of(page)
    assert ana.post(ASH, shown(page) | {"who-coach": "team"}).status_code == 302
    held = {duty.key: duty.holder for duty in Duty.objects.held()}
    assert held == {"site_champion": "Bo Lindqvist", "coach": "the project team"}
    assert ana.post(ASH, shown(page) | {"who-coach": str(world.bo.pk)}).status_code == 422


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
