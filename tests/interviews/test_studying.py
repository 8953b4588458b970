import pytest
from django.core.exceptions import ValidationError

from accounts.models import Activity
from interviews import studying
from interviews.models import Study, StudyMember
from projects.models import Membership, Role
from tests.cast import join
from tests.together import at_once

pytestmark = pytest.mark.django_db


def names(study):
    rows = study.members.current().select_related("user").order_by("user__name")
    return [(one.user.name.split()[0], one.owner) for one in rows]


def test_who_begins_a_study_owns_it(world, study):
    assert names(study) == [("Bo", False), ("Ria", True)]
    assert Activity.objects.filter(verb="study_begun", key="what-helps-sites").count() == 1


def test_two_studies_of_one_name_have_two_addresses(world, study, by):
    other = studying.begin_study(world.program, name="What helps sites", aim="Again.", **by)
    assert other.slug == "what-helps-sites-2"


def test_no_study_has_the_address_of_a_page_beside_studies(world, by):
    assert studying.begin_study(world.program, name="Calendar", aim="When?", **by).slug == "calendar-2"


@pytest.mark.parametrize("email", ["nobody@example.org", "ed@example.org", "nia@example.org"])
def test_only_people_of_the_program_are_taken_in(study, by, email):
    with pytest.raises(ValidationError, match=f"Nobody with {email} belongs to this program"):
        studying.take_in(study, email=email, owner=False, **by)
    assert len(names(study)) == 2


def test_a_closed_account_is_not_taken_in(world, study, by):
    world.kim.is_active = False
    world.kim.save(update_fields=["is_active"])
    with pytest.raises(ValidationError, match="belongs to this program"):
        studying.take_in(study, email=world.kim.email, owner=False, **by)


def test_taken_in_twice_is_in_once(world, study, by):
    for _ in range(2):
        studying.take_in(study, email="KIM@example.org ", owner=False, **by)
    assert names(study) == [("Bo", False), ("Kim", False), ("Ria", True)]
    assert Activity.objects.filter(verb="study_joined", person=world.kim).count() == 1


def test_a_study_keeps_an_owner(world, study, by):
    owner = study.members.get(user=world.ria)
    with pytest.raises(ValidationError, match="needs an owner"):
        studying.let_go(study, owner.pk, **by)
    with pytest.raises(ValidationError, match="needs an owner"):
        studying.take_in(study, email=world.ria.email, owner=False, **by)
    studying.take_in(study, email=world.bo.email, owner=True, **by)
    studying.let_go(study, owner.pk, **by)
    assert names(study) == [("Bo", True)]


def test_an_owner_whose_account_is_closed_does_not_count(world, study, by):
    studying.take_in(study, email=world.bo.email, owner=True, **by)
    world.bo.is_active = False
    world.bo.save(update_fields=["is_active"])
    with pytest.raises(ValidationError, match="needs an owner"):
        studying.let_go(study, study.members.get(user=world.ria).pk, **by)


def test_an_owner_without_a_role_in_the_program_does_not_count(world, study, by):
    studying.take_in(study, email=world.kim.email, owner=True, **by)
    Membership.objects.filter(user=world.kim).update(ended_at=world.now)
    with pytest.raises(ValidationError, match="needs an owner"):
        studying.let_go(study, study.members.get(user=world.ria).pk, **by)
    studying.let_go(study, study.members.get(user=world.kim).pk, **by)
    assert names(study) == [("Bo", False), ("Ria", True)]


def left(person):
    """Close the account of somebody, as `closing` does."""
    person.is_active = False
    person.save(update_fields=["is_active"])


def test_an_administrator_names_an_owner_once_all_have_left(world, study):
    dee = {"by": world.dee, "now": world.now}
    with pytest.raises(ValidationError, match="has an owner"):
        studying.name_owner(study, world.bo, **dee)
    left(world.ria)
    studying.name_owner(study, world.bo, **dee)
    assert names(study) == [("Bo", True), ("Ria", True)]
    made = Activity.objects.get(verb="study_owner_named")
    assert (made.actor, made.person, made.program_id) == (world.dee, world.bo, world.program.pk)
    with pytest.raises(ValidationError, match="has an owner"):
        studying.name_owner(study, world.kim, **dee)


def test_a_researcher_of_the_program_comes_in_as_owner_where_nobody_is_left(world, study):
    Membership.objects.filter(user__in=[world.ria, world.bo]).update(ended_at=world.now)
    assert list(studying.heirs(study, by=world.dee)) == [world.kim]
    studying.name_owner(study, world.kim, by=world.dee, now=world.now)
    assert study.members.active().get().user == world.kim


@pytest.mark.parametrize("who", ["dee", "ana", "ed", "nia", "ria"])
def test_who_is_neither_in_the_study_nor_a_researcher_is_not_named_and_nobody_names_themselves(world, study, who):
    left(world.ria)
    join(world.dee, Role.RESEARCHER, world.program)
    with pytest.raises(ValidationError, match="somebody else than yourself"):
        studying.name_owner(study, getattr(world, who), by=world.dee, now=world.now)
    assert list(Study.objects.ownerless()) == [study]


@pytest.mark.django_db(transaction=True)
def test_two_administrators_at_once_name_one_owner(world, study):
    left(world.ria)

    def name(person):
        def doing():
            try:
                studying.name_owner(Study.objects.get(pk=study.pk), person, by=world.dee, now=world.now)
            except ValidationError:
                return False
            return True

        return doing

    assert sorted(at_once(name(world.bo), name(world.kim))) == [False, True]
    assert study.members.active().filter(owner=True).count() == 1


def test_members_of_another_study_are_not_found(world, study, by):
    other = studying.begin_study(world.program, name="Another", aim="To ask.", **by)
    with pytest.raises(StudyMember.DoesNotExist):
        studying.let_go(study, other.members.get().pk, **by)


def test_targets_take_the_place_of_those_before_and_zero_is_none(world, study, by):
    pk = world.project.pk
    studying.set_targets(study, {(pk, "pi"): 1, (pk, "staff"): 4, (None, "state"): 2}, **by)
    studying.set_targets(study, {(pk, "pi"): 2, (pk, "staff"): 0}, **by)
    assert [(one.project, one.role_group, one.number) for one in study.targets.all()] == [(world.project, "pi", 2)]


@pytest.mark.parametrize("which", ["project", "group"])
def test_targets_elsewhere_are_refused_and_nothing_changes(world, study, by, which):
    studying.set_targets(study, {(None, "state"): 2}, **by)
    wrong = {(world.foreign_project.pk, "pi"): 1} if which == "project" else {(None, "janitor"): 1}
    with pytest.raises(ValidationError, match="of this program"):
        studying.set_targets(study, wrong, **by)
    assert study.targets.get().role_group == "state"


@pytest.mark.django_db(transaction=True)
def test_two_owners_leaving_at_once_leave_one(world, study, by):
    studying.take_in(study, email=world.bo.email, owner=True, **by)
    pks = list(study.members.values_list("pk", flat=True))

    def leave(pk):
        def doing():
            try:
                studying.let_go(Study.objects.get(pk=study.pk), pk, **by)
            except ValidationError:
                return False
            return True

        return doing

    assert sorted(at_once(*[leave(pk) for pk in pks])) == [False, True]
    assert [owner for _name, owner in names(study)] == [True]
