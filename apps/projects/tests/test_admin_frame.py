"""The frame of the administration, which is drawn once and kept: for the same rights, language and place."""

import pytest
from django.contrib.auth.models import Permission
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation

from apps.members.tests.factories import UserFactory

pytestmark = pytest.mark.django_db


def desk_of(client, *rights, language="en"):
    user = UserFactory(is_staff=True, language=language)
    user.user_permissions.set(Permission.objects.filter(codename__in=rights))
    client.force_login(user)
    return client


@pytest.mark.parametrize(
    ("page", "rights"),
    [
        ("changelist", ["view_project"]),
        ("changelist", ["view_project", "add_project", "change_project", "view_country"]),
        ("add", ["view_project", "add_project", "change_project", "view_country"]),
    ],
)
@pytest.mark.parametrize("language", ["en", "fr"])
def test_the_side_is_what_django_would_draw(client, page, rights, language):
    desk = desk_of(client, *rights, language=language)
    for _once_drawn_and_once_kept in range(2):
        answer = desk.get(reverse(f"admin:projects_project_{page}"))
        given = {"available_apps": answer.context["available_apps"], "request": answer.wsgi_request}

        assert answer.status_code == 200
        with translation.override(language):
            assert render_to_string("admin/nav_sidebar.html", given) in answer.text
