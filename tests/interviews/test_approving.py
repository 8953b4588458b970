import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from accounts.models import Activity
from interviews import approving
from interviews.access import is_on
from interviews.models import Approval
from projects.models import Program

pytestmark = pytest.mark.django_db


def switch_on(world, **fields):
    return approving.switch_on(world.program, by=world.dee, now=world.now, **fields)


def test_interviews_are_off_until_an_administrator_says_what_they_are(world):
    assert not is_on(world.program)
    switch_on(world, purpose="quality")
    assert is_on(Program.objects.get(pk=world.program.pk))
    assert Activity.objects.get(verb="interviews_switched_on").label == "Quality improvement"


@pytest.mark.parametrize(
    "given", [{}, {"decision": "exempt"}, {"number": "HUM-1"}, {"decision": "exempt", "number": " "}]
)
def test_research_needs_the_boards_decision_and_its_number(world, given):
    with pytest.raises(ValidationError, match="decision and its number"):
        switch_on(world, purpose="research", **given)
    assert not Approval.objects.exists()


def test_the_database_refuses_research_without_a_decision(world):
    with pytest.raises(IntegrityError), transaction.atomic():
        Approval.objects.create(program=world.program, on=True, purpose="research", changed_by=world.dee)


def test_quality_improvement_keeps_no_decision(world):
    switch_on(world, purpose="research", decision="exempt", number="HUM00012345")
    approval = switch_on(world, purpose="quality", decision="exempt", number="HUM00012345")
    assert (approval.decision, approval.number) == ("", "")
    assert Approval.objects.count() == 1


def test_what_was_stated_is_recorded_and_the_same_again_is_not(world):
    stated = {"purpose": "research", "decision": "exempt", "number": "HUM00012345"}
    for _ in range(2):
        switch_on(world, **stated)
    [row] = Activity.objects.filter(verb="interviews_switched_on")
    assert row.changes["number"] == [None, "HUM00012345"]
    switch_on(world, **stated | {"number": "HUM00054321"})
    assert Activity.objects.newest_first().first().changes == {"number": ["HUM00012345", "HUM00054321"]}


def test_switching_off_removes_nothing_and_is_recorded_once(world, study):
    for _ in range(2):
        approving.switch_off(world.program, by=world.dee, now=world.now)
    assert not is_on(Program.objects.get(pk=world.program.pk))
    assert world.program.studies.get() == study
    assert Activity.objects.filter(verb="interviews_switched_off").count() == 1
