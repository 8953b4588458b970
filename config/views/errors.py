"""Pages for what went wrong. Each shows the id under which the log knows the request, so that people can quote it."""

import structlog
from django.contrib.auth.decorators import login_not_required
from django.http import HttpResponseServerError
from django.shortcuts import render
from django.template.loader import render_to_string


def error_id():
    return structlog.contextvars.get_contextvars().get("request_id", "")


def show(request, status, said=""):
    return render(request, f"{status}.html", {"error_id": error_id(), "said": said}, status=status)


@login_not_required
def bad_request(request, exception):
    return show(request, 400)


@login_not_required
def permission_denied(request, exception):
    """Say what the refusal said, such as which right is missing."""
    return show(request, 403, said=str(exception))


@login_not_required
def not_found(request, exception):
    return show(request, 404)


@login_not_required
def server_error(request):
    """Show the page without the request: what its context would look up may be the very thing that broke."""
    return HttpResponseServerError(render_to_string("500.html", {"error_id": error_id()}))
