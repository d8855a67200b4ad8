"""Suppressed addresses: known by a hash, so asked about one by one, by somebody who has the address."""

import pytest
from django.urls import reverse

from apps.core.models import AuditEntry
from apps.outbox.models import Suppression
from apps.outbox.services import key_of

from .factories import SuppressionFactory

pytestmark = pytest.mark.django_db

ADDRESS = reverse("admin:outbox_suppression_address")
GONE = "Gone@example.org"


@pytest.fixture
def focal_point(client, staff_of):
    client.force_login(staff_of("Data-protection focal point"))
    return client


def test_an_address_is_looked_up_by_its_hash(desk):
    SuppressionFactory(address=GONE, reason=Suppression.Reason.COMPLAINED)

    assert "Its reader called a mail spam" in desk.post(ADDRESS, {"address": " gone@EXAMPLE.org"}).text
    assert "This address is not suppressed" in desk.post(ADDRESS, {"address": "other@example.org"}).text


def test_looking_up_is_written_down_without_the_address(desk, administrator):
    desk.post(ADDRESS, {"address": GONE})

    entry = AuditEntry.objects.get()
    assert (entry.verb, entry.actor_id) == ("read.listed", administrator.pk)
    assert entry.detail == {"model": "outbox.Suppression", "searched": True}


def test_an_address_in_the_address_line_is_not_looked_up(desk):
    SuppressionFactory(address=GONE)

    page = desk.get(ADDRESS, {"address": GONE})

    assert "address" not in page.context
    assert GONE not in page.text


@pytest.mark.parametrize("address", ["", "not an address", "a@b@c"])
def test_what_is_no_address_comes_back_with_its_error(desk, address):
    assert desk.post(ADDRESS, {"address": address}).context["form"].errors


def test_the_list_names_reasons_and_no_address_and_no_hash(desk):
    suppression = SuppressionFactory(address=GONE, detail="550 no such user")

    page = desk.get(reverse("admin:outbox_suppression_changelist")).text

    assert "The address does not exist or takes no mail" in page
    assert "550 no such user" in page
    assert GONE.lower() not in page.lower()
    assert suppression.key[:12] not in page


def test_an_address_is_suppressed_for_a_reason_and_lifted_again(desk, administrator):
    bare = desk.post(ADDRESS, {"address": GONE, "deed": "suppress", "reason": ""})
    assert bare.context["why"].errors
    assert not Suppression.objects.exists()

    desk.post(ADDRESS, {"address": GONE, "deed": "suppress", "reason": "Asked for by letter"})
    suppression = Suppression.objects.get()
    assert (suppression.key, suppression.reason) == (key_of(GONE), Suppression.Reason.STAFF)
    assert suppression.detail == "Asked for by letter"

    for _click in range(2):
        desk.post(ADDRESS, {"address": GONE, "deed": "lift"})
    assert not Suppression.objects.exists()
    deeds = AuditEntry.objects.exclude(verb="read.listed").order_by("pk").values_list("verb", "actor_id")
    assert list(deeds) == [
        ("outbox.suppressed", administrator.pk),
        ("outbox.suppression_lifted", administrator.pk),
    ]


@pytest.mark.parametrize("deed", ["suppress", "lift"])
def test_the_focal_point_looks_up_and_changes_nothing(focal_point, deed):
    SuppressionFactory(address=GONE)

    looked = focal_point.post(ADDRESS, {"address": GONE})
    refused = focal_point.post(ADDRESS, {"address": "other@example.org" if deed == "suppress" else GONE, "deed": deed})

    assert "Suppressed since" in looked.text
    assert "Write to it again" not in looked.text
    assert refused.status_code == 403
    assert [suppression.key for suppression in Suppression.objects.all()] == [key_of(GONE)]


@pytest.mark.parametrize("count", [1, 3])
def test_the_list_costs_the_same_for_any_number(desk, count, django_assert_num_queries):
    SuppressionFactory.create_batch(count)

    # The session, the account, its own rights and its roles', how many rows, the rows, is it a demonstration?
    with django_assert_num_queries(6):
        page = desk.get(reverse("admin:outbox_suppression_changelist"))

    assert page.context["cl"].result_count == count
