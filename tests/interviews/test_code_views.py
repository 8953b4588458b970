import datetime as dt
import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from interviews import codebook, coding, deidentifying, studying
from interviews.models import Code, Coding, Transcript
from tests.interviews.test_codebook import FILE
from tests.interviews.test_views import BASE, page

pytestmark = pytest.mark.django_db


@pytest.fixture
def ria(sign_in, world, study):
    return sign_in(world.ria)


@pytest.fixture
def url(transcript):
    return f"{BASE}interviews/{transcript.interview_id}/"


def passage(transcript, words, **more):
    start = transcript.text.index(words)
    return {"start": start, "end": start + len(words), "revision": transcript.revision, **more}


# ---- the codebook


def test_a_codebook_is_begun_empty_or_from_what_is_there(ria, study):
    assert "Begin the codebook" in page(ria.get(f"{BASE}codes/"))
    assert "Time" in page(ria.post(f"{BASE}codes/", {"name": "Time"}, follow=True))
    assert "here already" in page(ria.post(f"{BASE}codes/", {"name": "time"}), 422)
    assert "Begin the codebook" not in page(ria.get(f"{BASE}codes/"))
    assert "has been begun" in page(ria.post(f"{BASE}codes/begin/", {"source": "roadmap"}), 422)


def test_a_codebook_comes_from_the_roadmap_in_one_click(ria, study):
    assert "codes are added." in page(ria.post(f"{BASE}codes/begin/", {"source": "roadmap"}, follow=True))
    assert study.codes.filter(step_key="leaders").exists()


def test_codes_come_from_a_file_and_what_is_wrong_with_it_is_said(ria, study):
    def send(text):
        return {"source": "file", "file": SimpleUploadedFile("codes.csv", text.encode())}

    assert "there is no code “Nowhere”" in page(ria.post(f"{BASE}codes/begin/", send("name,parent\nA,Nowhere")), 422)
    assert "Choose a file first." in page(ria.post(f"{BASE}codes/begin/", {"source": "file"}), 422)
    assert "3 codes are added." in page(ria.post(f"{BASE}codes/begin/", send(FILE), follow=True))


def code_url(code):
    return f"{BASE}codes/{code.pk}/"


def test_what_a_code_means_is_changed_and_a_conflict_is_said(ria, codes):
    said = {"name": "Time", "definition": "Too few hours.", "colour": 3, "mark": "star", "revision": 1}
    assert "Too few hours." in page(ria.post(code_url(codes["Time"]), said, follow=True))
    late = said | {"definition": "Other words of mine."}
    shown = page(ria.post(code_url(codes["Time"]), late), 422)
    assert "changed this code meanwhile" in shown
    assert "Other words of mine." in shown
    assert "here already" in page(ria.post(code_url(codes["Time"]), said | {"name": "Space", "revision": 2}), 422)


def test_a_code_is_moved_merged_split_and_retired_on_its_page(ria, codes, coded):
    time = code_url(codes["Time"])
    page(ria.post(f"{time}move/", {"code": ""}, follow=True))
    assert Code.objects.get(pk=codes["Time"].pk).parent is None
    assert "What is coded with it" in page(ria.get(time))
    said = {"name": "Waiting", "codings": [coded[1].pk]}
    page(ria.post(f"{time}split/", said, follow=True))
    assert Code.objects.get(name="Waiting").codings.count() == 1
    assert "This field is required" in page(ria.post(f"{time}split/", {"name": "X"}), 422)
    shown = page(ria.post(f"{time}merge/", {"code": codes["Space"].pk}, follow=True))
    assert "“Time” is now part of “Space”." in shown
    assert "now part of Space" in page(ria.get(time))
    assert "stand below this one" in page(ria.post(f"{code_url(codes['Barriers'])}retire/", follow=True))
    page(ria.post(f"{code_url(codes['Helps'])}retire/", follow=True))
    assert "2 retired codes" in page(ria.get(f"{BASE}codes/"))
    page(ria.post(f"{code_url(codes['Helps'])}retire/", follow=True))
    assert Code.objects.get(pk=codes["Helps"].pk).retired_at is None


def test_passages_of_texts_one_may_not_read_are_not_shown(world, codes, coded, sign_in):
    bo = sign_in(world.bo)
    assert 'id="passages"' not in page(bo.get(code_url(codes["Time"])))
    deidentifying.say_cleared(coded[0].transcript, cleared=True, revision=1, **world.by)
    assert 'id="passages"' in page(bo.get(code_url(codes["Time"])))


# ---- coding


def test_a_passage_is_coded_and_the_margin_comes_back_with_undo(ria, url, transcript, codes):
    said = passage(transcript, "was fine", code=codes["Time"].pk)
    shown = page(ria.post(f"{url}codings/", said, HTTP_HX_REQUEST="true"))
    assert 'id="margin-3"' in shown
    assert "Coded: Time" in shown
    assert f'data-start="{said["start"]}"' in shown
    made = Coding.objects.get()
    shown = page(ria.post(f"{url}codings/{made.pk}/away/", HTTP_HX_REQUEST="true"))
    assert "Taken away: Time" in shown
    assert "code-chip" not in shown
    assert "Coded: Time" in page(ria.post(f"{url}codings/{made.pk}/away/", HTTP_HX_REQUEST="true"))
    assert Coding.objects.there().count() == 1


def test_a_new_code_is_made_on_the_fly(ria, url, transcript, codes):
    page(ria.post(f"{url}codings/", passage(transcript, "was fine", name="Mood"), HTTP_HX_REQUEST="true"))
    assert Coding.objects.get().code.name == "Mood"


def test_a_name_that_a_code_has_means_that_code(ria, study, url, transcript, codes, by):
    codebook.add_code(study, name="Barriers", parent=codes["Helps"], **by)
    for name in ("TIME", "Helps", "Barriers"):
        page(ria.post(f"{url}codings/", passage(transcript, "was fine", name=name), HTTP_HX_REQUEST="true"))
    assert {one.code for one in Coding.objects.all()} == {codes["Time"], codes["Helps"], codes["Barriers"]}


def test_a_code_that_somebody_else_made_meanwhile_comes_into_the_palette(world, ria, study, url, transcript, codes, by):
    first = re.search(r'hx-get="([^"]+/since/[^"]+)"', page(ria.get(f"{url}transcript/")))[1].replace("&amp;", "&")
    assert "data-code=" not in page(ria.get(first))
    codebook.add_code(study, name="Mine", **by)
    theirs = codebook.add_code(study, name="Mood", **by | {"by": world.bo})
    shown = page(ria.get(first))
    assert re.findall(r'data-code="(\d+)"', shown) == [str(theirs.pk)]
    later = re.search(r'hx-get="([^"]+/since/[^"]+)"', shown)[1].replace("&amp;", "&")
    assert "data-code=" not in page(ria.get(later))
    assert ria.get(f"{url}codings/since/?revision=1&codes=x").status_code == 404


def test_a_code_comes_into_the_palette_once_with_its_name_typed_or_with_the_next_look(
    world, ria, study, url, transcript, codes, by
):
    look = re.search(r'hx-get="([^"]+/since/[^"]+)"', page(ria.get(f"{url}transcript/")))[1].replace("&amp;", "&")
    codebook.add_code(study, name="Mood", **by | {"by": world.bo})
    shown = ""
    for name in ("Mood", "Mine"):
        shown += page(ria.post(f"{url}codings/", passage(transcript, "was fine", name=name), HTTP_HX_REQUEST="true"))
    shown += page(ria.get(look))
    assert sorted(re.findall(r'data-name="(\w+)"', shown)) == ["mine", "mood"]


def test_a_name_means_the_code_that_somebody_makes_while_one_waits_for_the_codebook(
    world, ria, study, url, transcript, monkeypatch, by
):
    lock = codebook.locked_study

    def late(found):
        if not found.codes.filter(name="Mood").exists():
            codebook.make_code(found, name="Mood", parent=None, **by | {"by": world.bo})
        return lock(found)

    monkeypatch.setattr(codebook, "locked_study", late)
    page(ria.post(f"{url}codings/", passage(transcript, "was fine", name="Mood"), HTTP_HX_REQUEST="true"))
    assert Coding.objects.get().code.created_by == world.bo


def test_without_script_a_whole_turn_is_coded_by_a_form(ria, url, transcript, codes):
    shown = page(ria.get(f"{url}transcript/?turn=0"))
    assert "Who helped at" in shown
    assert "Code with this name" in shown
    turn = transcript.turns[0]
    said = {"start": turn[1], "end": turn[2], "revision": 1, "code": codes["Time"].pk}
    answer = ria.post(f"{url}codings/", said)
    assert answer["Location"].endswith("/transcript/#turn-0")
    assert page(ria.get(f"{url}transcript/?turn=999")).count("Code with this name") == 0


@pytest.mark.parametrize(
    ("more", "words"),
    [
        ({"end": 99_999}, "outside the text"),
        ({"revision": 7}, "Somebody changed this text meanwhile"),
        ({"start": "x"}, "whole number"),
        ({"code": ""}, "type the name of a new one"),
    ],
)
def test_what_cannot_be_coded_is_said_with_and_without_script(ria, url, transcript, codes, more, words):
    said = passage(transcript, "was fine", code=codes["Time"].pk) | more
    assert words in page(ria.post(f"{url}codings/", said, HTTP_HX_REQUEST="true"), 422)
    assert words in page(ria.post(f"{url}codings/", said), 422)
    assert not Coding.objects.exists()


def test_a_code_of_nowhere_is_not_found(ria, url, transcript):
    assert ria.post(f"{url}codings/", passage(transcript, "was fine", code=99_999)).status_code == 404


def test_a_coding_has_a_page_with_its_memo(world, ria, url, coded, sign_in):
    one = f"{url}codings/{coded[0].pk}/"
    assert "Interviewer" in page(ria.get(one))
    page(ria.post(one, {"text": "Think about it."}, follow=True))
    assert "Think about it." in page(ria.get(one, HTTP_HX_REQUEST="true"))
    deidentifying.say_cleared(Transcript.objects.get(), cleared=True, revision=1, **world.by)
    bo = sign_in(world.bo)
    assert "Take this code away" not in page(bo.get(one))
    assert "Ria Castellan put this code there" in page(bo.post(f"{one}away/"), 422)


def test_what_was_being_written_while_the_page_was_read_comes_in_too(world, ria, url, transcript, codes):
    first = re.search(r'hx-get="([^"]+/since/[^"]+)"', page(ria.get(f"{url}transcript/")))[1].replace("&amp;", "&")
    begun = timezone.now() - dt.timedelta(seconds=1)  # before the page, and done after it
    start = transcript.text.index("was fine")
    place = {"start": start, "end": start + 8, "revision": 1}
    coding.apply_code(transcript, codes["Time"].pk, **place, by=world.bo, now=begun)
    assert 'id="margin-3"' in page(ria.get(first))


def test_what_others_do_comes_in_after_seconds(world, ria, url, transcript, codes, sign_in):
    deidentifying.say_cleared(transcript, cleared=True, revision=1, **world.by)
    since = f"{url}codings/since/?revision=1&at=2026-01-01T00:00:00Z"
    bo = sign_in(world.bo)
    page(bo.post(f"{url}codings/", passage(transcript, "was fine", code=codes["Time"].pk)), 302)
    assert "margin-3" in page(bo.get(since))  # one's own too: there may be a second window
    shown = page(sign_in(world.ria).get(since))
    assert 'id="margin-3" hx-swap-oob="true"' in shown
    assert "Bo" in shown
    page(ria.post(f"{url}codings/{Coding.objects.get().pk}/", {"text": "Why here?"}), 302)
    assert "with a memo" in page(sign_in(world.bo).get(since))  # about one's own, by another
    ria = sign_in(world.ria)
    assert "replaced meanwhile" in page(ria.get(since.replace("revision=1", "revision=9")))
    for wrong in ("2026-01-01T00:00:00", "2026-99-01T00:00:00Z", "yesterday"):
        assert ria.get(f"{url}codings/since/?at={wrong}").status_code == 404


def test_a_text_that_still_names_somebody_is_coded_by_those_who_know(world, url, transcript, codes, sign_in):
    said = passage(transcript, "was fine", code=codes["Time"].pk)
    assert sign_in(world.bo).post(f"{url}codings/", said).status_code == 403


@pytest.mark.parametrize("many", [2, 30])
def test_a_transcript_takes_as_many_statements_however_much_is_coded(
    ria, url, transcript, codes, by, many, django_assert_max_num_queries
):
    Coding.objects.bulk_create(
        Coding(
            transcript=transcript,
            code=codes["Time"],
            coder=studying.coder_of(transcript.interview.study, by["by"]),
            start=n,
            end=n + 5,
        )
        for n in range(many)
    )
    ria.get(f"{url}transcript/")
    with django_assert_max_num_queries(14):
        assert page(ria.get(f"{url}transcript/")).count("data-start=") == many


def test_the_codebook_counts_one_interview_as_one(ria, study, coded):
    assert "2 passages in 1 interview<" in page(ria.get(f"{BASE}codes/"))
