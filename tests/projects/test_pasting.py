"""A block from a spreadsheet finds its places in the grid, by order or by name."""

import pytest

from projects.pasting import ENOUGH, lay

SITES = {1: "Ash Clinic", 2: "Elm Clinic", 3: "Oak School"}
MILESTONES = {"interest": "Interest on record", "signed": "Agreement signed", "trained": "Everyone trained"}


def laid(block):
    found = lay(block, SITES, list(MILESTONES), MILESTONES)
    assert found.faults == []
    return found.values


def test_without_names_the_order_of_the_grid_counts():
    assert laid("x\tNov 2026\n\n\t\t1/5/2026\n") == {
        (1, "interest"): "x",
        (1, "signed"): "Nov 2026",
        (3, "trained"): "1/5/2026",
    }


def test_names_in_the_first_column_free_the_lines_of_their_order():
    block = "oak  school\tx\r\nELM CLINIC\t\t1/5/2026\r\n"
    assert laid(block) == {(3, "interest"): "x", (2, "signed"): "1/5/2026"}


def test_names_in_the_first_line_free_the_columns_of_theirs():
    block = "Site\tEveryone trained\tInterest on record\nElm Clinic\t2/2/2026\tx"
    assert laid(block) == {(2, "trained"): "2/2/2026", (2, "interest"): "x"}
    assert laid("agreement signed\nx\ny") == {(1, "signed"): "x", (2, "signed"): "y"}


def test_the_first_line_may_name_a_milestone_that_the_grid_does_not_show():
    found = lay("Site\tEveryone trained\nElm Clinic\tx", SITES, ["signed"], MILESTONES)
    assert (found.values, found.faults) == ({(2, "trained"): "x"}, [])


def test_an_empty_block_says_nothing():
    assert laid("") == laid(" \n\t\n") == {}


@pytest.mark.parametrize(
    ("block", "said"),
    [
        ("x\nx\nx\nx", "Line 4: there are only 3 sites in this grid."),
        ("x\tx\tx\tx", "Line 1: “x” lies to the right of the last milestone."),
        ("Elm Clinic\tx\nElm Clinc\tx", "Line 2: “Elm Clinc” is not a site of this grid. Did you mean “Elm Clinic”?"),
        ("Elm Clinic\tx\nMoon Base\tx", "Line 2: “Moon Base” is not a site of this grid."),
        ("Site\tAgreement signed\tBudget\nElm Clinic\tx", "Line 1: “Budget” is not a milestone that sites reach here."),
    ],
)
def test_what_has_no_place_is_named_with_its_line(block, said):
    assert lay(block, SITES, list(MILESTONES), MILESTONES).faults == [said]


def test_two_sites_of_one_name_are_not_guessed():
    found = lay("Elm Clinic\tx", {1: "Elm Clinic", 2: "Elm clinic"}, ["signed"], MILESTONES)
    assert found.values == {}
    assert "several sites are called “Elm Clinic”" in found.faults[0]


def test_a_block_of_nothing_but_strangers_is_not_looked_at_to_its_end():
    block = "Elm Clinic\tx\n" + "Nowhere at all\tx\n" * 5000
    assert len(lay(block, SITES, list(MILESTONES), MILESTONES).faults) == ENOUGH
