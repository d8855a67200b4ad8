"""How staff write the pages: two languages at a time, the editor under the strict policy, and every version kept."""

import base64
import hashlib
import re

import pytest
from django.contrib.auth.models import Group
from django.urls import reverse

from apps.core import history, translated
from apps.core.content import editor_csp
from apps.core.models import AuditEntry
from apps.members.tests.factories import UserFactory
from apps.portal.models import Page

pytestmark = pytest.mark.django_db

LANGUAGES = ("en", "fr", "nl", "de")
CHANGELIST = "admin:portal_page_changelist"


@pytest.fixture
def writer():
    user = UserFactory(is_staff=True)
    user.groups.add(Group.objects.get(name="Communications staff"))
    return user


@pytest.fixture
def desk(client, writer):
    client.force_login(writer)
    return client


def make_page(slug="about", **texts):
    page = Page(slug=slug, **{f"title_{code}": f"About {code}" for code in LANGUAGES} | texts)
    translated.write(page)
    return page


def form_of(page, beside="fr", **changes):
    names = [f"{part}_{code}" for part in ("title", "lead", "body") for code in ("en", beside)]
    return {name: getattr(page, name) or "" for name in names} | changes


def address(page, name="change", *more, beside=""):
    url = reverse(f"admin:portal_page_{name}", args=[page.pk, *more])
    return f"{url}?beside={beside}" if beside else url


# --- writing ----------------------------------------------------------------------------------------------------------
def test_a_page_is_written_in_english_and_one_language_beside_it_and_cleaned(desk, writer):
    page = make_page(body_nl="<p>Tekst</p>")
    texts = {f"body_{code}": f"<p>Text {code}</p><script>alert(1)</script>" for code in LANGUAGES}

    desk.post(address(page, beside="fr"), form_of(page, slug="other", **texts))

    page.refresh_from_db()
    assert page.slug == "about"
    assert (page.body_en, page.body_fr) == ("<p>Text en</p>", "<p>Text fr</p>")
    assert (page.body_nl, page.body_de) == ("<p>Tekst</p>", None)
    entry = AuditEntry.objects.latest("pk")
    assert (entry.verb, entry.actor_id) == ("portal.page.changed", writer.pk)


def test_an_emptied_editor_leaves_no_text_so_that_the_english_one_is_shown(desk, client):
    page = make_page(body_en="<p>English text</p>", body_fr="<p>Texte français</p>")

    desk.post(address(page, beside="fr"), form_of(page, body_fr="<p></p>"))

    assert "English text" in client.get("/fr/about/").text


def test_the_list_says_which_languages_lack_a_text(desk):
    make_page(body_en="<p>x</p>", body_fr="<p>x</p>", body_de="<p>x</p>")

    assert re.search(r'class="field-to_translate">(.*?)<', desk.get(reverse(CHANGELIST)).text)[1] == "NL missing"


def test_no_page_is_deleted(admin_client):
    page = make_page()

    assert admin_client.post(address(page, "delete"), {"post": "yes"}).status_code == 403
    assert Page.objects.exists()


def test_the_list_costs_the_same_for_any_number(desk, django_assert_max_num_queries):
    make_page("page-0")
    costs = []
    for more in (0, 2):
        for number in range(more):
            make_page(f"page-{number + 1}")
        with django_assert_max_num_queries(10) as queries:
            desk.get(reverse(CHANGELIST))
        costs.append(len(queries))

    assert costs[0] == costs[1]


# --- versions ---------------------------------------------------------------------------------------------------------
def test_every_version_is_kept_with_who_wrote_it_and_is_brought_back(desk, writer):
    page = make_page(body_en="<p>The first text</p>", body_fr="<p>Le premier texte</p>")
    desk.post(address(page, beside="fr"), form_of(page, body_en="<p>The second text</p>"))
    newest, oldest = history.versions(page)

    listed = desk.get(address(page, "history")).text
    assert writer.email in listed
    assert "Text (English)" in listed
    assert "The <del>first</del><ins>second</ins> text" in desk.get(address(page, "version", newest.pk)).text
    assert "The <del>second</del><ins>first</ins> text" in desk.get(address(page, "restore", oldest.pk)).text

    page.refresh_from_db()
    assert page.stale == ["fr"]
    desk.post(address(page, "restore", oldest.pk))

    page.refresh_from_db()
    assert (page.body_en, page.stale) == ("<p>The first text</p>", [])
    assert [version.revision.user for version in history.versions(page)] == [writer, writer, None]
    assert AuditEntry.objects.filter(verb="portal.page.changed").count() == 2


def test_a_version_of_another_page_is_not_to_be_had_here(desk):
    page, other = make_page(), make_page("other")
    desk.post(address(other, beside="fr"), form_of(other, title_en="Other"))

    for name in ("version", "restore"):
        assert desk.get(address(page, name, history.versions(other).first().pk)).status_code == 404


# --- the policy -------------------------------------------------------------------------------------------------------
def policy(response):
    directives = (part.split() for part in response.headers["Content-Security-Policy"].split(";"))
    return {name: set(sources) for name, *sources in directives}


def sha256(text):
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"


@pytest.mark.parametrize("name", ["change", "add"])
def test_the_editors_pages_name_their_two_inline_parts_and_nothing_else(desk, name):
    page = make_page()
    arguments = {"change": [page.pk], "add": []}[name]

    response = desk.get(reverse(f"admin:portal_page_{name}", args=arguments))

    import_map = re.search(r'<script type="importmap">(.*?)</script>', response.text)[1]
    assert policy(response)["script-src"] == {"'self'", sha256(import_map)}
    assert policy(response)["style-src"] == {"'self'", *editor_csp()["style-src"]}
    assert len(editor_csp()["style-src"]) == 1


def test_no_other_page_of_the_administration_allows_anything_inline(desk):
    page = make_page()

    for other in ("/admin/", reverse(CHANGELIST), address(page, "history")):
        assert policy(desk.get(other))["script-src"] == policy(desk.get(other))["style-src"] == {"'self'"}
