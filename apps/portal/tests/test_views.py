"""My space, search, the written pages, and the small doors: theme, robots, sitemap."""

import html
import re

import pytest
from django.urls import reverse

from apps.core.tests.factories import SkillFactory
from apps.members.models import Audience
from apps.members.services import directory
from apps.members.tests.factories import MessageFactory, ProfileFactory, UserFactory
from apps.portal import services
from apps.portal.models import Page

pytestmark = pytest.mark.django_db


def read(response) -> str:
    """The page as people read it: without tags, in one line."""
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", response.content.decode())).split())


# --- my space ---------------------------------------------------------------------------------------------------------


def test_my_space_asks_a_newcomer_for_a_profile_first(client):
    client.force_login(UserFactory())
    page = client.get(reverse("portal:me")).content.decode()
    assert reverse("members:profile-about") in page
    assert "Start with your name" in page


def test_my_space_says_what_is_missing_who_finds_me_and_who_wrote(client):
    profile = ProfileFactory(listed=True, display_name="Aline", headline="Midwife")
    MessageFactory(recipient=profile.user, subject="A guest lesson")
    client.force_login(profile.user)

    page = read(client.get(reverse("portal:me")))

    assert "Add your skills Most searches are for a skill" in page
    assert "Write a headline" not in page
    assert "Who finds you Members: people with a confirmed address" in page
    assert "A guest lesson" in page


def test_my_space_reminds_an_unlisted_member_that_nobody_finds_him(client):
    client.force_login(ProfileFactory().user)
    assert "Nobody does so far: you are not in the directory." in read(client.get(reverse("portal:me")))


# --- search -----------------------------------------------------------------------------------------------------------


@pytest.fixture
def midwife():
    skill = SkillFactory(name="Midwifery", synonyms_fr="sage-femme")
    return ProfileFactory(expert=True, display_name="Aline Uwase", skills=[skill])


@pytest.fixture
def about():
    return Page.objects.create(slug="about", title_en="About the portal", lead_en="For midwifery and much more.")


def find(client, text):
    return client.get(reverse("portal:search"), {"q": text})


def test_search_finds_pages_and_people_by_what_they_say_or_know(client, midwife, about):
    page = read(find(client, "midwifery"))
    assert "Pages 1 About the portal" in page
    assert "People 1" in page
    assert "Aline Uwase" in page
    assert "Aline Uwase" in read(find(client, "sage-femme"))


def test_search_matches_nothing_that_the_reader_may_not_see(client, midwife):
    midwife.skills_audience = Audience.MEMBERS
    midwife.save()
    directory.refresh(midwife)
    assert "Nothing matches “midwifery”" in read(find(client, "midwifery"))
    client.force_login(ProfileFactory().user)
    assert "Aline Uwase" in read(find(client, "midwifery"))


def test_search_shows_the_first_people_and_leads_to_all_of_them(client, midwife):
    skill = midwife.skills.get().skill
    ProfileFactory.create_batch(8, expert=True, skills=[skill])
    everybody = f'href="{{}}?q={skill.name}"'

    page = find(client, skill.name)

    assert "People 9" in read(page)
    assert page.content.decode().count('class="person"') == 8
    assert everybody.format(reverse("members:directory")) in page.content.decode()
    client.force_login(ProfileFactory().user)
    assert everybody.format(reverse("members:directory-members")) in find(client, skill.name).content.decode()


def test_a_search_without_a_match_says_so_and_one_without_words_only_offers_the_box(client):
    assert "Nothing matches “xyzzy” Write fewer words" in read(find(client, "xyzzy"))
    assert "Nothing matches" not in read(find(client, " "))
    assert find(client, "nul\x00byte").status_code == 400


# --- written pages ----------------------------------------------------------------------------------------------------


def test_a_page_shows_its_text_cleaned_and_says_that_it_is_a_draft(client, about):
    Page.objects.update(draft_notice=True, body_en='<p>Welcome <b onclick="x()">all</b><script>alert(1)</script></p>')

    response = client.get(reverse("portal:about"))

    assert "Draft, to be approved by IOM" in read(response)
    assert "<p>Welcome all</p>" in response.content.decode()


def test_a_page_that_is_not_translated_says_so_and_names_its_language(client, about):
    page = client.get("/fr/about/").content.decode()
    assert '<div lang="en">\n      <h1>About the portal</h1>' in page
    assert 'class="note page-note"' in page

    Page.objects.update(title_fr="À propos")
    page = client.get("/fr/about/").content.decode()
    assert '<div lang="en">' not in page
    assert "page-note" not in page


def test_the_privacy_notice_carries_the_register_of_what_is_kept(client):
    services.load_pages()
    page = read(client.get(reverse("portal:page", args=["privacy"])))
    assert "Message To carry messages between members without showing addresses 90 days" in page
    assert "In your copy" in page
    assert "A secret that only the portal may know" in page
    assert "In your copy" not in read(client.get(reverse("portal:page", args=["legal"])))


def test_an_unknown_page_is_404(client):
    assert client.get(reverse("portal:page", args=["nothing-here"])).status_code == 404


# --- the small doors --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("theme", ["dark", "light"])
def test_a_chosen_theme_is_remembered_and_drawn_by_the_server(client, theme):
    here = reverse("portal:search")
    response = client.post(reverse("theme"), {"theme": theme, "next": here})
    assert response.url == here
    assert f'data-bs-theme="{theme}"' in client.get(here).content.decode()


@pytest.mark.parametrize("elsewhere", ["https://elsewhere.example/", "//elsewhere.example/", "javascript:alert(1)"])
def test_choosing_a_theme_leads_to_no_other_host(client, elsewhere):
    assert client.post(reverse("theme"), {"theme": "dark", "next": elsewhere}).url == "/"


def test_an_unknown_theme_is_not_kept(client):
    assert "theme" not in client.post(reverse("theme"), {"theme": "pink"}).cookies


def test_a_theme_is_changed_by_posting_only(client):
    assert client.get(reverse("theme")).status_code == 405


def test_robots_are_kept_out_of_what_is_not_for_everyone(client):
    lines = client.get("/robots.txt").content.decode().splitlines()
    assert {"Disallow: /admin/", "Disallow: /*/me/", "Disallow: /*/members/all/"} <= set(lines)
    assert lines[-1] == "Sitemap: http://testserver/sitemap.xml"


def test_the_sitemap_names_experts_and_nobody_else(client, midwife, about):
    others = [ProfileFactory(), ProfileFactory(listed=True), ProfileFactory(public=True)]

    index = client.get("/sitemap.xml").content.decode()
    sections = re.findall(r"<loc>[^<]*(/sitemap-\w+\.xml)", index)
    maps = "".join(client.get(section).content.decode() for section in sections)

    assert midwife.get_absolute_url() in maps
    assert about.get_absolute_url() in maps
    assert [other.public_id in maps for other in others] == [False, False, False]


def test_the_style_guide_is_for_staff(client):
    client.force_login(ProfileFactory().user)
    assert client.get("/styleguide/").status_code == 403
