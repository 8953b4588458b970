import io

import pytest
from django.db.models import Model

from accounts import once
from accounts.leaving import anonymise
from outbox.models import Delivery
from projects import inviting, jobs, planning
from projects.duties import set_duty
from projects.models import Duty, Invitation, Job, Membership, Role
from projects.spreadsheets import lines
from projects.tables import taking_in
from projects.tables.people import PeopleTable
from tests.cast import join, new_site, person
from tests.statements import counted

pytestmark = pytest.mark.django_db
PAGE = "/projects/collaborative-care/spreadsheets/people/"
HEADER = "name,e-mail,role,site,jobs"


@pytest.fixture
def look(world):
    """Return a function that looks at rows below the usual header."""
    return lambda *rows: taking_in.look(PeopleTable(world.project, by=world.ana, now=world.now), file_of(*rows))


@pytest.fixture
def apply(world, look):
    """Return a function that looks at rows and takes them in; it returns the job."""

    def carry_out(*rows):
        table = PeopleTable(world.project, by=world.ana, now=world.now)
        token = once.token(taking_in.purpose(world.project, table))
        job = taking_in.ask(table, file_of(*rows), name="", digest=look(*rows).digest, token=token)
        jobs.run(job.pk)
        job.refresh_from_db()
        assert job.state == Job.State.DONE, job.reason
        return job

    return carry_out


def file_of(*rows):
    return "\n".join([HEADER, *rows]) + "\n"


def changes(looked):
    return [(change.name, change.field, change.before, change.after) for change in looked.changes]


def test_somebody_new_is_invited_with_the_job_that_goes_with_it(world, look, apply):
    row = ",Maria@Clinic.example,Site team member,Elm Clinic,Coach"
    assert [(one.name, one.words) for one in look(row).new] == [
        ("maria@clinic.example", "Site team member, Elm Clinic, Coach")
    ]
    apply(row)
    invitation = Invitation.objects.get()
    assert (invitation.email, invitation.role, invitation.site) == ("maria@clinic.example", "practitioner", world.elm)
    assert invitation.duty == key_of(world, "Coach")
    assert Delivery.objects.filter(kind=inviting.KIND).count() == 1
    assert (look(row).brings, look(row).faults) == (0, [])


def key_of(world, name):
    return next(key for key, role in world.version.roles.items() if role["name"] == name)


def test_a_role_and_a_job_change_and_both_are_shown_first(world, look, apply):
    row = f",{world.bo.email},can look,Elm Clinic,"
    assert changes(look(row)) == [("Bo Lindqvist", "role", "Site team member", "Can look")]
    apply(row)
    assert Membership.objects.current().get(user=world.bo).role == Role.OBSERVER
    [fault] = look(f",{world.bo.email},,Elm Clinic,Coach").faults
    assert fault.message.startswith(f"{world.bo.email} may only look here")
    row = f",{world.bo.email},Site team member,Elm Clinic,Coach"
    apply(row)
    assert Duty.objects.get(site=world.elm, key=key_of(world, "Coach")).user == world.bo


def test_a_job_can_go_to_a_name_without_an_account_or_to_the_team(world, look, apply):
    assert changes(look("Jo Field,,,Elm Clinic,Coach")) == [("Coach, Elm Clinic", "who does it", "", "Jo Field")]
    apply("Jo Field,,,Elm Clinic,Coach")
    assert Duty.objects.get(site=world.elm, key=key_of(world, "Coach")).name == "Jo Field"
    apply("the project team,,,Elm Clinic,Coach")
    assert Duty.objects.get(site=world.elm, key=key_of(world, "Coach")).team


def test_people_not_in_the_file_stay(world, apply):
    before = set(Membership.objects.current().values_list("pk", flat=True))
    apply(",new@clinic.example,Site team member,Elm Clinic,")
    assert set(Membership.objects.current().values_list("pk", flat=True)) == before


@pytest.mark.parametrize(
    ("row", "column", "message"),
    [
        (",no address,Site team member,Elm Clinic,", "e-mail", "“no address” is not an e-mail address."),
        (",a@b.example,Boss,Elm Clinic,", "role", "Write one of: Site team member, Can look."),
        (",a@b.example,State administrator,,", "role", "Write one of: Project lead"),
        (",a@b.example,Site team member,Elm Clinik,", "site", "The project has no site of this name. Did you mean"),
        (",a@b.example,Site team member,Pine School,", "site", "The project has no site of this name."),
        (",a@b.example,Site team member,Elm Clinic,Coatch", "jobs", "The Roadmap does not name the job “Coatch”."),
        (",a@b.example,Can look,Elm Clinic,Coach", "jobs", "Who only looks cannot hold a job."),
        ("Jo,,,Elm Clinic,", "e-mail", "Write an e-mail address, or a name and the jobs that person holds."),
    ],
)
def test_each_fault_names_its_column_and_what_to_do(look, row, column, message):
    [fault] = look(",fine@b.example,Site team member,Elm Clinic,", row).faults
    assert (fault.row, fault.column) == (3, column)
    assert fault.message.startswith(message)


def test_the_same_person_twice_and_a_closed_account_are_errors(world, look):
    row = ",a@b.example,Site team member,Elm Clinic,"
    [fault] = look(row, row).faults
    assert fault.message == "The same person stands in row 2."
    world.bo.is_active = False
    world.bo.save()
    [fault] = look(f",{world.bo.email},Site team member,Elm Clinic,").faults
    assert "is closed" in fault.message


def test_a_job_held_by_somebody_with_an_account_is_not_promised_to_a_newcomer(world, look):
    set_duty(world.elm, key_of(world, "Coach"), holder=world.bo, by=world.ana, now=world.now)
    [fault] = look(",a@b.example,Site team member,Elm Clinic,Coach").faults
    assert fault.message == "Bo Lindqvist holds this job. Give it on when the new person has come."


def test_nothing_is_told_of_somebody_who_is_not_on_the_team(world, look):
    for row in (f",{world.ed.email},,Elm Clinic,Coach", f",{world.ed.email},Site team member,Elm Clinic,Coach"):
        looked = look(row)
        assert "Tanaka" not in repr((looked.faults, looked.new, looked.changes))


def test_two_people_for_one_job_are_an_error(world, look):
    [fault] = look("Jo,,,Elm Clinic,Coach", "Al,,,Elm Clinic,Coach").faults
    assert fault.message == "The file gives “Coach” to two people."


def test_several_roles_of_one_person_are_not_guessed_at(world, look):
    both = person("Both Roles", email="both@lakeshore.example")
    for role in (Role.LEAD, Role.RESEARCHER):
        join(both, role, world.project)
    assert look(",both@lakeshore.example,Project lead,,", ",both@lakeshore.example,Researcher,,").brings == 0
    [fault] = look(",both@lakeshore.example,Can look,,").faults
    assert "several roles" in fault.message


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_a_table_that_goes_out_and_comes_back_changes_nothing(world, sign_in, kind):
    said = {"by": world.ana, "now": world.now}
    set_duty(world.elm, key_of(world, "Coach"), name="=Jo Field", **said)
    set_duty(world.elm, "site_champion", holder=world.bo, **said)
    set_duty(world.oak, "site_champion", team=True, **said)
    set_duty(world.oak, key_of(world, "Coach"), holder=world.ana, **said)
    inviting.invite(world.oak, email="new@clinic.example", role=Role.PRACTITIONER, duty="site_champion", **said)
    client = sign_in(world.ana)
    file = io.BytesIO(client.get(f"{PAGE}out/{kind}/").getvalue())
    file.name = f"people.{kind}"
    page = client.post(PAGE, {"file": file})
    looked = page.context["looked"]
    assert (looked.faults, looked.new, looked.changes) == ([], [], [])
    assert len(looked.rows) >= 6
    assert "Nothing would change" in page.content.decode()


@pytest.mark.parametrize("job", ["", "Coach"])
def test_somebody_unknown_without_a_role_is_not_passed_over(look, job):
    [fault] = look(f",new@clinic.example,,Elm Clinic,{job}").faults
    assert fault.column == "role"
    assert fault.message == "new@clinic.example is not on the team here. Write the role too."


def test_what_is_said_of_a_stranger_does_not_tell_whether_they_have_an_account(world, look):
    for job in ("", "Coach"):
        [of_ed] = look(f",{world.ed.email},,Elm Clinic,{job}").faults
        [of_nobody] = look(f",new@clinic.example,,Elm Clinic,{job}").faults
        assert of_ed.message.replace(world.ed.email, "new@clinic.example") == of_nobody.message
        assert of_ed.column == of_nobody.column


def test_a_job_that_somebody_keeps_is_not_given_to_another_by_the_same_file(world, look):
    set_duty(world.elm, key_of(world, "Coach"), holder=world.bo, by=world.ana, now=world.now)
    kept, other = f",{world.bo.email},Site team member,Elm Clinic,Coach", "Jo,,,Elm Clinic,Coach"
    for rows in ((kept, other), (other, kept)):
        [fault] = look(*rows).faults
        assert fault.message == "The file gives “Coach” to two people."
    assert changes(look(other)) == [("Coach, Elm Clinic", "who does it", "Bo Lindqvist", "Jo")]


def test_one_job_is_not_promised_to_two_people(look):
    rows = [f",{name}@clinic.example,Site team member,Elm Clinic,Coach" for name in ("a", "b")]
    [fault] = look(*rows).faults
    assert (fault.row, fault.column) == (3, "jobs")
    assert fault.message == "The file gives “Coach” to two people."


def test_a_person_with_two_roles_may_have_the_job_in_both_rows(world, look):
    join(world.ana, Role.RESEARCHER, world.project)
    rows = [f",{world.ana.email},{role},,Coach" for role in ("Project lead", "Researcher")]
    assert look(*rows).faults == []


def test_the_team_of_a_project_holds_jobs_of_sites_only(look):
    [fault] = look("the project team,,,,Coach").faults
    assert (fault.row, fault.column) == (2, "name")
    assert fault.message == "At the project itself a person holds a job. Write who it is, or name a site."


def test_a_name_that_does_not_fit_is_an_error(look):
    [fault] = look(f"{'J' * 121},,,Elm Clinic,Coach").faults
    assert (fault.column, fault.message) == ("name", "This is too long: at most 120 characters.")
    [fault] = look('"Jo\nField",,,Elm Clinic,Coach').faults
    assert (fault.column, fault.message) == ("name", "Write this on one line, without special characters.")


def test_a_phone_goes_with_its_person_and_not_with_the_job(world, apply):
    coach = key_of(world, "Coach")
    set_duty(world.elm, coach, name="Jo Field", phone="616-555-0100", by=world.ana, now=world.now)
    apply("Al Reyes,,,Elm Clinic,Coach")
    assert (Duty.objects.get(key=coach).holder, Duty.objects.get(key=coach).phone) == ("Al Reyes", "")
    set_duty(world.elm, coach, name="bo lindqvist", phone="616-555-0101", by=world.ana, now=world.now)
    apply(f",{world.bo.email},Site team member,Elm Clinic,Coach")
    assert (Duty.objects.get(key=coach).user, Duty.objects.get(key=coach).phone) == (world.bo, "616-555-0101")


@pytest.mark.parametrize("forgotten", [False, True])
def test_a_table_comes_back_although_somebody_has_left(world, look, forgotten):
    set_duty(world.elm, key_of(world, "Coach"), holder=world.bo, by=world.ana, now=world.now)
    world.bo.is_active = False
    world.bo.save()
    if forgotten:
        anonymise(world.bo, by=world.dee, now=world.now)
    table = PeopleTable(world.project, by=world.ana, now=world.now)
    text = "".join(lines(table.names, table.content()))
    assert world.bo.email in text
    looked = taking_in.look(PeopleTable(world.project, by=world.ana, now=world.now), text)
    assert (looked.faults, looked.brings) == ([], 0)


def test_a_job_that_the_roadmap_no_longer_names_stays_out_of_the_table(world):
    Duty.objects.create(site=world.elm, key="herald", user=world.bo, since_on=world.now.date())
    table = PeopleTable(world.project, by=world.ana, now=world.now)
    assert "herald" not in repr(list(table.content()))


def test_a_table_of_many_people_is_handed_out_in_a_time_that_grows_with_them_only(world, monkeypatch):
    """Each person is looked at once, not once for each site."""
    clinics = [new_site(f"Clinic {number}") for number in range(20)]
    for number, site in enumerate(planning.add_sites(world.project, clinics, by=world.ana, now=world.now)):
        join(person(f"Pat {number}", email=f"pat{number}@clinic.example"), Role.PRACTITIONER, site)
    table = PeopleTable(world.project, by=world.ana, now=world.now)
    compared = []
    same = Model.__eq__
    monkeypatch.setattr(Model, "__eq__", lambda one, other: compared.append(1) or same(one, other))
    assert len(list(table.content())) > 20
    assert len(compared) < 10 * 20


def test_a_look_takes_as_many_statements_for_many_sites(world, look):
    clinics = [new_site(f"Clinic {number}") for number in range(6)]
    planning.add_sites(world.project, clinics, by=world.ana, now=world.now)

    def statements(count):
        rows = [f",{world.ana.email},,Clinic {number},Coach" for number in range(count)]
        with counted() as found:
            assert len(look(*rows).changes) == count
        return len(found)

    assert statements(6) == statements(1)


def test_who_loses_one_role_by_the_file_and_records_by_another_may_get_a_job(world, look, apply):
    join(world.bo, Role.LEAD, world.project)
    rows = [f",{world.bo.email},Can look,,", f",{world.bo.email},Site team member,Elm Clinic,Coach"]
    assert look(*rows).faults == []
    apply(*rows)
    assert Duty.objects.get().user == world.bo
    [fault] = look(*rows[:1], f",{world.bo.email},Can look,Elm Clinic,Site champion").faults
    assert "may only look here" in fault.message


def test_who_gets_a_role_at_a_site_by_the_file_may_get_a_job_of_the_project(world, look, apply):
    kit = person("Kit Doe")
    join(kit, Role.OBSERVER, world.elm)
    rows = [f",{kit.email},Site team member,Elm Clinic,", f",{kit.email},,,Coach"]
    assert look(*rows).faults == []
    apply(*rows)
    assert Duty.objects.get().user == kit


def test_roles_change_before_jobs_are_given_wherever_they_stand_in_the_file(world, look, apply):
    rows = [f",{world.vi.email},,Elm Clinic,Coach", f",{world.vi.email},Site team member,,"]
    apply(*rows)
    assert Duty.objects.get(site=world.elm).user == world.vi
    rows = [f",{world.vi.email},,Oak Clinic,Coach", f",{world.vi.email},Can look,,"]
    [fault] = look(*rows).faults
    assert fault.message.startswith(f"{world.vi.email} may only look here")
