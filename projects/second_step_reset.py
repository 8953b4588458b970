"""Helping somebody in who lost phone and passkey: an administrator takes their second step away, and says why."""

from __future__ import annotations

import datetime as dt

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from accounts import factors
from accounts.models import User
from outbox import kinds, links
from outbox.composing import compose_from
from outbox.models import Delivery
from outbox.queueing import queue
from projects.membership import record
from projects.models import Membership, Role

KIND = "second_step_reset"


def obstacle(held: Membership, *, by: User) -> str:
    """Say why `by` cannot take away the second step of whoever holds a role; empty when they can."""
    person = held.user
    if person == by:
        return _("You cannot do this for yourself. Ask another State administrator.")
    if (person.is_staff or person.is_superuser) and not by.is_superuser:
        return _("%(name)s looks after this installation. Only somebody who does so too can help.") % {"name": person}
    own = Membership.objects.current().filter(user=by, role=Role.ADMINISTRATOR).values("program")
    others = Membership.objects.current().filter(user=person, role=Role.ADMINISTRATOR).exclude(program__in=own)
    if others.exists() and not by.is_superuser:
        return _("%(name)s also runs another program. Ask somebody who runs both.") % {"name": person}
    if not factors.second_steps_of(person).exists():
        return _("%(name)s has no second step.") % {"name": person}
    return ""


@transaction.atomic
def reset_second_step(held: Membership, *, reason: str, by: User, now: dt.datetime) -> None:
    """Take away the second step of whoever holds a role, sign them out everywhere, record it and tell them by mail.

    Their password stays; where a role asks for two steps they set up a new one as they sign in. Raises
    ValidationError for oneself, for people whom `by` may not help, and where there is none.
    """
    if why_not := obstacle(held, by=by):
        raise ValidationError(why_not)
    factors.forget(held.user)
    record("second_step_reset", held, by=by, now=now, changes={"reason": ["", reason]})
    queue(kind=KIND, to=held.user, data={"by": by.pk}, now=now)


def compose(delivery: Delivery, now: dt.datetime) -> kinds.Message:
    """Tell somebody that their second step was taken away, by whom, and what to do if that is a surprise."""
    who = User.objects.filter(pk=delivery.data.get("by")).first()
    context = {"who": who, "link": links.absolute("/accounts/2fa/")}
    subject = _("Your second step for signing in was removed")
    return compose_from("email/second_step_reset", subject=subject, delivery=delivery, context=context)
