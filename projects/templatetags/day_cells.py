"""Drawing the body of the catch-up grid: a page has thousands of cells, so it is made as one piece of text."""

from __future__ import annotations

from django import template
from django.utils.html import escape
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from projects.day_cells import on_day
from projects.forms.catch_up import LISTED, TYPED, Shown
from projects.models import Plan, Site

register = template.Library()

USUAL = {Site.Status.SETTING_UP.value, Site.Status.ACTIVE.value}  # a status that need not be said
LEFT_OUT = '<span class="cell cell-na">–</span>'


@register.simple_tag
def grid_rows(shown: Shown) -> SafeString:
    """Draw a row for each site: its name, when it started or will, and a cell for each milestone.

    Names of sites and what people typed are escaped; all else in it comes from us.
    """
    starts, states = _("starts %(day)s"), {key: str(name) for key, name in Site.Status.choices}
    return SafeString("".join(row(shown, plan, starts, states) for plan in shown.grid.plans))


def row(shown: Shown, plan: Plan, starts: str, states: dict[str, str]) -> str:
    note = starts % {"day": on_day(plan.starts_on).words}
    if plan.site.status not in USUAL:
        note = f"{states[plan.site.status]}, {note}"
    head = f'<span id="s{plan.pk}">{escape(plan.site.name)}</span><span class="note">{escape(note)}</span>'
    return f'<tr><th scope="row">{head}</th>{cells(shown, plan.pk)}</tr>\n'


def cells(shown: Shown, plan_id: int) -> str:
    """Draw the cells of one site. Each is named for what stood in it, so that a change by somebody else is noticed."""
    known, marks = shown.grid.known, shown.marks
    drawn = []
    for number, column in enumerate(shown.grid.columns):
        address = (plan_id, column.key)
        edge = ' class="phase-start"' if column.starts else ""
        found, more = known.get(address), ""
        if mark := marks.get(address):
            value, seen = str(escape(mark.value)), mark.seen.code
            more = f' class="typed" data-typed id="c{plan_id}-{column.key}"'
            if mark.kind != TYPED:
                more += ' aria-invalid="true"'
            if mark.kind == LISTED:
                more += f' aria-describedby="f{plan_id}-{column.key}"'
        elif found is None:
            drawn.append(f"<td{edge}>{LEFT_OUT}</td>")
            continue
        else:
            value, seen = found.words, found.code
        drawn.append(
            f'<td{edge}><input name="{plan_id}:{column.key}:{seen}" value="{value}"'
            f' aria-labelledby="s{plan_id} m{number}"{more}></td>'
        )
    return "".join(drawn)
