"""Naming somebody in a note, “@Ana Brandt”, and telling them by mail. The mail never holds the note's words."""

from __future__ import annotations

import datetime as dt
import re
from collections import defaultdict

from django.db.models import Q
from django.utils.translation import gettext as _

from accounts.models import User
from outbox import kinds, links
from outbox.composing import compose_from
from outbox.models import Delivery
from outbox.queueing import queue
from projects.models import Membership, Note, Plan

KIND = "mention"
AT = re.compile(r"(?<![\w@])@(?=\w)")


def readers_of(plan: Plan, *, shared: bool) -> list[User]:
    """Return who can be named in a note of a plan: those of its site and project, and the State where it is shared."""
    here = Q(project=plan.project_id)
    if plan.site_id:
        here |= Q(site=plan.site_id)
    if shared:
        here |= Q(program=plan.program_id)
    held = Membership.objects.current().filter(here)
    return list(User.objects.active().filter(pk__in=held.values("user")).order_by("name", "pk"))


def named_in(text: str, people: list[User]) -> list[User]:
    """Return whom a text names: “@” with a whole name, or with a first name that only one of the people has."""
    by_name: dict[str, list[User]] = defaultdict(list)
    for person in people:
        by_name[str(person).casefold()].append(person)
        by_name[person.first_name.casefold()].append(person)
    names = sorted(by_name, key=len, reverse=True)
    found: dict[int, User] = {}
    folded = text.casefold()
    for mark in AT.finditer(folded):
        at = mark.end()
        name = next((one for one in names if folded.startswith(one, at) and ends_at(folded, at + len(one))), None)
        who = {person.pk: person for person in by_name[name]} if name else {}
        if len(who) == 1:
            found |= who
    return list(found.values())


def ends_at(text: str, place: int) -> bool:
    """Tell whether a name may end at a place: what follows does not go on with it."""
    return place >= len(text) or not text[place].isalnum()


def tell_named(note: Note, plan: Plan, *, by: User, now: dt.datetime) -> list[User]:
    """Have whom a note names told by mail, each once a note; in the caller's transaction. Returns who is told."""
    told = []
    for person in named_in(note.text, readers_of(plan, shared=note.shared_with_state)):
        if person != by:
            data, key = {"note": note.pk, "by": by.pk}, key_of(note, person)
            if queue(kind=KIND, to=person, data=data, dedupe_key=key, now=now):
                told.append(person)
    return told


def key_of(note: Note, person: User) -> str:
    return f"mention:{note.pk}:{person.pk}"


def mails_of(note: Note, plan: Plan) -> list[Delivery]:
    """Return the mails to those whom a note names now, by name."""
    people = readers_of(plan, shared=note.shared_with_state)
    keys = [key_of(note, person) for person in named_in(note.text, people)]
    return list(Delivery.objects.filter(dedupe_key__in=keys).select_related("person").order_by("person__name", "pk"))


def names_somebody(text: str) -> bool:
    """Tell whether a text has the mark of a name, whoever that may be."""
    return bool(AT.search(text))


def compose(delivery: Delivery, now: dt.datetime) -> kinds.Message | None:
    """Say who named the person and where; None for a note that is gone, and for who may not read it any more."""
    rows = Note.objects.select_related("plan__project", "plan__program", "plan__site__project", "plan_step__step")
    note = rows.filter(pk=delivery.data.get("note")).first()
    who = User.objects.filter(pk=delivery.data.get("by")).first()
    if note is None or who is None:
        return None
    if delivery.person not in readers_of(note.plan, shared=note.shared_with_state):
        return None
    subject = _("%(who)s names you in a note at %(where)s") % {"who": who, "where": note.plan}
    link = links.absolute(note.plan.url("note_list"))
    return compose_from(
        "email/mention", subject=subject, delivery=delivery, context={"note": note, "who": who, "link": link}
    )
