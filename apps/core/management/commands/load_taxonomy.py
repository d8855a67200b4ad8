from django.core.management.base import BaseCommand

from apps.core import services


class Command(BaseCommand):
    help = "Load countries, regions, sectors, languages and skills from the data files. Safe to repeat."

    def handle(self, verbosity, **options):
        numbers = services.load_taxonomy()
        if verbosity:
            self.stdout.write(", ".join(f"{number} {kind}" for kind, number in numbers.items()))
