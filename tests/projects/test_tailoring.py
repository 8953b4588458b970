import datetime as dt

import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from accounts.models import Activity
from projects import checking, planning, progress, tailoring, undoing
from projects.models import Fitting, Plan, PlanItem
from tests.cast import new_site
from tests.statements import counted

pytestmark = pytest.mark.django_db
Kind = Fitting.Kind


def set_aside(world, key, *, applicable=False, reason="We have no billing here.", **more):
    pk = world.plan.items.get(key=key).pk
    return tailoring.set_applicable(world.plan, pk, applicable, reason=reason, by=world.bo, now=world.now, **more)


def counts(world):
    world.plan.refresh_from_db()
    return world.plan.milestones, world.plan.applicable


def test_an_item_that_does_not_apply_is_not_counted_and_can_come_back(world):
    before = counts(world)
    set_aside(world, "billing")
    found = world.plan.items.get(key="billing")
    assert (found.not_applicable_reason, found.not_applicable_on) == ("We have no billing here.", dt.date(2026, 1, 5))
    assert counts(world) == (before[0] - 1, before[1] - 1)
    set_aside(world, "billing", applicable=True, reason="")
    assert counts(world) == before
    assert world.plan.items.get(key="billing").not_applicable_reason == ""


def test_it_needs_a_reason(world):
    with pytest.raises(ValidationError, match="why it does not apply"):
        set_aside(world, "billing", reason="  ")


def test_a_gate_needs_a_lead(world):
    with pytest.raises(PermissionDenied):
        set_aside(world, "approved")
    set_aside(world, "approved", may_pass_gates=True)
    world.plan.refresh_from_db()
    assert world.plan.current_phase == "implementation"


def test_what_is_done_is_not_set_aside(world):
    progress.set_done(world.plan, world.plan.items.get(key="billing").pk, by=world.bo, now=world.now)
    with pytest.raises(ValidationError, match="Take that back first"):
        set_aside(world, "billing")


def test_said_twice_it_changes_nothing_and_undo_takes_it_back(world):
    done = set_aside(world, "billing")
    assert set_aside(world, "billing").batch == ""
    assert Activity.objects.filter(verb="set_aside").count() == 1
    undoing.undo(done.batch, Plan.objects.all(), by=world.bo, now=world.now)
    assert world.plan.items.get(key="billing").applicable


# ---- the same change at many plans, and for sites to come


def fit(world, kind, said, **more):
    plans = [world.plan.pk, world.oak.plan.pk]
    return tailoring.fit(plans, tailoring.Change(kind, **said), by=world.ana, now=world.now, **more)


def rows(world, key):
    return list(PlanItem.objects.filter(plan__project=world.project, key=key).order_by("plan"))


def test_a_row_of_ones_own_is_counted_dated_and_stands_at_the_end_of_its_step(world):
    before = counts(world)
    outcome = fit(world, Kind.OWN, {"step": "leaders", "item_kind": "milestone", "text": "Board votes yes", "days": 70})
    assert outcome.changes == 2
    [own, other] = rows(world, outcome.changing[0].lines[0].item.key)
    assert (own.text, own.due_on, own.kind) == ("Board votes yes", dt.date(2026, 3, 16), "milestone")
    assert own.plan_step.key == other.plan_step.key == "leaders"
    assert own.position == own.plan_step.items.order_by("-position").first().position
    assert counts(world) == (before[0] + 1, before[1] + 1)
    assert [str(found) for found in checking.differences_of([world.plan.pk, world.oak.plan.pk])] == []
    assert Activity.objects.filter(verb="own_added", batch=outcome.batch).count() == 2


def test_a_preview_of_an_own_row_tells_its_date_and_writes_nothing(world):
    items, lines = PlanItem.objects.count(), Activity.objects.count()
    own = {"step": "leaders", "item_kind": "action", "text": "Ask the board", "days": 7}
    outcome = fit(world, Kind.OWN, own, dry_run=True, keep_for="")
    assert [line.item.due_on for part in outcome.changing for line in part.lines] == [dt.date(2026, 1, 12)] * 2
    assert (PlanItem.objects.count(), Activity.objects.count()) == (items, lines)
    assert not Fitting.objects.exists()


def test_an_own_row_can_be_taken_out_and_undo_brings_it_back(world):
    own = {"step": "leaders", "item_kind": "action", "text": "Ask the board"}
    key = fit(world, Kind.OWN, own).changing[0].lines[0].item.key
    before = counts(world)
    outcome = fit(world, Kind.TAKEN_OUT, {"key": key})
    assert [row.removed for row in rows(world, key)] == [True, True]
    assert counts(world)[1] == before[1] - 1
    undoing.undo(outcome.batch, Plan.objects.all(), by=world.ana, now=world.now)
    assert [row.removed for row in rows(world, key)] == [False, False]
    assert counts(world) == before


def test_undo_takes_an_own_row_out_again_but_not_once_it_is_done(world):
    own = {"step": "leaders", "item_kind": "action", "text": "Ask the board"}
    outcome = fit(world, Kind.OWN, own)
    [mine, _other] = rows(world, outcome.changing[0].lines[0].item.key)
    done = progress.set_done(world.plan, mine.pk, by=world.bo, now=world.now)
    with pytest.raises(ValidationError, match="has been changed since"):
        undoing.undo(outcome.batch, Plan.objects.all(), by=world.ana, now=world.now)
    undoing.undo(done.batch, Plan.objects.all(), by=world.bo, now=world.now)
    undoing.undo(outcome.batch, Plan.objects.all(), by=world.ana, now=world.now)
    assert all(row.removed for row in rows(world, mine.key))


def test_a_row_is_set_aside_where_it_is_open_and_stays_where_it_is_done(world):
    progress.set_done(world.plan, world.plan.items.get(key="billing").pk, by=world.bo, now=world.now)
    outcome = fit(world, Kind.ASIDE, {"key": "billing", "reason": "The State pays."})
    assert [str(part.plan) for part in outcome.changing] == ["Oak Clinic"]
    assert [(str(part.plan), part.reason) for part in outcome.staying] == [
        ("Elm Clinic", "It is done here already, so it stays.")
    ]
    assert [row.not_applicable_reason for row in rows(world, "billing")] == ["", "The State pays."]


def test_other_words_stand_beside_the_roadmaps_and_go_back_to_them(world):
    fit(world, Kind.WORDS, {"key": "briefing", "text": "Talk with the board"})
    row = rows(world, "briefing")[0]
    assert (row.text, row.item.text) == ("Talk with the board", "Leader briefing held")
    assert fit(world, Kind.WORDS, {"key": "briefing", "text": "Talk with the board"}).changes == 0
    fit(world, Kind.WORDS, {"key": "briefing", "text": ""})
    assert rows(world, "briefing")[0].own_text == ""


def test_a_date_moves_what_follows_it_and_never_before_the_start(world):
    outcome = fit(world, Kind.MOVED, {"key": "briefing", "days": 14})
    assert [line.after for part in outcome.changing for line in part.lines] == [dt.date(2026, 3, 16)] * 2
    with pytest.raises(ValidationError, match="Choose dates from"):
        fit(world, Kind.MOVED, {"key": "briefing", "days": -300}, keep_for="")
    assert not Fitting.objects.exists()


def test_a_site_added_later_begins_with_what_was_kept_for_its_setting(world):
    fit(world, Kind.OWN, {"step": "leaders", "item_kind": "action", "text": "Ask the board", "days": 7}, keep_for="")
    fit(world, Kind.ASIDE, {"key": "trained", "reason": "Trained at once."}, keep_for="fqhc")
    fit(world, Kind.WORDS, {"key": "briefing", "text": "Talk with the board"}, keep_for="fqhc")
    outcome = fit(world, Kind.MOVED, {"key": "signed", "days": 7}, keep_for="fqhc")
    undoing.undo(outcome.batch, Plan.objects.all(), by=world.ana, now=world.now)  # so nobody begins with it
    more = [new_site("Ash Clinic"), new_site("Fir Clinic"), new_site("Low School", setting="school")]
    ash, fir, school = planning.add_sites(world.project, more, by=world.ana, now=world.now)
    for site in (ash, fir):
        items = {item.text: item for item in site.plan.items.all()}
        assert items["Ask the board"].due_on == dt.date(2026, 1, 12)
        assert items["Talk with the board"].key == "briefing"
        assert items["Everyone trained"].not_applicable_reason == "Trained at once."
        assert items["Written agreement signed"].shift_days == 0
    items = {item.text: item for item in school.plan.items.all()}
    assert "Ask the board" in items
    assert items["Everyone trained"].applicable
    assert [str(found) for found in checking.differences_of([one.plan.pk for one in (ash, fir, school)])] == []
    assert set(Activity.objects.filter(verb="fitted").values_list("label", flat=True)) == {
        "Ash Clinic",
        "Fir Clinic",
        "Low School",
    }


def test_what_was_ended_is_not_begun_with(world):
    fit(world, Kind.WORDS, {"key": "briefing", "text": "Talk with the board"}, keep_for="")
    [kept] = Fitting.objects.kept()
    tailoring.end_fitting(kept, by=world.ana, now=world.now)
    tailoring.end_fitting(kept, by=world.ana, now=world.now)
    assert Activity.objects.filter(verb="fitting_ended").count() == 1
    [ash] = planning.add_sites(world.project, [new_site("Ash Clinic")], by=world.ana, now=world.now)
    assert ash.plan.items.get(key="briefing").own_text == ""
    assert not Activity.objects.filter(verb="fitted").exists()


# ---- elsewhere a site's own fitting stays


def row_of(world, key, plan=None):
    return (plan or world.plan).items.select_related("plan", "plan_step", "item").get(key=key)


def reasons(outcome):
    return {str(part.plan): part.reason for part in outcome.staying}


def fit_at(world, plan, kind, **said):
    return tailoring.fit([plan.pk], tailoring.Change(kind, **said), by=world.ana, now=world.now)


def test_a_site_with_words_of_its_own_keeps_them(world):
    fit_at(world, world.oak.plan, Kind.WORDS, key="briefing", text="Talk with the owner")
    outcome = fit(world, Kind.WORDS, {"key": "briefing", "text": "Talk with the board"}, like=row_of(world, "briefing"))
    assert reasons(outcome) == {"Oak Clinic": "It has other words of its own here: “Talk with the owner”"}
    assert [row.own_text for row in rows(world, "briefing")] == ["Talk with the board", "Talk with the owner"]


def test_words_that_sites_share_go_on_being_changed_together(world):
    fit(world, Kind.WORDS, {"key": "briefing", "text": "Talk with the board"})
    outcome = fit(world, Kind.WORDS, {"key": "briefing", "text": "Meet the board"}, like=row_of(world, "briefing"))
    assert reasons(outcome) == {}
    assert [row.own_text for row in rows(world, "briefing")] == ["Meet the board"] * 2


@pytest.mark.parametrize(
    ("before", "why"),
    [({"by_hand": True}, "Its date was set by hand here."), ({"shift_days": 3}, "Its date was moved here already.")],
)
def test_a_site_that_has_another_date_keeps_it(world, before, why):
    world.oak.plan.items.filter(key="briefing").update(**before)
    outcome = fit(world, Kind.MOVED, {"key": "briefing", "days": 14}, like=row_of(world, "briefing"))
    assert reasons(outcome) == {"Oak Clinic": why}
    assert [row.shift_days for row in rows(world, "briefing")] == [14, before.get("shift_days", 0)]


def test_dates_that_were_moved_together_go_on_moving_but_not_from_where_it_is_only_shown(world):
    fit(world, Kind.MOVED, {"key": "briefing", "days": 14})
    fit(world, Kind.MOVED, {"key": "briefing", "days": 7}, like=row_of(world, "briefing"))
    assert [row.shift_days for row in rows(world, "briefing")] == [21, 21]
    change = tailoring.Change(Kind.MOVED, "briefing", days=21)
    again = tailoring.fit([world.oak.plan.pk], change, by=world.ana, now=world.now, like=row_of(world, "briefing"))
    assert reasons(again) == {"Oak Clinic": "Its date was moved here already."}


def test_sites_to_come_get_the_whole_move_once_however_often_it_is_kept(world):
    for days in (14, 7):
        fit(world, Kind.MOVED, {"key": "briefing", "days": days}, like=row_of(world, "briefing"), keep_for="fqhc")
    [kept] = Fitting.objects.kept()
    assert kept.days == 21
    [ash] = planning.add_sites(world.project, [new_site("Ash Clinic")], by=world.ana, now=world.now)
    assert ash.plan.items.get(key="briefing").shift_days == 21


def test_what_is_kept_anew_takes_the_place_of_what_was_kept_and_undo_brings_that_back(world):
    later = world.now + dt.timedelta(hours=1)
    fit(world, Kind.WORDS, {"key": "briefing", "text": "Talk with the board"}, keep_for="fqhc")
    change = tailoring.Change(Kind.WORDS, "briefing", text="Meet the board")
    outcome = tailoring.fit([world.plan.pk], change, by=world.ana, now=later, keep_for="")
    assert [(one.text, one.setting) for one in Fitting.objects.kept()] == [("Meet the board", "")]
    undoing.undo(outcome.batch, Plan.objects.all(), by=world.ana, now=later)
    assert [(one.text, one.setting) for one in Fitting.objects.kept()] == [("Talk with the board", "fqhc")]


def test_going_back_to_the_roadmaps_words_for_sites_to_come_only_ends_what_was_kept(world):
    fit(world, Kind.WORDS, {"key": "briefing", "text": "Talk with the board"}, keep_for="")
    fit(world, Kind.WORDS, {"key": "briefing", "text": ""}, keep_for="")
    assert not Fitting.objects.kept().exists()


def test_thirty_sites_cost_no_more_statements_than_two(world):
    def cost(plans, text):
        own = tailoring.Change(Kind.OWN, step="leaders", item_kind="action", text=text)
        found = []
        for change in (own, tailoring.Change(Kind.WORDS, "briefing", text=text)):
            with counted() as statements:
                tailoring.fit(plans, change, by=world.ana, now=world.now, keep_for="")
            found.append(len(statements))
        return found

    few = cost([world.plan.pk, world.oak.plan.pk], "Ask the board")
    more = [new_site(f"Clinic {number}") for number in range(30)]
    sites = planning.add_sites(world.project, more, by=world.ana, now=world.now)
    assert cost([site.plan.pk for site in sites], "Ask the council") == few
    assert max(few) <= 10
