"""What the log leaves out."""

import structlog

PROBES = {"GET /healthz", "GET /readyz", "HEAD /healthz", "HEAD /readyz"}


def drop_probes(logger, method_name, event):
    """Leave out the lines about balancers and monitoring, which ask every few seconds and get the answer anyway."""
    if event.get("event") == "request_finished" and event.get("request") in PROBES:
        raise structlog.DropEvent
    return event
