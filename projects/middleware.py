"""Reads what the person may see, once a request, and holds people to the way their programs want them to sign in."""

from urllib.parse import urlsplit

from django.contrib import messages
from django.contrib.auth.views import redirect_to_login
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import SimpleLazyObject
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import ngettext

from accounts import sessions
from accounts.sealing import UNREADABLE
from projects.models import Scopes

# Where somebody who owes a second step may go: to set it up, to their profile, and out. Public pages are open anyway.
SETTING_UP = ("account_", "mfa_", "usersessions_")
OPEN = {"projects:two_step", "accounts:profile", "accounts:devices"}
# A page that asks by itself says so, and so keeps no session alive. Who lies about it signs out the sooner.
BACKGROUND = "X-Background"
ASKED_FOR = "asked_for"  # in the session: where whoever sets up a second step goes on
SEEN_EVERY, SEEN_EVERY_WITHOUT_LIMIT = 60, 900  # seconds: a sign of life is written no more often


class ScopesMiddleware:
    """Set `request.scopes`, the only way by which views learn what a person may see."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        request.scopes = SimpleLazyObject(lambda: Scopes.read(request.user))
        return self.get_response(request)


class IdleMiddleware:
    """Sign out whoever gave no sign of life for as long as the strictest of their programs allows.

    They come back to the page they were on; what they had typed waits there (static/js/keep-typed.js).
    """

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        return self.get_response(request)

    def process_view(self, request, view, args, kwargs):
        if not request.user.is_authenticated:
            return None
        now = timezone.now()
        limit, seen = request.scopes.idle_minutes, sessions.last_seen(request)
        quiet = now.timestamp() - seen if seen else None
        if limit and quiet is not None and quiet > limit * 60:
            return self.sign_out(request, view, limit)
        due = limit if quiet is None else quiet >= (SEEN_EVERY if limit else SEEN_EVERY_WITHOUT_LIMIT)
        if due and BACKGROUND not in request.headers:
            sessions.see(request, now=now)
        return None

    def sign_out(self, request, view, limit):
        sessions.leave(request)
        request.scopes = Scopes()
        said = ngettext(
            "You were signed out because nothing happened for %(n)s minute. Sign in to go on where you were.",
            "You were signed out because nothing happened for %(n)s minutes. Sign in to go on where you were.",
            limit,
        )
        messages.info(request, said % {"n": limit})
        if getattr(view, "login_required", True) is False:
            return None
        return redirect_to_login(page_of(request))


def page_of(request):
    """Return the page a request comes from: for a form that was sent or a part that was asked for, the whole page."""
    if request.htmx and request.htmx.current_url_abs_path:
        return request.htmx.current_url_abs_path
    if request.method in ("GET", "HEAD"):
        return request.get_full_path()
    sent_from = request.headers.get("Referer", "")
    if url_has_allowed_host_and_scheme(sent_from, {request.get_host()}, require_https=request.is_secure()):
        return urlsplit(sent_from)._replace(scheme="", netloc="").geturl()
    return reverse("home")


class SecondStepMiddleware:
    """Lead whoever holds a role that asks for two steps, and has only one, to where the second is set up.

    Their session keeps the page they asked for: setting up takes several pages, and afterwards they go on there.
    """

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        return self.get_response(request)

    def process_view(self, request, view, args, kwargs):
        if not request.user.is_authenticated or not getattr(view, "login_required", True):
            return None
        name = request.resolver_match.view_name
        if name in OPEN or name.startswith(SETTING_UP) or not request.scopes.owes_second_step:
            return None
        if BACKGROUND not in request.headers:
            request.session[ASKED_FOR] = page_of(request)
        return redirect("projects:two_step")

    def process_exception(self, request, exception):
        """Say in words that a second step cannot be read any more, where a page was to show it: accounts/sealing.py."""
        if getattr(exception, "code", "") != UNREADABLE:
            return None
        messages.error(request, " ".join(exception.messages))
        return redirect("accounts:profile")
