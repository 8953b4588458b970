import datetime as dt

import pytest

from accounts import leaving
from projects import analytics, barriers, contacts, help_list, ordering, planning, progress, tailoring
from projects.models import Duty, Plan, Region, Site
from tests.cast import new_site
from tests.projects.many import add_active_sites

pytestmark = pytest.mark.django_db
FEB_20 = dt.date(2026, 2, 20)


def plans(world):
    return analytics.site_plans(world.program)


def reach(world, key, on, *, site=None, precision="day", now=None):
    plan = (site or world.elm).plan
    item = plan.items.get(key=key)
    progress.set_done(plan, item.pk, by=world.ana, now=now or world.now, on=on, precision=precision)


def cards(world, on=FEB_20, *, limit=50, reads_all=False):
    ids = help_list.ids_of_helped(plans(world), world.program, on, limit=limit)
    found = help_list.worded_plans(ids)
    return help_list.help_cards([found[pk] for pk in ids], on, reads_all=reads_all)


def headline(world, key, on=FEB_20):
    return next(one for one in analytics.headlines_of(plans(world), on, sites=plans(world).count()) if one.key == key)


def test_team_plans_are_no_sites(world):
    assert set(plans(world).values_list("site__name", flat=True)) == {"Elm Clinic", "Oak Clinic", "Pine School"}


def test_a_place_a_county_and_an_organization_are_counted_once_however_many_projects(world):
    planning.add_sites(world.other_project, [new_site("Elm Clinic")], by=world.cy, now=world.now)
    totals = analytics.totals_of(plans(world), world.program, FEB_20)
    assert (totals.all.sites, totals.all.places, totals.all.organizations, len(totals.county)) == (4, 3, 1, 1)
    assert [(total.name, total.sites) for total in totals.project] == [("Collaborative Care", 2), ("School CBT", 2)]


def test_totals_say_how_sites_stand_in_each_group(world):
    totals = analytics.totals_of(plans(world), world.program, FEB_20)
    assert totals.all.states | {"help": 1, "late": 1, "quiet": 1, "setting_up": 2, "stuck": 0} == totals.all.states
    assert [(total.key, total.name, total.sites) for total in totals.phase] == [("pre_implementation", "Get ready", 3)]
    assert {total.name: total.states["late"] for total in totals.setting} == {
        "Federally qualified health center": 1,
        "School": 0,
    }


def test_totals_of_nothing_are_nought(world):
    totals = analytics.totals_of(plans(world).none(), world.program, FEB_20)
    assert (totals.all.sites, totals.county) == (0, [])


def test_a_headline_counts_the_sites_to_which_it_applies(world):
    tailoring.set_applicable(
        world.plan,
        world.plan.items.get(key="signed").pk,
        applicable=False,
        reason="None needed",
        by=world.ana,
        now=world.now,
    )
    found = headline(world, "signed")
    assert (found.of, found.reached, found.left_out) == (2, 0, 1)


def test_a_headline_is_compared_with_ninety_days_ago_by_the_day_it_happened(world):
    on = dt.date(2026, 5, 1)  # 90 days after 31 January
    later = dt.datetime(2026, 5, 1, 15, tzinfo=dt.UTC)
    reach(world, "signed", dt.date(2026, 1, 31), now=later)
    assert (headline(world, "signed", on).reached, headline(world, "signed", on).lately) == (1, 0)
    reach(world, "signed", dt.date(2026, 2, 1), site=world.oak, now=later)
    assert (headline(world, "signed", on).reached, headline(world, "signed", on).lately) == (2, 1)


def test_a_headline_whose_day_nobody_knows_is_reached_but_not_lately(world):
    reach(world, "signed", None, precision="unknown")
    assert (headline(world, "signed").reached, headline(world, "signed").lately) == (1, 0)


def test_headlines_come_in_the_roadmaps_order(world):
    found = [one.key for one in analytics.headlines_of(plans(world), FEB_20, sites=3)]
    assert found == ["signed", "approved", "served", "quality", "funded"]


@pytest.mark.parametrize("reached", ["yes", "no", "lately", "left_out"])
def test_a_headlines_number_is_the_length_of_its_list(world, reached):
    reach(world, "signed", dt.date(2026, 1, 5))
    found = headline(world, "signed")
    number = {"yes": found.reached, "no": found.ahead, "lately": found.lately, "left_out": found.left_out}[reached]
    assert plans(world).filter(analytics.at_headline("signed", reached, FEB_20)).count() == number


def test_options_name_only_counties_and_regions_that_have_sites(world):
    region = Region.objects.create(program=world.program, name="West")
    region.counties.set(["26081", "26121"])
    Region.objects.create(program=world.program, name="Empty")
    Region.objects.create(program=world.other_program, name="Foreign").counties.set(["26081"])
    options = analytics.options_of(world.program)
    assert options.counties == [("26081", "Kent County")]
    assert options.regions == [(str(region.pk), "West")]
    assert [name for _key, name in options.settings] == ["Federally qualified health center", "School"]
    assert [name for _key, name in options.projects] == ["Collaborative Care", "School CBT"]


def test_the_site_that_has_needed_help_the_longest_comes_first(world):
    add_active_sites(world, 2, prefix="Fir", since=dt.date(2026, 1, 5))
    reach(world, "interest", dt.date(2026, 1, 5))
    assert [card.plan.site.name for card in cards(world)] == ["Fir 001", "Fir 002", "Elm Clinic"]


def test_a_site_that_somebody_looks_at_again_later_stands_after_the_others_until_that_day(world):
    [fir] = add_active_sites(world, 1, prefix="Fir", starts_on=dt.date(2025, 12, 1))
    contacts.log_contact(fir, by=world.dee, now=world.now, next_on=dt.date(2026, 2, 23))
    assert [card.plan.site.name for card in cards(world)] == ["Elm Clinic", "Fir 001"]
    assert "Look again on Mon 23 Feb (Dee Halvorsen)." in cards(world)[1].detail
    assert [card.plan.site.name for card in cards(world, dt.date(2026, 2, 24))] == ["Fir 001", "Elm Clinic"]


def test_of_somebody_who_is_forgotten_only_the_day_to_look_again_is_said(world):
    [fir] = add_active_sites(world, 1, prefix="Fir", starts_on=dt.date(2025, 12, 1))
    contacts.log_contact(fir, by=world.bo, now=world.now, next_on=dt.date(2026, 2, 23))
    leaving.anonymise(world.bo, by=world.dee, now=world.now)
    assert "Look again on Mon 23 Feb." in cards(world)[1].detail


def test_an_older_contact_does_not_put_a_site_off(world):
    contacts.log_contact(world.elm, by=world.dee, now=world.now, on=dt.date(2026, 1, 2), next_on=dt.date(2027, 1, 1))
    contacts.log_contact(world.elm, by=world.dee, now=world.now, on=dt.date(2026, 1, 4))
    assert not cards(world)[0].looked_at_later


def test_a_card_says_why_since_when_and_what_is_late(world):
    [card] = cards(world)
    assert card.reason == "46 days late:"
    assert card.why == "Interest on record. Quiet for 46 days."
    assert card.detail == "Was due Mon 5 Jan. No contact on record."
    assert card.where == "Collaborative Care, Kent County"


@pytest.mark.parametrize(
    ("shared", "reads_all", "told"), [(True, False, True), (False, False, False), (False, True, True)]
)
def test_the_state_reads_what_is_in_the_way_only_when_it_is_shared(world, shared, reads_all, told):
    barriers.report_barrier(
        world.plan, "leaders", text="The lawyer is away.", shared=shared, by=world.bo, now=world.now
    )
    [card] = cards(world, reads_all=reads_all)
    assert "Stuck for 46 days at “Win leader support”." in card.why
    assert ("The lawyer is away." in card.why) is told


def test_a_card_says_whom_to_call(world):
    Duty.objects.create(
        project=world.project, key="coach", name="Jo Reed", phone="231-555-0142", since_on=dt.date(2026, 1, 5)
    )
    [card] = cards(world)
    assert (card.next[0]["url"], "Jo Reed" in card.next[0]["words"]) == ("tel:2315550142", True)
    Duty.objects.create(site=world.elm, key="coach", name="Kit Own", phone="231-555-0199", since_on=dt.date(2026, 1, 5))
    assert "Kit Own" in cards(world)[0].next[0]["words"]
    Duty.objects.create(site=world.elm, key="site_champion", name="Sam Site", since_on=dt.date(2026, 1, 5))
    assert "Champion: Sam Site." in cards(world)[0].detail


@pytest.mark.parametrize("sort", [*ordering.ORDERS, *(f"-{name}" for name in ordering.ORDERS)])
def test_pages_by_key_show_every_site_once_in_every_order(world, sort):
    add_active_sites(world, 5, prefix="Fir")
    reach(world, "interest", dt.date(2026, 1, 5))
    contacts.log_contact(world.oak, by=world.dee, now=world.now)
    whole = [plan.pk for plan in ordering.in_order(plans(world), sort, world.program, FEB_20)]
    seen, after = [], None
    while True:
        page = ordering.page_of(plans(world), sort, world.program, FEB_20, after=after, size=3)
        seen += [plan.pk for plan in page.rows]
        after = page.next_after
        if after is None:
            break
    assert seen == whole
    assert len(set(seen)) == 8


def test_sites_without_a_value_come_last_in_both_directions(world):
    contacts.log_contact(world.oak, by=world.dee, now=world.now)
    for sort in ("contact", "-contact", "news", "-news"):
        assert ordering.in_order(plans(world), sort, world.program, FEB_20).first().site == world.oak, sort


def test_a_page_after_a_row_of_somebody_else_begins_at_the_top(world):
    foreign = Plan.objects.get(project=world.foreign_project, site=None)
    page = ordering.page_of(plans(world), "name", world.program, FEB_20, after=foreign.pk, size=10)
    assert (len(page.rows), page.continued) == (3, False)


def test_paused_sites_leave_the_list_of_those_who_need_help(world):
    assert len(cards(world)) == 1
    Site.objects.filter(pk=world.elm.pk).update(status="paused")
    assert cards(world) == []
