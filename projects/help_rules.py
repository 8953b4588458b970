"""Which sites need help, why, and in which words. Pure: it takes rows of Plan and a day.

The rules hold for active sites that have not finished. Late: the date of the next milestone has passed. Stuck: somebody
at the site said so. Quiet: no news for as many days as the program says. Job open: somebody said that no one does a job
of the Roadmap there yet. A site needs help when one of them has held long enough by the program's own thresholds
(projects/recount.py, help_day).
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from projects.models import FINISHED, Plan, Program, Site
from projects.recount import job_open_from, quiet_from

SOON_DAYS = 14
LATE, STUCK, QUIET, JOB_OPEN = "late", "stuck", "quiet", "job_open"


@dataclass(frozen=True)
class Reason:
    """A plain state or an open job, for how many days it has held, and whether that is long enough to need help."""

    kind: str
    days: int
    counts: bool

    @property
    def sentence(self) -> str:
        """The reason as a sentence of its own, such as "Quiet for 41 days"."""
        return SENTENCES[self.kind](self.days)

    @property
    def short(self) -> str:
        """The reason in the few words that fit into a row, such as "stuck 34 days"."""
        return SHORT[self.kind](self.days)


@dataclass(frozen=True)
class Standing:
    """How a site stands on a day: a key by which its mark is drawn, the words, and the reasons behind them."""

    key: str
    text: str
    reasons: tuple[Reason, ...] = ()


def late_for(days: int) -> str:
    return ngettext("%(days)d day late", "%(days)d days late", days) % {"days": days}


def stuck_for(days: int) -> str:
    if days == 0:
        return _("Stuck since today")
    return ngettext("Stuck for %(days)d day", "Stuck for %(days)d days", days) % {"days": days}


def quiet_for(days: int) -> str:
    return ngettext("Quiet for %(days)d day", "Quiet for %(days)d days", days) % {"days": days}


def stuck_short(days: int) -> str:
    if days == 0:
        return _("stuck since today")
    return ngettext("stuck %(days)d day", "stuck %(days)d days", days) % {"days": days}


def quiet_short(days: int) -> str:
    return ngettext("quiet %(days)d day", "quiet %(days)d days", days) % {"days": days}


def job_open_for(days: int) -> str:
    return ngettext("A job has no one for %(days)d day", "A job has no one for %(days)d days", days) % {"days": days}


def job_open_short(days: int) -> str:
    return ngettext("job open %(days)d day", "job open %(days)d days", days) % {"days": days}


SENTENCES = {LATE: late_for, STUCK: stuck_for, QUIET: quiet_for, JOB_OPEN: job_open_for}
SHORT = {LATE: late_for, STUCK: stuck_short, QUIET: quiet_short, JOB_OPEN: job_open_short}


def is_running(plan: Plan) -> bool:
    """Return whether the rules hold for a site at all: it is active and has gates ahead of it."""
    return plan.site.status == Site.Status.ACTIVE and plan.current_phase != FINISHED


def reasons_of(plan: Plan, on: dt.date) -> tuple[Reason, ...]:
    """Return why a site is late, stuck, quiet or short of people; what makes it need help first, then the longest.

    Needs the plan with its site and program read. Empty for sites that are not running.
    """
    if not is_running(plan):
        return ()
    program, found = plan.program, []
    if plan.next_milestone_due_on and plan.next_milestone_due_on < on:
        days = (on - plan.next_milestone_due_on).days
        found.append(Reason(LATE, days, days >= program.late_days))
    if plan.blocked_since and plan.blocked_since <= on:
        days = (on - plan.blocked_since).days
        found.append(Reason(STUCK, days, days >= program.stuck_days))
    if quiet_from(plan) <= on:
        days = (on - quiet_from(plan)).days + program.quiet_days
        found.append(Reason(QUIET, days, counts=True))
    if plan.duty_open_since and job_open_from(plan) <= on:
        days = (on - job_open_from(plan)).days + program.duty_days
        found.append(Reason(JOB_OPEN, days, counts=True))
    return tuple(sorted(found, key=lambda reason: (not reason.counts, -reason.days)))


def standing_of(plan: Plan, on: dt.date) -> Standing:
    """Return how a site stands on a day, in the words of one cell."""
    if plan.site.status != Site.Status.ACTIVE:
        return Standing(plan.site.status, Site.Status(plan.site.status).label.lower())
    if plan.current_phase == FINISHED:
        return Standing(FINISHED, Site.Status.FINISHED.label.lower())
    reasons = reasons_of(plan, on)
    if reasons:
        return Standing(reasons[0].kind, ", ".join(reason.short for reason in reasons), reasons)
    if plan.next_milestone_due_on and (plan.next_milestone_due_on - on).days <= SOON_DAYS:
        days = (plan.next_milestone_due_on - on).days
        if days == 0:
            return Standing("due_soon", _("due today"))
        return Standing("due_soon", ngettext("due in %(days)d day", "due in %(days)d days", days) % {"days": days})
    return Standing("on_time", _("on time"))


def rules_in_words(program: Program) -> list[str]:
    """Return the rules with the program's own thresholds, a sentence each, for the page that applies them."""
    late = ngettext(
        "Late: the date of the site's next milestone has passed. It needs help once it is %(days)d day late.",
        "Late: the date of the site's next milestone has passed. It needs help once it is %(days)d days late.",
        program.late_days,
    )
    stuck = ngettext(
        "Stuck: the site said that it cannot go on. It needs help once it has been stuck for %(days)d day.",
        "Stuck: the site said that it cannot go on. It needs help once it has been stuck for %(days)d days.",
        program.stuck_days,
    )
    quiet = ngettext(
        "Quiet: nothing was ticked, recorded, written or talked over for %(days)d day. It needs help at once.",
        "Quiet: nothing was ticked, recorded, written or talked over for %(days)d days. It needs help at once.",
        program.quiet_days,
    )
    job = ngettext(
        "Job open: for %(days)d day the site has had no one for a job that the Roadmap names. It needs help at once.",
        "Job open: for %(days)d days the site has had no one for a job that the Roadmap names. It needs help at once.",
        program.duty_days,
    )
    return [
        late % {"days": program.late_days},
        stuck % {"days": program.stuck_days},
        quiet % {"days": program.quiet_days},
        job % {"days": program.duty_days},
        _("Only active sites count. A site that is setting up, paused, stopped or finished is never on this list."),
        _(
            "A milestone that waits for another one is not late; only the first late one of a chain counts. "
            "Sites that have needed help the longest come first. A site that somebody will look at again later "
            "stands after the others until that day."
        ),
    ]
