"""axe-core's rules for WCAG 2.2 AA and its best practices: no violation."""

import pytest
from axe_playwright_python.sync_playwright import Axe

from .pages import DESIGNED, visit

TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
# preload: axe would copy the style sheets into the page, which the policy refuses; none of these rules reads them.
OPTIONS = {"runOnly": {"type": "tag", "values": TAGS}, "resultTypes": ["violations"], "preload": False}
PHONE = {"width": 375, "height": 800}
SHEETS = {
    "home": ["site-nav"],
    "directory": ["site-nav", "facets", "mapbox"],
    "profile": ["site-nav"],
    "project": ["site-nav"],
}


def violations(tab, part=None):
    found = Axe().run(tab, context=part, options=OPTIONS).response["violations"]
    return [
        f"{rule['id']}: {rule['help']}: {', '.join(map(str, node['target']))}\n    {node['html'][:200]}"
        for rule in found
        for node in rule["nodes"]
    ]


def test_a_page_is_accessible(opened):
    assert violations(opened.tab) == []


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("page", DESIGNED, ids=lambda page: page.name)
def test_a_page_of_the_design_is_accessible_in_both_themes_and_on_a_phone_with_its_sheets_open(
    readers, portal, page, theme
):
    with readers.reader(page.role, language=page.language, color_scheme=theme) as context:
        tab = context.new_page()
        visit(tab, page, portal)
        assert violations(tab) == []

        tab.set_viewport_size(PHONE)
        assert violations(tab) == []
        for sheet in SHEETS[page.name]:
            tab.click(f"button[popovertarget={sheet}]:visible")
            tab.locator(f"#{sheet}").wait_for(state="visible")
            assert violations(tab, f"#{sheet}") == []  # it covers the rest, whose colours axe would mix with its own
            tab.keyboard.press("Escape")


@pytest.mark.parametrize(("status", "language"), [(500, "fr"), (503, "nl")])
def test_the_page_for_when_the_server_fails_is_accessible(readers, portal, status, language):
    """No address leads there: the template is put in the place of an answer."""
    body = portal.rendered(f"{status}.html", language)
    with readers.reader(language=language) as context:
        tab = context.new_page()
        tab.route("**/broken/", lambda route: route.fulfill(status=200, content_type="text/html", body=body))
        tab.goto("/broken/")
        assert tab.locator("h1").count() == 1
        assert violations(tab) == []
