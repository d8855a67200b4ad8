"""The home page's "At work since": told from the records, without a word that they do not hold."""

import html
import re

import pytest
from django.urls import reverse
from django.utils import translation

from apps.core import vocabulary
from apps.core.tests.factories import CountryFactory
from apps.portal import work
from apps.projects.models import Partnership
from apps.projects.services import projects
from apps.projects.tests.factories import OrganisationFactory, PartnershipFactory, ProjectFactory

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def nothing_in_memory():
    vocabulary.forget()
    work.forget()
    yield
    work.forget()


def home(client, language="en"):
    with translation.override(language):
        return client.get(reverse("portal:home"))


def read(response) -> str:
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", response.text)).split())


def line(client) -> list:
    return [(year.year, year.title) for year in home(client).context["years"]]


def test_the_line_tells_what_began_when_and_where(client):
    rwanda = CountryFactory(code="RW", name="Rwanda")
    ProjectFactory(published=True, title_en="The first", countries=[rwanda], periods=[(2001, 2012)])
    ProjectFactory(published=True, title_en="Years unknown")
    ProjectFactory(title_en="A draft", periods=[(1999, 2000)])

    page = home(client)

    assert [tuple(year) for year in page.context["years"]] == [
        (2001, "The first", page.context["years"][0].url, "Rwanda", "")
    ]
    assert "At work since 2001 All projects 2001 The first Rwanda" in read(page)


def test_of_many_the_line_has_the_first_and_those_that_began_last(client):
    for year in range(2001, 2010):
        ProjectFactory(published=True, title_en=f"Of {year}", periods=[(year, year)])

    assert [year for year, _title in line(client)] == [2001, 2005, 2006, 2007, 2008, 2009]


def test_a_withdrawn_project_leaves_the_line_at_once(client, admin_user):
    project = ProjectFactory(published=True, title_en="The first", periods=[(2001, 2012)])
    assert line(client) == [(2001, "The first")]

    projects.withdraw(obj=project, actor=admin_user)

    assert line(client) == []


def test_a_new_title_stands_in_the_line_at_once(client):
    project = ProjectFactory(published=True, title_en="The first", periods=[(2001, 2012)])
    assert line(client) == [(2001, "The first")]

    project.title_en = "The very first"
    projects.write_row(row=project, changed={"title_en"})

    assert line(client) == [(2001, "The very first")]


def test_the_figures_are_counted_from_what_is_public(client):
    countries = CountryFactory.create_batch(2)
    project = ProjectFactory(published=True, countries=countries)
    ProjectFactory(published=True, countries=countries[:1])
    ProjectFactory(countries=[CountryFactory()])
    donor, host = OrganisationFactory.create_batch(2)
    for organisation, role in [(donor, "donor"), (donor, "lead"), (host, "host")]:
        PartnershipFactory(project=project, organisation=organisation, role=Partnership.Role(role))

    assert [tuple(fact) for fact in home(client).context["facts"]] == [
        (2, "projects with diaspora communities"),
        (2, "countries of action"),
        (1, "host institutions"),
        (1, "donors and partners"),
    ]


def test_a_title_in_another_language_than_the_readers_says_which(client):
    ProjectFactory(published=True, title_en="The first", periods=[(2001, 2012)])

    assert '<b lang="en">' in home(client, "fr").text
    assert '<b lang="en">' not in home(client).text


def test_without_a_project_nothing_is_said_of_years_or_figures(client):
    page = home(client)

    assert (page.context["years"], page.context["facts"]) == ((), ())
    assert "At work since" not in read(page)


def test_a_visitor_costs_one_query_for_the_line_while_the_rest_is_held(client, django_assert_num_queries):
    for year in (2001, 2007, 2019):
        ProjectFactory(published=True, countries=[CountryFactory()], periods=[(year, year)])
    home(client)

    with django_assert_num_queries(2):  # the projects of the line; is this a demonstration?
        home(client)
