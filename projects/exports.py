"""The State's list of sites as a table for a spreadsheet: what the page shows, a row a site."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator
from typing import Any

from django.utils.translation import gettext_lazy as _

from outbox.links import absolute
from projects.analytics import phase_name, setting_name
from projects.help_rules import LATE, QUIET, STUCK, standing_of
from projects.matrix import Matrix
from projects.models import Plan

SITE_HEADER = [
    _("Site"),
    _("Project"),
    _("Organization"),
    _("Place"),
    _("Setting"),
    _("County"),
    _("County FIPS"),
    _("Status"),
    _("State"),
    _("Phase"),
    _("Milestones reached"),
    _("Milestones"),
    _("Next milestone"),
    _("Next milestone due"),
    _("Days late"),
    _("Days stuck"),
    _("Days quiet"),
    _("Needs help since"),
    _("Last news"),
    _("Last contact"),
    _("Started"),
    _("Address of the site in Milepost"),
]


def site_rows(plans: Iterable[Plan], on: dt.date) -> Iterator[list[Any]]:
    """Yield a row for each plan as of a day; plans come with what `analytics.with_words` joins."""
    for plan in plans:
        site, place, standing = plan.site, plan.site.place, standing_of(plan, on)
        days = {reason.kind: reason.days for reason in standing.reasons}
        helped = standing.reasons and plan.needs_help_from and plan.needs_help_from <= on
        heard = plan.last_progress_at
        yield [
            site.name,
            plan.project.name,
            place.organization.name,
            place.name,
            setting_name(place.setting),
            place.county.name,
            place.county_id,
            site.get_status_display(),
            standing.text,
            phase_name(plan.current_phase),
            plan.milestones_reached,
            plan.milestones,
            plan.next_milestone.text if plan.next_milestone and plan.walks_on else "",
            plan.next_milestone_due_on if plan.walks_on else None,
            days.get(LATE),
            days.get(STUCK),
            days.get(QUIET),
            plan.needs_help_from if helped else None,
            plan.program.today(heard) if heard else None,
            site.last_contact_on,
            plan.activated_on,
            absolute(plan.get_absolute_url()),
        ]


def board_header(matrix: Matrix) -> list[Any]:
    """Return the header of a project's board as a table: who, how it stands, its last news, and each step."""
    return [_("Site"), _("State"), _("Last news"), *(column.name for column in matrix.columns)]


def board_rows(matrix: Matrix) -> Iterator[list[Any]]:
    """Yield a row for each site of a board, each step's cell in words."""
    for row in matrix.rows:
        heard = row.plan.last_progress_at
        news = row.plan.program.today(heard) if heard else None
        cells = [cell.text if cell.url else _("Does not apply") for cell in row.cells]
        yield [row.plan.site.name, row.standing.text, news, *cells]
