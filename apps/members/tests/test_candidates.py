"""Whoever is shown to the team as a candidate learns of it: there is no list without a purpose and an entry each."""

import pytest
from django.contrib.auth.models import Group
from django.urls import reverse

from apps.core import audit
from apps.core.models import AuditEntry
from apps.core.tests.factories import CountryFactory
from apps.members import matching_kinds
from apps.members.models import Audience
from apps.members.services import matching

from .factories import ProfileFactory, UserFactory

pytestmark = [pytest.mark.django_db, pytest.mark.services]

WHY = "Choosing trainers for the school of Thiès"


@pytest.fixture(autouse=True)
def call():
    yield matching_kinds.register("tests.call", title="Call", describe=lambda ids: dict.fromkeys(ids))
    matching_kinds.forget("tests.call")


@pytest.fixture
def criteria():
    belgium = CountryFactory(code="BE", name="Belgium")
    ProfileFactory(display_name="Lives there", listed=True, country=belgium)
    ProfileFactory(display_name="Lives elsewhere", listed=True)
    ProfileFactory(display_name="Hidden", listing=Audience.ONLY_ME, country=belgium)
    rows = [{"what": "residence", "countries": [belgium.pk]}]
    return matching.hand_in(kind="tests.call", about=1, rows=rows)


@pytest.fixture
def staff():
    user = UserFactory(is_staff=True)
    user.groups.add(Group.objects.get(name="Project staff"))
    return user


def entries():
    found = AuditEntry.objects.readings().order_by("pk")
    return list(
        found.values_list("actor_id", "unit", "person_id", "verb", "target_type", "target_id", "purpose", "detail")
    )


def entry(staff, profile, criteria):
    told = {"criteria": criteria.pk}
    kind, number = "members.Profile", str(profile.pk)
    return (staff.pk, "Project staff", profile.user_id, "read.listed", kind, number, WHY, told)


def test_each_person_on_the_page_is_written_down_with_the_purpose_and_nobody_else(criteria, staff):
    first = matching.candidates(criteria=criteria, actor=staff, purpose=WHY, size=1)

    (shown,) = [match.profile for match in first.matches]
    assert (shown.display_name, first.has_next) == ("Lives there", True)
    assert entries() == [entry(staff, shown, criteria)]

    second = matching.candidates(criteria=criteria, actor=staff, purpose=WHY, page=2, size=1)
    (other,) = [match.profile for match in second.matches]
    assert (other.display_name, second.has_next) == ("Lives elsewhere", False)
    assert entries() == [entry(staff, shown, criteria), entry(staff, other, criteria)]


def test_the_person_reads_who_it_was_and_why(criteria, staff, client):
    (match,) = matching.candidates(criteria=criteria, actor=staff, purpose=WHY, size=1).matches
    client.force_login(match.profile.user)

    page = client.get(reverse("members:privacy-readings")).content.decode()

    assert "Project staff" in page
    assert "Seen in a list" in page
    assert WHY in page


@pytest.mark.parametrize("purpose", ["", "  \n"])
def test_without_a_purpose_there_is_no_list(criteria, staff, purpose):
    with pytest.raises(matching.NoPurpose):
        matching.candidates(criteria=criteria, actor=staff, purpose=purpose)

    assert entries() == []


def test_what_cannot_be_written_down_is_not_shown(criteria, staff, monkeypatch):
    monkeypatch.setattr(audit, "read_each", lambda **entry: 1 / 0)

    with pytest.raises(ZeroDivisionError):
        matching.candidates(criteria=criteria, actor=staff, purpose=WHY)


def test_a_page_costs_the_same_however_many_people_are_on_it(criteria, staff, django_assert_num_queries):
    queries = 7
    with django_assert_num_queries(queries):
        matching.candidates(criteria=criteria, actor=staff, purpose=WHY)
    ProfileFactory.create_batch(3, listed=True)

    with django_assert_num_queries(queries):
        matching.candidates(criteria=criteria, actor=staff, purpose=WHY)
