"""The tags of Taguette as codes: a flat list of names, some of which stand below others by their names."""

from __future__ import annotations

from collections.abc import Container, Iterable
from uuid import UUID, uuid5

from django.utils.translation import gettext as _

from interviews.exchange.parts import Code
from interviews.exchange.remarks import Report

NAMESPACE = UUID("51b2b2b7-27eb-4ecb-9d56-e75b0a0496c2")  # Taguette's own, for the codes in its codebooks (.qdc)
BETWEEN = ".:/"  # what people put between the name of a tag and that of one below it


def tag_guid(path: str) -> UUID:
    """Return the GUID of a tag as Taguette itself makes it, so that its codebook and its project agree."""
    return uuid5(NAMESPACE, path)


def tree_of_tags(tags: Iterable[tuple[str, str]], report: Report) -> list[Code]:
    """Return tags (name, description) as a tree of codes.

    Taguette has no hierarchy; people write "barriers.time". Such a tag comes to stand below "barriers" where that is a
    tag of its own, as "time"; else it keeps its whole name, and so does one whose name is taken there. A name that is
    there twice is taken once.
    """
    codes: dict[str, Code] = {}
    for path, description in tags:
        if path in codes:
            report.deviation(_("A tag that is there twice was taken once."), path)
            continue
        codes[path] = Code(tag_guid(path), path, description=description)
    top: list[Code] = []
    below = 0
    for path, code in codes.items():
        above = name_above(path, codes)
        rest = path[len(above) :].lstrip(BETWEEN).strip() if above else ""
        level = codes[above].below if above else top
        if rest and not any(one.name.casefold() == rest.casefold() for one in level):
            code.name = rest
            below += 1
        level.append(code)
    report.note(_("Tags stand below others where their names begin with those, as in “barriers.time”."), times=below)
    return top


def name_above(path: str, names: Container[str]) -> str:
    """Return the longest of the names that a tag's name begins with before a dot, colon or slash, or nothing."""
    cuts = [at for at, char in enumerate(path) if char in BETWEEN and 0 < at < len(path) - 1]
    return next((path[:at] for at in reversed(cuts) if path[:at] in names), "")
