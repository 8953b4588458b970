"""When a milestone usually falls, in words: "often 4 to 8 weeks after the site's start"."""

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from .models import Item

AFTER: dict[str, str | Promise] = {
    "site_start": gettext_lazy("the site's start"),
    "project_start": gettext_lazy("the project's start"),
    "grant_end": gettext_lazy("the end of the grant"),
}


def when_words(item: Item, milestones: Mapping[str, str]) -> str:
    """Say when a milestone is usually reached; `milestones` are the version's milestone names by key.

    Empty for rows without a date of their own: actions, and what happens only when a site stops.
    """
    if item.weeks_from is None or item.weeks_to is None or not item.anchors:
        return ""
    anchors = [str(AFTER.get(key, "")) or _("“%(name)s”") % {"name": milestones.get(key, key)} for key in item.anchors]
    if len(anchors) > 1:
        start = _("the last of %(some)s and %(one)s") % {"some": ", ".join(anchors[:-1]), "one": anchors[-1]}
    else:
        start = anchors[0]
    first, last = item.weeks_from, item.weeks_to
    if last <= 0 and first < 0:
        return span_words(-last, -first, _("before")) + " " + start
    if first == last == 0:
        return _("on the day of %(start)s") % {"start": start}
    if first <= 0:
        within = ngettext("within %(count)s week after", "within %(count)s weeks after", last) % {"count": last}
        return f"{within} {start}"
    return span_words(first, last, _("after")) + " " + start


def span_words(first: int, last: int, side: str) -> str:
    """Say "4 to 8 weeks after", the smaller number first."""
    if first == last:
        weeks = ngettext("%(count)s week", "%(count)s weeks", last) % {"count": last}
    else:
        weeks = _("%(first)s to %(last)s weeks") % {"first": first, "last": last}
    return f"{weeks} {side}"
