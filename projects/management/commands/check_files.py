from django.core.management.base import BaseCommand, CommandError

from projects import checking_files


class Command(BaseCommand):
    help = "Reads every photo and file of plans and names those that are missing or are not what was kept."

    def handle(self, **options):
        wrong = 0
        try:
            for one in checking_files.wrong_files():
                wrong += 1
                self.stdout.write(str(one))
        except OSError as error:
            raise CommandError(f"The place where files lie does not answer: {error}") from error
        if wrong:
            raise CommandError(f"Files that are not whole: {wrong}. Put them back from a backup.")
        self.stdout.write("All photos and files are there, as they were kept.")
