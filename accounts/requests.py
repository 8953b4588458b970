"""What the requests that reach our views carry, for the types."""

from django.http import HttpRequest
from django_htmx.middleware import HtmxDetails

from accounts.models import User


class HtmxRequest(HttpRequest):
    """Any request behind the middleware."""

    htmx: HtmxDetails


class SignedInRequest(HtmxRequest):
    """A request behind LoginRequiredMiddleware: there is a person."""

    user: User
