"""A person of the staff who is signed in: a name for many browsers at once."""

import django

from . import _ground  # noqa: F401 - the addresses of the servers

django.setup()

from django.conf import settings
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Group
from django.test import Client


def cookie_of(role: str) -> str:
    """Make an account with this role, sign it in, and return the cookie of its session."""
    user = get_user_model().objects.create_user("staff@torture.example", is_staff=True)
    user.groups.add(Group.objects.get(name=role))
    client = Client()
    client.force_login(user)
    return f"{settings.SESSION_COOKIE_NAME}={client.cookies[settings.SESSION_COOKIE_NAME].value}"
