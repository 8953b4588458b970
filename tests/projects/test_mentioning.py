import pytest

from outbox.models import Delivery
from projects import mentioning, notes
from projects.mentioning import named_in
from projects.models import Membership, Role
from tests.cast import join, person

pytestmark = pytest.mark.django_db


@pytest.fixture
def write(world):
    def do(text, **fields):
        return notes.write_note(world.plan, text=text, **{"by": world.bo, "now": world.now, **fields})

    return do


def told():
    return sorted(str(row.person) for row in Delivery.objects.filter(kind="mention"))


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("@Ana Brandt, can you call?", ["Ana Brandt"]),
        ("Can you call, @ana?", ["Ana Brandt"]),
        ("Ana Brandt called.", []),
        ("mail ana@ana.example", []),
        ("@Anabel and @Anderson", []),
        ("@Ana @Ana Brandt @ANA BRANDT.", ["Ana Brandt"]),
        ("@", []),
        ("Ask @Bo Lindqvist's team", ["Bo Lindqvist"]),
    ],
)
def test_a_name_after_an_at_sign_is_a_person(world, text, names):
    assert [str(one) for one in named_in(text, [world.ana, world.bo])] == names


def test_a_first_name_that_two_have_means_nobody_and_the_whole_name_one(world):
    other = person("Ana Costa", email="costa@example.org")
    people = [world.ana, other]
    assert named_in("@Ana", people) == []
    assert named_in("@Ana Costa", people) == [other]


def test_whom_a_note_names_is_told_once_however_often_it_is_changed(world, write):
    note = write("@Ana, can you call? @Bo")
    assert told() == ["Ana Brandt"], "nobody is told of their own note"
    notes.edit_note(world.plan, note.pk, text="@Ana, please call.", revision=1, by=world.bo, now=world.now)
    assert told() == ["Ana Brandt"]


def test_the_state_is_told_only_of_what_is_shared_with_it_and_strangers_never(world, write):
    write("@Dee @Ed @Cy")
    assert told() == []
    write("@Dee Halvorsen", shared=True)
    assert told() == ["Dee Halvorsen"]


def test_the_mail_says_where_and_never_what(world, write):
    write("@Ana, the secret words.", step="leaders")
    delivery = Delivery.objects.get(kind="mention")
    message = mentioning.compose(delivery, world.now)
    assert message.subject == "Bo Lindqvist names you in a note at Elm Clinic"
    assert "secret words" not in message.text + message.html
    assert "/sites/elm-clinic/notes/" in message.text


def test_who_has_left_meanwhile_gets_no_mail(world, write):
    nurse = person("Una Reyes")
    join(nurse, Role.PRACTITIONER, world.elm)
    write("@Una Reyes?")
    Membership.objects.filter(user=nurse).update(ended_at=world.now)
    assert mentioning.compose(Delivery.objects.get(kind="mention"), world.now) is None
