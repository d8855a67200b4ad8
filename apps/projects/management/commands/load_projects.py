from django.core.management.base import BaseCommand

from apps.projects.services import loading


class Command(BaseCommand):
    help = "Load the projects of the source texts from data/. Safe to repeat: what is there stays as staff left it."

    def add_arguments(self, parser):
        parser.add_argument("--overwrite", action="store_true", help="bring every project back to its files")

    def handle(self, overwrite, **options):
        loading.load_terms()
        folders = loading.folders()
        written = 0
        for number, folder in enumerate(folders, start=1):
            written += loading.load_project(folder, overwrite=overwrite)
            self.stdout.write(f"  {number} of {len(folders)} projects", ending="\n" if number == len(folders) else "\r")
        self.stdout.write(f"{written} projects written, {len(folders) - written} left as they are")
