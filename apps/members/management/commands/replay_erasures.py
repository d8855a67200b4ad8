from django.core.management.base import BaseCommand

from apps.members.services import erasure


class Command(BaseCommand):
    help = "After a restore: erase again the accounts that were erased since the backup was made."

    def handle(self, *args, **options):
        self.stdout.write(f"{erasure.replay()} accounts erased again")
