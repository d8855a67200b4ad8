from django.conf import settings
from django.contrib.auth.models import Group
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

from apps.members.services import samples

PASSWORD = "look-around-2026"  # noqa: S105 - printed, and refused in production
# who · address · role in the administration · which sample record is this person's profile
ACCOUNTS = [
    ("Visitor who has just become a member", "newcomer@demo.example", "", None),
    ("Member with a complete profile", "member@demo.example", "", 0),
    ("Association representative", "association@demo.example", "", 1),
    ("Board member", "board@demo.example", "", 2),
    ("Project staff", "project@demo.example", "Project staff", None),
    ("Communications staff", "communications@demo.example", "Communications staff", None),
    ("Secretariat of the Advisory Board", "secretariat@demo.example", "Secretariat", None),
    ("Data-protection focal point", "protection@demo.example", "Data-protection focal point", None),
    ("Administrator", "administrator@demo.example", "Administrator", None),
]


class Command(BaseCommand):
    help = "Load invented people and one account for each role. Safe to repeat; refused in production."

    def add_arguments(self, parser):
        parser.add_argument("--accounts", action="store_true", help="only print the demo accounts")

    def handle(self, accounts, **options):
        if not settings.DEMO_ALLOWED:
            raise CommandError("Demo data is for trying the portal out; these settings are production's.")
        if not accounts:
            self.load()
        for who, address, _role, _record in ACCOUNTS:
            self.stdout.write(f"  {address:30} {who}")
        self.stdout.write(f"  password of all: {PASSWORD}")

    @transaction.atomic
    def load(self):
        people = samples.Samples()
        records = samples.records()
        mine = {record: address for _who, address, _role, record in ACCOUNTS if record is not None}
        for _who, address, role, _record in ACCOUNTS:
            user = samples.account(email=address, password=PASSWORD, is_staff=bool(role))
            user.groups.set(Group.objects.filter(name=role))
            if address in mine.values():
                number = next(n for n, owner in mine.items() if owner == address)
                people.person(records[number], user=user)
        for number, record in enumerate(records):
            if number not in mine:
                people.person(record)
            if number % 25 == 24:
                self.stdout.write(f"  {number + 1} of {len(records)} invented members", ending="\n")
        self.stdout.write(f"{len(records)} invented members, {len(ACCOUNTS)} accounts")
