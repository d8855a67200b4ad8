"""Many members at once, with confirmed addresses."""

import django

from . import _ground  # noqa: F401 - the addresses of the servers

django.setup()

from allauth.account.models import EmailAddress
from django.contrib.auth.hashers import make_password

from apps.members.models import User

PASSWORD = "two strands, one thread"


def registered(addresses: list[str], hasher: str) -> list[str]:
    """Make accounts with these addresses; all have one password, hashed once."""
    password = make_password(PASSWORD, hasher=hasher)
    users = User.objects.bulk_create(User(email=address, password=password) for address in addresses)
    EmailAddress.objects.bulk_create(
        EmailAddress(user=user, email=user.email, verified=True, primary=True) for user in users
    )
    return addresses
