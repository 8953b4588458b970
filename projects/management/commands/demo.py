from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from accounts.templatetags.people import PASSWORD
from projects.demo.seeding import NAMED, Seeder
from projects.models import Program


class Command(BaseCommand):
    help = "Writes a made-up program with eighteen months of history, relative to today, into an empty Milepost."

    def add_arguments(self, parser):
        parser.add_argument("--sites", type=int, default=NAMED, help=f"how many sites (default {NAMED})")
        parser.add_argument("--seed", type=int, default=28, help="the same seed gives the same program")

    def handle(self, *, sites, seed, **options):
        if not settings.DEMO:
            raise CommandError("Demo data is for trying Milepost out. Set DEMO=on to ask for it here.")
        if sites < 1:
            raise CommandError("--sites takes a number from 1.")
        if Program.objects.exists():
            raise CommandError("There is a program already. Demo data goes into an empty Milepost only.")
        program = Seeder(now=timezone.now(), seed=seed).write(sites=sites)
        self.stdout.write(f"{program} is there, with {sites} made-up sites. The password of everybody is {PASSWORD}.")
