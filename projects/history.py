"""What happened at a plan, in words that a nurse understands. Every verb has its sentence here, once."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import Q, QuerySet
from django.utils.dateparse import parse_date
from django.utils.formats import date_format
from django.utils.html import conditional_escape, format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import Activity
from projects.models import Plan, PlanItem
from roadmap.templatetags.milepost import short_day

Precision = PlanItem.Precision
PAGE = 50
MOMENT = "%Y%m%dT%H%M%S.%fZ"  # in addresses: no character that must be quoted

# %(who)s did it, %(what)s is the step, item or site by name, %(when)s the day it is about, %(whom)s for or to whom.
SENTENCES = {
    "done": gettext_lazy("%(who)s did %(what)s"),
    "reached": gettext_lazy("%(who)s recorded %(what)s for %(when)s"),
    "reopened": gettext_lazy("%(who)s took back %(what)s: not done after all"),
    "undone": gettext_lazy("%(who)s pressed Undo: %(what)s is as it was before"),
    "set_aside": gettext_lazy("%(who)s said that %(what)s does not apply here"),
    "brought_back": gettext_lazy("%(who)s brought back %(what)s: it applies here after all"),
    "reworded": gettext_lazy("%(who)s changed the words of %(what)s for this site"),
    "own_added": gettext_lazy("%(who)s added to this plan: %(what)s"),
    "own_removed": gettext_lazy("%(who)s took out of this plan: %(what)s"),
    "fitted": gettext_lazy("%(what)s began with what was changed at sites like it"),
    "fitting_ended": gettext_lazy("%(who)s said that sites to come begin without this change: %(what)s"),
    "stuck": gettext_lazy("%(who)s said that %(what)s is stuck"),
    "barrier_reported": gettext_lazy("%(who)s said that something is in the way at %(what)s"),
    "barrier_resolved": gettext_lazy("%(who)s solved what was in the way at %(what)s"),
    "barrier_reopened": gettext_lazy("%(who)s said that what is in the way at %(what)s is not solved after all"),
    "note_written": gettext_lazy("%(who)s wrote a note at %(what)s"),
    "note_edited": gettext_lazy("%(who)s changed a note at %(what)s"),
    "photo_added": gettext_lazy("%(who)s added a photo at %(what)s"),
    "file_added": gettext_lazy("%(who)s added a file at %(what)s"),
    "file_removed": gettext_lazy("%(who)s removed a file at %(what)s"),
    "file_destroyed": gettext_lazy("%(who)s destroyed a removed file at %(what)s"),
    "contact_logged": gettext_lazy("%(who)s logged a call or visit with %(what)s, %(when)s"),
    "assigned": gettext_lazy("%(who)s gave %(what)s to %(whom)s"),
    "unassigned": gettext_lazy("%(who)s took %(what)s off its list: nobody has it now"),
    "date_set": gettext_lazy("%(who)s set the date of %(what)s to %(when)s"),
    "date_shifted": gettext_lazy("%(who)s moved the date of %(what)s"),
    "date_cleared": gettext_lazy("%(who)s let the date of %(what)s follow the Roadmap again"),
    "started": gettext_lazy("%(who)s started %(what)s"),
    "start_moved": gettext_lazy("%(who)s changed the start of %(what)s to %(when)s"),
    "site_added": gettext_lazy("%(who)s added the site %(what)s"),
    "site_changed": gettext_lazy("%(who)s changed the settings of %(what)s"),
    "place_changed": gettext_lazy("%(who)s changed where %(what)s is"),
    "site_paused": gettext_lazy("%(who)s paused %(what)s"),
    "site_stopped": gettext_lazy("%(who)s stopped %(what)s"),
    "site_resumed": gettext_lazy("%(who)s let %(what)s go on"),
    "site_finished": gettext_lazy("%(who)s closed %(what)s as finished"),
    "project_created": gettext_lazy("%(who)s began the project %(what)s"),
    "project_changed": gettext_lazy("%(who)s changed the settings of %(what)s"),
    "program_created": gettext_lazy("%(who)s began the program %(what)s"),
    "program_changed": gettext_lazy("%(who)s changed the settings of %(what)s"),
    "invited": gettext_lazy("%(who)s invited somebody as %(what)s"),
    "invitation_sent_again": gettext_lazy("%(who)s sent the invitation as %(what)s again"),
    "invitation_revoked": gettext_lazy("%(who)s took back an invitation as %(what)s"),
    "joined": gettext_lazy("%(what)s joined the team"),
    "membership_ended": gettext_lazy("%(who)s took %(what)s off the team"),
    "role_changed": gettext_lazy("%(who)s changed the role of %(what)s"),
    "merged": gettext_lazy("%(who)s said that %(what)s was entered twice"),
    "merger_undone": gettext_lazy("%(who)s took back that %(what)s was entered twice"),
    "second_step_reset": gettext_lazy("%(who)s removed the second step by which %(what)s signs in"),
    "duty_given": gettext_lazy("%(who)s changed who does a job: %(what)s"),
}
FALLBACK = gettext_lazy("%(who)s changed %(what)s")
DATE_MOVED = gettext_lazy("%(who)s changed when %(what)s happened, to %(when)s")
WITHOUT_DATE = gettext_lazy("%(who)s recorded %(what)s, day not known")
WITHOUT_WHOM = {"assigned": gettext_lazy("%(who)s changed who has %(what)s")}
FOR_OTHERS = {"done": gettext_lazy("%(who)s recorded %(what)s as done")}  # by somebody who did not do it
TOLD_BY_SENTENCE = {"assigned", "unassigned"}  # for whom is part of the sentence
# The label is the role, the person comes before it.
ABOUT_A_PERSON = {"joined", "membership_ended", "role_changed", "second_step_reset"}


@dataclass(frozen=True)
class Line:
    """One line of history: a sentence with the name in bold, and what changed in it where that adds something."""

    pk: int
    at: dt.datetime
    sentence: SafeString
    detail: str = ""
    key: str = ""
    batch: str = ""
    actor_id: int | None = None

    @property
    def cursor(self) -> str:
        """The place of this line in the order of history, for the address of the next page."""
        return f"{self.at.astimezone(dt.UTC):{MOMENT}}_{self.pk}"


def line_of(row: Activity, *, today: dt.date) -> Line:
    """Return a row of history in words. Needs row.actor and row.person."""
    when, whom, what = when_of(row, today), for_whom(row), row.label.rstrip(".")
    if row.verb in ABOUT_A_PERSON and row.person_id:
        whom, what = "", f"{row.person}, {what}"
    parts = {
        "who": conditional_escape(str(row.actor) if row.actor_id else _("Milepost")),
        "what": format_html("<strong>{}</strong>", what),
        "when": conditional_escape(when),
        "whom": conditional_escape(whom),
    }
    said = str(template_of(row)) % parts
    if whom and row.verb not in TOLD_BY_SENTENCE:
        said = _("%(said)s, for %(whom)s") % {"said": said, "whom": parts["whom"]}
    sentence = mark_safe(said)  # noqa: S308 - every part is escaped above
    return Line(row.pk, row.at, sentence, detail_of(row, today), row.key, str(row.batch or ""), row.actor_id)


def for_whom(row: Activity) -> str:
    """Say for or to whom something was done: a person, a job with the person who held it, or a site."""
    if not row.person_id:
        return row.for_label
    return f"{row.for_label} ({row.person})" if row.for_label else str(row.person)


def template_of(row: Activity) -> Any:
    changed = row.changes.get("done_on", [None, None])
    if row.verb == "reached" and changed[1] is None:
        return WITHOUT_DATE
    if row.verb == "reached" and changed[0] is not None:
        return DATE_MOVED
    if row.verb in FOR_OTHERS and row.for_label:
        return FOR_OTHERS[row.verb]
    if row.verb in WITHOUT_WHOM and not for_whom(row):
        return WITHOUT_WHOM[row.verb]
    return SENTENCES.get(row.verb, FALLBACK)


def when_of(row: Activity, today: dt.date) -> str:
    """Say which day a row is about: the first of the days it changed, else the day it was recorded."""
    for name in ("done_on", "due_on", "starts_on", "contact"):
        if name in row.changes and (day := parse_date(str(row.changes[name][1]))):
            if name == "done_on" and row.changes.get("done_precision", ["", ""])[1] == Precision.MONTH:
                return date_format(day, "F Y")
            return short_day(day, today)
    return short_day(row.on, today)


def detail_of(row: Activity, today: dt.date) -> str:
    """Say what the sentence leaves out: the reason given, or the day there was before."""
    if row.verb == "set_aside":
        return row.changes.get("not_applicable_reason", ["", ""])[1]
    if row.verb == "second_step_reset":
        return row.changes["reason"][1]
    if row.verb == "reworded" and row.changes["own_text"][0]:
        return _("Before: %(words)s") % {"words": row.changes["own_text"][0]}
    for name in ("due_on", "starts_on", "done_on"):
        if name in row.changes and (day := parse_date(str(row.changes[name][0]))) and row.changes[name][1]:
            return _("Before: %(day)s") % {"day": short_day(day, today)}
    return ""


def lines_of(rows: Iterable[Activity], *, today: dt.date) -> list[Line]:
    return [line_of(row, today=today) for row in rows]


def rows_of_plan(plan: Plan, *, keys: Iterable[str] = ()) -> QuerySet[Activity]:
    """Return a plan's history, newest first; with keys only what concerns those steps and items."""
    rows = Activity.objects.of_plan(plan.pk).select_related("actor", "person").newest_first()
    return rows.filter(key__in=list(keys)) if keys else rows


def before(rows: QuerySet[Activity], cursor: str) -> QuerySet[Activity]:
    """Return what lies before a cursor in history, newest first. Raises ValueError for one that is not ours."""
    moment, _sign, pk = cursor.partition("_")
    at = dt.datetime.strptime(moment, MOMENT).replace(tzinfo=dt.UTC)
    return rows.filter(Q(at__lt=at) | Q(at=at, pk__lt=int(pk)))
