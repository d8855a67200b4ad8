"""What holds for every page: the answer, the head, and nothing in it that the rules forbid."""

import re

import pytest

from .pages import LANGUAGES

INLINE = re.compile(r"<[a-z][^<>]*?\s(?:style|on[a-z]+)\s*=[^<>]*>", re.IGNORECASE)
COOKIES = {"sessionid", "csrftoken", "django_language", "theme"}


def test_a_page_answers_as_it_should_and_in_its_language(opened):
    language = "en" if opened.page.language_is_the_accounts else opened.page.language
    assert opened.answer.status == opened.page.status
    assert opened.tab.locator("html").get_attribute("lang") == language


def test_a_page_has_one_heading_and_a_title_that_names_it_and_the_site(opened):
    headings = opened.tab.locator("h1").all_text_contents()
    assert len(headings) == 1
    assert headings[0].strip()
    name, _dash, site = opened.tab.title().rpartition(" – ")
    assert name.strip()
    assert "Diaspora" in site


def test_nothing_in_a_page_needs_a_weaker_policy(opened):
    assert INLINE.findall(opened.answer.text()) == []
    policy = opened.answer.header_value("content-security-policy")
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy


def test_a_page_sets_no_cookie_but_the_four(opened):
    assert {cookie["name"] for cookie in opened.tab.context.cookies()} <= COOKIES


def test_a_page_for_readers_names_itself_in_the_other_languages(opened):
    links = opened.tab.locator("link[rel=alternate][hreflang]")
    addresses = {link.get_attribute("hreflang"): link.get_attribute("href") for link in links.all()}
    here = f"/{opened.page.language}/"
    has_others = opened.page.path.startswith("/{l}/") and opened.page.status == 200
    assert addresses == (
        {language: opened.answer.url.replace(here, f"/{language}/", 1) for language in LANGUAGES} if has_others else {}
    )


def test_a_page_writes_nothing_to_the_console_asks_no_other_host_and_keeps_to_the_policy(opened):
    assert opened.faults == []


@pytest.mark.parametrize(
    "path", ["/en/", "/fr/members/?q=nurse&sort=name", "/nl/about/privacy/", "/de/accounts/login/"]
)
def test_the_language_switch_keeps_the_page(readers, path):
    with readers.reader() as context:
        tab = context.new_page()
        tab.goto(path)
        here, _slash, rest = path[1:].partition("/")
        for language in LANGUAGES:
            tab.click(f"header a[hreflang={language}]")
            tab.wait_for_url(f"**/{language}/{rest}")
            assert tab.locator("html").get_attribute("lang") == language
            assert tab.locator("header a[hreflang][aria-current]").get_attribute("hreflang") == language
