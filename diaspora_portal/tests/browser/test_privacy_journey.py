"""In Dutch, on a phone, without JavaScript: a profile out of one's CV, a part that nobody sees any more, and the end.

Take a consent back, take a copy of everything, leave, and come back.
"""

import time
from contextlib import ExitStack
from zipfile import ZipFile

from .pages import EUROPASS, PASSWORD, a_new_address, ask_for_registration, prove, submit

WIDTH = 375
PHONE = {
    "viewport": {"width": WIDTH, "height": 740},
    "is_mobile": True,
    "has_touch": True,
    "java_script_enabled": False,
}
PROFILE, PRIVACY = "/nl/me/profile/", "/nl/me/privacy/"
NAME, WHY = "Espérance Nyirabagenzi", "Nakijken wie er in juni kan lesgeven."

HOSPITAL = "Kwikzilverdal"  # where she works: a word that stands nowhere else
CV = (EUROPASS / "candidate.xml").read_bytes().replace(b"Three Rivers", HOSPITAL.encode())
TOLD = {"career": HOSPITAL, "languages": "Kinyarwanda", "links": "esperance.example.org"}
LATER_HIDDEN, STILL_SHOWN = {"career", "languages"}, {"links"}


def register(tab, portal):
    address = a_new_address()
    tab.goto("/nl/accounts/signup/")
    ask_for_registration(tab, address)
    submit(tab, code=portal.letters.code_for(address))
    return address


def save(tab, back_at=PROFILE):
    tab.click("#step button.btn-primary")
    tab.wait_for_url(f"**{back_at}")


# --- the profile ------------------------------------------------------------------------------------------------------
def fill_from_the_cv(tab):
    """By the way that the first step offers; what is in the file is shown before anything of it is kept."""
    tab.goto(f"{PROFILE}about/")
    tab.click(f"main a[href='{PROFILE}europass/']")
    tab.set_input_files("main [name=file]", {"name": "cv.xml", "mimeType": "text/xml", "buffer": CV})
    save(tab, f"{PROFILE}europass/")
    found = read(tab)
    assert all(words in found for words in (NAME, f"Hospital of the {HOSPITAL}, België, sinds 2019", "Frans, B2"))
    assert tab.locator("main [name=take]:checked").count() == tab.locator("main [name=take]").count()

    tab.goto(PROFILE)
    assert tab.url.endswith(f"{PROFILE}about/"), "looking at a file makes no profile"
    tab.goto(f"{PROFILE}europass/")
    tab.set_input_files("main [name=file]", {"name": "cv.xml", "mimeType": "text/xml", "buffer": CV})
    save(tab, f"{PROFILE}europass/")
    tab.click("main button[formaction]")
    tab.wait_for_url(f"**{PROFILE}")
    assert all(words in read(tab) for words in (NAME, "Head nurse", "Bachelor of nursing", "Verpleegkunde"))


def let_everyone_find_her(tab):
    tab.goto(f"{PROFILE}offer/")
    tab.check("[name=offers_talks]")
    tab.click("#step button[name=finish]")
    tab.wait_for_url(f"**{PROFILE}")
    tab.goto(f"{PROFILE}visibility/")
    tab.check("[name=listing][value='3']")
    save(tab)
    show(tab, TOLD, "Iedereen")


def show(tab, parts, to):
    tab.goto(f"{PROFILE}visibility/")
    for part in parts:
        tab.select_option(f"[name={part}_audience]", label=to)
    save(tab)


# --- who sees it ------------------------------------------------------------------------------------------------------
def read(tab):
    """What stands on the page, which is no wider than the phone."""
    assert tab.evaluate("document.documentElement.scrollWidth") <= WIDTH, tab.url
    return tab.locator("main").inner_text()


def parts_on(tab, path):
    """The parts of hers that this page holds anywhere, also where nobody looks."""
    tab.goto(path)
    read(tab)
    page = tab.content()
    return {part for part, word in TOLD.items() if word in page}


def seen_as(tab):
    return {audience: parts_on(tab, f"{PROFILE}as/{audience}/") for audience in ("everyone", "members", "iom", "host")}


def finds(tab, path):
    """Is she among the people that this page lists?"""
    tab.goto(path)
    read(tab)
    return tab.get_by_role("link", name=NAME, exact=True).count() == 1


def found_by(tab, directory):
    """The ways in which a reader of the directory comes to her."""
    ways = {
        "name": f"{directory}?q=Nyirabagenzi",
        "word": f"{directory}?q={HOSPITAL}",
        "facet": f"{directory}?speaks=rw&sort=recent",  # without her name, which would find her as a second try
        "search of the portal": f"/nl/search/?q={HOSPITAL}",
    }
    found = {way for way, path in ways.items() if finds(tab, path)}
    tab.goto(ways["name"])
    is_counted = "Kinyarwanda" in tab.locator("#facets").text_content()
    return found | ({"count of a facet"} if is_counted else set())


def opened_by_staff(tab):
    """What the administration tells the team: the parts on her record, and who is found by the word."""
    tab.goto("/admin/members/profile/?q=Nyirabagenzi")
    tab.locator("#result_list tbody th a").first.click()
    tab.wait_for_load_state()
    if tab.locator("main [name=purpose]").count():
        submit(tab, purpose=WHY)
    parts = parts_on(tab, tab.url)
    tab.goto(f"/admin/members/profile/?q={HOSPITAL}")
    return parts, tab.locator("#result_list tbody tr").count()


def see(her, visitor, member, staff, page):
    """Everything that anybody gets of her, each in a browser of his own."""
    return {
        "she, as": seen_as(her),
        "visitor": (parts_on(visitor, page), found_by(visitor, "/nl/members/")),
        "member": (parts_on(member, page), found_by(member, "/nl/members/all/")),
        "staff": opened_by_staff(staff),
    }


def seen(parts, ways, found_by_staff):
    everyone = dict.fromkeys(["everyone", "members", "iom"], parts)
    return {
        "she, as": everyone | {"host": set()},  # nobody asked for it, so nothing is shared
        "visitor": (parts, ways),
        "member": (parts, ways),
        "staff": (parts, found_by_staff),
    }


def hide_and_look(readers, her):
    """All three parts are there for all, then two of them for nobody."""
    with ExitStack() as stack:
        others = [
            stack.enter_context(readers.reader(role, language="nl", **PHONE)).new_page()
            for role in ("visitor", "member", "project")
        ]
        her.goto("/nl/me/")
        page = her.locator("main a[href^='/nl/members/']").first.get_attribute("href")
        everything = {"name", "word", "facet", "search of the portal", "count of a facet"}
        assert see(her, *others, page) == seen(set(TOLD), everything, 1)

        show(her, LATER_HIDDEN, "Alleen ik")
        assert see(her, *others, page) == seen(STILL_SHOWN, {"name"}, 0)
        assert parts_on(her, page) == set(TOLD)  # to herself

    her.goto(PRIVACY)
    assert WHY in read(her)


# --- consents, the copy, the end --------------------------------------------------------------------------------------
def tell_the_ties(tab):
    tab.goto(f"{PROFILE}ties/")
    tab.check("[name=agreed]")
    tab.get_by_label("Rwanda").check()
    save(tab)


def take_the_ties_back(tab):
    tab.goto(PRIVACY)
    tab.click(f"main a[href='{PRIVACY}consents/ties/']")
    tab.click("main button[name=withdraw]")
    tab.wait_for_url(f"**{PRIVACY}")
    tab.goto(f"{PROFILE}ties/")
    assert tab.locator("[name=agreed]:checked, [name=places]:checked").count() == 0


def fetch_the_copy(tab, folder):
    tab.goto(f"{PRIVACY}download/")
    tab.click("main form button")
    prove(tab, PASSWORD)
    deadline = time.monotonic() + 60
    while not tab.locator("main a[href$='/file/']").count() and time.monotonic() < deadline:
        tab.goto(f"{PRIVACY}download/")
        time.sleep(0.5)
    with tab.expect_download() as waiting:
        tab.click("main a[href$='/file/']")
    waiting.value.save_as(folder / "copy.zip")
    return ZipFile(folder / "copy.zip")


def leave(tab):
    tab.goto(f"{PRIVACY}delete/")
    prove(tab, PASSWORD)
    tab.click("main .btn-danger")
    tab.wait_for_url(f"**{PRIVACY}delete/asked/")
    tab.goto("/nl/me/")
    assert "/accounts/login/" in tab.url


def come_back(tab, portal, address):
    tab.goto(portal.letters.link_for(address))
    tab.click("main form button")
    tab.wait_for_url("**/nl/accounts/login/")
    submit(tab, login=address, password=PASSWORD)
    tab.goto(PRIVACY)
    assert tab.url.endswith(PRIVACY)


def test_a_profile_from_a_cv_a_hidden_part_a_consent_taken_back_a_copy_the_end_and_back(readers, portal, tmp_path):
    with readers.reader(language="nl", **PHONE) as hers:
        tab = hers.new_page()
        address = register(tab, portal)
        fill_from_the_cv(tab)
        let_everyone_find_her(tab)
        hide_and_look(readers, tab)
        tell_the_ties(tab)
        take_the_ties_back(tab)

        copy = fetch_the_copy(tab, tmp_path)
        page = copy.read("index.html").decode()
        assert '<html lang="nl">' in page
        assert all(words in page for words in (NAME, address, *TOLD.values()))  # what she hides is hers
        assert portal.letters.next_to(address)  # it is ready

        leave(tab)
        with readers.reader(language="nl", **PHONE) as theirs:
            assert not finds(theirs.new_page(), "/nl/members/?q=Nyirabagenzi")
        come_back(tab, portal, address)
        with readers.reader(language="nl", **PHONE) as theirs:
            assert finds(theirs.new_page(), "/nl/members/?q=Nyirabagenzi")
