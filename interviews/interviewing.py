"""Planning interviews, holding them, and summing up what was said to each question."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from interviews.models import Evidence, FrameworkCell, Guide, Interview, Participant, Question, Study, Summary
from interviews.naming import why_named
from interviews.recruiting import consent_of
from interviews.reminding import remind
from interviews.studying import record
from roadmap.models import Construct


class StaleSummary(Exception):
    """Somebody else has changed the summary since it was read. Carries it as it stands and the words not saved."""

    def __init__(self, summary: Summary | FrameworkCell, text: str, quote: str = ""):
        super().__init__(summary.pk)
        self.summary = summary
        self.text = text
        self.quote = quote


class StaleWriteUp(Exception):
    """Somebody else wrote at some of the questions meanwhile. `theirs` has what stands there, by question id."""

    def __init__(self, theirs: dict[int, Summary]):
        super().__init__(sorted(theirs))
        self.theirs = theirs


@transaction.atomic
def plan_interview(
    study: Study,
    participant: Participant,
    guide: Guide,
    *,
    interviewer: User,
    mode: str,
    planned_for: dt.datetime | None,
    by: User,
    now: dt.datetime,
) -> Interview:
    """Plan an interview. Raises ValidationError for what is of another study, and who does not take part."""
    if participant.study_id != study.pk or guide.study_id != study.pk:
        raise ValidationError(_("Choose a participant and a guide of this study."))
    if participant.state in (Participant.State.WITHDRAWN, Participant.State.DECLINED):
        raise ValidationError(_("%(who)s does not take part.") % {"who": participant})
    check_interviewer(study, interviewer)
    interview = Interview.objects.create(
        study=study,
        participant=participant,
        guide=guide,
        interviewer=interviewer,
        mode=mode,
        planned_for=planned_for,
        created_at=now,
    )
    record("interview_planned", study, by=by, now=now, target=interview, label=participant.pseudonym)
    remind(interview, by=by, now=now)
    return interview


@transaction.atomic
def plan_anew(
    interview: Interview, *, interviewer: User, mode: str, planned_for: dt.datetime | None, by: User, now: dt.datetime
) -> None:
    """Change who holds a planned interview, how and when; whoever holds it is reminded of the new time only.

    Raises ValidationError for one that was held or cancelled, and for an interviewer who is not in the study.
    """
    found = locked(interview)
    if found.held_on or found.cancelled_at or found.brought_in:
        raise ValidationError(_("This interview is not planned any more: it was held or cancelled."))
    check_interviewer(found.study, interviewer)
    found.interviewer, found.mode, found.planned_for = interviewer, mode, planned_for
    found.save(update_fields=["interviewer", "mode", "planned_for"])
    record("interview_planned_anew", found.study, by=by, now=now, target=found, label=found.participant.pseudonym)
    remind(found, by=by, now=now)


def check_interviewer(study: Study, person: User) -> None:
    """Raise ValidationError for somebody who is not in the study."""
    if not study.members.active().filter(user=person).exists():
        raise ValidationError(_("%(who)s is not in this study.") % {"who": person})


def locked(interview: Interview, question: Question | None = None) -> Interview:
    """Return an interview as it is now, its participant locked first so that nobody writes what is being withdrawn.

    Raises ValidationError where the participant has withdrawn, or `question` is not in the interview's guide.
    """
    if question and question.guide_id != interview.guide_id:
        raise ValidationError(_("This question is not in the guide of the interview."))
    participant = Participant.objects.select_for_update(no_key=True).get(pk=interview.participant_id)
    if participant.state == Participant.State.WITHDRAWN:
        raise ValidationError(_("%(who)s has withdrawn. Nothing can be added.") % {"who": participant})
    rows = Interview.objects.select_for_update(of=("self",), no_key=True).select_related("study__program")
    found = rows.get(pk=interview.pk)
    found.participant = participant
    return found


@transaction.atomic
def hold(
    interview: Interview, *, held_on: dt.date, minutes: int | None, notes: str, by: User, now: dt.datetime
) -> Interview:
    """Record that an interview was held. Raises ValidationError for a future day, a cancelled one, no consent."""
    found = locked(interview)
    if found.cancelled_at:
        raise ValidationError(_("This interview was cancelled. Plan another one."))
    if held_on > found.study.program.today(now):
        raise ValidationError(_("This day is in the future. Choose today or an earlier day."), code="future")
    if not found.participant.consents.filter(given_on__lte=held_on).exists():
        raise ValidationError(
            _("There is no consent of %(who)s from that day or before. Record it first.") % {"who": found.participant},
            code="consent",
        )
    first = found.held_on is None
    found.held_on, found.minutes, found.notes = held_on, minutes, notes
    found.save(update_fields=["held_on", "minutes", "notes"])
    if first:
        record("interview_held", found.study, by=by, now=now, target=found, label=found.participant.pseudonym)
    return found


@transaction.atomic
def cancel(interview: Interview, *, by: User, now: dt.datetime) -> None:
    """Cancel a planned interview. Raises ValidationError for one that was held; cancelled already, nothing changes."""
    found = locked(interview)
    if found.held_on or found.brought_in:
        raise ValidationError(_("This interview was held, so it cannot be cancelled."))
    if not found.cancelled_at:
        found.cancelled_at = now
        found.save(update_fields=["cancelled_at"])
        record("interview_cancelled", found.study, by=by, now=now, target=found, label=found.participant.pseudonym)


@transaction.atomic
def sum_up(
    interview: Interview,
    question: Question,
    *,
    text: str,
    quote: str = "",
    revision: int,
    by: User,
    now: dt.datetime,
) -> Summary:
    """Write what an interview said to a question, read at `revision` (0: nothing yet). The same words change nothing.

    Raises StaleSummary where somebody else wrote meanwhile, ValidationError for a question of another guide, a quote
    that consent does not cover or that names somebody, and who has withdrawn.
    """
    found = locked(interview, question)
    text, quote = text.strip(), quote.strip()
    summary = Summary.objects.filter(interview=found, question=question).select_related("by").first()
    if quote:
        check_quote(found.participant)
    if quote and (summary is None or summary.quote != quote):
        check_names(found.study, quote)
    if summary and summary.quote != quote:
        let_go_as_quote(summary, quote)
    if summary is None:
        if not text and not quote:
            return Summary(interview=found, question=question, by=by, revision=0)
        summary = Summary.objects.create(interview=found, question=question, text=text, quote=quote, by=by, at=now)
    else:
        put_words(summary, {"text": text, "quote": quote}, revision=revision, by=by, now=now)
    return summary


def put_words(
    summary: Summary | FrameworkCell, words: dict[str, str], *, revision: int, by: User, now: dt.datetime
) -> None:
    """Put words into a summary that was read at `revision`; the same words change nothing. Raises StaleSummary."""
    if all(getattr(summary, name) == said for name, said in words.items()):
        return
    if summary.revision != revision:
        raise StaleSummary(summary, **words)
    for name, said in words.items():
        setattr(summary, name, said)
    summary.by, summary.at = by, now
    summary.revision += 1
    summary.save(update_fields=[*words, "by", "at", "revision"])


@dataclass(frozen=True)
class Words:
    """What is to stand at a question: a summary, a quote, and the revision at which they were read."""

    question: Question
    text: str
    quote: str
    revision: int


@transaction.atomic
def write_up(
    interview: Interview,
    words: Iterable[Words],
    *,
    held_on: dt.date | None,
    minutes: int | None,
    notes: str,
    by: User,
    now: dt.datetime,
) -> None:
    """Write down an interview at once: what was said to each question, and when it was held (None: not yet).

    All of it or nothing. `interview.guide` is the version whose questions were answered: a planned interview may have
    got a newer one meanwhile. Raises StaleWriteUp where somebody else wrote at one of the questions meanwhile, and
    ValidationError as `hold` and `sum_up` do; for a quote, with the question's id as `params["question"]`.
    """
    keep_guide(interview)
    if held_on:
        hold(interview, held_on=held_on, minutes=minutes, notes=notes, by=by, now=now)
    elif locked(interview).held_on:
        raise ValidationError(_("Choose the day on which it was held."), code="held")
    else:
        Interview.objects.filter(pk=interview.pk).update(minutes=minutes, notes=notes)
    stale: dict[int, Summary] = {}
    for one in words:
        try:
            sum_up(interview, one.question, text=one.text, quote=one.quote, revision=one.revision, by=by, now=now)
        except StaleSummary as error:
            stale[one.question.pk] = error.summary  # type: ignore[assignment]  # sum_up raises it of summaries
        except ValidationError as error:
            raise ValidationError(error.message, code=error.code, params={"question": one.question.pk}) from error
    if stale:
        raise StaleWriteUp(stale)


def keep_guide(interview: Interview) -> None:
    """Record along which version of the guide an interview is written down, where that is not the one it was to follow.

    Raises ValidationError where somebody wrote along another version meanwhile.
    """
    found = locked(interview)
    if found.guide_id == interview.guide_id:
        return
    if found.summaries.exists():
        raise ValidationError(
            _("This interview follows another version of the guide by now. Copy what you wrote and open it again.")
        )
    found.guide_id = interview.guide_id
    found.save(update_fields=["guide"])


@transaction.atomic
def name_barriers(
    interview: Interview, question: Question, *, constructs: Iterable[Construct], by: User, now: dt.datetime
) -> Summary:
    """Say which barriers (CFIR) an answer speaks of; its words stay. Raises ValidationError as `sum_up` does."""
    found = locked(interview, question)
    summary, _made = Summary.objects.get_or_create(
        interview=found, question=question, defaults={"by": by, "at": now, "revision": 0}
    )
    summary.constructs.set(constructs)
    return summary


def check_names(study: Study, quote: str) -> None:
    """Raise ValidationError where a quote names somebody, unless the study lets such words be worked with."""
    if not study.open_text and (why := why_named(study, quote)):
        raise ValidationError(why, code="quote")


def let_go_as_quote(summary: Summary, quote: str) -> None:
    """Let other words at a summary be chosen anew before they are quoted.

    Raises ValidationError where site teams read the old ones: they read nothing that an owner has not seen.
    """
    quoting = Evidence.objects.filter(summary=summary, quoted=True)
    if quote and quoting.filter(finding__published_at__isnull=False).exists():
        said = _("This quote stands in a published finding. An owner takes that back before the quote can change.")
        raise ValidationError(said, code="quote")
    quoting.update(quoted=False)


def check_quote(participant: Participant) -> None:
    """Raise ValidationError where a participant's consent does not allow that they are quoted."""
    consent = consent_of(participant)
    if consent is None:
        raise ValidationError(_("A quote needs consent. Record it first, or leave the quote empty."), code="quote")
    if consent.scope == consent.Scope.NO_QUOTES:
        raise ValidationError(
            _("%(who)s did not agree to quotes. Say it in your own words.") % {"who": participant}, code="quote"
        )
