"""A project from its first words to its end, each person of it in a browser of his own.

An assistant writes it in English, a colleague of the team translates and publishes it, visitors read it on a phone,
and nobody else sees of it what is not public.
"""

import re
import time
from contextlib import ExitStack
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from apps.core.tests.documents import pdf

from .pages import PASSWORD, a_new_address, ask_for_registration, open_the_first, submit

WIDTH = 375
PHONE = {
    "viewport": {"width": WIDTH, "height": 740},
    "is_mobile": True,
    "has_touch": True,
    "java_script_enabled": False,
}
DESK = {"viewport": {"width": 1280, "height": 900}}
PROJECTS = "/admin/projects/project/"
SOON = timedelta(seconds=20)
BRUSSELS = ZoneInfo("Europe/Brussels")

WORD = "Gishwati"  # stands in no other project
SLUG = "beekeepers-of-gishwati"
ENGLISH = {
    "title": f"Beekeepers of {WORD}",
    "lead": "Beekeepers from Liège teach in two villages.",
    "sections-0-heading": "What they teach",
    "phases-0-title": "Looking around",
    "phases-1-title": "Teaching in the villages",
    "documents-0-title": "Plan of the lessons",
}
FRENCH = {
    "title": f"Les apiculteurs de {WORD}",
    "lead": "Des apiculteurs de Liège enseignent dans deux villages.",
    "sections-0-heading": "Ce qu’ils enseignent",
    "phases-0-title": "Un premier tour",
    "phases-1-title": "Les cours dans les villages",
    "documents-0-title": "Plan des cours",
}
STORY = {"en": "How to build a hive.", "fr": "Comment construire une ruche."}
PDF = {"name": "plan.pdf", "mimeType": "application/pdf", "buffer": pdf(pages=3)}
NO_PDF = {"name": "plan.pdf", "mimeType": "application/pdf", "buffer": b"MZ this is a program"}


# --- the team ---------------------------------------------------------------------------------------------------------
def hire(readers, portal):
    """Somebody registers, and the administrator makes him project staff; returns the address."""
    address = a_new_address()
    with readers.reader() as theirs:
        tab = theirs.new_page()
        tab.goto("/en/accounts/signup/")
        ask_for_registration(tab, address)
        submit(tab, code=portal.letters.code_for(address))
    with readers.reader("administrator", **DESK) as theirs:
        tab = theirs.new_page()
        tab.goto(f"/admin/members/user/?q={address}")
        open_the_first(tab, portal)
        submit(tab, purpose="A new colleague of the projects.")
        tab.check("[name=is_staff]")
        tab.get_by_label("Project staff", exact=True).check()
        save(tab)
    return address


def save(tab, button="Save"):
    tab.get_by_role("button", name=button, exact=True).click()
    tab.wait_for_load_state()


def open_all(tab):
    """The parts of the form, which stand closed until somebody opens them."""
    for part in reversed(tab.locator("#project_form details:not([open]) > summary").all()):
        part.click()


def edit(tab, beside="en"):
    """The form of the project, found in the list; with English alone, or a language beside it."""
    tab.goto(f"{PROJECTS}?q={WORD}")
    tab.locator("#result_list tbody th a").click()
    tab.locator("nav.switches").wait_for()
    tab.goto(f"{tab.url.split('?')[0]}?beside={beside}")
    open_all(tab)
    return re.search(rf"{PROJECTS}(\d+)/", tab.url)[1]


def fill(tab, texts, language):
    for name, words in texts.items():
        tab.fill(f"[name='{name}_{language}']", words)
    tab.locator(f"#sections-0 [role=textbox][lang={language}]").fill(STORY[language])


def typed(tab, texts, language):
    story = tab.locator(f"#sections-0 [role=textbox][lang={language}]").text_content()
    assert story.strip() == STORY[language]
    return {name: tab.input_value(f"[name='{name}_{language}']") for name in texts}


def choose_document(tab, file):
    tab.set_input_files("[name=documents-0-upload]", file)
    tab.select_option("[name=documents-0-language]", label="English")


# --- writing and translating ------------------------------------------------------------------------------------------
def write(tab):
    """In English, with a file that is none at first: whatever else was typed is still there."""
    tab.goto(f"{PROJECTS}add/")
    open_all(tab)
    tab.locator("#phases-group .add-row a").click()
    fill(tab, ENGLISH, "en")
    tab.select_option("[name=phases-0-state]", "done")
    tab.select_option("[name=phases-1-state]", "now")
    choose_document(tab, NO_PDF)
    save(tab)
    tab.get_by_role("link", name="Documents 1, File: This is not a PDF").click()
    assert tab.evaluate("document.activeElement.name") == "documents-0-upload"
    assert typed(tab, ENGLISH, "en") == ENGLISH
    assert tab.locator("[name=documents-0-language] option:checked").inner_text() == "English"

    open_all(tab)
    choose_document(tab, PDF)
    save(tab, "Save and continue editing")
    open_all(tab)
    assert typed(tab, ENGLISH, "en") == ENGLISH
    assert tab.get_by_role("heading", name="Draft", exact=True).count() == 1


def take_into_the_team(tab, address):
    number = edit(tab)
    tab.select_option("[name=team-1-user]", label=address)
    tab.select_option("[name=team-1-role]", "lead")
    save(tab)
    return number


def address_of_the_document(tab):
    edit(tab)
    return tab.locator("#documents-0 .field-upload a").get_attribute("href")


def translate(tab):
    """Beside the English, of which nothing is lost."""
    edit(tab, "fr")
    assert typed(tab, ENGLISH, "en") == ENGLISH
    fill(tab, FRENCH, "fr")
    save(tab, "Save and continue editing")
    open_all(tab)
    assert typed(tab, ENGLISH, "en") | typed(tab, FRENCH, "fr") == ENGLISH | FRENCH
    assert tab.locator("nav.switches [aria-current]").inner_text() == "French"  # nothing more to do in it


def decide(tab, way, **told):
    """A button of those above the form, and the one of the page where it leads."""
    edit(tab)
    tab.get_by_role("link", name=way).click()
    for name, value in told.items():
        tab.fill(f"[name={name}]", value)
    tab.locator(".submit-row [type=submit]").click()
    tab.wait_for_url("**/change/")


def is_published_at_its_time(tab, visitor, document):
    """First in an hour; then, as that is too late, in some seconds: a visitor sees it from then on and not before."""
    decide(tab, "Publish", at=written(datetime.now(BRUSSELS) + timedelta(hours=1)))
    is_told_nothing(visitor, document)
    moment = datetime.now(BRUSSELS) + SOON
    decide(tab, "Publish anew", at=written(moment))
    status = 404
    while status == 404 and datetime.now(BRUSSELS) < moment + SOON:
        status, now = visitor.request.get(f"/en/projects/{SLUG}/").status, datetime.now(BRUSSELS)
        time.sleep(0.2)
    assert status == 200
    assert now >= moment.replace(microsecond=0)


def written(moment):
    return moment.strftime("%Y-%m-%dT%H:%M:%S")


def change_the_english(tab):
    edit(tab)
    tab.fill("[name=title_en]", f"Beekeepers and teachers of {WORD}")
    save(tab)
    tab.goto(f"{PROJECTS}?q={WORD}")
    assert tab.locator("#result_list .field-to_translate").all_inner_texts() == ["NL, DE missing; FR out of date"]


def is_out_of_date(tab):
    edit(tab, "fr")
    assert tab.locator(".stale").all_inner_texts() == ["Out of date: the English has changed since"]
    assert tab.locator(".field-title_en .stale").count() == 1
    assert tab.input_value("[name=title_fr]") == FRENCH["title"]


# --- reading ----------------------------------------------------------------------------------------------------------
def read(tab, path):
    """What stands at this address, which is no wider than the phone."""
    tab.goto(path)
    assert tab.evaluate("document.documentElement.scrollWidth") <= WIDTH, tab.url
    return tab.locator("main").inner_text()


def languages_on(tab, texts):
    """For each of these texts, wherever it stands: the language it is marked with, "" where it is the page's own."""
    found = {words: tab.get_by_text(words, exact=True).all() for words in texts.values()}
    return {words: {place.get_attribute("lang") or "" for place in places} for words, places in found.items()}


def read_in_french(tab):
    read(tab, f"/fr/projects/?q={WORD}")
    tab.get_by_role("link", name=FRENCH["title"]).click()
    read(tab, tab.url)
    assert tab.locator("h1").inner_text() == FRENCH["title"]
    assert languages_on(tab, FRENCH) == dict.fromkeys(FRENCH.values(), {""})
    assert STORY["fr"] in tab.locator("main").inner_text()
    with tab.expect_download() as waiting:
        tab.locator("main a[download]").click()
    assert waiting.value.suggested_filename == "Plan des cours.pdf"
    assert waiting.value.path().read_bytes() == PDF["buffer"]


def read_in_dutch(tab):
    """Of which nothing is written: the English, marked as such, and said so."""
    read(tab, f"/nl/projects/?q={WORD}")
    row = tab.locator(".project-row")
    assert row.locator("h3").get_attribute("lang") == "en"
    assert row.locator("p.muted").count() == 1
    row.get_by_role("link", name=ENGLISH["title"]).click()
    read(tab, tab.url)
    assert languages_on(tab, ENGLISH) == dict.fromkeys(ENGLISH.values(), {"en"})
    assert STORY["en"] in tab.locator("main [lang=en] p").all_inner_texts()
    assert all(language in tab.locator(".p-note").inner_text() for language in ("Nederlands", "Engels"))


# --- who sees it ------------------------------------------------------------------------------------------------------
LISTS = {
    "list": "/en/projects/",
    "search of the list": f"/en/projects/?q={WORD}",
    "search of the portal": f"/en/search/?q={WORD}",
    "search in French": f"/fr/search/?q={WORD}",
    "feed": "/en/projects/feed.xml",
    "feed in French": "/fr/projects/feed.xml",
    "sitemap": "/sitemap-projects.xml",
}


def lists_with_it(context):
    """The public lists that lead to the page of the project."""
    answers = {name: context.request.get(path) for name, path in LISTS.items()}
    assert {answer.status for answer in answers.values()} == {200}
    return {name for name, answer in answers.items() if f"/projects/{SLUG}/" in answer.text()}


def statuses(context, paths):
    return {path: context.request.get(path, max_redirects=0).status for path in paths}


def public_paths(document):
    return [f"/{code}/projects/{SLUG}/" for code in ("en", "fr", "nl", "de")] + [document]


def is_told_nothing(context, document):
    """Neither its page, nor its file, nor a line in any list."""
    assert statuses(context, public_paths(document)) == dict.fromkeys(public_paths(document), 404)
    assert lists_with_it(context) == set()


def pages_of_the_record(number):
    return [f"{PROJECTS}{number}/{page}/" for page in ("change", "history", "delete", "publish", "withdraw")]


def is_told_nothing_by_the_administration(context, number):
    """No page about the record, no line of a list, no name in a choice."""
    pages = pages_of_the_record(number)
    assert set(statuses(context, pages).values()) <= {302, 403, 404}
    for page in [
        *pages,
        "/admin/",
        PROJECTS,
        f"{PROJECTS}?q={WORD}",
        f"/admin/projects/indicator/?q={WORD}",
        f"/admin/projects/donorreport/add/?project={number}",
        f"/admin/autocomplete/?app_label=projects&model_name=document&field_name=project&term={WORD}",
    ]:
        told = context.request.get(page).text()
        assert not any(words in told for words in ENGLISH.values()), page


# --- the walk ---------------------------------------------------------------------------------------------------------
@pytest.fixture(scope="module")
def colleague(readers, portal):
    return hire(readers, portal)


def test_a_project_is_written_translated_published_read_changed_and_withdrawn(readers, colleague):
    with ExitStack() as stack:
        her, his, other, visitor = (
            stack.enter_context(readers.reader(role, **size))
            for role, size in [("project", DESK), ("visitor", DESK), ("another team", DESK), ("visitor", PHONE)]
        )
        assistant, translator, phone = her.new_page(), his.new_page(), visitor.new_page()
        readers.sign_in(translator, colleague, PASSWORD)

        write(assistant)
        number = take_into_the_team(assistant, colleague)
        document = address_of_the_document(translator)
        everything = [*public_paths(document), *pages_of_the_record(number)]
        assert statuses(his, everything) == dict.fromkeys(everything, 200)
        for somebody in (visitor, other):
            is_told_nothing(somebody, document)
        is_told_nothing_by_the_administration(other, number)

        translate(translator)
        is_published_at_its_time(translator, visitor, document)
        assert lists_with_it(visitor) == set(LISTS)
        read_in_french(phone)
        read_in_dutch(phone)
        is_told_nothing_by_the_administration(other, number)

        change_the_english(assistant)
        is_out_of_date(translator)

        decide(translator, "Withdraw", reason="The villages asked for another title.")
        for somebody in (visitor, other):
            is_told_nothing(somebody, document)
