import pytest

from interviews import deidentifying, guiding, recruiting, studying
from interviews.models import Coding, Interview
from interviews.views import search
from tests.interviews.conftest import transcript_of
from tests.interviews.test_views import BASE, page

pytestmark = pytest.mark.django_db

URL = f"{BASE}search/"


@pytest.fixture
def ria(sign_in, world, study):
    return sign_in(world.ria)


@pytest.fixture
def clear(transcript, by):
    deidentifying.say_cleared(transcript, cleared=True, revision=1, **by)
    return transcript


def hit(transcript, words, revision=1):
    start = transcript.text.index(words)
    return f"{transcript.interview_id}.{start}-{start + len(words)}.{revision}"


# ---- finding


def test_the_search_says_how_and_offers_the_questions_of_the_guide(ria, guide, transcript):
    shown = page(ria.get(URL))
    assert "train finds training" in shown
    assert f"{BASE}questions/{guide.questions.first().pk}/answers/" in shown
    assert URL in page(ria.get(f"{BASE}interviews/"))
    assert URL in page(ria.get(f"{BASE}interviews/{transcript.interview_id}/transcript/"))


def test_words_are_shown_in_their_place_and_lead_there(ria, transcript):
    shown = page(ria.get(URL, {"q": '"was fine"'}))
    start = transcript.text.index("Elm Clinic was fine.")
    place = f"{start}-{start + len('Elm Clinic was fine.')}"
    assert "1 passage in 1 interview" in shown
    assert "<mark>was fine</mark>" in shown
    assert f"/transcript/?at={place}#at-{place}" in shown
    assert f'value="{hit(transcript, "Elm Clinic was fine.")}"' in shown
    assert "2 passages in 1 interview" in page(ria.get(URL, {"q": '"elm clinic"'}))


def test_what_people_said_and_their_names_are_words_and_never_tags(ria, study, guide, by):
    transcript_of(study, guide, by, "P<i>7", "A<u>: fine <b>& all</b> over.\nP: And?", name="")
    shown = page(ria.get(URL, {"q": "fine over"}))
    assert "<mark>fine</mark> &lt;b&gt;&amp; all&lt;/b&gt; <mark>over</mark>." in shown
    assert "P&lt;i&gt;7" in shown
    assert "<u>" not in shown
    assert "P<i>" not in shown


def test_what_one_may_not_read_is_not_found_and_said_to_be_left_out(world, sign_in, transcript, by):
    bo = sign_in(world.bo)
    shown = page(bo.get(URL, {"q": "fine"}))
    assert "Elm Clinic was" not in shown
    assert "1 transcript is not searched" in shown
    deidentifying.say_cleared(transcript, cleared=True, revision=1, **by)
    assert "1 passage in 1 interview" in page(bo.get(URL, {"q": "fine"}))


def test_another_study_is_not_searched(ria, world, study, transcript, by):
    studying.begin_study(world.program, name="Another", aim="To ask.", **by)
    assert "Nobody said" in page(ria.get("/studies/another/search/", {"q": "fine"}))


@pytest.mark.parametrize(
    ("asked", "words"),
    [
        ("", "train finds training"),
        (" … ?! \"'", "There is no word in this"),
        ('"was fine', "1 passage in 1 interview"),
        ("fine*", "1 passage in 1 interview"),
        ("fine AND NEAR(maria)", "Nobody said"),
        ("<script>alert(1)</script>", "Nobody said"),
        ("fi\x00ne", "Nobody said"),
        ("w" * 5000, "Nobody said"),
        ("fine " * 100, "1 passage in 1 interview"),
        ("👩‍👩‍👧", "There is no word in this"),
    ],
)
def test_whatever_is_typed_is_words(ria, transcript, asked, words):
    shown = page(ria.get(URL, {"q": asked}))
    assert words in shown
    assert "<script>alert" not in shown


def test_many_hits_come_a_page_at_a_time(ria, study, guide, by, monkeypatch):
    monkeypatch.setattr(search, "PAGE", 2)
    said = "".join(f"P09: A word of number{n}.\nInterviewer: And then?\n" for n in range(5))
    transcript_of(study, guide, by, "P09", said, name="")
    first = page(ria.get(URL, {"q": "word"}))
    assert "5 passages" in first
    assert [f"number{n}" in first for n in range(5)] == [True, True, False, False, False]
    after = first.split("after=")[1].split('"')[0]
    second = page(ria.get(URL, {"q": "word", "after": after}))
    assert [f"number{n}" in second for n in range(5)] == [False, False, True, True, False]
    assert "before=" in second
    assert page(ria.get(URL, {"q": "word", "after": "x", "before": "9" * 30})).count('name="hits"') == 2


@pytest.mark.parametrize("many", [2, 24])
def test_a_search_takes_as_many_statements_however_much_it_finds(ria, study, guide, by, codes, many, at_most):
    for n in range(2):
        said = "".join(f"P09: A word of {n}.\nInterviewer: And then?\n" for n in range(many // 2))
        transcript_of(study, guide, by, f"P{n:02}", said, name="")
    ria.get(URL, {"q": "word"})
    with at_most(9):
        assert page(ria.get(URL, {"q": "word"})).count('name="hits"') == many


# ---- coding what was found


def send(transcript, code, *words, **more):
    return {
        "q": "clinic",
        "code": code.pk,
        "spread": "sentence",
        "hits": [hit(transcript, each) for each in words],
        **more,
    }


def token_in(shown):
    return shown.split('name="token" value="')[1].split('"')[0]


def test_ticked_hits_are_looked_at_coded_once_and_undone_at_once(ria, transcript, codes):
    said = send(transcript, codes["Time"], "Elm Clinic was fine.", "Who helped at Elm Clinic?")
    shown = page(ria.post(f"{URL}code/", said))
    assert "2 passages get a code," in shown
    assert "in 1 interview:" in shown
    assert not Coding.objects.exists()
    apply = {**said, "stage": "apply", "token": token_in(shown)}
    shown = page(ria.post(f"{URL}code/", apply, follow=True))
    assert "2 passages have the code “Time” now." in shown
    assert {transcript.text[one.start : one.end] for one in Coding.objects.there()} == {
        "Elm Clinic was fine.",
        "Who helped at Elm Clinic?",
    }
    assert "This form was sent twice" in page(ria.post(f"{URL}code/", apply, follow=True))
    assert Coding.objects.count() == 2
    made = shown.split('name="made" value="')[1].split('"')[0]
    assert "2 codings are taken away again." in page(ria.post(f"{URL}undo/", {"q": "x", "made": made}, follow=True))
    assert not Coding.objects.there().exists()


def test_what_has_the_code_already_is_said_and_a_whole_turn_can_have_it(ria, transcript, codes):
    said = send(transcript, codes["Time"], "Elm Clinic was fine.", spread="turn")
    shown = page(
        ria.post(
            f"{URL}code/",
            {**said, "stage": "apply", "token": token_in(page(ria.post(f"{URL}code/", said)))},
            follow=True,
        )
    )
    assert "1 passage has the code" in shown
    turn = transcript.turns[3]
    assert [(one.start, one.end) for one in Coding.objects.all()] == [(turn[1], turn[2])]
    assert "nothing changes" in page(ria.post(f"{URL}code/", said))
    more = send(transcript, codes["Time"], "Elm Clinic was fine.", "Bo Lindqvist did.", spread="turn")
    shown = page(ria.post(f"{URL}code/", more))
    assert "1 passage gets a code," in shown
    assert "1 more has it from you already." in shown


def test_all_that_is_on_a_page_can_be_coded(ria, transcript, codes):
    said = send(
        transcript, codes["Time"], all="1", hits=[], shown=[hit(transcript, "was fine"), hit(transcript, "Bo wrote")]
    )
    assert "2 passages get a code," in page(ria.post(f"{URL}code/", said))


@pytest.mark.parametrize(
    ("more", "words"),
    [
        ({"hits": []}, "Tick the passages"),
        ({"hits": ["x"]}, "not there any more"),
        ({"hits": ["1.5-3.1\n"]}, "not there any more"),
        ({"hits": ["999999.5-9.1"]}, "not there any more"),
        ({"hits": [f"1.{n}-{n + 1}.1" for n in range(300)]}, "At most 200 passages at once."),
        ({"code": ""}, "Choose a code."),
        ({"code": "999999"}, "Choose a code."),
        ({"spread": "all"}, "Select a valid choice"),
    ],
)
def test_what_cannot_be_coded_is_said(ria, transcript, codes, more, words):
    assert words in page(ria.post(f"{URL}code/", {**send(transcript, codes["Time"], "was fine"), **more}), 422)
    assert not Coding.objects.exists()


def test_a_text_that_changed_meanwhile_is_not_coded_at_all(ria, study, guide, by, transcript, codes):
    other = transcript_of(study, guide, by, "P02", name="")
    said = send(transcript, codes["Time"], "was fine")
    said["hits"].append(hit(other, "was fine", revision=7))
    assert "Somebody changed this text meanwhile" in page(ria.post(f"{URL}code/", said), 422)
    shown = page(ria.post(f"{URL}code/", {**said, "stage": "apply", "token": "x"}, follow=True))
    assert "open for too long" in shown
    assert not Coding.objects.exists()


def test_hits_of_texts_one_may_not_read_are_as_if_they_were_not_there(world, sign_in, transcript, codes):
    said = send(transcript, codes["Time"], "was fine")
    assert "not there any more" in page(sign_in(world.bo).post(f"{URL}code/", said), 422)


def test_nobody_undoes_what_another_coded(world, sign_in, clear, coded):
    made = coded[0].created_at.isoformat()
    shown = page(sign_in(world.bo).post(f"{URL}undo/", {"made": made}, follow=True))
    assert "0 codings are taken away" in shown
    assert Coding.objects.there().count() == 3
    for wrong in ("", "yesterday", "2026-99-99T00:00:00Z", "2026-01-05T14:00:00"):
        page(sign_in(world.ria).post(f"{URL}undo/", {"made": wrong}, follow=True))
    assert Coding.objects.there().count() == 3


# ---- answers to a question

TALK = """\
Interviewer: So, what got in the way?
P02: Nobody had hours.
Interviewer: Tell me more.
P02: None at all.
Interviewer: And what would you tell another site?
P02: Begin early.
"""


def answers(guide, n):
    return f"{BASE}questions/{guide.questions.all()[n].pk}/answers/"


def test_all_answers_to_a_question_stand_on_a_page_up_to_the_next_question(ria, study, guide, by, transcript):
    made = transcript_of(study, guide, by, "P02", TALK, name="")
    shown = page(ria.get(answers(guide, 1)))
    assert "Nobody had hours." in shown
    assert "None at all." in shown
    assert "Begin early." not in shown
    start = made.text.index("Nobody had hours.")
    assert f"#at-{start}-{start + 17}" in shown
    assert "It was not recognised in 1 interview:" in shown
    assert "Nobody is known to have been asked this" in page(ria.get(answers(guide, 0)))


def test_answers_of_texts_one_may_not_read_are_not_shown(world, sign_in, study, guide, by):
    transcript_of(study, guide, by, "P02", TALK, name="")
    assert "Nobody had hours." not in page(sign_in(world.bo).get(answers(guide, 1)))


def test_an_interview_whose_guide_lacks_the_question_is_named(ria, study, guide, by):
    transcript_of(study, guide, by, "P02", TALK, name="")
    newer = guiding.write_guide(study, title="Guide", text="What do you wish for?", **by)
    shown = page(ria.get(answers(newer, 0)))
    assert "The guide of 1 interview does not have this question:" in shown
    Interview.objects.update(guide=None)  # brought in from elsewhere: read along the newest guide
    assert "does not have this question" not in page(ria.get(answers(newer, 0)))


@pytest.mark.parametrize("many", [1, 4])
def test_answers_take_as_many_statements_however_many_interviews(ria, study, guide, by, many, at_most):
    for n in range(many):
        transcript_of(study, guide, by, f"P{n:02}", TALK, name="")
    url = answers(guide, 1)
    ria.get(url)
    with at_most(8):
        assert page(ria.get(url)).count("Nobody had hours.") == many


def test_a_transcript_lists_the_questions_and_says_which_were_not_recognised(ria, study, guide, by):
    made = transcript_of(study, guide, by, "P02", TALK, name="")
    shown = page(ria.get(f"{BASE}interviews/{made.interview_id}/transcript/"))
    assert shown.count("data-asks") == 2
    assert 'href="#turn-0"' in shown
    assert "not recognised here" in shown
    at = page(ria.get(f"{BASE}interviews/{made.interview_id}/transcript/?at=13-30"))
    assert f"“{made.text[13:30]}”" in at
    for wrong in ("30-13", "5-999999", "x", "5", "999999999-5"):
        assert "Code with this name" not in page(
            ria.get(f"{BASE}interviews/{made.interview_id}/transcript/?at={wrong}")
        )


# ---- memos, and who withdraws meanwhile


def test_memos_about_an_interview_and_a_code_are_written_and_read_by_all(world, ria, sign_in, clear, codes):
    talk, code = f"{BASE}interviews/{clear.interview_id}/", f"{BASE}codes/{codes['Time'].pk}/"
    shown = page(ria.post(f"{talk}memo/", {"text": "She hesitated."}, HTTP_HX_REQUEST="true"))
    assert "She hesitated." in shown
    assert "Saved" in shown
    assert "<html" not in shown
    assert "The memo is saved." in page(ria.post(f"{code}memo/", {"text": "Too wide?"}, follow=True))
    assert "at most 10000" in page(ria.post(f"{code}memo/", {"text": "x" * 10_001}, HTTP_HX_REQUEST="true"), 422)
    bo = sign_in(world.bo)
    for url in (talk, f"{talk}transcript/"):
        shown = page(bo.get(url))
        assert "She hesitated." in shown
        assert "Ria Castellan, " in shown
    assert "Too wide?" in page(bo.get(code))


def test_who_codes_after_a_withdrawal_is_told_and_leaves_nothing(ria, transcript, codes, by):
    url = f"{BASE}interviews/{transcript.interview_id}/"
    recruiting.withdraw(transcript.interview.participant, **by)
    said = {"start": 0, "end": 5, "revision": 1, "code": codes["Time"].pk}
    for more, words in ((said, "has withdrawn"), ({**said, "code": "", "name": "Mood"}, "has withdrawn")):
        assert words in page(ria.post(f"{url}codings/", more, HTTP_HX_REQUEST="true"), 422)
        assert words in page(ria.post(f"{url}codings/", more), 422)
    shown = page(ria.get(f"{url}codings/since/?revision=1", HTTP_HX_REQUEST="true"))
    assert "has withdrawn" in shown
    assert 'hx-swap-oob="innerHTML:#turns"' in shown
    assert "has withdrawn" in page(ria.post(f"{url}memo/", {"text": "x"}, HTTP_HX_REQUEST="true"), 422)
    assert "not there any more" in page(
        ria.post(f"{URL}code/", {**said, "spread": "sentence", "hits": [f"{transcript.interview_id}.0-5.1"]}), 422
    )
    assert not Coding.objects.exists()
    assert not codes["Time"].study.codes.filter(name="Mood").exists()
