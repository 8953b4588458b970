"""Asking people in by e-mail: the link, what it opens, sending it again, taking it back and accepting it.

A link names an invitation and its nonce, signed. Opening it changes nothing; only the invited address can accept.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import Enum

from django.contrib.auth.models import AnonymousUser
from django.core import signing
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils.crypto import constant_time_compare
from django.utils.translation import gettext as _

from accounts.models import Activity, User
from outbox import kinds, links
from outbox.composing import compose_from
from outbox.models import Delivery
from outbox.queueing import queue
from projects.access import Right, roles_with
from projects.duties import phone_for, set_duty
from projects.ledger import lock_plans
from projects.membership import Target, give_role, held_on, home_of, place_in_history, program_of
from projects.models import Duty, Invitation, Membership, Plan, Program
from projects.models.people import INVITATION_DAYS, invitation_nonce
from projects.people import candidates

KIND, APPOINTED = "invitation", "appointed"
# The jobs that somebody takes who begins with a new project, or with a new site, where the Roadmap names them.
LEAD, CHAMPION = "project_lead", "site_champion"
SALT = "projects.invitation"
AGAIN_AFTER = dt.timedelta(minutes=10)  # so that nobody's inbox can be filled by asking for new links
PARTS = (
    "invited_by",
    "program",
    "project__program",
    "project__version",
    "site__project__program",
    "site__project__version",
)


class Broken(Exception):
    """The link is cut off, not one of ours, or a newer one was sent since."""


@dataclass(frozen=True)
class Asked:
    """Somebody to be invited: to what, at which address, as what, and to which job if any."""

    target: Target
    email: str
    role: str
    duty: str = ""


def invite(target: Target, *, email: str, role: str, duty: str = "", by: User, now: dt.datetime) -> Invitation:
    """Invite an address to a role. Raises ValidationError in words when that makes no sense."""
    email = email.strip().lower()
    if duty and role not in roles_with(Right.RECORD):
        raise ValidationError(_("Who only looks cannot hold a job. Choose another role, or no job."), code="duty")
    person = User.objects.filter(email=email).first()
    if person and not person.is_active:
        raise ValidationError(_("The account of %(email)s is closed. Choose another address.") % {"email": email})
    if person and Membership.objects.current().filter(user=person, role=role, **held_on(target)).exists():
        raise ValidationError(_("%(name)s is already here in this role.") % {"name": person}, code="member")
    try:
        [invitation] = invite_many([Asked(target, email, role, duty)], by=by, now=now)
    except IntegrityError as error:
        raise ValidationError(
            _("%(email)s already has an open invitation. Send it again from the list.") % {"email": email},
            code="invited",
        ) from error
    return invitation


@transaction.atomic
def invite_many(asked: Sequence[Asked], *, by: User, now: dt.datetime) -> list[Invitation]:
    """Invite many addresses at once; somebody invited to several places gets one mail that names them all."""
    invitations = [
        Invitation(
            email=one.email,
            role=one.role,
            duty=one.duty,
            invited_by=by,
            created_at=now,
            expires_at=now + dt.timedelta(days=INVITATION_DAYS),
            **held_on(one.target),
        )
        for one in asked
    ]
    Invitation.objects.bulk_create(invitations)
    Activity.record_many(
        Activity.of(
            verb="invited",
            actor=by,
            at=now,
            on=program_of(one.target).today(now),
            target=invitation,
            key=one.role,
            label=str(invitation.get_role_display()),  # never the address: history cannot be made to forget it
            **place_in_history(one.target),
        )
        for one, invitation in zip(asked, invitations, strict=True)
    )
    send(invitations, now=now)
    return invitations


def send(invitations: Iterable[Invitation], *, now: dt.datetime) -> None:
    """Queue one mail an address; it names the invitations that are open for the address when it is sent."""
    first: dict[str, Invitation] = {}
    for invitation in invitations:
        first.setdefault(invitation.email, invitation)
    people = {person.email: person for person in User.objects.filter(email__in=list(first))}
    for email, invitation in first.items():
        queue(kind=KIND, to=people.get(email, email), data={"invitation": invitation.pk}, now=now)


def appoint(
    target: Target, *, email: str, role: str, duty: str = "", by: User, now: dt.datetime
) -> Membership | Invitation:
    """Give a role, and a job, at once to somebody who has an account, and tell them by mail; invite everybody else."""
    person = User.objects.active().filter(email=email.strip().lower()).first()
    if person:
        membership = give_role(target, person, role, by=by, now=now)
        if duty and not isinstance(target, Program):
            set_duty(target, duty, holder=person, by=by, now=now)
        if person != by:
            queue(kind=APPOINTED, to=person, data={"membership": membership.pk, "by": by.pk}, now=now)
        return membership
    return invite(target, email=email, role=role, duty=duty, by=by, now=now)


@transaction.atomic
def send_again(invitation: Invitation, *, by: User, now: dt.datetime) -> None:
    """Give an open invitation a new link for another 14 days and mail it; older links end."""
    renew(invitation, now=now)
    send([invitation], now=now)
    record("invitation_sent_again", invitation, by=by, now=now)


def renew(invitation: Invitation, *, now: dt.datetime) -> None:
    invitation.nonce = invitation_nonce()
    invitation.expires_at = now + dt.timedelta(days=INVITATION_DAYS)
    invitation.save(update_fields=["nonce", "expires_at"])


@transaction.atomic
def send_new_link(email: str, *, now: dt.datetime) -> None:
    """Mail new links to an address for whatever it is still invited to, at most every ten minutes.

    Says nothing about whether there was anything: whoever asks must not learn who is invited.
    """
    fresh = now + dt.timedelta(days=INVITATION_DAYS) - AGAIN_AFTER
    stale = list(
        Invitation.objects.open()
        .select_for_update(no_key=True)
        .filter(email=email.strip().lower(), expires_at__lt=fresh)
        .order_by("pk")
    )
    for invitation in stale:
        renew(invitation, now=now)
    send(stale[:1], now=now)


@transaction.atomic
def revoke(invitation: Invitation, *, by: User, now: dt.datetime) -> None:
    """Take back an invitation that nobody has accepted. Taken back already, it changes nothing."""
    taken = Invitation.objects.open().filter(pk=invitation.pk).update(revoked_at=now)
    if taken:
        invitation.revoked_at = now
        record("invitation_revoked", invitation, by=by, now=now)


def record(verb: str, invitation: Invitation, *, by: User, now: dt.datetime) -> None:
    """Put into the history what happened to an invitation."""
    Activity.record(
        verb=verb,
        actor=by,
        at=now,
        on=program_of(invitation.target).today(now),
        target=invitation,
        key=invitation.role,
        label=str(invitation.get_role_display()),
        **place_in_history(invitation.target),
    )


class State(Enum):
    """What an invitation is to whoever opens its link."""

    READY = "ready"  # signed in with the invited address: one button
    NEWCOMER = "newcomer"  # nobody has this address yet: name and password
    SIGN_IN = "sign_in"  # somebody has, and is not signed in
    OTHER = "other"  # signed in with another address
    MINE = "mine"  # accepted before, by this person
    USED = "used"
    REVOKED = "revoked"
    EXPIRED = "expired"
    CLOSED = "closed"  # the account of the address may no longer sign in


def state_of(invitation: Invitation, user: User | AnonymousUser, *, now: dt.datetime) -> State:
    """Return what an invitation is to a person at a moment; changes nothing."""
    if invitation.accepted_at:
        return State.MINE if invitation.accepted_by_id == user.pk and user.is_authenticated else State.USED
    if invitation.revoked_at:
        return State.REVOKED
    if not invitation.is_valid_at(now):
        return State.EXPIRED
    if user.is_authenticated:
        return State.READY if user.email == invitation.email else State.OTHER
    person = User.objects.filter(email=invitation.email).first()
    if person is None:
        return State.NEWCOMER
    return State.SIGN_IN if person.is_active else State.CLOSED


def link_of(invitation: Invitation) -> str:
    """Return the path of the page on which an invitation is accepted."""
    signed = signing.Signer(salt=SALT).sign_object([invitation.pk, invitation.nonce])
    return reverse("projects:invitation", args=[signed])


def find(signed: str) -> Invitation:
    """Return the invitation that a link names, whatever its state; raises Broken."""
    try:
        pk, nonce = signing.Signer(salt=SALT).unsign_object(signed)
    except (signing.BadSignature, ValueError, TypeError) as error:
        raise Broken from error
    invitation = Invitation.objects.select_related(*PARTS, "accepted_by").filter(pk=pk).first()
    if invitation is None or not constant_time_compare(invitation.nonce, nonce):
        raise Broken
    return invitation


def standing_in(invitation: Invitation, *, now: dt.datetime) -> Invitation:
    """Return an invitation or, where it was taken back, another one that is open for the same address.

    One mail names all invitations of an address and links to one of them; taking that one back leaves the others good.
    """
    if not invitation.revoked_at:
        return invitation
    return open_for(invitation.email, now=now).first() or invitation


def open_for(email: str, *, now: dt.datetime) -> QuerySet[Invitation]:
    """Return the invitations that an address can accept at that moment, with what their words need."""
    return Invitation.objects.open().filter(email=email, expires_at__gt=now).select_related(*PARTS).order_by("pk")


@transaction.atomic
def accept(invitation: Invitation, user: User, *, now: dt.datetime) -> list[Invitation]:
    """Take the person in, in this and every other role their address is invited to; return what was accepted.

    Accepted before by the same person, it changes nothing. Raises ValidationError for another address, and for an
    invitation that is used, taken back or expired.
    """
    if user.email != invitation.email:
        raise ValidationError(
            _("This invitation is for %(email)s, and you are signed in as %(me)s.")
            % {"email": invitation.email, "me": user.email},
            code="address",
        )
    if not user.is_active:
        raise ValidationError(_("This account is closed. Ask whoever invited you."), code="closed")
    found = {one.pk: one for one in open_for(user.email, now=now)}
    locked = Invitation.objects.open().select_for_update(no_key=True).filter(pk__in=found).order_by("pk")
    accepted = [found[pk] for pk in locked.values_list("pk", flat=True)]
    if invitation.pk not in [one.pk for one in accepted]:
        invitation.refresh_from_db(fields=["accepted_at", "accepted_by", "revoked_at", "expires_at"])
        if invitation.accepted_by_id == user.pk:
            return []
        raise ValidationError(_("This invitation is no longer open. Ask for a new one."), code="closed")
    with_job = [one for one in accepted if one.duty]
    at = Q(site__in=[one.site_id for one in with_job]) | Q(project__in=[one.project_id for one in with_job])
    lock_plans(Plan.objects.filter(at))
    for one in accepted:
        one.accepted_at, one.accepted_by = now, user
        one.save(update_fields=["accepted_at", "accepted_by"])
        give_role(one.target, user, one.role, by=user, now=now)
        take_duty(one, user, now=now)
    return accepted


def take_duty(invitation: Invitation, user: User, *, now: dt.datetime) -> None:
    """Let the newcomer hold the job they were invited to, unless somebody with an account holds it by now.

    Who may only look here gets none.
    """
    target = invitation.target
    if not invitation.duty or isinstance(target, Program) or invitation.duty not in roles_at(target):
        return
    held = Duty.objects.held().filter(key=invitation.duty, **held_on(target)).first()
    if (held is None or held.user_id is None) and candidates(target).filter(pk=user.pk).exists():
        set_duty(target, invitation.duty, holder=user, phone=phone_for(str(user), held), by=user, now=now)


def roles_at(target: Target) -> dict[str, dict]:
    """Return the jobs that the Roadmap names for a site or project, by key; none for a program."""
    if isinstance(target, Program):
        return {}
    project = getattr(target, "project", target)
    return project.version.roles


@transaction.atomic
def join_as_newcomer(
    invitation: Invitation, *, name: str, password: str, now: dt.datetime
) -> tuple[User, list[Invitation]]:
    """Make the account of the invited address, which the link has proven, and accept. Raises ValidationError."""
    try:
        with transaction.atomic():
            user = User.objects.create_user(invitation.email, password, name=name)
    except IntegrityError as error:
        raise ValidationError(_("You have an account by now. Sign in to accept."), code="account") from error
    return user, accept(invitation, user, now=now)


def compose(delivery: Delivery, now: dt.datetime) -> kinds.Message | None:
    """Write the invitation's mail as of now; None when it was accepted, taken back or has expired meanwhile."""
    invitation = Invitation.objects.select_related(*PARTS).filter(pk=delivery.data.get("invitation")).first()
    invitation = invitation and standing_in(invitation, now=now)
    if invitation is None or not invitation.is_valid_at(now):
        return None
    asked = list(open_for(invitation.email, now=now))
    words = {"who": invitation.invited_by, "what": invitation.target, "others": len(asked) - 1}
    if len(asked) == 1:
        subject = _("%(who)s invites you to %(what)s") % words
    else:
        subject = _("%(who)s invites you to %(what)s and %(others)s more") % words
    context = {
        "invitation": invitation,
        "asked": asked,
        "link": links.absolute(link_of(invitation)),
        "day": invitation.expires_at.astimezone(invitation.invited_by.zone).date(),
    }
    return compose_from("email/invitation", subject=subject, delivery=delivery, context=context)


def compose_appointed(delivery: Delivery, now: dt.datetime) -> kinds.Message | None:
    """Tell somebody which role they were given and by whom; None when they do not hold it any more."""
    held = Membership.objects.current().filter(pk=delivery.data.get("membership"))
    membership = held.select_related("program", "project__program", "site__project__program").first()
    if membership is None:
        return None
    who = User.objects.filter(pk=delivery.data.get("by")).first()
    subject = _("You are now %(role)s of %(what)s") % {
        "role": membership.get_role_display(),
        "what": membership.target,
    }
    context = {"membership": membership, "who": who, "link": links.absolute(home_of(membership.target))}
    return compose_from("email/appointed", subject=subject, delivery=delivery, context=context)
