from itertools import count

import pytest
import structlog
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Group
from django.db import DatabaseError, transaction

from apps.core import audit
from apps.core.models import AuditEntry
from apps.core.tests.factories import SectorFactory

pytestmark = [pytest.mark.django_db, pytest.mark.services]

number = count(1)


def user(**fields):
    return get_user_model().objects.create_user(f"somebody{next(number)}@example.org", **fields)


@pytest.fixture
def entry():
    return audit.record(actor=user(), verb="core.sector.changed")


def test_an_entry_says_who_did_what_to_which_record_and_whom_it_concerns():
    actor, person, sector = user(), user(), SectorFactory()

    entry = audit.record(actor=actor, verb="core.sector.changed", target=sector, person=person.pk, words=3)

    entry.refresh_from_db()
    assert (entry.actor_id, entry.person_id, entry.verb) == (actor.pk, person.pk, "core.sector.changed")
    assert (entry.target_type, entry.target_id, entry.detail) == ("core.Sector", str(sector.pk), {"words": 3})


def test_an_entry_names_the_roles_in_which_staff_acted_and_no_role_for_a_member():
    staff = user(is_staff=True)
    staff.groups.set(Group.objects.filter(name__in=["Secretariat", "Project staff"]))

    assert audit.record(actor=staff, verb="x").unit == "Project staff, Secretariat"
    assert audit.record(actor=get_user_model().objects.create_superuser("chief@example.org"), verb="x").unit
    assert audit.record(actor=user(), verb="x").unit == ""
    assert audit.record(actor=None, verb="x").unit == ""


def test_an_entry_of_a_member_costs_one_query(django_assert_num_queries):
    member = user()

    with django_assert_num_queries(1):
        audit.record(actor=member, verb="x")


def test_an_entry_carries_the_number_of_the_request():
    with structlog.contextvars.bound_contextvars(request_id="r-1"):
        assert audit.record(actor=None, verb="x").request_id == "r-1"
    assert audit.record(actor=None, verb="x").request_id == ""


@pytest.mark.parametrize(
    "change",
    [
        lambda entry: AuditEntry.objects.filter(pk=entry.pk).update(verb="forged"),
        lambda entry: AuditEntry.objects.filter(pk=entry.pk).delete(),
    ],
    ids=["update", "delete"],
)
def test_the_database_refuses_to_change_or_delete_an_entry(entry, change):
    with pytest.raises(DatabaseError, match="append"), transaction.atomic():
        change(entry)

    entry.refresh_from_db()
    assert entry.verb == "core.sector.changed"


def test_retention_may_delete_entries_but_nothing_may_change_one(entry):
    audit.letting_go()
    with pytest.raises(DatabaseError, match="append"), transaction.atomic():
        AuditEntry.objects.filter(pk=entry.pk).update(verb="forged")

    AuditEntry.objects.filter(pk=entry.pk).delete()
    assert not AuditEntry.objects.filter(pk=entry.pk).exists()


@pytest.mark.django_db(transaction=True)
def test_letting_go_ends_with_its_transaction(entry):
    with transaction.atomic():
        audit.letting_go()

    with pytest.raises(DatabaseError, match="append"), transaction.atomic():
        AuditEntry.objects.filter(pk=entry.pk).delete()


def test_openings_of_personal_data_are_told_from_deeds():
    person = user()
    opened = audit.read(actor=user(is_staff=True), person=person.pk, what="opened", purpose="A call for nurses")
    audit.record(actor=person, verb="core.sector.changed", person=person.pk)

    assert list(AuditEntry.objects.about(person).readings()) == [opened]
    assert opened.purpose == "A call for nurses"


def test_only_those_with_the_right_read_the_audit(entry):
    focal = user(is_staff=True)
    focal.groups.set([Group.objects.get(name="Data-protection focal point")])
    other = user(is_staff=True)

    assert list(AuditEntry.objects.visible_to(focal)) == [entry]
    assert list(AuditEntry.objects.visible_to(other)) == []
