"""The pages on which a lead fits plans to their sites."""

import pytest

from projects import planning
from projects.models import Fitting, PlanItem
from tests.cast import new_site

pytestmark = pytest.mark.django_db


@pytest.fixture
def ana(world, sign_in):
    return sign_in(world.ana)


@pytest.fixture
def school(world):
    [site] = planning.add_sites(world.project, [new_site("Low School", setting="school")], by=world.ana, now=world.now)
    return site


def fit_url(world, key="billing", plan=None):
    plan = plan or world.plan
    return plan.url("item_fit", pk=plan.items.get(key=key).pk)


def page(response):
    return response.content.decode()


def send(ana, url, **said):
    """Send the form as its page makes it."""
    token = ana.get(url).context["token"]
    return ana.post(url, {"token": token, "to_come": "here", **said})


def test_a_change_here_alone_is_made_at_once_and_the_plan_shows_it(world, ana):
    answer = send(ana, fit_url(world, "briefing"), kind="words", text="Talk with the board")
    assert answer.status_code == 302
    shown = page(ana.get(answer["Location"].split("#")[0]))
    assert "Talk with the board" in shown
    assert "Worded for this site" in shown
    row = page(ana.get(world.plan.url("item", pk=world.plan.items.get(key="briefing").pk)))
    assert "The Roadmap says:" in row
    assert "Leader briefing held" in row
    assert "Undo" in shown


def test_the_same_elsewhere_is_shown_first_then_done_once_and_undone_whole(world, ana, school):
    url = fit_url(world)
    said = {"kind": "aside", "reason": "The State pays.", "plans": [world.oak.plan.pk, school.plan.pk]}
    preview = send(ana, url, **said, to_come="like")
    assert preview.status_code == 200
    assert "2 plans will change." in page(preview)
    assert "This is not in the plan here." in page(preview)  # billing is not for schools
    assert not PlanItem.objects.filter(key="billing", applicable=False).exists()
    token = preview.context["token"]
    applied = {**said, "to_come": "like", "stage": "apply", "token": token}
    done = ana.post(url, applied)
    again = ana.post(url, applied)
    assert again.status_code == 302
    assert PlanItem.objects.filter(key="billing", applicable=False).count() == 2
    assert Fitting.objects.get().setting == "fqhc"
    shown = ana.get(done["Location"])
    assert "2 plans are changed:" in page(shown)
    ana.post(f"/undo/{shown.context['batch']}/")
    assert not PlanItem.objects.filter(key="billing", applicable=False).exists()
    assert not Fitting.objects.kept().exists()


def test_an_own_row_is_added_and_marked(world, ana):
    url = world.plan.url("step_own", step="leaders")
    answer = send(ana, url, item_kind="milestone", text="Board votes yes", weeks="10")
    shown = page(ana.get(answer["Location"].split("#")[0]))
    assert "Board votes yes" in shown
    assert "This site&#x27;s own" in shown
    twice = ana.post(url, {"token": ana.get(url).context["token"], "item_kind": "action", "text": "x"})
    assert twice.status_code == 302


def test_a_form_sent_twice_adds_one_row(world, ana):
    url = world.plan.url("step_own", step="leaders")
    said = {"token": ana.get(url).context["token"], "item_kind": "action", "text": "Ask the board", "to_come": "here"}
    assert [ana.post(url, said).status_code for _time in range(2)] == [302, 302]
    assert PlanItem.objects.filter(own_text="Ask the board").count() == 1


@pytest.mark.parametrize(
    ("said", "words"),
    [
        ({}, "Choose one."),
        ({"kind": "aside", "reason": " "}, "Say in a few words why it does not apply."),
        ({"kind": "aside", "reason": "x" * 301}, "Keep it under 300 characters."),
        ({"kind": "words", "text": "y" * 10_000}, "Keep it under 300 characters."),
        ({"kind": "moved", "days": "0"}, "Type a number of days other than 0."),
        ({"kind": "moved", "days": "-600"}, "Choose dates from"),
        ({"kind": "taken_out"}, "Select a valid choice"),
        ({"kind": "aside", "reason": "So.", "plans": ["999999"]}, "Choose sites from the list."),
    ],
)
def test_what_cannot_be_done_is_said_and_changes_nothing(world, ana, said, words):
    before = list(PlanItem.objects.values())
    answer = send(ana, fit_url(world, "briefing"), **said)
    assert answer.status_code == 422
    assert words in page(answer)
    assert list(PlanItem.objects.values()) == before


def test_sites_of_another_project_cannot_be_chosen(world, ana):
    answer = send(ana, fit_url(world), kind="aside", reason="So.", plans=[world.other_site.plan.pk], stage="apply")
    assert answer.status_code == 422
    assert PlanItem.objects.filter(applicable=False).exclude(key="exited").count() == 0


def test_who_comes_second_is_told_that_it_is_like_that_already(world, ana):
    url = fit_url(world)
    first, second = (ana.get(url).context["token"] for _time in range(2))
    said = {"kind": "aside", "reason": "The State pays.", "to_come": "here"}
    assert ana.post(url, {**said, "token": first}).status_code == 302
    late = ana.post(url, {**said, "token": second})
    assert late.status_code == 409
    assert "It does not apply here already." in page(late)


def test_the_project_lists_what_new_sites_begin_with_and_ends_it(world, ana):
    list_url = f"/projects/{world.project.slug}/fitted/"
    assert "Nothing is kept yet" in page(ana.get(list_url))
    url = fit_url(world, "briefing")
    preview = send(ana, url, kind="words", text="Talk with the board", to_come="every")
    said = {"kind": "words", "text": "Talk with the board", "to_come": "every", "stage": "apply"}
    ana.post(url, {**said, "token": preview.context["token"]})
    shown = page(ana.get(list_url))
    assert "Leader briefing held" in shown
    assert "Other words: Talk with the board" in shown
    kept = Fitting.objects.get()
    ana.post(f"{list_url}{kept.pk}/end/")
    assert "Nothing is kept yet" in page(ana.get(list_url))
    assert PlanItem.objects.filter(own_text="Talk with the board").exists()


def test_the_team_may_not_fit_but_sees_what_was_changed(world, ana, sign_in):
    send(ana, fit_url(world, "briefing"), kind="words", text="Talk with the board")
    bo = sign_in(world.bo)
    assert bo.get(fit_url(world, "briefing")).status_code == 403
    row = page(bo.get(world.plan.url("item", pk=world.plan.items.get(key="briefing").pk)))
    assert "The Roadmap says:" in row
    assert "Fit to this site" not in row
    assert "Ana Brandt" in row  # in its history


def test_an_own_row_is_offered_to_other_sites_and_to_those_to_come_afterwards(world, ana):
    add = world.plan.url("step_own", step="leaders")
    send(ana, add, item_kind="action", text="Ask the board", weeks="2")
    key = world.plan.items.get(own_text="Ask the board").key
    url = fit_url(world, key)
    nowhere = send(ana, url, kind="own")
    assert nowhere.status_code == 422
    assert "Choose the sites, or sites added later." in page(nowhere)
    said = {"kind": "own", "plans": [world.oak.plan.pk], "to_come": "like"}
    preview = send(ana, url, **said)
    assert "It is in the plan here already." in page(preview)
    ana.post(url, {**said, "stage": "apply", "token": preview.context["token"]})
    assert PlanItem.objects.filter(key=key, removed=False, offset_days=14).count() == 2
    [ash] = planning.add_sites(world.project, [new_site("Ash Clinic")], by=world.ana, now=world.now)
    assert ash.plan.items.get(key=key).text == "Ask the board"


def test_what_the_site_has_already_can_be_kept_for_sites_to_come(world, ana):
    url = fit_url(world, "briefing")
    said = {"kind": "words", "text": "Talk with the board"}
    send(ana, url, **said)
    preview = send(ana, url, **said, to_come="every")
    assert "Keep it for sites added later" in page(preview)
    ana.post(url, {**said, "to_come": "every", "stage": "apply", "token": preview.context["token"]})
    assert Fitting.objects.kept().get().text == "Talk with the board"
