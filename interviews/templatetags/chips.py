"""Chips of codes beside a text."""

from django import template
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from interviews.margins import Chip
from roadmap.templatetags.milepost import icon

register = template.Library()
CHIP = (
    '<li><a class="code-chip" href="{}{}/" data-start="{}" data-end="{}">'
    '<span class="code-mark code-{}" aria-hidden="true">{}</span> {}{} <span class="who">{}</span></a></li>'
)


@register.simple_tag
def chips(codings: list[Chip], address: str) -> SafeString:
    """Write the items of a margin's list, each a link below `address`; a long transcript has thousands of them."""
    return format_html_join("", CHIP, (parts_of(one, address) for one in codings))


def parts_of(one: Chip, address: str) -> tuple[object, ...]:
    look = one.code.colour, one.code.get_mark_display(), one.code.name
    return address, one.pk, one.start, one.end, *look, memo_sign() if one.has_memo else "", one.coder.first_name


def memo_sign() -> SafeString:
    return format_html(' {}<span class="visually-hidden">{}</span>', icon("pencil"), _("with a memo"))
