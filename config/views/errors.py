"""Pages for what went wrong. Each shows the id under which the log knows the request, so that people can quote it."""

import structlog
from django.contrib.auth.decorators import login_not_required
from django.shortcuts import render


def show(request, status):
    error_id = structlog.contextvars.get_contextvars().get("request_id", "")
    return render(request, f"{status}.html", {"error_id": error_id}, status=status)


@login_not_required
def bad_request(request, exception):
    return show(request, 400)


@login_not_required
def permission_denied(request, exception):
    return show(request, 403)


@login_not_required
def not_found(request, exception):
    return show(request, 404)


@login_not_required
def server_error(request):
    return show(request, 500)
