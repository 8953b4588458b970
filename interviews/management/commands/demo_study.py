from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from interviews.demo.seeding import StudySeeder
from interviews.models import Study
from projects.models import Program


class Command(BaseCommand):
    help = "Writes a made-up study into the demo's program: 28 interviews over its projects."

    def add_arguments(self, parser):
        parser.add_argument("--seed", type=int, default=28, help="the same seed gives the same study")

    def handle(self, *, seed, **options):
        program = Program.objects.filter(made_up=True).first()
        if not settings.DEMO or program is None:
            raise CommandError("The made-up study goes into the demo's program only. Make that first: manage.py demo")
        if Study.objects.filter(program=program).exists():
            raise CommandError("There is a study in the demo already.")
        study = StudySeeder(program, now=timezone.now(), seed=seed).write()
        self.stdout.write(f"{study} is there, with {study.interviews.held().count()} made-up interviews.")
