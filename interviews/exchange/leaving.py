"""Whose words may leave a study in a file, and how many are left out and why. Reads.

A text leaves once somebody has said that it names nobody, or where the study leaves its texts open. Words of people who
did not agree to quotes, or whose consent nobody recorded, stay; that and where something was coded may leave. Who codes
blind in an open round takes along only their own codings of its interviews.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from django.utils.translation import gettext_lazy, ngettext, ngettext_lazy

from accounts.models import User
from interviews.models import Consent, Interview, Participant, Study, Transcript

WHY = {
    "names": gettext_lazy("the text still names somebody"),
    "consent": gettext_lazy("no consent is recorded"),
    "quotes": gettext_lazy("no quotes were agreed to"),
}
COUNTED = {
    "names": ngettext_lazy(
        "%(n)s interview: its text still names somebody", "%(n)s interviews: their texts still name somebody", "n"
    ),
    "consent": ngettext_lazy(
        "%(n)s interview: no consent is recorded", "%(n)s interviews: no consent is recorded", "n"
    ),
    "quotes": ngettext_lazy(
        "%(n)s interview: no quotes were agreed to", "%(n)s interviews: no quotes were agreed to", "n"
    ),
}


@dataclass(frozen=True)
class Leaving:
    """A transcript as it may leave: `kept` is the key in WHY of what keeps its words here, "" where they may go.

    Of people who are quoted by role group only, project and site do not leave with their words.
    """

    transcript: Transcript
    kept: str
    role_only: bool

    @property
    def why(self) -> str:
        return str(WHY.get(self.kept, ""))

    @property
    def interview(self) -> Interview:
        return self.transcript.interview

    @property
    def participant(self) -> Participant:
        return self.transcript.interview.participant

    @property
    def project(self) -> str:
        return "" if self.role_only else str(self.participant.project or "")

    @property
    def site(self) -> str:
        return "" if self.role_only else str(self.participant.site or "")


def leaving(study: Study) -> list[Leaving]:
    """Return the transcripts of a study, without their texts, and what keeps their words; in two statements."""
    rows = Transcript.objects.filter(interview__study=study).defer("text", "turns", "masks")
    rows = rows.select_related("interview__participant__project", "interview__participant__site")
    consents: dict[int, Consent] = {}
    for consent in Consent.objects.filter(participant__study=study):  # newest first
        consents.setdefault(consent.participant_id, consent)
    found = rows.order_by("interview__participant__pseudonym", "interview__held_on", "interview")
    return [told(one, study, consents.get(one.interview.participant_id)) for one in found]


def told(transcript: Transcript, study: Study, consent: Consent | None) -> Leaving:
    """Return a transcript with what keeps its words: names in it, or the consent that holds (None: there is none)."""
    kept = ""
    if not transcript.cleared_at and not study.open_text:
        kept = "names"
    elif consent is None or transcript.interview.participant.state == Participant.State.WITHDRAWN:
        kept = "consent"
    elif consent.scope == Consent.Scope.NO_QUOTES:
        kept = "quotes"
    return Leaving(transcript, kept, bool(consent and consent.scope == Consent.Scope.ROLE_ONLY))


def left_out(texts: Iterable[Leaving]) -> list[str]:
    """Return in words the words of how many interviews are left out, and why."""
    counted = Counter(one.kept for one in texts if one.kept)
    return [str(COUNTED[kept] % {"n": counted[kept]}) for kept in WHY if counted[kept]]


def blind_to(study: Study, reader: User) -> list[str]:
    """Return in words in how many interviews the codings of others are left out for somebody who codes blind."""
    n = Transcript.objects.filter(interview__study=study).coded_blind_by(reader).distinct().count()
    said = ngettext(
        "what others coded in %(n)s interview that you code blind",
        "what others coded in %(n)s interviews that you code blind",
        n,
    )
    return [said % {"n": n}] if n else []


def initials(name: str) -> str:
    return "".join(word[0] for word in name.split())[:9]


def coder_names(study: Study, *, named: bool = False) -> dict[int, str]:
    """Return what each coder is called in a file: "Coder 1" and so on in the order they began, or by name."""
    coders = study.coders.select_related("user").order_by("pk")
    return {coder.pk: str(coder) if named else f"Coder {number}" for number, coder in enumerate(coders, start=1)}
