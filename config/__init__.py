"""Settings, URLs, Celery and the pages over several apps. It wires everything; nobody imports it."""

from config.celery import app as celery_app

__all__ = ["celery_app"]
