import pytest

from interviews import counting
from interviews.counting import codes_of, counted, together
from interviews.outline import families
from interviews.retrieving import Asked, how_many, passages
from tests.interviews.analysed import material_of, put, talk_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def three(world, study, guide, codes, by):
    """Three interviews with the codes that stand in them.

    P01, staff at Elm: Time twice, one of them by Bo as well, and Space. P02, a partner: Time on top of Space, Barriers
    itself. P03, staff elsewhere: Helps.
    """
    staff, partner = {"role_group": "staff"}, {"role_group": "partner"}
    time, space = codes["Time"], codes["Space"]
    return [
        talk_of(
            study,
            guide,
            by,
            "P01",
            ("Time was short", time),
            ("Time was short", time, world.bo),
            ("the room was cold", space),
            ("the hall", time),
            project=world.project,
            site=world.elm,
            **staff,
        ),
        talk_of(
            study,
            guide,
            by,
            "P02",
            ("Time was short", time),
            ("was short and the room", space),
            ("the hall", codes["Barriers"]),
            project=world.project,
            site=world.oak,
            **partner,
        ),
        talk_of(study, guide, by, "P03", ("the hall", codes["Helps"]), **staff),
    ]


@pytest.fixture
def material(world, study, three):
    return material_of(study, world.ria)


def read(found):
    return {line.code.name: [(cell.codings, cell.interviews) for cell in line.cells] for line in found.lines}


def test_codes_are_counted_by_role_group_and_in_all(material):
    found = counted(material, codes_of(material), by="role")
    assert [(one.name, one.interviews) for one in found.columns] == [
        ("Project staff", 2),
        ("Community partner", 1),
        ("All", 3),
    ]
    assert read(found)["Time"] == [(3, 1), (1, 1), (4, 2)]
    assert read(found)["Helps"] == [(1, 1), (0, 0), (1, 1)]
    assert read(found)["Space"] == [(1, 1), (1, 1), (2, 2)]


def test_a_code_counts_what_is_below_it_and_each_interview_once(material):
    assert read(counted(material, codes_of(material), by="role"))["Barriers"] == [(4, 1), (3, 1), (7, 2)]


def test_codes_are_counted_by_project_with_people_of_none_last(world, material):
    found = counted(material, codes_of(material), by="project")
    assert [(one.key, one.name, one.interviews) for one in found.columns] == [
        (str(world.project.pk), "Collaborative Care", 2),
        ("none", "No project", 1),
        ("", "All", 3),
    ]
    assert read(found)["Time"] == [(4, 2), (0, 0), (4, 2)]


def test_one_persons_codings_are_counted_alone(world, study, material):
    bo = study.coders.get(user=world.bo).pk
    assert read(counted(material, codes_of(material), by="role", coder=bo)) == {
        "Barriers": [(1, 1), (0, 0), (1, 1)],
        "Time": [(1, 1), (0, 0), (1, 1)],
    }


def test_lines_stand_as_in_the_codebook_or_by_number(material):
    def names(order):
        return [
            (line.code.name, line.depth) for line in counted(material, codes_of(material), by="role", order=order).lines
        ]

    assert names("") == [("Barriers", 0), ("Time", 1), ("Space", 1), ("Helps", 0)]
    assert names("codings") == [("Barriers", 0), ("Time", 0), ("Space", 0), ("Helps", 0)]


def test_codes_without_passages_are_left_out_until_asked_for(study, material, by):
    counting_all = {"by": "role", "empty": True}
    study.codes.create(name="Unused", created_by=by["by"], position=9)
    assert counted(material, codes_of(material), by="role").empty == 1
    found = counted(material, codes_of(material), **counting_all)
    assert (found.lines[-1].code.name, found.empty) == ("Unused", 0)


@pytest.mark.parametrize("by_what", ["role", "project"])
def test_every_number_is_the_length_of_the_list_behind_it(material, by_what):
    rows = codes_of(material)
    found = counted(material, rows, by=by_what)
    field = {"role": "group", "project": "project"}[by_what]
    checked = 0
    for line in found.lines:
        for cell in line.cells:
            asked = Asked(codes=(line.code.pk,), **{field: cell.column.key})
            assert how_many(passages(material, asked, families(rows))) == (cell.codings, cell.interviews)
            checked += 1
    assert checked == 4 * 3


def test_the_files_have_both_numbers_and_the_base(material):
    found = counted(material, codes_of(material), by="role")
    assert counting.file_header(found)[2:4] == ["Project staff: passages", "Project staff: interviews"]
    rows = list(counting.file_rows(found))
    assert rows[0] == ["Interviews with a transcript", "", "", 2, "", 1, "", 3]
    assert rows[2] == ["Time", "Barriers", 3, 1, 1, 1, 4, 2]


@pytest.mark.parametrize("more", [1, 25])
def test_counting_takes_three_statements_however_much_is_coded(
    world, study, material, three, codes, by, more, django_assert_num_queries
):
    start = three[0].text.index("Time was short and the room was cold")
    for number in range(more):
        put(three[0], three[0].text[start : start + number + 2].rstrip(), codes["Helps"], by=by)
    with django_assert_num_queries(3):
        counted(material, codes_of(material), by="project")


# ---- codes beside each other


def matrix(material, near):
    found = together(material, codes_of(material), near=near)
    names = {row.code.pk: row.code.name for row in found.rows}
    return {row.code.name: (row.codings, {names[one.code]: one.number for one in row.cells}) for row in found.rows}


def test_codes_that_share_words_stand_together(material):
    found = matrix(material, "words")
    assert found["Time"] == (4, {"Barriers": 0, "Time": None, "Space": 1, "Helps": 0})
    assert found["Space"] == (2, {"Barriers": 0, "Time": 1, "Space": None, "Helps": 0})


def test_codes_in_the_same_turn_stand_together(material):
    found = matrix(material, "turn")
    assert found["Time"] == (4, {"Barriers": 0, "Time": None, "Space": 3, "Helps": 0})
    assert found["Space"][1]["Time"] == 2


@pytest.mark.parametrize("near", ["words", "turn"])
def test_every_number_of_the_matrix_is_the_length_of_the_list_behind_it(material, near):
    rows = codes_of(material)
    found = together(material, rows, near=near)
    for row in found.rows:
        alone = Asked(codes=(row.code.pk,), below=False)
        assert passages(material, alone, families(rows)).count() == row.codings
        for cell in row.cells:
            asked = Asked(codes=(row.code.pk,), also=(cell.code,), below=False, near=near)
            number = row.codings if cell.number is None else cell.number
            assert passages(material, asked, families(rows)).count() == number, (row.code, cell)


def test_only_the_codes_with_most_passages_are_shown_where_there_are_many(material, monkeypatch):
    monkeypatch.setattr(counting, "MOST_TOGETHER", 2)
    found = together(material, codes_of(material), near="words")
    assert ([code.name for code in found.codes], found.left_out) == (["Time", "Space"], 2)
    assert list(counting.together_rows(found)) == [["Time", 4, "", 1], ["Space", 2, 1, ""]]
