"""The public guide: read without signing in, never written to."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from accounts.access import public

from . import guide as reading
from . import road
from .glossary import terms
from .models import Phase, RoadmapVersion, Setting
from .papers import DOCX, document_of, papers, papers_at
from .searching import search


def chosen(request: HttpRequest) -> tuple[RoadmapVersion | None, str]:
    """Return the version and the setting that the address asks for; both are optional, wrong ones are not found."""
    key, setting = request.GET.get("roadmap", ""), request.GET.get("setting", "")
    if setting and setting not in Setting:
        raise Http404(_("There is no such kind of place."))
    version = reading.newest_published(key) if key.isprintable() else None  # PostgreSQL refuses some characters
    if key and version is None:
        raise Http404(_("There is no such Roadmap."))
    return version, setting


def kept(version: RoadmapVersion | None, setting: str, words: str = "") -> str:
    """Return the part of an address that keeps the reader's Roadmap and setting from page to page."""
    values = {"setting": setting, "q": words}
    if version and version.roadmap.derived_from_id:
        values["roadmap"] = version.roadmap.key
    query = urlencode({name: value for name, value in sorted(values.items()) if value})
    return f"?{query}" if query else ""


def stretches(phases: list[reading.PhaseCard], keep: str) -> list[road.Stretch]:
    """Return the road as the guide draws it: each step a milepost with a link."""
    return [
        road.Stretch(
            phase=card.phase.value,
            plain_name=str(card.phase.plain_name),
            reached=0,
            total=len(card.steps),
            name=str(card.phase.label),
            summary=card.summary,
            mileposts=[
                road.Milepost(
                    name=entry.step.short_name,
                    url=reverse("roadmap:guide_step", args=[entry.step.key]) + keep,
                    note=entry.step.name,
                    minor=len(entry.milestones),
                )
                for entry in card.steps
            ],
        )
        for card in phases
    ]


def shared(version: RoadmapVersion | None, setting: str) -> dict[str, Any]:
    """Return what both pages of the guide need to know about what the reader chose."""
    return {
        "version": version,
        "setting": setting,
        "setting_name": Setting(setting).label if setting else "",
        "keep": kept(version, setting),
        "without_setting": kept(version, ""),
    }


@require_safe
@public
def guide(request: HttpRequest) -> HttpResponse:
    version, setting = chosen(request)
    words = request.GET.get("q", "").strip()[:100]
    phases = reading.whole_road(version, setting=setting) if version and not words else []
    context = shared(version, setting) | {
        "roadmaps": reading.published_roadmaps(),
        "settings": Setting.choices,
        "words": words,
        "without_setting": kept(version, "", words),
        "searching": "q" in request.GET,
        "found": search(version, words, setting=setting) if version and words else [],
        "phases": phases,
        "stretches": stretches(phases, kept(version, setting)),
        "step_count": sum(len(card.steps) for card in phases),
        "milestone_count": sum(card.milestone_count for card in phases),
    }
    return render(request, "roadmap/guide.html", context)


@require_safe
@public
def glossary(request: HttpRequest) -> HttpResponse:
    """Show what the words of the field mean."""
    return render(request, "roadmap/glossary.html", {"terms": terms()})


@require_safe
@public
def guide_step(request: HttpRequest, step: str) -> HttpResponse:
    version, setting = chosen(request)
    steps = list(version.steps.all()) if version else []
    place = next((at for at, entry in enumerate(steps) if entry.key == step), None)
    if version is None or place is None:
        context = shared(version, setting) | {"asked": step, "steps": steps}
        return render(request, "roadmap/no_step.html", context, status=404)
    context = shared(version, setting) | {
        "step": steps[place],
        "phase": Phase(steps[place].phase),
        "rail": [(phase, [entry for entry in steps if entry.phase == phase]) for phase in Phase],
        "guidance": reading.guidance(steps[place], version, setting=setting),
        "papers": papers_at(step),
        "papers_url": reverse("roadmap:guide") + "templates/",
        "previous": steps[place - 1] if place else None,
        "next": steps[place + 1] if place + 1 < len(steps) else None,
    }
    return render(request, "roadmap/guide_step.html", context)


@require_safe
@public
def paper(request: HttpRequest, paper: str) -> HttpResponse:
    """Hand out a template with its blanks, to anybody, in the words of the Roadmap that the address asks for."""
    version, _setting = chosen(request)
    return paper_response(paper, version.roadmap.key if version else "")


def paper_response(key: str, edition: str, known: Mapping[str, str] | None = None) -> HttpResponse:
    """Return a template as a download, with the blanks filled in that are known; 404 for one there is not."""
    found = papers().get(key)
    if found is None:
        raise Http404
    headers = {"Content-Disposition": f'attachment; filename="{found.filename}"'}
    return HttpResponse(document_of(found, known, edition=edition), content_type=DOCX, headers=headers)
