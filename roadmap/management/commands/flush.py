from django.core.management.commands import flush
from django.db import connections

from roadmap import guards


class Command(flush.Command):
    """Django's own flush, which the guards of published versions would stop: they are lifted while all rows go."""

    def handle(self, **options):
        with guards.lifted(connections[options["database"]]):
            super().handle(**options)
