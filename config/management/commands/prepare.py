from django.core.management.base import BaseCommand

from config.preparing import prepare


class Command(BaseCommand):
    help = "Brings database, Roadmap and static files up to date: run it once before the new version starts."

    def handle(self, *args, **options):
        prepare(self.stdout.write)
