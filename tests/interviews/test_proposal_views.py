import pytest

from interviews import approving, concluding
from interviews.models import FindingStep
from tests.cast import person
from tests.interviews.test_views import page

pytestmark = pytest.mark.django_db
URL = "/proposals/"


@pytest.fixture
def proposal(world, finding, by):
    concluding.take_back(finding, **by)
    text = "A room is named in writing."
    made = concluding.tie(finding, step_key="leaders", stance="proposes", proposal="milestone", text=text, **by)
    concluding.publish(finding, **by)
    return made


def decide(client, proposal, **said):
    return client.post(f"{URL}{proposal.pk}/", said, follow=True)


@pytest.mark.parametrize("name", ["nia", "bo", "vi", "ana", "cy", "ria", "kim"])
def test_who_does_not_edit_the_roadmap_does_not_know_of_the_page(sign_in, world, proposal, name):
    client = sign_in(getattr(world, name))
    assert client.get(URL).status_code == 404
    assert decide(client, proposal, state="taken").status_code == 404
    assert FindingStep.objects.get(pk=proposal.pk).state == "open"


def test_signed_out_one_is_asked_to_sign_in(client, proposal):
    assert "/accounts/login/" in client.get(URL)["Location"]


def test_an_administrator_decides_for_the_own_program_only(sign_in, world, proposal):
    client = sign_in(world.dee)
    shown = page(client.get(URL))
    assert "A room is named in writing." in shown
    assert "Proposed as a new milestone at “Win leader support”" in shown
    assert "There is no editor for the Roadmap in Milepost yet" in shown
    assert "Say why" in page(decide(client, proposal, state="declined", reply=" "), 422)
    assert "Select a valid choice" in page(decide(client, proposal, state="eaten"), 422)
    taken = page(decide(client, proposal, state="taken"))
    assert "by Dee Halvorsen" in taken
    assert "key: leaders_m_a_room_is_named_in_writing" in taken
    assert "evidence: null" in taken
    assert "decided this before" in page(decide(client, proposal, state="declined", reply="No."), 422)
    assert "Do not take it" in page(decide(client, proposal, state="open"))
    ed = sign_in(world.ed)
    assert "Nothing is proposed" in page(ed.get(URL))
    assert decide(ed, proposal, state="taken").status_code == 404


def test_staff_hear_from_every_program(sign_in, world, proposal):
    client = sign_in(person("Sam Staff", is_staff=True))
    assert "A room is named in writing." in page(client.get(URL))
    assert "Not taken" in page(decide(client, proposal, state="declined", reply="It is there already."))
    assert proposal.finding.study.program == world.program


def test_those_who_edit_the_roadmap_find_the_way_there(sign_in, world, proposal):
    assert 'href="/proposals/"' in page(sign_in(world.dee).get("/programs/michigan/interviews/"))
    assert "/proposals/" not in page(sign_in(world.kim).get("/programs/michigan/interviews/"))
    assert 'href="/proposals/"' in page(sign_in(person("Sam Staff", is_staff=True)).get("/roadmap/"))
    assert "/proposals/" not in page(sign_in(world.dee).get("/roadmap/"))


def test_the_study_hears_what_was_decided(sign_in, world, proposal):
    decide(sign_in(world.dee), proposal, state="declined", reply="It is an action already.")
    shown = page(sign_in(world.ria).get(f"/studies/what-helps-sites/findings/{proposal.finding_id}/"))
    assert "Not taken: It is an action already." in shown


def test_while_interviews_are_off_nothing_is_proposed(sign_in, world, proposal):
    approving.switch_off(world.program, by=world.dee, now=world.now)
    assert "Nothing is proposed" in page(sign_in(world.dee).get(URL))


def test_the_list_needs_as_many_statements_for_many_as_for_few(
    sign_in, world, finding, proposal, by, django_assert_max_num_queries
):
    client = sign_in(world.dee)
    with django_assert_max_num_queries(12) as few:
        client.get(URL)
    concluding.take_back(finding, **by)
    for number in range(9):
        concluding.tie(finding, step_key="plan", stance="proposes", proposal="action", text=f"Do {number}.", **by)
    concluding.publish(finding, **by)
    with django_assert_max_num_queries(len(few)):
        assert page(client.get(URL)).count("Take it into the draft") == 10
