"""The screens of double coding, asked for and posted to as its people would."""

import csv
import io

import pytest

from interviews import agreeing, coding, deidentifying, recruiting, studying
from interviews.models import AgreementRound, Coding, Settlement
from interviews.rounds import differences
from tests.interviews.conftest import transcript_of
from tests.interviews.test_views import BASE, page

pytestmark = pytest.mark.django_db
ROUNDS = f"{BASE}agreement/"
SENTENCE = "Elm Clinic was fine."
OTHER = "Call Maria at 616-555-0100."


@pytest.fixture
def texts(study, guide, by):
    """Two transcripts that everybody in the study may read."""
    found = [transcript_of(study, guide, by, pseudonym) for pseudonym in ("P01", "P02")]
    for one in found:
        deidentifying.say_cleared(one, cleared=True, revision=1, **by)
    return found


@pytest.fixture
def opened(world, study, texts, codes, by):
    coders = {"coders": [world.ria, world.bo], "transcripts": [one.pk for one in texts]}
    return agreeing.open_round(study, name="First", unit="sentence", **coders, **by)


def put(person, text, words, code, *, by):
    start = text.text.index(words)
    place = {"start": start, "end": start + len(words), "revision": 1}
    return coding.apply_code(text, code.pk, **place, **{**by, "by": person})


@pytest.fixture
def closed(world, opened, texts, codes, by):
    """The round, closed: both see Time in one sentence, Ria alone in a second, Bo alone Space in that one."""
    put(world.ria, texts[0], SENTENCE, codes["Time"], by=by)
    put(world.bo, texts[0], SENTENCE, codes["Time"], by=by)
    put(world.ria, texts[0], OTHER, codes["Time"], by=by)
    put(world.bo, texts[0], OTHER, codes["Space"], by=by)
    for person in (world.ria, world.bo):
        for one in texts:
            agreeing.say_through(opened, one.pk, through=True, **{**by, "by": person})
    return agreeing.close_round(opened, **by)


@pytest.fixture
def ria(sign_in, world, study):
    return sign_in(world.ria)


def round_url(found):
    return f"{ROUNDS}{found.pk}/"


def test_a_study_without_rounds_says_what_a_round_is_for_and_who_opens_one(sign_in, world, study):
    assert "Open a round" in page(sign_in(world.ria).get(ROUNDS))
    shown = page(sign_in(world.bo).get(ROUNDS))
    assert "No interview was coded twice yet" in shown
    assert "Owners of the study open a round." in shown


def test_a_round_is_opened_by_hand_and_by_share_and_what_is_wrong_is_said(ria, world, texts, codes):
    shown = page(ria.get(f"{ROUNDS}new/"))
    assert 'value="Round 1"' in shown
    assert "P02" in shown
    said = {"name": "Pilot", "how": "hand", "unit": "paragraph", "coders": [world.ria.pk, world.bo.pk]}
    assert "Choose at least one interview." in page(ria.post(f"{ROUNDS}new/", said), 422)
    assert "Say how many percent." in page(ria.post(f"{ROUNDS}new/", said | {"how": "share"}), 422)
    assert "at least two people" in page(
        ria.post(f"{ROUNDS}new/", said | {"coders": [], "transcripts": [texts[0].pk]}), 422
    )
    assert "No question of the guide" in page(
        ria.post(f"{ROUNDS}new/", said | {"unit": "answer", "transcripts": [texts[0].pk]}), 422
    )
    foreign = said | {"coders": [world.ria.pk, world.kim.pk], "transcripts": [texts[0].pk]}
    assert "is not one of the available choices" in page(ria.post(f"{ROUNDS}new/", foreign), 422)
    shown = page(ria.post(f"{ROUNDS}new/", said | {"transcripts": [texts[0].pk]}, follow=True))
    assert "open since" in shown
    assert "I am through" in shown
    shown = page(ria.post(f"{ROUNDS}new/", said | {"how": "share", "share": 50}, follow=True))
    assert "chosen at random: 50% of 1 (seed " in shown
    assert "through 0 of 2 times" in page(ria.get(ROUNDS))


def test_who_codes_says_on_either_page_that_they_are_through(ria, world, opened, texts, sign_in, client):
    transcript = f"{BASE}interviews/{texts[0].interview_id}/transcript/"
    assert "You code this interview blind" in page(ria.get(transcript))
    said = {"transcript": texts[0].pk, "through": "1"}
    assert "Not after all" in page(ria.post(f"{round_url(opened)}through/", said, follow=True))
    assert opened.completions.get().coder.user == world.ria
    back = ria.post(f"{round_url(opened)}through/", said | {"through": "0", "transcript_page": "1"})
    assert back["Location"] == transcript
    assert not opened.completions.exists()
    assert ria.post(f"{round_url(opened)}through/", {"transcript": "x"}).status_code == 404
    opened.coders.remove(opened.coders.get(user=world.bo))
    bo = sign_in(world.bo)
    assert "You code this interview blind" not in page(bo.get(transcript))
    assert "do not code in this round" in page(bo.post(f"{round_url(opened)}through/", said, follow=True))


def test_a_round_is_closed_after_saying_who_is_not_through(ria, opened, texts, by):
    agreeing.say_through(opened, texts[0].pk, through=True, **by)
    shown = page(ria.get(f"{round_url(opened)}close/"))
    assert "Ria Castellan: 1 interview is left." in shown
    assert "Bo Lindqvist: 2 interviews are left." in shown
    shown = page(ria.post(f"{round_url(opened)}close/", follow=True))
    assert "no unit was looked at by two coders" in shown
    assert "no unit was looked at by two coders" in page(ria.get(f"{round_url(opened)}close/", follow=True))


def test_a_round_opened_by_mistake_is_ended_without_figures(ria, opened, closed, study, by, texts, world):
    assert "Its figures stay" in page(ria.post(f"{round_url(closed)}drop/", follow=True))
    coders = {"coders": [world.ria, world.bo], "transcripts": [texts[0].pk]}
    again = agreeing.open_round(study, name="Again", unit="sentence", **coders, **by)
    assert "is ended without figures" in page(ria.post(f"{round_url(again)}drop/", follow=True))
    assert AgreementRound.objects.get() == closed
    assert Coding.objects.there().count() == 4


def test_a_closed_round_shows_its_figures_and_what_is_not_defined(ria, closed):
    shown = page(ria.get(round_url(closed)))
    assert "<dd> 0.45" in shown
    assert "only Bo used it" in shown
    assert "2 codes that nobody used" in shown
    assert "There is no line between good and bad." in shown
    shown = page(ria.get(ROUNDS))
    assert "0.45" in shown
    assert "<polyline" not in shown  # one round is no course


def test_three_coders_have_alpha_and_a_row_for_each_two(ria, world, study, texts, codes, by):
    studying.take_in(study, email=world.kim.email, owner=False, **by)
    people = [world.ria, world.bo, world.kim]
    found = agreeing.open_round(study, name="Three", unit="sentence", coders=people, transcripts=[texts[0].pk], **by)
    for person in people:
        agreeing.say_through(found, texts[0].pk, through=True, **{**by, "by": person})
    put(world.kim, texts[0], SENTENCE, codes["Time"], by=by)
    agreeing.close_round(found, **by)
    shown = page(ria.get(round_url(found)))
    for two in ("Ria and Bo", "Ria and Kim", "Bo and Kim"):
        assert two in shown
    assert "nobody used it" in shown  # by Ria and Bo


def test_the_figures_come_as_a_table(ria, closed, opened):
    answer = ria.get(f"{round_url(closed)}export.csv")
    rows = list(csv.reader(io.StringIO(b"".join(answer.streaming_content).decode("utf-8-sig"))))
    assert rows[1][:9] == ["Time", "Ria Castellan", "Bo Lindqvist", "8", "1", "1", "0", "6", "87.5"]
    assert rows[1][9] == "0.6"
    assert rows[2][9] == "0.0"


def test_after_two_rounds_the_course_is_shown(ria, world, study, closed, texts, codes, by):
    later = {**by, "now": by["now"].replace(month=3)}
    coders = {"coders": [world.ria, world.bo], "transcripts": [one.pk for one in texts]}
    second = agreeing.open_round(study, name="Second", unit="sentence", **coders, **later)
    for person in (world.ria, world.bo):
        agreeing.say_through(second, texts[0].pk, through=True, **{**later, "by": person})
    agreeing.close_round(second, **later)
    shown = page(ria.get(ROUNDS))
    assert "<polyline" in shown
    assert "Alpha fell from 0.45" in shown


def places(found):
    return differences(AgreementRound.objects.get(pk=found.pk).result)


def said_of(one, **more):
    names = ("transcript", "code", "start", "end", "revision")
    return {name: getattr(one, name) for name in names} | more


def test_places_stand_side_by_side_and_are_settled_and_undone(ria, closed, codes):
    url = f"{round_url(closed)}differences/"
    shown = page(ria.get(url))
    assert "0 of 2 differences settled" in shown
    assert shown.count('class="dispute"') == 2
    assert OTHER in shown
    one = next(one for one in places(closed) if one.code == codes["Space"].pk)
    answer = ria.post(
        f"{round_url(closed)}settle/", said_of(one, applies="0", why="Not a room."), HTTP_HX_REQUEST="true"
    )
    shown = page(answer)
    assert "It does not belong here" in shown
    assert "Not a room." in shown
    assert Coding.objects.there().filter(code=codes["Space"]).count() == 0
    again = ria.post(f"{round_url(closed)}settle/", said_of(one, applies="0", why="Not a room."))
    assert again["Location"].endswith("show=all&after=0#place-1")
    assert "1 of 2 differences settled" in page(ria.get(url))
    assert "1 place" in page(ria.get(f"{url}?code={codes['Time'].pk}"))
    made = Settlement.objects.get()
    shown = page(ria.post(f"{round_url(closed)}settlements/{made.pk}/undo/", HTTP_HX_REQUEST="true"))
    assert "It does not belong here" not in shown
    assert Coding.objects.there().filter(code=codes["Space"]).count() == 1


def test_when_all_is_settled_the_page_says_so(ria, closed):
    for one in places(closed):
        ria.post(f"{round_url(closed)}settle/", said_of(one, applies="1"))
    assert "Nothing is left here" in page(ria.get(f"{round_url(closed)}differences/"))
    assert "2 settled" in page(ria.get(round_url(closed)))
    assert page(ria.get(f"{round_url(closed)}differences/?show=all&code=x&after=-1"))


def test_what_cannot_be_settled_is_said_in_place_or_not_found(ria, world, study, closed, texts, by):
    one = places(closed)[0]
    settle = f"{round_url(closed)}settle/"
    assert ria.post(settle, said_of(one)).status_code == 404
    assert ria.post(settle, said_of(one, code=999, applies="1")).status_code == 404
    assert ria.post(settle, said_of(one, transcript=999, applies="1")).status_code == 404
    stale = ria.post(settle, said_of(one, revision=9, applies="1"), HTTP_HX_REQUEST="true")
    assert "Somebody changed this text meanwhile" in page(stale, 422)
    ria.post(settle, said_of(one, applies="1"))
    coders = {"coders": [world.ria, world.bo], "transcripts": [one.transcript]}
    agreeing.open_round(study, name="Second", unit="sentence", **coders, **by)
    made = Settlement.objects.get()
    shown = page(ria.post(f"{round_url(closed)}settlements/{made.pk}/undo/", follow=True))
    assert "coded blind in “Second”" in shown


def test_words_that_one_may_not_read_or_that_are_gone_are_not_shown(sign_in, world, closed, texts, by):
    deidentifying.say_cleared(texts[0], cleared=False, revision=1, **by)
    bo, url = sign_in(world.bo), f"{round_url(closed)}differences/"
    shown = page(bo.get(url))
    assert "1 more place is in a text that you cannot read" in shown
    assert OTHER not in shown
    assert bo.post(f"{round_url(closed)}settle/", said_of(places(closed)[0], applies="1")).status_code == 404
    recruiting.withdraw(texts[0].interview.participant, **by)
    assert "1 more place is in a text" in page(sign_in(world.ria).get(url))
    assert "The words of 1 interview are not there any more" in page(sign_in(world.ria).get(round_url(closed)))


@pytest.mark.parametrize("address", ["", "{pk}/", "{pk}/differences/"])
def test_pages_need_as_many_statements_for_few_places_as_for_many(
    ria, world, study, closed, texts, codes, by, address, at_most
):
    with at_most(16) as few:
        page(ria.get(ROUNDS + address.format(pk=closed.pk)))
    for number, words, code in (
        (0, "Bo Lindqvist did.", "Helps"),
        (1, "Bo Lindqvist did.", "Helps"),
        (1, SENTENCE, "Barriers"),
        (0, SENTENCE, "Space"),
    ):
        put(world.ria, texts[number], words, codes[code], by=by)
    coders = {"coders": [world.ria, world.bo], "transcripts": [one.pk for one in texts]}
    second = agreeing.open_round(study, name="Second", unit="sentence", **coders, **by)
    for person in (world.ria, world.bo):
        for one in texts:
            agreeing.say_through(second, one.pk, through=True, **{**by, "by": person})
    agreeing.close_round(second, **by)
    assert len(places(second)) == 6
    with at_most(len(few)):
        page(ria.get(ROUNDS + address.format(pk=second.pk)))


def test_who_is_alone_in_a_study_is_told_to_take_somebody_in_before_a_round(world, ria, study, by):
    studying.let_go(study, study.members.get(user=world.bo).pk, **by)
    shown = page(ria.get(f"{ROUNDS}new/"))
    assert "Nobody else is in the study yet" in shown
    assert f'href="{BASE}people/"' in shown
    assert "Open the round" not in shown
