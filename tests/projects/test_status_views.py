import pytest

from projects import planning
from projects.models import Site
from tests.projects.test_setting_up import text_of

pytestmark = pytest.mark.django_db
ELM = "/projects/collaborative-care/sites/elm-clinic/"
DAY = "2026-01-05"


@pytest.fixture(autouse=True)
def _monday(world, time_machine):
    time_machine.move_to(world.now, tick=False)
    planning.start_site(world.elm, by=world.ana, now=world.now)


@pytest.fixture
def ana(world, sign_in):
    return sign_in(world.ana)


def status():
    return Site.objects.get(slug="elm-clinic").status


def said(ana, name, *, code=302, **fields):
    answer = ana.post(f"{ELM}{name}/", {"on": DAY, **fields})
    assert answer.status_code == code
    return text_of(ana.get(ELM) if code == 302 else answer)


def test_a_lead_pauses_a_site_and_lets_it_go_on(ana, time_machine, world, sign_in):
    assert "Pause Elm Clinic?" in text_of(ana.get(f"{ELM}pause/"))
    page = said(ana, "pause", reason="The nurse is on leave.")
    assert "Elm Clinic is paused" in page
    assert "The nurse is on leave." in page
    time_machine.move_to(world.now.replace(month=2), tick=False)
    ana = sign_in(world.ana)
    assert "move by 31 days" in text_of(ana.get(f"{ELM}resume/"))
    assert "No date moves" in said(ana, "resume", code=200, look="1", on="2026-02-05")
    assert status() == "paused"
    assert "dates have moved" in said(ana, "resume", on="2026-02-05", move_dates="on")
    assert status() == "active"
    said(ana, "pause", reason="The nurse is on leave.")
    assert "Elm Clinic goes on. No date has moved." in said(ana, "resume", move_dates="on")


def test_stopping_walks_through_what_the_roadmap_asks_and_keeps_what_was_learned(ana, world):
    page = text_of(ana.get(f"{ELM}stop/"))
    item = world.elm.plan.items.filter(item__on_exit=True).first()
    assert str(item) in page
    page = said(ana, "stop", reason="No money.", lessons="Begin with the director.", done=item.pk)
    assert "Begin with the director." in page
    item.refresh_from_db()
    assert item.done_on is not None
    assert status() == "stopped"


def test_a_finished_site_can_go_on(ana):
    assert "Stop the site instead" in text_of(ana.get(f"{ELM}finish/"))
    said(ana, "finish")
    assert status() == "finished"
    assert "Let it go on" in text_of(ana.get(ELM))


@pytest.mark.parametrize(
    ("name", "fields", "words"),
    [
        ("pause", {"reason": ""}, "Say in a few words why."),
        ("pause", {"reason": "x", "on": "2026-02-30"}, "Enter a valid date."),
        ("pause", {"reason": "x", "on": "2027-01-01"}, "This day is in the future."),
        ("stop", {"reason": "x", "done": "99999"}, "99999 is not one of the available choices"),
        ("resume", {}, "Elm Clinic is active now."),
    ],
)
def test_what_cannot_be_is_said_and_changes_nothing(ana, name, fields, words):
    assert words in said(ana, name, code=422, **fields)
    assert status() == "active"


def test_the_team_sees_why_a_site_rests_and_cannot_change_it(ana, world, sign_in):
    said(ana, "pause", reason="The nurse is on leave.")
    page = text_of(sign_in(world.bo).get(ELM))
    assert "The nurse is on leave." in page
    assert "Let it go on" not in page
