"""Who is to be interviewed: the list, what they agreed to, and what is removed when they withdraw."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.models import User
from interviews.finding import folded, of_person
from interviews.models import (
    Alias,
    Coding,
    Consent,
    Contact,
    Evidence,
    FrameworkCell,
    Interview,
    Memo,
    Original,
    Participant,
    Study,
    Summary,
    Transcript,
    VariableValue,
)
from interviews.studying import record
from projects import jobs
from projects.models import Project, Site

State = Participant.State


@dataclass(frozen=True)
class Removed:
    """What a withdrawal removed, as numbers, for the record and for the person who asks."""

    contact: bool
    summaries: int
    notes: int
    transcripts: int
    codings: int
    memos: int
    findings: int
    key: int
    cancelled: int

    @property
    def in_words(self) -> str:
        parts = [
            ngettext("%(n)s summary", "%(n)s summaries", self.summaries) % {"n": self.summaries},
            ngettext("the notes of %(n)s interview", "the notes of %(n)s interviews", self.notes) % {"n": self.notes},
        ]
        if self.transcripts:
            parts.append(ngettext("%(n)s transcript", "%(n)s transcripts", self.transcripts) % {"n": self.transcripts})
        if self.codings:
            parts.append(ngettext("%(n)s coding", "%(n)s codings", self.codings) % {"n": self.codings})
        if self.memos:
            parts.append(ngettext("%(n)s memo", "%(n)s memos", self.memos) % {"n": self.memos})
        if self.findings:
            what = ngettext("what stood behind %(n)s finding", "what stood behind %(n)s findings", self.findings)
            parts.append(what % {"n": self.findings})
        if self.key:
            parts.append(_("their name in the key"))
        if self.contact:
            parts.append(_("how to reach them"))
        said = _("Removed: %(what)s.") % {"what": ", ".join(parts)}
        if self.cancelled:
            said += " " + ngettext(
                "%(n)s planned interview is cancelled.", "%(n)s planned interviews are cancelled.", self.cancelled
            ) % {"n": self.cancelled}
        return f"{said} " + _("That there was a participant, in which role group, and the dates stay.")


def next_pseudonym(study: Study) -> str:
    """Return a pseudonym that nobody has: "P" and the number behind the highest, two digits at least."""
    taken = study.participants.filter(pseudonym__regex=r"^P[0-9]{1,6}$").values_list("pseudonym", flat=True)
    return f"P{max((int(one[1:]) for one in taken), default=0) + 1:02}"


@transaction.atomic
def list_participant(
    study: Study, *, by: User, now: dt.datetime, contact: dict[str, str], **fields: Any
) -> Participant:
    """Put somebody on a study's list, with how to reach them kept apart. Fields are those of Participant.

    Raises ValidationError for a pseudonym that is taken, that gives the name away, or for a project or site elsewhere.
    """
    check_place(study, fields.get("project"), fields.get("site"))
    check_pseudonym(fields["pseudonym"], contact)
    try:
        with transaction.atomic():
            participant = Participant.objects.create(study=study, **fields)
    except IntegrityError as error:
        raise ValidationError(_("Somebody in this study has this pseudonym already."), code="pseudonym") from error
    if any(contact.values()):
        Contact.objects.create(participant=participant, **contact)
    record("participant_listed", study, by=by, now=now, target=participant, label=participant.pseudonym)
    return participant


@transaction.atomic
def change_participant(
    participant: Participant, *, by: User, now: dt.datetime, contact: dict[str, str] | None = None, **fields: Any
) -> None:
    """Change what is known of a participant; `contact` None leaves alone how to reach them.

    Raises ValidationError as `list_participant` does, and for somebody who has withdrawn.
    """
    current = Participant.objects.select_for_update(no_key=True).get(pk=participant.pk)
    if current.state == State.WITHDRAWN:
        raise ValidationError(_("%(who)s has withdrawn. Nothing about them changes any more.") % {"who": current})
    if fields.get("state") == State.WITHDRAWN:
        raise ValidationError(_("Use “Withdraw”: it removes what must go."))
    check_place(participant.study, fields.get("project"), fields.get("site"))
    known = Contact.objects.filter(participant=participant).first()
    check_pseudonym(fields.get("pseudonym", ""), contact or {"name": known.name if known else ""})
    for name, value in fields.items():
        setattr(participant, name, value)
    try:
        with transaction.atomic():
            participant.save(update_fields=list(fields))
    except IntegrityError as error:
        raise ValidationError(_("Somebody in this study has this pseudonym already."), code="pseudonym") from error
    if contact is not None:
        Contact.objects.update_or_create(participant=participant, defaults=contact)
    record("participant_changed", participant.study, by=by, now=now, target=participant, label=participant.pseudonym)


def check_place(study: Study, project: Project | None, site: Site | None) -> None:
    """Raise ValidationError for a project of another program, or a site of another project."""
    if project and project.program_id != study.program_id:
        raise ValidationError(_("Choose a project of this program."))
    if site and (project is None or site.project_id != project.pk):
        raise ValidationError(_("Choose a site of the chosen project."))


def check_pseudonym(pseudonym: str, contact: dict[str, str]) -> None:
    """Raise ValidationError where a pseudonym holds a part of the name it is to hide."""
    parts = [part.casefold() for part in contact.get("name", "").replace(".", " ").split() if len(part) > 2]
    if any(part in pseudonym.casefold().split() for part in parts):
        raise ValidationError(_("The pseudonym gives the name away. Choose another, such as P07."), code="pseudonym")


@transaction.atomic
def record_consent(
    participant: Participant, *, form_version: str, given_on: dt.date, scope: str, by: User, now: dt.datetime
) -> Consent:
    """Record what a participant agreed to. Raises ValidationError for a future day and for who has withdrawn."""
    current = Participant.objects.select_for_update(no_key=True).get(pk=participant.pk)
    if current.state == State.WITHDRAWN:
        raise ValidationError(_("%(who)s has withdrawn. Nothing about them changes any more.") % {"who": current})
    if given_on > participant.study.program.today(now):
        raise ValidationError(_("This day is in the future. Choose today or an earlier day."), code="future")
    consent = Consent.objects.create(
        participant=participant,
        form_version=form_version,
        given_on=given_on,
        scope=scope,
        recorded_by=by,
        recorded_at=now,
    )
    if participant.state != State.AGREED:
        participant.state = State.AGREED
        participant.save(update_fields=["state"])
    label = f"{participant.pseudonym}: {consent.get_scope_display()}"
    record("consent_recorded", participant.study, by=by, now=now, target=participant, label=label)
    return consent


def consent_of(participant: Participant) -> Consent | None:
    """Return what holds: the newest consent, nothing where there is none or the participant has withdrawn."""
    return None if participant.state == State.WITHDRAWN else participant.consents.first()


def quotes_beyond(participant: Participant) -> int:
    """Return how many quotes were written down before that a participant's consent does not cover any more."""
    consent = consent_of(participant)
    if consent and consent.scope != consent.Scope.NO_QUOTES:
        return 0
    return Summary.objects.filter(interview__participant=participant).exclude(quote="").count()


@transaction.atomic
def withdraw(participant: Participant, *, by: User, now: dt.datetime) -> Removed:
    """Take a participant out of a study: their words and how to reach them go, and it is said what went.

    Summaries, quotes, transcripts with their files, codings, memos, what stood behind findings, notes, values of
    variables and the contact are removed, planned interviews cancelled. That somebody of a role group was interviewed
    on a day stays, and the consents that were given, so that the record tells what held when. Done before, it removes
    nothing more.
    """
    current = Participant.objects.select_for_update(no_key=True).get(pk=participant.pk)
    interviews = Interview.objects.filter(participant=current)
    cancelled = interviews.planned().update(cancelled_at=now)
    notes = interviews.exclude(notes="").update(notes="")
    transcripts = Transcript.objects.filter(interview__participant=current).count()
    codings = Coding.objects.there().filter(transcript__interview__participant=current).count()
    memos = Memo.objects.filter(
        Q(interview__participant=current) | Q(coding__transcript__interview__participant=current)
    )
    about = memos.count()
    findings = Evidence.objects.with_person().filter(person=current.pk).values("finding").distinct().count()
    memos.delete()
    Transcript.objects.filter(interview__participant=current).delete()
    Original.objects.filter(interview__participant=current).delete()
    jobs.forget_waiting(current.study.program, key=current.study.slug)  # nobody knows whose words such a file holds
    cells = FrameworkCell.objects.filter(participant=current)
    VariableValue.objects.filter(Q(participant=current) | Q(interview__participant=current)).delete()
    words = Summary.objects.filter(interview__participant=current)
    summaries = words.count() + cells.count()
    words.delete()
    cells.delete()
    key = forget_in_key(current)
    contact, _each = Contact.objects.filter(participant=current).delete()
    removed = Removed(bool(contact), summaries, notes, transcripts, codings, about, findings, key, cancelled)
    if current.state != State.WITHDRAWN:
        participant.state, participant.withdrawn_at = State.WITHDRAWN, now
        participant.save(update_fields=["state", "withdrawn_at"])
        gone = {
            "key": key,
            "codings": codings,
            "memos": about,
            "findings": findings,
            "summaries": summaries,
            "notes": notes,
            "transcripts": transcripts,
            "contact": bool(contact),
        }
        changes = {"removed": [None, gone]}
        study, label = participant.study, participant.pseudonym
        record("participant_withdrew", study, by=by, now=now, target=participant, label=label, changes=changes)
    return removed


def forget_in_key(participant: Participant) -> int:
    """Empty the rows of the study's key that tell a participant's name; return how many those were."""
    contact = Contact.objects.filter(participant=participant).first()
    if contact is None:
        return 0
    told = {folded(one.words) for one in of_person(Alias.Kind.PARTICIPANT, contact.name)}
    told |= {folded(words) for words in (contact.email, contact.phone)}
    return Alias.objects.filter(study=participant.study_id, folded__in=told - {""}).update(words="", folded="")
