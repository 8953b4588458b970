import csv
import datetime as dt
import io

import openpyxl
import pytest

from accounts import once
from projects import jobs, planning, progress
from projects.models import Job, Plan, PlanItem
from projects.tables import milestones, taking_in
from projects.tables.milestones import MilestonesTable
from projects.tables.sites import SitesTable
from projects.undoing import undo
from tests.cast import new_site
from tests.statements import counted

pytestmark = pytest.mark.django_db
PAGE = "/projects/collaborative-care/spreadsheets/milestones/"
INTEREST, BRIEFING, SIGNED = "Interest on record", "Leader briefing held", "Written agreement signed"


@pytest.fixture
def later(world):
    return world.now + dt.timedelta(days=90)


@pytest.fixture
def table(world, later):
    return lambda: MilestonesTable(world.project, by=world.ana, now=later)


@pytest.fixture
def look(table):
    return lambda text: taking_in.look(table(), text)


def test_days_months_and_unknown_days_are_recorded_for_the_sites_as_one_act(world, sign_in, table, look):
    text = f"site,{INTEREST},{BRIEFING}\nElm Clinic,1/12/2026,Feb 2026\nOak Clinic,x,\n"
    found = look(text)
    assert [(one.name, one.field, one.before, one.after, one.row) for one in found.changes] == [
        ("Elm Clinic", INTEREST, "", "12 Jan 2026", 2),
        ("Elm Clinic", BRIEFING, "", "Feb 2026", 2),
        ("Oak Clinic", INTEREST, "", "done", 3),
    ]
    token = once.token(taking_in.purpose(world.project, table()))
    job = taking_in.ask(table(), text, name="", digest=found.digest, token=token)
    jobs.run(job.pk)
    job.refresh_from_db()
    assert job.state == Job.State.DONE, job.reason
    item = PlanItem.objects.get(plan=world.plan, item__text=INTEREST)
    assert (item.done_on, item.done_by, item.on_behalf_of) == (dt.date(2026, 1, 12), world.ana, world.elm)
    answer = sign_in(world.ana).get(f"/projects/collaborative-care/spreadsheets/jobs/{job.pk}/")
    [[batch, _sites]] = job.result["acts"]
    assert answer.headers["Location"] == f"/projects/collaborative-care/recorded/{batch}/"
    of_another = sign_in(world.dee).get(f"/projects/collaborative-care/spreadsheets/jobs/{job.pk}/")
    assert "3 changes made" in of_another.content.decode(), "what was recorded is taken back by who recorded it"
    assert look(text).brings == 0


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_a_table_that_goes_out_and_comes_back_changes_nothing(world, sign_in, later, kind):
    items = {item.text: item for item in world.plan.items.all()}
    said = {"by": world.bo, "now": later}
    progress.set_done(world.plan, items[INTEREST].pk, on=dt.date(2026, 1, 12), **said)
    progress.set_done(world.plan, items[BRIEFING].pk, on=dt.date(2026, 1, 1), precision="month", **said)
    progress.set_done(world.plan, items[SIGNED].pk, on=None, precision="unknown", **said)
    client = sign_in(world.ana)
    file = io.BytesIO(client.get(f"{PAGE}out/{kind}/").getvalue())
    if kind == "xlsx":
        sheet = openpyxl.load_workbook(file).active
        at = [cell.value for cell in sheet[1]].index(INTEREST)
        assert sheet[2][at].is_date
        file.seek(0)
    else:
        rows = list(csv.reader(io.StringIO(file.getvalue().decode("utf-8-sig"))))
        assert "Jan 2026" in rows[1]
        assert "done" in rows[1]
    file.name = f"milestones.{kind}"
    page = client.post(PAGE, {"file": file})
    looked = page.context["looked"]
    assert (looked.faults, looked.changes) == ([], [])


@pytest.mark.parametrize(
    ("row", "column", "message"),
    [
        ("Elm Clinic,soon", INTEREST, "“soon” cannot be read."),
        ("Elm Clinic,1/1/2030", INTEREST, ""),
        ("Elm Clinik,x", "site", "“Elm Clinik” is not a site of this grid. Did you mean “Elm Clinic”?"),
        (",x", "site", "Write which site this is."),
        ("Elm Clinic,does not apply", INTEREST, "It applies at this site."),
    ],
)
def test_each_fault_names_its_row_and_column_and_what_to_do(look, row, column, message):
    [fault] = look(f"site,{INTEREST}\nOak Clinic,x\n{row}\n").faults
    assert (fault.row, fault.column) == (3, column)
    assert fault.message.startswith(message)


def test_what_does_not_apply_at_a_site_is_an_error_there(world, look):
    planning.add_sites(world.project, [new_site("Fir School", setting="school")], by=world.ana, now=world.now)
    [fault] = look("site,Billing test passed\nFir School,x\n").faults
    assert (fault.row, fault.column, fault.value) == (2, "Billing test passed", "x")
    assert fault.message.startswith("This does not apply here.")
    assert look("site,Billing test passed\nFir School,does not apply\n").faults == []


def test_a_look_makes_nothing_of_the_items_that_the_file_does_not_name(world, look, at_most):
    with at_most(12) as found:
        look(f"site,{INTEREST}\nElm Clinic,x\nOak Clinic,x\n")
    assert not any('"projects_planitem"."assigned_duty"' in sql for sql in found), "plans are not read whole for a look"


def test_a_table_of_very_many_sites_is_recorded_in_parts_that_can_each_be_taken_back(
    world, sign_in, table, look, monkeypatch
):
    monkeypatch.setattr(milestones, "SITES_AN_ACT", 2)
    planning.add_sites(world.project, [new_site("Ash Clinic")], by=world.ana, now=world.now)
    text = f"site,{INTEREST}\nElm Clinic,x\nOak Clinic,Jan 2026\nAsh Clinic,x\n"
    token = once.token(taking_in.purpose(world.project, table()))
    job = taking_in.ask(table(), text, name="", digest=look(text).digest, token=token)
    jobs.run(job.pk)
    job.refresh_from_db()
    assert [sites for _batch, sites in job.result["acts"]] == [2, 1]
    page = sign_in(world.ana).get(f"/projects/collaborative-care/spreadsheets/jobs/{job.pk}/").content.decode()
    assert "3 changes made" in page
    for batch, _sites in job.result["acts"]:
        assert f"/projects/collaborative-care/recorded/{batch}/" in page
    done = PlanItem.objects.filter(item__text=INTEREST, recorded_on__isnull=False, plan__project=world.project)
    assert done.count() == 3
    undo(job.result["acts"][0][0], Plan.objects.filter(project=world.project), by=world.ana, now=world.now)
    assert done.count() == 1


def test_as_many_sites_fit_into_a_table_of_milestones_as_into_one_of_sites():
    assert MilestonesTable.most_rows == SitesTable.most_rows


def test_an_id_that_is_of_another_site_than_the_name_is_an_error(world, look):
    [fault] = look(f"site id,site,{INTEREST}\n{world.oak.pk},Elm Clinic,x\n").faults
    assert fault.message == f"Site {world.oak.pk} is called “Oak Clinic”."
    [fault] = look(f"site id,{INTEREST}\n{world.other_site.pk},x\n").faults
    assert fault.message == "There is no site of this id in the project."


def test_a_table_without_sites_or_without_milestones_says_what_is_missing(look):
    assert [fault.message for fault in look(f"{INTEREST}\nx\n").faults] == ["This column is missing."]
    assert [fault.message for fault in look("site\nElm Clinic\n").faults] == ["This column is missing."]


def test_the_number_of_statements_does_not_grow_with_the_cells(world, look):
    def statements(text):
        with counted() as found:
            look(text)
        return len(found)

    few = statements(f"site,{INTEREST}\nElm Clinic,x\n")
    assert statements(f"site,{INTEREST},{BRIEFING},{SIGNED}\nElm Clinic,x,x,x\nOak Clinic,x,x,x\n") == few


def test_what_to_write_is_said_once_for_all_milestones(world, sign_in, table):
    page = sign_in(world.ana).get(PAGE).content.decode()
    assert page.count("Write a date as 11/4/2026") == 1
    assert all(column.name in page for column in table().columns)
    assert "Download the table as it is now" in page
