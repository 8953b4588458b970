from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from projects import checking


class Command(BaseCommand):
    help = "Compares every stored counter and due date with a recount. With --fix, stores what should be there."

    def add_arguments(self, parser):
        parser.add_argument("--fix", action="store_true", help="store the recounted values")

    def handle(self, *, fix, **options):
        wrong = set()
        for difference in checking.differences():
            wrong.add(difference.plan.pk)
            self.stdout.write(str(difference))
        if wrong and fix:
            checking.fix(wrong, now=timezone.now())
            self.stdout.write(f"{len(wrong)} plans mended.")
        elif wrong:
            raise CommandError(f"{len(wrong)} plans differ from a recount. Run with --fix to mend them.")
        else:
            self.stdout.write("All counters agree with a recount.")
