"""The view shapes that every app uses, and the two doors for machines."""

from unittest.mock import patch

import pytest
from django import forms
from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import PermissionDenied
from django.db import OperationalError
from django.http import Http404
from django.test import RequestFactory
from django.urls import reverse
from django.views.generic import View

from apps.core.models import AuditEntry, Sector
from apps.core.tests.factories import SectorFactory
from apps.core.views import GuardedObjectMixin, ServiceFormView

pytestmark = [pytest.mark.django_db, pytest.mark.services]


def reach(model, pk, guard=None):
    view = type("Guarded", (GuardedObjectMixin, View), {"model": model, "guard": guard})()
    view.setup(RequestFactory().get("/"), pk=pk)
    view.request.user = AnonymousUser()
    return view.get_object()


def test_what_one_may_not_see_is_not_found():
    entry = AuditEntry.objects.create(verb="x")

    for pk in (entry.pk, entry.pk + 1):
        with pytest.raises(Http404):
            reach(AuditEntry, pk)


def test_what_one_sees_but_may_not_do_is_refused():
    sector = SectorFactory()

    assert reach(Sector, sector.pk) == sector
    assert reach(Sector, sector.pk, guard=lambda user, obj: obj == sector) == sector
    with pytest.raises(PermissionDenied):
        reach(Sector, sector.pk, guard=lambda user, obj: False)


class NameForm(forms.Form):
    name = forms.CharField()


@pytest.fixture
def form_view(client):
    saved = []

    class Save(ServiceFormView):
        form_class = NameForm
        template_name = "404.html"
        success_url = "/next/"

        def save(self, form):
            saved.append(form.cleaned_data)

    return Save.as_view(), saved


def test_valid_input_goes_to_the_service_once_and_on_to_the_next_page(form_view):
    view, saved = form_view

    response = view(RequestFactory().post("/", {"name": "Aline"}))

    assert (response.status_code, response.url) == (302, "/next/")
    assert saved == [{"name": "Aline"}]


def test_invalid_input_reaches_no_service(form_view):
    view, saved = form_view

    response = view(RequestFactory().post("/", {"name": ""}))

    assert response.status_code == 200
    assert saved == []


# --- for machines -----------------------------------------------------------------------------------------------------
def test_a_process_that_lives_says_so_without_asking_anybody(client, django_assert_num_queries):
    with django_assert_num_queries(0):
        response = client.get(reverse("healthz"))

    assert (response.status_code, response.content) == (200, b"ok\n")


def test_a_process_is_ready_with_database_migrations_and_broker(client):
    response = client.get(reverse("readyz"))

    assert response.status_code == 200
    assert response.json() == {"database": "ok", "migrations": "ok", "broker": "ok"}


def test_without_a_broker_it_is_reported_and_the_process_stays_ready(client):
    with patch("apps.core.views.current_app.connection_for_write", side_effect=ConnectionRefusedError("secret host")):
        response = client.get(reverse("readyz"))

    assert response.status_code == 200
    assert response.json()["broker"] == "ConnectionRefusedError"


@pytest.mark.parametrize(
    ("method", "outcome", "state"),
    [
        ("migration_plan", {"return_value": [("a migration", False)]}, {"database": "ok", "migrations": "behind"}),
        (
            "migration_plan",
            {"side_effect": OperationalError("password of secret host")},
            {"database": "OperationalError", "migrations": "unknown"},
        ),
    ],
)
def test_without_its_database_or_behind_its_migrations_a_process_is_not_ready(client, method, outcome, state):
    with patch(f"apps.core.views.MigrationExecutor.{method}", **outcome):
        response = client.get(reverse("readyz"))

    assert response.status_code == 503
    assert {name: response.json()[name] for name in state} == state
    assert "secret" not in response.content.decode()


@pytest.mark.parametrize("route", ["healthz", "readyz"])
def test_machines_read_only(client, route):
    assert client.post(reverse(route)).status_code == 405
    assert client.head(reverse(route)).status_code == 200
