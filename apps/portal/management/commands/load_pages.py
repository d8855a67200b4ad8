from django.core.management.base import BaseCommand

from apps.portal import services


class Command(BaseCommand):
    help = "Make About, contact and the notices from the data files; pages that exist are left as staff wrote them."

    def add_arguments(self, parser):
        parser.add_argument("--overwrite", action="store_true", help="bring every page back to its file")

    def handle(self, overwrite, **options):
        self.stdout.write(f"{services.load_pages(overwrite=overwrite)} pages written")
