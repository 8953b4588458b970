"""Tags and filters by which every page of Milepost shows dates, icons, states and the road in the same way."""

import datetime as dt
import re
from functools import lru_cache

import nh3
from django import template
from django.contrib.staticfiles import finders
from django.middleware.csrf import get_token
from django.template.loader import render_to_string
from django.templatetags.i18n import do_translate
from django.templatetags.static import static
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import escape, format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language, gettext_lazy, ngettext
from django.utils.translation import gettext as _
from markdown_it import MarkdownIt

from roadmap import road
from roadmap.glossary import finder

register = template.Library()

# ---- dates

SOON = 7  # days


def as_day(value):
    """Return the day of a date or a moment, the latter in the viewer's zone; None for anything else."""
    if isinstance(value, dt.datetime):
        return timezone.localtime(value).date() if timezone.is_aware(value) else value.date()
    return value if isinstance(value, dt.date) else None


def today_of(value):
    return as_day(value) or timezone.localdate()


@register.filter
def day(value):
    """Show a day in full: "Fri 4 Dec 2026"."""
    on = as_day(value)
    return date_format(on, _("D j M Y")) if on else ""


@register.filter
def short_day(value, today=None):
    """Show a day as "Fri 4 Dec", with its year where that is not today's."""
    on = as_day(value)
    if not on:
        return ""
    return date_format(on, _("D j M")) if on.year == today_of(today).year else day(on)


@register.filter
def relative(value, today=None):
    """Say how far a day is from today: "in 12 days", "yesterday", "9 weeks ago"."""
    on = as_day(value)
    if not on:
        return ""
    days = (on - today_of(today)).days
    if days in (-1, 0, 1):
        return {-1: _("yesterday"), 0: _("today"), 1: _("tomorrow")}[days]
    span = length(abs(days))
    return _("in %(span)s") % {"span": span} if days > 0 else _("%(span)s ago") % {"span": span}


def length(days):
    """Say a number of days in the unit people would use: days up to 30, weeks up to 12, then months and years."""
    if days <= 30:
        return ngettext("%(count)s day", "%(count)s days", days) % {"count": days}
    if days < 84:
        return ngettext("%(count)s week", "%(count)s weeks", days // 7) % {"count": days // 7}
    months = round(days / 30.44)
    if months < 24:
        return ngettext("%(count)s month", "%(count)s months", months) % {"count": months}
    return ngettext("%(count)s year", "%(count)s years", months // 12) % {"count": months // 12}


@register.filter
def days_late(value, today=None):
    """Say by how much a day has passed: "9 days late"; empty when it has not."""
    on = as_day(value)
    late = (today_of(today) - on).days if on else 0
    return ngettext("%(count)s day late", "%(count)s days late", late) % {"count": late} if late > 0 else ""


@register.filter
def due(value, today=None):
    """Show a due day: "Fri 4 Dec, in 12 days", or "9 days late" once it has passed."""
    on = as_day(value)
    if not on:
        return ""
    return days_late(on, today) or f"{short_day(on, today)}, {relative(on, today)}"


@register.filter
def due_class(value, today=None):
    """Return the class of a due chip: late, soon (within a week) or neither."""
    on = as_day(value)
    left = (on - today_of(today)).days if on else SOON + 1
    if left < 0:
        return "due due-late"
    return "due due-soon" if left <= SOON else "due"


# ---- words


class Words(template.Node):
    """Words of ours in the reader's language."""

    def __init__(self, words):
        self.words = words

    def render(self, context):
        return _(self.words).replace("%%", "%")


@register.tag("translate")
def translate(parser, token):
    """Do as Django's tag of this name, which asks five times for what is plain words. A page has dozens of them."""
    node = do_translate(parser, token)
    asked = node.filter_expression
    plain = isinstance(asked.var, template.base.Variable) and isinstance(asked.var.literal, str) and not asked.filters
    if plain and not (node.noop or node.asvar or node.message_context):
        return Words(asked.var.literal.replace("%", "%%"))
    return node


MARKDOWN = MarkdownIt("commonmark", {"html": False, "breaks": True, "linkify": False}).enable("strikethrough")
MARKDOWN_TAGS = {"p", "br", "strong", "em", "s", "ul", "ol", "li", "blockquote", "code", "pre", "a", "hr", "h3", "h4"}
HEADING = re.compile(r"<(/?)h[1-6]>")


@register.filter
def markdown(text):
    """Turn what people typed into safe HTML: no markup of their own, no pictures, headings below the page's."""
    html = HEADING.sub(r"<\1h4>", MARKDOWN.render(str(text or "")))
    safe = nh3.clean(
        html,
        tags=MARKDOWN_TAGS,
        attributes={"a": {"href"}},
        url_schemes={"http", "https", "mailto", "tel"},
        link_rel="nofollow noopener",
    )
    return mark_safe(safe)  # noqa: S308 - nh3 has just cleaned it


@register.filter
def minutes(value):
    """Say how long something takes: "30 minutes", "4 hours", "1 and a half hours"."""
    if not value:
        return ""
    hours, rest = divmod(int(value), 60)
    if not hours or rest not in (0, 30):
        return ngettext("%(count)s minute", "%(count)s minutes", value) % {"count": value}
    if rest:
        return _("%(count)s and a half hours") % {"count": hours}
    return ngettext("%(count)s hour", "%(count)s hours", hours) % {"count": hours}


# ---- forms


@register.simple_tag(takes_context=True)
def csrf_field(context):
    """Write the hidden CSRF field of a component's form; unlike csrf_token it works in an include with `only`."""
    request = getattr(context, "request", None) or context.get("request")
    if request is None:
        return ""
    return format_html('<input type="hidden" name="csrfmiddlewaretoken" value="{}">', get_token(request))


@register.simple_tag
def options(choices, chosen=None):
    """Write the options of a select from (key, words); a list of counties has dozens of them."""
    value = "" if chosen is None else str(chosen)
    return format_html_join(
        "",
        '<option value="{}"{}>{}</option>',
        ((key, SELECTED if str(key) == value else "", words) for key, words in choices),
    )


SELECTED = mark_safe(" selected")

# ---- icons and states

SYMBOL = re.compile(r'<symbol id="([^"]+)"')


@lru_cache
def icon_names():
    """Return the names of the icons in the sprite."""
    with open(finders.find("icons.svg"), encoding="utf-8") as sprite:
        return frozenset(SYMBOL.findall(sprite.read()))


@register.simple_tag
@lru_cache(maxsize=512)
def icon(name, label=""):
    """Draw an icon of the sprite. Words stand beside it; where none do, `label` says what it means."""
    if name not in icon_names():
        raise template.TemplateSyntaxError(f"There is no icon '{name}' in static/icons.svg.")
    use = format_html('<use href="{}#{}"></use>', static("icons.svg"), name)
    if label:
        return format_html('<svg class="icon" role="img" aria-label="{}">{}</svg>', label, use)
    return format_html('<svg class="icon" aria-hidden="true">{}</svg>', use)


STATUS = {
    "on_time": (gettext_lazy("on time"), "check2"),
    "due_soon": (gettext_lazy("due soon"), "clock"),
    "late": (gettext_lazy("late"), "flag-fill"),
    "stuck": (gettext_lazy("stuck"), "exclamation-triangle"),
    "quiet": (gettext_lazy("quiet"), "volume-mute"),
    "waiting": (gettext_lazy("waiting"), "hourglass-split"),
    "done": (gettext_lazy("done"), "check2-circle"),
    "setting_up": (gettext_lazy("setting up"), "tools"),
    "active": (gettext_lazy("active"), "signpost-2"),
    "paused": (gettext_lazy("paused"), "pause-circle"),
    "stopped": (gettext_lazy("stopped"), "stop-circle"),
    "finished": (gettext_lazy("finished"), "check2-circle"),
    "job_open": (gettext_lazy("job open"), "person"),
}


@register.filter
def status_icon(state):
    return STATUS[str(state)][1]


@register.filter
def status_words(state):
    return STATUS[str(state)][0]


@register.simple_tag
def status(state, label=""):
    """Say how something stands by an icon and words; `label` where there are more exact ones."""
    words = label or status_words(state)
    return format_html('<span class="status status-{}">{}{}</span>', state, icon(status_icon(state)), words)


# ---- words of the field


@register.simple_tag(takes_context=True)
def words(context, text):
    """Lead from each word of the field to what it means, at its first use on a page."""
    seen = context.render_context.setdefault("words of the field", set())
    pattern, by_name = finder()

    def linked(match):
        term = by_name[match[0].casefold()]
        if term.key in seen:
            return match[0]
        seen.add(term.key)
        return f'<a class="term" href="{reverse("roadmap:glossary")}#{term.key}">{match[0]}</a>'

    return mark_safe(pattern.sub(linked, escape(text)))  # noqa: S308 - the text is escaped, the rest is ours


# ---- the road

STATE_WORDS = {
    road.REACHED: gettext_lazy("reached"),
    road.NEXT: gettext_lazy("next"),
    road.AHEAD: gettext_lazy("ahead"),
    road.LATE: gettext_lazy("late"),
    road.NEXT_LATE: gettext_lazy("next, late"),
    road.NOT_APPLICABLE: gettext_lazy("does not apply here"),
}


@register.filter
def milepost_words(state):
    return STATE_WORDS[str(state)]


@register.simple_tag
def milepost(state, phase=""):
    """Draw one milepost beside a row. A list has dozens of a few kinds, so each kind is drawn once."""
    return drawn_milepost(str(state), str(phase), get_language())


@lru_cache(maxsize=256)
def drawn_milepost(state, phase, language):
    return render_to_string("components/milepost.html", {"state": state, "phase": phase})


@register.filter
def percent_of(part, whole):
    """Return part of whole as a per cent for an SVG attribute: always with a point, whatever the locale."""
    return f"{road.percent(part or 0, whole or 0):g}"


@register.filter
def svg(number):
    """Write a number for an SVG attribute: a point for decimals in every locale."""
    return f"{number:g}"


@register.inclusion_tag("components/road.html")
def road_strip(stretches, next=None, id="", oob=False):  # noqa: A002 - words that templates read
    """Draw the strip on a plan. `next`: name, url and when ("due Fri 4 Dec, in 12 days") of the next milepost."""
    strip = road.draw_strip(stretches)
    shown = {"strip": strip, "said": spoken(strip), "passed_over": passed_over(strip), "next": next}
    return {**shown, "id": id, "oob": oob}


def passed_over(strip):
    """Return how many mileposts are still open although a later one is reached: people wonder about these."""
    states = [mark.milepost.state for drawn in strip.stretches for mark in drawn.marks]
    reached = [at for at, state in enumerate(states) if state == road.REACHED]
    before = states[: reached[-1]] if reached else []
    return sum(state not in (road.REACHED, road.NOT_APPLICABLE) for state in before)


def spoken(strip):
    """Say in sentences what the strip shows."""
    said = []
    for drawn in strip.stretches:
        stretch = drawn.stretch
        words = {"phase": stretch.plain_name, "reached": stretch.reached, "total": stretch.total}
        said.append(_("%(phase)s: %(reached)s of %(total)s milestones reached.") % words)
    posts = [mark.milepost for drawn in strip.stretches for mark in drawn.marks]
    late = [post.name for post in posts if post.state in (road.LATE, road.NEXT_LATE)]
    coming = [post.name for post in posts if post.state in (road.NEXT, road.NEXT_LATE)]
    if coming:
        said.append(_("Next: %(name)s.") % {"name": coming[0]})
    if late:
        said.append(_("Late: %(names)s.") % {"names": ", ".join(late)})
    return " ".join(said)


@register.inclusion_tag("components/road_large.html")
def road_large(stretches):
    """Draw the large road of the public guide: one strip a phase, its mileposts numbered through and linked."""
    number, strips = 0, []
    for stretch in stretches:
        stations = []
        for post in stretch.mileposts:
            number += 1
            stations.append((number, post, road.minor_dots(post.minor)))
        strips.append((stretch, stations))
    return {"strips": strips}


@register.simple_tag
def road_tiny(counts) -> SafeString:
    """Draw three small bars for a row of a list from {phase: [reached, total]}."""
    bars = road.draw_tiny(counts or {})
    said = _("Get ready %(a)s, do it %(b)s, keep it going %(c)s") % {
        letter: _("%(reached)s of %(total)s") % bar for letter, bar in zip("abc", bars, strict=True)
    }
    rects = "".join(
        f'<rect class="road-bed" x="{b["x"]:g}%" y="1" width="{b["width"]:g}%" height="8" rx="2"></rect>'
        f'<rect class="road-done phase-{b["phase"]}" x="{b["x"]:g}%" y="1" width="{b["done"]:g}%" height="8" rx="2">'
        "</rect>"
        for b in bars
    )
    drawn = mark_safe(rects)  # noqa: S308 - numbers and our own names of phases only
    return format_html('<svg class="road-tiny" role="img" aria-label="{}">{}</svg>', said, drawn)
