from django.core.management.base import BaseCommand

from apps.members.models import Profile
from apps.members.services import directory


class Command(BaseCommand):
    help = "Rewrite the directory from the profiles, while it stays open; can be stopped and started again."

    def handle(self, **options):
        total = Profile.objects.listed().count()
        for done in directory.rebuild():
            self.stdout.write(f"\r{done} of {total} profiles", ending="")
            self.stdout.flush()
        self.stdout.write("")
