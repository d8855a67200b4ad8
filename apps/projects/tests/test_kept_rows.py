"""Rows that are drawn once and kept say what a row that is drawn each time would say."""

from datetime import UTC, datetime, timedelta

import pytest
from django.contrib.admin import SimpleListFilter
from django.contrib.admin.templatetags.admin_list import result_list
from django.contrib.auth.models import Permission
from django.http import QueryDict
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone, translation

from apps.core import vocabulary
from apps.core.models import Country
from apps.core.tests.factories import CountryFactory, SectorFactory
from apps.members.tests.factories import UserFactory
from apps.projects import cards
from apps.projects.admin.filters import CountryFilter
from apps.projects.models import Project

from .factories import ProjectFactory, SectionFactory

pytestmark = pytest.mark.django_db
LATER = timezone.now() + timedelta(days=3)


@pytest.fixture
def projects():
    country, sector = CountryFactory(name="Rwanda"), SectorFactory(name="Health")
    return [
        ProjectFactory(title_en="A < B", title_fr="A < B en français", published=True, periods=[(2007, 2007)]),
        ProjectFactory(title_en="Later", published=True, public_from=LATER, countries=[country], residences=[country]),
        ProjectFactory(title_en="Draft", lead_en="An opening", sectors=[sector], periods=[(2019, None)]),
        ProjectFactory(title_en="Taken back", state=Project.State.WITHDRAWN, status=Project.Status.PAST),
    ]


@pytest.mark.parametrize("language", ["en", "fr"])
def test_a_row_from_the_lists_statement_is_the_row_of_the_project(projects, language):
    found = Project.objects.order_by("pk")

    with translation.override(language):
        assert cards.drawn_of(found.told(language)) == cards.drawn(found)
        assert len(found.told(language)) == len(projects)


def test_a_project_that_was_changed_is_another_row(projects):
    before = cards.drawn(Project.objects.order_by("pk"))
    Project.objects.order_by("pk").filter(title_en="Draft").update(title_en="Renamed")
    after = cards.drawn_of(Project.objects.order_by("pk").told("en"))

    assert [row for row in after if row not in before] == [before[2].replace("Draft</a>", "Renamed</a>")]


@pytest.mark.parametrize("query", ["", "?state=draft&o=1", "?q=later", "?q=nothing"])
def test_the_administrations_rows_are_those_that_django_draws(admin_client, projects, query):
    SectionFactory(project=projects[0], heading_en="Only in English", lacking=["nl"])
    page = admin_client.get(reverse("admin:projects_project_changelist") + query)

    assert render_to_string("admin/change_list_results.html", result_list(page.context["cl"])) in page.text


@pytest.mark.parametrize(
    ("language", "day"),
    [
        ("en", "3 December 2026, 16:05"),
        ("fr", "3 décembre 2026 16:05"),
        ("nl", "3 december 2026 16:05"),
        ("de", "3. Dezember 2026 16:05"),
    ],
)
def test_the_administration_writes_days_and_hours_as_the_reader_does(admin_client, admin_user, language, day):
    admin_user.language = language
    admin_user.save()
    project = ProjectFactory()
    Project.objects.filter(pk=project.pk).update(changed_at=datetime(2026, 12, 3, 15, 5, tzinfo=UTC))

    page = admin_client.get(reverse("admin:projects_project_changelist"))

    assert f'<td class="field-changed_at nowrap">{day}</td>' in page.text


def test_the_filter_offers_the_countries_of_the_projects_that_one_runs(client, projects):
    me, own, other = UserFactory(is_staff=True), CountryFactory(name="Own"), CountryFactory(name="Other")
    ProjectFactory(team=[me], countries=[own])
    ProjectFactory(countries=[other])

    assert Project.objects.run_by(me).countries_of_action() == [own.pk]
    assert {own.pk, other.pk} < set(Project.objects.all().countries_of_action())
    assert Project.objects.none().countries_of_action() == []


@pytest.mark.parametrize("query", ["", "?state=draft", "?q=later&country=0", "?state__exact=draft&_facets=True"])
def test_the_filter_of_countries_leads_where_djangos_leads(admin_client, projects, query):
    cl = admin_client.get(reverse("admin:projects_project_changelist") + query).context["cl"]
    spec = next(spec for spec in cl.filter_specs if isinstance(spec, CountryFilter))

    ours, djangos = list(spec.choices(cl)), list(SimpleListFilter.choices(spec, cl))
    assert [(c["selected"], str(c["display"])) for c in ours] == [(c["selected"], str(c["display"])) for c in djangos]
    assert [sorted(QueryDict(c["query_string"][1:]).lists()) for c in ours] == [
        sorted(QueryDict(c["query_string"][1:]).lists()) for c in djangos
    ]


def test_a_country_that_is_gone_is_no_longer_offered(admin_client, projects):
    Country.objects.filter(name_en="Rwanda").delete()
    vocabulary.forget()

    page = admin_client.get(reverse("admin:projects_project_changelist"))
    assert (page.status_code, "Rwanda" in page.text) == (200, False)


def test_the_number_of_the_administrations_list_is_of_what_one_runs(client, admin_client, projects):
    me = UserFactory(is_staff=True)
    me.user_permissions.set(Permission.objects.filter(content_type__app_label="projects", codename="view_project"))
    ProjectFactory(team=[me])
    client.force_login(me)
    address = reverse("admin:projects_project_changelist")

    assert client.get(address).context["cl"].result_count == 1
    assert admin_client.get(address).context["cl"].result_count == len(projects) + 1
    assert admin_client.get(f"{address}?state__exact=draft").context["cl"].result_count == 2
