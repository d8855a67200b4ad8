"""T-A3: nobody learns whether an address has an account: at sign-in, registration and reset all answer the same.

Here the answers and what they cost are counted; `./portal torture T-A3` holds a watch to them.
"""

import re
from contextlib import contextmanager
from unittest.mock import patch

import pytest
from allauth.account.models import EmailAddress
from django.contrib.auth.hashers import MD5PasswordHasher
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from apps.members.models import User
from apps.members.tests.factories import PASSWORD, UserFactory
from apps.outbox.models import OutgoingMail

pytestmark = pytest.mark.django_db
EACH = 20
DOORS = {
    "account_login": {"login": "{}", "password": "not this one, surely"},
    "account_signup": {"email": "{}", "password1": PASSWORD, "adult": "on", "terms": "on"},
    "account_reset_password": {"email": "{}"},
}

COSTS = {  # status, hashes, mails
    "account_login": [200, 1, 0],
    "account_signup": [302, 1, 1],
    "account_reset_password": [302, 0, 1],
}


@contextmanager
def hashes_counted():
    counted = []
    encode = MD5PasswordHasher.encode

    def counting(self, password, salt):
        counted.append(1)
        return encode(self, password, salt)

    with patch.object(MD5PasswordHasher, "encode", counting):
        yield counted


def knock(door, address):
    """What somebody without an account sees, and what it costs: nothing of it may tell the address."""
    client, before = Client(), OutgoingMail.objects.count()
    typed = {name: value.format(address) for name, value in DOORS[door].items()}
    client.get(reverse(door))
    with hashes_counted() as hashes, CaptureQueriesContext(connection) as queries:
        answer = client.post(reverse(door), typed)
        asked = len(queries)  # before the next request empties the list
    then = client.get(answer["Location"]) if answer.status_code == 302 else answer
    said = re.sub(r'name="csrfmiddlewaretoken" value="\w+"', "", then.content.decode()).replace(address, "ADDRESS")
    return {
        "status": answer.status_code,
        "to": answer.get("Location", ""),
        "said": said,
        "hashes": len(hashes),
        "mails": OutgoingMail.objects.count() - before,
        "queries": asked,
    }


@pytest.mark.parametrize("door", DOORS)
def test_known_and_unknown_addresses_are_answered_alike(door):
    known = [UserFactory(email=f"known{number:03}@example.org").email for number in range(EACH)]
    unknown = [f"other{number:03}@example.org" for number in range(EACH)]
    for warm in (UserFactory(email="first@example.org").email, "second@example.org"):
        knock(door, warm)  # the texts of mails are kept from their first use on

    of_known, of_unknown = ([knock(door, address) for address in addresses] for addresses in (known, unknown))

    assert len({repr(answer) for answer in of_known + of_unknown}) == 1
    assert [of_known[0][what] for what in ("status", "hashes", "mails")] == COSTS[door]
    assert User.objects.count() == EACH + 1 + (door == "account_signup") * (EACH + 1)  # none is left of a stand-in


@pytest.mark.parametrize("door", DOORS)
@pytest.mark.parametrize("who", ["unconfirmed", "closed", "claimed by another"])
def test_an_account_in_any_state_is_answered_like_no_account(door, who):
    for warm in (UserFactory(email="first@example.org").email, "second@example.org"):
        knock(door, warm)
    address = "somebody@example.org"
    if who == "claimed by another":
        EmailAddress.objects.create(user=UserFactory(), email=address)
    else:
        UserFactory(email=address, address__verified=who == "closed", is_active=who != "closed")

    assert knock(door, address) == knock(door, "nobody@example.org")
