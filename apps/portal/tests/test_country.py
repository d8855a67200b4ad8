"""The pages of countries: what happens for one, for whoever reads it; and where anything happens."""

import html
import json
import re
from pathlib import Path

import pytest
from django.urls import reverse
from django.utils import translation
from django.utils.text import slugify

from apps.core import vocabulary
from apps.core.tests.factories import CountryFactory
from apps.members.models import Follow
from apps.members.tests.factories import ProfileFactory, UserFactory
from apps.projects.tests.factories import FigureFactory, IndicatorFactory, ProjectFactory

pytestmark = pytest.mark.django_db
COUNTRIES = Path(vocabulary.__file__).parent / "data" / "countries.json"


@pytest.fixture(autouse=True)
def nothing_in_memory():
    vocabulary.forget()


@pytest.fixture
def rwanda():
    return CountryFactory(code="RW", name="Rwanda", name_de="Ruanda")


@pytest.fixture
def belgium():
    return CountryFactory(code="BE", name="Belgium", name_fr="Belgique")


@pytest.fixture
def tvet(rwanda, belgium):
    given = {"countries": [rwanda], "residences": [belgium], "periods": [(2019, 2023)]}
    return ProjectFactory(published=True, title_en="Teachers for Rwanda", **given)


def page(client, slug, language="en"):
    with translation.override(language):
        return client.get(reverse("portal:country", args=[slug]))


def read(response) -> str:
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", response.text)).split())


def sections(response) -> dict:
    """What the page tells, heading by heading, with the projects under each."""
    return {
        part.title: re.findall(r"<h3[^>]*><a[^>]*>([^<]+)", "".join(map(str, part.content)))
        for part in response.context["country"].parts
    }


# --- what happens -----------------------------------------------------------------------------------------------------
def test_a_country_shows_its_projects_since_when_and_leads_to_people_who_know_it(client, tvet):
    answer = page(client, "rwanda")

    assert sections(answer) == {"Projects": ["Teachers for Rwanda"]}
    assert "Rwanda Projects 1 Since 2019." in read(answer)
    assert f'href="{reverse("members:directory")}?connected=RW"' in answer.text


def test_a_country_where_the_diaspora_lives_shows_these_projects_under_a_heading_of_their_own(client, tvet):
    assert sections(page(client, "belgium")) == {"Projects with the diaspora that lives here": ["Teachers for Rwanda"]}


def test_the_figures_of_a_country_are_those_of_its_projects_with_their_way_of_knowing(client, tvet):
    FigureFactory(indicator=IndicatorFactory(project=tvet, name_en="Teachers trained", target=30), value=10)
    IndicatorFactory(name_en="Somewhere else")

    text = read(page(client, "rwanda"))

    assert "Teachers trained Teachers for Rwanda 30 10 reported on 5 October 2019" in text
    assert "Somewhere else" not in text


def test_the_address_is_the_same_in_every_language_and_the_name_is_the_readers(client, tvet):
    answer = page(client, "rwanda", "de")

    assert answer.wsgi_request.path == "/de/countries/rwanda/"
    assert "<h1>Ruanda</h1>" in answer.text


@pytest.mark.parametrize("slug", ["rwanda", "belgium", "nowhere"])
def test_a_country_where_nothing_happens_has_no_page(client, rwanda, belgium, slug):
    ProjectFactory(countries=[rwanda], residences=[belgium])  # a draft

    assert page(client, slug).status_code == 404


def test_a_draft_is_there_for_its_team_and_for_no_other(client, rwanda):
    ours, theirs = [UserFactory(is_staff=True) for _ in range(2)]
    ProjectFactory(title_en="Not yet told", countries=[rwanda], team=[ours])

    client.force_login(theirs)
    assert page(client, "rwanda").status_code == 404
    client.force_login(ours)
    assert sections(page(client, "rwanda")) == {"Projects": ["Not yet told"]}


def test_of_many_projects_the_newest_stand_here_and_the_list_has_all(client, rwanda, monkeypatch):
    monkeypatch.setattr("apps.portal.country.MOST", 2)
    for year in (2010, 2020, 2015):
        ProjectFactory(published=True, title_en=f"Of {year}", countries=[rwanda], periods=[(year, year)])

    answer = page(client, "rwanda")

    assert sections(answer) == {"Projects": ["Of 2020", "Of 2015"]}
    assert "Projects 3 Since 2010." in read(answer)
    assert f'href="{reverse("projects:project-list")}?country=RW"' in answer.text


@pytest.mark.parametrize("number", [1, 3])
def test_a_country_costs_the_same_for_any_number_of_projects(client, rwanda, django_assert_num_queries, number):
    for _ in range(number):
        project = ProjectFactory(published=True, countries=[rwanda], residences=[rwanda], periods=[(2019, 2020)])
        FigureFactory(indicator=IndicatorFactory(project=project))
    page(client, "rwanda")

    with django_assert_num_queries(6):  # both lists, their numbers, the indicators; is this a demonstration?
        page(client, "rwanda")


# --- following --------------------------------------------------------------------------------------------------------
def test_a_member_follows_a_country_and_stops_again(client, tvet):
    member = ProfileFactory().user
    client.force_login(member)
    assert "Follow this country" in read(page(client, "rwanda"))

    client.post(reverse("members:follow"), {"subject": "country-RW"})
    assert list(Follow.objects.values_list("user", "country__code")) == [(member.pk, "RW")]
    assert f'action="{reverse("members:unfollow", args=[Follow.objects.get().pk])}"' in page(client, "rwanda").text

    client.post(reverse("members:unfollow", args=[Follow.objects.get().pk]))
    assert not Follow.objects.exists()


def test_a_visitor_is_asked_to_sign_in_and_comes_back(client, tvet):
    assert f'href="{reverse("account_login")}?next=/en/countries/rwanda/"' in page(client, "rwanda").text


def test_who_has_no_profile_is_asked_to_write_one_first(client, tvet):
    client.force_login(UserFactory())
    answer = page(client, "rwanda")

    assert "Follow this country" not in read(answer)
    assert reverse("members:profile-about") in answer.text


# --- where anything happens -------------------------------------------------------------------------------------------
def test_the_countries_stand_with_their_numbers_in_a_list_and_on_the_map(client, tvet, rwanda):
    ProjectFactory(published=True, countries=[rwanda])
    ProjectFactory(countries=[CountryFactory(code="MA", name="Morocco")])  # a draft

    answer = client.get(reverse("portal:countries"))

    assert "Countries of action Rwanda 2 projects" in read(answer)
    assert "Where the diaspora lives Belgium 1 project" in read(answer)
    assert 'aria-label="Rwanda: 2 projects"' in answer.text
    assert "Morocco" not in answer.text


def test_without_a_project_the_list_says_so(client):
    assert "Nothing stands here yet" in read(client.get(reverse("portal:countries")))


def test_the_page_of_a_project_leads_to_its_countries(client, tvet):
    links = re.findall(r'href="(/en/countries/[^"]+)"', client.get(tvet.get_absolute_url()).text)

    assert links[:2] == ["/en/countries/belgium/", "/en/countries/rwanda/"]


def test_the_sitemap_names_countries_where_something_happens_for_everyone(client, tvet):
    ProjectFactory(countries=[CountryFactory(code="MA", name="Morocco")])

    told = client.get("/sitemap-countries.xml").text

    assert "/fr/countries/rwanda/" in told
    assert "/en/countries/belgium/" in told
    assert "morocco" not in told


def test_no_two_countries_of_the_taxonomy_share_an_address():
    names = json.loads(COUNTRIES.read_text(encoding="utf-8"))["names"]
    slugs = [slugify(name["en"]) for name in names.values()]

    assert len(set(slugs)) == len(slugs)
    assert "" not in slugs


@pytest.mark.parametrize("route", ["projects:project-list", "portal:countries"])
def test_projects_come_first_in_the_navigation_and_countries_belong_to_them(client, route):
    items = client.get(reverse(route)).context["main_nav"]()

    assert [(item.label, item.current) for item in items][:2] == [("Projects", True), ("Directory", False)]
