"""Two questions of machines: does this process answer (/healthz), and does the whole installation work (/readyz)?"""

import os

import kombu.exceptions
from django.conf import settings
from django.db import DatabaseError
from django.http import HttpResponse, JsonResponse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from accounts.access import public
from config.celery import app
from outbox.models import Heartbeat

SILENT_AFTER_SECONDS = 60
BROKER_WAIT_SECONDS = 2


@require_safe
@never_cache
@public
def healthz(request):
    """Say that this process answers; load balancers ask it."""
    return HttpResponse("ok\n", content_type="text/plain")


@require_safe
@never_cache
@public
def readyz(request):
    """Say for monitoring which part works and which does not. No addresses, names or secrets: anybody may read it."""
    database, heartbeats = look_at_database()
    parts = {
        "database": database,
        "broker": look_at_broker(),
        "worker": look_at_heartbeat(heartbeats, "worker"),
        "beat": look_at_heartbeat(heartbeats, "beat"),
    }
    failing = [name for name, part in parts.items() if not part["ok"]]
    return JsonResponse({"ok": not failing, "failing": failing, **parts}, status=503 if failing else 200)


def look_at_database():
    """Return the database's state and the heartbeats kept in it, or None where they could not be read."""
    try:
        heartbeats = dict(Heartbeat.objects.values_list("name", "at"))
    except DatabaseError:
        return {"ok": False, "said": "does not answer"}, None
    return {"ok": True, "said": "answers"}, heartbeats


def look_at_broker():
    if folder := getattr(settings, "QUEUE_DIR", None):
        ok = os.access(folder, os.R_OK | os.W_OK | os.X_OK)
        return {"ok": ok, "said": "its folder can be written" if ok else "its folder cannot be written"}
    try:
        with app.connection_for_write(connect_timeout=BROKER_WAIT_SECONDS) as connection:
            connection.ensure_connection(max_retries=1, timeout=BROKER_WAIT_SECONDS)
    except (kombu.exceptions.OperationalError, OSError):
        return {"ok": False, "said": "does not answer"}
    return {"ok": True, "said": "answers"}


def look_at_heartbeat(heartbeats, name):
    if heartbeats is None:
        return {"ok": False, "said": "unknown while the database does not answer"}
    if name not in heartbeats:
        return {"ok": False, "said": "has never been heard of"}
    silent = max(0, round((timezone.now() - heartbeats[name]).total_seconds()))
    return {"ok": silent <= SILENT_AFTER_SECONDS, "said": f"last heard of {silent} seconds ago"}
