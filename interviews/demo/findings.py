"""The demo's themes and findings, from what its made-up study holds, with the verbs that people use."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import yaml

from accounts.models import User
from interviews import concluding, theming
from interviews.evidence import MOST_QUOTES, people_of, pieces_of
from interviews.models import Coding, Finding, Study, Summary, Theme
from roadmap.models import Construct, Strategy

FINDINGS = Path(__file__).parent / "findings.yaml"
DAY = dt.timedelta(days=1)


def conclude(study: Study, *, by: User, now: dt.datetime) -> None:
    """Gather the study's themes, and state and publish its findings, over the last weeks."""
    told = yaml.safe_load(FINDINGS.read_text(encoding="utf-8"))
    themes = {one["name"]: gather(study, one, by=by, now=now - 30 * DAY) for one in told["themes"]}
    for one in told["findings"]:
        state(study, one, themes[one["theme"]], by=by, now=now - one["days_ago"] * DAY)


def gather(study: Study, told: dict[str, Any], *, by: User, now: dt.datetime) -> Theme:
    theme = theming.begin_theme(study, name=told["name"], meaning=told["meaning"], by=by, now=now)
    codes = study.codes.filter(construct__key__in=told["codes"]).values_list("pk", flat=True)
    theming.gather(theme, codes=codes, by=by, now=now)
    return theme


def state(study: Study, told: dict[str, Any], theme: Theme, *, by: User, now: dt.datetime) -> None:
    """State a finding on all that was said to it, quote up to three, tie it to its steps and publish it."""
    finding = concluding.state_finding(study, sentence=told["sentence"], theme=theme, by=by, now=now)
    barriers = Construct.objects.filter(key__in=told.get("barriers", []))
    concluding.name_barriers(finding, list(barriers), by=by, now=now)
    strategies = Strategy.objects.filter(name__in=told.get("strategies", []))
    concluding.name_strategies(finding, list(strategies), by=by, now=now)
    said = Summary.objects.filter(interview__study=study, text__in=told["said"])
    passages = {one.pk: passage_of(one) for one in said}
    codings, summaries = [pk for pk in passages.values() if pk], [one for one, pk in passages.items() if not pk]
    concluding.rest_on(finding, codings=codings, summaries=summaries, by=by, now=now)
    quote(finding, by=by, now=now)
    for tie in told["steps"]:
        means = {"stance": tie["stance"], "proposal": tie.get("proposal", ""), "text": tie.get("text", "")}
        concluding.tie(finding, step_key=tie["step"], **means, by=by, now=now)
    if not told.get("draft"):
        concluding.publish(finding, by=by, now=now)


def passage_of(summary: Summary) -> int | None:
    """Return the coding of what is quoted in a summary, by id, where its transcript has one."""
    if not summary.quote:
        return None
    codings = Coding.objects.filter(transcript__interview=summary.interview_id).there().with_words()
    return codings.filter(words=summary.quote).values_list("pk", flat=True).first()


def quote(finding: Finding, *, by: User, now: dt.datetime) -> None:
    """Quote up to three passages or summaries, each in other words and by somebody else, as consent allows."""
    people = people_of([finding.study_id])
    chosen: dict[str, int] = {}
    heard: set[int] = set()
    for piece in pieces_of([finding], people)[finding.pk]:
        shown = not piece.hindrance() and not people.is_small(piece.person)
        if shown and piece.words not in chosen and piece.person.pk not in heard:
            heard.add(piece.person.pk)
            chosen[piece.words] = piece.evidence.pk
    concluding.choose_quotes(finding, list(chosen.values())[:MOST_QUOTES], by=by, now=now)
