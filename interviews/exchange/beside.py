"""What a project file has no place for, as JSON to be kept beside it: speakers and times, findings, summaries, rounds.

Reads. Things are named by the identifiers that they have in the project; participants go by those of their cases.
"""

from __future__ import annotations

import datetime as dt
from typing import Any

from interviews.exchange.outgoing import Outgoing
from interviews.models import AgreementRound, Finding, FrameworkCell, Participant, Settlement, Summary

FORMAT = "milepost-study-1"


def beside(outgoing: Outgoing, *, now: dt.datetime) -> dict[str, Any]:
    """Return all of it, for whom the project is made and of what leaves with it; a fixed number of statements."""
    study = outgoing.study
    return {
        "format": FORMAT,
        "study": study.name,
        "written": now.astimezone(dt.UTC).isoformat(timespec="seconds"),
        "transcripts": transcripts(outgoing),
        "codes": codes(outgoing),
        "themes": themes(outgoing),
        "findings": findings(outgoing),
        "guides": guides(outgoing),
        "summaries": summaries(outgoing),
        "framework": framework(outgoing),
        "rounds": rounds(outgoing),
    }


def transcripts(outgoing: Outgoing) -> list[dict[str, Any]]:
    """Who speaks where: [start, words, end, speaker, seconds], in code points of the text."""
    rows = outgoing.texts.values_list("guid", "turns").iterator(chunk_size=20)
    return [{"guid": str(guid), "turns": turns} for guid, turns in rows]


def codes(outgoing: Outgoing) -> list[dict[str, Any]]:
    return [
        {"guid": str(code.guid), "mark": code.mark, "retired": bool(code.retired_at)}
        for code in outgoing.codes.codes.values()
    ]


def themes(outgoing: Outgoing) -> list[dict[str, Any]]:
    """Passages that belong to themes by themselves."""
    leaving = dict(outgoing.codings.filter(themes__isnull=False).values_list("pk", "guid"))
    return [
        {
            "guid": str(theme.guid),
            "passages": [str(leaving[one.pk]) for one in theme.codings.all() if one.pk in leaving],
        }
        for theme in outgoing.study.themes.prefetch_related("codings")
    ]


def findings(outgoing: Outgoing) -> list[dict[str, Any]]:
    """What was found, what it rests on, and what it says of steps of the Roadmap."""
    leaving = dict(outgoing.codings.filter(evidence__isnull=False).values_list("pk", "guid"))
    rows = Finding.objects.filter(study=outgoing.study).select_related("theme")
    rows = rows.prefetch_related(
        "constructs", "strategies", "steps", "evidence__summary__question", "evidence__summary__interview__participant"
    )
    return [
        {
            "sentence": one.sentence,
            "theme": str(one.theme.guid) if one.theme else None,
            "barriers": [construct.key for construct in one.constructs.all()],
            "strategies": [strategy.number for strategy in one.strategies.all()],
            "steps": [
                {"step": step.step_key, "stance": step.stance, "proposal": step.proposal, "text": step.text}
                for step in one.steps.all()
            ],
            "passages": [str(leaving[each.coding_id]) for each in one.evidence.all() if each.coding_id in leaving],
            "summaries": [place_of(each.summary) for each in one.evidence.all() if each.summary],
            "published": bool(one.published_at),
        }
        for one in rows
    ]


def place_of(summary: Summary) -> dict[str, str]:
    return {"case": str(summary.interview.participant.guid), "question": summary.question.key}


def guides(outgoing: Outgoing) -> list[dict[str, Any]]:
    return [
        {
            "version": guide.number,
            "title": guide.title,
            "questions": [
                {
                    "key": one.key,
                    "section": one.section,
                    "text": one.text,
                    "short": one.short,
                    "probes": one.probes,
                    "steps": one.step_keys,
                    "constructs": [construct.key for construct in one.constructs.all()],
                }
                for one in guide.questions.all()
            ],
        }
        for guide in outgoing.study.guides.prefetch_related("questions__constructs").order_by("number")
    ]


def summaries(outgoing: Outgoing) -> list[dict[str, Any]]:
    """Summaries in the interviewers' words; quotes leave the study with findings only, by consent."""
    rows = Summary.objects.filter(interview__study=outgoing.study).exclude(text="")
    rows = rows.exclude(interview__participant__state=Participant.State.WITHDRAWN)
    rows = rows.select_related("question__guide", "interview__participant").prefetch_related("constructs")
    return [
        {
            **place_of(one),
            "guide": one.question.guide.number,
            "text": one.text,
            "barriers": [construct.key for construct in one.constructs.all()],
        }
        for one in rows.order_by("interview", "question__position", "pk")
    ]


def framework(outgoing: Outgoing) -> list[dict[str, Any]]:
    """Cells of the framework matrix; of sites only where places leave."""
    rows = FrameworkCell.objects.filter(study=outgoing.study).exclude(text="").select_related("participant", "site")
    guids = outgoing.codes.guids
    return [
        {
            "code": str(guids[one.code_id]),
            "case": str(one.participant.guid) if one.participant else None,
            "site": str(one.site) if one.site else None,
            "text": one.text,
        }
        for one in rows.order_by("pk")
        if one.code_id in guids and (one.participant or outgoing.wishes.places)
    ]


def rounds(outgoing: Outgoing) -> list[dict[str, Any]]:
    """Closed rounds of double coding, with what was decided about passages that coders saw differently."""
    rows = AgreementRound.objects.filter(study=outgoing.study, closed_at__isnull=False)
    texts = {pk: str(guid) for pk, guid in outgoing.texts.order_by().values_list("pk", "guid")}
    guids = outgoing.codes.guids
    settled: dict[int, list[dict[str, Any]]] = {}
    for one in Settlement.objects.filter(round__in=rows):
        if one.transcript_id in texts and one.code_id in guids:
            about = {"text": texts[one.transcript_id], "code": str(guids[one.code_id])}
            place = {"start": one.start, "end": one.end, "applies": one.applies, "why": one.why}
            settled.setdefault(one.round_id, []).append(about | place)
    return [
        {
            "name": one.name,
            "unit": one.unit,
            "coders": [str(coder.guid) for coder in one.coders.all()],
            "texts": [texts[text.pk] for text in one.transcripts.all() if text.pk in texts],
            "settled": settled.get(one.pk, []),
        }
        for one in rows.prefetch_related("coders", "transcripts").order_by("pk")
    ]
