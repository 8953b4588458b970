"""Chips of codes beside a text."""

from functools import lru_cache

from django import template
from django.utils.html import escape, format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from interviews.margins import Chip
from interviews.models import Code
from roadmap.templatetags.milepost import icon

register = template.Library()


@register.simple_tag
def chips(codings: list[Chip], address: str) -> SafeString:
    """Write the items of a margin's list, each a link below `address`.

    A long transcript has thousands of them, so what repeats is escaped once and the rest is joined.
    """
    return mark_safe("".join(chip_html(one, address) for one in codings))  # noqa: S308 - numbers and escaped pieces only


def chip_html(one: Chip, address: str) -> str:
    place = f'href="{name_html(address)}{one.pk}/" data-start="{one.start}" data-end="{one.end}"'
    look = look_html(one.code.colour, one.code.mark, one.code.name)
    memo = memo_sign() if one.has_memo else ""
    who = f'<span class="who">{name_html(one.coder.first_name)}</span>'
    return f'<li><a class="code-chip" id="coding-{one.pk}" {place}>{look}{memo} {who}</a></li>'


@lru_cache(maxsize=4096)
def look_html(colour: int, mark: str, name: str) -> SafeString:
    sign = Code.Mark(mark).label
    return format_html('<span class="code-mark code-{}" aria-hidden="true">{}</span> {}', colour, sign, name)


@lru_cache(maxsize=4096)
def name_html(name: str) -> SafeString:
    return escape(name)


def memo_sign() -> SafeString:
    return format_html(' {}<span class="visually-hidden">{}</span>', icon("pencil"), _("with a memo"))
