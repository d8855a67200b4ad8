"""The demo: enough people to look around, one account a role, never in production, and said at every page's foot."""

import re

import pytest
from django.core.management import CommandError, call_command
from django.urls import reverse

from apps.core.services import load_taxonomy
from apps.members.models import DirectoryEntry, Profile, User
from apps.portal.management.commands.load_demo import ACCOUNTS, PASSWORD

pytestmark = pytest.mark.django_db


def test_a_portal_with_demo_data_has_people_to_look_at_and_a_second_load_adds_nobody(client, capsys):
    load_taxonomy()
    call_command("load_demo")
    people, entries = Profile.objects.count(), DirectoryEntry.objects.count()
    call_command("load_demo")

    assert people >= 150
    assert (Profile.objects.count(), DirectoryEntry.objects.count()) == (people, entries)
    assert not User.objects.filter(is_sample=False).exists()
    for _who, address, role, _record in ACCOUNTS:
        user = User.objects.get(email=address)
        assert user.check_password(PASSWORD)
        assert user.is_staff == bool(role)
        assert list(user.groups.values_list("name", flat=True)) == ([role] if role else [])
    capsys.readouterr()
    call_command("load_demo", accounts=True)
    assert re.findall(r"\S+@demo\.example", capsys.readouterr().out) == [address for _w, address, _r, _n in ACCOUNTS]
    assert "Demonstration with sample data" in client.get(reverse("portal:home")).text


def test_without_demo_data_no_page_speaks_of_it(client):
    assert "Demonstration with sample data" not in client.get(reverse("portal:home")).text


def test_demo_data_never_reaches_production(settings):
    settings.DEMO_ALLOWED = False

    with pytest.raises(CommandError, match="production"):
        call_command("load_demo")

    assert not User.objects.exists()
