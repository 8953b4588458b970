"""What Milepost itself knows of participants and interviews, as variables of other programs.

Their identifiers are the same everywhere, so that what one Milepost writes another one reads into its own fields.
"""

from __future__ import annotations

from uuid import UUID, uuid5

from interviews.exchange.markup import DERIVED
from interviews.models.participants import MARKS, RoleGroup
from roadmap.models import Setting

ROLE, SETTING, PROJECT, SITE, HELD = (
    uuid5(DERIVED, f"variable {name}") for name in ("role group", "setting", "project", "site", "held on")
)
NAMES: dict[UUID, tuple[str, str]] = {  # what the variable is called, and its kind
    ROLE: ("Role group", "Text"),
    SETTING: ("Setting", "Text"),
    PROJECT: ("Project", "Text"),
    SITE: ("Site", "Text"),
    HELD: ("Held on", "Date"),
}
OTHER_WORDS = {
    "principal investigators": RoleGroup.PI,
    "investigator": RoleGroup.PI,
    "project team": RoleGroup.STAFF,
    "staff": RoleGroup.STAFF,
    "team": RoleGroup.STAFF,
    "community": RoleGroup.PARTNER,
    "community partners": RoleGroup.PARTNER,
    "site": RoleGroup.PARTNER,
    "state administrator": RoleGroup.STATE,
}


def role_group(words: str) -> str:
    """Return the role group that words of another program name; nothing where they name none."""
    said = fold(words)
    known = {fold(group.value): group for group in RoleGroup}
    known |= {fold(str(group.label)): group for group in RoleGroup} | {fold(MARKS[group]): group for group in RoleGroup}
    found = known.get(said) or OTHER_WORDS.get(said)
    return found.value if found else ""


def setting(words: str) -> str:
    """Return the setting that words name; nothing where they name none."""
    said = fold(words)
    return next((one.value for one in Setting if said in (fold(one.value), fold(str(one.label)))), "")


def fold(words: str) -> str:
    return " ".join(words.casefold().replace("_", " ").strip("[]").split())
