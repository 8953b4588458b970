"""Findings: stating one, saying what it rests on and what it means for the Roadmap, and publishing it to site teams.

A published finding never changes: it is taken back first. So nothing reaches site teams that its owner has not seen.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Max, Q
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.models import User
from interviews import retrieving
from interviews.evidence import FEWEST, MOST_QUOTES, people_of, pieces_of, strengths_of
from interviews.models import Coding, Evidence, Finding, FindingStep, Participant, Study, Summary, Theme
from interviews.naming import names_told, why_named
from interviews.studying import record
from roadmap.models import Construct, Step, Strategy

Stance = FindingStep.Stance
Changes = dict[str, list[Any]] | None
NAMED = ("constructs", "strategies")


@transaction.atomic
def state_finding(
    study: Study, *, sentence: str, theme: Theme | None = None, by: User, now: dt.datetime, **named: Iterable[Any]
) -> Finding:
    """State what a study found, in one sentence; in `named`, which barriers (constructs) and strategies it names.

    Raises ValidationError for an empty sentence and a theme of another study.
    """
    check_sentence(sentence)
    check_theme(study, theme)
    finding = Finding.objects.create(
        study=study, theme=theme, sentence=in_one_line(sentence), created_by=by, created_at=now
    )
    for name in NAMED:
        getattr(finding, name).set(named.get(name, ()))
    told("finding_stated", finding, by=by, now=now)
    return finding


def told(
    verb: str, finding: Finding, *, by: User, now: dt.datetime, changes: dict[str, list[Any]] | None = None
) -> None:
    record(verb, finding.study, by=by, now=now, target=finding, label=finding.sentence, changes=changes)


def in_one_line(words: str) -> str:
    return " ".join(words.split())


def check_sentence(sentence: str) -> None:
    if not sentence.strip():
        raise ValidationError(_("Say in one sentence what was found."), code="sentence")


def check_theme(study: Study, theme: Theme | None) -> None:
    if theme and theme.study_id != study.pk:
        raise ValidationError(_("Choose a theme of this study."), code="theme")


def locked(finding: Finding) -> Finding:
    """Return a finding as it is now, locked. Raises ValidationError, with the code "published", for a published one."""
    rows = Finding.objects.select_for_update(of=("self",), no_key=True).select_related("study__program")
    found = rows.get(pk=finding.pk)
    if found.published_at:
        raise ValidationError(
            _("This finding is published. An owner of the study takes it back before it can change."), code="published"
        )
    return found


@transaction.atomic
def change_finding(
    finding: Finding, *, sentence: str, theme: Theme | None, revision: int, by: User, now: dt.datetime
) -> Finding:
    """Change what a draft says, and the theme it belongs to. The same again changes nothing.

    Raises ValidationError as `state_finding` does, for a published finding, and, with the code "stale", where somebody
    else changed it since `revision`.
    """
    found = locked(finding)
    sentence = in_one_line(sentence)
    changes = {}
    if found.sentence != sentence:
        changes["sentence"] = [found.sentence, sentence]
    if found.theme_id != (theme.pk if theme else None):
        changes["theme"] = [str(found.theme or ""), str(theme or "")]
    if not changes:
        return found
    if found.revision != revision:
        raise ValidationError(
            _("Somebody changed this finding meanwhile. Put together what should stand."), code="stale"
        )
    check_sentence(sentence)
    check_theme(found.study, theme)
    found.sentence, found.theme = sentence, theme
    found.revision += 1
    found.save(update_fields=["sentence", "theme", "revision"])
    told("finding_changed", found, by=by, now=now, changes=changes)
    return found


@transaction.atomic
def name_barriers(finding: Finding, constructs: Iterable[Construct], *, by: User, now: dt.datetime) -> None:
    """Say which barriers (CFIR) a draft speaks of. Raises ValidationError for a published finding."""
    name_all(finding, "constructs", constructs, by=by, now=now)


@transaction.atomic
def name_strategies(finding: Finding, strategies: Iterable[Strategy], *, by: User, now: dt.datetime) -> None:
    """Say which strategies (ERIC) a draft speaks of. Raises ValidationError for a published finding."""
    name_all(finding, "strategies", strategies, by=by, now=now)


def name_all(finding: Finding, name: str, things: Iterable[Any], *, by: User, now: dt.datetime) -> None:
    found = locked(finding)
    field = getattr(found, name)
    before, after = [str(one) for one in field.all()], [str(one) for one in things]
    field.set(things)
    if before != after:
        changes = {name: [before, after]}
        told("finding_changed", found, by=by, now=now, changes=changes)


# ---- what it rests on


@transaction.atomic
def rest_on(
    finding: Finding, *, codings: Iterable[int] = (), summaries: Iterable[int] = (), by: User, now: dt.datetime
) -> int:
    """Put passages and summaries (by id) behind a draft; return how many are new there.

    Participants are locked first, so that nothing is put there that is being withdrawn. What is of another study, taken
    away or gone is left out, as if it did not exist. Raises ValidationError for a published finding.
    """
    found = locked(finding)
    codings, summaries = list(codings), list(summaries)
    said = Q(interviews__transcript__codings__in=codings) | Q(interviews__summaries__in=summaries)
    people = Participant.objects.filter(study=found.study_id).filter(said).values("pk")
    list(Participant.objects.select_for_update(no_key=True).filter(pk__in=people).order_by("pk").values("pk"))
    passages = Coding.objects.there().filter(code__study=found.study_id, pk__in=codings)
    words = Summary.objects.filter(interview__study=found.study_id, pk__in=summaries).exclude(text="", quote="")
    last = found.evidence.aggregate(last=Max("position"))["last"] or 0
    passages = passages.exclude(evidence__finding=found).order_by(*retrieving.ORDER, "pk")
    new: list[Evidence] = [Evidence(finding=found, coding=one) for one in passages]
    new += [Evidence(finding=found, summary=one) for one in words.exclude(evidence__finding=found)]
    for position, one in enumerate(new, start=last + 1):
        one.position = position
    Evidence.objects.bulk_create(new)
    if new:
        changes = {"evidence": [None, len(new)]}
        told("finding_rests_on", found, by=by, now=now, changes=changes)
    return len(new)


@transaction.atomic
def rest_no_more_on(finding: Finding, pks: Iterable[int], *, by: User, now: dt.datetime) -> int:
    """Take evidence (by id) away from behind a draft; return how much that was. Raises as `locked` does."""
    found = locked(finding)
    gone, _each = found.evidence.filter(pk__in=list(pks)).delete()
    if gone:
        told("finding_rests_no_more", found, by=by, now=now, changes={"evidence": [gone, None]})
    return gone


@transaction.atomic
def choose_quotes(finding: Finding, pks: Iterable[int], *, by: User, now: dt.datetime) -> None:
    """Let exactly these pieces of evidence (by id) be quoted, at most three.

    Raises ValidationError for more, for words that consent does not allow to quote or that may name somebody, and for a
    published finding. Ids of other findings are left out.
    """
    found, wanted = locked(finding), set(pks)
    people = people_of([found.study_id])
    chosen = [one for one in pieces_of([found], people)[found.pk] if one.evidence.pk in wanted]
    if len(chosen) > MOST_QUOTES:
        raise ValidationError(
            _("Choose at most %(most)s quotes: site teams read them in passing.") % {"most": MOST_QUOTES}
        )
    faults = [why for one in chosen if (why := one.hindrance(open_text=found.study.open_text))]
    faults += [why for one in chosen if one.evidence.summary and (why := why_named(found.study, one.words))]
    if faults:
        raise ValidationError(faults)
    before = set(found.evidence.filter(quoted=True).values_list("pk", flat=True))
    after = {one.evidence.pk for one in chosen}
    found.evidence.filter(pk__in=before - after).update(quoted=False)
    found.evidence.filter(pk__in=after - before).update(quoted=True)
    if before != after:
        changes = {"quotes": [len(before), len(after)]}
        told("finding_quotes", found, by=by, now=now, changes=changes)


# ---- what it means for the Roadmap


@transaction.atomic
def tie(
    finding: Finding,
    *,
    step_key: str,
    stance: str,
    proposal: str = "",
    text: str = "",
    by: User,
    now: dt.datetime,
) -> FindingStep:
    """Say how a draft stands to the guidance of a step, or what it proposes there, in words. Said before: nothing.

    Raises ValidationError for a step that the program's Roadmap does not have, a proposal without its kind or words,
    and a published finding.
    """
    found = locked(finding)
    if not Step.objects.filter(version__roadmap=found.study.program.roadmap_id, key=step_key).exists():
        raise ValidationError(_("The Roadmap has no step “%(key)s”.") % {"key": step_key}, code="step_key")
    text = in_one_line(text)
    if stance != Stance.PROPOSES:
        proposal = text = ""
    elif proposal not in FindingStep.Proposal.values:
        raise ValidationError(_("Say whether it proposes a step, a milestone or an action."), code="proposal")
    elif not text:
        raise ValidationError(_("Say in words what is proposed."), code="text")
    said: dict[str, Any] = {"step_key": step_key, "stance": stance, "proposal": proposal, "text": text}
    made, new = FindingStep.objects.get_or_create(finding=found, **said)
    if new:
        changes = {"step": [None, step_key], "stance": [None, stance]}
        told("finding_tied", found, by=by, now=now, changes=changes)
    return made


@transaction.atomic
def untie(finding: Finding, pk: int, *, by: User, now: dt.datetime) -> None:
    """Take back what a draft means for a step (by the tie's id). Raises FindingStep.DoesNotExist elsewhere.

    Raises ValidationError for a published finding, and for a proposal that was decided upon.
    """
    found = locked(finding)
    gone = found.steps.get(pk=pk)
    if gone.state != FindingStep.State.OPEN:
        raise ValidationError(_("This proposal has been decided upon, so it stays on record."))
    changes = {"step": [gone.step_key, None], "stance": [gone.stance, None]}
    gone.delete()
    told("finding_untied", found, by=by, now=now, changes=changes)


# ---- publishing


def missing(finding: Finding) -> list[str]:
    """Say what a finding needs before site teams can see it; nothing where it is ready."""
    needs = []
    ties = list(finding.steps.all())
    if named := names_told(finding.study, finding.sentence, *(one.text for one in ties)):
        needs.append(
            _("Site teams could tell who is meant by %(words)s. Say it without, or as a placeholder such as [Site A].")
            % {"words": named}
        )
    if not ties:
        needs.append(_("Say for which step of the Roadmap it means something."))
    strength = strengths_of([finding], people_of([finding.study_id]))[finding.pk]
    if not strength.people:
        needs.append(_("Choose the passages or summaries that it rests on."))
    elif not strength.for_site_teams.people:
        needs.append(
            ngettext(
                "Only groups with fewer than %(n)s person said it: site teams could tell who.",
                "Only groups with fewer than %(n)s people said it: site teams could tell who.",
                FEWEST,
            )
            % {"n": FEWEST}
        )
    return needs


@transaction.atomic
def publish(finding: Finding, *, by: User, now: dt.datetime) -> None:
    """Show a finding to site teams at its steps. Raises ValidationError that says what it needs first."""
    found = locked(finding)
    if needs := missing(found):
        raise ValidationError(needs)
    found.published_at, found.published_by = now, by
    found.save(update_fields=["published_at", "published_by"])
    told("finding_published", found, by=by, now=now)


@transaction.atomic
def take_back(finding: Finding, *, by: User, now: dt.datetime) -> None:
    """Show a finding to site teams no longer: it is a draft again. A draft already, nothing changes."""
    rows = Finding.objects.select_for_update(of=("self",), no_key=True).select_related("study__program")
    found = rows.get(pk=finding.pk)
    if found.published_at:
        found.published_at = found.published_by = None
        found.save(update_fields=["published_at", "published_by"])
        told("finding_taken_back", found, by=by, now=now)


@transaction.atomic
def remove_finding(finding: Finding, *, by: User, now: dt.datetime) -> None:
    """Remove a draft. Raises ValidationError for a published finding, and where a proposal of it was decided upon."""
    found = locked(finding)
    if found.steps.exclude(state=FindingStep.State.OPEN).exists():
        raise ValidationError(_("A proposal of this finding has been decided upon, so it stays on record."))
    told("finding_removed", found, by=by, now=now)
    found.delete()
