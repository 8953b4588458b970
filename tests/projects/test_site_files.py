import csv
import datetime as dt
import io

import openpyxl
import pytest

from accounts import once
from outbox.models import Delivery
from projects import inviting, site_files, spreadsheets, table_files
from projects.models import Invitation, Organization, Place, Site
from projects.planning import add_sites
from tests.cast import new_site
from tests.statements import counted

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
def look(world):
    """Return a function that looks at a file without making anything."""
    return lambda text: site_files.add_from_file(world.project, text, by=world.ana, now=world.now, dry_run=True)


@pytest.fixture
def apply(world):
    """Return a function that applies a file with a fresh token, or with the given one."""

    def carry_out(text, token=None):
        token = token or once.token(site_files.PURPOSE)
        return site_files.add_from_file(world.project, text, by=world.ana, now=world.now, token=token)

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
    for checked in (look(two_hundred(broken)), apply(two_hundred(broken))):
        assert said(checked) == [
            (14, "county", "“Kentt” is not a county in Michigan. Did you mean Kent?"),
            (70, "start date", "“31/12/2026” is not a date we can read. Write it as 12/4/2026 or 2026-12-04."),
            (150, "name", "This cell is empty. The site's name."),
        ]
    assert (Site.objects.count(), Place.objects.count(), Organization.objects.count()) == before
    assert not Delivery.objects.exists()
    assert not Invitation.objects.exists()


def test_the_mended_file_posted_twice_makes_the_sites_once(world, apply):
    token = once.token(site_files.PURPOSE)
    assert len(apply(two_hundred(), token).made) == 200
    with pytest.raises(once.Spent):
        apply(two_hundred(), token)
    assert Site.objects.filter(project=world.project).count() == 202
    assert Delivery.objects.count() == 200
    again = apply(two_hundred())  # a fresh form with the same file
    assert len(again.faults) == 200
    assert {fault.message for fault in again.faults} == {"This place is already a site of the project."}


def test_a_file_with_faults_does_not_spend_the_token(world, apply):
    token = once.token(site_files.PURPOSE)
    assert apply(file_of(row(county="Nowhere")), token).faults
    assert len(apply(file_of(row()), token).made) == 1


def test_a_site_of_the_file_is_setting_up_and_its_champion_is_invited(world, apply):
    [site] = apply(
        file_of(row(email="Maria@Clinic.example", county="26121", start="2026-12-04", address="1 Elm St"))
    ).made
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
    assert look(file_of(row(setting=setting))).sites[0].setting == "fqhc"


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


def test_columns_that_are_missing_unknown_or_doubled_are_named(look):
    found = look("name,organization,countty,start date,name\nA,B,Kent,12/4/2026,C\n")
    assert said(found) == [
        (1, "countty", "There is no such column. Did you mean “county”?"),
        (1, "name", "This column is there twice."),
        (1, "setting", "This column is missing."),
        (1, "county", "This column is missing."),
    ]


def test_columns_may_stand_in_any_order_and_be_written_in_many_ways(look):
    found = look("County;Champion's e-mail;SETTING;Start_Date;Organisation;Site name\nKent;;fqhc;12/4/2026;Org;Ash\n")
    assert not found.faults
    assert found.sites[0].name == "Ash"


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
    assert look(text).sites[0].name == "Café Santé"


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


PAGE = "/projects/collaborative-care/sites/file/"


def upload(text, name="sites.csv"):
    file = io.BytesIO(text.encode())
    file.name = name
    return {"file": file}


def test_the_file_to_begin_with_is_a_file_that_can_be_sent(world, ana, look):
    text = b"".join(ana.get(PAGE + "template.csv").streaming_content).decode()
    assert text.startswith("\ufeff" + HEADER)
    assert not look(text).faults


def test_a_good_file_is_shown_and_then_made(world, ana):
    page = ana.post(PAGE, upload(file_of(row(), row("Fir & <b>Sons</b>"))))
    assert page.status_code == 200
    assert "Fir &amp; &lt;b&gt;Sons&lt;/b&gt;" in page.content.decode()
    assert not Site.objects.filter(name="Ash Clinic").exists()
    sent = {"text": page.context["text"], "token": page.context["token"]}
    assert ana.post(PAGE + "apply/", sent).headers["Location"] == "/projects/collaborative-care/sites/start/"
    assert Site.objects.filter(project=world.project).count() == 4
    replay = ana.post(PAGE + "apply/", sent, follow=True)
    assert "Nothing was made twice" in replay.content.decode()
    assert Site.objects.filter(project=world.project).count() == 4


def test_a_bad_file_is_answered_with_its_faults_and_comes_back_with_them(world, ana):
    page = ana.post(PAGE, upload(file_of(row("=HYPERLINK(1)", county="Kentt"))))
    assert page.status_code == 422
    assert "Did you mean Kent?" in page.content.decode()
    back = ana.post(PAGE + "to-mend/", {"text": page.context["text"]})
    rows = list(csv.reader(io.StringIO(b"".join(back.streaming_content).decode().removeprefix("\ufeff"))))
    assert rows[0][-1] == "errors"
    assert rows[1][0] == "'=HYPERLINK(1)"
    assert rows[1][-1] == "county: “Kentt” is not a county in Michigan. Did you mean Kent?"


def test_the_file_that_came_back_can_be_mended_and_sent_again(look):
    found = look(file_of(row("'=SUM(1)") + ",county: wrong", header=HEADER + ",errors"))
    assert not found.faults
    assert found.sites[0].name == "=SUM(1)"


def test_a_forged_token_makes_nothing(world, ana):
    assert ana.post(PAGE + "apply/", {"text": file_of(row()), "token": "forged"}).status_code == 200
    assert not Site.objects.filter(name="Ash Clinic").exists()


@pytest.mark.parametrize("who", ["bo", "vi", "cy", "ed", "nia"])
@pytest.mark.parametrize("url", [PAGE, PAGE + "apply/", PAGE + "template.csv", PAGE + "to-mend/"])
def test_only_leads_and_administrators_add_sites(world, sign_in, who, url):
    client = sign_in(getattr(world, who))
    expected = 403 if who in ("bo", "vi") else 404
    method = client.get if url.endswith(("template.csv", "file/")) else client.post
    assert method(url).status_code == expected


def test_a_site_made_by_somebody_else_meanwhile_is_an_error_and_not_a_crash(world, apply, look):
    text = file_of(row())
    assert not look(text).faults
    add_sites(world.project, [new_site("Ash Clinic")], by=world.ana, now=world.now)
    assert [fault.message for fault in apply(text).faults] == ["This place is already a site of the project."]


def test_a_workbook_is_taken_and_comes_back_as_a_workbook_with_its_errors(world, ana):
    header = HEADER.split(",")
    bad = ["Ash Clinic", "Lakeshore Health", "", "FQHC", "Kentt", dt.date(2026, 12, 4), "", ""]
    file = io.BytesIO(spreadsheets.workbook([("Sites", header, [bad])]))
    file.name = "sites.xlsx"
    page = ana.post(PAGE, {"file": file})
    assert page.status_code == 422
    sent = {"text": page.context["text"], "kind": page.context["kind"]}
    back = io.BytesIO(ana.post(PAGE + "to-mend/", sent).content)
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
    ana.post(PAGE + "apply/", {"text": page.context["text"], "kind": "xlsx", "token": page.context["token"]})
    assert Site.objects.get(name="Ash Clinic").plan.starts_on == dt.date(2026, 12, 4)


def test_a_workbook_that_cannot_be_read_row_by_row_says_so_at_the_file(world, ana):
    file = io.BytesIO(b"\xd0\xcf\x11\xe0 an old one")
    file.name = "sites.xls"
    page = ana.post(PAGE, {"file": file})
    assert page.status_code == 422
    assert "an old Excel file" in page.content.decode()
