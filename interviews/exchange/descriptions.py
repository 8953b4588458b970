"""A code's meaning as one description, as other programs have it, and taken apart again.

The labels are part of the format: the same in every language, so that what went out comes back where it was.
"""

from __future__ import annotations

import re
from collections.abc import Container

LABELS = {
    "use_when": "Use it when: ",
    "not_when": "Do not use it when: ",
    "examples": "Examples: ",
    "construct": "CFIR 2.0: ",
    "step_key": "Step of the Roadmap: ",
}
BETWEEN = "\n\n"
STEP = re.compile(r"[A-Za-z0-9_-]{1,80}")
# The colours of codes on light paper, by number; static/milepost.css has them as --code-1 and so on.
PALETTE = ("#1f5fa8", "#8a5a00", "#2f6b3c", "#6a3fa0", "#a4262c", "#0f5c6e", "#5c6400", "#52606d")


def composed(meaning: dict[str, str]) -> str:
    """Return one description of what a code means: its definition, then each other part with its label."""
    parts = [meaning.get("definition", "")]
    parts += [f"{label}{meaning[key]}" if meaning.get(key) else "" for key, label in LABELS.items()]
    return BETWEEN.join(part for part in parts if part)


def taken_apart(text: str, *, constructs: Container[str]) -> dict[str, str]:
    """Return the parts of a description such as `composed` makes; all of another is the definition.

    A construct of CFIR that is not among `constructs` stays in the words, and so does a step that can be none.
    """
    meaning: dict[str, str] = {}
    rest = text
    for key, label in reversed(LABELS.items()):
        at = rest.rfind(BETWEEN + label)
        begins = at + len(BETWEEN) if at >= 0 else 0
        if not rest.startswith(label, begins):
            continue
        value = rest[begins + len(label) :]
        if key == "construct" and value not in constructs:
            continue
        if key == "step_key" and not STEP.fullmatch(value):
            continue
        meaning[key], rest = value, rest[: max(at, 0)]
    meaning["definition"] = rest
    return meaning if composed(meaning) == text else {"definition": text}


def nearest(colour: str) -> int:
    """Return the number of our colour that is nearest to one such as #8a5a00."""
    wanted = channels(colour)
    far = [sum((a - b) ** 2 for a, b in zip(wanted, channels(one), strict=True)) for one in PALETTE]
    return far.index(min(far)) + 1


def channels(colour: str) -> tuple[int, int, int]:
    return int(colour[1:3], 16), int(colour[3:5], 16), int(colour[5:7], 16)
