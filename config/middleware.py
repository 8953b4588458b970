"""What happens around every view of all apps."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

from config.views import errors


class FormOnlyMiddleware:
    """Give a page to whoever loads an address that only takes a form.

    A form that was refused is shown at such an address; a phone that has put the page away asks for it anew.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if response.status_code == 405 and request.method == "GET":
            allowed = response.headers["Allow"]
            response = errors.show(request, 405)
            response.headers["Allow"] = allowed
        return response
