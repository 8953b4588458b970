"""Reads what the person may see, once a request, and holds people to the way their programs want them to sign in."""

from django.shortcuts import redirect
from django.utils.functional import SimpleLazyObject

from projects.models import Scopes

# Where somebody who owes a second step may go: to set it up, to their profile, and out. Public pages are open anyway.
SETTING_UP = ("account_", "mfa_", "usersessions_")
OPEN = {"projects:two_step", "accounts:profile"}


class ScopesMiddleware:
    """Set `request.scopes`, the only way by which views learn what a person may see."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        request.scopes = SimpleLazyObject(lambda: Scopes.read(request.user))
        return self.get_response(request)


class SecondStepMiddleware:
    """Lead whoever holds a role that asks for two steps, and has only one, to where the second is set up."""

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
        return redirect("projects:two_step")
