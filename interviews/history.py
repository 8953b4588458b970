"""What happened in a study, in words: who did what when. Reads.

It names participants by pseudonym, and has none of their words.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass, fields
from typing import Any

from django.db import models
from django.db.models import Q, QuerySet
from django.utils.dateparse import parse_date
from django.utils.text import Truncator
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import Activity
from interviews.models import Code, Study
from interviews.recruiting import Removed
from projects.history import MOMENT
from roadmap.templatetags.milepost import day as day_in_words

PARTS = {  # which verbs belong to what
    "codebook": ("code_", "codebook_"),
    "participants": ("participant_", "consent_"),
    "interviews": ("interview_", "transcript_"),
    "guide": ("guide_", "question_"),
    "findings": ("theme_", "finding_", "proposal_"),
    "agreement": ("agreement_",),
    "study": ("study_",),
}
NAMES = {
    "codebook": gettext_lazy("Codebook"),
    "participants": gettext_lazy("Participants and consent"),
    "interviews": gettext_lazy("Interviews and transcripts"),
    "guide": gettext_lazy("Guide"),
    "findings": gettext_lazy("Themes and findings"),
    "agreement": gettext_lazy("Agreement"),
    "study": gettext_lazy("People, targets and files"),
}
LABEL = gettext_lazy("What")
CHOICES = [("", gettext_lazy("Everything")), *NAMES.items()]
DID = {  # what stands between who did it and what it was done to
    "study_begun": gettext_lazy("began the study"),
    "study_changed": gettext_lazy("changed name or aim of"),
    "study_joined": gettext_lazy("took into the study"),
    "study_left": gettext_lazy("took out of the study"),
    "study_owner_changed": gettext_lazy("changed whether the study is owned by"),
    "study_owner_named": gettext_lazy("named as the study's owner"),
    "study_targets_set": gettext_lazy("changed the targets of"),
    "study_protection_changed": gettext_lazy("changed who reads names, or when files end, in"),
    "study_files_destroyed": gettext_lazy("destroyed the files and the key of"),
    "study_brought_in": gettext_lazy("brought in what another program made for"),
    "study_handed_out": gettext_lazy("took out as a project"),
    "guide_written": gettext_lazy("wrote"),
    "question_tied": gettext_lazy("said what is asked about by"),
    "participant_listed": gettext_lazy("put on the list"),
    "participant_changed": gettext_lazy("changed what is known of"),
    "consent_recorded": gettext_lazy("recorded the consent of"),
    "participant_withdrew": gettext_lazy("recorded the withdrawal of"),
    "interview_planned": gettext_lazy("planned the interview with"),
    "interview_planned_anew": gettext_lazy("changed the plan of the interview with"),
    "interview_held": gettext_lazy("held the interview with"),
    "interview_cancelled": gettext_lazy("cancelled the interview with"),
    "transcript_saved": gettext_lazy("brought in the transcript of"),
    "transcript_removed": gettext_lazy("removed the transcript of"),
    "transcript_deidentified": gettext_lazy("replaced names in the transcript of"),
    "transcript_put_back": gettext_lazy("put words back into the transcript of"),
    "transcript_cleared": gettext_lazy("said that nobody is named in the transcript of"),
    "transcript_not_cleared": gettext_lazy("said that somebody is named in the transcript of"),
    "codebook_begun": gettext_lazy("began the codebook from"),
    "codebook_file_taken": gettext_lazy("took codes from a file into"),
    "code_added": gettext_lazy("added"),
    "code_changed": gettext_lazy("changed"),
    "code_moved": gettext_lazy("moved"),
    "code_merged": gettext_lazy("merged"),
    "code_split": gettext_lazy("split"),
    "code_retired": gettext_lazy("retired"),
    "code_taken_back": gettext_lazy("took into use again"),
    "theme_begun": gettext_lazy("began the theme"),
    "theme_changed": gettext_lazy("changed the theme"),
    "theme_gathered": gettext_lazy("gathered more in the theme"),
    "theme_let_go": gettext_lazy("took something out of the theme"),
    "theme_removed": gettext_lazy("removed the theme"),
    "finding_stated": gettext_lazy("stated the finding"),
    "finding_changed": gettext_lazy("changed the finding"),
    "finding_rests_on": gettext_lazy("put more behind the finding"),
    "finding_rests_no_more": gettext_lazy("took something from behind the finding"),
    "finding_quotes": gettext_lazy("chose quotes for the finding"),
    "finding_tied": gettext_lazy("tied to a step the finding"),
    "finding_untied": gettext_lazy("took from a step the finding"),
    "finding_published": gettext_lazy("published the finding"),
    "finding_taken_back": gettext_lazy("took back the finding"),
    "finding_removed": gettext_lazy("removed the finding"),
    "agreement_opened": gettext_lazy("opened the round"),
    "agreement_closed": gettext_lazy("closed the round"),
    "agreement_dropped": gettext_lazy("dropped the round"),
    "agreement_settled": gettext_lazy("settled a passage in"),
    "agreement_unsettled": gettext_lazy("took back what was settled in"),
    "proposal_decided": gettext_lazy("decided about"),
    "proposal_opened_again": gettext_lazy("opened again"),
}
CHANGED = gettext_lazy("changed")
SAID = {
    "codings": gettext_lazy("Passages: %(n)s"),
    "codes": gettext_lazy("Codes: %(n)s"),
    "interviews": gettext_lazy("Interviews: %(n)s"),
    "memos": gettext_lazy("Memos: %(n)s"),
    "texts": gettext_lazy("Texts: %(n)s"),
    "texts_without_quotes": gettext_lazy("Of them from people who agreed to no quotes: %(n)s"),
    "merged_into": gettext_lazy("Into %(n)s"),
    "split_off": gettext_lazy("New beside it: %(n)s"),
}
FIELDS = {field.name: field for model in (Study, Code) for field in model._meta.fields}
KEPT = {name: FIELDS[name] for name in ("name", "aim", "definition", "use_when", "not_when")}  # with their words
NAMED = {name: FIELDS[name] for name in ("examples", "colour", "mark")}
ORDER = [
    *KEPT,
    *NAMED,
    "merged_into",
    "split_off",
    "parent",
    "interviews",
    "texts",
    "texts_without_quotes",
    "codings",
    "codes",
    "memos",
    "open_text",
    "destroy_on",
]
NOTHING = {field.name: 0 for field in fields(Removed)}
ABOUT_FILES = ("study_protection_changed", "study_files_destroyed")
FEW = 12
LONGEST = 120  # characters of what stood before and of what stands now


@dataclass(frozen=True)
class Line:
    """One thing that somebody did: when, who, what they did, to what, and what changed by it."""

    pk: int
    at: dt.datetime
    who: str
    did: str
    what: str
    change: str

    @property
    def cursor(self) -> str:
        """The place of this line in the order of history, for the address of the next page."""
        return f"{self.at.astimezone(dt.UTC):{MOMENT}}_{self.pk}"


def rows_of(study: Study, *, part: str = "") -> QuerySet[Activity]:
    """Return what happened in a study, newest first; on wish of one of `PARTS` only."""
    rows = Activity.objects.of_program(study.program_id).filter(project_id=None, key=study.slug)
    rows = rows.filter(target_type__startswith="interviews.").select_related("actor", "person")
    wanted = Q()
    for beginning in PARTS.get(part, ()):
        wanted |= Q(verb__startswith=beginning)
    return rows.filter(wanted).newest_first()


def rows_about(study: Study, thing: models.Model) -> QuerySet[Activity]:
    """Return what happened in a study to one code, participant or interview, newest first."""
    return rows_of(study).filter(target_type=thing._meta.label_lower, target_id=thing.pk)


def lines_about(study: Study, thing: models.Model) -> list[Line]:
    """Return the newest lines about one thing, for its own page."""
    return lines_of(rows_about(study, thing)[:FEW])


def lines_about_files(study: Study) -> list[Line]:
    """Return what was decided about the files and the key of a study, and that they were destroyed."""
    return lines_of(rows_of(study).filter(verb__in=ABOUT_FILES)[:FEW])


def lines_of(rows: Iterable[Activity]) -> list[Line]:
    return [line_of(row) for row in rows]


def line_of(row: Activity) -> Line:
    """Return a row of history in words. Needs row.actor and row.person."""
    who = str(row.actor) if row.actor_id else "Milepost"
    return Line(row.pk, row.at, who, str(DID.get(row.verb, CHANGED)), str(row.person or row.label), change_of(row))


def change_of(row: Activity) -> str:
    """Say what changed: what was there before and what is there now, field by field."""
    if row.verb == "participant_withdrew":
        return Removed(**NOTHING | row.changes["removed"][1]).in_words
    names = sorted(row.changes, key=lambda name: ORDER.index(name) if name in ORDER else len(ORDER))
    return ". ".join(words for name in names if (words := change_in(name, *row.changes[name])))


def change_in(name: str, before: Any, after: Any) -> str:
    """Say how one field changed; nothing where the sentence has said it, or its words are not kept here."""
    if name in SAID:
        return str(SAID[name]) % {"n": after}
    if name in NAMED:
        return str(NAMED[name].verbose_name).capitalize()
    if name in KEPT:
        return f"{str(KEPT[name].verbose_name).capitalize()}: {shown(before)} → {shown(after)}"
    if name == "parent":
        return f"{before or _('on top')} → {after or _('on top')}"
    if name == "owner":
        return _("owner") if after else _("no longer an owner")
    if name == "open_text":
        return _("Names are read by everybody in it") if after else _("Names are read by those who held it only")
    if name == "destroy_on":
        ends = parse_date(str(after))
        said = {"day": day_in_words(ends)}
        return _("Files and key end on %(day)s") % said if ends else _("Files and key end on no day")
    return _("Files: %(files)s. Rows of the key: %(words)s") % after if name == "destroyed" else ""


def shown(value: Any) -> str:
    return Truncator(str(value)).chars(LONGEST) if value not in ("", None) else _("nothing")
