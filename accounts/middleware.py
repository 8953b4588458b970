"""Three small things every request needs: redirects htmx understands, the person's own time, and pages kept private."""

from collections.abc import Callable
from urllib.parse import urlencode, urlsplit

from django.conf import settings
from django.contrib.auth import REDIRECT_FIELD_NAME
from django.http import HttpResponse
from django.shortcuts import resolve_url
from django.utils import timezone
from django.utils.cache import patch_vary_headers

from accounts.requests import HtmxRequest

GetResponse = Callable[[HtmxRequest], HttpResponse]


class HtmxRedirectMiddleware:
    """Turn a redirect that answers htmx into one the whole page follows.

    A browser would follow it silently, and htmx would put the sign-in page into a row of a list. After signing in
    people come back to the page they were on, not to the address of the fragment.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HtmxRequest) -> HttpResponse:
        response = self.get_response(request)
        if request.htmx and 300 <= response.status_code < 400 and "Location" in response:
            response = self.followed_by_page(request, response)
        patch_vary_headers(response, ["HX-Request", "HX-Target"])
        return response

    def followed_by_page(self, request: HtmxRequest, redirect: HttpResponse) -> HttpResponse:
        where = redirect["Location"]
        if urlsplit(where).path == resolve_url(settings.LOGIN_URL) and request.htmx.current_url_abs_path:
            where = f"{urlsplit(where).path}?{urlencode({REDIRECT_FIELD_NAME: request.htmx.current_url_abs_path})}"
        answer = HttpResponse(status=204, headers={"HX-Redirect": where})
        answer.cookies = redirect.cookies
        return answer


class TimeZoneMiddleware:
    """Show times in the zone of the person who looks."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HtmxRequest) -> HttpResponse:
        if not request.user.is_authenticated:
            return self.get_response(request)
        with timezone.override(request.user.zone):
            return self.get_response(request)


class PrivatePagesMiddleware:
    """Keep what a signed-in person was shown out of every cache.

    Site teams share their computers: after signing out nobody shall find a page again by going back.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HtmxRequest) -> HttpResponse:
        response = self.get_response(request)
        if request.user.is_authenticated:
            response.headers.setdefault("Cache-Control", "private, no-store")
        return response
