"""Where a person is signed in: listing it, ending it, and when they were last there. Nothing else touches sessions."""

from __future__ import annotations

import re
import time
from dataclasses import dataclass
from datetime import datetime

from allauth.account.internal.flows.login import get_authentication_records
from allauth.usersessions.models import UserSession
from django.contrib.auth import HASH_SESSION_KEY, login, logout
from django.contrib.sessions.models import Session
from django.http import HttpRequest
from django.utils.crypto import constant_time_compare
from django.utils.translation import gettext as _

from accounts.models import User

SEEN = "seen"  # in the session: the moment of the last sign of life, in seconds
SYSTEMS = [
    ("iPhone|iPad", "iOS"),
    ("Android", "Android"),
    ("Windows", "Windows"),
    ("Mac OS X", "macOS"),
    ("Linux", "Linux"),
]
BROWSERS = [("Edg", "Edge"), ("OPR", "Opera"), ("Firefox",) * 2, ("Chrome",) * 2, ("Safari",) * 2]


@dataclass(frozen=True)
class Device:
    """A browser in which a person is signed in."""

    pk: int
    name: str
    since: datetime
    last_seen: datetime
    is_this: bool


def devices_of(request: HttpRequest, user: User, *, now: datetime) -> list[Device]:
    """Return where the person is signed in, this browser first, then the ones seen last."""
    rows = {row.session_key: row for row in UserSession.objects.filter(user=user).order_by("-last_seen_at")}
    open_now = Session.objects.filter(session_key__in=list(rows), expire_date__gt=now)
    expected = user.get_session_auth_hash()
    alive = {
        one.session_key
        for one in open_now
        # A changed password has ended the others, whose rows are still there.
        if constant_time_compare(one.get_decoded().get(HASH_SESSION_KEY, ""), expected)
    }
    this = request.session.session_key
    found = [
        Device(row.pk, name_of(row.user_agent), row.created_at, row.last_seen_at, key == this)
        for key, row in rows.items()
        if key in alive
    ]
    return sorted(found, key=lambda device: not device.is_this)


def name_of(user_agent: str) -> str:
    """Say in words what browser a person is at: "Firefox on Windows"."""
    browser = next((name for sign, name in BROWSERS if re.search(sign, user_agent)), "")
    system = next((name for sign, name in SYSTEMS if re.search(sign, user_agent)), "")
    if browser and system:
        return _("%(browser)s on %(system)s") % {"browser": browser, "system": system}
    return browser or system or _("A browser")


def end(user: User, *, only: int | None = None, besides: str = "") -> int:
    """Sign a person out everywhere, or at one device, but not in the session `besides`; return at how many."""
    rows = UserSession.objects.filter(user=user).exclude(session_key=besides)
    if only is not None:
        rows = rows.filter(pk=only)
    keys = list(rows.values_list("session_key", flat=True))
    Session.objects.filter(session_key__in=keys).delete()
    UserSession.objects.filter(session_key__in=keys).delete()
    return len(keys)


def begin(request: HttpRequest, user: User, *, backend: str) -> None:
    """Sign somebody in who has just proven who they are in another way than on the sign-in page."""
    login(request, user, backend=backend)
    request.session[SEEN] = int(time.time())
    UserSession.objects.create_from_request(request)


def leave(request: HttpRequest) -> None:
    """Sign out here."""
    UserSession.objects.filter(session_key=request.session.session_key).delete()
    logout(request)


def last_seen(request: HttpRequest) -> float | None:
    """Return when this session last gave a sign of life, in seconds; None where nothing tells."""
    signed_in_at = [record["at"] for record in get_authentication_records(request, request.user)[-1:]]
    return max([*signed_in_at, request.session.get(SEEN, 0)]) or None


def see(request: HttpRequest, *, now: datetime) -> None:
    """Note a sign of life."""
    request.session[SEEN] = int(now.timestamp())
    UserSession.objects.filter(session_key=request.session.session_key).update(last_seen_at=now)


def sweep() -> None:
    """Forget the devices whose sessions are gone."""
    UserSession.objects.exclude(session_key__in=Session.objects.values("session_key")).delete()
