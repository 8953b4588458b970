"""Interview guides: written as plain text, kept as numbered versions, tied to the Roadmap and to CFIR."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable
from dataclasses import dataclass, field

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Max
from django.utils.text import slugify
from django.utils.translation import gettext as _

from accounts.models import User
from interviews.models import Guide, Interview, PartTie, Question, Study, Summary
from interviews.studying import record
from roadmap.models import Construct, Step

Kind = PartTie.Kind
MOST_QUESTIONS = 60
LONGEST, LONGEST_SECTION = 500, 120  # characters of a question or a probe, of a section
SHORT = 60
NUMBERED = re.compile(r"^\(?\d{1,2}[.)]\s+")
BULLET = re.compile(r"^[-*•–]\s*")
HEADING = re.compile(r"^#+\s*")


@dataclass
class Asked:
    """A question as it stands in the text of a guide."""

    text: str
    section: str = ""
    short: str = ""
    probes: list[str] = field(default_factory=list)
    line: int = field(default=0, compare=False)


def read_guide(text: str) -> list[Asked]:
    """Read a guide from plain text: "# Section", a question a line, "- probe" below it, "Short name: question".

    Numbers before questions are left out. Raises ValidationError that names the line for what cannot be kept, and for
    a guide without questions.
    """
    asked: list[Asked] = []
    section, faults = "", []
    for number, line in enumerate(text.splitlines(), start=1):
        said = line.strip()
        if not said:
            continue
        if HEADING.match(said):
            section = HEADING.sub("", said)
            if len(section) > LONGEST_SECTION:
                too_long = _("Line %(line)s: a section has at most %(most)s characters.")
                faults.append(too_long % {"line": number, "most": LONGEST_SECTION})
        elif BULLET.match(said):
            probe = BULLET.sub("", said)
            if not asked:
                faults.append(_("Line %(line)s: a probe needs a question above it.") % {"line": number})
            elif len(probe) > LONGEST:
                too_long = _("Line %(line)s: a probe has at most %(most)s characters. Make two of it.")
                faults.append(too_long % {"line": number, "most": LONGEST})
            else:
                asked[-1].probes.append(probe)
        else:
            asked.append(question_of(NUMBERED.sub("", said), section, number))
    faults += [
        _("Line %(line)s: a question has at most %(most)s characters. Make probes of the rest.")
        % {"line": one.line, "most": LONGEST}
        for one in asked
        if len(one.text) > LONGEST
    ]
    if not asked and not faults:
        faults.append(_("There is no question yet. Write each on a line of its own."))
    if len(asked) > MOST_QUESTIONS:
        faults.append(_("A guide has at most %(most)s questions.") % {"most": MOST_QUESTIONS})
    if faults:
        raise ValidationError(faults)
    return asked


def question_of(said: str, section: str, line: int) -> Asked:
    """Return a question; the words before a colon, where they are few, are its short name."""
    short, colon, rest = said.partition(":")
    if colon and rest.strip() and len(short) <= 40 and "?" not in short:
        return Asked(rest.strip(), section, short.strip(), line=line)
    return Asked(said, section, shortened(said), line=line)


def shortened(text: str) -> str:
    """Return the beginning of a text that fits the head of a column, ended at a word."""
    if len(text) <= SHORT:
        return text
    return text[: SHORT - 1].rsplit(" ", 1)[0].rstrip(",;: ") + "…"


def text_of(guide: Guide) -> str:
    """Return a guide as the text from which it can be written again."""
    lines, section = [], ""
    for question in guide.questions.all():
        if question.section != section:
            section = question.section
            lines += ["", f"# {section}"]
        named = question.short not in (question.text, shortened(question.text))
        lines.append(f"{question.short}: {question.text}" if named else question.text)
        lines += [f"- {probe}" for probe in question.probes]
    return "\n".join(lines).strip() + "\n"


@transaction.atomic
def write_guide(study: Study, *, title: str, text: str, by: User, now: dt.datetime) -> Guide:
    """Write a study's guide: its first version, a change of the newest, or the next version where that was used.

    Planned interviews of which nothing is written down follow the next version. The same again changes nothing. A
    question, section or probe that keeps its words keeps its ties to the Roadmap and to CFIR, a question its key too.
    Raises ValidationError as `read_guide` does.
    """
    asked = read_guide(text)
    Study.objects.select_for_update(no_key=True).get(pk=study.pk)  # so that two do not take one number
    newest = study.guides.order_by("-number").first()
    if newest and newest.title == title and asked_in(newest) == asked:
        return newest
    before = {one.text: one for one in newest.questions.prefetch_related("constructs")} if newest else {}
    kept = {words: (one.key, one.step_keys, list(one.constructs.all())) for words, one in before.items()}
    if newest and not newest.interviews.exists():
        newest.questions.all().delete()
        guide = newest
        guide.title = title
        guide.save(update_fields=["title"])
    else:
        number = (study.guides.aggregate(last=Max("number"))["last"] or 0) + 1
        guide = Guide.objects.create(study=study, number=number, title=title, created_by=by, created_at=now)
    taken = {key for words, (key, _steps, _constructs) in kept.items() if words in {one.text for one in asked}}
    for position, one in enumerate(asked, start=1):
        key, steps, constructs = kept.get(one.text, ("", [], []))
        key = key or free_key(one.short, taken)
        taken.add(key)
        question = Question.objects.create(
            guide=guide,
            key=key,
            section=one.section,
            position=position,
            text=one.text,
            short=one.short[:SHORT],
            probes=one.probes,
            step_keys=steps,
        )
        question.constructs.set(constructs)
    if newest:
        take_along(newest, guide, asked)
    record("guide_written", study, by=by, now=now, target=guide, label=str(guide))
    return guide


def asked_in(guide: Guide) -> list[Asked]:
    """Return what a guide asks, as `read_guide` does."""
    return [Asked(one.text, one.section, one.short, one.probes) for one in guide.questions.all()]


def take_along(newest: Guide, guide: Guide, asked: list[Asked]) -> None:
    """Keep what sections and probes are about, and let planned interviews follow the next version."""
    parts = {(Kind.SECTION, one.section) for one in asked}
    parts |= {(Kind.PROBE, words) for one in asked for words in one.probes}
    for said in newest.part_ties.prefetch_related("constructs"):
        stays = (said.kind, said.words) in parts
        if guide == newest and not stays:
            said.delete()
        elif guide != newest and stays:
            part_of(guide, said.kind, said.words, steps=said.step_keys, constructs=said.constructs.all())
    if guide != newest:
        planned = newest.interviews.filter(held_on=None, cancelled_at=None).select_for_update(no_key=True)
        waiting = {one.pk for one in planned}
        waiting -= set(Summary.objects.filter(interview__in=waiting).values_list("interview", flat=True))
        Interview.objects.filter(pk__in=waiting).update(guide=guide)


def free_key(words: str, taken: set[str]) -> str:
    stem = slugify(words)[:50].strip("-") or "question"
    key, number = stem, 1
    while key in taken:
        number += 1
        key = f"{stem}-{number}"
    return key


@transaction.atomic
def tie(
    question: Question, *, steps: Iterable[str], constructs: Iterable[Construct], by: User, now: dt.datetime
) -> None:
    """Say which steps of the Roadmap and which CFIR constructs a question is about.

    Raises ValidationError for a step that no published version of the program's Roadmap has.
    """
    study = question.guide.study
    question.step_keys = known_steps(study, steps)
    question.save(update_fields=["step_keys"])
    question.constructs.set(constructs)
    record("question_tied", study, by=by, now=now, target=question, label=question.short)


@transaction.atomic
def tie_part(
    guide: Guide,
    kind: str,
    words: str,
    *,
    steps: Iterable[str],
    constructs: Iterable[Construct],
    by: User,
    now: dt.datetime,
) -> None:
    """Say what a section or a probe of a guide is about. Raises ValidationError as `tie` does."""
    made = part_of(guide, kind, words, steps=known_steps(guide.study, steps), constructs=constructs)
    record("question_tied", guide.study, by=by, now=now, target=guide, label=str(made))


def part_of(guide: Guide, kind: str, words: str, *, steps: list[str], constructs: Iterable[Construct]) -> PartTie:
    """Write what a section or a probe of a guide is about, in the place of what was said before."""
    made, _new = PartTie.objects.update_or_create(guide=guide, kind=kind, words=words, defaults={"step_keys": steps})
    made.constructs.set(constructs)
    return made


def known_steps(study: Study, steps: Iterable[str]) -> list[str]:
    """Return keys of steps, each once. Raises ValidationError for one that the program's Roadmap never had."""
    known = set(Step.objects.filter(version__roadmap=study.program.roadmap_id).values_list("key", flat=True))
    wanted = list(dict.fromkeys(steps))
    if unknown := [key for key in wanted if key not in known]:
        raise ValidationError(_("The Roadmap has no step “%(key)s”.") % {"key": unknown[0]})
    return wanted
