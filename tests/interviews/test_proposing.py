import pytest
import yaml
from django.core.exceptions import ValidationError

from accounts.models import Activity
from interviews import approving, concluding, proposing
from projects.models import Program
from roadmap.loading import shapes
from roadmap.models import Roadmap

pytestmark = pytest.mark.django_db


@pytest.fixture
def proposal(world, finding, by):
    concluding.take_back(finding, **by)
    made = concluding.tie(
        finding, step_key="leaders", stance="proposes", proposal="milestone", text="A room is named in writing.", **by
    )
    concluding.publish(finding, **by)
    return made


def listed(world):
    return list(proposing.proposals_of(Program.objects.filter(pk=world.program.pk)))


def test_proposals_are_those_of_published_findings_while_interviews_are_on(world, finding, proposal, by):
    assert listed(world) == [proposal]
    assert not list(proposing.proposals_of(Program.objects.filter(pk=world.other_program.pk)))
    approving.switch_off(world.program, by=world.dee, now=world.now)
    assert not listed(world)
    approving.switch_on(world.program, purpose="quality", by=world.dee, now=world.now)
    concluding.take_back(finding, **by)
    assert not listed(world)


def test_a_decision_is_made_once_with_a_reason_and_can_be_opened_again(world, proposal):
    by = {"by": world.dee, "now": world.now}
    with pytest.raises(ValidationError, match="Say why"):
        proposing.decline(proposal, reply=" ", **by)
    proposing.decline(proposal, reply="It is an action there already.", **by)
    with pytest.raises(ValidationError, match="Dee Halvorsen decided this before: not taken"):
        proposing.take_in(proposal, **by)
    assert proposing.open_again(proposal, **by).state == "open"
    assert proposing.open_again(proposal, **by).state == "open"
    found = proposing.take_in(proposal, **by)
    assert (found.state, found.decided_by, found.reply) == ("taken", world.dee, "")
    assert Activity.objects.filter(verb="proposal_decided").count() == 2
    assert Activity.objects.filter(verb="proposal_opened_again").count() == 1


def test_what_the_study_has_taken_back_is_not_decided_upon(world, finding, proposal, by):
    concluding.take_back(finding, **by)
    with pytest.raises(ValidationError, match="taken this finding back"):
        proposing.take_in(proposal, by=world.dee, now=world.now)


@pytest.mark.parametrize(
    ("kind", "shape"), [("step", shapes.STEP), ("milestone", shapes.MILESTONE), ("action", shapes.ACTION)]
)
def test_the_row_for_the_content_file_has_its_keys_and_leaves_the_rest_to_fill_in(proposal, kind, shape):
    proposal.proposal, proposal.text = kind, "A room is named: “with a door” — in writing, before anybody is trained"
    [row] = yaml.safe_load(proposing.row_of(proposal))
    faults = [str(fault) for fault in shapes.shape_faults("roadmap.yaml", "row", row, shape)]
    assert shapes.key.fits(row["key"])
    empty = [name for name, value in row.items() if value is None]
    assert all(any(f"'{name}'" in fault for name in empty) for fault in faults), faults
    assert faults, "the loader takes no row that is not filled in"


def test_the_file_is_that_of_the_roadmap_or_of_the_pack():
    general = Roadmap.objects.create(key="general", name="General")
    assert proposing.file_of(general) == "roadmap.yaml"
    assert proposing.file_of(Roadmap(key="cocm", derived_from=general)) == "pack_cocm.yaml"
