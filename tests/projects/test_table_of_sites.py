import csv
import datetime as dt
import io

import openpyxl
import pytest

from accounts import once
from accounts.models import Activity
from outbox.models import Delivery
from projects import inviting, jobs, spreadsheets, table_files
from projects.ledger import lock_plans
from projects.models import County, Duty, Invitation, Job, Membership, Organization, Place, Plan, Program, Site
from projects.planning import add_sites
from projects.tables import heads, taking_in
from projects.tables.site_cells import COLUMNS
from projects.tables.sites import SitesTable
from tests.cast import new_site
from tests.statements import counted
from tests.together import while_held

pytestmark = pytest.mark.django_db
HEADER = "name,organization,place,setting,county,start date,champion e-mail,address"


def row(name="Ash Clinic", **cells):
    cells = {
        "organization": "Lakeshore Health",
        "place": "",
        "setting": "FQHC",
        "county": "Kent",
        "start": "12/4/2026",
        "email": "",
        "address": "",
        **cells,
    }
    return ",".join([name, *cells.values()])


def file_of(*rows, header=HEADER):
    return "\n".join([header, *rows]) + "\n"


@pytest.fixture
def table(world):
    """Return a function that makes the table anew, as each look does."""
    return lambda: SitesTable(world.project, by=world.ana, now=world.now)


@pytest.fixture
def look(table):
    """Return a function that looks at a file without making anything."""
    return lambda text: taking_in.look(table(), text)


@pytest.fixture
def apply(world, table, look):
    """Return a function that takes a file in with a fresh token, or with the given one; it returns the job."""

    def carry_out(text, token=None, digest=None):
        token = token or once.token(taking_in.purpose(world.project, table()))
        job = taking_in.ask(table(), text, name="sites.csv", digest=digest or look(text).digest, token=token)
        jobs.run(job.pk)
        return Job.objects.get(pk=job.pk)

    return carry_out


def said(checked):
    return [(fault.row, fault.column, fault.message) for fault in checked.faults]


def two_hundred(broken=()):
    rows = [row(f"Site {number:03}", email=f"champion{number}@clinic.example") for number in range(2, 202)]
    for number, bad in broken:
        rows[number - 2] = bad
    return file_of(*rows)


def test_two_hundred_rows_with_three_broken_give_exactly_three_errors_and_nothing_else(world, look, apply):
    broken = [
        (14, row("Fir", county="Kentt")),
        (70, row("Oakwood", start="31/12/2026")),
        (150, row("", email="x@y.example")),
    ]
    before = Site.objects.count(), Place.objects.count(), Organization.objects.count()
    assert said(look(two_hundred(broken))) == [
        (14, "county", "“Kentt” is not a county in Michigan. Did you mean Kent?"),
        (70, "start date", "“31/12/2026” is not a date we can read. Write it as 12/4/2026 or 2026-12-04."),
        (150, "name", "This cell is empty. The site's name."),
    ]
    job = apply(two_hundred(broken))
    assert job.state == Job.State.FAILED
    assert "Row 14, county: “Kentt” is not a county in Michigan. Did you mean Kent?" in job.reason
    assert (Site.objects.count(), Place.objects.count(), Organization.objects.count()) == before
    assert not Delivery.objects.exists()
    assert not Invitation.objects.exists()


def test_the_mended_file_sent_twice_makes_the_sites_once(world, table, look, apply):
    token = once.token(taking_in.purpose(world.project, table()))
    assert apply(two_hundred(), token).result["new"] == 200
    with pytest.raises(once.Spent):
        apply(two_hundred(), token)
    assert Site.objects.filter(project=world.project).count() == 202
    assert Delivery.objects.count() == 200
    again = look(two_hundred())
    assert len(again.faults) == 200
    assert {fault.message for fault in again.faults} == {"This place is already a site of the project."}
    assert apply(two_hundred()).state == Job.State.FAILED
    assert Site.objects.filter(project=world.project).count() == 202


def test_a_site_of_the_file_is_setting_up_and_its_champion_is_invited(world, apply):
    apply(file_of(row(email="Maria@Clinic.example", county="26121", start="2026-12-04", address="1 Elm St")))
    site = Site.objects.get(name="Ash Clinic")
    assert (site.status, site.place.county.name, site.place.setting) == ("setting_up", "Muskegon County", "fqhc")
    assert (site.plan.starts_on.isoformat(), site.place.address) == ("2026-12-04", "1 Elm St")
    invitation = Invitation.objects.get()
    assert (invitation.email, invitation.site, invitation.role) == ("maria@clinic.example", site, "practitioner")
    assert invitation.duty == inviting.CHAMPION


def test_a_champion_of_several_sites_gets_one_mail(world, apply):
    apply(file_of(row("One", email="m@c.example"), row("Two", email="m@c.example")))
    assert Invitation.objects.count() == 2
    assert Delivery.objects.count() == 1


@pytest.mark.parametrize(
    ("cells", "column", "message"),
    [
        ({"setting": "Clinik"}, "setting", "“Clinik” is not a setting."),
        ({"setting": "Schol"}, "setting", "“Schol” is not a setting. Did you mean “School”?"),
        ({"start": "4.12.2026"}, "start date", "“4.12.2026” is not a date we can read. Write it as"),
        ({"start": "2/30/2026"}, "start date", "“2/30/2026” is not a date we can read. Write it as"),
        ({"start": "12/4/1926"}, "start date", "12/4/1926 is too long ago. Check the year."),
        ({"start": "12/4/2029"}, "start date", "12/4/2029 is not before the project ends, on 2028-09-30."),
        ({"email": "maria at clinic"}, "champion e-mail", "“maria at clinic” is not an e-mail address."),
        ({"organization": ""}, "organization", "This cell is empty."),
        ({"county": "39049"}, "county", "“39049” is not the FIPS code of a county in Michigan."),
        ({"organization": "O" * 161}, "organization", "This is too long: at most 160 characters."),
    ],
)
def test_each_fault_names_its_row_column_value_and_what_to_do(look, cells, column, message):
    [fault] = look(file_of(row("Good"), row(**cells))).faults
    assert (fault.row, fault.column) == (3, column)
    assert fault.message.startswith(message)


def test_a_champion_whose_account_is_closed_is_an_error(world, look):
    world.bo.is_active = False
    world.bo.save()
    [fault] = said(look(file_of(row("North Clinic", email=world.bo.email))))
    assert fault[:2] == (2, "champion e-mail")
    assert "is closed" in fault[2]


def test_one_row_can_have_several_faults(look):
    assert [fault.column for fault in look(file_of(row(setting="?", county="?", start="?"))).faults] == [
        "setting",
        "county",
        "start date",
    ]


@pytest.mark.parametrize(
    "setting", ["fqhc", "FQHC", "Federally qualified health center", "federally-qualified Health Center"]
)
def test_a_setting_is_known_by_its_key_and_by_its_name(look, setting):
    assert "Federally qualified" in look(file_of(row(setting=setting))).new[0].words


@pytest.mark.parametrize(
    ("rows", "fault"),
    [
        ([row("Ash"), row("ASH")], (3, "name", "The same place stands in row 2.")),
        ([row("Ash", place="P"), row("Fir", place="p")], (3, "place", "The same place stands in row 2.")),
        ([row("Ash", place="P"), row("Ash", place="Q")], (3, "name", "The same name stands in row 2.")),
        ([row("Elm Clinic")], (2, "name", "This place is already a site of the project.")),
        (
            [row("Elm Clinic", organization="Another")],
            (2, "name", "The project already has a site of this name."),
        ),
    ],
)
def test_a_site_that_is_there_twice_is_an_error(look, rows, fault):
    assert said(look(file_of(*rows))) == [fault]


def test_a_known_place_is_taken_over_unless_the_file_puts_it_elsewhere(look):
    assert not look(file_of(row("Pine School", setting="School"))).faults
    [fault] = look(file_of(row("Pine School", setting="School", county="Wayne"))).faults
    assert fault.message == "Pine School is known in Kent County, MI. Write that, or give the place another name."
    [fault] = look(file_of(row("Pine School"))).faults
    assert fault.column == "setting"


def test_columns_that_are_missing_or_doubled_are_named(look):
    found = look("name,organization,start date,name\nA,B,12/4/2026,C\n")
    assert said(found) == [
        (1, "name", "This column is there twice."),
        (1, "setting", "This column is missing."),
        (1, "county", "This column is missing."),
    ]


def test_columns_may_stand_in_any_order_and_be_written_in_many_ways(look):
    found = look("County;Champion's e-mail;SETTING;Start_Date;Organisation;Site name\nKent;;fqhc;12/4/2026;Org;Ash\n")
    assert not found.faults
    assert found.new[0].name == "Ash"


def test_empty_rows_are_ignored_and_still_counted(look):
    found = look(file_of(row("One"), ",,,,,,,", "", row("Two", county="?")))
    assert [fault.row for fault in found.faults] == [5]


def test_a_row_with_too_many_cells_says_that_a_comma_needs_quotes(look):
    [fault] = look(file_of(row(address="12 Main St, Lansing"))).faults
    assert fault.value == "Lansing"
    assert "between quotes" in fault.message


@pytest.mark.parametrize("text", ["", "\n\n", HEADER])
def test_a_file_without_rows_is_an_error(look, text):
    assert look(text).faults


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16"])
def test_a_file_is_read_in_the_encodings_that_spreadsheets_write(look, encoding):
    text = table_files.text_of(file_of(row("Café Santé")).encode(encoding))
    assert look(text).new[0].name == "Café Santé"


def test_too_many_rows_are_refused_before_any_is_looked_at(look):
    found = look(file_of(*[row(f"S{number}") for number in range(2001)]))
    assert [fault.message for fault in found.faults] == ["At most 2,000 rows at once. Split the file."]


def test_the_number_of_statements_does_not_grow_with_the_rows(world, look):
    def statements(number):
        with counted() as found:
            look(file_of(*[row(f"S{count}") for count in range(number)]))
        return len(found)

    assert statements(3) == statements(300)


# The pages


@pytest.fixture
def ana(world, sign_in):
    return sign_in(world.ana)


PAGE = "/projects/collaborative-care/spreadsheets/sites/"


def upload(text, name="sites.csv"):
    file = io.BytesIO(text.encode())
    file.name = name
    return {"file": file}


def sent(page):
    return {**page.context["sent"], "digest": page.context["looked"].digest, "token": page.context["token"]}


def test_the_file_to_begin_with_is_a_file_that_can_be_sent(world, ana):
    file = io.BytesIO(ana.get(PAGE + "empty.xlsx").content)
    file.name = "sites.xlsx"
    page = ana.post(PAGE, {"file": file})
    assert page.status_code == 200
    assert [one.name for one in page.context["looked"].new] == ["Elm Street Clinic"]


def test_a_good_file_is_shown_and_then_made(world, ana, django_capture_on_commit_callbacks):
    page = ana.post(PAGE, upload(file_of(row(), row("Fir & <b>Sons</b>"))))
    assert page.status_code == 200
    assert "Fir &amp; &lt;b&gt;Sons&lt;/b&gt;" in page.content.decode()
    assert "Make 2 sites" in page.content.decode()
    assert not Site.objects.filter(name="Ash Clinic").exists()
    with django_capture_on_commit_callbacks(execute=True):
        answer = ana.post(PAGE + "apply/", sent(page))
    done = ana.get(answer.headers["Location"])
    assert "2 sites made" in done.content.decode()
    assert "Now say what already happened" in done.content.decode()
    assert Site.objects.filter(project=world.project).count() == 4
    replay = ana.post(PAGE + "apply/", sent(page))
    assert replay.headers["Location"] == answer.headers["Location"]
    assert Site.objects.filter(project=world.project).count() == 4
    assert "Sites: sites.csv" in ana.get(PAGE.removesuffix("sites/")).content.decode()


def test_a_bad_file_is_answered_with_its_faults_and_comes_back_with_them(world, ana):
    page = ana.post(PAGE, upload(file_of(row("=HYPERLINK(1)", county="Kentt"))))
    assert page.status_code == 422
    assert "Did you mean Kent?" in page.content.decode()
    back = ana.post(PAGE + "to-mend/", page.context["sent"])
    rows = list(csv.reader(io.StringIO(b"".join(back.streaming_content).decode().removeprefix("\ufeff"))))
    assert rows[0][-1] == "errors"
    assert rows[1][0] == "'=HYPERLINK(1)"
    assert rows[1][-1] == "county: “Kentt” is not a county in Michigan. Did you mean Kent?"


def test_the_file_that_came_back_can_be_mended_and_sent_again(look):
    found = look(file_of(row("'=SUM(1)") + ",county: wrong", header=HEADER + ",errors"))
    assert not found.faults
    assert found.new[0].name == "=SUM(1)"


def test_a_file_may_have_a_very_long_name(world, ana):
    page = ana.post(PAGE, upload(file_of(row()), name="a" * 240 + ".csv"))
    assert ana.post(PAGE + "apply/", sent(page)).status_code == 302
    assert Job.objects.get().file_name.endswith("a.csv")


def test_a_forged_token_makes_nothing(world, ana):
    page = ana.post(PAGE + "apply/", {"text": file_of(row()), "token": "forged"})
    assert "open for too long" in page.content.decode()
    assert not Job.objects.exists()


@pytest.mark.parametrize("who", ["bo", "vi", "cy", "ed", "nia"])
@pytest.mark.parametrize("url", [PAGE, PAGE + "apply/", PAGE + "empty.xlsx", PAGE + "out/csv/", PAGE + "to-mend/"])
def test_only_leads_and_administrators_see_the_table_of_sites(world, sign_in, who, url):
    client = sign_in(getattr(world, who))
    expected = 403 if who in ("bo", "vi") else 404
    method = client.get if url.endswith((".xlsx", "csv/", "sites/")) else client.post
    assert method(url).status_code == expected


def test_a_site_made_by_somebody_else_meanwhile_is_an_error_and_not_a_crash(world, apply, look):
    text = file_of(row())
    seen = look(text)
    assert not seen.faults
    add_sites(world.project, [new_site("Ash Clinic")], by=world.ana, now=world.now)
    job = apply(text, digest=seen.digest)
    assert job.state == Job.State.FAILED
    assert "This place is already a site of the project." in job.reason


def test_a_workbook_is_taken_and_comes_back_as_a_workbook_with_its_errors(
    world, ana, django_capture_on_commit_callbacks
):
    header = HEADER.split(",")
    bad = ["Ash Clinic", "Lakeshore Health", "", "FQHC", "Kentt", dt.date(2026, 12, 4), "", ""]
    file = io.BytesIO(spreadsheets.workbook([("Sites", header, [bad])]))
    file.name = "sites.xlsx"
    page = ana.post(PAGE, {"file": file})
    assert page.status_code == 422
    back = io.BytesIO(ana.post(PAGE + "to-mend/", page.context["sent"]).content)
    sheet = openpyxl.load_workbook(back).active
    assert sheet["I1"].value == "errors"
    assert sheet["I2"].value == "county: “Kentt” is not a county in Michigan. Did you mean Kent?"
    sheet["E2"] = "Kent"
    mended = io.BytesIO()
    sheet.parent.save(mended)
    mended.seek(0)
    mended.name = "sites.xlsx"
    page = ana.post(PAGE, {"file": mended})
    assert page.status_code == 200
    with django_capture_on_commit_callbacks(execute=True):
        ana.post(PAGE + "apply/", sent(page))
    assert Site.objects.get(name="Ash Clinic").plan.starts_on == dt.date(2026, 12, 4)


def test_a_workbook_that_cannot_be_read_row_by_row_says_so_at_the_file(world, ana):
    file = io.BytesIO(b"\xd0\xcf\x11\xe0 an old one")
    file.name = "sites.xls"
    page = ana.post(PAGE, {"file": file})
    assert page.status_code == 422
    assert "an old Excel file" in page.content.decode()


# Sites that are there already, by their id

BY_ID = "site id,name,start date,county,address,champion e-mail,organization,setting,status"


def line(site, **cells):
    values = {
        "name": "",
        "start": "",
        "county": "",
        "address": "",
        "email": "",
        "organization": "",
        "setting": "",
        "status": "",
    }
    return ",".join([str(site if isinstance(site, int | str) else site.pk), *(values | cells).values()])


def test_a_row_with_a_site_id_changes_that_site_and_says_first_what_changes(world, look, apply):
    site = Site.objects.get(name="Elm Clinic")
    text = file_of(
        line(site, name="Elm Street Clinic", start="2/2/2026", county="Muskegon", address="1 Elm St"), header=BY_ID
    )
    found = look(text)
    assert [(change.row, change.name, change.field, change.before, change.after) for change in found.changes] == [
        (2, "Elm Clinic", "name", "Elm Clinic", "Elm Street Clinic"),
        (2, "Elm Clinic", "county", "Kent County", "Muskegon County"),
        (2, "Elm Clinic", "start date", "5 Jan 2026", "2 Feb 2026"),
        (2, "Elm Clinic", "address", "", "1 Elm St"),
    ]
    apply(text)
    site = Site.objects.select_related("plan", "place__county").get(pk=site.pk)
    assert (site.name, site.plan.starts_on, site.place.county.name) == (
        "Elm Street Clinic", dt.date(2026, 2, 2), "Muskegon County",
    )  # fmt: skip
    assert set(Activity.objects.filter(site_id=site.pk, actor=world.ana).values_list("verb", flat=True)) >= {
        "site_changed", "start_moved", "place_changed",
    }  # fmt: skip
    assert look(text).brings == 0


def test_what_a_file_does_not_hold_and_empty_cells_change_nothing(world, look):
    site = Site.objects.get(name="Elm Clinic")
    found = look(file_of(line(site), header=BY_ID))
    assert (found.faults, found.brings) == ([], 0)
    assert not look(f"site id,start date\n{site.pk},2026-02-02\n").faults


@pytest.mark.parametrize(
    ("cells", "column", "message"),
    [
        ({"organization": "Another"}, "organization", "This site is at “Lakeshore Health”. Sites do not move"),
        ({"setting": "School"}, "setting", "The setting is Federally qualified health center"),
        ({"status": "Paused"}, "status", "The site is active. Start, pause or stop it on its own page."),
        ({"name": "Oak Clinic"}, "name", "Another site of the project has this name."),
        ({"start": "soon"}, "start date", "“soon” is not a date we can read."),
        ({"county": "Nowhere"}, "county", "“Nowhere” is not a county in Michigan."),
    ],
)
def test_what_cannot_be_changed_from_a_file_says_where_it_can(look, cells, column, message):
    [fault] = look(file_of(line(Site.objects.get(name="Elm Clinic"), **cells), header=BY_ID)).faults
    assert (fault.row, fault.column) == (2, column)
    assert fault.message.startswith(message)


def test_a_site_of_another_project_is_answered_like_one_that_does_not_exist(world, look):
    other = Site.objects.exclude(project=world.project).first()
    for pk in (other.pk, 999_999_999, "x", "9" * 40):
        [fault] = look(file_of(line(pk, name="Mine now"), header=BY_ID)).faults
        assert fault.message == "There is no site of this id in the project. Leave the cell empty for a new site."


def test_the_same_site_twice_is_an_error(look):
    site = Site.objects.get(name="Elm Clinic")
    [fault] = look(file_of(line(site, name="A"), line(site, name="B"), header=BY_ID)).faults
    assert (fault.row, fault.message) == (3, "The same site stands in row 2.")


def test_two_sites_can_change_names_with_each_other(world, look, apply):
    elm, oak = Site.objects.get(name="Elm Clinic"), Site.objects.get(name="Oak Clinic")
    assert (
        apply(file_of(line(elm, name="Oak Clinic"), line(oak, name="Elm Clinic"), header=BY_ID)).state == Job.State.DONE
    )
    assert Site.objects.get(pk=elm.pk).name == "Oak Clinic"


def test_a_place_that_another_project_uses_too_stays_where_it_is(world, look):
    elm = Site.objects.get(name="Elm Clinic")
    foreign = Site.objects.exclude(project=world.project).filter(project__program=world.program).first()
    Site.objects.filter(pk=foreign.pk).update(place=elm.place)
    [fault] = look(file_of(line(elm, address="1 Elm St"), header=BY_ID)).faults
    assert "Another project works at this place too" in fault.message


def test_a_champion_is_invited_where_there_is_none_and_not_replaced(world, look, apply):
    elm = Site.objects.get(name="Elm Clinic")
    text = file_of(line(elm, email="new@clinic.example"), header=BY_ID)
    assert look(text).invited == 1
    apply(text)
    assert Invitation.objects.get(site=elm).duty == inviting.CHAMPION
    assert (look(text).brings, look(text).faults) == (0, [])
    [fault] = look(file_of(line(elm, email="other@clinic.example"), header=BY_ID)).faults
    assert "new@clinic.example is the champion here or invited to be" in fault.message


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_a_table_that_goes_out_and_comes_back_changes_nothing(world, ana, kind):
    add_sites(world.project, [new_site("=Café, “quoted”")], by=world.ana, now=world.now)
    answer = ana.get(f"{PAGE}out/{kind}/")
    file = io.BytesIO(answer.getvalue())
    file.name = f"sites.{kind}"
    page = ana.post(PAGE, {"file": file})
    assert page.status_code == 200, page.context["looked"].faults
    assert "Nothing would change" in page.content.decode()
    assert page.context["looked"].brings == 0


def test_a_workbook_opens_unharmed(ana):
    sheet = openpyxl.load_workbook(io.BytesIO(ana.get(PAGE + "out/xlsx/").content)).active
    assert sheet.freeze_panes == "A2"
    assert sheet["G2"].is_date
    assert sheet["G2"].value.date() == dt.date(2026, 1, 5)


def test_what_changed_meanwhile_is_not_written_over(world, look, apply):
    elm = Site.objects.get(name="Elm Clinic")
    text = file_of(line(elm, name="Elm Street Clinic"), header=BY_ID)
    seen = look(text).digest
    Site.objects.filter(pk=elm.pk).update(name="Elm")
    job = apply(text, digest=seen)
    assert job.state == Job.State.FAILED
    assert job.reason.startswith("Something has changed since you looked at the table.")
    assert Site.objects.get(pk=elm.pk).name == "Elm"


def test_who_lost_the_role_meanwhile_changes_nothing(world, look, table):
    text = file_of(row())
    token = once.token(taking_in.purpose(world.project, table()))
    job = taking_in.ask(table(), text, name="", digest=look(text).digest, token=token)
    Membership.objects.filter(user=world.ana).update(ended_at=world.now)
    jobs.run(job.pk)
    job.refresh_from_db()
    assert job.reason == "Your role does not let you do this any more. Ask your project lead."
    assert not Site.objects.filter(name="Ash Clinic").exists()


# Columns of one's own


def test_a_heading_nobody_knows_is_asked_about_once_and_remembered(world, ana, sign_in):
    text = "Clinic,Health system,Type,County,Begins,Fax\nAsh Clinic,Lakeshore Health,FQHC,Kent,12/4/2026,616\n"
    page = ana.post(PAGE, upload(text))
    assert page.status_code == 200
    assert "Which column is which?" in page.content.decode()
    assert "Lakeshore Health" in page.content.decode()  # its first values
    chosen = {"0": "name", "1": "organization", "2": "setting", "3": "county", "4": "start date", "5": ""}
    fields = {f"column-{at}": name for at, name in chosen.items()}
    again = ana.post(PAGE + "columns/", page.context["sent"] | fields)
    assert again.status_code == 422
    assert "Choose a column, or leave it out." in again.content.decode()
    twice = ana.post(PAGE + "columns/", page.context["sent"] | fields | {"column-5": "name"})
    assert "Two of your columns stand for “name”." in twice.content.decode()
    page = ana.post(PAGE + "columns/", page.context["sent"] | fields | {"column-5": "-"})
    assert [one.name for one in page.context["looked"].new] == ["Ash Clinic"]
    page = sign_in(world.dee).post(PAGE, upload(text))  # remembered for everybody in the program
    assert [one.name for one in page.context["looked"].new] == ["Ash Clinic"]
    assert "Fax" in page.content.decode()
    page = ana.post(PAGE + "columns/", page.context["sent"] | {"again": "1"})
    assert page.context["form"]["column-1"].value() == "organization"


def test_the_page_says_how_many_headings_are_not_known_and_asks_about_them_first(ana):
    rows = ["Ash,Kent,FQHC,12/4/2026,Lakeshore,616", "Oak,Kent,FQHC,12/4/2026,Lakeshore,"]
    page = ana.post(PAGE, upload("\n".join(["name,County,Setting,Begins,Parent,Fax", *rows])))
    asked = {field.label: values for field, values in page.context["form"].rows()}
    assert list(asked) == ["Begins", "Parent", "Fax", "name", "County", "Setting"]
    assert (asked["Parent"], asked["name"]) == (["Lakeshore"], ["Ash", "Oak"])
    assert "3 of these 6 columns are not known yet" in page.content.decode()


def test_a_project_without_sites_is_told_to_begin_with_them(ana, world):
    page = ana.get(PAGE.removesuffix("sites/")).content.decode()
    assert "milestones/out/xlsx" in page
    Site.objects.filter(project=world.project).delete()
    page = ana.get(PAGE.removesuffix("sites/")).content.decode()
    assert "no sites yet" in page
    assert f'class="btn btn-primary" href="{PAGE}"' in page
    assert "milestones/out/xlsx" not in page
    assert "sites/out/xlsx" not in page
    assert "people/out/xlsx" in page


def test_a_column_of_ours_that_somebody_leaves_out_is_left_out(world, look):
    elm = Site.objects.get(name="Elm Clinic")
    text = file_of(line(elm, address="1 Elm St"), header=BY_ID)
    assert look(text).brings == 1
    heads.remember(world.program, "sites", {"address": ""})
    assert look(text).brings == 0


def test_a_place_in_another_state_comes_back_unchanged(world, look):
    elm = Site.objects.get(name="Elm Clinic")
    lucas = County.objects.get_or_create(fips="39095", defaults={"name": "Lucas County", "state": "OH"})[0]
    Place.objects.filter(pk=elm.place_id).update(county=lucas)
    found = look(file_of(line(elm, county="Lucas County"), header=BY_ID))
    assert (found.faults, found.brings) == ([], 0)


def test_what_one_program_remembers_another_does_not_know(world, look):
    heads.remember(world.program, "sites", {"Begins": "start date"})
    assert heads.remembered(world.program, "people") == {}
    other = Program.objects.exclude(pk=world.program.pk).first()
    assert heads.remembered(other, "sites") == {}
    heads.remember(world.program, "sites", {"BEGINS ": "address"})  # said anew
    assert heads.remembered(world.program, "sites") == {"begins": "address"}


def test_a_heading_that_resembles_a_column_is_offered_as_that(world, ana):
    page = ana.post(PAGE, upload(file_of(row(), header=HEADER.replace("county", "countty"))))
    assert page.context["form"]["column-4"].value() == "county"


def test_the_page_of_the_work_shows_how_far_it_is(world, ana, table, look):
    text = file_of(row())
    token = once.token(taking_in.purpose(world.project, table()))
    job = taking_in.ask(table(), text, name="my.csv", digest=look(text).digest, token=token)
    url = f"/projects/collaborative-care/spreadsheets/jobs/{job.pk}/"
    assert "Waiting for its turn" in ana.get(url).content.decode()
    Job.objects.filter(pk=job.pk).update(total=2000, done=400, words="Making the plans of the sites")
    asked = ana.get(url, headers={"HX-Request": "true"})
    assert "400 of 2000" in asked.content.decode()
    assert "<html" not in asked.content.decode()
    jobs.run(job.pk)
    assert ana.get(url, headers={"HX-Request": "true"}).headers["HX-Refresh"] == "true"


def test_a_file_of_just_under_one_megabyte_goes_on_to_the_next_page(ana):
    """A browser sends each line with two signs at its end, whatever the file had."""
    elm = Site.objects.get(name="Elm Clinic")
    notes = [f"note {number}" for number in range(10)]
    said = line(elm, address="1 Elm St")
    said += "," * (9 - said.count(",")) + ",".join("x" * 104_000 for _note in notes)
    text = file_of(said, header=",".join([BY_ID, *notes]))
    text += "\n" * (table_files.MOST_BYTES - len(text))
    page = ana.post(PAGE, upload(text))
    assert "Which column is which?" in page.content.decode()
    said = {name: value.replace("\r\n", "\n").replace("\n", "\r\n") for name, value in page.context["sent"].items()}
    columns = {f"column-{at}": name for at, name in enumerate([*BY_ID.split(","), *["-"] * 10])}
    page = ana.post(PAGE + "columns/", said | columns)
    assert "1 change would be made" in page.content.decode()


def test_a_form_sent_twice_leads_to_its_own_work(world, ana):
    elm = Site.objects.get(name="Elm Clinic")
    page = ana.post(PAGE, upload(file_of(line(elm, address="1 Elm St"), header=BY_ID)))
    own = ana.post(PAGE + "apply/", sent(page))
    other = ana.post(PAGE, upload(file_of(row())))
    assert ana.post(PAGE + "apply/", sent(other))["Location"] != own["Location"]
    assert ana.post(PAGE + "apply/", sent(page))["Location"] == own["Location"]


def test_a_table_comes_back_although_its_champion_has_left(world, table, look):
    world.bo.is_active = False
    world.bo.save()
    Duty.objects.create(site=world.elm, key=inviting.CHAMPION, user=world.bo, since_on=world.now.date())
    text = "".join(spreadsheets.lines(table().names, table().content()))
    assert world.bo.email in text
    assert (look(text).faults, look(text).brings) == ([], 0)


def test_the_address_of_a_known_place_is_not_lost_in_silence(world, look):
    Place.objects.filter(sites=world.other_site).update(address="2 Oak St")
    known = {"setting": "school", "address": "1 Elm St"}
    [fault] = look(file_of(row("Pine School", **known))).faults
    assert (fault.column, fault.value) == ("address", "1 Elm St")
    assert fault.message == "Pine School is known at “2 Oak St”. Write that, or leave the cell empty."
    assert look(file_of(row("Pine School", **known | {"address": "2 oak st"}))).faults == []
    Place.objects.filter(sites=world.other_site).update(address="")
    [fault] = look(file_of(row("Pine School", **known))).faults
    assert fault.message == (
        "Pine School is known without an address. Leave the cell empty. A State administrator adds it."
    )


def test_who_runs_the_program_may_change_a_place_of_two_projects(world):
    add_sites(world.other_project, [new_site("Elm Clinic")], by=world.dee, now=world.now)
    elm = Site.objects.get(name="Elm Clinic", project=world.project)
    text = file_of(line(elm, address="5 Elm St"), header=BY_ID)
    [fault] = taking_in.look(SitesTable(world.project, by=world.ana, now=world.now), text).faults
    assert "Ask a State administrator" in fault.message
    assert taking_in.look(SitesTable(world.project, by=world.dee, now=world.now), text).brings == 1


def test_changing_many_sites_takes_as_many_statements_as_changing_two(world, apply):
    clinics = [new_site(f"Clinic {number}") for number in range(8)]
    sites = add_sites(world.project, clinics, by=world.ana, now=world.now)
    county = County.objects.exclude(pk="26081").filter(state="MI").first()

    def statements(changed):
        said = {"start": "2026-03-02", "county": county.fips, "address": "1 Elm St"}
        rows = [line(site, name=f"{site.name} West", **said) for site in changed]
        with counted() as found:
            apply(file_of(*rows, header=BY_ID))
        assert Activity.objects.filter(verb="place_changed", site_id=changed[-1].pk).exists()
        return len(found)

    assert statements(sites[:2]) == statements(sites[2:])


@pytest.mark.django_db(transaction=True)
def test_a_table_and_who_changes_the_program_do_not_wait_in_a_circle(counties, world, table, look):
    elm = Site.objects.get(name="Elm Clinic")
    text = file_of(line(elm, address="1 Elm St"), ",Fir Clinic,2026-03-02,Kent,,,Lakeshore Health,FQHC,", header=BY_ID)
    said = {"digest": look(text).digest, "token": once.token(taking_in.purpose(world.project, table()))}
    while_held(
        lambda: Program.objects.locked(world.program.pk),  # as whoever changes its thresholds does
        lambda: taking_in.ask(table(), text, name="", **said),  # and the worker goes on with it
        lambda: lock_plans(Plan.objects.filter(program=world.program)),
    )
    assert Job.objects.get().state == Job.State.DONE
    assert Job.objects.get().attempts == 1


def test_what_is_wrong_with_the_header_is_not_counted_as_a_row(ana):
    page = ana.post(PAGE, upload("name,organization\nElm,Lakeshore Health\n")).content.decode()
    assert "In the header." in page
    page = ana.post(PAGE, upload(HEADER + "\n")).content.decode()
    assert "of 0 rows" not in page
    page = ana.post(PAGE, upload(file_of(row(), row("Fir Clinic", county="Kentt")))).content.decode()
    assert "In 1 of 2 rows." in page


def test_who_can_no_longer_sign_in_changes_nothing(world, apply, look):
    text = file_of(row())
    digest = look(text).digest
    world.ana.is_active = False
    world.ana.save()
    assert apply(text, digest=digest).state == Job.State.FAILED
    assert not Site.objects.filter(name="Ash Clinic").exists()


def test_long_headings_that_begin_alike_are_remembered_apart(world):
    long = "x" * 200
    heads.remember(world.program, "sites", {f"{long} 1": "name", f"{long} 2": "county"})
    said = heads.remembered(world.program, "sites")
    found = heads.read_heads([f"{long} 2", f"{long} 1"], COLUMNS, said)
    assert (found.at, found.twice) == ({"county": 0, "name": 1}, [])
