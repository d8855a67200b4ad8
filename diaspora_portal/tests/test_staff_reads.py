"""No page of the staff shows anything of a person without an entry in the audit: every address of the administration.

The addresses are those of the access table, which a new route without a line fails; so a new page is walked too.
"""

from datetime import date

import pytest
from django.contrib.auth.models import Group
from django.core.files.base import ContentFile
from django.db import transaction
from django.test import Client

from apps.core import audit
from apps.core.models import AuditEntry
from apps.members.models import StaffNote
from apps.members.tests.factories import UserFactory
from apps.outbox.tests.factories import OutgoingMailFactory

from .access import ACCESS, ADMIN_ACCESS
from .test_access import World

pytestmark = [pytest.mark.django_db, pytest.mark.services]

WHY = "Walks through every page of the administration"
OUTSIDE = ["members:staff-document"]  # pages of the staff that stand outside the administration
QUESTIONS = {"admin/purpose.html", "core/purpose.html"}
WALK = sorted(
    {(route, of) for route, method, of, *_statuses in ADMIN_ACCESS if method == "GET"}
    | {(route, of) for route, method, of, *_statuses in ACCESS if method == "GET" and route in OUTSIDE}
)
CANARIES = [
    "Zqname", "Zqother", "Zqheadline", "Zqabout", "Zqplace", "Zqjob", "Zqdegree", "Zqlink", "2031", "zq@secret.example",
    "Zqnote", "Zqdocument", "Zqwording", "Zqmessage", "Zqpurpose",
]  # fmt: skip


@pytest.fixture(scope="module")
def world(django_db_setup, django_db_blocker):
    """The world of the access table, with words in every part of its person that stand nowhere else."""
    with django_db_blocker.unblock(), transaction.atomic():
        world = World()
        person = world.owner
        for name in ("name", "other", "headline", "about", "place"):
            field = {"name": "display_name", "other": "other_name"}.get(name, name)
            setattr(person, field, f"Zq{name}")
        person.save()
        person.occupations.create(title="Zqjob")
        person.degrees.create(title="Zqdegree")
        person.links.create(label="Zqlink", url="https://zq.example/")
        person.availabilities.create(starts_on=date(2031, 5, 1), ends_on=date(2031, 8, 31))
        person.documents.update(name="Zqdocument", file="documents/zq")
        person.documents.get().file.save("zq", ContentFile(b"Zqdocument"))
        person.user.email = "zq@secret.example"
        person.user.save()
        consent = world.of_the_administration["consent"]
        type(consent).objects.create(user=person.user, purpose="adult", given=True, wording="Zqwording", language="en")
        StaffNote.objects.create(profile=person, text="Zqnote")
        type(world.message).objects.update(text="Zqmessage")
        world.of_the_administration["outgoingmail"] = OutgoingMailFactory(
            to="zq@secret.example", person_id=person.user_id
        )
        world.of_the_administration["auditentry"] = audit.read(
            actor=None, person=person.user_id, what="opened", purpose="Zqpurpose", target=person
        )
        world.everywhere = UserFactory(is_staff=True)
        world.everywhere.groups.set(Group.objects.all())
        yield world
        transaction.set_rollback(True)


def readings():
    return AuditEntry.objects.readings().count()


def shown(page):
    text = page.getvalue().decode(errors="replace")
    return [word for word in CANARIES if word in text]


def walk(world, address):
    """Open an address as staff with every role; return what was shown, and how many readings were written."""
    client = Client()
    client.force_login(world.everywhere)
    with transaction.atomic():
        before = readings()
        page = client.get(address)
        seen = shown(page)
        if QUESTIONS & {template.name for template in page.templates}:
            assert seen == [], "the question itself shows something"
            client.post(address, {"then": "open", "purpose": WHY})
            seen = shown(client.get(address))
        written = readings() - before
        transaction.set_rollback(True)
    return seen, written


@pytest.mark.parametrize(("route", "of"), WALK)
def test_whatever_shows_a_person_is_written_down(world, route, of):
    seen, written = walk(world, world.address(route, of))

    assert not seen or written, f"{route} shows {seen} and writes nothing"


@pytest.mark.parametrize("model", ["user", "profile"])
def test_so_are_searches(world, model):
    seen, written = walk(world, world.address(f"admin:members_{model}_changelist", "") + "?q=zq")

    assert seen
    assert written == 1


def test_so_is_a_search_for_what_the_audit_knows_of_an_account(world):
    number = world.owner.user_id
    seen, written = walk(world, f"{world.address('admin:core_auditentry_changelist', '')}?q={number}")

    assert seen == []
    assert written == 2  # that it was opened, and that it was listed: both told to the person


SHOWING = {
    "admin:core_auditentry_change": {"Zqpurpose"},
    "admin:members_profile_change": {"Zqname", "Zqheadline", "Zqjob", "2031", "zq@secret.example", "Zqnote"},
    "admin:members_profile_changelist": {"Zqname"},
    "admin:members_user_change": {"zq@secret.example"},
    "admin:members_user_changelist": {"Zqname"},
    "members:staff-document": {"Zqdocument"},
}


@pytest.mark.parametrize(("route", "of"), [(route, of) for route, of in WALK if route in SHOWING])
def test_the_walk_does_see_people(world, route, of):
    """The guard of the guard: the words looked for are words that do appear."""
    seen, written = walk(world, world.address(route, of))

    assert SHOWING[route] <= set(seen)
    assert written
