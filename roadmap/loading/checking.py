"""The rules across the rows of a Roadmap file and of a pack that adds to it."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from roadmap.models import Phase, Setting, WorkedBy

from . import shapes
from .reading import Fault, SourceFile
from .shapes import is_in, repeated, row_name, shape_faults
from .vocabularies import Vocabularies, rows_of

STARTS = {"site_start": (WorkedBy.SITE,), "project_start": (WorkedBy.PROJECT,), "grant_end": tuple(WorkedBy)}


@dataclass
class Known:
    """What rows may point at: the keys of this file and of the file it adds to."""

    roles: set[str] = field(default_factory=set)
    settings: set[str] = field(default_factory=set)
    tags: set[str] = field(default_factory=set)
    steps: dict[str, str] = field(default_factory=dict)  # step key: who works it
    milestones: dict[str, tuple[str, str, bool]] = field(default_factory=dict)  # key: step, who works it, on exit
    items: set[str] = field(default_factory=set)


def steps_of(data: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield (phase key, step) of a Roadmap's file."""
    for phase in rows_of(data.get("phases")):
        for step in rows_of(phase.get("steps")):
            yield str(phase.get("key")), step


def items_of(step: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield ("milestone" or "action", row) of a step."""
    for kind in ("milestone", "action"):
        for row in rows_of(step.get(f"{kind}s")):
            yield kind, row


def check_roadmap(source: SourceFile, vocabularies: Vocabularies) -> tuple[Known, list[Fault]]:
    """Check the general Roadmap's file; also return what a pack may point at."""
    data, name = source.data, source.name
    meta = data.get("meta")
    faults = unknown_keys(name, data, {"meta", "phases"})
    faults += shape_faults(name, "meta", meta, shapes.ROADMAP_META)
    known = Known()
    take_meta(known, meta, name, faults)
    check_phases(name, data, faults)
    steps = list(steps_of(data))
    for number, (phase, step) in enumerate(steps, start=1):
        row = row_name("step", step, number)
        faults += shape_faults(name, row, step, shapes.STEP)
        source_tags = step.get("source")
        tags = source_tags if isinstance(source_tags, list) else []
        faults += [
            Fault(name, row, f"There is no source tag '{tag}' in meta.") for tag in tags if not is_in(tag, known.tags)
        ]
        if "MIP-T3" in tags and phase != Phase.PRE_IMPLEMENTATION:
            faults.append(Fault(name, row, "MIP-T3 marks only steps of the first phase: we saw no other part of it."))
        if step.get("published_name") and "MIP-T3" not in tags:
            faults.append(Fault(name, row, "Only a step from the published table (MIP-T3) has a published_name."))
    faults += repeated(name, "step", [step.get("key") for _, step in steps])
    check_steps(name, [(step, str(step.get("key"))) for _, step in steps], known, vocabularies, faults)
    check_gates(name, data, known, faults)
    return known, faults


def check_pack(source: SourceFile, base: dict[str, Any], known: Known, vocabularies: Vocabularies) -> list[Fault]:
    """Check a file whose rows go on top of the general Roadmap's; `known` is taken over and added to."""
    data, name = source.data, source.name
    meta = data.get("meta")
    faults = unknown_keys(name, data, {"meta", "steps"})
    faults += shape_faults(name, "meta", meta, shapes.PACK_META)
    take_meta(known, meta, name, faults)
    if isinstance(meta, dict):
        base_meta = base["meta"] if isinstance(base.get("meta"), dict) else {}
        if meta.get("adds_to_version") != base_meta.get("version"):
            faults.append(
                Fault(name, "meta", f"adds_to_version must be {base_meta.get('version')}, the Roadmap's version.")
            )
        if meta.get("key") == base_meta.get("key"):
            faults.append(Fault(name, "meta", f"The key '{meta.get('key')}' is the general Roadmap's."))
        check_applies_to(name, "meta", meta.get("applies_to"), known, faults)
        for number, code in enumerate(rows_of(meta.get("codes")), start=1):
            row = row_name("code", code, number, "code")
            faults += shape_faults(name, row, code, shapes.CODE)
            check_applies_to(name, row, code.get("applies_to"), known, faults)
    steps = rows_of(data.get("steps"))
    for number, step in enumerate(steps, start=1):
        row = row_name("step", step, number, "step")
        faults += shape_faults(name, row, step, shapes.PACK_STEP)
        if not is_in(step.get("step"), known.steps):
            faults.append(Fault(name, row, "The Roadmap has no such step."))
    faults += repeated(name, "step", [step.get("step") for step in steps])
    check_steps(name, [(step, str(step.get("step"))) for step in steps], known, vocabularies, faults)
    return faults


def unknown_keys(name: str, data: dict[str, Any], expected: set[str]) -> list[Fault]:
    return [Fault(name, "the file", f"Unknown key '{key}'.") for key in data if key not in expected] + [
        Fault(name, "the file", f"The key '{key}' is missing.") for key in sorted(expected) if key not in data
    ]


def take_meta(known: Known, meta: Any, name: str, faults: list[Fault]) -> None:
    """Take over the roles, settings and source tags of a file."""
    if not isinstance(meta, dict):
        return
    roles = rows_of(meta.get("roles"))
    for number, role in enumerate(roles, start=1):
        faults += shape_faults(name, row_name("role", role, number), role, shapes.ROLE)
    names = [str(role.get("key")) for role in roles]
    faults += repeated(name, "role", [*known.roles, *names])
    known.roles |= set(names)
    known.tags |= set(meta["source_tags"]) if isinstance(meta.get("source_tags"), dict) else set()
    settings = set(map(str, meta["settings"])) if isinstance(meta.get("settings"), list) else set()
    faults += [Fault(name, "meta", f"There is no setting '{key}'.") for key in sorted(settings - set(Setting.values))]
    known.settings |= settings


def check_phases(name: str, data: dict[str, Any], faults: list[Fault]) -> None:
    phases = rows_of(data.get("phases"))
    for number, phase in enumerate(phases, start=1):
        faults += shape_faults(name, row_name("phase", phase, number), phase, shapes.PHASE)
    if [phase.get("key") for phase in phases] != Phase.values:
        faults.append(Fault(name, "phases", f"The phases must be, in this order: {', '.join(Phase.values)}."))


def check_steps(
    name: str, steps: list[tuple[dict[str, Any], str]], known: Known, vocabularies: Vocabularies, faults: list[Fault]
) -> None:
    """Check the rows of steps: first each key, so that rows may point at milestones further down."""
    for step, key in steps:
        known.steps.setdefault(key, str(step.get("worked_by")))
        for kind, row in items_of(step):
            item = str(row.get("key"))
            if item in known.items:
                faults.append(Fault(name, f"{kind} {item}", "This key is used twice."))
            known.items.add(item)
            if kind == "milestone":
                who = str(row.get("worked_by", known.steps[key]))
                known.milestones.setdefault(item, (key, who, bool(row.get("on_exit"))))
    for step, key in steps:
        for number, (kind, row) in enumerate(items_of(step), start=1):
            label = row_name(kind, row, number)
            faults += shape_faults(name, label, row, shapes.MILESTONE if kind == "milestone" else shapes.ACTION)
            who = str(row.get("worked_by", known.steps[key]))
            if not is_in(row.get("source"), known.tags):
                faults.append(Fault(name, label, f"There is no source tag '{row.get('source')}' in meta."))
            check_applies_to(name, label, row.get("applies_to"), known, faults)
            if kind == "milestone":
                check_due(name, label, row, who, known, faults)
            else:
                check_action(name, label, row, who, key, known, faults)
        check_rests(name, step, key, vocabularies, faults)
    circles(name, steps, faults)


def check_applies_to(name: str, row: str, applies_to: Any, known: Known, faults: list[Fault]) -> None:
    if applies_to is None:
        return
    faults += shape_faults(name, f"{row}, applies_to", applies_to, shapes.APPLIES_TO)
    settings = applies_to.get("settings") if isinstance(applies_to, dict) else None
    if isinstance(settings, list):
        faults += [
            Fault(name, row, f"There is no setting '{key}'.") for key in settings if not is_in(key, known.settings)
        ]


def anchors_of(row: dict[str, Any]) -> list[str]:
    """Return a milestone's anchors as a list; none where it has no date."""
    due = row.get("due")
    anchor = due.get("anchor") if isinstance(due, dict) else None
    return [key for key in (anchor if isinstance(anchor, list) else [anchor]) if isinstance(key, str)]


def check_due(name: str, label: str, row: dict[str, Any], who: str, known: Known, faults: list[Fault]) -> None:
    due = row.get("due")
    if isinstance(due, dict):
        faults += shape_faults(name, f"{label}, due", due, shapes.DUE)
        if row.get("on_exit"):
            faults.append(Fault(name, label, "A milestone for stopping has no date: due must be null."))
    elif due is None and not row.get("on_exit"):
        faults.append(Fault(name, label, "It needs a due date (anchor and weeks), or on_exit: true."))
    for anchor in anchors_of(row):
        if anchor in STARTS:
            if who not in STARTS[anchor]:
                faults.append(Fault(name, label, f"The anchor '{anchor}' does not exist in the plan of a {who}."))
        elif anchor not in known.milestones:
            faults.append(Fault(name, label, f"The anchor '{anchor}' is neither a milestone nor a start."))
        elif known.milestones[anchor][1] != who:
            other = known.milestones[anchor][1]
            faults.append(
                Fault(
                    name, label, f"The anchor '{anchor}' is worked by the {other}, this row by the {who}: other plans."
                )
            )
        elif known.milestones[anchor][2]:
            faults.append(Fault(name, label, f"The anchor '{anchor}' happens only when a site stops."))
    if row.get("sic_stage") is not None and who == WorkedBy.PROJECT:
        faults.append(Fault(name, label, "Only rows that a site works have a sic_stage."))
    if row.get("gate") and who != WorkedBy.SITE:
        faults.append(Fault(name, label, "A gate must be worked by the site."))


def check_action(
    name: str, label: str, row: dict[str, Any], who: str, step: str, known: Known, faults: list[Fault]
) -> None:
    if not is_in(row.get("suggested_role"), known.roles):
        faults.append(Fault(name, label, f"There is no role '{row.get('suggested_role')}' in meta."))
    if not is_in(row.get("milestone"), known.milestones):
        faults.append(Fault(name, label, f"There is no milestone '{row.get('milestone')}'."))
        return
    of_step, of_who, on_exit = known.milestones[row["milestone"]]
    if of_step != step:
        faults.append(Fault(name, label, f"Its milestone '{row['milestone']}' belongs to step '{of_step}'."))
    if of_who != who:
        faults.append(
            Fault(name, label, f"Its milestone '{row['milestone']}' is worked by the {of_who}, this row by the {who}.")
        )
    if on_exit != bool(row.get("on_exit")):
        faults.append(Fault(name, label, f"on_exit must be the same as in its milestone '{row['milestone']}'."))


def check_rests(name: str, step: dict[str, Any], key: str, vocabularies: Vocabularies, faults: list[Fault]) -> None:
    """Check what a step rests on: barriers, strategies, resources and citations."""
    for number, row in enumerate(rows_of(step.get("common_barriers")), start=1):
        label = f"step {key}, barrier {number}"
        faults += shape_faults(name, label, row, shapes.BARRIER)
        if vocabularies.constructs and not is_in(row.get("cfir"), vocabularies.constructs):
            faults.append(Fault(name, label, f"CFIR has no construct '{row.get('cfir')}'."))
    strategies = step.get("suggested_strategies")
    strategies = strategies if isinstance(strategies, list) else []
    if vocabularies.strategies:
        faults += [
            Fault(name, f"step {key}", f"ERIC has no strategy '{strategy}'.")
            for strategy in strategies
            if not is_in(strategy, vocabularies.strategy_numbers)
        ]
    faults += repeated(name, f"step {key}, strategy", strategies)
    for number, row in enumerate(rows_of(step.get("resources")), start=1):
        faults += shape_faults(name, f"step {key}, resource {number}", row, shapes.RESOURCE)
    for number, row in enumerate(rows_of(step.get("citations")), start=1):
        label = f"step {key}, citation {row.get('ref', number)}"
        faults += shape_faults(name, label, row, shapes.STEP_CITATION)
        citation = vocabularies.refs.get(str(row.get("ref")))
        if citation is None:
            faults.append(Fault(name, label, "citations.yaml has no such reference."))
        elif not (citation.get("url") or citation.get("doi") or row.get("verify")):
            faults.append(Fault(name, label, "Its source has no address and no DOI, so it must say verify: true."))


def check_gates(name: str, data: dict[str, Any], known: Known, faults: list[Fault]) -> None:
    for phase in rows_of(data.get("phases")):
        gates = [
            str(row.get("key"))
            for step in rows_of(phase.get("steps"))
            for row in rows_of(step.get("milestones"))
            if row.get("gate") is True
        ]
        if len(gates) != 1:
            found = ", ".join(gates) or "none"
            faults.append(
                Fault(name, f"phase {phase.get('key')}", f"It must have exactly one gate milestone; it has {found}.")
            )


def circles(name: str, steps: list[tuple[dict[str, Any], str]], faults: list[Fault]) -> None:
    """Report each circle of anchors once, named along its way."""
    waits = {
        str(row.get("key")): anchors_of(row) for step, _ in steps for kind, row in items_of(step) if kind == "milestone"
    }
    finished: set[str] = set()

    def walk(key: str, way: list[str]) -> None:
        if key in way:
            circle = [*way[way.index(key) :], key]
            faults.append(
                Fault(name, f"milestone {circle[0]}", f"The anchors go in a circle: {' waits for '.join(circle)}.")
            )
            return
        if key in finished:
            return
        for anchor in waits.get(key, []):
            walk(anchor, [*way, key])
        finished.add(key)

    for key in waits:
        walk(key, [])
