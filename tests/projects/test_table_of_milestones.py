import csv
import datetime as dt
import io

import openpyxl
import pytest

from accounts import once
from projects import jobs, progress
from projects.models import Job, PlanItem
from projects.tables import taking_in
from projects.tables.milestones import MilestonesTable
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
    assert answer.headers["Location"] == f"/projects/collaborative-care/recorded/{job.result['batch']}/"
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
