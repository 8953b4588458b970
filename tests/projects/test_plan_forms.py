"""Barriers, notes and contacts through their forms."""

import datetime as dt

import pytest

from projects import barriers, contacts, notes
from projects.models import Barrier, Contact, Note
from projects.views import note as note_views

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _monday(world, time_machine):
    """All of it happens on the Monday on which the world was set up."""
    time_machine.move_to(world.now, tick=False)


def test_something_in_the_way_is_kept_and_shown(world, sign_in):
    client = sign_in(world.bo)
    url = world.plan.url("barrier_report", step="leaders")
    assert "What is in the way?" in client.get(url).content.decode()
    page = client.post(url, {"text": "IT moved the <b>build</b>.", "stuck": "on"}, follow=True).content.decode()
    assert "Stuck since today" in page
    assert "IT moved the &lt;b&gt;build&lt;/b&gt;." in page
    assert Barrier.objects.get().stuck


def test_an_empty_barrier_is_refused_in_words(world, sign_in):
    answer = sign_in(world.bo).post(world.plan.url("barrier_report", step="leaders"), {"text": "  "})
    assert answer.status_code == 422
    assert "Say in a few words what is in the way." in answer.content.decode()


def test_who_was_refused_still_comes_back_to_the_page_of_the_form(world, sign_in):
    client, step = sign_in(world.bo), world.plan.url("plan_step", step="leaders")
    note = notes.write_note(world.plan, text="Called.", by=world.bo, now=world.now)
    urls = [world.plan.url("note_write"), world.plan.url("note_edit", pk=note.pk)]
    urls.append(world.plan.url("barrier_report", step="leaders"))
    said = {"text": "No room.", "stuck": True, "shared": False, "by": world.bo, "now": world.now + dt.timedelta(days=1)}
    tomorrow = barriers.report_barrier(world.plan, world.plan.steps.first().pk, **said)
    for url in [*urls, world.plan.url("barrier_resolve", pk=tomorrow.pk)]:
        refused = client.post(url, {"text": " ", "revision": "1", "next": step})
        assert refused.status_code == 422
        assert f'name="next" value="{step}"' in refused.content.decode(), url
        assert "elsewhere" not in client.post(url, {"text": " ", "next": "https://elsewhere.example/"}).content.decode()


def test_htmx_fetches_only_the_form(world, sign_in):
    answer = sign_in(world.bo).get(world.plan.url("barrier_report", step="leaders"), headers={"HX-Request": "true"})
    assert "<html" not in answer.content.decode()
    assert "Do not write about people you serve." in answer.content.decode()


def test_a_barrier_is_solved_and_not_solved_after_all(world, sign_in):
    barrier = barriers.report_barrier(world.plan, "leaders", text="No room.", by=world.bo, now=world.now)
    client = sign_in(world.bo)
    client.post(world.plan.url("barrier_resolve", pk=barrier.pk), {"resolution": "A new room."})
    barrier.refresh_from_db()
    assert (barrier.resolved_on, barrier.resolution) == (dt.date(2026, 1, 5), "A new room.")
    client.post(world.plan.url("barrier_reopen", pk=barrier.pk))
    barrier.refresh_from_db()
    assert barrier.resolved_on is None


def test_foreign_barriers_steps_and_notes_are_not_found(world, sign_in):
    barrier = barriers.report_barrier(world.oak.plan, "leaders", text="No room.", by=world.ana, now=world.now)
    note = notes.write_note(world.oak.plan, text="Oak.", by=world.ana, now=world.now)
    client = sign_in(world.bo)
    for url, data in [
        (world.plan.url("barrier_resolve", pk=barrier.pk), {}),
        (world.plan.url("barrier_reopen", pk=barrier.pk), {}),
        (world.plan.url("barrier_report", step="team"), {"text": "x"}),
        (world.plan.url("note_edit", pk=note.pk), {"text": "x", "revision": 1}),
        (world.plan.url("note_write"), {"text": "x", "step": "team"}),
        (world.plan.url("note_write"), {"text": "x", "item": world.oak.plan.items.first().pk}),
        (world.plan.url("note_write"), {"text": "x", "item": "one"}),
    ]:
        assert client.post(url, data).status_code == 404, url
    barrier.refresh_from_db()
    assert barrier.resolved_on is None
    assert [one.text for one in Note.objects.all()] == ["Oak."]


def test_an_observer_writes_nothing(world, sign_in):
    client = sign_in(world.vi)
    for url in (
        world.plan.url("barrier_report", step="leaders"),
        world.plan.url("note_write"),
        world.plan.url("contact_log"),
    ):
        assert client.post(url, {"text": "x", "on": "2026-01-05"}).status_code == 403
    assert not Note.objects.exists()


def test_a_note_is_markdown_made_safe(world, sign_in):
    client = sign_in(world.bo)
    text = "**Bold** <script>alert(1)</script> [x](javascript:alert(1)) [y](https://example.org)"
    page = client.post(world.plan.url("note_write"), {"text": text}, follow=True).content.decode()
    assert "<strong>Bold</strong>" in page
    assert "<script>alert" not in page
    assert 'href="javascript' not in page
    assert 'href="https://example.org" rel="nofollow noopener"' in page


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("Called the clinic.", "Your note is saved.<"),
        ("Called @Ana Brandt.", "Your note is saved. Told by mail: Ana Brandt.<"),
        ("Called @Anne.", "Your note is saved. Nobody is told by mail: no name after an @ belongs to somebody"),
    ],
)
def test_a_saved_note_says_so_and_whom_it_tells(world, sign_in, text, said):
    client = sign_in(world.bo)
    for _time in range(2):
        assert said in client.post(world.plan.url("note_write"), {"text": text}, follow=True).content.decode()
    assert Note.objects.count() == 1, "it was sent twice"


def test_a_changed_note_says_whom_it_tells_now_and_nobody_twice(world, sign_in):
    client = sign_in(world.bo)
    before = world.now - dt.timedelta(hours=1)
    note = notes.write_note(world.plan, text="Call @Ana Brandt.", by=world.bo, now=before)
    for revision, (text, said) in enumerate(
        [
            ("Call @Anne.", "Your note is saved. Nobody is told by mail: no name after an @ belongs to somebody"),
            ("Call @Ana Brandt at once.", "Your note is saved.<"),
            ("Call @Ana Brandt and @Vi.", "Your note is saved. Told by mail: Vi"),
        ],
        start=1,
    ):
        sent = {"text": text, "revision": revision}
        page = client.post(world.plan.url("note_edit", pk=note.pk), sent, follow=True).content.decode()
        assert said in page, text
    assert "Told by mail: Vi Okafor.<" in page, "the other one knows already"


def test_an_empty_note_is_refused_and_words_stay(world, sign_in):
    client = sign_in(world.bo)
    assert client.post(world.plan.url("note_write"), {"text": " "}).status_code == 422
    answer = client.post(world.plan.url("note_write"), {"text": "x" * 10_001})
    assert answer.status_code == 422
    assert "x" * 10_001 in answer.content.decode()


def test_of_two_people_editing_one_note_nobody_loses_a_word(world, sign_in):
    note = notes.write_note(world.plan, text="Start.", by=world.bo, now=world.now)
    url = world.plan.url("note_edit", pk=note.pk)
    sign_in(world.ana).post(url, {"text": "Ana's words.", "revision": "1"})
    answer = sign_in(world.bo).post(url, {"text": "Bo's words.", "revision": "1"})
    page = answer.content.decode()
    assert answer.status_code == 409
    assert "Ana&#x27;s words." in page or "Ana's words." in page
    assert "Bo&#x27;s words.</textarea>" in page
    assert 'name="revision" value="2"' in page
    note.refresh_from_db()
    assert note.text == "Ana's words."
    sign_in(world.bo).post(url, {"text": "Both.", "revision": "2"})
    note.refresh_from_db()
    assert (note.text, note.revision) == ("Both.", 3)


def test_the_state_cannot_edit_a_note_it_may_not_read(world, sign_in):
    note = notes.write_note(world.plan, text="Secret.", by=world.bo, now=world.now)
    client = sign_in(world.dee)
    assert client.get(world.plan.url("note_edit", pk=note.pk)).status_code == 404


def test_a_contact_is_logged_with_a_day_to_look_again(world, sign_in):
    client = sign_in(world.dee)
    url = world.plan.url("contact_log")
    client.post(url, {"on": "2026-01-04", "note": "Called.", "next_on": "2026-01-19"})
    assert Contact.objects.get().next_on == dt.date(2026, 1, 19)
    for data, words in [
        ({"on": "2026-01-06"}, "in the future"),
        ({"on": "2026-01-05", "next_on": "2026-01-02"}, "Choose a day after the contact."),
        ({"on": "soon"}, "This is not a date"),
    ]:
        answer = client.post(url, data)
        assert answer.status_code == 422
        assert words in answer.content.decode()
    assert Contact.objects.count() == 1


def test_a_teams_plan_has_no_contact_page(world, sign_in):
    assert sign_in(world.ana).get(f"{world.team_plan.get_absolute_url()}contact/").status_code == 404


def test_older_notes_are_on_further_pages(world, sign_in, monkeypatch):
    monkeypatch.setattr(note_views, "SHOWN", 2)
    for text in ("First.", "Second.", "Third."):
        notes.write_note(world.plan, text=text, by=world.bo, now=world.now)
    client, url = sign_in(world.bo), world.plan.url("note_list")
    first = client.get(url)
    assert [note.text for note in first.context["notes"]] == ["Third.", "Second."]
    assert first.context["older"] in first.text
    older = client.get(url + first.context["older"])
    assert [note.text for note in older.context["notes"]] == ["First."]
    assert (older.context["older"], f'href="{url}"' in older.text) == ("", True)
    assert client.get(f"{url}?before=soon").status_code == 200


def test_whoever_logs_a_call_reads_what_was_said_before_and_the_state_only_when(world, sign_in):
    contacts.log_contact(world.elm, by=world.ana, now=world.now, note="They want to see the data first.")
    url = world.plan.url("contact_log")
    assert "They want to see the data first." in sign_in(world.bo).get(url).text
    shown = sign_in(world.dee).get(url).text
    assert ("Ana Brandt" in shown, "They want to see" in shown) == (True, False)
