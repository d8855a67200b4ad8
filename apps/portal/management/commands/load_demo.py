from django.conf import settings
from django.contrib.auth.models import Group
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

from apps.members.models import User
from apps.members.services import samples
from apps.projects.models import Project, TeamMember
from apps.projects.services import samples as demo

Role = TeamMember.Role
PASSWORD = "look-around-2026"  # noqa: S105 - printed, and refused in production
# who · address · role in the administration · which sample record is this person's profile
ACCOUNTS = [
    ("Visitor who has just become a member", "newcomer@demo.example", "", None),
    ("Member with a complete profile", "member@demo.example", "", 0),
    ("Association representative", "association@demo.example", "", 1),
    ("Board member", "board@demo.example", "", 2),
    ("Project staff", "project@demo.example", "Project staff", None),
    ("Project staff of another team", "morocco@demo.example", "Project staff", None),
    ("Communications staff", "communications@demo.example", "Communications staff", None),
    ("Secretariat of the Advisory Board", "secretariat@demo.example", "Secretariat", None),
    ("Data-protection focal point", "protection@demo.example", "Data-protection focal point", None),
    ("Administrator", "administrator@demo.example", "Administrator", None),
]
# project → who leads it, and who writes in it; the others are run by whoever may run every project
TEAMS = {
    "rwanda-tvet-health": ("project", []),
    "women4dev-academy": ("project", []),
    "mauritania-circular-migration": ("project", []),
    "match": ("administrator", ["project"]),
    "medma": ("morocco", []),
}


class Command(BaseCommand):
    help = "Load invented people, an account for each role, and projects. Safe to repeat; refused in production."

    def add_arguments(self, parser):
        parser.add_argument("--accounts", action="store_true", help="only print the demo accounts")

    def handle(self, accounts, **options):
        if not settings.DEMO_ALLOWED:
            raise CommandError("Demo data is for trying the portal out; these settings are production's.")
        if not accounts:
            self.load()
            self.load_projects()
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

    @transaction.atomic
    def load_projects(self):
        """The projects of the source texts, their teams, and a draft that is a sample and says so."""
        call_command("load_projects", stdout=self.stdout)
        for slug, (leads, write) in TEAMS.items():
            for role, names in ((Role.LEAD, [leads]), (Role.EDITOR, write)):
                for name in names:
                    demo.join(project=Project.objects.get(slug=slug), user=account(name), role=role)
        demo.draft(user=account("project"))


def account(name: str) -> User:
    return User.objects.get(email=f"{name}@demo.example")
