"""Reminding the interviewer the day before, by a mail that names nobody but by pseudonym."""

from __future__ import annotations

import datetime as dt

from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from accounts.models import User
from interviews.access import is_on
from interviews.models import Interview, Participant
from outbox import kinds, links
from outbox.composing import compose_from
from outbox.models import Delivery
from outbox.queueing import queue

KIND = "interview"
BEFORE = dt.timedelta(days=1)


def remind(interview: Interview, *, by: User, now: dt.datetime) -> Delivery | None:
    """Have the interviewer reminded a day before; in the caller's transaction.

    Nothing where no time is set or it has passed, and nothing where the interviewer plans it for within a day.
    """
    planned = interview.planned_for
    if planned is None or planned <= now:
        return None
    due_at = max(now, planned - BEFORE)
    if due_at == now and interview.interviewer_id == by.pk:
        return None
    key = f"interview:{interview.pk}:{interview.interviewer_id}:{planned.isoformat()}"
    data = {"interview": interview.pk, "planned_for": planned.isoformat()}
    to = interview.interviewer
    return queue(kind=KIND, to=to, data=data, dedupe_key=key, due_at=due_at, window_end=planned, now=now)


def compose(delivery: Delivery, now: dt.datetime) -> kinds.Message | None:
    """Say when the interview is; None when it is no longer planned so, or not this person's."""
    rows = Interview.objects.select_related("participant", "study__program__interview_approval", "interviewer")
    interview = rows.filter(pk=delivery.data.get("interview"), held_on=None, cancelled_at=None).first()
    if (
        interview is None
        or interview.planned_for is None
        or interview.planned_for.isoformat() != delivery.data.get("planned_for")
        or interview.interviewer_id != delivery.person_id
        or interview.participant.state == Participant.State.WITHDRAWN
        or not is_on(interview.study.program)
        or not interview.study.members.active().filter(user=interview.interviewer_id).exists()
    ):
        return None
    at = interview.planned_for.astimezone(interview.interviewer.zone)
    when = f"{date_format(at, 'l, j F')}, {date_format(at, 'g:i a')}"
    link = links.absolute(reverse("interviews:interview", args=[interview.study.slug, interview.pk]))
    subject = _("Interview with %(who)s: %(when)s") % {"who": interview.participant, "when": when}
    context = {"interview": interview, "when": when, "link": link}
    return compose_from("email/interview", subject=subject, delivery=delivery, context=context)
