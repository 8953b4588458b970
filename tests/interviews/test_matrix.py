import csv
import io

import pytest

from interviews import interviewing, matrix, recruiting, studying
from interviews.matrix import matrix_of, recruitment_of
from projects.models import Project, Site
from tests.interviews.conftest import agreed, listed

pytestmark = pytest.mark.django_db


def planned(world, study, guide, who, by):
    return interviewing.plan_interview(study, who, guide, interviewer=world.ria, mode="phone", planned_for=None, **by)


def heads(found):
    return [(group.name, [row.interview.participant.pseudonym for row in group.rows]) for group in found.groups]


@pytest.fixture
def three(world, study, guide, talk, by):
    """P01 of Elm's project (talk), P02 of the State, P03 of the project's team."""
    planned(world, study, guide, agreed(study, "P02", by=by, role_group="state"), by)
    planned(world, study, guide, agreed(study, "P03", by=by, role_group="pi", project=world.project), by)
    return talk


@pytest.mark.parametrize(
    ("by_what", "expected"),
    [
        ("site", [("Elm Clinic", ["P01"]), ("No site", ["P02", "P03"])]),
        ("role", [("Principal investigator", ["P03"]), ("Project staff", ["P01"]), ("State", ["P02"])]),
        ("project", [("Collaborative Care", ["P01", "P03"]), ("No project", ["P02"])]),
    ],
)
def test_rows_stand_under_their_site_role_or_project(guide, three, by_what, expected):
    assert heads(matrix_of(guide, by=by_what)) == expected


def test_two_projects_and_sites_of_one_name_stay_apart(world, study, guide, three, by):
    Project.objects.filter(pk=world.other_site.project_id).update(name=world.project.name)
    Site.objects.filter(pk=world.other_site.pk).update(name=world.elm.name)
    elsewhere = {"project": world.other_site.project, "site": world.other_site}
    planned(world, study, guide, agreed(study, "P04", by=by, **elsewhere), by)
    assert [names for _name, names in heads(matrix_of(guide, by="site"))] == [["P01"], ["P04"], ["P02", "P03"]]
    assert [names for _name, names in heads(matrix_of(guide, by="project"))] == [["P01", "P03"], ["P04"], ["P02"]]
    studying.set_targets(study, {(world.project.pk, "pi"): 2}, **by)
    rows = [[cell.wanted for cell in cells] for _name, cells in recruitment_of(study).places]
    assert rows == [[2, 0, 0, 0], [0, 0, 0, 0], [0, 0, 0, 0]]


def test_those_outside_see_role_groups_of_all_projects_together(world, study, three, by):
    wanted = {(world.project.pk, "pi"): 2, (None, "pi"): 3, (None, "state"): 1}
    studying.set_targets(study, wanted, **by)
    everybody = recruitment_of(study).everybody
    assert [(one.group, one.wanted, one.listed) for one in everybody] == [
        ("pi", 5, 1),
        ("staff", 0, 1),
        ("partner", 0, 0),
        ("state", 1, 1),
    ]


def test_a_row_waits_before_the_conversation_and_cells_fill_as_it_is_summed_up(guide, three, by):
    assert (matrix_of(guide).filled, matrix_of(guide).size) == (0, 9)
    interviewing.sum_up(three.interview, three.questions[1], text="Tired.", revision=0, **by)
    found = matrix_of(guide)
    assert found.filled == 1
    assert [bool(cell) for cell in found.groups[0].rows[0].cells] == [False, True, False]


def test_who_withdrew_and_what_was_cancelled_is_not_in_it(world, study, guide, three, by):
    recruiting.withdraw(three.participant, **by)
    interviewing.cancel(study.interviews.get(participant__pseudonym="P02"), **by)
    assert heads(matrix_of(guide)) == [("No site", ["P03"])]


@pytest.mark.parametrize("people", [1, 12])
def test_the_matrix_takes_five_statements_however_many_interviews(
    world, study, guide, talk, by, people, django_assert_max_num_queries
):
    for number in range(people):
        interview = planned(
            world, study, guide, agreed(study, f"Q{number}", by=by, site=world.elm, project=world.project), by
        )
        interviewing.sum_up(interview, talk.questions[0], text="Said.", revision=0, **by)
    with django_assert_max_num_queries(5):
        found = matrix_of(guide)
        assert found.filled == people
        assert [list(cell.constructs.all()) for row in found.rows for cell in row.cells if cell]


def test_the_file_has_summaries_by_pseudonym_and_no_quotes(guide, three, by):
    interviewing.sum_up(three.interview, three.questions[0], text="=Tired", quote="I was so tired.", revision=0, **by)
    found = matrix_of(guide)
    assert matrix.file_header(found)[5:] == ["First days", "What got in the way?", "What would you tell another site?"]
    rows = list(matrix.file_rows(found))
    assert rows[0][0] == "P01"
    assert rows[0][5] == "=Tired"
    assert "so tired" not in str(rows)


def test_the_csv_opens_unharmed_in_a_spreadsheet(world, guide, three, by, sign_in):
    interviewing.sum_up(three.interview, three.questions[0], text="=1+1", revision=0, **by)
    answer = sign_in(world.ria).get("/studies/what-helps-sites/matrix/export.csv")
    rows = list(csv.reader(io.StringIO(b"".join(answer.streaming_content).decode("utf-8-sig"))))
    assert rows[0][0] == "Participant"
    assert rows[1][5] == "'=1+1"


def test_recruitment_says_wanted_listed_agreed_and_heard(world, study, guide, three, by):
    listed(study, "P04", by=by, project=world.project)
    studying.set_targets(study, {(world.project.pk, "staff"): 3, (world.other_project.pk, "pi"): 1}, **by)
    interviewing.hold(three.interview, held_on=world.now.date(), minutes=30, notes="", **by)
    places = dict(recruitment_of(study).places)
    assert list(places) == ["Collaborative Care", "School CBT", "No project"]
    staff = places["Collaborative Care"][1]
    assert (staff.wanted, staff.listed, staff.agreed, staff.heard) == (3, 2, 1, 1)
    assert places["School CBT"][0].wanted == 1
