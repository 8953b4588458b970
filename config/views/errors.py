"""Pages for what went wrong. Each shows the id under which the log knows the request, so that people can quote it."""

import structlog
from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import HttpResponseServerError
from django.shortcuts import render
from django.template.loader import render_to_string
from django.templatetags.static import static

# What the page for our own fault asks for; the script keeps what was typed and sent.
FILES = {
    "icon": "milepost.svg",
    "bootstrap": "vendor/bootstrap/bootstrap.min.css",
    "look": "milepost.css",
    "keep_typed": "js/keep-typed.js",
}


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
    files = {name: address_of(file) for name, file in FILES.items()}
    return HttpResponseServerError(render_to_string("500.html", {"error_id": error_id(), **files}))


def address_of(file):
    """Return where a static file is; where that cannot be told, as before anything is collected, by its plain name."""
    try:
        return static(file)
    except ValueError:
        return f"{settings.STATIC_URL}{file}"
