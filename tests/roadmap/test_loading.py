"""The loader: publishes what is new, does nothing twice, and refuses a broken file naming file, row and rule."""

import json
import shutil
from io import StringIO

import pytest
import yaml
from django.core.management import CommandError, call_command
from django.utils import timezone

from roadmap.loading.loading import CONTENT, ContentRefused, load, read_content
from roadmap.loading.reading import SafeLoader
from roadmap.models import (
    Citation,
    Construct,
    ConstructStrategy,
    Item,
    Roadmap,
    RoadmapVersion,
    Step,
    StepCitation,
    Strategy,
)


@pytest.fixture
def folder(tmp_path):
    """A copy of the content that a test may break."""
    return shutil.copytree(CONTENT, tmp_path / "content")


@pytest.fixture(scope="module")
def few_pairs(tmp_path_factory):
    """The content with four endorsements, which makes half the reading."""
    folder = shutil.copytree(CONTENT, tmp_path_factory.mktemp("few") / "content")
    change(folder, "cfir_eric.yaml", lambda data: data.update(pairs=data["pairs"][:4], pairs_without_percent={}))
    return folder


def change(folder, name, edit):
    """Let `edit` alter a file's parsed data, and write it back."""
    path = folder / name
    data = yaml.load(path.read_text(encoding="utf-8"), Loader=SafeLoader)  # noqa: S506 - safe, and made in C
    edit(data)
    path.write_text(json.dumps(data, ensure_ascii=False), encoding="utf-8")  # JSON is YAML too, and quick to write


def step_of(data, key):
    return next(step for phase in data["phases"] for step in phase["steps"] if step["key"] == key)


def row_of(data, key):
    steps = [step for phase in data["phases"] for step in phase["steps"]] if "phases" in data else data["steps"]
    rows = (row for step in steps for kind in ("milestones", "actions") for row in step.get(kind, []))
    return next(row for row in rows if row["key"] == key)


def faults(folder):
    with pytest.raises(ContentRefused) as refused:
        read_content(folder)
    return [str(fault) for fault in refused.value.faults]


def load_now(folder=CONTENT):
    return load(folder, now=timezone.now())


# ---- what is right


def test_a_first_load_publishes_both_roadmaps(loaded):
    cocm = RoadmapVersion.objects.get(roadmap__key="cocm")
    assert (loaded.status, loaded.number, cocm.status, cocm.number) == ("published", 2, "published", 1)
    assert loaded.published_at
    assert cocm.roadmap.derived_from == loaded.roadmap
    assert [loaded.steps.count(), loaded.items.count(), cocm.items.count()] == [20, 160, 180]
    assert cocm.roles["care_manager"]["name"] == "Behavioral health care manager"
    assert "care_manager" not in loaded.roles


def test_an_item_keeps_everything_the_file_says(loaded):
    approved = loaded.items.get(key="plan_m_approved")
    assert (approved.kind, approved.gate, approved.headline, approved.sic_stage) == ("milestone", True, True, 3)
    assert approved.anchors == ["plan_m_strategies", "leaders_m_signed", "agree_m_data"]
    assert (approved.weeks_from, approved.weeks_to, approved.worked_by) == (2, 6, "site")
    baseline = loaded.items.get(key="metrics_m_baseline")
    assert (baseline.worked_by, baseline.step.worked_by) == ("site", "project")
    watched = loaded.items.get(key="metrics_a8")
    assert (watched.milestone.key, watched.repeats, watched.minutes) == ("metrics_m_cost_log", "monthly", 20)
    assert watched.duty == "finance_lead"


def test_milestones_come_before_actions_and_steps_in_the_order_of_the_file(loaded):
    keys = list(loaded.items.filter(step__key="choose").values_list("key", flat=True))
    assert keys == ["choose_m_chosen", "choose_a3", "choose_a4", "choose_a5"]
    assert list(loaded.steps.values_list("key", flat=True))[:3] == ["needs", "choose", "join"]


def test_the_vocabularies_are_loaded_with_their_sources(loaded):
    assert [Construct.objects.count(), Strategy.objects.count(), Citation.objects.count()] == [67, 73, 48]
    work = Construct.objects.get(key="inner_structural_work")
    assert (work.domain, work.parent.key) == ("Inner Setting", "inner_structural")
    pair = ConstructStrategy.objects.get(construct__key="process_planning", strategy__number=23)
    assert (pair.percent, pair.barrier_2009) == (73, "Planning")
    assert pair.source.startswith("https://")
    assert ConstructStrategy.objects.filter(percent=None).exists()


def test_the_bridge_carries_a_barrier_of_2009_to_each_of_its_constructs(loaded):
    rows = ConstructStrategy.objects.filter(
        barrier_2009="Networks & Communications", strategy__name="Build a coalition"
    )
    assert {(row.construct.key, row.percent) for row in rows} == {
        ("inner_relational", 39),
        ("inner_communications", 39),
    }


def test_a_stance_that_is_not_given_is_mentions(folder, db):
    change(folder, "roadmap.yaml", lambda data: step_of(data, "needs")["citations"][0].pop("stance"))
    load_now(folder)
    assert StepCitation.objects.filter(step__key="needs", step__version__number=2).first().stance == "mentions"


def test_a_second_load_does_nothing(loaded, django_assert_num_queries):
    before = list(Item.objects.values_list("pk", flat=True))
    assert load_now() == []
    assert list(Item.objects.values_list("pk", flat=True)) == before


def test_the_command_says_what_it_did_and_then_that_there_is_nothing_to_do(db):
    said = StringIO()
    call_command("load_roadmap", stdout=said)
    assert "version 2 published (20 steps, 70 milestones, 90 actions)" in said.getvalue()
    said = StringIO()
    call_command("load_roadmap", stdout=said)
    assert said.getvalue() == "Nothing to do: everything in the files is published already.\n"


def test_a_new_number_is_published_beside_the_old_version(loaded, folder):
    def edit(data):
        data["meta"]["version"] = 3
        step_of(data, "needs")["why"] = "Ask first."

    change(folder, "roadmap.yaml", edit)
    change(folder, "pack_cocm.yaml", lambda data: data["meta"].update(version=2, adds_to_version=3))
    load_now(folder)
    general = Roadmap.objects.get(key="general")
    assert [(v.number, v.status) for v in general.versions.order_by("number")] == [(2, "published"), (3, "published")]
    assert Step.objects.get(version__roadmap=general, version__number=3, key="needs").why == "Ask first."
    assert Step.objects.get(version=loaded, key="needs").why != "Ask first."


def test_a_correction_of_a_citation_needs_no_new_version(loaded, folder):
    change(folder, "citations.yaml", lambda data: data["citations"][0].update(title="A better title"))
    assert load_now(folder) == ["1 citations brought up to date."]
    assert Citation.objects.get(key="rusch_2021_table_3").title == "A better title"


def test_an_endorsement_that_left_the_file_leaves_the_table(loaded, folder):
    change(folder, "cfir_eric.yaml", lambda data: data["pairs"].pop(0))
    before = ConstructStrategy.objects.count()
    load_now(folder)
    assert ConstructStrategy.objects.count() == before - 1


# ---- what a published number forbids


def test_changed_content_under_a_published_number_is_refused_naming_the_keys(loaded, folder):
    def edit(data):
        step_of(data, "plan")["why"] = "Because."
        row_of(data, "leaders_m_signed")["due"]["weeks"] = [6, 30]
        step_of(data, "value")["actions"].pop()

    change(folder, "roadmap.yaml", edit)
    change(folder, "pack_cocm.yaml", lambda data: data["steps"].pop())
    with pytest.raises(ContentRefused) as refused:
        load_now(folder)
    said = str(refused.value)
    assert "roadmap.yaml, version 2: It is published and never changes" in said
    assert "step plan (why)" in said
    assert "milestone leaders_m_signed (weeks_to)" in said
    assert "action value_a7 (gone)" in said
    assert "position" not in said
    assert "pack_cocm.yaml, version 1" in said
    assert Step.objects.get(version=loaded, key="plan").why != "Because."


def test_a_number_below_the_newest_is_refused(loaded, folder):
    change(folder, "roadmap.yaml", lambda data: data["meta"].update(version=1))
    change(folder, "pack_cocm.yaml", lambda data: data["meta"].update(adds_to_version=1))
    with pytest.raises(ContentRefused, match="version 1: It is older than version 2"):
        load_now(folder)


def test_an_open_draft_is_not_overrun(loaded, folder):
    RoadmapVersion.objects.create(roadmap=loaded.roadmap, number=3, title="Being edited")
    change(folder, "roadmap.yaml", lambda data: data["meta"].update(version=4))
    change(folder, "pack_cocm.yaml", lambda data: data["meta"].update(version=2, adds_to_version=4))
    with pytest.raises(ContentRefused, match="Version 3 of this Roadmap is being edited as a draft"):
        load_now(folder)


# ---- broken files: each names file, row and rule


def broken_roadmap(edit, *expected):
    return pytest.param("roadmap.yaml", edit, expected, id=expected[0][:60])


def broken_pack(edit, *expected):
    return pytest.param("pack_cocm.yaml", edit, expected, id=expected[0][:60])


def second_gate(data):
    row_of(data, "leaders_m_signed")["gate"] = True


def two_anchors_in_a_circle(data):
    row_of(data, "leaders_m_briefing")["due"]["anchor"] = "leaders_m_signed"


def longer_circle(data):
    row_of(data, "engage_m_champion")["due"]["anchor"] = ["leaders_m_briefing", "context_m_ranked"]


BROKEN = [
    broken_roadmap(
        lambda data: step_of(data, "needs").update(colour="red"), "roadmap.yaml, step needs: Unknown key 'colour'."
    ),
    broken_roadmap(
        lambda data: step_of(data, "needs").pop("why"), "roadmap.yaml, step needs: The key 'why' is missing."
    ),
    broken_roadmap(
        lambda data: step_of(data, "needs").update(how="Just do it"),
        "roadmap.yaml, step needs: 'how' must be a list, each text of 1 to 5000 letters; it is 'Just do it'.",
    ),
    broken_roadmap(
        lambda data: row_of(data, "needs_a2").update(minutes="180"),
        "roadmap.yaml, action needs_a2: 'minutes' must be a whole number above 0; it is '180'.",
    ),
    broken_roadmap(
        lambda data: row_of(data, "needs_a2").update(minutes=True),
        "roadmap.yaml, action needs_a2: 'minutes' must be a whole number above 0; it is True.",
    ),
    broken_roadmap(
        lambda data: row_of(data, "needs_a2").update(key="needs_a6"),
        "roadmap.yaml, action needs_a6: This key is used twice.",
    ),
    broken_roadmap(
        lambda data: step_of(data, "choose").update(key="needs"), "roadmap.yaml, step needs: This key is used twice."
    ),
    broken_roadmap(
        lambda data: row_of(data, "needs_a2").update(suggested_role="wizard"),
        "roadmap.yaml, action needs_a2: There is no role 'wizard' in meta.",
    ),
    broken_roadmap(
        lambda data: row_of(data, "needs_a2").update(suggested_role=["data_lead"]),
        "roadmap.yaml, action needs_a2: 'suggested_role' must be a key",
    ),
    broken_roadmap(
        lambda data: row_of(data, "needs_a2").update(applies_to={"settings": ["spaceship"]}),
        "roadmap.yaml, action needs_a2: There is no setting 'spaceship'.",
    ),
    broken_roadmap(
        lambda data: data["meta"]["settings"].append("spaceship"),
        "roadmap.yaml, meta: There is no setting 'spaceship'.",
    ),
    broken_roadmap(
        lambda data: row_of(data, "needs_a2").update(source="hearsay"),
        "roadmap.yaml, action needs_a2: There is no source tag 'hearsay' in meta.",
    ),
    broken_roadmap(
        lambda data: step_of(data, "coach")["source"].append("MIP-T3"),
        "roadmap.yaml, step coach: MIP-T3 marks only steps of the first phase",
    ),
    broken_roadmap(
        lambda data: step_of(data, "join").update(published_name="Invite"),
        "roadmap.yaml, step join: Only a step from the published table (MIP-T3) has a published_name.",
    ),
    broken_roadmap(
        lambda data: step_of(data, "needs")["common_barriers"][0].update(cfir="inner_gremlins"),
        "roadmap.yaml, step needs, barrier 1: CFIR has no construct 'inner_gremlins'.",
    ),
    broken_roadmap(
        lambda data: step_of(data, "needs")["suggested_strategies"].append("Hope"),
        "roadmap.yaml, step needs: ERIC has no strategy 'Hope'.",
    ),
    broken_roadmap(
        lambda data: step_of(data, "needs")["citations"][0].update(ref="Nobody 1999"),
        "roadmap.yaml, step needs, citation Nobody 1999: citations.yaml has no such reference.",
    ),
    broken_roadmap(
        lambda data: step_of(data, "needs")["citations"][0].update(stance="proves"),
        "'stance' must be one of: supports, contrasts, mentions; it is 'proves'.",
    ),
    broken_roadmap(
        lambda data: row_of(data, "needs_a2").update(gate=True),
        "roadmap.yaml, action needs_a2: Unknown key 'gate'. A gate must be a milestone.",
    ),
    broken_roadmap(
        second_gate,
        "phase pre_implementation: It must have exactly one gate milestone; it has leaders_m_signed, plan_m_approved.",
    ),
    broken_roadmap(
        lambda data: row_of(data, "plan_m_approved").pop("gate"),
        "roadmap.yaml, phase pre_implementation: It must have exactly one gate milestone; it has none.",
    ),
    broken_roadmap(
        lambda data: row_of(data, "leaders_m_briefing")["due"].update(anchor="full_moon"),
        "roadmap.yaml, milestone leaders_m_briefing: The anchor 'full_moon' is neither a milestone nor a start.",
    ),
    broken_roadmap(
        lambda data: row_of(data, "leaders_m_briefing")["due"].update(anchor="choose_m_chosen"),
        "The anchor 'choose_m_chosen' is worked by the project, this row by the site: other plans.",
    ),
    broken_roadmap(
        lambda data: row_of(data, "leaders_m_briefing")["due"].update(anchor="project_start"),
        "The anchor 'project_start' does not exist in the plan of a site.",
    ),
    broken_roadmap(
        lambda data: row_of(data, "leaders_m_briefing")["due"].update(anchor="keep_m_exit"),
        "The anchor 'keep_m_exit' happens only when a site stops.",
    ),
    broken_roadmap(
        two_anchors_in_a_circle,
        "The anchors go in a circle: leaders_m_briefing waits for leaders_m_signed waits for leaders_m_briefing.",
    ),
    broken_roadmap(
        longer_circle,
        "engage_m_champion waits for context_m_ranked waits for context_m_readiness waits for engage_m_team "
        "waits for engage_m_champion.",
    ),
    broken_roadmap(
        lambda data: row_of(data, "leaders_m_briefing")["due"].update(weeks=[8, 4]),
        "milestone leaders_m_briefing, due: 'weeks' must be two whole numbers [from, to], the first not above",
    ),
    broken_roadmap(
        lambda data: row_of(data, "leaders_m_briefing").update(due=None),
        "milestone leaders_m_briefing: It needs a due date (anchor and weeks), or on_exit: true.",
    ),
    broken_roadmap(
        lambda data: row_of(data, "needs_m_agreed").update(sic_stage=2),
        "roadmap.yaml, milestone needs_m_agreed: Only rows that a site works have a sic_stage.",
    ),
    broken_roadmap(
        lambda data: row_of(data, "needs_a2").update(milestone="nowhere"),
        "roadmap.yaml, action needs_a2: There is no milestone 'nowhere'.",
    ),
    broken_roadmap(
        lambda data: row_of(data, "needs_a2").update(milestone="choose_m_chosen"),
        "roadmap.yaml, action needs_a2: Its milestone 'choose_m_chosen' belongs to step 'choose'.",
    ),
    broken_roadmap(
        lambda data: row_of(data, "needs_a2").update(milestone="needs_m_scan"),
        "Its milestone 'needs_m_scan' is worked by the site, this row by the project.",
    ),
    broken_roadmap(
        lambda data: data["phases"].reverse(), "roadmap.yaml, phases: The phases must be, in this order: pre_implementa"
    ),
    broken_roadmap(lambda data: data.pop("meta"), "roadmap.yaml, the file: The key 'meta' is missing."),
    broken_pack(
        lambda data: data["meta"].update(adds_to_version=1),
        "pack_cocm.yaml, meta: adds_to_version must be 2, the Roadmap's version.",
    ),
    broken_pack(
        lambda data: data["steps"][0].update(step="dream"), "pack_cocm.yaml, step dream: The Roadmap has no such step."
    ),
    broken_pack(
        lambda data: row_of(data, "cocm_metrics_a1").update(key="metrics_a1"),
        "pack_cocm.yaml, action metrics_a1: This key is used twice.",
    ),
    broken_pack(
        lambda data: data["meta"].update(key="general"),
        "pack_cocm.yaml, meta: The key 'general' is the general Roadmap",
    ),
    pytest.param(
        "cfir_eric.yaml",
        lambda data: data["pairs"][0].update(percent=730),
        ["cfir_eric.yaml", "'percent' must be a whole number from 0 to 100, or null; it is 730."],
        id="percent",
    ),
    pytest.param(
        "cfir_eric.yaml",
        lambda data: data["pairs"][0].update(barrier="Gremlins"),
        ["The barrier is not one of the 39 in cfir2.yaml."],
        id="barrier",
    ),
    pytest.param(
        "cfir_eric.yaml",
        lambda data: data["pairs"][0].update(eric_id=1),
        ["Strategy 1 in eric.yaml is 'Access new funding'."],
        id="strategy number",
    ),
    pytest.param(
        "eric.yaml",
        lambda data: data["strategies"][1].update(id=1),
        ["eric.yaml, strategy 1: This key is used twice."],
        id="strategy twice",
    ),
    pytest.param(
        "cfir2.yaml",
        lambda data: data["original_39"][0]["cfir2"].append("inner_gremlins"),
        ["cfir2.yaml", "There is no construct 'inner_gremlins'."],
        id="bridge",
    ),
    pytest.param(
        "citations.yaml",
        lambda data: data["citations"][0].update(doi="see the web"),
        ["citations.yaml, citation rusch_2021_table_3: 'doi' must be a DOI (10.…), or ''; it is 'see the web'."],
        id="doi",
    ),
    pytest.param(
        "citations.yaml",
        lambda data: data["citations"][0].update(url="", doi=""),
        ["Its source has no address and no DOI, so it must say verify: true."],
        id="no address",
    ),
]


@pytest.mark.parametrize(("name", "edit", "expected"), BROKEN)
def test_a_broken_file_is_refused_naming_file_row_and_rule(few_pairs, tmp_path, name, edit, expected):
    folder = shutil.copytree(few_pairs, tmp_path / "content")
    change(folder, name, edit)
    said = "\n".join(faults(folder))
    for words in expected:
        assert words in said


def test_every_fault_of_every_file_is_reported_at_once_and_nothing_is_written(folder, db):
    change(folder, "roadmap.yaml", lambda data: row_of(data, "needs_a2").update(suggested_role="wizard", minutes=0))
    change(folder, "pack_cocm.yaml", lambda data: data["steps"][0].update(step="dream"))
    change(folder, "eric.yaml", lambda data: data["strategies"][0].update(cluster="Odds"))
    with pytest.raises(CommandError) as refused:
        call_command("load_roadmap", folder=folder)
    said = str(refused.value)
    assert "wizard" in said
    assert "'minutes'" in said
    assert "step dream" in said
    assert "There is no cluster 'Odds'" in said
    assert "nothing was loaded" in said
    assert not Roadmap.objects.exists()
    assert not Citation.objects.exists()


def test_one_circle_is_one_fault(folder):
    change(folder, "roadmap.yaml", two_anchors_in_a_circle)
    assert sum("circle" in fault for fault in faults(folder)) == 1


# ---- broken as YAML


def test_an_alias_that_leads_back_to_itself_is_refused(folder):
    (folder / "eric.yaml").write_text(
        "meta: {}\nclusters: []\nstrategies: &all\n- id: 1\n  same: *all\n", encoding="utf-8"
    )
    assert "eric.yaml, line 3: An alias (*) leads back to the block it stands in. Write the rows out." in faults(folder)


def test_a_key_given_twice_in_one_row_is_refused(folder):
    path = folder / "roadmap.yaml"
    text = path.read_text(encoding="utf-8")
    path.write_text(
        text.replace("    worked_by: project\n", "    worked_by: project\n    worked_by: site\n", 1), encoding="utf-8"
    )
    assert any("The key 'worked_by' is given twice in one row." in fault for fault in faults(folder))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("meta: [1, 2", "roadmap.yaml, line "),
        ("- only\n- a list\n", "roadmap.yaml, the file: It must be a mapping"),
        ("", "roadmap.yaml, the file: It must be a mapping"),
        ("meta: !!python/object/apply:os.system ['true']\n", "roadmap.yaml, line 1: Not valid YAML"),
        ("meta: 5\nphases: 7\n", "roadmap.yaml, meta: It must be a mapping of keys and values."),
    ],
)
def test_a_file_that_is_no_mapping_of_plain_values_is_refused(folder, text, expected):
    (folder / "roadmap.yaml").write_text(text, encoding="utf-8")
    assert any(fault.startswith(expected) for fault in faults(folder))


def test_a_missing_file_is_named(folder):
    (folder / "eric.yaml").unlink()
    assert "eric.yaml, the file: It is missing." in faults(folder)
