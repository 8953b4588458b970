from pathlib import Path

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from roadmap.loading.loading import CONTENT, ContentRefused, load


class Command(BaseCommand):
    """Publish the Roadmap's content files; run it after each upgrade, it does only what is new."""

    help = "Load the Roadmap from its content files. Run it as often as you like: what is published stays as it is."

    def add_arguments(self, parser):
        parser.add_argument("--folder", type=Path, default=CONTENT, help="where the YAML files are")

    def handle(self, *args, folder, verbosity, **options):
        try:
            done = load(folder, now=timezone.now())
        except ContentRefused as refused:
            count = len(refused.faults)
            raise CommandError(
                f"The content has {count} {'fault' if count == 1 else 'faults'}; nothing was loaded.\n{refused}"
            ) from refused
        if verbosity:
            for line in done or ["Nothing to do: everything in the files is published already."]:
                self.stdout.write(line)
