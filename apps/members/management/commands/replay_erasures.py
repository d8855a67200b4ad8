from django.core.management.base import BaseCommand, CommandError

from apps.members.services import erasure


class Command(BaseCommand):
    help = "After a restore: erase again the accounts that were erased since the backup was made."

    def handle(self, *args, **options):
        gone, left = erasure.replay()
        self.stdout.write(f"{gone} accounts erased again")
        if left:
            raise CommandError(
                f"Still there: {', '.join(map(str, left))}. The log says why. One that waits has a mail in a worker's "
                "hands: see that all workers are stopped, and run this again in a few minutes."
            )
