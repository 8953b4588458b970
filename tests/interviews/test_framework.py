import pytest

from interviews import framework, recruiting
from interviews.counting import codes_of
from interviews.filling import fill_cell
from interviews.framework import behind, file_rows, framework_of, passage_rows
from interviews.outline import families
from tests.interviews.analysed import material_of, talk_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def three(world, study, guide, codes, by):
    """P01 and P02 at Elm, P03 of the State: P01 agreed to quotes, P02 by role group only, P03 to none."""
    time, space = codes["Time"], codes["Space"]
    elm = {"project": world.project, "site": world.elm, "role_group": "partner"}
    return [
        talk_of(study, guide, by, "P01", ("Time was short", time), ("room was cold", space), scope="quote", **elm),
        talk_of(study, guide, by, "P02", ("the hall", space), scope="role_only", **elm),
        talk_of(study, guide, by, "P03", ("the hall", time), scope="no_quotes", role_group="state"),
    ]


@pytest.fixture
def read(world, study, three, codes):
    """A function that reads the matrix of Barriers (with Time and Space below it) and Time."""

    material = material_of(study, world.ria)

    def reading(kind, **place):
        columns = [codes["Barriers"], codes["Time"]]
        return framework_of(material, kind, columns, families(codes_of(material)), **place)

    return reading


def numbers(found):
    return {str(row.of): [cell.codings for cell in row.cells] for row in found.rows}


def test_participants_stand_against_codes_with_what_is_coded_below_them(read):
    found = read("participants")
    assert numbers(found) == {"P01": [2, 1], "P02": [1, 0], "P03": [1, 1]}
    assert (found.filled, found.size) == (0, 6)


def test_sites_gather_their_people(read, world, study, codes, by):
    fill_cell(study, codes["Time"], world.elm, text="Never enough.", revision=0, **by)
    found = read("sites")
    assert numbers(found) == {"Elm Clinic": [3, 1]}
    assert [cell.cell and cell.cell.text for cell in found.rows[0].cells] == [None, "Never enough."]
    assert (found.filled, found.size) == (1, 2)


def test_who_withdrew_or_was_not_heard_has_no_row(world, study, three, read, by):
    recruiting.withdraw(three[0].interview.participant, **by)
    assert list(numbers(read("participants"))) == ["P02", "P03"]


def test_rows_come_a_page_at_a_time(read, monkeypatch):
    monkeypatch.setattr(framework, "PAGE", 2)
    first = read("participants")
    second = read("participants", after=first.page.after)
    assert [list(numbers(page)) for page in (first, second)] == [["P01", "P02"], ["P03"]]
    assert first.size == second.size == 6


def test_behind_a_cell_stand_its_passages(world, study, three, codes):
    material = material_of(study, world.ria)
    known = families(codes_of(material))
    pk = codes["Barriers"].pk
    found = behind(material, "participants", three[0].interview.participant_id, pk, known)
    assert [one.words for one in found.with_words()] == ["Time was short", "room was cold"]
    assert behind(material, "sites", world.elm.pk, pk, known).count() == 3


@pytest.mark.parametrize("more", [1, 20])
def test_the_matrix_takes_six_statements_however_much_is_coded(
    world, study, guide, codes, three, read, by, more, django_assert_num_queries
):
    for number in range(more):
        made = talk_of(study, guide, by, f"Q{number}", ("the hall", codes["Time"]))
        fill_cell(study, codes["Time"], made.interview.participant, text="Said.", revision=0, **by)
    with django_assert_num_queries(6):  # the codebook, then the matrix
        assert len(read("participants").rows) == more + 3


# ---- what leaves in a file


def left(study, person, codes, kind="participants"):
    material = material_of(study, person)
    columns = [codes["Barriers"], codes["Helps"]]
    return list(passage_rows(material, kind, columns, families(codes_of(material))))


def test_the_file_has_all_rows_with_their_summaries(study, three, codes, by):
    fill_cell(study, codes["Time"], three[0].interview.participant, text="=Short.", revision=0, **by)
    rows = list(file_rows(study, "participants", [codes["Time"]]))
    assert [row[0] for row in rows] == ["P01", "P02", "P03"]
    assert [row[-1] for row in rows] == ["=Short.", "", ""]
    assert len(rows[0]) == len(framework.file_header("participants", [codes["Time"]]))
    assert list(file_rows(study, "sites", [codes["Time"]])) == [["Collaborative Care", "Elm Clinic", ""]]


def test_words_leave_as_consent_says(world, study, three, codes):
    rows = left(study, world.ria, codes)
    assert [(row[1], row[4], row[-1]) for row in rows] == [
        ("P01", "Elm Clinic", "Time was short"),
        ("P01", "Elm Clinic", "room was cold"),
        ("P02", "", "the hall"),  # by role group only: not where they work
    ]
    assert all(row[0] == "Barriers" for row in rows)


def test_words_that_name_somebody_leave_only_where_the_study_is_open(world, study, guide, codes, three, by):
    talk_of(study, guide, by, "P04", ("the hall", codes["Helps"]), cleared=False)
    assert "P04" not in {row[1] for row in left(study, world.ria, codes)}
    study.open_text = True
    study.save()
    assert "P04" in {row[1] for row in left(study, world.ria, codes)}


def test_the_files_last_sheet_says_what_was_left_out(study):
    header, rows = framework.about(study, ["2 interviews: no quotes were agreed to"])
    assert header == ["Framework matrix of “What helps sites”"]
    assert rows[-1] == ["Words left out of 2 interviews: no quotes were agreed to."]
