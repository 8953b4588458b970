import csv
import io

import pytest

from interviews import deidentifying
from interviews.models import Alias, Study, Transcript
from tests.interviews.test_views import BASE, page

pytestmark = pytest.mark.django_db


@pytest.fixture
def ria(sign_in, world, transcript):
    return sign_in(world.ria)


@pytest.fixture
def url(transcript):
    return f"{BASE}interviews/{transcript.interview_id}/names/"


def all_of_it(study):
    """Return what the page posts when everything is ticked."""
    groups = deidentifying.suggestions(Transcript.objects.get(), study)
    data = {"revision": Transcript.objects.get().revision}
    for number, group in enumerate(groups):
        data[f"as-{number}"] = group.placeholder
        data[f"places-{number}"] = [f"{place.start}-{place.end}" for place in group.places]
    return data


def test_what_is_sure_is_ticked_and_all_of_it_is_replaced(ria, url, study):
    shown = page(ria.get(url))
    assert "<mark>Maria Gonzalez</mark>" in shown
    assert "perhaps an ordinary word" in shown
    assert shown.count(" checked") == 10  # all but the one "Elm"
    assert "11 places are replaced." in page(ria.post(url, all_of_it(study), follow=True))
    assert "Maria" not in Transcript.objects.get().text
    assert "Nothing more was found." in page(ria.get(url))


def test_one_place_is_replaced_by_a_placeholder_of_ones_own_and_put_back(ria, url, study):
    data = all_of_it(study)
    number = next(key[3:] for key, value in data.items() if value == "[Phone 1]")
    one = {"revision": 1, f"as-{number}": "Hotline 1", f"places-{number}": data[f"places-{number}"]}
    assert "1 place is replaced." in page(ria.post(url, one, follow=True))
    text = Transcript.objects.get().text
    assert "[Hotline 1]" in text
    shown = page(ria.get(url))
    assert "616-555-0100" in shown  # the key, for those who may see it
    page(ria.post(f"{url}back/", {"revision": 2, "start": text.index("[Hotline 1]")}, follow=True))
    assert "616-555-0100" in Transcript.objects.get().text


def test_all_places_of_some_words_are_replaced_at_once_and_nothing_else(ria, url, study):
    data = all_of_it(study)
    number = next(key[3:] for key, value in data.items() if value == "[Site A]")
    shown = page(ria.get(url))
    assert "Replace all 2" in shown  # "Elm Clinic"
    assert "Replace this one" in shown  # "Elm", perhaps an ordinary word
    unticked = {"revision": 1, f"as-{number}": "[Site A]", "only": number}
    assert "2 places are replaced." in page(ria.post(url, unticked, follow=True))
    text = Transcript.objects.get().text
    assert text.count("[Site A]") == 2
    assert "And Elm?" in text
    assert "Maria Gonzalez" in text


def test_other_words_can_be_looked_for(ria, url):
    shown = page(ria.post(url, {"revision": 1, "also": "was fine", "look": "1"}))
    assert "<mark>was fine</mark>" in shown
    assert 'value="[Name 1]"' in shown


def test_several_words_are_looked_for_at_once_and_what_is_not_there_is_said(ria, url):
    shown = page(ria.post(url, {"revision": 1, "also": "was fine, Zeno;was fine ,Ada L", "look": "1"}))
    assert shown.count("<mark>was fine</mark>") == 2  # among what was found, and in the text
    assert "Not in this text: “Zeno”, “Ada L”." in shown
    assert "Not in this text" not in page(ria.post(url, {"revision": 1, "also": "was fine", "look": "1"}))
    assert "Not in this text" not in page(ria.get(url))


def test_a_placeholder_that_is_none_is_said_and_nothing_is_replaced(ria, url, study):
    data = all_of_it(study) | {"as-0": "nobody at all!"}
    assert "cannot be a placeholder" in page(ria.post(url, data), 422)
    assert not Alias.objects.exists()


def test_places_that_were_not_offered_are_refused(ria, url, study):
    data = all_of_it(study) | {"places-0": ["0-9999"]}
    assert "Select a valid choice" in page(ria.post(url, data), 422)
    assert Transcript.objects.get().revision == 1


def test_a_text_that_changed_meanwhile_is_shown_as_it_is_now(ria, url, study):
    data = all_of_it(study)
    Transcript.objects.update(revision=5)
    assert "Somebody changed this text meanwhile" in page(ria.post(url, data), 409)
    assert "Somebody changed this text meanwhile" in page(
        ria.post(f"{url}none/", {"revision": 1, "cleared": "1"}, follow=True)
    )
    assert "Somebody changed this text meanwhile" in page(ria.post(f"{url}back/", {"revision": 1}, follow=True))
    assert not Alias.objects.exists()


def test_others_in_the_study_read_the_text_once_it_names_nobody(world, ria, url, study, sign_in):
    bo, reading = sign_in(world.bo), url.replace("/names/", "/transcript/")
    assert "Names are still in this text" in page(bo.get(reading))
    assert "Maria" not in page(bo.get(reading))
    assert bo.get(url).status_code == 403
    ria = sign_in(world.ria)
    assert "names nobody" in page(ria.post(f"{url}none/", {"revision": 1, "cleared": "1"}, follow=True))
    assert "Who helped at" in page(sign_in(world.bo).get(reading))
    ria = sign_in(world.ria)
    page(ria.post(f"{url}none/", {"revision": 1}, follow=True))
    assert "Names are still in this text" in page(sign_in(world.bo).get(reading))


def test_the_key_is_for_owners_and_a_file_of_its_own(world, ria, url, study, sign_in):
    page(ria.post(url, all_of_it(study), follow=True))
    answer = ria.get(f"{BASE}key.csv")
    rows = list(csv.reader(io.StringIO(b"".join(answer.streaming_content).decode("utf-8-sig"))))
    assert ["[Staff 1]", "participant", "Maria"] in rows
    assert sign_in(world.bo).get(f"{BASE}key.csv").status_code == 403


def test_files_and_key_get_a_day_or_are_destroyed_now(ria, url, study):
    page(ria.post(url, all_of_it(study), follow=True))
    protection = f"{BASE}protection/"
    assert "still to come" in page(ria.post(protection, {"destroy_on": "2020-01-01"}), 422)
    assert "Saved." in page(ria.post(protection, {"destroy_on": "2030-01-01", "open_text": "on"}, follow=True))
    assert Study.objects.get().open_text
    assert "1 file is emptied" in page(ria.get(f"{protection}destroy/"))
    assert "1 file and the key are destroyed." in page(ria.post(f"{protection}destroy/", follow=True))
    assert "0 rows in the key" in page(ria.get(protection))
    assert ria.get(url.replace("/names/", "/transcript/file/")).status_code == 404
