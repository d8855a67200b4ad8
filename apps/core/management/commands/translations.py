from django.core.management.base import BaseCommand, CommandError

from apps.core import catalogue


class Command(BaseCommand):
    help = "Say which texts lack a translation. With --write, first bring the .po files up to date and compile them."

    def add_arguments(self, parser):
        parser.add_argument(
            "--write", action="store_true", help="add new texts, drop those that nobody says any more, compile"
        )

    def handle(self, *, write, **options):
        if write:
            catalogue.write()
        if faults := catalogue.missing():
            raise CommandError("\n".join(faults) + f"\n{len(faults)} to be done.")
        self.stdout.write(f"Every text stands in {', '.join(catalogue.LANGUAGES)}.")
