"""The pages of the analysis, asked for and posted to as a researcher would."""

import csv
import io
import re

import pytest
from openpyxl import load_workbook

from interviews import filling, recruiting
from interviews.models import AgreementRound, FrameworkCell
from interviews.studying import coder_of
from tests.interviews.analysed import put, talk_of
from tests.interviews.test_views import BASE, page

pytestmark = pytest.mark.django_db
PAGES = ["counts/", "counts/?by=project&order=codings&empty=on", "together/", "together/?near=turn", "passages/"]
PAGES += ["framework/", "framework/?rows=sites", "new-codes/"]
HTMX = {"HTTP_HX_REQUEST": "true"}


@pytest.fixture
def ria(sign_in, world, study):
    return sign_in(world.ria)


def heard(world, study, guide, codes, by, number, first=1):
    """Return the transcripts of so many people at Elm, each with Time, Space on part of it, and Helps."""
    marks = [("Time was short", codes["Time"]), ("short and the room", codes["Space"]), ("the hall", codes["Helps"])]
    place = {"project": world.project, "site": world.elm, "role_group": "staff"}
    return [talk_of(study, guide, by, f"P{number:02}", *marks, **place) for number in range(first, first + number)]


@pytest.fixture
def three(world, study, guide, codes, by):
    return heard(world, study, guide, codes, by, 3)


def table(answer):
    return list(csv.reader(io.StringIO(b"".join(answer.streaming_content).decode("utf-8-sig"))))


def sheets(answer):
    book = load_workbook(io.BytesIO(answer.content))
    return {sheet.title: [[cell.value for cell in row] for row in sheet.rows] for sheet in book}


@pytest.mark.parametrize("path", PAGES)
def test_before_anything_is_coded_a_page_says_how_to_begin(ria, path):
    assert 'class="empty"' in page(ria.get(f"{BASE}{path}"))


def test_a_page_takes_as_many_statements_however_much_was_said(
    ria, world, study, guide, codes, three, by, django_assert_max_num_queries
):
    """All pages in one test: making sixty interviews takes far longer than asking for every page of them."""

    def statements(path):
        with django_assert_max_num_queries(25, info=path) as asked:
            page(ria.get(f"{BASE}{path}"))
        return len(asked)

    filling.fill_cell(study, codes["Time"], three[0].interview.participant, text="Short.", revision=0, **by)
    few = {path: statements(path) for path in PAGES}
    for made in heard(world, study, guide, codes, by, 57, first=4):
        put(made, "Time was short", codes["Time"], world.bo, by=by)
        filling.fill_cell(study, codes["Time"], made.interview.participant, text="Short.", revision=0, **by)
    assert {path: statements(path) for path in PAGES} == few


def test_what_is_strange_in_an_address_is_left_out(ria, three):
    for path in ("counts", "together", "passages", "framework", "new-codes"):
        for strange in ("%00", "~9", "9" * 30, "'--", "-1"):
            names = ("by", "order", "coder", "near", "code", "also", "project", "site", "q", "after", "before", "rows")
            query = "&".join(f"{name}={strange}" for name in names)
            assert ria.get(f"{BASE}{path}/?{query}").status_code == 200, (path, strange)
    assert "was left out: Code, any of" in page(ria.get(f"{BASE}passages/?code=999999"))


# ---- counts and codes together


def test_each_number_of_the_counts_opens_a_list_of_that_length(ria, three, codes):
    shown = page(ria.get(f"{BASE}counts/"))
    links = re.findall(r'class="count-cell" href="([^"]+)" aria-label="[^"]*: (\d+) passages in (\d+) of 3', shown)
    assert len(links) == 8  # four codes, in one group and in all
    for href, passages, talks in links:
        listed = page(ria.get(href.replace("&amp;", "&")))
        number = "1 interview<" if talks == "1" else f"{talks} interviews<"
        assert f"{passages} of 9 passages, in {number}" in listed
        assert listed.count("<blockquote>") == int(passages)


def test_who_has_coded_nothing_is_said_to_have_and_the_choice_can_be_taken_back(ria, world, study, three):
    bo = coder_of(study, world.bo)
    shown = page(ria.get(f"{BASE}counts/?coder={bo.pk}"))
    assert "Nothing is coded yet" not in shown
    assert "No passage fits these choices" in shown
    assert f'<option value="{bo.pk}" selected>' in shown
    assert f'href="{BASE}counts/"' in shown


def test_each_number_of_the_matrix_opens_a_list_of_that_length(ria, three):
    for query in ("", "?near=turn"):
        shown = page(ria.get(f"{BASE}together/{query}"))
        links = re.findall(r'class="share share-\d" href="([^"]+)">(\d+)</a>', shown)
        assert len(links) == 2
        for href, number in links:
            assert page(ria.get(href.replace("&amp;", "&"))).count("<blockquote>") == int(number) == 3


def test_counts_come_as_files(ria, three):
    rows = table(ria.get(f"{BASE}counts/export.csv"))
    assert rows[0] == ["Code", "Under", "Project staff: passages", "Project staff: interviews"] + [
        "All: passages",
        "All: interviews",
    ]
    assert rows[3] == ["Time", "Barriers", "3", "3", "3", "3"]
    found = sheets(ria.get(f"{BASE}counts/export.xlsx?order=interviews"))
    assert list(found) == ["By role group", "By project"]
    assert found["By project"][0][2] == "Collaborative Care: passages"
    assert found["By project"][2] == ["Barriers", None, 6, 3, 6, 3]
    assert table(ria.get(f"{BASE}together/export.csv"))[1] == ["Time", "3", "", "3", "0"]
    assert sheets(ria.get(f"{BASE}together/export.xlsx?near=turn"))["Together"][3] == ["Helps", 3, 0, 0, None]
    assert table(ria.get(f"{BASE}new-codes/export.csv"))[1][3:] == ["3", "3", "Time; Space; Helps"]


def test_the_rapid_matrix_comes_as_a_workbook_too(ria, study, guide, three):
    found = sheets(ria.get(f"{BASE}matrix/export.xlsx"))
    assert found["What people said"][1][0] == "P01"
    guide.interviews.update(guide=None)
    guide.delete()
    assert ria.get(f"{BASE}matrix/export.xlsx").status_code == 404


def test_codes_without_passages_are_shown_when_asked_for(ria, study, three, by):
    study.codes.create(name="Never used", created_by=by["by"], position=9)
    assert "1 code without passages is left out." in page(ria.get(f"{BASE}counts/"))
    shown = page(ria.get(f"{BASE}counts/?empty=on"))
    assert "Never used" in shown
    assert "Leave out codes without passages" in shown


# ---- passages


def test_passages_are_narrowed_by_chips_that_come_off_one_by_one(ria, three, codes):
    time, space = codes["Time"].pk, codes["Space"].pk
    shown = page(ria.get(f"{BASE}passages/?code={time}&also={space}&group=staff&q=short"))
    assert "3 of 9 passages, in 3 interviews" in shown
    for words in ("Time", "also Space", "Project staff", "“short”"):
        assert f"Take away the filter: </span>{words}" in shown
    assert f'href="?code={time}&amp;group=staff&amp;q=short"' in shown
    assert f'name="code" value="{time}"' in shown  # another code is added to it
    assert "No passage fits these choices" in page(ria.get(f"{BASE}passages/?code={time}&without={space}"))


def test_each_passage_leads_to_its_place_and_says_who_said_and_who_coded_it(ria, three):
    shown = page(ria.get(f"{BASE}passages/"))
    at = three[0].text.index("Time was short")
    assert f"interviews/{three[0].interview_id}/transcript/#at-{at}" in shown
    assert "[Project Staff]" in shown
    assert "Ria Castellan" in shown


def test_passages_come_a_page_at_a_time(ria, three, monkeypatch):
    monkeypatch.setattr("interviews.views.passages.PAGE", 4)
    seen, url = [], f"{BASE}passages/?group=staff"
    while url:
        shown = page(ria.get(url))
        seen.append(shown.count("<blockquote>"))
        following = re.search(r'rel="next" href="([^"]+)"', shown)
        url = f"{BASE}passages/{following[1].replace('&amp;', '&')}" if following else ""
    assert seen == [4, 4, 1]
    back = re.search(r'rel="prev" href="([^"]+)"', shown)[1].replace("&amp;", "&")
    assert "group=staff" in back
    assert page(ria.get(f"{BASE}passages/{back}")).count("<blockquote>") == 4


# ---- what a person does not see


def test_a_page_says_what_of_the_study_is_not_counted_for_its_reader(world, study, guide, codes, three, by, sign_in):
    talk_of(study, guide, by, "P09", ("the hall", codes["Helps"]), cleared=False, name="Maria Gonzalez")
    opened = AgreementRound.objects.create(study=study, name="First", opened_by=world.ria, opened_at=world.now)
    opened.coders.set([coder_of(study, world.ria), coder_of(study, world.bo)])
    opened.transcripts.set(three[:1])
    bo = sign_in(world.bo)
    for path in PAGES:
        shown = page(bo.get(f"{BASE}{path}"))
        assert "1 of 4 transcripts still names somebody" in shown, path
        assert "Until that round is closed" in shown, path
    assert "6 of 6 passages, in 2 interviews" in page(bo.get(f"{BASE}passages/"))
    assert page(bo.get(f"{BASE}counts/")).count("3 of 3") == 0


# ---- the framework matrix


def cell_url(participant, code, rows="participants"):
    return f"{BASE}framework/{rows}/{participant.pk}/{code.pk}/"


@pytest.fixture
def first(three):
    return three[0].interview.participant


def test_columns_are_chosen_in_the_address_and_stay_when_one_is_added(ria, three, codes):
    assert "Choose the columns" in page(ria.get(f"{BASE}framework/"))
    time, space = codes["Time"].pk, codes["Space"].pk
    shown = page(ria.get(f"{BASE}framework/?code={time}&code={space}&code={time}"))
    assert "0 of 6 cells filled" in shown
    assert shown.count('name="code" value=') == 2
    assert shown.count(">1 passage<") == 6
    shown = page(ria.get(f"{BASE}framework/?rows=sites&code={time}"))
    assert shown.count(">3 passages<") == 1


def test_the_matrix_begins_with_the_columns_somebody_has_filled(ria, first, codes, study, by):
    filling.fill_cell(study, codes["Helps"], first, text="The hall helped.", revision=0, **by)
    shown = page(ria.get(f"{BASE}framework/"))
    assert "1 of 3 cells filled" in shown
    assert "The hall helped." in shown


def test_at_most_twelve_columns_are_shown(ria, study, three, by):
    made = [study.codes.create(name=f"C{number}", created_by=by["by"]).pk for number in range(14)]
    shown = page(ria.get(f"{BASE}framework/?{'&'.join(f'code={pk}' for pk in made)}"))
    assert "0 of 36 cells filled" in shown
    assert "Add a column" not in shown


def test_a_cell_is_saved_without_script_and_one_comes_back_to_it(ria, first, codes):
    url = cell_url(first, codes["Time"])
    shown = page(ria.get(f"{url}?code={codes['Time'].pk}"))
    assert "Time was short" in shown
    answer = ria.post(f"{url}?code={codes['Time'].pk}", {"text": "Short of hours.", "revision": 0})
    assert answer["Location"] == f"{BASE}framework/?code={codes['Time'].pk}#cell-{first.pk}-{codes['Time'].pk}"
    assert FrameworkCell.objects.get().text == "Short of hours."


def test_a_cell_is_saved_as_one_types_and_says_so(ria, first, codes):
    url = cell_url(first, codes["Time"])
    shown = page(ria.post(url, {"text": "Short of hours.", "revision": 0}, **HTMX))
    assert "Saved. Ria Castellan" in shown
    assert 'name="revision" value="1"' in shown
    assert "textarea" not in shown
    assert "Saved." in page(ria.post(url, {"text": "", "revision": 1}, **HTMX))


@pytest.mark.parametrize("script", [HTMX, {}])
def test_a_cell_that_names_somebody_is_saved_and_says_so(ria, first, codes, script):
    url = cell_url(first, codes["Time"])
    typed = {"text": "Bo Lindqvist of Elm Clinic has no time.", "revision": 0}
    shown = page(ria.post(url, typed, follow=True, **script))
    assert "it names “Bo Lindqvist”, “Elm Clinic”." in shown
    assert FrameworkCell.objects.get().text == typed["text"]
    assert "it names" not in page(ria.post(url, {"text": "No time.", "revision": 1}, follow=True, **script))


@pytest.mark.parametrize("script", [HTMX, {}])
def test_a_cell_that_somebody_else_wrote_meanwhile_shows_both_texts(ria, world, study, first, codes, by, script):
    filling.fill_cell(study, codes["Time"], first, text="Bo's words.", revision=0, **{**by, "by": world.bo})
    url = cell_url(first, codes["Time"])
    shown = page(ria.post(url, {"text": "My words.", "revision": 0}, **script), 409)
    assert "Bo Lindqvist wrote here while you were writing" in shown
    assert "Bo&#x27;s words." in shown
    assert 'name="revision" value="1"' in shown
    assert ("My words." in shown) is not bool(script)  # with script they are in the box already
    assert FrameworkCell.objects.get().text == "Bo's words."
    ria.post(url, {"text": "Both.", "revision": 1}, **script)
    assert FrameworkCell.objects.get().text == "Both."


def test_a_site_where_everybody_withdrew_has_no_cell(ria, world, study, three, codes, by):
    url = f"{BASE}framework/sites/{world.elm.pk}/{codes['Time'].pk}/"
    page(ria.get(url), 200)
    for one in study.participants.filter(site=world.elm):
        recruiting.withdraw(one, **by)
    page(ria.get(url), 404)


@pytest.mark.parametrize("script", [HTMX, {}])
def test_a_cell_that_cannot_be_saved_says_why(ria, first, codes, script):
    url = cell_url(first, codes["Time"])
    assert "at most 5000 characters" in page(ria.post(url, {"text": "x" * 5001, "revision": 0}, **script), 422)
    first.state, first.withdrawn_at = "withdrawn", first.study.created_at
    first.save()
    assert "has withdrawn" in page(ria.post(url, {"text": "x", "revision": 0}, **script), 422)
    assert not FrameworkCell.objects.exists()


def test_the_passages_behind_a_cell_come_when_they_are_unfolded(ria, world, first, codes):
    shown = page(ria.get(cell_url(first, codes["Barriers"]), **HTMX))
    assert shown.count("<blockquote>") == 2
    assert "<html" not in shown
    assert page(ria.get(cell_url(world.elm, codes["Time"], "sites"), **HTMX)).count("<blockquote>") == 3


def test_no_cell_is_at_a_row_or_a_code_elsewhere(ria, world, first, codes):
    assert ria.get(cell_url(world.oak, codes["Time"], "sites")).status_code == 404
    assert ria.get(cell_url(first, codes["Time"], "people")).status_code == 404
    codes["Time"].retired_at = world.now
    codes["Time"].save()
    assert ria.get(cell_url(first, codes["Time"])).status_code == 404


def test_the_workbook_has_the_matrix_its_passages_and_what_was_left_out(ria, study, guide, codes, first, by):
    talk_of(study, guide, by, "P09", ("the hall", codes["Helps"]), scope="no_quotes")
    filling.fill_cell(study, codes["Helps"], first, text="=HALL()", revision=0, **by)
    found = sheets(ria.get(f"{BASE}framework/export.xlsx"))
    assert found["Matrix"][1] == ["P01", "Project staff", "Collaborative Care", "Elm Clinic", "=HALL()"]
    assert len(found["Passages"]) == 1 + 3
    assert "1 interview: no quotes were agreed to" in str(found["About this file"])
    assert "no quotes were agreed to" in page(ria.get(f"{BASE}framework/"))
