import datetime as dt

import pytest

from accounts.models import Activity
from interviews import codebook, deidentifying, history, recruiting, studying
from tests.interviews.test_views import BASE, page

pytestmark = pytest.mark.django_db


def told(study, **kwargs):
    return [f"{line.who} {line.did} {line.what}" for line in history.lines_of(history.rows_of(study, **kwargs))]


def changes(study, **kwargs):
    return [line.change for line in history.lines_of(history.rows_of(study, **kwargs))]


def test_every_verb_of_a_study_has_its_words(study, coded, by):
    deidentifying.destroy(study, **by)
    rows = list(history.rows_of(study))
    assert {row.verb for row in rows} <= set(history.DID)
    assert set(history.PARTS) == set(history.NAMES)
    for verb in history.DID:
        assert any(verb.startswith(beginnings) for beginnings in history.PARTS.values()), verb


def test_a_codebooks_history_says_what_changed(study, codes, by):
    time = codes["Time"]
    codebook.change_code(time, name="Hours", definition="Too few hours.", revision=1, **by)
    codebook.move_code(time, None, **by)
    codebook.merge_codes(codes["Space"], time, **by)
    assert told(study, part="codebook")[:3] == [
        "Ria Castellan merged Space",
        "Ria Castellan moved Hours",
        "Ria Castellan changed Hours",
    ]
    assert changes(study, part="codebook")[:3] == [
        "Into Hours. Passages: 0",
        "Barriers → on top",
        "Name: Time → Hours. What it means: nothing → Too few hours.",
    ]
    assert [line.did for line in history.lines_about(study, time)] == ["moved", "changed", "added"]


def test_what_people_said_is_not_kept_in_history(study, codes, by):
    codebook.change_code(codes["Time"], examples="We had no hour.", revision=1, **by)
    assert "We had no hour" not in str(Activity.objects.get(verb="code_changed").__dict__)
    assert changes(study, part="codebook")[0] == "Examples"


def test_a_withdrawal_and_a_destruction_say_what_went(study, transcript, by):
    recruiting.withdraw(transcript.interview.participant, **by)
    assert changes(study, part="participants")[0].startswith("Removed: 0 summaries")
    assert "1 transcript" in changes(study, part="participants")[0]
    deidentifying.protect(study, open_text=True, destroy_on=dt.date(2026, 3, 1), **by)
    deidentifying.destroy(study, **by)
    ends = [line.change for line in history.lines_about_files(study)]
    assert ends == [
        "Files: 0. Rows of the key: 0",
        "Names are read by everybody in it. Files and key end on Sun 1 Mar 2026",
    ]


def test_nothing_of_another_study_stands_in_it(world, study, by):
    studying.begin_study(world.program, name="Another", aim="To ask.", **by)
    assert told(study) == [
        "Ria Castellan took into the study Bo Lindqvist",
        "Ria Castellan began the study What helps sites",
    ]


@pytest.fixture
def ria(sign_in, world, study):
    return sign_in(world.ria)


def test_history_is_shown_by_part_and_in_pages(ria, study, by):
    for number in range(60):
        codebook.add_code(study, name=f"Code {number}", **by)
    shown = page(ria.get(f"{BASE}history/?part=codebook"))
    assert "<strong>Code 59</strong>" in shown
    assert "began the study" not in shown
    older = shown.split('rel="next" href="')[1].split('"')[0].replace("&amp;", "&")
    assert "<strong>Code 9</strong>" in page(ria.get(f"{BASE}history/{older}"))
    assert "Nothing here yet" in page(ria.get(f"{BASE}history/?part=agreement"))
    assert "<strong>Code 59</strong>" in page(ria.get(f"{BASE}history/?part=nonsense"))
    assert ria.get(f"{BASE}history/?before=nonsense").status_code == 404


def test_codes_participants_and_files_show_their_own_history(ria, study, codes, talk, by):
    assert "<strong>Time</strong>" in page(ria.get(f"{BASE}codes/{codes['Time'].pk}/"))
    assert "recorded the consent of" in page(ria.get(f"{BASE}participants/{talk.participant.pk}/"))
    deidentifying.destroy(study, **by)
    assert "destroyed the files and the key of" in page(ria.get(f"{BASE}protection/"))
    assert "What changed in it" in page(ria.get(f"{BASE}codes/"))


@pytest.mark.parametrize("how_many", [1, 40])
def test_history_takes_as_many_statements_however_long_it_is(ria, study, by, how_many, django_assert_max_num_queries):
    for number in range(how_many):
        codebook.add_code(study, name=f"Code {number}", **by)
    with django_assert_max_num_queries(9):
        ria.get(f"{BASE}history/")
