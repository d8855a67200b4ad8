"""In Dutch, on a phone, without JavaScript: take a consent back, take a copy of everything, leave, and come back."""

import time
from zipfile import ZipFile

from .pages import PASSWORD, a_new_address, ask_for_registration, prove, submit

PHONE = {"viewport": {"width": 375, "height": 740}, "is_mobile": True, "has_touch": True, "java_script_enabled": False}
PRIVACY = "/nl/me/privacy/"


def register(tab, portal):
    address = a_new_address()
    tab.goto("/nl/accounts/signup/")
    ask_for_registration(tab, address)
    submit(tab, code=portal.letters.code_for(address))
    tab.goto("/nl/me/profile/about/")
    submit(tab, display_name="Liesbeth Mukamana")
    return address


def tell_the_ties(tab):
    tab.goto("/nl/me/profile/ties/")
    tab.check("[name=agreed]")
    tab.get_by_label("Rwanda").check()
    tab.click("#step button.btn-primary")
    tab.wait_for_load_state()


def take_the_ties_back(tab):
    tab.goto(PRIVACY)
    tab.click(f"main a[href='{PRIVACY}consents/ties/']")
    tab.click("main button[name=withdraw]")
    tab.wait_for_url(f"**{PRIVACY}")
    tab.goto("/nl/me/profile/ties/")
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


def test_somebody_takes_a_consent_back_takes_a_copy_leaves_and_comes_back(readers, portal, tmp_path):
    with readers.reader(language="nl", **PHONE) as hers:
        tab = hers.new_page()
        address = register(tab, portal)
        tell_the_ties(tab)
        take_the_ties_back(tab)

        copy = fetch_the_copy(tab, tmp_path)
        page = copy.read("index.html").decode()
        assert '<html lang="nl">' in page
        assert all(words in page for words in ("Liesbeth Mukamana", address))
        assert portal.letters.next_to(address)  # it is ready

        tab.goto(f"{PRIVACY}delete/")
        prove(tab, PASSWORD)
        tab.click("main .btn-danger")
        tab.wait_for_url(f"**{PRIVACY}delete/asked/")
        tab.goto("/nl/me/")
        assert "/accounts/login/" in tab.url

        tab.goto(portal.letters.link_for(address))
        tab.click("main form button")
        tab.wait_for_url("**/nl/accounts/login/")
        submit(tab, login=address, password=PASSWORD)
        tab.goto(PRIVACY)
        assert tab.url.endswith(PRIVACY)
