"""The list of projects: who finds what, by words, facets and years."""

from datetime import timedelta

import pytest
from django.contrib.auth.models import AnonymousUser
from django.urls import reverse
from django.utils import timezone, translation

from apps.core.tests.factories import CountryFactory, SectorFactory
from apps.members.tests.factories import UserFactory
from apps.projects import permissions
from apps.projects.models import Facet, Project
from apps.projects.services import indexing

from .factories import DocumentFactory, OrganisationFactory, PartnershipFactory, ProjectFactory, SectionFactory

pytestmark = pytest.mark.django_db
LIST = "projects:project-list"


def titles(client, language="en", **query):
    with translation.override(language):
        page = client.get(reverse(LIST), query)
    assert page.status_code == 200
    return [card.split("</a>")[0].rsplit(">", 1)[1] for card in page.context["projects"]]


def counts(client, **query):
    page = client.get(reverse(LIST), query)
    return {group.name: {o.value: o.count for o in group.options} for group in page.context["groups"]}


@pytest.fixture
def rwanda():
    return CountryFactory(code="RW", name="Rwanda", name_fr="Rwanda", name_nl="Rwanda", name_de="Ruanda")


@pytest.fixture
def morocco():
    return CountryFactory(code="MA", name="Morocco", name_fr="Maroc")


@pytest.fixture
def health():
    return SectorFactory(slug="health", name="Health", name_fr="Santé")


# --- who sees what ----------------------------------------------------------------------------------------------------
def test_a_visitor_finds_what_is_public_now_and_nothing_else(client):
    ProjectFactory(title_en="Public", published=True)
    ProjectFactory(title_en="Draft")
    ProjectFactory(title_en="Later", published=True, public_from=timezone.now() + timedelta(minutes=5))
    ProjectFactory(title_en="Taken back", state=Project.State.WITHDRAWN)

    assert titles(client) == ["Public"]
    assert titles(client, q="draft") == titles(client, q="later") == titles(client, q="taken") == []


def test_the_team_finds_its_drafts_marked_as_such_and_no_other_teams(client, django_user_model):
    me, other = UserFactory(is_staff=True), UserFactory(is_staff=True)
    ProjectFactory(title_en="Mine", team=[me])
    ProjectFactory(title_en="Theirs", team=[other])
    client.force_login(me)

    assert titles(client) == ["Mine"]
    assert titles(client, q="theirs") == []
    assert "Draft" in str(client.get(reverse(LIST)).context["projects"])


def test_the_list_and_the_rule_agree():
    me, lead = UserFactory(is_staff=True), UserFactory(is_staff=True)
    every = [
        ProjectFactory(published=True),
        ProjectFactory(published=True, public_from=timezone.now() + timedelta(days=1)),
        ProjectFactory(),
        ProjectFactory(team=[me]),
        ProjectFactory(state=Project.State.WITHDRAWN, team=[me, lead]),
    ]
    for user in (AnonymousUser(), UserFactory(), me, lead):
        assert set(Project.objects.visible_to(user)) == {p for p in every if permissions.can_see(user, p)}
        assert set(Project.objects.run_by(user)) == {p for p in every if permissions.role_in(user, p)}


def test_a_team_member_who_is_no_longer_staff_sees_what_everybody_sees():
    former = UserFactory(is_staff=False)
    draft = ProjectFactory(team=[former])

    assert list(Project.objects.visible_to(former)) == []
    assert not permissions.can_see(former, draft)


# --- facets -----------------------------------------------------------------------------------------------------------
def test_facets_count_and_narrow(client, rwanda, morocco, health):
    ProjectFactory(title_en="A", published=True, countries=[rwanda], sectors=[health], periods=[(2019, 2023)])
    ProjectFactory(title_en="B", published=True, countries=[morocco], periods=[(2007, 2007), (2012, 2015)])
    ProjectFactory(title_en="C", published=True, countries=[rwanda, morocco], status=Project.Status.PAST)
    ProjectFactory(title_en="Hidden", countries=[rwanda], sectors=[health])

    assert counts(client)["country"] == {"MA": 2, "RW": 2}
    assert counts(client)["field"] == {"health": 1}
    assert titles(client, country="RW") == ["A", "C"]
    assert titles(client, country=["RW", "MA"], status="past") == ["C"]
    # The facet that has a selection shows what a second value would bring; the others, what is left.
    assert counts(client, country="RW")["country"] == {"RW": 2, "MA": 2}
    assert counts(client, country="RW")["field"] == {"health": 1}
    assert counts(client, country="MA").get("field") is None


def test_years_are_found_in_every_period_and_not_in_the_gap(client):
    ProjectFactory(title_en="MEDMA", published=True, periods=[(2007, 2007), (2017, 2018)])

    assert counts(client)["years"] == {"2006": 1, "2016": 1}
    assert titles(client, years="2006") == ["MEDMA"]
    assert titles(client, years="2011") == []


def test_a_period_without_an_end_reaches_to_this_year(client, time_machine):
    time_machine.move_to("2026-06-01", tick=False)
    ProjectFactory(published=True, periods=[(2019, None)])

    assert counts(client)["years"] == {"2016": 1, "2021": 1, "2026": 1}


def test_unknown_values_and_odd_pages_are_no_error(client):
    ProjectFactory(title_en="A", published=True)

    assert titles(client, country="ZZ", status="odd", years="1", page="abc") == ["A"]
    assert client.get(reverse(LIST), {"page": 2}).status_code == 404
    assert client.get(reverse(LIST), {"page": "9" * 30}).status_code == 200


def test_every_facet_at_once_with_words(client, rwanda, health):
    belgium = CountryFactory(code="BE", name="Belgium")
    ProjectFactory(
        title_en="All", published=True, countries=[rwanda], residences=[belgium], sectors=[health],
        strands=["engage"], periods=[(2019, 2019)],
    )  # fmt: skip
    every = {
        "status": "current", "country": "RW", "lives": "BE", "field": "health", "years": "2016", "approach": "engage",
    }  # fmt: skip

    assert titles(client, **every) == titles(client, **every, q="all") == ["All"]
    assert {value for options in counts(client, **every).values() for value in options.values()} == {1}


def test_newest_first_and_those_without_a_year_last(client):
    ProjectFactory(title_en="Without", published=True)
    ProjectFactory(title_en="Old", published=True, periods=[(2001, 2012)])
    ProjectFactory(title_en="New", published=True, periods=[(2019, 2023)])

    assert titles(client) == ["New", "Old", "Without"]


# --- words ------------------------------------------------------------------------------------------------------------
def test_words_are_found_as_each_language_bends_them(client, health):
    project = ProjectFactory(
        title_en="Training trainers", title_fr="Former des formateurs", published=True, sectors=[health]
    )
    SectionFactory(project=project, body_en="<p>Nurses teach.</p>", body_fr="<p>Des infirmières enseignent.</p>")
    PartnershipFactory(project=project, organisation=OrganisationFactory(name_en="Rwanda Polytechnic"))
    indexing.index(project=project)

    for text in ("nurse", "trainer", "polytechnic", "infirmiere", "santé", "formateur", "train"):
        assert titles(client, q=text) == ["Training trainers"], text
    assert titles(client, q="nurse infirmiere") == []  # no one language holds both
    assert titles(client, "fr", q="infirmières") == ["Former des formateurs"]
    assert titles(client, q="midwife") == titles(client, q="-- ") == []


def test_a_text_in_another_language_only_is_found_and_marked(client):
    ProjectFactory(title_en="Beehives", published=True)

    with translation.override("nl"):
        page = client.get(reverse(LIST), {"q": "beehive"})
    (card,) = page.context["projects"]
    assert '<h3 lang="en">' in card


def test_what_is_for_the_team_only_is_not_found_by_others(client):
    project = ProjectFactory(published=True, notes="Zebra budget")
    DocumentFactory(project=project, title_en="Zebra plan", is_public=False)
    DocumentFactory(project=project, title_en="Okapi report")
    indexing.index(project=project)

    assert titles(client, q="zebra") == []
    assert titles(client, q="okapi") == [project.title]


# --- cost and neighbours ----------------------------------------------------------------------------------------------
@pytest.mark.parametrize("number", [1, 3, 30])
def test_the_list_costs_the_same_for_any_number(client, number, django_assert_num_queries, rwanda, health):
    ProjectFactory.create_batch(number, published=True, countries=[rwanda], sectors=[health], periods=[(2019, 2020)])
    client.get(reverse(LIST))  # the words of the taxonomy are kept from here on

    with django_assert_num_queries(3):  # counts, rows, are there sample people?
        page = client.get(reverse(LIST))
    assert len(page.context["projects"]) == min(number, 24)


def test_the_feed_brings_public_projects_in_the_language_of_its_address(client):
    ProjectFactory(title_en="Public", title_fr="Publié", published=True)
    team = UserFactory(is_staff=True)
    ProjectFactory(title_en="Draft", team=[team])
    client.force_login(team)

    with translation.override("fr"):
        feed = client.get(reverse("projects:feed"))
    assert feed["Content-Type"].startswith("application/atom+xml")
    text = feed.content.decode()
    assert "Publié" in text
    assert 'xml:lang="fr"' in text
    assert "Draft" not in text


def test_facets_hold_what_the_project_has(rwanda, health):
    project = ProjectFactory(countries=[rwanda], sectors=[health], strands=["empower"], periods=[(2019, 2023)])

    assert sorted(project.facets) == sorted(
        [
            Facet.STATUS.token(0),
            Facet.COUNTRY.token(rwanda.pk),
            Facet.SECTOR.token(health.pk),
            Facet.YEAR.token(2016),
            Facet.YEAR.token(2021),
            Facet.STRAND.token(2),
        ]
    )
    assert (project.years, project.sort_year) == ([[2019, 2023]], 2023)
    assert [text.language for text in project.texts.all()] == ["en"]
