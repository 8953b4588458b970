"""The pages on which a lead fits plans to their sites."""

import pytest

from projects import planning, progress, tailoring
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


def same_url(world, key, kind):
    return world.plan.url("item_same", pk=world.plan.items.get(key=key).pk, kind=kind)


def page(response):
    return response.content.decode()


def send(ana, url, **said):
    """Send the form as its page makes it."""
    token = ana.get(url).context["token"]
    return ana.post(url, {"token": token, "to_come": "here", **said})


def test_a_change_here_alone_is_made_at_once_and_the_plan_shows_it(world, ana):
    answer = send(ana, fit_url(world, "briefing"), kind="words", text="Talk with the board")
    assert answer.status_code == 302
    offer = page(ana.get(answer["Location"]))
    assert "Undo" in offer
    assert "Do the same at other sites" in offer
    assert f'value="{world.oak.plan.pk}" id="plan-{world.oak.plan.pk}" checked' in offer  # of the same setting
    shown = page(ana.get(world.plan.get_absolute_url()))
    assert "Talk with the board" in shown
    assert "Worded for this site" in shown
    row = page(ana.get(world.plan.url("item", pk=world.plan.items.get(key="briefing").pk)))
    assert "The Roadmap says:" in row
    assert "Leader briefing held" in row
    assert "Use these words at other sites" in row


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
    assert "Sites of this setting that are added later begin with it: Federally qualified" in page(shown)
    ana.post(f"/undo/{shown.context['batch']}/")
    assert not PlanItem.objects.filter(key="billing", applicable=False).exists()
    assert not Fitting.objects.kept().exists()


def test_an_own_row_is_added_and_marked(world, ana):
    url = world.plan.url("step_own", step="leaders")
    answer = send(ana, url, item_kind="milestone", text="Board votes yes", weeks="10")
    assert "It is this site’s own." in page(ana.get(answer["Location"]))
    shown = page(ana.get(world.plan.get_absolute_url()))
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
    url = same_url(world, key, "own")
    nowhere = send(ana, url)
    assert nowhere.status_code == 422
    assert "Choose sites, or sites added later." in page(nowhere)
    said = {"plans": [world.oak.plan.pk], "to_come": "like"}
    preview = send(ana, url, **said)
    assert "1 plan will change." in page(preview)
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


def test_what_was_set_aside_on_the_plan_can_be_set_aside_at_sites_like_it(world, ana, school):
    pk = world.plan.items.get(key="billing").pk
    tailoring.set_applicable(world.plan, pk, False, reason="The State pays.", by=world.bo, now=world.now)
    assert "Set it aside at other sites" in page(ana.get(world.plan.url("item", pk=pk)))
    url = same_url(world, "billing", "aside")
    asked = page(ana.get(url))
    assert "It does not apply here: The State pays." in asked
    assert f'value="{school.plan.pk}" id="plan-{school.plan.pk}">' in asked  # of another setting: not ticked
    said = {"plans": [world.oak.plan.pk]}
    preview = send(ana, url, **said)
    done = ana.post(url, {**said, "to_come": "here", "stage": "apply", "token": preview.context["token"]})
    assert world.oak.plan.items.get(key="billing").not_applicable_reason == "The State pays."
    ana.post(f"/undo/{ana.get(done['Location']).context['batch']}/")
    assert world.oak.plan.items.get(key="billing").applicable
    assert not world.plan.items.get(key="billing").applicable


def test_what_somebody_put_back_meanwhile_is_not_done_elsewhere(world, ana):
    send(ana, fit_url(world, "briefing"), kind="words", text="Talk with the board")
    url = same_url(world, "briefing", "words")
    token = ana.get(url).context["token"]
    send(ana, fit_url(world, "briefing"), kind="words", text="")
    late = ana.post(url, {"token": token, "plans": [world.oak.plan.pk], "stage": "apply"}, follow=True)
    assert "This is not different here any more." in page(late)
    assert not PlanItem.objects.exclude(own_text="").exists()
    assert ana.get(same_url(world, "briefing", "nonsense")).status_code == 404


@pytest.mark.parametrize("plans", [["999999"], ["x"], ["own"]])
def test_the_same_is_refused_at_sites_that_are_not_the_projects(world, ana, plans):
    send(ana, fit_url(world, "briefing"), kind="words", text="Talk with the board")
    plans = [world.other_site.plan.pk] if plans == ["own"] else plans
    answer = send(ana, same_url(world, "briefing", "words"), plans=plans, stage="apply")
    assert answer.status_code == 422
    assert "Choose sites from the list." in page(answer)
    assert PlanItem.objects.exclude(own_text="").count() == 1


@pytest.mark.parametrize("more", [{}, {"to_come": "every"}])
def test_a_page_that_somebody_overtook_changes_nothing(world, ana, more):
    url = fit_url(world, "briefing")
    slow = ana.get(url).context
    send(ana, url, kind="words", text="Talk with the board")
    said = {"kind": "words", "text": "Talk with the council", "token": slow["token"], "seen": slow["form"].as_it_is}
    late = ana.post(url, {**said, "to_come": "here", **more})
    assert late.status_code == 409
    assert "Somebody changed this row since you opened the page." in page(late)
    assert "Talk with the council" in page(late)  # what was typed is not lost
    assert world.plan.items.get(key="briefing").own_text == "Talk with the board"
    assert ana.post(url, {**said, "seen": late.context["form"].as_it_is, "to_come": "here"}).status_code == 302
    assert world.plan.items.get(key="briefing").own_text == "Talk with the council"


def test_a_lead_reaches_every_row_from_the_plan_and_the_team_only_ticks_actions(world, ana, sign_in):
    action = world.plan.items.filter(kind="action", applicable=True).first()
    link = f'href="{world.plan.url("item", pk=action.pk)}"'
    pages = [world.plan.get_absolute_url(), world.plan.url("plan_step", step=action.plan_step.key)]
    assert all(link in page(ana.get(url)) for url in pages)
    bo = sign_in(world.bo)
    assert not any(link in page(bo.get(url)) for url in pages)


def test_a_row_done_here_can_still_be_kept_for_sites_to_come(world, ana):
    item = world.plan.items.get(key="billing")
    progress.set_done(world.plan, item.pk, by=world.bo, now=world.now)
    said = {"kind": "aside", "reason": "The State pays.", "to_come": "every"}
    preview = send(ana, fit_url(world), **said)
    assert "It is done here already, so it stays." in page(preview)
    ana.post(fit_url(world), {**said, "stage": "apply", "token": preview.context["token"]})
    assert Fitting.objects.kept().get().reason == "The State pays."


def test_the_pages_cost_no_more_statements_with_fifty_sites(world, ana, at_most):
    send(ana, fit_url(world, "briefing"), kind="words", text="Talk with the board")
    url = same_url(world, "briefing", "words")
    ana.get(url)
    with at_most(10) as asked:
        ana.get(url)
    with at_most(14) as few:
        ana.post(url, {"plans": [world.oak.plan.pk], "to_come": "every"})
    rows = [new_site(f"Clinic {number}") for number in range(50)]
    sites = planning.add_sites(world.project, rows, by=world.ana, now=world.now)
    with at_most(len(asked)):
        ana.get(url)
    with at_most(len(few)):
        preview = ana.post(url, {"plans": [site.plan.pk for site in sites], "to_come": "every"})
    assert "50 plans will change." in page(preview)


@pytest.mark.parametrize("action", ["item_done", "item_open", "item_applies", "item_take"])
@pytest.mark.parametrize("headers", [{}, {"hx-request": "true", "hx-target": "x"}])
def test_a_row_that_was_taken_out_is_gone_for_a_page_that_was_open(world, sign_in, action, headers):
    own = tailoring.Change(Fitting.Kind.OWN, step="leaders", item_kind="action", text="Ask the board")
    by = {"by": world.ana, "now": world.now}
    item = tailoring.fit([world.plan.pk], own, **by).changing[0].lines[0].item
    tailoring.fit([world.plan.pk], tailoring.Change(Fitting.Kind.TAKEN_OUT, item.key), **by)
    answer = sign_in(world.bo).post(world.plan.url(action, pk=item.pk), {"reason": "So."}, headers=headers)
    assert answer.status_code == 404
    left = world.plan.items.get(pk=item.pk)
    assert (left.is_done, left.applicable, left.assignee) == (False, True, None)
