import pytest

from interviews import studying
from interviews.counting import codes_of
from interviews.models import AgreementRound
from interviews.outline import families
from interviews.retrieving import Asked, as_read, bounds_of, how_many, passages
from interviews.studying import coder_of
from tests.interviews.analysed import material_of, put, talk_of
from tests.interviews.conftest import transcript_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def two(world, study, guide, codes, by):
    """P01, staff at Elm: Time and, on part of it, Space; Helps in another turn. P02, of the State: Barriers."""
    time, space, helps, barriers = (codes[name] for name in ("Time", "Space", "Helps", "Barriers"))
    marks = [("Time was short", time), ("was short and the room", space), ("the hall", helps)]
    place = {"project": world.project, "site": world.elm, "setting": "fqhc", "role_group": "staff"}
    return [
        talk_of(study, guide, by, "P01", *marks, **place),
        talk_of(study, guide, by, "P02", ("the room was cold", barriers, world.bo), role_group="state"),
    ]


@pytest.fixture
def found(world, study, two):
    """A function that says which words come for what is asked, in the order of the text."""
    material = material_of(study, world.ria)
    known = families(codes_of(material))

    def words(**asked):
        rows = passages(material, Asked(**asked), known).order_by("transcript", "start")
        return [(row.words, row.code.name) for row in as_read(rows.values_list("pk", flat=True))]

    return words


TIME, SPACE = ("Time was short", "Time"), ("was short and the room", "Space")
HALL, COLD = ("the hall", "Helps"), ("the room was cold", "Barriers")


def test_everything_is_found_where_nothing_is_asked(found):
    assert found() == [TIME, SPACE, HALL, COLD]


def test_by_any_of_some_codes_with_or_without_those_below(found, codes):
    time, helps, barriers = (codes[name].pk for name in ("Time", "Helps", "Barriers"))
    assert found(codes=(time, helps)) == [TIME, HALL]
    assert found(codes=(barriers,)) == [TIME, SPACE, COLD]
    assert found(codes=(barriers,), below=False) == [COLD]


def test_by_what_else_has_the_same_words_or_not(found, codes):
    time, space, helps, barriers = (codes[name].pk for name in ("Time", "Space", "Helps", "Barriers"))
    assert found(codes=(time,), also=(space,)) == [TIME]
    assert found(codes=(time,), also=(space, helps)) == []
    assert found(codes=(time,), without=(space,)) == []
    assert found(also=(space,)) == [TIME, SPACE]
    assert found(without=(space,)) == [HALL, COLD]
    assert found(codes=(helps, time), without=(barriers,)) == [HALL]


def test_by_what_else_is_in_the_same_turn(found, codes, two, by):
    time, space, helps = (codes[name].pk for name in ("Time", "Space", "Helps"))
    late = put(two[0], "was cold", codes["Helps"], by=by)
    assert late
    assert found(codes=(helps,), also=(time,), near="turn") == [("was cold", "Helps")]
    assert found(codes=(helps,), also=(time,)) == []
    assert found(codes=(helps,), without=(space,), near="turn") == [HALL]


def test_by_who_said_it_and_where_they_work(world, found):
    assert found(group="state") == [COLD]
    assert found(project=str(world.project.pk)) == [TIME, SPACE, HALL]
    assert found(project="none") == found(site="none") == [COLD]
    assert found(site=str(world.elm.pk), setting="fqhc") == [TIME, SPACE, HALL]
    assert found(site=str(world.oak.pk)) == []


def test_by_who_coded_it_and_by_words(world, study, found, two):
    assert found(coder=study.coders.get(user=world.bo).pk) == [COLD]
    assert found(words="SHORT and") == [SPACE]
    assert found(words="nowhere") == []
    assert found(participant=two[1].interview.participant_id) == [COLD]


def test_words_that_look_like_patterns_are_taken_as_they_are(found):
    assert found(words="%") == []
    assert found(words="_") == []


def test_what_still_names_somebody_is_read_by_those_who_know(world, study, guide, codes, by, two):
    talk_of(study, guide, by, "P03", ("the hall", codes["Time"]), cleared=False, name="Maria Gonzalez")
    for person, codings, unread in ((world.ria, 5, 0), (world.bo, 4, 1)):
        material = material_of(study, person)
        assert how_many(material.codings)[0] == codings
        bounds = bounds_of(material)
        assert (bounds.transcripts, bounds.unread, bounds.blind) == (3, unread, 0)


def test_who_codes_blind_finds_nothing_of_others(world, study, two):
    opened = AgreementRound.objects.create(study=study, name="First", opened_by=world.ria, opened_at=world.now)
    opened.coders.set([coder_of(study, world.ria), coder_of(study, world.bo)])
    opened.transcripts.set(two)
    for person, seen in ((world.ria, 3), (world.bo, 1)):
        material = material_of(study, person)
        assert how_many(material.codings)[0] == seen
        assert bounds_of(material).blind == 2  # whether or not others have coded there


def test_nothing_of_another_study_is_found(world, study, two, by):
    other = studying.begin_study(world.program, name="Another", aim="To ask.", **by)
    assert how_many(material_of(other, world.ria).codings) == (0, 0)


def test_by_the_question_it_answers(study, guide, codes, by, found):
    said = "Interviewer: How did your site begin?\nP05: By a call.\nInterviewer: What got in the way?\nP05: The wait.\n"
    made = transcript_of(study, guide, by, "P05", said, name="")
    for words in ("By a call", "The wait"):
        put(made, words, codes["Time"], by=by)
    begin, way = (guide.questions.get(text__startswith=words).key for words in ("How did", "What got"))
    assert found(question=begin) == [("By a call", "Time")]
    assert ("The wait", "Time") in found(question=way)
    assert ("By a call", "Time") not in found(question=way)
    assert found(question=way, words="call") == found(question="nowhere") == []
