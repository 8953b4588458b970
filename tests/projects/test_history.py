import datetime as dt
import uuid

import pytest

from accounts.models import Activity
from projects import barriers, contacts, history, notes, progress, tailoring, undoing
from projects.models import Plan, PlanItem
from tests.cast import begun

pytestmark = pytest.mark.django_db
TODAY = dt.date(2026, 1, 5)


def told(world):
    """Return the history of Elm's plan as people read it, oldest first, without what the cast's world began with."""
    rows = history.rows_of_plan(world.plan).exclude(verb__in=["site_added", "started"]).order_by("pk")
    return [line.sentence for line in history.lines_of(rows, today=TODAY)]


def pk(world, key):
    return world.plan.items.get(key=key).pk


def test_each_act_is_told_in_words(world):
    begun(world.elm, dt.date(2025, 12, 1))
    act = {"by": world.bo, "now": world.now}
    progress.set_done(world.plan, pk(world, "meet"), **act)
    progress.set_done(
        world.plan, pk(world, "briefing"), by=world.ana, now=world.now, on=dt.date(2026, 1, 2), on_behalf_of=world.elm
    )
    progress.set_done(world.plan, pk(world, "briefing"), on=dt.date(2025, 12, 30), **act)
    progress.set_open(world.plan, pk(world, "briefing"), **act)
    tailoring.set_applicable(world.plan, pk(world, "billing"), False, reason="No billing.", **act)
    barrier = barriers.report_barrier(world.plan, "leaders", text="No.", **act)
    barriers.resolve_barrier(world.plan, barrier.pk, **act)
    notes.write_note(world.plan, text="x", step="plan", **act)
    contacts.log_contact(world.elm, by=world.ana, now=world.now, on=dt.date(2026, 1, 4))
    assert told(world) == [
        "Bo Lindqvist did <strong>Meet with the top leader and the direct supervisors</strong>",
        "Ana Brandt recorded <strong>Leader briefing held</strong> for Fri 2 Jan, for Elm Clinic",
        "Bo Lindqvist changed when <strong>Leader briefing held</strong> happened, to Tue 30 Dec 2025",
        "Bo Lindqvist took back <strong>Leader briefing held</strong>: not done after all",
        "Bo Lindqvist said that <strong>Billing test passed</strong> does not apply here",
        "Bo Lindqvist said that <strong>Win leader support</strong> is stuck",
        "Bo Lindqvist solved what was in the way at <strong>Win leader support</strong>",
        "Bo Lindqvist wrote a note at <strong>Tailor the plan</strong>",
        "Ana Brandt logged a call or visit with <strong>Elm Clinic</strong>, Sun 4 Jan",
    ]


@pytest.mark.parametrize(
    ("precision", "words"),
    [(PlanItem.Precision.MONTH, "for December 2025"), (PlanItem.Precision.UNKNOWN, "day not known")],
)
def test_a_day_that_is_not_known_is_not_made_up(world, precision, words):
    begun(world.elm, dt.date(2025, 12, 1))
    progress.set_done(
        world.plan,
        pk(world, "briefing"),
        by=world.bo,
        now=world.now,
        on=dt.date(2025, 12, 17),
        precision=precision,
    )
    assert words in told(world)[0]


def test_undo_is_told_too(world):
    done = progress.set_done(world.plan, pk(world, "meet"), by=world.bo, now=world.now)
    undoing.undo(done.batch, Plan.objects.all(), by=world.bo, now=world.now)
    assert told(world)[1].startswith("Bo Lindqvist pressed Undo:")


def test_a_verb_nobody_has_written_a_sentence_for_still_reads(world):
    row = Activity(verb="juggled", actor=world.bo, label="three balls", on=TODAY, at=world.now)
    assert history.line_of(row, today=TODAY).sentence == "Bo Lindqvist changed <strong>three balls</strong>"


def test_names_cannot_bring_markup(world):
    world.bo.name = "<b>Bo</b>"
    row = Activity(verb="assigned", actor=world.bo, label="<i>x</i>", for_label="<u>y</u>", on=TODAY, at=world.now)
    assert history.line_of(row, today=TODAY).sentence == (
        "&lt;b&gt;Bo&lt;/b&gt; gave <strong>&lt;i&gt;x&lt;/i&gt;</strong> to &lt;u&gt;y&lt;/u&gt;"
    )


def test_per_cent_signs_in_names_do_no_harm(world):
    row = Activity(verb="done", actor=world.bo, label="100%(who)s %s", for_label="50%", on=TODAY, at=world.now)
    assert "100%(who)s %s" in history.line_of(row, today=TODAY).sentence


def many_rows(world, count):
    Activity.record_many(
        Activity.of(
            verb="done",
            actor=world.bo,
            at=world.now - dt.timedelta(minutes=number // 2),  # pairs at the very same moment
            plan_id=world.plan.pk,
            label=f"Thing {number}",
            key="meet" if number % 2 else "write",
            batch=uuid.uuid4(),
        )
        for number in range(count)
    )


def test_pages_follow_each_other_without_gap_or_overlap(world, sign_in, client):
    many_rows(world, 120)
    sign_in(world.bo)
    url, seen = world.plan.url("plan_history"), []
    for _ in range(3):
        page = client.get(url)
        seen += [line.pk for line in page.context["lines"]]
        url = f"{world.plan.url('plan_history')}?before={page.context['more']}"
    every = list(history.rows_of_plan(world.plan).values_list("pk", flat=True))
    assert seen == every
    assert page.context["more"] == ""


def test_history_of_one_step_shows_only_what_concerns_it(world, sign_in, client, at_most):
    many_rows(world, 10)
    sign_in(world.bo)
    url = world.plan.url("plan_history")
    with at_most(8):
        page = client.get(f"{url}?step=leaders")
    assert {line.key for line in page.context["lines"]} == {"meet"}


@pytest.mark.parametrize("cursor", ["x", "20260105T000000.000000Z_", "20260105T000000.000000Z_x", "_1", "9" * 400])
def test_a_made_up_page_is_not_found(world, sign_in, client, cursor):
    sign_in(world.bo)
    assert client.get(world.plan.url("plan_history"), {"before": cursor}).status_code == 404
