"""How staff write the pages: four languages, the editor under the strict policy, and every version kept."""

import base64
import hashlib
import re

import pytest
from django.contrib.auth.models import Group
from django.urls import reverse

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
    return Page.objects.create(slug=slug, **{f"title_{code}": f"About {code}" for code in LANGUAGES} | texts)


def form_of(page, **changes):
    names = [f"{part}_{code}" for part in ("title", "lead", "body") for code in LANGUAGES]
    return {name: getattr(page, name) or "" for name in names} | changes


def address(page, name="change"):
    return reverse(f"admin:portal_page_{name}", args=[page.pk])


# --- writing ----------------------------------------------------------------------------------------------------------
def test_a_page_is_written_in_four_languages_and_cleaned(desk, writer):
    page = make_page()
    texts = {f"body_{code}": f"<p>Text {code}</p><script>alert(1)</script>" for code in LANGUAGES}

    desk.post(address(page), form_of(page, slug="other", **texts))

    page.refresh_from_db()
    assert page.slug == "about"
    assert [getattr(page, f"body_{code}") for code in LANGUAGES] == [f"<p>Text {code}</p>" for code in LANGUAGES]
    entry = AuditEntry.objects.latest("pk")
    assert (entry.verb, entry.actor_id) == ("portal.page.changed", writer.pk)


def test_an_emptied_editor_leaves_no_text_so_that_the_english_one_is_shown(desk, client):
    page = make_page(body_en="<p>English text</p>", body_fr="<p>Texte français</p>")

    desk.post(address(page), form_of(page, body_fr="<p></p>"))

    assert "English text" in client.get("/fr/about/").text


def test_the_list_says_which_languages_lack_a_text(desk):
    make_page(body_en="<p>x</p>", body_fr="<p>x</p>", body_de="<p>x</p>")

    assert "Dutch" in re.search(r'class="field-lacking">(.*?)<', desk.get(reverse(CHANGELIST)).text)[1]


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
    page = make_page(body_en="<p>First</p>")
    desk.post(address(page), form_of(page, body_en="<p>Second</p>"))
    newest, oldest = page.history.all()

    listed = desk.get(address(page, "history")).text
    assert writer.email in listed
    assert "text [en]" in listed

    version = reverse("admin:portal_page_simple_history", args=[page.pk, oldest.pk])
    assert "First" in desk.get(version).text
    desk.post(version, form_of(oldest.instance))

    page.refresh_from_db()
    assert page.body_en == "<p>First</p>"
    assert page.history.count() == 3
    assert page.history.first().history_user == writer
    assert AuditEntry.objects.filter(verb="portal.page.changed").count() == 2


# --- the policy -------------------------------------------------------------------------------------------------------
def policy(response):
    directives = (part.split() for part in response.headers["Content-Security-Policy"].split(";"))
    return {name: set(sources) for name, *sources in directives}


def sha256(text):
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"


@pytest.mark.parametrize("name", ["change", "add", "simple_history"])
def test_the_editors_pages_name_their_two_inline_parts_and_nothing_else(desk, name):
    page = make_page()
    arguments = {"change": [page.pk], "add": [], "simple_history": [page.pk, page.history.get().pk]}[name]

    response = desk.get(reverse(f"admin:portal_page_{name}", args=arguments))

    import_map = re.search(r'<script type="importmap">(.*?)</script>', response.text)[1]
    assert policy(response)["script-src"] == {"'self'", sha256(import_map)}
    assert policy(response)["style-src"] == {"'self'", *editor_csp()["style-src"]}
    assert len(editor_csp()["style-src"]) == 1


def test_no_other_page_of_the_administration_allows_anything_inline(desk):
    page = make_page()

    for other in ("/admin/", reverse(CHANGELIST), address(page, "history")):
        assert policy(desk.get(other))["script-src"] == policy(desk.get(other))["style-src"] == {"'self'"}
