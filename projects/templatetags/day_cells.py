"""Drawing the body of the catch-up grid: a page has thousands of cells, so it is made as one piece of text."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache

from django import template
from django.utils.html import escape
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from projects.catch_up_grid import Place
from projects.day_cells import from_code, on_day
from projects.forms.catch_up import LISTED, TYPED, Mark, Shown
from projects.models import Site

register = template.Library()

USUAL = set(Site.AT_WORK)  # a status that need not be said
LEFT_OUT = '<span class="cell cell-na">–</span>'


@register.simple_tag
def grid_rows(shown: Shown) -> SafeString:
    """Draw a row for each site: its name, when it started or will, and a cell for each milestone.

    Names of sites and what people typed are escaped; all else in it comes from us.
    """
    states = {key: str(name) for key, name in Site.Status.choices}
    words = lru_cache(maxsize=None)(lambda code: from_code(code).words)
    said = lru_cache(maxsize=None)(lambda day: _("start %(day)s") % {"day": on_day(day).words})
    drawn = []
    for place in shown.grid.places:
        note = said(place.starts_on) if place.status in USUAL else f"{states[place.status]}, {said(place.starts_on)}"
        head = f'<span id="s{place.plan_id}">{escape(place.name)}</span><span class="note">{escape(note)}</span>'
        drawn.append(f'<tr><th scope="row">{head}</th>{cells(shown, place, words)}</tr>\n')
    return SafeString("".join(drawn))


def cells(shown: Shown, place: Place, words: Callable[[str], str]) -> str:
    """Draw the cells of one site. Each is named for what stood in it, so that a change by somebody else is noticed."""
    plan_id, known, marks = place.plan_id, shown.grid.known[place.plan_id], shown.marks
    drawn = []
    for number, (key, _text, _phase, starts, _own) in enumerate(shown.grid.columns):
        edge = ' class="phase-start"' if starts else ""
        code, more = known.get(key), ""
        if marks and (mark := marks.get((plan_id, key))):
            code, value, more = mark.seen.code, str(escape(mark.value)), marked(mark, f"{plan_id}-{key}")
        elif code is None:
            drawn.append(f"<td{edge}>{LEFT_OUT}</td>")
            continue
        else:
            value = words(code) if code else ""
        drawn.append(
            f'<td{edge}><input name="{plan_id}:{key}:{code}" value="{value}" '
            f'aria-labelledby="s{plan_id} m{number}"{more}></td>'
        )
    if shown.grid.alone:
        drawn.append(f'<td class="phase-start alone">{alone(shown, place, words) or LEFT_OUT}</td>')
    return "".join(drawn)


def alone(shown: Shown, place: Place, words: Callable[[str], str]) -> str:
    """Draw what one site has alone: each milestone in its words, with a box."""
    plan_id, known, drawn = place.plan_id, shown.grid.known[place.plan_id], []
    for row in shown.grid.alone.get(plan_id, ()):
        mark, own = shown.marks.get((plan_id, row.key)), f"{plan_id}-{row.key}"
        if not mark and row.key not in known:
            continue
        code = mark.seen.code if mark else known[row.key]
        value, more = (escape(mark.value), marked(mark, own)) if mark else (words(code), "")
        drawn.append(
            f'<div><span id="o{own}">{escape(row.text)}</span><input name="{plan_id}:{row.key}:{code}" value="{value}" '
            f'aria-labelledby="s{plan_id} o{own}"{more}></div>'
        )
    return "".join(drawn)


def marked(mark: Mark, place: str) -> str:
    """Return the attributes of a cell that was typed into; one that is wrong names the line above that says why."""
    more = f' class="typed" data-typed id="c{place}"'
    if mark.kind != TYPED:
        more += ' aria-invalid="true"'
    return f'{more} aria-describedby="f{place}"' if mark.kind == LISTED else more
