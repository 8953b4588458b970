"""Reads what the person may see, once a request and only when something asks."""

from django.utils.functional import SimpleLazyObject

from projects.models import Scopes


class ScopesMiddleware:
    """Set `request.scopes`, the only way by which views learn what a person may see."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        request.scopes = SimpleLazyObject(lambda: Scopes.read(request.user))
        return self.get_response(request)
