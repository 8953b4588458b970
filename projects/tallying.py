"""Counting the sites of large programs beforehand, so that the State's first screen does not wait for it.

A task looks every minute and counts anew where something was done since, once more a minute after that (an act may be
committed later than one that began after it), where a new day has begun, and after ten minutes in any case (thresholds
and names change without an act at a plan). Never inside a tick's transaction.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import asdict, dataclass
from typing import Any

from django.db.models import Count, Q

from accounts.models import Activity
from projects.analytics import Headline, Options, Total, Totals, headlines_of, options_of, site_plans, totals_of
from projects.models import Program, Tally

LARGE = 500  # sites from which a program is counted beforehand; fewer are counted as fast as a tally is read
GOOD_FOR = dt.timedelta(minutes=10)
SETTLED = dt.timedelta(minutes=1)  # an act may be seen this much later than one that came after it


@dataclass(frozen=True)
class Counted:
    """What the dashboard shows without a filter, and when it was counted (None: just now)."""

    options: Options
    totals: Totals
    headlines: list[Headline]
    at: dt.datetime | None = None


def count_now(program: Program, now: dt.datetime, options: Options) -> Counted:
    """Count all sites of a program; two statements."""
    plans, on = site_plans(program), program.today(now)
    totals = totals_of(plans, program, on)
    return Counted(options, totals, headlines_of(plans, on, sites=totals.all.sites))


def counted_before(program: Program, now: dt.datetime) -> Counted | None:
    """Return what was counted beforehand for this day, or None where it must be counted now."""
    tally = getattr(program, "tally", None)
    if tally is None or tally.on != program.today(now) or tally.counted_at <= now - 2 * GOOD_FOR:
        return None
    return read(tally.counts, tally.counted_at)


def count_stale(*, now: dt.datetime) -> int:
    """Count the large programs anew whose tally no longer holds, and return how many that were."""
    large = Program.objects.annotate(sites=Count("plans", filter=Q(plans__site__isnull=False))).filter(sites__gte=LARGE)
    stale = 0
    for program in large.select_related("tally"):
        acts = Activity.objects.of_program(program.pk).newest_first().values_list("pk", "at")
        newest, at = acts.first() or (None, None)
        tally = getattr(program, "tally", None)
        holds = tally and tally.on == program.today(now) and tally.newest_activity == newest
        if holds and at and at > tally.counted_at - SETTLED:
            holds = False  # one that began before it may have been committed after the counting
        if holds and tally.counted_at > now - GOOD_FOR:
            continue
        counts = asdict(count_now(program, now, options_of(program)))
        values = {"on": program.today(now), "counted_at": now, "newest_activity": newest, "counts": counts}
        Tally.objects.update_or_create(program=program, defaults=values)
        stale += 1
    return stale


def read(counts: dict[str, Any], at: dt.datetime) -> Counted:
    """Return stored counts as what they were counted as."""
    totals = counts["totals"]
    groups = {name: [Total(**one) for one in totals[name]] for name in ("phase", "project", "setting", "county")}
    options = {name: [(key, label) for key, label in pairs] for name, pairs in counts["options"].items()}
    return Counted(
        Options(**options),
        Totals(all=Total(**totals["all"]), **groups),
        [Headline(**one) for one in counts["headlines"]],
        at,
    )
