import pytest
from django.core.exceptions import ValidationError

from interviews import codebook, recruiting, studying
from interviews.filling import fill_cell
from interviews.interviewing import StaleSummary
from interviews.models import FrameworkCell
from tests.interviews.conftest import agreed
from tests.together import at_once

pytestmark = pytest.mark.django_db


@pytest.fixture
def who(world, study, by):
    return agreed(study, by=by, project=world.project, site=world.elm)


@pytest.fixture
def fill(study, codes, who, by):
    """A function that fills the cell of P01 and Time, unless told otherwise."""

    def filling(text, revision=0, row=None, code="Time", **person):
        return fill_cell(study, codes[code], row or who, text=text, revision=revision, **{**by, **person})

    return filling


def test_a_cell_is_filled_and_changed_by_who_read_it_last(fill):
    assert fill(" Short of time. ").text == "Short of time."
    changed = fill("Short of hours.", revision=1)
    assert (changed.revision, FrameworkCell.objects.get().text) == (2, "Short of hours.")


def test_the_same_words_again_change_nothing(world, fill):
    fill("Short of time.")
    assert fill("Short of time.", revision=0, by=world.bo).by == world.ria
    assert FrameworkCell.objects.get().revision == 1


def test_an_empty_box_makes_no_cell_and_empties_one(fill):
    assert fill("").pk is None
    fill("Short of time.")
    fill("", revision=1)
    assert FrameworkCell.objects.get().text == ""


def test_what_somebody_else_wrote_meanwhile_is_not_lost(world, fill):
    fill("Mine.")
    with pytest.raises(StaleSummary) as stale:
        fill("Theirs.", revision=0, by=world.bo)
    assert (stale.value.summary.text, stale.value.text) == ("Mine.", "Theirs.")
    assert FrameworkCell.objects.get().text == "Mine."


def test_a_sites_cell_is_another_than_a_participants(world, fill):
    fill("P01's.")
    fill("Elm's.", row=world.elm)
    assert FrameworkCell.objects.count() == 2


def test_who_has_withdrawn_and_what_is_elsewhere_takes_no_words(world, study, fill, who, codes, by):
    other = studying.begin_study(world.program, name="Another", aim="To ask.", **by)
    foreign = codebook.add_code(other, name="Foreign", **by)
    with pytest.raises(ValidationError, match="in use"):
        fill_cell(study, foreign, who, text="x", revision=0, **by)
    codebook.retire_code(codes["Helps"], **by)
    codes["Helps"].refresh_from_db()
    with pytest.raises(ValidationError, match="in use"):
        fill("x", code="Helps")
    with pytest.raises(ValidationError, match="of this program"):
        fill("x", row=world.foreign_project.sites.model(project=world.foreign_project, name="Far"))
    fill("Gone soon.")
    recruiting.withdraw(who, **by)
    with pytest.raises(ValidationError, match="has withdrawn"):
        fill("x", revision=1)
    assert not FrameworkCell.objects.exists()


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("of", ["participant", "site"])
def test_of_two_who_fill_one_cell_at_once_the_second_is_told_of_the_first(world, fill, who, of):
    def filling(text):
        try:
            return fill(text, row={"participant": who, "site": world.elm}[of])
        except StaleSummary as stale:
            return stale

    done = at_once(lambda: filling("One."), lambda: filling("Two."))
    assert sorted(type(one).__name__ for one in done) == ["FrameworkCell", "StaleSummary"]
    assert FrameworkCell.objects.count() == 1


def test_merging_codes_keeps_what_was_summed_up_of_both(world, fill, codes, by):
    fill("Of time.")
    fill("Of space.", code="Space")
    fill("Elm's time.", row=world.elm)
    codebook.merge_codes(codes["Time"], codes["Space"], **by)
    assert {(cell.code.name, cell.text) for cell in FrameworkCell.objects.all()} == {
        ("Space", "Of space.\n\nOf time."),
        ("Space", "Elm's time."),
    }


def test_no_cell_is_filled_at_a_code_that_was_retired_meanwhile(fill, codes, by):
    codebook.retire_code(codes["Time"], **by)
    with pytest.raises(ValidationError, match="in use"):
        fill("It takes hours.")
