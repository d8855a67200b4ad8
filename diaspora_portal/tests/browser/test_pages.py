"""What holds for every page: the answer, the head, and nothing in it that the rules forbid."""

import re

import pytest

from .pages import LANGUAGES, PAGES, visit

INLINE = re.compile(r"<[a-z][^>]*?\s(style|on[a-z]+)\s*=", re.IGNORECASE)


@pytest.mark.parametrize("page", PAGES, ids=str)
def test_every_page_answers_in_its_language_with_one_heading_and_nothing_inline(readers, portal, page):
    with readers.reader(page.role, language=page.language) as context:
        tab = context.new_page()
        answer = visit(tab, page, portal)

        assert answer.status == page.status
        language = "en" if page.in_the_admin else page.language
        assert tab.locator("html").get_attribute("lang") == language
        headings = tab.locator("h1")
        assert headings.count() == 1
        assert headings.text_content().strip()
        name, _dash, site = tab.title().rpartition(" – ")
        assert name.strip()
        assert "Diaspora" in site
        assert not INLINE.findall(answer.text())
