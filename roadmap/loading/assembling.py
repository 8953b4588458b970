"""From checked files to the rows of versions, and from a stored version back to the same rows, to compare the two."""

import hashlib
import json
from dataclasses import dataclass, field
from typing import Any

from django.db.models import F

from roadmap.models import Item, RoadmapVersion, StepBarrier, StepCitation, StepStrategy

from .checking import anchors_of, items_of, steps_of

STEP_COLUMNS = (
    "phase",
    "position",
    "name",
    "short_name",
    "published_name",
    "worked_by",
    "why",
    "how",
    "tips",
    "resources",
    "source",
)
ITEM_COLUMNS = (
    "kind",
    "position",
    "text",
    "evidence",
    "worked_by",
    "applies_to",
    "sic_stage",
    "gate",
    "headline",
    "on_exit",
    "anchors",
    "weeks_from",
    "weeks_to",
    "duty",
    "minutes",
    "template",
    "repeats",
    "source",
)


@dataclass
class Content:
    """All rows of a version by key. Items name their step and milestone, lists of a step keep their order."""

    title: str
    phases: dict[str, Any]
    meta: dict[str, Any]
    steps: dict[str, dict[str, Any]] = field(default_factory=dict)
    items: dict[str, dict[str, Any]] = field(default_factory=dict)
    barriers: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    strategies: dict[str, list[str]] = field(default_factory=dict)
    citations: dict[str, list[dict[str, Any]]] = field(default_factory=dict)

    @property
    def hash(self) -> str:
        """A fingerprint that changes with any word of the version."""
        return hashlib.sha256(json.dumps(vars(self), sort_keys=True, ensure_ascii=False).encode()).hexdigest()


@dataclass
class Edition:
    """A version to be published: which Roadmap it belongs to, its number, and its rows."""

    file: str
    key: str
    name: str
    summary: str
    number: int
    content: Content
    applies_to: dict[str, Any] = field(default_factory=dict)
    derived_from: str | None = None


def assemble(data: dict[str, Any], file: str) -> Edition:
    """Return the general Roadmap's edition."""
    meta = data["meta"]
    phases = {
        phase["key"]: {name: phase[name] for name in ("name", "plain_name", "summary")} for phase in data["phases"]
    }
    content = Content(meta["title"], phases, {key: value for key, value in meta.items() if key != "key"})
    fill(content, [(phase, step, {}) for phase, step in steps_of(data)], {})
    return Edition(file, meta["key"], meta["title"], meta.get("summary", ""), meta["version"], content)


def assemble_pack(base: dict[str, Any], pack: dict[str, Any], file: str) -> Edition:
    """Return the edition of a derived Roadmap: the general one's rows, and in each step the pack's after them.

    Rows of the pack that name no setting of their own are for the settings of the pack.
    """
    ours, added = base["meta"], pack["meta"]
    meta = {key: value for key, value in ours.items() if key != "key"} | {
        "title": added["title"],
        "version": added["version"],
        "adds_to_version": added["adds_to_version"],
        "summary": added.get("summary", ""),
        "source_tags": ours["source_tags"] | added["source_tags"],
        "cautions": [*ours["cautions"], *added["cautions"]],
        "roles": [*ours["roles"], *added["roles"]],
        "codes": added.get("codes", []),
        "codes_checked": added.get("codes_checked", ""),
    }
    content = Content(added["title"], assemble(base, file).content.phases, meta)
    more = {step["step"]: step for step in pack["steps"]}
    fill(content, [(phase, step, more.get(step["key"], {})) for phase, step in steps_of(base)], added["applies_to"])
    return Edition(
        file,
        added["key"],
        added["title"],
        added.get("summary", ""),
        added["version"],
        content,
        added["applies_to"],
        ours["key"],
    )


def fill(content: Content, steps: list[tuple[str, dict[str, Any], dict[str, Any]]], pack_for: dict[str, Any]) -> None:
    """Write the rows of steps, each (phase, step, what a pack adds to it), into the content."""
    for position, (phase, step, more) in enumerate(steps, start=1):
        key = step["key"]
        content.steps[key] = {
            "phase": phase,
            "position": position,
            "published_name": step.get("published_name", ""),
            "tips": both(step, more, "tips"),
            "resources": both(step, more, "resources"),
            **{name: step[name] for name in ("name", "short_name", "worked_by", "why", "how", "source")},
        }
        rows: list[tuple[str, dict[str, Any], dict[str, Any]]] = [(kind, row, {}) for kind, row in items_of(step)]
        rows += [(kind, row, pack_for) for kind, row in items_of(more)]
        for kind, row, applies_to in sorted(rows, key=lambda entry: entry[0] == "action"):
            content.items[row["key"]] = item_row(kind, row, step, applies_to, len(content.items) + 1)
        content.barriers[key] = [
            {"text": row["text"], "construct": row["cfir"]} for row in both(step, more, "common_barriers")
        ]
        content.strategies[key] = list(dict.fromkeys(both(step, more, "suggested_strategies")))
        content.citations[key] = [
            {
                "ref": row["ref"],
                "stance": row.get("stance", "mentions"),
                "says": row["says"],
                "verify": row.get("verify", False),
            }
            for row in both(step, more, "citations")
        ]


def both(step: dict[str, Any], more: dict[str, Any], name: str) -> list[Any]:
    return [*step.get(name, []), *more.get(name, [])]


def item_row(
    kind: str, row: dict[str, Any], step: dict[str, Any], applies_to: dict[str, Any], position: int
) -> dict[str, Any]:
    due = row.get("due") or {}
    weeks = due.get("weeks", [None, None])
    return {
        "step": step["key"],
        "milestone": row.get("milestone"),
        "kind": kind,
        "position": position,
        "text": row["name"] if kind == "milestone" else row["text"],
        "evidence": row.get("evidence", ""),
        "worked_by": row.get("worked_by", step["worked_by"]),
        "applies_to": row.get("applies_to", applies_to),
        "sic_stage": row.get("sic_stage"),
        "gate": row.get("gate", False),
        "headline": row.get("headline", False),
        "on_exit": row.get("on_exit", False),
        "anchors": anchors_of(row),
        "weeks_from": weeks[0],
        "weeks_to": weeks[1],
        "duty": row.get("suggested_role", ""),
        "minutes": row.get("minutes"),
        "template": row.get("template", ""),
        "repeats": row.get("repeats", ""),
        "source": row["source"],
    }


def stored(version: RoadmapVersion) -> Content:
    """Return a version's rows as they stand in the database, in the shape that files give."""
    content = Content(version.title, version.phases, version.meta)
    for row in version.steps.values("key", *STEP_COLUMNS):
        key = row.pop("key")
        content.steps[key] = row
        content.barriers[key], content.strategies[key], content.citations[key] = [], [], []
    items = Item.objects.filter(version=version).annotate(step_name=F("step__key"), leads_to=F("milestone__key"))
    for row in items.values("key", "step_name", "leads_to", *ITEM_COLUMNS):
        key = row.pop("key")
        content.items[key] = {"step": row.pop("step_name"), "milestone": row.pop("leads_to"), **row}
    for row in StepBarrier.objects.filter(step__version=version).values("step__key", "text", "construct__key"):
        content.barriers[row["step__key"]].append({"text": row["text"], "construct": row["construct__key"]})
    for key, name in StepStrategy.objects.filter(step__version=version).values_list("step__key", "strategy__name"):
        content.strategies[key].append(name)
    citations = StepCitation.objects.filter(step__version=version)
    for row in citations.values("step__key", "citation__ref", "stance", "says", "verify"):
        content.citations[row["step__key"]].append(
            {"ref": row["citation__ref"], **{name: row[name] for name in ("stance", "says", "verify")}}
        )
    return content


def differences(old: Content, new: Content) -> list[str]:
    """Name each row that differs and how: "step plan (why, tips)", "milestone agree_m_irb (gone)".

    Places that moved because rows came or went are not named.
    """
    named = [
        f"{name} ({', '.join(keys)})" if keys else name
        for name, keys in (
            ("the title", [] if old.title == new.title else [""]),
            ("meta", changed_keys(old.meta, new.meta)),
            ("the phases", changed_keys(old.phases, new.phases)),
        )
        if keys
    ]
    for part, kind in (("steps", "step"), ("items", "")):
        before, after = getattr(old, part), getattr(new, part)
        for key in [*before, *(key for key in after if key not in before)]:
            row = before.get(key) or after[key]
            label = f"{kind or row['kind']} {key}"
            if key not in after:
                named.append(f"{label} (gone)")
            elif key not in before:
                named.append(f"{label} (new)")
            elif keys := [name for name in changed_keys(before[key], after[key]) if name != "position"]:
                named.append(f"{label} ({', '.join(keys)})")
    for part in ("barriers", "strategies", "citations"):
        before, after = getattr(old, part), getattr(new, part)
        named += [f"{part} of step {key}" for key in after if key in before and before[key] != after[key]]
    return named or ["the order of rows"]


def changed_keys(old: dict[str, Any], new: dict[str, Any]) -> list[str]:
    return [key for key in [*old, *(key for key in new if key not in old)] if old.get(key) != new.get(key)]
