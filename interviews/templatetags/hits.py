"""Drawing what a search found: a page has dozens of passages, so their rows are made as one piece of text."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from html import escape
from itertools import groupby

from django import template
from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from interviews.models import RoleGroup
from interviews.searching import Hit

register = template.Library()


@register.simple_tag
def found_rows(hits: Iterable[Hit], slug: str, ticked: Collection[str]) -> SafeString:
    """Draw hits under a heading for each interview, in the order they come; those ticked whose value is among these.

    Names and what people said are escaped; all else in it comes from us.
    """
    code_this = escape(_("Code this"))
    before, _number, behind = reverse("interviews:transcript", args=[slug, 0]).rpartition("/0/")
    drawn = []
    for interview, each in groupby(hits, key=lambda hit: hit.turn.interview):
        rows, url = list(each), escape(f"{before}/{interview}/{behind}")
        turn = rows[0].turn
        drawn.append(
            f'<section class="hits" aria-labelledby="talk-{interview}"><h2 id="talk-{interview}"><a href="{url}">'
            f'{escape(turn.pseudonym)}</a> <span class="muted">{escape(RoleGroup(turn.role_group).mark)}</span></h2>\n'
            f'<ul class="rows">'
        )
        drawn += [row(hit, url, code_this, ticked) for hit in rows]
        drawn.append("</ul></section>\n")
    return SafeString("".join(drawn))


def row(hit: Hit, url: str, code_this: str, ticked: Collection[str]) -> str:
    """Draw a passage with its surroundings, to be ticked, and the way to where it stands."""
    pk, value, place = hit.turn.pk, hit.value, hit.place
    checked = " checked" if value in ticked else ""
    speaker = f'<span class="speaker">{escape(hit.turn.speaker)}:</span> ' if hit.turn.speaker else ""
    said = "".join(f"<mark>{escape(words)}</mark>" if found else escape(words) for words, found in hit.pieces)
    return (
        f'<li data-row><input type="hidden" name="shown" value="{value}">'
        f'<input class="form-check-input" type="checkbox" name="hits" value="{value}" id="hit-{pk}" data-tick{checked}>'
        f'\n  <div><label for="hit-{pk}">{speaker}<span class="muted">{escape(hit.before)}</span>{said}'
        f'<span class="muted">{escape(hit.after)}</span></label>\n'
        f'  <a class="code-this" href="{url}?at={place}#at-{place}">{code_this}</a></div></li>'
    )
