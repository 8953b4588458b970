"""Reading a REFI-QDA codebook (.qdc): plain XML with codes and sets of codes."""

from __future__ import annotations

from typing import IO

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from interviews.exchange.markup import Reader, check_namespace, children, elements
from interviews.exchange.parts import Project
from interviews.exchange.qde import read_code, read_set, settle
from interviews.exchange.remarks import Report

NAMESPACE = "urn:QDA-XML:codebook:1.0"


def read_codebook(file: IO[bytes], report: Report) -> Project:
    """Return a codebook as a project without texts. Raises ValidationError for what is none, or has no code."""
    project, reader = Project(), Reader(report)
    for way, element in elements(file, ("CodeBook",)):
        above = way[-2] if len(way) > 1 else ""
        if len(way) == 3 and above == "Codes":
            project.codes.append(read_code(element, reader))
        elif len(way) == 3 and above == "Sets":
            project.sets.append(read_set(element, reader))
        elif len(way) == 2 and above == "CodeBook" and way[-1] == "Sets" and not len(element):
            report.deviation(_("<Sets> is empty; it should be left out."))
        elif len(way) == 1:
            check_namespace(element, NAMESPACE, report)
            project.origin = element.get("origin") or ""
            for _kind, _one in children(element, report):
                pass
    if not project.codes:
        raise ValidationError(_("There is no code in this codebook."))
    settle(project, [], report)
    return project
