import io

import pytest

from accounts import once
from outbox.models import Delivery
from projects import inviting, jobs
from projects.duties import set_duty
from projects.models import Duty, Invitation, Job, Membership, Role
from projects.tables import taking_in
from projects.tables.people import PeopleTable
from tests.cast import join, person

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
