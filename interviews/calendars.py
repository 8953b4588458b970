"""The interviews a person is to hold, as a calendar that other programs subscribe to.

Its address is a secret of that person's: whoever has it sees when they interview whom, by pseudonym. A new address ends
the old one.
"""

from __future__ import annotations

import datetime as dt
import secrets

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext as _
from icalendar import Calendar, Event

from accounts.models import User
from interviews.models import CalendarFeed, Interview, Participant, StudyMember
from outbox import links

LOOKS_BACK = dt.timedelta(days=60)
LASTS = dt.timedelta(hours=1)  # nobody says beforehand how long they will talk


def new_address(person: User, *, now: dt.datetime) -> CalendarFeed:
    """Give a person an address for their calendar; one they had before stops working."""
    token = secrets.token_urlsafe(24)
    feed, _made = CalendarFeed.objects.update_or_create(user=person, defaults={"token": token, "made_at": now})
    return feed


def calendar_of(token: str, *, now: dt.datetime) -> bytes:
    """Return the calendar at an address, in iCalendar form. Raises CalendarFeed.DoesNotExist for one that is none."""
    feed = CalendarFeed.objects.select_related("user").get(token=token, user__is_active=True)
    calendar = Calendar()
    calendar.add("prodid", "-//Milepost//Interviews//EN")
    calendar.add("version", "2.0")
    calendar.add("x-wr-calname", _("Milepost interviews"))
    host = settings.BASE_URL.partition("://")[2]
    for interview, begins in planned_of(feed.user, now=now):
        event = Event()
        event.add("uid", f"interview-{interview.pk}@{host}")
        event.add("dtstamp", now.astimezone(dt.UTC))
        event.add("dtstart", begins.astimezone(dt.UTC))
        event.add("dtend", (begins + LASTS).astimezone(dt.UTC))
        event.add("summary", _("Interview with %(who)s") % {"who": interview.participant})
        event.add("description", f"{interview.study}, {interview.get_mode_display()}")
        event.add("url", links.absolute(reverse("interviews:interview", args=[interview.study.slug, interview.pk])))
        calendar.add_component(event)
    ical: bytes = calendar.to_ical()
    return ical


def planned_of(person: User, *, now: dt.datetime) -> list[tuple[Interview, dt.datetime]]:
    """Return the interviews that a person holds, each with its time, in studies they are in, from 60 days back on."""
    member = StudyMember.objects.active().filter(user=person).values("study")
    found = Interview.objects.filter(interviewer=person, cancelled_at=None, planned_for__gte=now - LOOKS_BACK)
    found = found.filter(study__in=member, study__program__interview_approval__on=True)
    found = found.exclude(participant__state=Participant.State.WITHDRAWN)
    rows = found.select_related("participant", "study").order_by("planned_for", "pk")
    return [(one, one.planned_for) for one in rows if one.planned_for]
