"""Celery's beat with two habits: it looks at once when it starts, and it says in the database that it lives."""

from datetime import timedelta

from celery import beat
from django.db import close_old_connections
from django.utils import timezone

from outbox.models import Heartbeat


class Scheduler(beat.Scheduler):
    """Keeps its schedule in memory. Every entry looks into the database, so nothing is lost with it."""

    def setup_schedule(self):
        """Make every entry due at once: what fell due while all was down is picked up without waiting."""
        super().setup_schedule()
        for entry in self.schedule.values():
            entry.last_run_at = self.app.now() - timedelta(days=1)

    def apply_async(self, entry, *args, **kwargs):
        """Publish the entry's task; when it was the pulse, leave the sign of life that /readyz reads."""
        result = super().apply_async(entry, *args, **kwargs)
        if entry.task == "outbox.tasks.pulse":
            close_old_connections()
            Heartbeat.objects.update_or_create(name="beat", defaults={"at": timezone.now()})
        return result
