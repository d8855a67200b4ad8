"""What can be measured of the look: nothing overflows, jumps, flashes or is too small to hit."""

import time
from dataclasses import replace

import pytest

from .pages import DESIGNED, OPEN_TO_ALL, visit

WIDTHS = (1440, 375, 320)

STANDING_OUT = """() => {
  const { scrollWidth, clientWidth } = document.documentElement;
  if (scrollWidth === clientWidth) return [];
  const excess = (one) => Math.round(one.getBoundingClientRect().right - clientWidth);
  const scrolls = (one) => one !== document.body
    && (getComputedStyle(one).overflowX !== "visible" || scrolls(one.parentElement));
  return [`the page by ${scrollWidth - clientWidth} px`, ...[...document.querySelectorAll("body *")]
    .filter((one) => excess(one) > 0 && !scrolls(one.parentElement))
    .map((one) => `${one.outerHTML.slice(0, 100)} by ${excess(one)} px`)];
}"""

WIDE = "DejaVu Sans"  # of the letters that systems have, among the widest
WRITTEN_IN = """(letters) => {
  for (const name of ["--dp-text", "--dp-display"]) document.documentElement.style.setProperty(name, letters);
}"""

# Exempt: links in running text, what a large label stands for, and the map's shapes, whose table follows (WCAG 2.5.8).
TOO_SMALL = """() => {
  const inText = (link) => link.matches("a") && getComputedStyle(link).display === "inline" && (link.closest(".prose")
    || [...link.parentElement.childNodes].some((node) => node.nodeType === 3 && node.textContent.trim()));
  const box = (element) => {
    const { width, height } = element.getBoundingClientRect();
    return { width: Math.round(width * 10) / 10, height: Math.round(height * 10) / 10 };
  };
  const large = (element) => box(element).width >= 24 && box(element).height >= 24;
  return [...document.querySelectorAll("a[href], button, input:not([type=hidden]), select, textarea, summary")]
    .filter((one) => one.checkVisibility({ visibilityProperty: true, opacityProperty: true }))
    .filter((one) => box(one).width > 1 && box(one).height > 1)  // hidden from eyes, shown on focus
    .filter((one) => !large(one) && !inText(one) && ![...(one.labels ?? [])].some(large))
    .filter((one) => !one.closest("svg"))
    .map((one) => `${one.outerHTML.slice(0, 120)} is ${box(one).width} × ${box(one).height}`);
}"""

LATE = 0.4  # seconds, for the fonts: the worst time to arrive is after the first paint
SHIFTS = """
window.shifts = 0;
new PerformanceObserver((list) => {
  for (const entry of list.getEntries()) if (!entry.hadRecentInput) window.shifts += entry.value;
}).observe({ type: "layout-shift", buffered: true });
"""


@pytest.fixture
def resized(opened):
    """The opened page, which is wide again for the next test."""
    usual = opened.tab.viewport_size

    def at(width):
        opened.tab.set_viewport_size({"width": width, "height": 800})
        return opened.tab

    yield at
    opened.tab.set_viewport_size(usual)


def test_nothing_stands_out_of_the_page_to_the_side(resized):
    """In our letters, and in wider ones, for those whom ours do not reach in time."""
    faults = []
    for letters in ("", WIDE):
        for width in WIDTHS:
            tab = resized(width)
            tab.evaluate(WRITTEN_IN, letters)
            faults += [f"{letters} {width}: {fault}" for fault in tab.evaluate(STANDING_OUT)]
            tab.evaluate(WRITTEN_IN, "")
    assert not faults, "\n".join(faults)


@pytest.mark.parametrize("language", ["en", "fr", "nl", "de"])
def test_nothing_stands_out_in_any_language(readers, portal, language):
    """Words have other lengths elsewhere: what visitors read, on the smallest screen, in each language."""
    faults = []
    with readers.reader(language=language, viewport={"width": 320, "height": 800}) as context:
        tab = context.new_page()
        for page in OPEN_TO_ALL:
            visit(tab, replace(page, language=language), portal)
            faults += [f"{page.name}: {fault}" for fault in tab.evaluate(STANDING_OUT)]
    assert faults == []


def test_every_target_is_large_enough(resized, opened):
    if opened.page.path.startswith("/admin/"):
        return  # Django's tables: axe's rule asks for the space around them
    assert [f"{width}: {fault}" for width in WIDTHS[:2] for fault in resized(width).evaluate(TOO_SMALL)] == []


@pytest.mark.parametrize("width", [1440, 375])
@pytest.mark.parametrize("page", DESIGNED, ids=lambda page: page.name)
def test_nothing_moves_while_a_page_loads(readers, portal, page, width):
    with readers.reader(language=page.language, viewport={"width": width, "height": 800}) as context:
        context.add_init_script(SHIFTS)
        context.route("**/*.woff2", lambda route: (time.sleep(LATE), route.fallback()))
        tab = context.new_page()
        visit(tab, page, portal)
        tab.wait_for_load_state("networkidle")
        tab.evaluate("document.fonts.ready")
        assert tab.evaluate("window.shifts") == 0


# --- the theme --------------------------------------------------------------------------------------------------------
DARK, LIGHT = "rgb(11, 18, 36)", "rgb(255, 255, 255)"
GROUND = "getComputedStyle(document.body).backgroundColor"


@pytest.mark.parametrize(("prefers", "ground"), [("dark", DARK), ("light", LIGHT)])
def test_without_a_choice_the_page_is_painted_as_the_reader_s_system_wants_it(readers, prefers, ground):
    with readers.reader(color_scheme=prefers, java_script_enabled=False) as context:
        tab = context.new_page()
        tab.goto("/en/")
        assert tab.evaluate(GROUND) == ground


@pytest.mark.parametrize("javascript", [True, False], ids=["with JavaScript", "without JavaScript"])
def test_the_chosen_theme_is_there_from_the_first_paint_on_every_page(readers, javascript):
    with readers.reader(color_scheme="light", java_script_enabled=javascript) as context:
        tab = context.new_page()
        tab.goto("/en/about/")
        tab.click("header .theme button:visible")
        tab.wait_for_function(f"{GROUND} === '{DARK}'") if javascript else tab.wait_for_load_state()
        assert tab.url.endswith("/en/about/")
        assert tab.evaluate(GROUND) == DARK
        tab.wait_for_load_state("networkidle")

        answer = tab.goto("/en/members/")
        assert 'data-bs-theme="dark"' in answer.text()  # the server knows it: there is nothing to flash
        assert tab.evaluate(GROUND) == DARK
        tab.click("header .theme button:visible")
        tab.wait_for_load_state("networkidle")
        assert tab.evaluate(GROUND) == LIGHT


def test_a_printed_page_is_its_content_alone(readers, portal):
    with readers.reader() as context:
        tab = context.new_page()
        for page in DESIGNED:
            visit(tab, page, portal)
            tab.emulate_media(media="print")
            assert tab.locator("header nav:visible, header form:visible, .site-foot nav:visible").count() == 0
            assert tab.locator("h1:visible").count() == 1


# --- on paper ---------------------------------------------------------------------------------------------------------
def test_a_printed_project_is_what_it_says_and_nothing_to_press(readers):
    with readers.reader() as context:
        tab = context.new_page()
        tab.goto("/en/projects/women4dev-academy/")
        tab.emulate_media(media="print")

        hidden = [".site-nav", ".util", ".foot-grid nav", ".crumbs", ".p-parts"]
        assert [part for part in hidden if tab.locator(part).first.is_visible()] == []
        for words in ("Women4Dev Academy", "What the project did", "Planned and delivered", "Where this comes from"):
            assert tab.get_by_role("heading", name=words).first.is_visible(), words
