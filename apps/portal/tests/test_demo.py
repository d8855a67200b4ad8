"""The demo: enough people to look around, one account a role, never in production, and said at every page's foot."""

import re

import pytest
from django.core.management import CommandError, call_command
from django.urls import reverse

from apps.core.services import load_taxonomy
from apps.members.models import DirectoryEntry, Profile, User
from apps.portal.management.commands.load_demo import ACCOUNTS, PASSWORD
from apps.projects.models import Project, TeamMember

pytestmark = pytest.mark.django_db


def test_a_portal_with_demo_data_has_people_to_look_at_and_a_second_load_adds_nobody(client, capsys):
    load_taxonomy()
    call_command("load_demo")
    counted = (Profile, DirectoryEntry, Project, TeamMember)
    first = [model.objects.count() for model in counted]
    call_command("load_demo")

    assert first[0] >= 150
    assert [model.objects.count() for model in counted] == first
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


def test_each_project_account_has_its_team_and_a_draft_that_says_what_it_is():
    load_taxonomy()
    call_command("load_demo")

    roles = TeamMember.objects.values_list("user__email", "project__slug", "role")
    assert sorted(roles) == [
        ("administrator@demo.example", "match", "lead"),
        ("morocco@demo.example", "medma", "lead"),
        ("project@demo.example", "match", "editor"),
        ("project@demo.example", "mauritania-circular-migration", "lead"),
        ("project@demo.example", "rwanda-tvet-health", "lead"),
        ("project@demo.example", "sample-draft", "lead"),
        ("project@demo.example", "women4dev-academy", "lead"),
    ]
    draft = Project.objects.get(slug="sample-draft")
    assert draft.title_en.startswith("Sample draft:")
    assert (draft.state, draft.stale, draft.lacking) == ("draft", ["fr"], ["de", "fr", "nl"])
    assert not Project.objects.exclude(slug="sample-draft").exclude(state="published").exists()


def test_a_draft_that_somebody_has_taken_further_is_left_alone():
    load_taxonomy()
    call_command("load_demo")
    Project.objects.filter(slug="sample-draft").update(title_en="Mine now")
    call_command("load_demo")

    assert Project.objects.get(slug="sample-draft").title_en == "Mine now"


def test_without_demo_data_no_page_speaks_of_it(client):
    assert "Demonstration with sample data" not in client.get(reverse("portal:home")).text


def test_demo_data_never_reaches_production(settings):
    settings.DEMO_ALLOWED = False

    with pytest.raises(CommandError, match="production"):
        call_command("load_demo")

    assert not User.objects.exists()
