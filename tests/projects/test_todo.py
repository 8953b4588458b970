import datetime as dt
import re
from urllib.parse import urljoin

import pytest
from django.urls import reverse

from projects import assigning, barriers, planning, progress, scheduling, todo
from projects.choosing import Choice
from projects.models import Membership, Role, Scopes, Site
from projects.todo import Asked
from tests.cast import join, new_site, person

pytestmark = pytest.mark.django_db
URL = reverse("projects:todo")


def read(world, who, *, now=None, **asked):
    return todo.read_todo(Scopes.read(who), now=now or world.now, asked=Asked(**asked))


def read_all(world, who, **asked):
    """Return the list with its folded groups unfolded, as somebody sees it who opens them one after the other."""
    found = read(world, who, **asked)
    for group in found.groups:
        if group.folded and not asked.get("group"):
            [unfolded] = read(world, who, **{**asked, "group": group.key, "inside": True}).groups
            assert (group.rows, group.total) == ([], unfolded.total)
            group.rows = unfolded.rows
    return found


def keys(found):
    """Return what is listed, by heading; what stands apart in the box of the next thing comes first."""
    listed = {group.key: [row.item.key for row in group.rows] for group in found.groups}
    return {"now": [found.next.item.key, *[row.item.key for row in found.on_the_way]] if found.next else [], **listed}


def give(world, who, *item_keys, plan=None):
    plan = plan or world.plan
    choice = Choice(items=frozenset(plan.items.filter(key__in=item_keys).values_list("pk", flat=True)))
    assigning.assign([plan.pk], choice, to=who, by=world.ana, now=world.now)


def test_rows_of_who_is_at_one_site_do_not_repeat_its_name(world, sign_in):
    give(world, world.bo, "meet", "briefing")
    now = at(world, days=60)

    def where():
        return {row.where for group in read(world, world.bo, now=now).groups for row in group.rows}

    assert where() == {"Win leader support"}
    join(world.bo, Role.PRACTITIONER, world.oak)
    assert "Elm Clinic · Win leader support" in where()


def test_the_next_thing_leads_to_its_checklist_and_to_how_it_is_done(world, sign_in):
    give(world, world.bo, "meet")
    page = sign_in(world.bo).get(URL).text
    step = world.plan.url("plan_step", step="leaders")
    box = page.partition('id="todo-next"')[2].partition("</section>")[0]
    assert f'<a href="{step}">Win leader support</a>' in box
    assert f'href="{step}#guidance"' in box


def done(world, *item_keys, now=None):
    for key in item_keys:
        progress.set_done(world.plan, world.plan.items.get(key=key).pk, by=world.bo, now=now or world.now)


def at(world, **later):
    return world.now + dt.timedelta(**later)


def test_a_site_team_sees_what_nobody_has_yet_at_its_site_in_the_order_of_its_dates(world):
    assert keys(read_all(world, world.bo)) == {
        "now": ["interest"],
        "later": ["briefing", "meet", "tell", "funded"],
        "waiting": ["signed", "approved", "write", "billing", "trained", "train", "served", "quality", "kept"],
    }


def test_the_next_thing_is_the_earliest_and_its_actions_stand_with_it(world):
    done(world, "interest")
    assert keys(read_all(world, world.bo))["now"] == ["briefing", "meet", "tell"]


def test_what_is_late_comes_first_however_much_else_there_is(world):
    found = read(world, world.bo, now=at(world, days=60))
    assert keys(found)["now"] == ["interest"]
    assert keys(found)["late"] == ["briefing", "meet", "tell"]


def test_on_the_same_day_the_persons_own_comes_before_what_nobody_has(world):
    choice = Choice(items=frozenset(world.plan.items.filter(key="funded").values_list("pk", flat=True)))
    scheduling.set_date([world.plan.pk], choice, on=dt.date(2026, 1, 5), by=world.ana, now=world.now)
    give(world, world.bo, "funded")
    assert keys(read_all(world, world.bo))["now"] == ["funded"]


@pytest.mark.parametrize(
    ("days", "heading"), [(-1, "late"), (0, "week"), (6, "week"), (7, "next"), (30, "next"), (31, "later")]
)
def test_each_heading_covers_its_days(world, days, heading):
    moment = at(world, days=20)
    on = moment.date() + dt.timedelta(days=days)
    choice = Choice(items=frozenset(world.plan.items.filter(key="funded").values_list("pk", flat=True)))
    scheduling.set_date([world.plan.pk], choice, on=on, by=world.ana, now=world.now)
    assert "funded" in keys(read_all(world, world.bo, now=moment))[heading]


def test_the_programs_day_decides_what_is_late(world):
    late_evening_in_detroit = dt.datetime(2026, 1, 6, 3, 30, tzinfo=dt.UTC)
    assert not read(world, world.bo, now=late_evening_in_detroit).next.is_late
    assert read(world, world.bo, now=late_evening_in_detroit + dt.timedelta(hours=2)).next.is_late


def test_what_another_person_has_is_not_on_the_list(world):
    jo = person("Jo Berg")
    join(jo, Role.PRACTITIONER, world.elm)
    give(world, jo, "interest")
    assert "interest" not in str(keys(read_all(world, world.bo)))
    assert keys(read_all(world, jo))["now"] == ["interest"]


def test_what_is_done_removed_or_does_not_apply_is_not_on_the_list(world):
    done(world, "interest")
    world.plan.items.filter(key="briefing").update(applicable=False)
    world.plan.items.filter(key="signed").update(removed=True)
    listed = str(keys(read_all(world, world.bo)))
    assert not any(f"'{key}'" in listed for key in ("interest", "briefing", "signed", "exited"))


def test_an_action_whose_milestone_was_reached_is_left_over(world):
    done(world, "interest", "briefing")
    assert keys(read_all(world, world.bo))["left"] == ["meet", "tell"]


def test_a_site_that_is_setting_up_does_not_fill_the_list(world):
    join(world.nia, Role.PRACTITIONER, world.oak)
    give(world, world.ana, "interest", plan=world.oak.plan)
    found = read(world, world.nia)
    assert (found.total, [plan.site for plan in found.setting_up]) == (0, [world.oak])
    assert "Oak Clinic" not in str([row.where for group in read(world, world.ana).groups for row in group.rows])


@pytest.mark.parametrize("status", [Site.Status.PAUSED, Site.Status.STOPPED, Site.Status.FINISHED])
def test_a_site_that_is_not_at_work_is_not_on_the_list(world, status):
    Site.objects.filter(pk=world.elm.pk).update(status=status)
    assert read(world, world.bo).total == 0


def test_a_lead_sees_the_teams_plan_and_what_is_theirs_at_sites(world):
    give(world, world.ana, "interest")
    found = read(world, world.ana)
    assert keys(found)["now"] == ["measures", "pick"]
    assert "interest" in str(keys(found))
    assert found.total == 3


def test_a_lead_sees_how_many_sites_need_a_look(world):
    assert [(lead.slug, lead.late, lead.stuck, lead.quiet) for lead in read(world, world.ana).leads] == [
        ("collaborative-care", 0, 0, 0)
    ]
    barriers.report_barrier(world.plan, "leaders", text="No time.", by=world.bo, now=world.now)
    [lead] = read(world, world.ana, now=at(world, days=40)).leads
    assert (lead.late, lead.stuck, lead.quiet, lead.help) == (1, 1, 1, 1)
    assert read(world, world.bo).leads == []


def test_what_is_in_the_way_at_my_site_is_told(world):
    barriers.report_barrier(world.plan, "leaders", text="The clinic head left.", by=world.bo, now=world.now)
    [stuck] = read(world, world.bo, now=at(world, days=9)).stuck
    assert (stuck.text, stuck.days, stuck.where) == ("The clinic head left.", 9, "Elm Clinic · Win leader support")
    assert read(world, world.bo, project="another").stuck == []


def test_an_item_at_a_site_one_has_left_is_not_shown(world):
    give(world, world.bo, "interest")
    Membership.objects.filter(user=world.bo).update(ended_at=world.now)
    assert read(world, world.bo).total == 0


def test_people_who_only_look_on_have_nothing_to_do(world):
    for who in (world.vi, world.nia):
        found = read(world, who)
        assert (found.total, found.stuck, found.leads, found.setting_up) == (0, [], [], [])


def test_filters_say_how_many_of_how_many(world):
    join(world.bo, Role.PRACTITIONER, world.other_site)
    planning.start_site(world.other_site, by=world.cy, now=world.now)
    everything = read(world, world.bo)
    here = read_all(world, world.bo, place="collaborative-care/elm-clinic")
    assert (everything.shown, here.total, here.shown) == (everything.total, everything.total, 14)
    assert read(world, world.bo, project="school-cbt").shown == everything.total - 14
    assert {row.item.plan for group in here.groups for row in group.rows} == {world.plan}


def test_a_long_group_is_shown_in_part_and_paged_by_key(world, monkeypatch):
    monkeypatch.setattr(todo, "SHOWN", 3)
    monkeypatch.setattr(todo, "PAGE", 4)
    whole = [row.item.key for group in read(world, world.bo, group="waiting").groups for row in group.rows]
    assert whole == ["signed", "approved", "write", "billing"]
    listed, after = [], ""
    while True:
        [group] = read(world, world.bo, group="waiting", after=after).groups
        listed += [row.item.key for row in group.rows]
        after = group.following
        if not after:
            break
    assert listed == ["signed", "approved", "write", "billing", "trained", "train", "served", "quality", "kept"]
    [waiting] = [group for group in read(world, world.bo).groups if group.key == "waiting"]
    assert (len(waiting.rows), waiting.total) == (0, 9)
    [waiting] = read(world, world.bo, group="waiting", inside=True).groups
    assert (len(waiting.rows), waiting.total, waiting.more) == (3, 9, 6)


@pytest.mark.parametrize("after", ["x", "1.2.3", "2026-01-01.a.b.c", "2026-13-01.0.1.1"])
def test_a_cursor_that_is_not_ours_begins_at_the_top(world, after):
    assert len(read(world, world.bo, group="waiting", after=after).groups[0].rows) == 9


def test_what_is_waited_for_is_named(world):
    rows = {row.item.key: row for group in read_all(world, world.bo).groups for row in group.rows}
    assert rows["signed"].waiting_for == "Leader briefing held"


# The page


@pytest.fixture
def today(time_machine, world):
    time_machine.move_to(world.now, tick=False)


def test_the_page_shows_the_next_thing_with_its_form(sign_in, world, today):
    page = sign_in(world.bo).get(URL).text
    item = world.plan.items.get(key="interest")
    assert page.index("Interest on record") < page.index("Waiting for something else")
    assert f'action="{world.plan.url("item_done", pk=item.pk)}"' in page
    assert world.plan.url("plan_step", step="leaders") in page


def test_a_folded_group_brings_its_rows_when_it_is_unfolded(sign_in, world, today):
    client = sign_in(world.bo)
    page = client.get(URL).text
    assert 'hx-get="?list=waiting"' in page
    assert "Written agreement signed" not in page
    unfolded = client.get(f"{URL}?list=waiting", headers={"HX-Request": "true", "HX-Target": "waiting-rows"}).text
    assert "Written agreement signed" in unfolded
    assert "<html" not in unfolded
    assert f'name="next" value="{URL}"' in unfolded


def test_without_script_a_folded_group_leads_to_its_own_page(sign_in, world, today):
    assert "Written agreement signed" in sign_in(world.bo).get(f"{URL}?list=waiting").text


def test_done_in_place_leaves_the_next_one_on_the_list(sign_in, world, today):
    client = sign_in(world.bo)
    item = world.plan.items.get(key="interest")
    answer = client.post(world.plan.url("item_done", pk=item.pk), {"on": "2026-01-05", "page": "todo", "next": URL})
    assert answer.status_code == 302
    assert answer.url.startswith(URL)
    assert "Interest on record" not in client.get(URL).text.split("todo-next")[1]


def test_without_script_the_list_says_what_was_done_and_takes_it_back(sign_in, world, today):
    client = sign_in(world.bo)
    item = world.plan.items.get(key="meet")
    answer = client.post(world.plan.url("item_done", pk=item.pk), {"done": "1", "page": "todo", "next": URL})
    page = client.get(answer.url).text
    box = page.partition('id="did"')[2].partition("</form>")[0]
    assert item.text.rstrip(".") in box
    assert f'name="next" value="{URL}"' in box
    assert "did=" not in page.replace(box, "")
    assert client.post(box.partition('action="')[2].partition('"')[0], {"next": URL}).url == URL
    item.refresh_from_db()
    assert item.is_open
    for other in ("nonsense", "00000000-0000-4000-8000-000000000000"):
        assert 'id="did"' not in client.get(f"{URL}?did={other}").text
    assert 'id="did"' not in sign_in(world.ana).get(answer.url).text


def test_a_tick_by_htmx_answers_with_the_row_and_where_it_is(sign_in, world, today):
    item = world.plan.items.get(key="meet")
    answer = sign_in(world.bo).post(
        world.plan.url("item_done", pk=item.pk),
        {"done": "1", "page": "todo"},
        headers={"HX-Request": "true", "HX-Target": f"item-{item.pk}"},
    )
    assert answer.status_code == 200
    assert ">Win leader support</a>" in answer.text
    assert 'id="road"' not in answer.text


def test_a_lead_on_a_phone_is_led_to_the_sites_that_need_help(sign_in, world, time_machine):
    time_machine.move_to(world.now, tick=False)
    assert "?state=help" not in sign_in(world.ana).get(URL).text
    time_machine.move_to(at(world, days=60), tick=False)
    page = sign_in(world.ana).get(URL).text
    assert "Sites that need help:" in page
    assert "/projects/collaborative-care/board/?state=help" in page


def test_somebody_in_no_project_learns_what_to_do(sign_in, world):
    page = sign_in(world.nia).get(URL)
    assert page.status_code == 200
    assert "nobody has added you to a project yet" in page.text


def test_a_site_that_is_setting_up_says_when_its_list_begins(sign_in, world):
    join(world.nia, Role.PRACTITIONER, world.oak)
    assert "presses Start" in sign_in(world.nia).get(URL).text


def test_an_unknown_filter_finds_nothing_and_can_be_taken_away(sign_in, world):
    page = sign_in(world.bo).get(URL, {"project": "<b>x</b>", "site": "y/z", "list": "nonsense", "after": "'"})
    assert page.status_code == 200
    assert "Nothing here matches" in page.text
    assert "<b>x" not in page.text


def test_long_names_and_markup_are_only_words(sign_in, world):
    world.elm.name = "<script>alert(1)</script>" + "W" * 120
    world.elm.save()
    page = sign_in(world.bo).get(URL).text
    assert "<script>alert" not in page
    assert "&lt;script&gt;alert" in page


@pytest.mark.parametrize("who", ["bo", "ana"])
def test_the_list_costs_ten_statements_however_long_it_is(sign_in, world, at_most, who):
    client = sign_in(getattr(world, who))
    if who == "ana":  # something of hers at a site, where she is not at home
        give(world, world.ana, "interest")
    client.get(URL)
    with at_most(10) as few:
        client.get(URL)
    names = [f"Clinic {number}" for number in range(22)]
    for site in planning.add_sites(world.project, [new_site(name) for name in names], by=world.ana, now=world.now):
        planning.start_site(site, by=world.ana, now=world.now)
        if who == "bo":
            join(world.bo, Role.PRACTITIONER, site)
        else:
            assigning.assign(
                [site.plan.pk],
                Choice(steps=frozenset({"leaders", "plan", "launch", "keep"})),
                to=world.ana,
                by=world.ana,
                now=world.now,
            )
    with at_most(len(few)):
        page = client.get(URL)
    assert page.context["todo"].total >= 300


def test_the_second_page_of_a_group_leads_back_to_its_first(sign_in, world, today, monkeypatch):
    monkeypatch.setattr(todo, "PAGE", 2)
    client = sign_in(world.bo)
    first = client.get(f"{URL}?list=waiting")
    second = client.get(URL + first.context["todo"].groups[0].following_url)
    back = re.search(r'rel="prev" href="([^"]+)"', second.text)[1]
    again = client.get(urljoin(URL, back)).context["todo"].groups[0]
    assert [row.item.pk for row in again.rows] == [row.item.pk for row in first.context["todo"].groups[0].rows]
