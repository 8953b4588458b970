"""Keeping when somebody last spoke with a site, and when to look again."""

from __future__ import annotations

import datetime as dt

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from accounts.models import User
from projects.ledger import Ledger
from projects.models import Contact, Site


def log_contact(
    site: Site, *, by: User, now: dt.datetime, on: dt.date | None = None, note: str = "", next_on: dt.date | None = None
) -> Contact:
    """Keep a call, visit or message with a site on a day (today where None). It is news from the site as of that day.

    The same words for the same day by the same person are kept once. Raises ValidationError for a day in the future
    and for a day to look again that is not after it.
    """
    with Ledger.open([site.plan.pk], by=by, now=now) as ledger:
        plan = ledger.plans[site.plan.pk]
        today = ledger.today(plan)
        on = on or today
        if on > today:
            raise ValidationError(_("The day of the contact is in the future. Choose today or an earlier day."))
        if next_on and next_on <= on:
            raise ValidationError({"next_on": _("Choose a day after the contact.")})
        said = {"on": on, "note": note.strip(), "next_on": next_on}
        if same := Contact.objects.filter(site=plan.site, by=by, **said).first():
            return same
        contact = Contact.objects.create(site=plan.site, by=by, created_at=now, **said)
        if plan.site.last_contact_on is None or on > plan.site.last_contact_on:
            plan.site.last_contact_on = on
            plan.site.save(update_fields=["last_contact_on"])
        ledger.progressed(plan, on)
        ledger.note("contact_logged", plan, changes={"contact": [None, on.isoformat()]})
    return contact
