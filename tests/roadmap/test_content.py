"""The content we ship: nothing of its structure was lost in editing, and every row keeps to the rules."""

import re
from collections import Counter
from pathlib import Path

import pytest

from roadmap.loading.loading import CONTENT, read_content
from roadmap.loading.reading import read_file

HANDED_OVER = Path(__file__).with_name("rows_handed_over.txt")
LONGEST_SENTENCE = 28  # words


def file(name):
    return read_file(CONTENT / name)[0].data


def structure(name, steps, who):
    """Describe rows as rows_handed_over.txt does."""
    for step in steps:
        key = step.get("key") or step["step"]
        if "key" in step:
            who[key] = step["worked_by"]
            yield f"{name} step {key} {step['worked_by']} published={step.get('published_name', '')}"
        for kind in ("milestone", "action"):
            for row in step.get(f"{kind}s", []):
                yield " ".join([name, kind, key, row["key"], row.get("worked_by", who[key]), *hangs_on(row)])
        yield from (f"{name} barrier {key} {row['cfir']}" for row in step.get("common_barriers", []))
        yield from (f"{name} strategy {key} {strategy}" for strategy in step.get("suggested_strategies", []))
        yield from (f"{name} citation {key} {row['ref']}" for row in step.get("citations", []))
        yield from (f"{name} resource {key} {row['url']}" for row in step.get("resources", []))


def hangs_on(row):
    if due := row.get("due"):
        anchors = due["anchor"] if isinstance(due["anchor"], list) else [due["anchor"]]
        yield f"anchors={','.join(anchors)}"
        yield f"weeks={','.join(map(str, due['weeks']))}"
    for name in ("sic_stage", "gate", "headline", "on_exit", "milestone", "minutes", "repeats"):
        if row.get(name) not in (None, False):
            yield f"{name}={row[name]}"
    if "suggested_role" in row:
        yield f"role={row['suggested_role']}"
    if "template" in row:
        yield "template"
    if settings := row.get("applies_to", {}).get("settings"):
        yield f"settings={','.join(settings)}"


@pytest.fixture(scope="module")
def editions():
    _, editions = read_content(CONTENT)
    return {edition.key: edition.content for edition in editions}


def test_editing_lost_no_row_and_nothing_that_hangs_on_one():
    who = {}
    steps = [step for phase in file("roadmap.yaml")["phases"] for step in phase["steps"]]
    now = [*structure("roadmap", steps, who), *structure("pack", file("pack_cocm.yaml")["steps"], who)]
    then = [line for line in HANDED_OVER.read_text(encoding="utf-8").splitlines() if not line.startswith("#")]
    assert now == then


def test_the_general_roadmap_has_twenty_steps_seventy_milestones_and_ninety_actions(editions):
    general = editions["general"]
    assert len(general.steps) == 20
    assert Counter(row["kind"] for row in general.items.values()) == {"milestone": 70, "action": 90}
    assert [
        sum(row["gate"] for row in general.items.values() if general.steps[row["step"]]["phase"] == phase)
        for phase in general.phases
    ] == [1, 1, 1]


def test_the_pack_adds_its_rows_behind_those_of_the_general_roadmap(editions):
    general, cocm = editions["general"], editions["cocm"]
    assert list(general.steps) == list(cocm.steps)
    assert Counter(row["kind"] for row in cocm.items.values()) == {"milestone": 75, "action": 105}
    assert set(general.items) < set(cocm.items)
    of_pay = [key for key, row in cocm.items.items() if row["step"] == "pay" and row["kind"] == "milestone"]
    assert of_pay == [
        "pay_m_request",
        "pay_m_payers",
        "pay_m_source",
        "pay_m_billing",
        "pay_m_paid",
        "cocm_pay_m_codes",
    ]


def test_rows_of_the_pack_are_for_the_settings_of_the_pack(editions):
    row = editions["cocm"].items["cocm_staff_m_manager"]
    assert "primary_care" in row["applies_to"]["settings"]
    assert "cmh_agency" not in row["applies_to"]["settings"]
    assert editions["cocm"].items["cocm_pay_a2"]["applies_to"] == {"settings": ["fqhc", "rural_health_clinic"]}


def test_nothing_outside_what_we_saw_of_the_paper_is_tagged_as_mips(editions):
    """facts.md 1.5: four parts of Table 3 were visible, all in the first phase; 1.3: three ideas of the abstract."""
    rows = editions["general"].items.values()
    steps = editions["general"].steps
    table = {row["step"] for row in rows if row["source"] == "MIP-T3"}
    assert table == {"needs", "leaders", "engage", "metrics", "context"}
    assert {steps[key]["phase"] for key in table} == {"pre_implementation"}
    assert {row["step"] for row in rows if row["source"] == "MIP-abstract"} == {"leaders", "plan", "tools"}
    assert [step["published_name"] for step in steps.values() if step["published_name"]] == [
        "Identify high priority needs",
        "Engage stakeholders",
        "Select essential metrics",
        "Assess contextual factors",
    ]


def test_every_citation_has_an_address_a_doi_or_says_that_it_could_not_be_checked(editions):
    citations = {row["ref"]: row for row in file("citations.yaml")["citations"]}
    for rows in editions["cocm"].citations.values():
        for row in rows:
            source = citations[row["ref"]]
            assert source["url"] or source["doi"] or (row["verify"] and row["stance"] == "mentions"), row["ref"]


def test_sentences_are_short_and_without_long_dashes(editions):
    for key, step in editions["cocm"].steps.items():
        for text in [step["why"], *step["how"], *step["tips"]]:
            assert "—" not in text
            assert "–" not in text
            for sentence in re.split(r"(?<=[.?!])\s", text):
                assert len(sentence.split()) <= LONGEST_SENTENCE, f"{key}: {sentence}"
