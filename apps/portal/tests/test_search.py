"""Search over projects and countries, as each reader may see them, in his language or with the one there is."""

import html
import re
from unittest.mock import MagicMock

import pytest
from django.urls import reverse
from django.utils import translation

from apps.core import vocabulary
from apps.core.tests.factories import CountryFactory
from apps.members.tests.factories import UserFactory
from apps.portal.search import is_named, said_in
from apps.projects.tests.factories import ProjectFactory

pytestmark = pytest.mark.django_db
QUERIES = 6  # countries, projects, pages, what skills the words name, people; is this a demonstration?


@pytest.fixture(autouse=True)
def nothing_in_memory():
    vocabulary.forget()


@pytest.fixture
def rwanda():
    return CountryFactory(code="RW", name="Rwanda", name_de="Ruanda")


def find(client, text, language="en"):
    with translation.override(language):
        return client.get(reverse("portal:search"), {"q": text})


def hits(response) -> dict:
    return {source.kind: [hit.title for hit in source.hits] for source in response.context["sources"]}


def read(response) -> str:
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", response.text)).split())


def test_a_project_is_found_in_the_readers_language_with_its_opening(client):
    texts = {"title_fr": "Des sages-femmes", "lead_fr": "Elles enseignent.", "lead_en": "They teach."}
    project = ProjectFactory(published=True, title_en="Midwives who teach", **texts)

    page = find(client, "sages-femmes", "fr")

    assert "Des sages-femmes Elles enseignent." in read(page)
    assert f'href="/fr/projects/{project.slug}/"' in page.text
    assert "Only in" not in page.text


def test_a_project_that_is_written_in_another_language_only_says_in_which(client):
    ProjectFactory(published=True, title_en="Midwives who teach", lead_en="They teach.")

    page = find(client, "midwives", "fr")

    (hit,) = next(source for source in page.context["sources"] if source.kind == "projects").hits
    assert (hit.title_language, hit.text_language) == ("en", "en")
    assert '<h3 lang="en">' in page.text
    assert '<p class="mb-2" lang="en">They teach.' in page.text
    with translation.override("fr"):
        assert hit.note in page.text


def test_the_note_names_the_language_in_the_readers_own(client):
    ProjectFactory(published=True, title_en="", title_fr="Des sages-femmes")

    assert "Des sages-femmes Only in French" in read(find(client, "sages"))


def test_a_project_with_a_title_but_no_opening_in_the_readers_language_says_so_too(client):
    ProjectFactory(published=True, title_en="Midwives", title_fr="Des sages-femmes", lead_en="They teach.")

    (source,) = find(client, "midwives").context["sources"]
    assert source.hits[0].note == ""
    (source,) = find(client, "sages-femmes", "fr").context["sources"]
    assert (source.hits[0].title_language, source.hits[0].text_language) == ("", "en")
    assert said_in("fr", "en", "fr") == "Partly only in English"


def test_a_draft_is_found_by_its_team_alone(client):
    ours, theirs = [UserFactory(is_staff=True) for _ in range(2)]
    ProjectFactory(title_en="Midwives in secret", team=[ours])

    assert hits(find(client, "midwives")) == {}
    client.force_login(theirs)
    assert hits(find(client, "midwives")) == {}
    client.force_login(ours)
    assert hits(find(client, "midwives")) == {"projects": ["Midwives in secret"]}
    assert "Midwives in secret Draft" in read(find(client, "midwives"))


def test_more_projects_than_fit_are_counted_and_the_list_has_all_of_them(client):
    ProjectFactory.create_batch(10, published=True, title_en="Midwives who teach")

    page = find(client, "midwives teach")

    assert "Projects 10" in read(page)
    assert f'href="{reverse("projects:project-list")}?q=midwives+teach"' in page.text


def test_a_country_is_found_by_its_name_in_any_of_the_languages_with_what_happens_there(client, rwanda):
    ProjectFactory.create_batch(2, published=True, countries=[rwanda])
    ProjectFactory(published=True, residences=[rwanda])

    for text in ("rwanda", "Ruanda", "RWAN"):
        assert "Rwanda 2 projects; 1 project with the diaspora that lives there" in read(find(client, text))


def test_a_country_where_nothing_happens_for_the_reader_is_not_found(client, rwanda):
    ProjectFactory(countries=[rwanda])

    assert hits(find(client, "rwanda")) == {}


@pytest.mark.parametrize(
    ("name", "typed", "named"),
    [
        ("Burkina Faso", ["burk"], True),
        ("Burkina Faso", ["faso", "burkina"], True),
        ("Burkina Faso", ["kina"], False),
        ("Burkina Faso", ["burkina", "mali"], False),
        ("Côte d’Ivoire", ["cote"], True),
    ],
)
def test_each_word_begins_a_word_of_the_countrys_name(name, typed, named):
    assert is_named(name, typed) is named


def test_a_search_costs_the_same_for_any_number_of_projects(client, rwanda, django_assert_num_queries):
    ProjectFactory(published=True, title_en="Midwives in Rwanda", countries=[rwanda])
    find(client, "rwanda")
    with django_assert_num_queries(QUERIES):
        find(client, "rwanda")
    ProjectFactory.create_batch(3, published=True, title_en="Midwives in Rwanda", countries=[rwanda])
    with django_assert_num_queries(QUERIES):
        find(client, "rwanda")


def test_people_are_searched_in_turn(client, monkeypatch):
    turn = MagicMock()
    monkeypatch.setattr("apps.portal.search.IN_TURN", turn)

    assert client.get(reverse("portal:search"), {"q": "nurse"}).status_code == 200
    assert turn.__enter__.call_count == turn.__exit__.call_count == 1
