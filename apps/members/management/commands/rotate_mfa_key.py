from django.core.management.base import BaseCommand

from apps.members.services import second_step


class Command(BaseCommand):
    help = "Encrypt the secrets of authenticator apps and recovery codes under the first key of MFA_KEY."

    def handle(self, *args, **options):
        self.stdout.write(f"{second_step.rotate()} encrypted under the first key")
